"""A run as one file, over HTTP: out by its job's id, in on one's own machine only."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from seedance_ui.config import Settings
from seedance_ui.domain.shared_run import MAX_RUN_BYTES
from seedance_ui.services import Services
from seedance_ui.web.app import create_app
from seedance_ui.web.guard import MAX_JSON_BYTES
from tests.shared_runs import zip_run

UNKNOWN = "0" * 32


@contextmanager
def served(data_dir: Path, **env: str) -> Iterator[TestClient]:
    services = Services(Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir), **env}))
    with TestClient(create_app(services), base_url="http://127.0.0.1:7860") as client:
        yield client


@pytest.fixture
def client(data_dir: Path) -> Iterator[TestClient]:
    with served(data_dir) as client:
        yield client


@pytest.fixture
def packed(finished_video: Path) -> bytes:
    return zip_run({"video.mp4": finished_video.read_bytes()})


def test_a_run_comes_in_once_and_goes_out_again(client: TestClient, packed: bytes, finished_video: Path) -> None:
    first, second = (client.post("/api/import", content=packed) for _ in range(2))
    assert (first.status_code, first.json()["outcome"]) == (201, "imported")
    assert (second.status_code, second.json()) == (200, {**first.json(), "outcome": "known"})
    job_id = first.json()["job_id"]
    assert client.get(f"/media/{job_id}.mp4").content == finished_video.read_bytes()
    answer = client.get(f"/api/jobs/{job_id}/run.zip")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == "attachment"
    assert answer.headers["cache-control"] == "no-store"
    assert int(answer.headers["content-length"]) == len(answer.content)
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert archive.read("video.mp4") == finished_video.read_bytes()


@pytest.mark.parametrize("job_id", [UNKNOWN, "x", "..%2f..%2fetc", "0" * 31])
def test_unknown_and_malformed_ids_have_no_run(client: TestClient, job_id: str) -> None:
    """F9."""
    assert client.get(f"/api/jobs/{job_id}/run.zip").status_code == 404


def test_a_run_whose_video_is_gone_says_so(client: TestClient, packed: bytes, data_dir: Path) -> None:
    job_id = client.post("/api/import", content=packed).json()["job_id"]
    (data_dir / "library" / f"{job_id}.mp4").unlink()
    answer = client.get(f"/api/jobs/{job_id}/run.zip")
    assert (answer.status_code, answer.json()["detail"]) == (
        404, "The file of this video is not on disk any more."
    )  # fmt: skip


def test_what_is_no_run_is_refused_with_words(client: TestClient) -> None:
    answer = client.post("/api/import", content=b"no zip" * 100_000)
    assert (answer.status_code, answer.json()["detail"]) == (409, "This file is no zip, or not a whole one.")


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_another_site_imports_nothing(client: TestClient, packed: bytes, origin: str) -> None:
    """C9."""
    assert client.post("/api/import", content=packed, headers={"Origin": origin}).status_code == 403
    assert client.post("/api/import", content=packed, headers={"Host": "evil.example"}).status_code == 421
    assert client.get("/healthz").json()["jobs"] == {}


def test_a_body_of_unknown_or_too_great_length_is_refused(client: TestClient, packed: bytes) -> None:
    assert client.post("/api/import", content=iter([packed])).status_code == 411
    declared: dict[str, Any] = {"Content-Length": str(MAX_RUN_BYTES + 1)}
    assert client.post("/api/import", headers=declared).status_code == 413


def test_strangers_are_refused_whatever_they_send(data_dir: Path, packed: bytes) -> None:
    with served(data_dir, SEEDANCE_PUBLIC="on") as client:
        refused = client.post("/api/import", content=packed[:1000])
        assert (refused.status_code, refused.json()["detail"]) == (
            403, "A run can be imported on one's own machine only."
        )  # fmt: skip
        assert client.post("/api/import", content=bytes(MAX_JSON_BYTES + 1)).status_code == 413

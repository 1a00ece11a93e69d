"""The whole application as it is served: what must not be reachable, and what must not be said."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

import app
from seedance_ui.config import Settings

KEY = "planted-key-4711"

# Gradio's own statistics, at each start.
pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting.*")


@pytest.fixture(scope="module")
def served_data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("app") / "data"


@pytest.fixture(scope="module")
def client(served_data_dir: Path) -> Iterator[TestClient]:
    env = {
        "SEEDANCE_DATA_DIR": str(served_data_dir),
        "AIMLAPI_KEY": KEY,
        "SCENARIO_API_KEY": KEY,
        "SCENARIO_API_SECRET": KEY,
    }

    async def build() -> FastAPI:
        return app.create(Settings.from_env(env))

    # Outside a running loop Gradio makes one of its own, and never closes it.
    with TestClient(asyncio.run(build()), base_url="http://127.0.0.1:7860") as opened:
        yield opened


@pytest.mark.parametrize(
    "path",
    [
        "/docs",
        "/openapi.json",
        "/monitoring",
        "/monitoring/summary",
        "/gradio_api/runs",
        "/gradio_api/run/text_to_video",
        "/gradio_api/file=https://example.com/x",
        "/gradio_api/proxy=https://example.com/x",
    ],
)
def test_a_door_that_is_not_used_is_shut(client: TestClient, path: str) -> None:
    """E7, G10."""
    assert client.get(path).status_code in (403, 404)


@pytest.mark.parametrize("path", ["/", "/config", "/gradio_api/info", "/healthz"])
def test_no_key_is_told(client: TestClient, path: str) -> None:
    """D1, D2."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert KEY not in answer.text


def test_only_three_endpoints_have_names(client: TestClient) -> None:
    named = client.get("/gradio_api/info").json()["named_endpoints"]
    assert set(named) == {"/text_to_video", "/frames_to_video", "/references_to_video"}


@pytest.mark.parametrize("path", ["/etc/passwd", str(Path(app.__file__)), "http://169.254.169.254/latest/meta-data"])
@pytest.mark.parametrize("marked", [True, False])
def test_a_file_that_nobody_uploaded_is_not_read(client: TestClient, path: str, marked: bool) -> None:
    """F10."""
    file = {"path": path, **({"meta": {"_type": "gradio.FileData"}} if marked else {})}
    data = ["a prompt", file, None, "animatic", 4, "480p", "16:9", False, 1]
    joined = client.post("/gradio_api/call/frames_to_video", json={"data": data})
    events = client.get(f"/gradio_api/call/frames_to_video/{joined.json()['event_id']}").text
    assert "event: error" in events
    assert "root:" not in events
    assert client.get("/healthz").json()["jobs"] == {}


@pytest.mark.parametrize(
    "path", ["/etc/passwd", str(Path(app.__file__)), str(Path(app.__file__).parent / "requirements.txt")]
)
def test_a_file_of_this_machine_is_not_served(client: TestClient, path: str) -> None:
    """F9."""
    assert client.get(f"/gradio_api/file={path}").status_code in (403, 404)


def test_the_database_and_the_library_are_not_served(client: TestClient, served_data_dir: Path) -> None:
    """F9: the data directory is shut even where Gradio would serve files of the temporary directory."""
    (served_data_dir / "library" / f"{'0' * 32}.mp4").write_bytes(b"somebody's video")
    files = [path for path in served_data_dir.rglob("*") if path.is_file()]
    assert any(path.suffix == ".sqlite3" for path in files)
    for path in files:
        assert client.get(f"/gradio_api/file={path}").status_code in (403, 404)


def test_a_private_handler_with_forged_values_is_answered_politely(client: TestClient) -> None:
    """C7, C8: each handler of the page, by its number, with nonsense; nothing is started, nothing breaks the app."""
    dependencies = client.get("/config").json()["dependencies"]
    assert dependencies
    for dependency in dependencies:
        body = {"data": [{"x": [1]}] * len(dependency["inputs"]), "fn_index": dependency["id"], "session_hash": "abc"}
        for way in ("queue/join", "run/predict"):
            answer = client.post(f"/gradio_api/{way}", content=json.dumps(body))
            assert "Traceback" not in answer.text
    assert client.get("/healthz").json()["jobs"] == {}

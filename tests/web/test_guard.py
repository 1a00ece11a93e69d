"""What the guard lets through, what it refuses, and what it puts on every answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from seedance_ui.web.guard import MAX_JSON_BYTES, Guard

HOME = "http://127.0.0.1:7860"


async def echo(request: Request) -> PlainTextResponse:
    body = await request.body()
    # As Gradio does on a public host: any origin is invited.
    headers = {"Access-Control-Allow-Origin": request.headers.get("origin", "*")}
    return PlainTextResponse(str(len(body)), headers=headers)


def guarded(*, allows_ip_hosts: bool = False) -> TestClient:
    hosts = {"localhost", "127.0.0.1", "::1", "demo.hf.space"}
    app = Starlette(
        routes=[Route("/{path:path}", echo, methods=["GET", "POST"])],
        middleware=[Middleware(Guard, hosts=hosts, allows_ip_hosts=allows_ip_hosts)],
    )
    return TestClient(app, base_url=HOME)


@pytest.fixture
def client() -> Iterator[TestClient]:
    with guarded() as opened:
        yield opened


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost", "[::1]:7860", "demo.hf.space", "DEMO.hf.space"])
def test_a_host_of_ours_is_served(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["attacker.example", "127.0.0.1.attacker.example", "", "192.168.1.5", "[broken"])
def test_a_foreign_host_is_misdirected(client: TestClient, host: str) -> None:
    """C9: DNS rebinding reaches us under the attacker's name."""
    assert client.get("/", headers={"Host": host}).status_code == 421


def test_a_bare_address_is_served_where_every_interface_is_bound() -> None:
    with guarded(allows_ip_hosts=True) as client:
        assert client.get("/", headers={"Host": "192.168.1.5:7860"}).status_code == 200
        assert client.get("/", headers={"Host": "attacker.example"}).status_code == 421


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example"])
def test_a_post_from_another_site_is_refused(client: TestClient, origin: str) -> None:
    """C9."""
    assert client.post("/", headers={"Origin": origin}).status_code == 403
    answer = client.get("/", headers={"Origin": origin})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("origin", [HOME, "https://demo.hf.space", None])
def test_a_post_of_our_own_page_is_served(client: TestClient, origin: str | None) -> None:
    assert client.post("/", headers={"Origin": origin} if origin else {}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=http://10.0.0.1/x",
        "/gradio_api/file=HTTPS://x.example",
        "/gradio_api/file%3Dhttps%3A%2F%2Fx.example",
        "/gradio_api/file%253Dhttp%253A//x",
        "//gradio_api//file=https://x.example",
        "/gradio_api/file/https://x.example/a",
        "/gradio_api/FILE/http:/x.example/a",
        "/gradio_api/file%2Fhttps%3A%2F%2Fx.example",
        "/gradio_api/file/%20https://x.example",
        "/gradio_api/file=%09https://x.example",
        "/gradio_api/proxy=https://x.hf.space/",
        "/gradio_api/run/text_to_video",
        "/gradio_api/api/predict",
        "/gradio_api/component_server",
        "/gradio_api/vibe-edit",
        "/gradio_api/undo-vibe-edit",
        "/gradio_api/runs",
        "/gradio_api/runs/",
        "/gradio_api/run-history/records",
        "/gradio_api/stream/0123",
        "/gradio_api/process_recording",
        "/monitoring",
        "/monitoring/summary",
    ],
)
def test_a_way_in_that_the_page_does_not_use_is_not_found(client: TestClient, path: str) -> None:
    """E7, G10."""
    assert client.get(f"{HOME}{path}").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/gradio_api/queue/join", "/gradio_api/run/predict", "/gradio_api/file=/a/b.png", "/gradio_api/upload", "/"],
)
def test_a_way_in_that_the_page_uses_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200


def test_a_body_that_declares_too_much_is_refused(client: TestClient) -> None:
    """F1."""
    assert client.post("/", content=b"x" * MAX_JSON_BYTES).text == str(MAX_JSON_BYTES)
    assert client.post("/", content=b"x" * (MAX_JSON_BYTES + 1)).status_code == 413
    assert client.post("/", content=b"x", headers={"Content-Length": "many"}).status_code == 400


def test_a_body_that_streams_too_much_is_refused(client: TestClient) -> None:
    """F1: a chunked body declares nothing."""

    def chunks() -> Iterator[bytes]:
        for _ in range(MAX_JSON_BYTES // 1000 + 2):
            yield b"x" * 1000

    assert client.post("/", content=chunks()).status_code == 413


def test_an_upload_may_be_larger(client: TestClient) -> None:
    assert client.post("/gradio_api/upload", content=b"x" * (MAX_JSON_BYTES + 1)).status_code == 200


def test_every_answer_carries_the_headers(client: TestClient) -> None:
    """Refusals too."""
    for answer in (client.get("/"), client.get("/", headers={"Host": "attacker.example"})):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["content-security-policy"].startswith("frame-ancestors 'self'")


@pytest.mark.parametrize(
    ("path", "is_kept"),
    [
        ("/assets/index-DphvyggB.js", True),
        ("/assets/Block-C_2-xY9z.css", True),
        ("/assets/index.js", False),
        ("/gradio_api/file=/assets/index-DphvyggB.js", False),
        ("/", False),
    ],
)
def test_only_files_whose_names_tell_their_content_are_kept_by_a_browser(
    client: TestClient, path: str, is_kept: bool
) -> None:
    assert ("immutable" in client.get(path).headers.get("cache-control", "")) is is_kept


def test_a_refusal_is_not_kept(client: TestClient) -> None:
    answer = client.get("/assets/index-DphvyggB.js", headers={"Host": "attacker.example"})
    assert (answer.status_code, "cache-control" in answer.headers) == (421, False)

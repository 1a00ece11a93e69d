"""Every way into the mounted Gradio, looked at once: a new one fails here until somebody did (G12)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

import app
from seedance_ui.config import Settings

# Gradio's own statistics, at each start.
pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting.*")

SERVED = """
    GET /  HEAD /  GET /config  GET /theme.css  GET /favicon.ico  GET /manifest.json  GET /robots.txt
    GET /pwa_icon  GET /pwa_icon/{size}  GET /assets/{path:path}  GET /static/{path:path}  GET /svelte/{path:path}
    POST /login  GET /logout  GET /gradio_api/login_check  GET /gradio_api/user  GET /gradio_api/token
    GET /gradio_api/app_id  GET /gradio_api/info  GET /gradio_api/openapi.json  GET /gradio_api/startup-events
    GET /gradio_api/theme.css  GET /gradio_api/custom_component/{id}/{environment}/{type}/{file_name}
    GET /gradio_api/heartbeat/{session_hash}  GET /gradio_api/queue/data  GET /gradio_api/queue/status
    POST /gradio_api/queue/join  POST /gradio_api/cancel  POST /gradio_api/reset
    POST /gradio_api/call/{api_name}  GET /gradio_api/call/{api_name}/{event_id}
    POST /gradio_api/call/v2/{api_name}  GET /gradio_api/call/v2/{api_name}/{event_id}
    POST /gradio_api/upload  GET /gradio_api/upload_progress
    GET /gradio_api/file={path_or_url:path}  HEAD /gradio_api/file={path_or_url:path}
"""
"""Looked at in Gradio 6.31.0: needed by the page or by clients, or harmless. The guard shuts `file=` with a URL."""

SHUT = """
    GET /openapi.json  HEAD /openapi.json  GET /monitoring  GET /monitoring/summary  GET /monitoring/{key}
    GET /gradio_api/file/{path:path}  GET /gradio_api/proxy={url_path:path}  HEAD /gradio_api/proxy={url_path:path}
    GET /gradio_api/deep_link  GET /gradio_api/dev/reload  GET /gradio_api/runs
    POST /gradio_api/run/{api_name}  POST /gradio_api/api/{api_name}
    POST /gradio_api/component_server  POST /gradio_api/process_recording
    POST /gradio_api/stream/{event_id}  POST /gradio_api/stream/{event_id}/close
    GET /gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file
    GET /gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8
    GET /gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}
    POST /gradio_api/vibe-edit  POST /gradio_api/undo-vibe-edit  POST /gradio_api/vibe-starter-queries
    GET /gradio_api/vibe-code  POST /gradio_api/vibe-code
"""
"""They read, fetch, change or tell something, and the page does not use them."""


def listed(text: str) -> list[tuple[str, str]]:
    """Return (method, path) pairs."""
    return re.findall(r"(\S+) (/\S*)", text)


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    settings = Settings.from_env({"SEEDANCE_DATA_DIR": str(tmp_path_factory.mktemp("routes"))})

    async def build() -> FastAPI:
        return app.create(settings)

    # Outside a running loop Gradio makes one of its own, and never closes it.
    return asyncio.run(build())


@pytest.fixture(scope="module")
def client(application: FastAPI) -> Iterator[TestClient]:
    with TestClient(application, base_url="http://127.0.0.1:7860") as opened:
        yield opened


def routes_of(routes: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """Yield (method, path) of every route; a path with a slash at its end is the one without it."""
    for route in routes:
        if hasattr(route, "original_router"):  # FastAPI 0.165 keeps an included router whole
            yield from routes_of(route.original_router.routes)
        else:
            path = route.path.rstrip("/") or "/"
            yield from ((method, path) for method in getattr(route, "methods", None) or ["ANY"])


def test_gradio_has_the_routes_that_were_looked_at(application: FastAPI) -> None:
    """G12: what is not in either list is new; read what it does, then serve it or shut it in the guard."""
    mounted = next(route.app for route in application.routes if getattr(route, "path", None) == "")
    assert set(routes_of(mounted.routes)) == {*listed(SERVED), *listed(SHUT)}


@pytest.mark.parametrize(("method", "path"), listed(SHUT), ids=lambda value: value)
def test_a_route_that_is_shut_is_not_found_before_gradio(client: TestClient, method: str, path: str) -> None:
    for ending in ("", "/"):
        answer = client.request(method, re.sub(r"\{.*?\}", "x", path) + ending)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "text/plain; charset=utf-8")

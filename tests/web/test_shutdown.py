"""The app is ended while pages and clients listen: in order, at once, and without a traceback."""

from __future__ import annotations

import json
import signal
from contextlib import ExitStack
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.app_process import START_WITHIN_S, AppProcess

CALL = "/gradio_api/call/text_to_video"
REQUEST = {"data": ["A kite over the sea", "animatic", 15, "720p", "16:9", True, 1]}


class PlainApp(AppProcess):
    """`python app.py`, whose end is what this is about."""

    is_forged = False


def ask(app: AppProcess, path: str, body: object = None) -> HTTPResponse:
    """Return an answer whose body may not end."""
    data = None if body is None else json.dumps(body).encode()
    return urlopen(Request(app.url + path, data, {"Content-Type": "application/json"}), timeout=START_WITHIN_S)


def first_snapshot(stream: HTTPResponse) -> dict[str, Any]:
    """Return what the first event of a named endpoint's stream says."""
    return next(json.loads(line[6:])[0] for line in stream if line.startswith(b"data: ["))


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT], ids=lambda each: each.name)
def test_app_that_is_ended_closes_its_streams_and_prints_no_traceback(
    tmp_path: Path, with_signal: signal.Signals
) -> None:
    app = PlainApp(tmp_path)
    app.start()
    with ExitStack() as stack:
        stack.callback(app.stop)
        with ask(app, CALL, REQUEST) as joined:
            event_id = json.load(joined)["event_id"]
        client = stack.enter_context(ask(app, f"{CALL}/{event_id}"))
        card = stack.enter_context(ask(app, f"/api/jobs/{first_snapshot(client)['job_id']}/events"))
        assert card.readline().startswith(b"id: 1")
        page = stack.enter_context(ask(app, "/gradio_api/heartbeat/a-page"))
        app.stop(with_signal)
        for stream in (client, card, page):
            stream.read()  # to its proper end: of one that was cut, this raises IncompleteRead
    for word in ("Traceback", "ERROR", "exceeded"):
        assert word not in app.text(), app.text()

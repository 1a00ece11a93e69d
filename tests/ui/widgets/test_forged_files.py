"""Requests that no page would send: files that were never uploaded. Gradio does not check them in a mounted app."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

META = {"_type": "gradio.FileData"}
FORGED = [
    {"path": "/etc/passwd", "meta": META},
    {"path": "/etc/passwd", "is_stream": True, "meta": META},
    {"path": "http://127.0.0.1:9/x.png", "meta": META},
    {"path": "http://127.0.0.1:9/x.png", "is_stream": True, "meta": META},
    {"path": "/etc/passwd"},
    "/etc/passwd",
]


def ask(url: str, body: object = None) -> tuple[int, str]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def find_change_handler(server: Any, elem_id: str) -> int:
    config = json.loads(ask(f"{server.url}/config")[1])
    component = next(part["id"] for part in config["components"] if part["props"].get("elem_id") == elem_id)
    return next(part["id"] for part in config["dependencies"] if [component, "change"] in part["targets"])


@pytest.mark.parametrize("forged", FORGED, ids=["path", "stream", "url", "url stream", "no meta", "text"])
@pytest.mark.parametrize("elem_id", ["references", "frames"])
def test_file_that_was_not_uploaded_never_reaches_a_handler(server: Any, elem_id: str, forged: object):
    value = [forged] if elem_id == "references" else {"first": forged}
    function = find_change_handler(server, elem_id)
    body = {"data": [value], "fn_index": function, "session_hash": "forged"}
    status, answer = ask(f"{server.url}/gradio_api/run/predict", body)
    assert status == 500
    assert "root:" not in answer
    assert server.heard == []

"""The base of the fakes keeps its word: what a test scripts is what a client sees."""

from __future__ import annotations

import http.client
from collections.abc import Iterator

import pytest

from tests.fakes.server import (
    AcceptThen,
    AcceptThenDrop,
    Drop,
    FakeServer,
    Hold,
    Instead,
    Received,
    Reply,
    serve_range,
)


class Counter(FakeServer):
    """Counts what it was asked for."""

    count = 0

    def handle(self, request: Received) -> Reply:
        if request.path == "/file":
            return serve_range(request, b"0123456789", "text/plain")
        self.count += 1
        return Reply(200, {"count": self.count})


@pytest.fixture
def fake() -> Iterator[Counter]:
    with Counter() as server:
        yield server


def ask(fake: FakeServer, method: str = "POST", path: str = "/x", **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(fake.origin.removeprefix("http://"), timeout=10)
    try:
        connection.request(method, path, body=b"{}" if method == "POST" else None, headers=headers)
        answer = connection.getresponse()
        answer.content = answer.read()  # type: ignore[attr-defined]
        return answer
    finally:
        connection.close()


def test_a_request_is_recorded_as_it_came(fake: Counter) -> None:
    ask(fake, "POST", "/a%20b?x=1&y=", Authorization="secret")
    [received] = fake.requests("POST", "/a b")
    assert (received.query, received.headers["authorization"], received.json()) == ({"x": "1", "y": ""}, "secret", {})


def test_faults_happen_once_each_in_order_and_then_never(fake: Counter) -> None:
    fake.script("POST", "/x", Instead(Reply(503)), AcceptThen(Reply(500)))
    assert [ask(fake).status for _ in range(3)] == [503, 500, 200]
    assert fake.count == 2


@pytest.mark.parametrize(("fault", "count"), [(Drop(), 0), (AcceptThenDrop(), 1)])
def test_a_dropped_connection_has_no_answer(fake: Counter, fault: Drop | AcceptThenDrop, count: int) -> None:
    fake.script("POST", "/x", fault)
    with pytest.raises(http.client.RemoteDisconnected):
        ask(fake)
    assert fake.count == count


def test_a_cut_body_is_shorter_than_promised(fake: Counter) -> None:
    fake.script("GET", "/x", Instead(Reply(200, b"0123456789", cut_after=4)))
    with pytest.raises(http.client.IncompleteRead):
        ask(fake, "GET")


def test_the_end_does_not_wait_for_a_held_answer() -> None:
    with Counter() as fake:
        fake.script("GET", "/x", hold := Hold())
        connection = http.client.HTTPConnection(fake.origin.removeprefix("http://"), timeout=10)
        connection.request("GET", "/x")
        assert hold.arrived.wait(10)
    connection.close()


@pytest.mark.parametrize(
    ("wanted", "status", "content"),
    [("bytes=2-4", 206, b"234"), ("bytes=7-", 206, b"789"), ("bytes=10-", 416, b""), ("", 200, b"0123456789")],
)
def test_a_file_is_served_in_ranges(fake: Counter, wanted: str, status: int, content: bytes) -> None:
    answer = ask(fake, "GET", "/file", Range=wanted)
    assert (answer.status, answer.content) == (status, content)  # type: ignore[attr-defined]


def test_a_body_without_a_length_is_refused(fake: Counter) -> None:
    """S3 and its like want a Content-Length."""
    connection = http.client.HTTPConnection(fake.origin.removeprefix("http://"), timeout=10)
    connection.putrequest("PUT", "/x")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    assert connection.getresponse().status == 411
    connection.close()

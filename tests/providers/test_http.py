"""HTTP towards a provider, over real sockets; a transport of our own only for faults that no socket makes on demand."""

from __future__ import annotations

import gzip
import logging
import re
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timezone

import httpx
import pytest
from pydantic import BaseModel

from seedance_ui import __version__, errors
from seedance_ui.errors import (
    AuthenticationError,
    BadRequestError,
    ContentFilterError,
    InsufficientBalanceError,
    ProviderError,
    ProviderUnavailableError,
    RateLimitError,
    SubmitUnknownError,
    UnexpectedResponseError,
)
from seedance_ui.providers.answers import Answer
from seedance_ui.providers.http import MAX_ANSWER_BYTES, Http, segment
from seedance_ui.providers.refusals import explain_answer
from seedance_ui.providers.replies import Exchange, listening
from tests.fakes.server import AcceptThen, AcceptThenDrop, Drop, FakeServer, Instead, Received, Reply

SECRET = "s3cr3t-key"


class Echo(FakeServer):
    """Counts what it took."""

    taken = 0

    def handle(self, request: Received) -> Reply:
        self.taken += 1
        return Reply(200, {"id": "1"})


@pytest.fixture
def fake() -> Iterator[Echo]:
    with Echo() as server:
        yield server


def make_http(base_url: str, transport: httpx.AsyncBaseTransport | None = None) -> Http:
    return Http(
        provider="test",
        base_url=base_url,
        authorization=f"Bearer {SECRET}",
        secrets=(SECRET, ""),
        explain=explain_answer,
        query={"projectId": "p1"},
        transport=transport,
    )


@pytest.fixture
async def client(fake: Echo) -> AsyncIterator[Http]:
    made = make_http(f"{fake.origin}/v1")
    yield made
    await made.close()


def answer(status: int, text: str = "", **headers: str) -> Answer:
    return Answer(status, headers, text, "test")


# What goes out


async def test_every_request_carries_key_project_and_who_we_are(fake: Echo, client: Http) -> None:
    await client.get("/jobs", params={"a": "1"})
    await client.post("/assets", {"x": 1}, params={"dryRun": "true"})
    await client.submit("/generate", {"y": 2}, headers={"X-Client-Request-Id": "j1"})
    get, post, submit = fake.received
    assert (get.method, get.path, get.query) == ("GET", "/v1/jobs", {"projectId": "p1", "a": "1"})
    assert (post.query, post.json()) == ({"projectId": "p1", "dryRun": "true"}, {"x": 1})
    assert (submit.json(), submit.headers["x-client-request-id"]) == ({"y": 2}, "j1")
    for request in fake.received:
        assert request.headers["authorization"] == f"Bearer {SECRET}"
        assert request.headers["user-agent"] == f"seedance-playground/{__version__}"
        assert request.headers["accept-encoding"] == "identity"


async def test_a_put_goes_without_our_authorization(fake: Echo, client: Http) -> None:
    with Echo() as storage:
        await client.put(f"{storage.origin}/part?X-Amz-Signature=abc", b"bytes", content_type="video/mp4")
        [put] = storage.received
    assert (put.query, put.body, put.headers["content-type"]) == ({"X-Amz-Signature": "abc"}, b"bytes", "video/mp4")
    assert put.headers["content-length"] == "5"
    assert "authorization" not in put.headers
    assert fake.received == []


async def test_a_put_to_plain_http_is_refused_where_the_provider_is_not_on_this_machine(fake: Echo) -> None:
    remote = make_http("https://api.example.com/v1")
    with pytest.raises(UnexpectedResponseError, match="not https"):
        await remote.put(f"{fake.origin}/part", b"x", content_type="video/mp4")
    await remote.close()
    assert fake.received == []


@pytest.mark.parametrize("door", ["get", "post", "submit"])
async def test_a_redirect_is_never_followed(fake: Echo, client: Http, door: str) -> None:
    """D8: neither the body nor the key goes anywhere else."""
    with Echo() as elsewhere:
        fake.script("GET", ".*", *[Instead(Reply(307, headers={"Location": elsewhere.origin}))] * 3)
        fake.script("POST", ".*", Instead(Reply(307, headers={"Location": elsewhere.origin})))
        with pytest.raises((UnexpectedResponseError, SubmitUnknownError)):
            await call(client, door)
        assert elsewhere.received == []
    assert len(fake.received) == 1


async def call(client: Http, door: str) -> Answer:
    """Use one of the three doors."""
    if door == "get":
        return await client.get("/x")
    return await (client.post if door == "post" else client.submit)("/x", {})


@pytest.mark.parametrize(
    ("remote_id", "written"), [("job_1-a", "job_1-a"), ("../me?x#y", "..%2Fme%3Fx%23y"), ("é", "%C3%A9")]
)
def test_an_id_of_a_provider_stays_one_segment(remote_id: str, written: str) -> None:
    assert segment(remote_id) == written


# What comes back


@pytest.mark.parametrize(
    ("status", "text", "kind", "code"),
    [
        (400, '{"reason": "Input prompt is required"}', BadRequestError, None),
        (400, '{"message": "image2 cannot be read"}', BadRequestError, "bad_media"),
        (400, '{"error": {"message": "may contain real person"}}', ContentFilterError, "face"),
        (401, "Unauthorized", AuthenticationError, None),
        (402, "{}", InsufficientBalanceError, None),
        (403, '{"message": "You\'ve run out of credits"}', InsufficientBalanceError, None),
        (403, '{"message": "This model needs the Pro plan"}', InsufficientBalanceError, "no_plan"),
        (403, '{"message": "Content moderation"}', ContentFilterError, "moderation"),
        (403, '{"message": "Forbidden"}', AuthenticationError, "forbidden"),
        (404, '{"detail": [{"message": "no"}, "such model"]}', BadRequestError, None),
        (413, "<html>Too large</html>", BadRequestError, None),
        (415, "", BadRequestError, None),
        (422, '{"detail": "content_policy_violation"}', ContentFilterError, "moderation"),
        (429, "{}", RateLimitError, None),
        (408, "", ProviderUnavailableError, None),
        (500, '{"message": "Internal server error"}', ProviderUnavailableError, None),
        (503, "<!DOCTYPE html><p>down", ProviderUnavailableError, None),
        (302, "", UnexpectedResponseError, None),
    ],
)
def test_explain_answer_reads_status_and_words(
    status: int, text: str, kind: type[ProviderError], code: str | None
) -> None:
    error = explain_answer(answer(status, text))
    assert type(error) is kind
    assert error.code == code
    assert str(error)
    assert "<" not in str(error)


def test_explain_answer_keeps_the_trace_and_the_file() -> None:
    error = explain_answer(answer(400, '{"reason": "referenceImages[1] is broken", "trace_id": "t-1"}'))
    assert (error.request_id, error.asset, str(error)) == ("t-1", "@Image2", "referenceImages[1] is broken")


@pytest.mark.parametrize("text", ["", "no JSON", "[1]", "null", "[" * 100_000, '{"a": NaN'])
def test_an_answer_that_is_no_object_is_unexpected(text: str) -> None:
    with pytest.raises(UnexpectedResponseError):
        answer(200, text).json()


def test_parse_names_the_field_and_never_its_value() -> None:
    class Model(BaseModel):
        number: int

    assert answer(200, '{"number": 3, "more": 1}').parse(Model).number == 3
    with pytest.raises(UnexpectedResponseError, match="number") as caught:
        answer(200, f'{{"number": "{SECRET}"}}').parse(Model)
    assert SECRET not in str(caught.value)


async def test_a_key_that_is_echoed_is_blotted_out(fake: Echo, client: Http) -> None:
    """D7."""
    fake.script("POST", ".*", Instead(Reply(400, {"reason": f"The key {SECRET} is odd"})))
    with pytest.raises(BadRequestError) as caught:
        await client.post("/x", {})
    assert str(caught.value) == "The key … is odd"


@pytest.mark.parametrize("door", ["get", "post", "submit"])
@pytest.mark.parametrize("is_packed", [False, True], ids=["plain", "gzip"])
async def test_an_answer_above_the_cap_is_not_taken(fake: Echo, client: Http, door: str, is_packed: bool) -> None:
    """E6: a bomb counts by what it unpacks to."""
    body = b" " * (MAX_ANSWER_BYTES + 1)
    huge = Reply(200, gzip.compress(body), {"Content-Encoding": "gzip"}) if is_packed else Reply(200, body)
    fake.script("GET", ".*", *[Instead(huge)] * 3)
    fake.script("POST", ".*", AcceptThen(huge))
    if door == "submit":
        assert (await call(client, door)).text == ""
    else:
        with pytest.raises(UnexpectedResponseError, match="above 2 MB"):
            await call(client, door)
    assert len(fake.received) == 1


@pytest.mark.parametrize(
    ("value", "wait_s"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("86400", 300.0),
        ("Tue, 20 Jan 2026 12:00:30 GMT", 30.0),
        ("Tue, 20 Jan 2026 11:00:00 GMT", 0.0),
        ("Wed, 21 Jan 2026 12:00:00 GMT", 300.0),
        ("Tue, 20 Jan 2026 12:00:30 -0000", 30.0),
        ("9" * 400, None),
        ("²", None),
        ("Tue, 20 Jan 99999999999999 12:00:30 GMT", None),
        ("Tue, 20 Jan 2026 12:00:30 +99999999999999", None),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_capped(value: str, wait_s: float | None) -> None:
    now = datetime(2026, 1, 20, 12, tzinfo=timezone.utc)
    assert answer(429, **{"retry-after": value}).retry_after_s(now) == wait_s


# What is asked again, and what never


@pytest.mark.parametrize("fault", [Instead(Reply(503)), Instead(Reply(500)), Drop()], ids=["503", "500", "drop"])
async def test_a_question_is_asked_again_where_that_can_help(fake: Echo, client: Http, fault: Instead | Drop) -> None:
    fake.script("GET", ".*", fault, fault)
    assert (await client.get("/x")).json() == {"id": "1"}
    assert len(fake.received) == 3


async def test_a_question_is_asked_three_times_at_most(fake: Echo, client: Http) -> None:
    fake.script("GET", ".*", *[Instead(Reply(503))] * 9)
    with pytest.raises(ProviderUnavailableError):
        await client.get("/x")
    assert len(fake.received) == 3


@pytest.mark.parametrize(("wait", "count"), [("2", 2), ("0", 2), ("11", 1), ("", 1)])
async def test_a_short_wait_is_obeyed_here_and_a_long_one_is_left_to_the_runner(
    fake: Echo, client: Http, wait: str, count: int
) -> None:
    fake.script("GET", ".*", Instead(Reply(429, headers={"Retry-After": wait})))
    if count == 1:
        with pytest.raises(RateLimitError) as caught:
            await client.get("/x")
        assert caught.value.retry_after_s == (float(wait) if wait else None)
    else:
        await client.get("/x")
    assert len(fake.received) == count


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 422])
async def test_a_refused_question_is_not_asked_again(fake: Echo, client: Http, status: int) -> None:
    fake.script("GET", ".*", Instead(Reply(status)))
    with pytest.raises(ProviderError):
        await client.get("/x")
    assert len(fake.received) == 1


@pytest.mark.parametrize("fault", [Instead(Reply(503)), AcceptThenDrop()], ids=["503", "drop"])
async def test_a_free_post_is_sent_once(fake: Echo, client: Http, fault: Instead | AcceptThenDrop) -> None:
    fake.script("POST", ".*", fault)
    with pytest.raises(ProviderUnavailableError):
        await client.post("/x", {})
    assert len(fake.received) == 1


# The paid call


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 413, 415, 422, 429])
async def test_submit_refused_for_certain_says_so(fake: Echo, client: Http, status: int) -> None:
    """A3, A4."""
    fake.script("POST", ".*", Instead(Reply(status, {"message": "no"})))
    with pytest.raises(ProviderError):
        await client.submit("/x", {})
    assert len(fake.received) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308, 408, 409, 418, 425, 500, 502, 503, 504, 524])
async def test_submit_with_an_unclear_status_is_an_open_question(fake: Echo, client: Http, status: int) -> None:
    """A2."""
    fake.script("POST", ".*", AcceptThen(Reply(status, {"message": "who knows"})))
    with pytest.raises(SubmitUnknownError, match=f"status {status}: who knows"):
        await client.submit("/x", {})
    assert fake.taken == 1


async def test_submit_without_an_answer_is_an_open_question(fake: Echo, client: Http) -> None:
    """A2."""
    fake.script("POST", ".*", AcceptThenDrop())
    with pytest.raises(SubmitUnknownError, match="RemoteProtocolError"):
        await client.submit("/x", {})
    assert fake.taken == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(201, {"id": "1"}, {"X-Id": "1"}, cut_after=3),
        Reply(201, {"id": "1"}, {"X-Id": "1"}, cut_after=3, is_reset=True),
        Reply(201, b"no gzip", {"X-Id": "1", "Content-Encoding": "gzip"}),
        Reply(201, b" " * (MAX_ANSWER_BYTES + 1), {"X-Id": "1"}),
    ],
    ids=["cut", "reset", "broken gzip", "too large"],
)
async def test_submit_with_a_head_and_a_broken_body_gives_the_head(fake: Echo, client: Http, reply: Reply) -> None:
    """A2, B3: the id of what was taken may stand there; the evidence tells of one request, and of what broke."""
    heard: list[Exchange] = []
    fake.script("POST", ".*", AcceptThen(reply))
    with listening(heard.append):
        answer = await client.submit("/x", {})
    assert (answer.status, answer.headers["x-id"], answer.text) == (201, "1", "")
    [told] = heard
    assert re.fullmatch(r"201, \w+", told.status) and told.is_paid
    assert fake.taken == 1


@pytest.mark.parametrize("status", [302, 400, 500])
async def test_submit_without_success_and_with_a_broken_body_is_an_open_question(
    fake: Echo, client: Http, status: int
) -> None:
    """A2: its words would say why; without them nothing is certain."""
    fake.script("POST", ".*", AcceptThen(Reply(status, {"id": "1"}, {"X-Id": "1"}, cut_after=3)))
    with pytest.raises(SubmitUnknownError):
        await client.submit("/x", {})
    assert fake.taken == 1


async def test_submit_without_a_listener_was_not_taken() -> None:
    """A3."""
    with Echo() as gone:
        address = gone.origin
    client = make_http(address)
    with pytest.raises(ProviderUnavailableError, match="ConnectError"):
        await client.submit("/x", {})
    await client.close()


async def test_submit_to_a_server_without_tls_was_not_taken(fake: Echo) -> None:
    """A3: the handshake fails before a byte of the request goes out."""
    client = make_http(fake.origin.replace("http://", "https://"))
    with pytest.raises(ProviderUnavailableError, match="ConnectError"):
        await client.submit("/x", {})
    await client.close()
    assert fake.taken == 0


NOT_TAKEN = {"ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol"}
FAULTS = [
    kind
    for _, kind in sorted(vars(httpx).items())
    if isinstance(kind, type) and issubclass(kind, httpx.RequestError) and not kind.__subclasses__()
]


def broken(kind: type[httpx.RequestError], phase: str, sent: list[httpx.Request]) -> httpx.MockTransport:
    """Return a transport that breaks before the answer, or in the middle of it."""

    class Body(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"{"
            raise kind("broken")

    def answer_or_fail(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        if phase == "sending":
            raise kind("broken")
        return httpx.Response(200, stream=Body())

    return httpx.MockTransport(answer_or_fail)


PHASES = [
    pytest.param(kind, phase, id=f"{phase}-{kind.__name__}")
    for kind in FAULTS
    for phase in ("sending", "reading")
    if phase == "sending" or kind.__name__ not in NOT_TAKEN
]
"""A connection that never stood cannot break while an answer is read."""


@pytest.mark.parametrize(("kind", "phase"), PHASES)
async def test_submit_knows_each_fault_of_the_transport(kind: type[httpx.RequestError], phase: str) -> None:
    """A2, A3: only what happens before the connection stands proves that nothing was taken."""
    sent: list[httpx.Request] = []
    client = make_http("http://127.0.0.1/v1", broken(kind, phase, sent))
    if phase == "reading":
        assert (await client.submit("/x", {})).text == ""
    else:
        with pytest.raises(ProviderUnavailableError if kind.__name__ in NOT_TAKEN else SubmitUnknownError):
            await client.submit("/x", {})
    await client.close()
    assert len(sent) == 1


@pytest.mark.parametrize(("kind", "phase"), PHASES)
@pytest.mark.parametrize(("door", "count"), [("get", 3), ("post", 1)])
async def test_a_free_call_knows_each_fault_of_the_transport(
    kind: type[httpx.RequestError], phase: str, door: str, count: int
) -> None:
    sent: list[httpx.Request] = []
    client = make_http("http://127.0.0.1/v1", broken(kind, phase, sent))
    with pytest.raises(ProviderUnavailableError, match=kind.__name__):
        await call(client, door)
    await client.close()
    assert len(sent) == count


@pytest.mark.parametrize("kind", FAULTS, ids=lambda kind: kind.__name__)
async def test_a_put_knows_each_fault_of_the_transport(kind: type[httpx.RequestError]) -> None:
    client = make_http("http://127.0.0.1/v1", broken(kind, "sending", []))
    with pytest.raises(ProviderUnavailableError, match=kind.__name__):
        await client.put("http://127.0.0.1/part", b"", content_type="image/png")
    await client.close()


# What is written down


async def test_log_lines_hold_no_query_no_header_and_no_key(
    fake: Echo, client: Http, caplog: pytest.LogCaptureFixture
) -> None:
    """D6."""
    caplog.set_level(logging.INFO)
    fake.script("GET", ".*", Instead(Reply(503, {"message": SECRET})))
    await client.get("/jobs", params={"token": "t0k3n"})
    await client.submit("/generate", {})
    await client.put(f"{fake.origin}/part?X-Amz-Signature=s1gn4tur3", b"", content_type="image/png")
    assert "test: POST /generate → 200" in caplog.text
    for secret in (SECRET, "t0k3n", "s1gn4tur3", "projectId", "authorization"):
        assert secret not in caplog.text


def test_an_answer_does_not_show_its_text_by_accident() -> None:
    assert "Signature" not in repr(answer(200, "https://x/?Signature=1", **{"set-cookie": "Signature"}))


def test_every_class_of_the_table_is_one_of_ours() -> None:
    statuses = [*range(300, 320), *range(400, 452), *range(500, 530)]
    assert {type(explain_answer(answer(status))).__module__ for status in statuses} == {errors.__name__}

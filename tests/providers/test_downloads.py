"""Downloads over real sockets: bodies that are cut, wrong, slow or elsewhere, and the addresses behind links."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from seedance_ui.errors import ProviderUnavailableError, StoreError, UnexpectedResponseError
from seedance_ui.providers.downloads import Downloader, Limits, Origin
from tests.fakes.server import Drop, FakeServer, Hold, Instead, Received, Reply, serve_range

VIDEO = bytes(range(256)) * 800
"""204,800 bytes: several chunks."""
MP4 = {"Content-Type": "video/mp4"}
HERE = Origin("fake", ("example.com",), allow_loopback=True)
TLS = ssl.create_default_context()


class Files(FakeServer):
    """Serves one file in ranges, under whatever path."""

    content = VIDEO
    headers: dict[str, str] = {}

    def handle(self, request: Received) -> Reply:
        reply = serve_range(request, self.content, "video/mp4")
        kept = {name: value for name, value in {**reply.headers, **self.headers}.items() if value}
        return replace(reply, headers=kept)


class Way:
    """A downloader whose waits, time and names a test sees and decides."""

    def __init__(self, **limits: Any) -> None:
        self.slept_s: list[float] = []
        self.looked_up: list[str] = []
        self.addresses: Sequence[str] | None = None
        self.time_s = 0.0
        self.step_s = 0.0
        self.downloader = Downloader(
            limits=Limits(**limits), resolve=self.resolve, sleep=self.sleep, monotonic=self.monotonic, tls=TLS
        )

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        self.looked_up.append(host)
        if self.addresses is not None:
            return self.addresses
        return [{"localhost": "127.0.0.1"}.get(host, host)]

    async def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)

    def monotonic(self) -> float:
        self.time_s += self.step_s
        return self.time_s


@pytest.fixture
def files() -> Iterator[Files]:
    with Files() as fake:
        yield fake


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "job.part"


async def refused(
    way: Way, url: str, part: Path, *, match: str, kind: type[Exception] = UnexpectedResponseError
) -> None:
    with pytest.raises(kind, match=match):
        await way.downloader.fetch(url, part, HERE)


async def test_fetch_brings_every_byte_without_any_credential(files: Files, part: Path) -> None:
    """D8: no Authorization, no cookies, nothing decoded, and the target as it was signed."""
    files.headers = {"Set-Cookie": "a=b"}
    way = Way()
    for _ in range(2):
        await way.downloader.fetch(f"{files.origin}/a%20b/v.mp4?Policy=x~&Signature=a+b%2F", part, HERE)
    assert part.read_bytes() == VIDEO
    first, second = files.received
    assert (first.path, first.query) == ("/a b/v.mp4", {"Policy": "x~", "Signature": "a b/"})
    for request in (first, second):
        assert not {"authorization", "cookie", "range"} & set(request.headers)
        assert request.headers["accept-encoding"] == "identity"
        assert request.headers["user-agent"].startswith("seedance-playground/")


async def test_fetch_of_a_body_cut_anywhere_goes_on_where_it_ended(files: Files, part: Path) -> None:
    """B6: cut at every percent; the rest is asked for with Range and If-Range."""
    way = Way()
    for percent in range(100):
        cut = len(VIDEO) * percent // 100
        whole = files.handle(Received("GET", "/", {}, {}, b""))
        files.script("GET", "/v.mp4", Instead(replace(whole, cut_after=cut)))
        await way.downloader.fetch(f"{files.origin}/v.mp4", part, HERE)
        assert part.read_bytes() == VIDEO, percent
        again = files.received[-1].headers
        assert again.get("range") == (f"bytes={cut}-" if cut else None)
        assert again.get("if-range") == (whole.headers["ETag"] if cut else None)


@pytest.mark.parametrize("etag", ["", 'W/"weak"'], ids=["no etag", "weak etag"])
async def test_fetch_without_a_strong_etag_begins_again(files: Files, part: Path, etag: str) -> None:
    files.headers = {"ETag": etag}
    files.script(
        "GET", "/v.mp4", Instead(Reply(200, VIDEO, {**MP4, **({"ETag": etag} if etag else {})}, cut_after=5000))
    )
    await Way().downloader.fetch(f"{files.origin}/v.mp4", part, HERE)
    assert part.read_bytes() == VIDEO
    assert "range" not in files.received[-1].headers


async def test_fetch_of_a_file_that_changed_midway_keeps_nothing_of_the_old(files: Files, part: Path) -> None:
    files.script("GET", "/v.mp4", Instead(Reply(200, b"old" * 9000, {**MP4, "ETag": '"old"'}, cut_after=9000)))
    await Way().downloader.fetch(f"{files.origin}/v.mp4", part, HERE)
    assert files.received[-1].headers["if-range"] == '"old"'
    assert part.read_bytes() == VIDEO


@pytest.mark.parametrize(
    "content_range",
    ["bytes 0-204799/204800", "bytes 5001-204799/204800", "bytes 5000-9999/10000", "bytes */204800", ""],
)
async def test_fetch_given_another_part_than_asked_for_begins_again(
    files: Files, part: Path, content_range: str
) -> None:
    headers = {**MP4, "ETag": '"e"'}
    wrong = Reply(206, VIDEO[5001:], {**headers, "Content-Range": content_range})
    files.script("GET", "/v.mp4", Instead(Reply(200, VIDEO, headers, cut_after=5000)), Instead(wrong))
    await Way().downloader.fetch(f"{files.origin}/v.mp4", part, HERE)
    assert part.read_bytes() == VIDEO
    assert "range" not in files.received[2].headers


async def test_fetch_of_a_part_that_is_gone_begins_again(files: Files, part: Path) -> None:
    whole = Reply(200, VIDEO, {**MP4, "ETag": '"e"'}, cut_after=5000)
    files.script("GET", "/v.mp4", Instead(whole), Instead(Reply(416)))
    await Way().downloader.fetch(f"{files.origin}/v.mp4", part, HERE)
    assert part.read_bytes() == VIDEO


async def test_fetch_tries_five_times_more_and_then_leaves_it(files: Files, part: Path) -> None:
    files.script("GET", "/v.mp4", *[Instead(Reply(503)), Drop()] * 3)
    way = Way()
    await refused(way, f"{files.origin}/v.mp4", part, match="broke", kind=ProviderUnavailableError)
    assert way.slept_s == [1.0, 2.0, 4.0, 8.0, 16.0]
    assert len(files.received) == 6


async def test_fetch_waits_as_long_as_the_server_asks(files: Files, part: Path) -> None:
    files.script("GET", "/v.mp4", Instead(Reply(429, headers={"Retry-After": "23"})))
    way = Way()
    await way.downloader.fetch(f"{files.origin}/v.mp4", part, HERE)
    assert way.slept_s == [23.0]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_fetch_of_an_expired_link_is_not_tried_again(files: Files, part: Path, status: int) -> None:
    """B5: only a fresh link can help."""
    files.script("GET", "/v.mp4", Instead(Reply(status, b"<Error>Request has expired</Error>")))
    way = Way()
    await refused(way, f"{files.origin}/v.mp4", part, match=f"expired.*{status}")
    assert (len(files.received), way.slept_s) == (1, [])


@pytest.mark.parametrize(
    ("reply", "match"),
    [
        (Reply(200, b"<html>Please log in</html>", {"Content-Type": "text/html; charset=utf-8"}), "text/html"),
        (Reply(200, {"error": "no"}), "application/json"),
        (Reply(200, b"<Error/>", {"Content-Type": "application/xml"}), "application/xml"),
        (Reply(200, b"", MP4), "empty"),
        (Reply(200, b"", MP4, promise_length=False), "empty"),
        (Reply(204, b"", MP4), "204"),
        (Reply(206, VIDEO, {**MP4, "Content-Range": "bytes 0-9/10"}), "206"),
        (Reply(200, b"\x1f\x8b", {**MP4, "Content-Encoding": "gzip"}), "packed"),
        (Reply(200, b"x", {**MP4, "Content-Length": "500000001"}, cut_after=1), "500 MB"),
    ],
    ids=["html", "json", "xml", "empty", "empty without length", "no content", "unasked part", "gzip", "too large"],
)
async def test_fetch_of_what_is_no_video_is_refused(files: Files, part: Path, reply: Reply, match: str) -> None:
    """B6, E6."""
    files.script("GET", "/v.mp4", Instead(reply))
    await refused(Way(), f"{files.origin}/v.mp4", part, match=match)
    assert len(files.received) == 1


async def test_fetch_of_a_body_without_end_stops_at_the_cap(files: Files, part: Path) -> None:
    """E6: a length that was not promised counts all the same."""
    files.script("GET", "/v.mp4", Instead(Reply(200, VIDEO, MP4, promise_length=False)))
    await refused(Way(max_bytes=100_000), f"{files.origin}/v.mp4", part, match="above 0 MB")
    assert part.stat().st_size < len(VIDEO)


async def test_fetch_without_a_promised_length_takes_all_there_is(files: Files, part: Path) -> None:
    files.script("GET", "/v.mp4", Instead(Reply(200, VIDEO, MP4, promise_length=False)))
    await Way().downloader.fetch(f"{files.origin}/v.mp4", part, HERE)
    assert part.read_bytes() == VIDEO


def chunked(content: bytes) -> bytes:
    """Return a body in one chunk, with the end of the body behind it."""
    return b"%x\r\n%b\r\n0\r\n\r\n" % (len(content), content)


CHUNKED = {**MP4, "Transfer-Encoding": "chunked"}


@pytest.mark.parametrize(
    ("reply", "is_all"),
    [
        (Reply(200, VIDEO, MP4), True),
        (Reply(200, chunked(VIDEO), CHUNKED, promise_length=False), True),
        (Reply(200, VIDEO, MP4, promise_length=False), False),
    ],
    ids=["a length", "chunks", "neither"],
)
async def test_fetch_tells_whether_what_came_is_known_to_be_all(
    files: Files, part: Path, reply: Reply, is_all: bool
) -> None:
    """B6: without a length the end of a connection looks the same wherever it was cut."""
    files.script("GET", "/v.mp4", Instead(reply))
    assert await Way().downloader.fetch(f"{files.origin}/v.mp4", part, HERE) is is_all
    assert part.read_bytes() == VIDEO


@pytest.mark.parametrize("total", [str(len(VIDEO)), "*"])
async def test_fetch_of_a_rest_counts_against_the_length_of_the_whole(files: Files, part: Path, total: str) -> None:
    rest = {**MP4, "ETag": '"e"', "Content-Range": f"bytes 5000-{len(VIDEO) - 1}/{total}"}
    whole = Reply(200, VIDEO, {**MP4, "ETag": '"e"'}, cut_after=5000)
    files.script("GET", "/v.mp4", Instead(whole), Instead(Reply(206, VIDEO[5000:], rest, promise_length=False)))
    assert await Way().downloader.fetch(f"{files.origin}/v.mp4", part, HERE) is True
    assert part.read_bytes() == VIDEO


async def test_fetch_of_a_rest_of_an_unknown_whole_may_not_be_all(files: Files, part: Path) -> None:
    headers = {**MP4, "ETag": '"e"'}
    cut = Reply(200, b"1388\r\n" + VIDEO[:5000] + b"\r\n", {**headers, **CHUNKED}, promise_length=False)
    rest = Reply(206, VIDEO[5000:], {**headers, "Content-Range": f"bytes 5000-{len(VIDEO) - 1}/*"})
    files.script("GET", "/v.mp4", Instead(cut), Instead(rest))
    assert await Way().downloader.fetch(f"{files.origin}/v.mp4", part, HERE) is False
    assert part.read_bytes() == VIDEO


async def test_fetch_from_a_silent_server_is_tried_again(files: Files, part: Path) -> None:
    files.script("GET", "/v.mp4", Hold())
    way = Way(stall_s=0.05)
    await way.downloader.fetch(f"{files.origin}/v.mp4", part, HERE)
    assert part.read_bytes() == VIDEO
    assert way.slept_s == [1.0]


async def test_fetch_that_crawls_is_broken_off_and_goes_on(files: Files, part: Path) -> None:
    """E6: each chunk of at most 64 KiB takes 40 s here, which is below 10 KB/s."""
    way = Way(max_s=1e9, max_retries=100)
    way.step_s = 40.0
    await way.downloader.fetch(f"{files.origin}/v.mp4", part, HERE)
    assert part.read_bytes() == VIDEO
    starts = [int(request.headers.get("range", "bytes=0-")[6:-1]) for request in files.received]
    assert starts == sorted(set(starts))
    assert len(starts) > 1


async def test_fetch_ends_after_a_quarter_of_an_hour(files: Files, part: Path) -> None:
    way = Way(stall_s=1e9)
    way.step_s = 400.0
    await refused(way, f"{files.origin}/v.mp4", part, match="within 15 minutes", kind=ProviderUnavailableError)
    assert len(files.received) == 1


async def test_fetch_to_a_place_that_cannot_be_written_is_our_own_fault(files: Files, tmp_path: Path) -> None:
    way = Way()
    with pytest.raises(StoreError, match="could not be written"):
        await way.downloader.fetch(f"{files.origin}/v.mp4", tmp_path / "missing" / "job.part", HERE)


async def test_fetch_follows_redirects_three_times(files: Files, part: Path) -> None:
    """E3: also a relative one; each is looked up anew."""
    for here, there in (("/0", "/1"), ("/1", f"{files.origin}/2"), ("/2", "3?x=1")):
        files.script("GET", here, Instead(Reply(302, headers={"Location": there})))
    way = Way()
    await way.downloader.fetch(f"{files.origin}/0", part, HERE)
    assert part.read_bytes() == VIDEO
    assert [request.path for request in files.received] == ["/0", "/1", "/2", "/3"]
    assert len(way.looked_up) == 4


async def test_fetch_that_is_led_in_circles_gives_up(files: Files, part: Path) -> None:
    files.script("GET", "/.*", *[Instead(Reply(307, headers={"Location": "/v.mp4"}))] * 9)
    await refused(Way(), f"{files.origin}/v.mp4", part, match="more than 3 times")
    assert len(files.received) == 4


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/v.mp4",
        "https://[::ffff:7f00:1]/v.mp4",
        "https://2130706433/v.mp4",
        "https://user@cdn.example.com/v.mp4",
        "file:///etc/passwd",
        "//192.168.0.1/v.mp4",
    ],
)
async def test_fetch_is_not_led_to_a_private_address(files: Files, part: Path, target: str) -> None:
    """E1, E2, E3: a redirect is held to the same rules as the link itself."""
    files.script("GET", "/v.mp4", Instead(Reply(302, headers={"Location": target})))
    await refused(Way(), f"{files.origin}/v.mp4", part, match="link")
    assert len(files.received) == 1
    assert not part.exists()


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], []], ids=str)
async def test_fetch_from_a_name_that_stands_for_a_private_address_connects_nowhere(
    files: Files, part: Path, addresses: list[str]
) -> None:
    """E2, DNS rebinding: pytest-socket would raise at the first attempt to connect elsewhere."""
    way = Way()
    way.addresses = addresses
    await refused(way, "https://new.example.net/v.mp4", part, match="not a public one")
    assert way.looked_up == ["new.example.net"]
    assert files.received == []


async def test_fetch_from_this_machine_needs_a_provider_there(files: Files, part: Path) -> None:
    with pytest.raises(UnexpectedResponseError, match="https"):
        await Way().downloader.fetch(f"{files.origin}/v.mp4", part, Origin("fake", ()))
    assert files.received == []


async def test_fetch_tries_another_address_of_the_host(files: Files, part: Path) -> None:
    way = Way()
    way.addresses = ["::1", "127.0.0.1"]
    await way.downloader.fetch(f"{files.origin.replace('127.0.0.1', 'localhost')}/v.mp4", part, HERE)
    assert part.read_bytes() == VIDEO
    assert files.received[0].headers["host"] == files.origin.removeprefix("http://").replace("127.0.0.1", "localhost")


async def test_fetch_notes_a_host_that_is_new_once(part: Path, caplog: pytest.LogCaptureFixture) -> None:
    """E4: a new CDN does not strand a paid video; the link itself is not written down."""
    way = Way()
    way.addresses = []
    for _ in range(2):
        await refused(way, "https://new.example.net/v.mp4?Signature=secret", part, match="not a public one")
    noted = [record.getMessage() for record in caplog.records if "new to us" in record.getMessage()]
    assert len(noted) == 1
    assert "new.example.net" in noted[0]
    assert "secret" not in caplog.text


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Return a key and a certificate for `localhost` and one CDN that only this test trusts."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl on this machine to make a certificate with")
    pem = tmp_path / "localhost.pem"
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,DNS:cdn.example.com"]
    new = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *name, "-keyout", pem, "-out", pem]
    made = subprocess.run([*new[:-1], tmp_path / "certificate.pem"], capture_output=True, check=True)
    assert made.returncode == 0
    pem.write_bytes(pem.read_bytes() + (tmp_path / "certificate.pem").read_bytes())
    return pem


@pytest.fixture
def over_tls(certificate: Path) -> Iterator[tuple[Files, list[str | None]]]:
    """Yield a file server that speaks TLS, and the names that clients asked it for."""
    asked_for: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    note: Callable[..., None] = lambda _, name, __: asked_for.append(name)  # noqa: E731
    context.sni_callback = note
    fake = Files()
    fake._server.socket = context.wrap_socket(fake._server.socket, server_side=True, do_handshake_on_connect=False)
    with fake:
        yield fake, asked_for


async def test_fetch_over_tls_asks_the_checked_address_for_the_name(
    over_tls: tuple[Files, list[str | None]], certificate: Path, part: Path
) -> None:
    """E3: the address is connected to, the name is asked for and verified."""
    fake, asked_for = over_tls
    port = fake.origin.rpartition(":")[2]
    way = Way(max_retries=0)
    way.downloader.tls = ssl.create_default_context(cafile=certificate)
    await way.downloader.fetch(f"https://localhost:{port}/v.mp4", part, HERE)
    assert part.read_bytes() == VIDEO
    assert asked_for == ["localhost"]
    assert fake.received[0].headers["host"] == f"localhost:{port}"
    await refused(way, f"https://127.0.0.1:{port}/v.mp4", part, match="broke", kind=ProviderUnavailableError)
    way.downloader.tls = None
    await refused(way, f"https://localhost:{port}/v.mp4", part, match="broke", kind=ProviderUnavailableError)
    assert len(fake.received) == 1


@dataclass
class Proxy:
    """A proxy that leads every tunnel to one server, whatever name was asked for."""

    target_port: int
    asked_for: list[str] = field(default_factory=list)
    tunnels: list[asyncio.Task[None]] = field(default_factory=list)

    def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tunnels.append(asyncio.ensure_future(self._dig(reader, writer)))

    async def _dig(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked_for.append(head.partition(" HTTP/")[0])
        there, thither = await asyncio.open_connection("127.0.0.1", self.target_port)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await asyncio.gather(self._pass_on(reader, thither), self._pass_on(there, writer))

    @staticmethod
    async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while content := await source.read(65_536):
                target.write(content)
                await target.drain()
        target.close()
        with contextlib.suppress(OSError):
            await target.wait_closed()


@pytest.fixture
async def proxy(over_tls: tuple[Files, list[str | None]], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Proxy]:
    """Yield the only way out: a proxy that the environment names."""
    made = Proxy(int(over_tls[0].origin.rpartition(":")[2]))
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    for name in ("no_proxy", "NO_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    yield made
    server.close()
    await asyncio.gather(*made.tunnels)
    await server.wait_closed()


def made_up(certificate: Path) -> Way:
    """Return a way on a machine whose tunnel makes an address up for every name."""
    way = Way(max_retries=0)
    way.addresses = ["198.18.0.7", "64:ff9b::808:808"]
    way.downloader.tls = ssl.create_default_context(cafile=certificate)
    return way


async def test_fetch_from_a_declared_host_goes_where_the_paid_request_went(
    over_tls: tuple[Files, list[str | None]],
    proxy: Proxy,
    certificate: Path,
    part: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """E4: TLS proves the name; which address it has here, and whether a proxy finds it, is no matter."""
    fake, asked_for = over_tls
    way = made_up(certificate)
    await way.downloader.fetch("https://cdn.example.com/a%2Fb//../v.mp4?Signature=a+b%2F[1]'", part, HERE)
    assert part.read_bytes() == VIDEO
    assert (proxy.asked_for, asked_for, way.looked_up) == (["CONNECT cdn.example.com:443"], ["cdn.example.com"], [])
    [request] = fake.received
    assert (request.path, request.query, request.headers["host"]) == (
        "/a/b//../v.mp4", {"Signature": "a b/[1]'"}, "cdn.example.com",
    )  # fmt: skip
    assert not {"authorization", "cookie"} & set(request.headers)
    assert "new to us" not in caplog.text


async def test_fetch_from_a_declared_host_that_cannot_prove_its_name_asks_for_nothing(
    over_tls: tuple[Files, list[str | None]], proxy: Proxy, certificate: Path, part: Path
) -> None:
    """E2: whoever answers for the name in this network gets a handshake, and no request."""
    url = "https://other.example.com/v.mp4"
    await refused(made_up(certificate), url, part, match="broke", kind=ProviderUnavailableError)
    assert proxy.asked_for == ["CONNECT other.example.com:443"]
    assert over_tls[0].received == []


@pytest.mark.parametrize("is_redirect", [False, True], ids=["a link", "a redirect"])
async def test_fetch_from_another_host_is_held_to_its_addresses_beside_a_proxy(
    over_tls: tuple[Files, list[str | None]], proxy: Proxy, certificate: Path, part: Path, is_redirect: bool
) -> None:
    """E2, E3: also where a declared host leads there."""
    fake, there, way = over_tls[0], "https://new.example.net/v.mp4", made_up(certificate)
    fake.script("GET", "/v.mp4", Instead(Reply(302, headers={"Location": there})))
    await refused(way, "https://cdn.example.com/v.mp4" if is_redirect else there, part, match="not a public one")
    assert way.looked_up == ["new.example.net"]
    assert len(proxy.asked_for) == len(fake.received) == int(is_redirect)


async def test_fetch_from_this_machine_asks_no_proxy(
    files: Files, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, part: Path
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    await Way().downloader.fetch(f"{files.origin}/v.mp4", part, Origin("fake", ("127.0.0.1",), allow_loopback=True))
    assert part.read_bytes() == VIDEO
    assert proxy.asked_for == []

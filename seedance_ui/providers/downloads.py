"""Fetch a finished video over HTTP into a file. All durations in seconds, sizes in bytes.

Whether the file is a video is decided by its content, later, by the library; here the rules are those of
the way: which address, which redirect, how long, how much, and how a cut body goes on where it ended.
"""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urljoin

from seedance_ui.domain.sizes import MAX_VIDEO_BYTES
from seedance_ui.errors import ProviderUnavailableError, RateLimitError, StoreError, UnexpectedResponseError
from seedance_ui.providers.addresses import (
    Location,
    UnsafeLinkError,
    check_addresses,
    is_declared,
    read_location,
)
from seedance_ui.providers.answers import Answer
from seedance_ui.providers.http import DownloadClient, Incoming

log = logging.getLogger(__name__)

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_EXPIRED = frozenset({401, 403, 404, 410})
"""B5: what a signed link answers once its time is over; a fresh one may do better."""
_TEXT = re.compile(r"text/.*|application/(json|xml|xhtml\+xml|javascript|problem\+json)|.*\+(json|xml)")
"""Types of error pages. Anything else may be a video under a careless name: its content decides."""
_LENGTH = re.compile(r"[0-9]{1,15}")
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15}|\*)")

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port to the addresses that they stand for."""


@dataclass(frozen=True, slots=True)
class Limits:
    """E6, B6, E3: how much, how long and how often."""

    max_bytes: int = MAX_VIDEO_BYTES
    max_s: float = 900.0
    """The whole fetch, with all its retries."""
    stall_s: float = 30.0
    """So long without a byte, or below `min_bytes_per_s`, is a broken connection."""
    min_bytes_per_s: int = 10_000
    max_retries: int = 5
    max_redirects: int = 3


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the videos of one provider come from."""

    provider: str
    """Its id."""
    hosts: tuple[str, ...]
    """Names that it is known to use, each with all names below it."""
    allow_loopback: bool = False
    """Whether the provider itself is on this machine."""


async def look_up(host: str, port: int) -> list[str]:
    """Return the addresses of a host as the system knows them."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


@dataclass(slots=True)
class _Partial:
    """What is on disk so far, and by what a rest is known to belong to it."""

    path: Path
    size_bytes: int = 0
    total_bytes: int | None = None
    """None where the server did not say."""
    etag: str = ""
    """Strong, or none: a weak one says only that two bodies mean the same."""
    is_chunked: bool = False
    """Whether this body has its end marked, so that HTTP itself sees where it is cut."""

    @property
    def is_all(self) -> bool:
        """Whether the server told where the end is; else every end of the connection looks like that of the body."""
        return self.is_chunked or self.total_bytes is not None

    def wanted(self) -> dict[str, str]:
        """Return the headers that ask for what is missing; none where the whole must come again."""
        if not self.size_bytes or not self.etag:
            return {}
        return {"Range": f"bytes={self.size_bytes}-", "If-Range": self.etag}

    def begin(self, incoming: Incoming) -> None:
        """Take in the head of a 200: everything comes, from the start."""
        length, etag = incoming.headers.get("content-length", ""), incoming.headers.get("etag", "")
        self.size_bytes = 0
        self.total_bytes = int(length) if _LENGTH.fullmatch(length) else None
        self.etag = "" if etag.startswith("W/") else etag
        self.is_chunked = incoming.headers.get("transfer-encoding", "").lower() == "chunked"

    def goes_on(self, incoming: Incoming) -> bool:
        """Return whether a 206 is exactly the rest that is missing; else forget what there is."""
        match = _CONTENT_RANGE.fullmatch(incoming.headers.get("content-range", ""))
        total = match[3] if match else ""
        fits = match is not None and int(match[1]) == self.size_bytes > 0 and total in ("*", str(self.total_bytes))
        if not fits:
            self.size_bytes = 0
        self.is_chunked = False  # it would be the end of this part, and of no whole
        return fits


@dataclass(slots=True)
class Downloader:
    """Fetches files by the rules of this module; time, chance and names come from outside."""

    limits: Limits = field(default_factory=Limits)
    resolve: Resolve = look_up
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    monotonic: Callable[[], float] = time.monotonic
    tls: ssl.SSLContext | None = None
    """Whom to trust; None trusts whom the system's HTTP client trusts."""
    _noted_hosts: set[str] = field(default_factory=set)

    async def fetch(self, url: str, part: Path, origin: Origin) -> bool:
        """Write what a link leads to into `part`, from its first byte to its last.

        Returns:
            Whether that is known to be all of it. A server that tells no length and just closes leaves it open.

        Raises:
            ProviderUnavailableError: The server gave no whole body in time; also `RateLimitError`.
            UnexpectedResponseError: The link leads nowhere good, has expired, or what it gives is no video.
            StoreError: The disk would not take it.
        """
        partial = _Partial(part)
        deadline = self.monotonic() + self.limits.max_s
        client = DownloadClient(provider=origin.provider, silent_s=self.limits.stall_s, tls=self.tls)
        attempt = 0
        while True:
            try:
                await self._attempt(client, url, partial, origin, attempt, deadline)
                return partial.is_all
            except (ProviderUnavailableError, RateLimitError) as exc:
                if attempt == self.limits.max_retries or self.monotonic() >= deadline:
                    raise
                log.info("A download from %s goes on after %d bytes: %s", origin.provider, partial.size_bytes, exc)
                await self.sleep(_wait_s(attempt, exc))
            attempt += 1

    async def _attempt(
        self, client: DownloadClient, url: str, partial: _Partial, origin: Origin, attempt: int, deadline: float
    ) -> None:
        """Follow a link to its body, each step checked anew (E3), and receive that."""
        for _ in range(self.limits.max_redirects + 1):
            location = self._read(url, origin)
            address = await self._address(location, origin, attempt)
            async with client.get(location, address, partial.wanted()) as incoming:
                if incoming.status not in _REDIRECTS:
                    await self._receive(incoming, partial, origin, deadline)
                    return
                here = f"{location.scheme}://{location.authority}{location.target}"
                url = urljoin(here, incoming.headers.get("location", ""))
        raise _odd(origin, f"The link to the video leads on more than {self.limits.max_redirects} times.")

    def _read(self, url: str, origin: Origin) -> Location:
        try:
            return read_location(url, allow_loopback=origin.allow_loopback)
        except UnsafeLinkError as exc:
            raise _odd(origin, str(exc)) from exc

    async def _address(self, location: Location, origin: Origin, attempt: int) -> str | None:
        """Return which of a host's addresses to connect to; None where its name is enough.

        E4: a host that the provider declares is proven by TLS, wherever its name leads, as the API is that was paid.
        Where a tunnel or NAT64 makes addresses up, or a proxy is the only way out, that is no address out in the
        internet. Any other host is held to E2, and what was checked is what is connected to (E3).
        """
        if not location.is_loopback and is_declared(location.host, origin.hosts):
            return None
        self._note(location, origin)
        try:
            addresses = await self.resolve(location.host, location.port)
            check_addresses(location, addresses)
        except UnsafeLinkError as exc:
            raise _odd(origin, str(exc)) from exc
        except OSError as exc:
            what = f"The host {location.host!r} of the video cannot be found."
            raise ProviderUnavailableError(what, provider=origin.provider) from exc
        # Another one each time: the first may be one that this machine cannot reach.
        return addresses[attempt % len(addresses)]

    def _note(self, location: Location, origin: Origin) -> None:
        """E4: write down once where an unknown host of videos appeared; a new CDN must not strand a paid video."""
        if not location.is_loopback and location.host not in self._noted_hosts:
            self._noted_hosts.add(location.host)
            log.warning("A video of %s is said to be at %s, a host that is new to us", origin.provider, location.host)

    async def _receive(self, incoming: Incoming, partial: _Partial, origin: Origin, deadline: float) -> None:
        """Take in a body: all of it, or the rest of what is there."""
        self._check_head(incoming, partial, origin)
        if incoming.status == 206:
            if not partial.goes_on(incoming):
                raise _broken(origin, "The server gave another part than the one that is missing.")
        else:
            partial.begin(incoming)
        if partial.total_bytes is not None and partial.total_bytes > self.limits.max_bytes:
            raise self._too_large(origin)
        try:
            # The mode says the same as `partial`: a rest is added, a whole begins anew.
            file = await asyncio.to_thread(partial.path.open, "ab" if partial.size_bytes else "wb")
            try:
                await self._write(incoming, file, partial, origin, deadline)
            finally:
                await asyncio.to_thread(file.close)
        except OSError as exc:
            raise StoreError(f"The video could not be written: {exc.strerror}.") from exc
        if partial.total_bytes is not None and partial.size_bytes < partial.total_bytes:
            raise _broken(origin, "The video ended before its end.")
        if partial.total_bytes is not None and partial.size_bytes > partial.total_bytes:
            partial.size_bytes = 0  # what is too much cannot be told from what is right
            raise _broken(origin, "The video went on behind its end.")
        if not partial.size_bytes:
            raise _odd(origin, "The answer is empty where the video should be.")

    def _check_head(self, incoming: Incoming, partial: _Partial, origin: Origin) -> None:
        """Sort out every answer whose body is not the video."""
        status, kind = incoming.status, incoming.headers.get("content-type", "").partition(";")[0].strip().lower()
        if status in _EXPIRED:
            raise _odd(origin, f"The link to the video has expired (status {status}).")
        if status == 416:
            partial.size_bytes = 0
            raise _broken(origin, "The server does not have the part that is missing.")
        if status == 429:
            wait_s = Answer(status, incoming.headers, "", origin.provider).retry_after_s()
            raise RateLimitError("Too many downloads.", provider=origin.provider, retry_after_s=wait_s)
        if status == 408 or status >= 500:
            raise _broken(origin, f"The video's server answers with status {status}.")
        if status != 200 and not (status == 206 and partial.wanted()):
            raise _odd(origin, f"The video's server answers with status {status}.")
        if _TEXT.fullmatch(kind):
            raise _odd(origin, f"There is {kind!r} where the video should be.")
        if incoming.headers.get("content-encoding", "identity").lower() != "identity":
            raise _odd(origin, "The video comes packed, though it was asked for as it is.")

    async def _write(
        self, incoming: Incoming, file: BinaryIO, partial: _Partial, origin: Origin, deadline: float
    ) -> None:
        since, had_bytes = self.monotonic(), partial.size_bytes
        async for chunk in incoming.chunks():
            await asyncio.to_thread(file.write, chunk)
            partial.size_bytes += len(chunk)
            if partial.size_bytes > self.limits.max_bytes:
                raise self._too_large(origin)
            if partial.size_bytes == partial.total_bytes:
                continue  # nothing is missing any more, however slowly it came
            now = self.monotonic()
            if now >= deadline:
                raise _broken(origin, f"The video did not come within {self.limits.max_s / 60:g} minutes.")
            if now - since >= self.limits.stall_s:
                if partial.size_bytes - had_bytes < self.limits.min_bytes_per_s * (now - since):
                    raise _broken(origin, "The video comes too slowly.")
                since, had_bytes = now, partial.size_bytes

    def _too_large(self, origin: Origin) -> UnexpectedResponseError:
        return _odd(origin, f"The video is above {self.limits.max_bytes // 1_000_000} MB.")


def _odd(origin: Origin, what: str) -> UnexpectedResponseError:
    return UnexpectedResponseError(what, provider=origin.provider)


def _broken(origin: Origin, what: str) -> ProviderUnavailableError:
    return ProviderUnavailableError(what, provider=origin.provider)


def _wait_s(attempt: int, exc: ProviderUnavailableError | RateLimitError) -> float:
    """Return how long to wait before the next try, the first being number 0."""
    asked_for_s = exc.retry_after_s if isinstance(exc, RateLimitError) else None
    return max(2.0**attempt, min(60.0, asked_for_s or 0.0))

"""HTTP towards a provider: the only importer of httpx. All durations in seconds, sizes in bytes.

Three doors, because three things must never be confused: `get` may be repeated, `post` is free but sent
once, and `submit` is the paid call, which is sent once and whose every unclear end says so.
Redirects are followed by none of them; the Authorization header is set per request, for one origin only.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote

import httpx  # noqa: TID251 - the one importer
import stamina

from seedance_ui import __version__
from seedance_ui.domain.redaction import Redactor
from seedance_ui.errors import (
    ProviderError,
    ProviderUnavailableError,
    RateLimitError,
    SubmitUnknownError,
    UnexpectedResponseError,
)
from seedance_ui.providers.addresses import Location
from seedance_ui.providers.answers import Answer, unpack
from seedance_ui.providers.replies import Exchange, tell, telling_faults

USER_AGENT = f"seedance-playground/{__version__}"

MAX_ANSWER_BYTES = 2_000_000
"""E6: an answer about a job is small; what is larger is not read."""

TIMEOUT = httpx.Timeout(connect=10.0, read=30.0, write=60.0, pool=5.0)
_SUBMIT_S = {"connect": 10.0, "read": 120.0, "write": 120.0, "pool": 5.0}
SUBMIT_TIMEOUT = httpx.Timeout(**_SUBMIT_S)
"""Longer: a time-out of the paid call leaves a person with an open question."""
SUBMIT_WITHIN_S = sum(_SUBMIT_S.values())
"""After that a paid request has its answer's head, or none will come."""

ANSWER_WITHIN_S = 120.0
"""From the head of an answer to its end: one that drips in must not hold a job for ever."""

GET_ATTEMPTS = 3

WAIT_HERE_S = 10.0
"""A longer wait that a provider asks for is left to the runner, which shows it and stays free for cancelling."""

_REFUSED = frozenset({400, 401, 402, 403, 404, 405, 413, 415, 422, 429})
"""A3, A4: statuses that say for certain that a paid request was not taken."""

_FAULTS = (httpx.HTTPError, httpx.InvalidURL, httpx.CookieConflict, httpx.StreamError)
"""Everything that httpx raises: the last three are none of its HTTPError."""

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL)
"""A3: faults before a connection stands, so that nothing was taken."""

_PUT = "PUT a part of a file"
"""As it is told: a presigned link is a key, all of it."""

log = logging.getLogger(__name__)
logging.getLogger("httpx").setLevel(logging.WARNING)  # D6: its INFO lines print signed URLs
logging.getLogger("httpcore").setLevel(logging.WARNING)


@cache
def _trusted() -> ssl.SSLContext:
    """Return whom httpx trusts. Made once: it reads more than a hundred certificates, on the runner's loop."""
    return httpx.create_ssl_context()


class Http:
    """One provider's API: one origin, one account."""

    def __init__(
        self,
        *,
        provider: str,
        base_url: str,
        authorization: str,
        secrets: tuple[str, ...],
        explain: Callable[[Answer], ProviderError],
        query: Mapping[str, str] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Open nothing yet; connections are made by the first call, on its loop.

        Args:
            provider: Its id, for errors.
            base_url: Without a slash at the end.
            authorization: The header's value; sent to this origin only.
            secrets: What is blotted out of the provider's words (D7).
            explain: The provider's table from an answer that is no success to one of our errors.
            query: Parameters of every call.
            transport: What carries the requests; None for real connections.
        """
        self._provider = provider
        self._base_url = base_url
        self._authorization = authorization
        # D7: a provider's text that echoes a key must not reach a page, a log or the database.
        self._blot = Redactor(secrets).blot
        self._explain = explain
        self._query = dict(query or {})
        # Plain http is for this machine only (config.py): a proxy must not carry a key there.
        self._is_local = base_url.startswith("http://")
        self._client = self._new_client(timeout=TIMEOUT, transport=transport)
        # A11: a fresh connection each; a kept one that the server just closed would be an unclear end.
        self._submit_client = self._new_client(
            timeout=SUBMIT_TIMEOUT,
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=0),
            transport=transport,
        )

    def _new_client(self, **options: Any) -> httpx.AsyncClient:
        """Return a client without our Authorization: it is set per request, for our origin only (D8)."""
        return httpx.AsyncClient(
            # E6: nothing that unpacks into more than it seems is asked for.
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
            follow_redirects=False,
            verify=_trusted(),
            trust_env=not self._is_local,
            **options,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()
        await self._submit_client.aclose()

    async def get(self, path: str, *, params: Mapping[str, str] | None = None) -> Answer:
        """Ask, up to three times where asking again can help.

        Raises:
            ProviderError: There is no answer, or the provider refuses; from its table.
        """
        async for attempt in stamina.retry_context(on=_worth_repeating, attempts=GET_ATTEMPTS, wait_initial=0.5):
            with attempt:
                return await self._free("GET", path, params=params)
        raise AssertionError("the loop above returns or raises")

    async def post(self, path: str, body: Mapping[str, Any], *, params: Mapping[str, str] | None = None) -> Answer:
        """Send a free call, once.

        Raises:
            ProviderError: As of `get`.
        """
        return await self._free("POST", path, params=params, body=body)

    async def submit(
        self,
        path: str,
        body: Mapping[str, Any],
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send the paid call, once; an unclear end is never hidden.

        Returns:
            An answer of success. Its text is "" where the body broke on its way: the headers may name what was taken.

        Raises:
            ProviderError: It was provably not taken: no connection, or a definite refusal.
            SubmitUnknownError: It may have been taken (A2).
        """
        try:
            answer = await self._send(self._submit_client, "POST", path, params=params, body=body, headers=headers)
        except _NOT_SENT as exc:
            raise self._unreachable(exc) from exc
        except _FAULTS as exc:
            raise self._unknown(f"The connection ended without an answer ({type(exc).__name__}).") from exc
        except UnexpectedResponseError as exc:
            raise self._unknown(str(exc)) from exc
        if answer.is_success:
            return answer
        if answer.status in _REFUSED:
            raise self._explain(answer)
        raise self._unknown(f"It answered with status {answer.status}: {answer.words()}")

    async def put(self, url: str, content: bytes, *, content_type: str) -> None:
        """Put a part of a file to a presigned URL, without our Authorization.

        Raises:
            ProviderError: It was not stored.
        """
        if not url.startswith("https://") and not (self._is_local and url.startswith("http://")):
            raise UnexpectedResponseError("The link to upload to is not https.", provider=self._provider)
        try:
            with telling_faults(_PUT):
                headers = {"Content-Type": content_type}
                async with self._client.stream("PUT", url, content=content, headers=headers) as response:
                    status = response.status_code
        except _FAULTS as exc:
            raise self._unreachable(exc) from exc
        tell(Exchange(_PUT, str(status)))
        if status >= 500 or status in (408, 429):
            raise ProviderUnavailableError(f"The upload was answered with status {status}.", provider=self._provider)
        if status not in (200, 201, 204):
            raise UnexpectedResponseError(f"The upload was answered with status {status}.", provider=self._provider)

    async def _free(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Answer:
        try:
            answer = await self._send(self._client, method, path, params=params, body=body)
        except _FAULTS as exc:
            raise self._unreachable(exc) from exc
        if not answer.is_success:
            raise self._explain(answer)
        return answer

    async def _send(
        self,
        client: httpx.AsyncClient,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request and read its whole answer, up to the cap."""
        request = client.build_request(
            method,
            f"{self._base_url}{path}",
            params={**self._query, **(params or {})},
            json=body,
            headers={"Authorization": self._authorization, **(headers or {})},
        )
        what, is_paid = f"{method} {path}", client is self._submit_client
        with telling_faults(what, is_paid=is_paid):
            response = await client.send(request, stream=True)
        with telling_faults(what, is_paid=is_paid):
            content, status = await self._content_of(response, is_paid=is_paid)
        log.info("%s: %s → %d", self._provider, what, response.status_code)
        text = self._blot(content.decode("utf-8-sig", errors="replace"))
        tell(Exchange(what, status, text, is_paid=is_paid))
        headers_said = {name.lower(): self._blot(value) for name, value in response.headers.items()}
        return Answer(response.status_code, headers_said, text, self._provider)

    async def _content_of(self, response: httpx.Response, *, is_paid: bool) -> tuple[bytes, str]:
        """Return the body and how the answer ended; the head of a paid success counts where its body breaks."""
        status = str(response.status_code)
        try:
            return await self._read_in_time(response), status
        except (*_FAULTS, UnexpectedResponseError) as exc:
            if is_paid and response.is_success:
                return b"", f"{status}, {type(exc).__name__}"
            raise

    async def _read_in_time(self, response: httpx.Response) -> bytes:
        try:
            return await asyncio.wait_for(self._read(response), ANSWER_WITHIN_S)
        except asyncio.TimeoutError as exc:
            raise httpx.ReadTimeout("The answer has no end.") from exc
        finally:
            await response.aclose()

    async def _read(self, response: httpx.Response) -> bytes:
        """Read a body; one that came packed, though it was asked for as it is, is unpacked up to the cap."""
        content = bytearray()
        async for chunk in response.aiter_raw():
            content += chunk
            if len(content) > MAX_ANSWER_BYTES:
                break
        try:
            unpacked = unpack(bytes(content), response.headers.get("content-encoding", ""), MAX_ANSWER_BYTES + 1)
        except ValueError as exc:
            raise UnexpectedResponseError("The answer cannot be unpacked.", provider=self._provider) from exc
        if len(content) > MAX_ANSWER_BYTES or len(unpacked) > MAX_ANSWER_BYTES:
            raise UnexpectedResponseError("The answer is above 2 MB.", provider=self._provider)
        return unpacked

    def _unreachable(self, exc: Exception) -> ProviderUnavailableError:
        return ProviderUnavailableError(f"There is no answer ({type(exc).__name__}).", provider=self._provider)

    def _unknown(self, what: str) -> SubmitUnknownError:
        return SubmitUnknownError(what, provider=self._provider)


def segment(remote_id: str) -> str:
    """Return a provider's id as one segment of a path, whatever it holds."""
    return quote(remote_id, safe="")


def _worth_repeating(exc: Exception) -> bool | float:
    """Return whether a question may be asked again, and where the provider says so, after how many seconds."""
    if isinstance(exc, RateLimitError):
        return exc.retry_after_s if exc.retry_after_s is not None and exc.retry_after_s <= WAIT_HERE_S else False
    return isinstance(exc, ProviderUnavailableError)


@dataclass(frozen=True, slots=True)
class Incoming:
    """The head of an answer whose body is still on its way."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Names in lower case."""
    chunks: Callable[[], AsyncIterator[bytes]] = field(repr=False)
    """The body as it comes, not decoded; once."""


class _Exact(httpx.URL):
    """An address whose path and query go out as they are, since a signature stands for every character.

    httpx's own `target` extension does so too, but tells a proxy the signed link in clear, in place of the host.
    """

    def __init__(self, url: httpx.URL, target: str) -> None:
        super().__init__(url)
        self._target = target.encode("ascii")

    @property
    def raw_path(self) -> bytes:
        return self._target


@dataclass(frozen=True, slots=True)
class DownloadClient:
    """Fetches a file from where a link leads: no account, no cookies, no decoding, no redirects (D8)."""

    provider: str
    """Its id, for errors."""
    silent_s: float
    """After so long without a byte the connection counts as broken."""
    tls: ssl.SSLContext | None = None
    """Whom to trust; None trusts whom httpx trusts."""

    @asynccontextmanager
    async def get(self, location: Location, address: str | None, headers: Mapping[str, str]) -> AsyncIterator[Incoming]:
        """Ask for a file under the name of `location` (E3: Host and SNI), and give its head.

        Args:
            location: What the link says.
            address: The one that was checked, which is connected to; None leaves the way to the name to this machine,
                through the environment's proxy as well.
            headers: More than those of every request.

        Raises:
            ProviderUnavailableError: The connection could not be made, broke or fell silent; from the body as well.
        """
        host = address or location.host
        # One for each request: a connection that is kept was verified for another name, a cookie is another's.
        async with httpx.AsyncClient(
            verify=self.tls or _trusted(),
            timeout=httpx.Timeout(connect=10.0, read=self.silent_s, write=10.0, pool=5.0),
            headers={"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"},
            trust_env=address is None,  # a proxy chooses the address itself
        ) as client:
            request = client.build_request(
                "GET",
                f"{location.scheme}://{f'[{host}]' if ':' in host else host}:{location.port}/",
                headers={"Host": location.authority, **headers},
                extensions={"sni_hostname": location.host} if address else {},
            )
            request.url = _Exact(request.url, location.target)
            what = f"GET the video at {location.host}"
            with self._guarded(), telling_faults(what):
                response = await client.send(request, stream=True)
            headers_said = {name.lower(): value for name, value in response.headers.items()}
            kind, length = headers_said.get("content-type", "no type"), headers_said.get("content-length", "unknown")
            tell(Exchange(what, str(response.status_code), f"{kind}, length {length}"))

            async def chunks() -> AsyncIterator[bytes]:
                with self._guarded(), telling_faults(what):
                    async for chunk in response.aiter_raw():
                        yield chunk

            try:
                yield Incoming(response.status_code, headers_said, chunks)
            finally:
                await response.aclose()

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except _FAULTS as exc:
            what = f"The connection to the video's server broke ({type(exc).__name__})."
            raise ProviderUnavailableError(what, provider=self.provider) from exc

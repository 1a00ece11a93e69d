"""A world in which things go wrong: the real services, runner, adapters and downloader, towards a fake provider.

Faults are put in from outside, at two places: in the fake, for what a socket can do, and between httpx and its
sockets, for exceptions that no socket makes on demand. Waits pass at once.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

import httpx
import pytest

from seedance_ui.config import Settings
from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.jobs import reconciling
from seedance_ui.providers.aimlapi import AimlApi
from seedance_ui.providers.base import Provider
from seedance_ui.providers.scenario import Scenario
from seedance_ui.services import LOCAL_OWNER, Services
from tests.fakes import aimlapi, scenario
from tests.fakes.aimlapi import FakeAimlApi
from tests.fakes.scenario import FakeScenario
from tests.fakes.server import FakeServer, Fault, Received, Reply
from tests.samples import audio, image
from tests.scripted import QuickClock


class Phase(str, Enum):
    """What is going on between us and the provider when something breaks."""

    PRICE = "price"
    ASSET = "upload: a picture"
    NEW_UPLOAD = "upload: its links"
    PART = "upload: a part"
    COMPLETE = "upload: its end"
    IMPORT = "upload: its import"
    SUBMIT = "submit"
    POLL = "poll"
    RESULT = "result"
    DOWNLOAD = "download"
    CANCEL = "cancel"


ROUTES: dict[str, dict[Phase, tuple[str, str]]] = {
    "scenario": {
        Phase.PRICE: ("POST", scenario.GENERATE),
        Phase.ASSET: ("POST", "/v1/assets"),
        Phase.NEW_UPLOAD: ("POST", "/v1/uploads"),
        Phase.PART: ("PUT", r"/storage/.+"),
        Phase.COMPLETE: ("POST", r"/v1/uploads/[^/]+/action"),
        Phase.IMPORT: ("GET", r"/v1/uploads/[^/]+"),
        Phase.SUBMIT: ("POST", scenario.GENERATE),
        Phase.POLL: ("GET", r"/v1/jobs/[^/]+"),
        Phase.RESULT: ("GET", r"/v1/assets/[^/]+"),
        Phase.DOWNLOAD: ("GET", r"/cdn/.+"),
        Phase.CANCEL: ("POST", r"/v1/jobs/[^/]+/action"),
    },
    "aimlapi": {
        Phase.SUBMIT: ("POST", aimlapi.GENERATIONS),
        Phase.POLL: ("GET", aimlapi.GENERATIONS),
        Phase.DOWNLOAD: ("GET", r"/cdn/.+"),
    },
}
"""The exchange of each phase. AIML API has no price question, no upload and no cancel; its poll names the result."""

PROVIDERS = tuple(ROUTES)


@dataclass(frozen=True)
class Breaks:
    """An exception of httpx, at a moment of an exchange."""

    kind: type[Exception]
    moment: Literal["sending", "answered", "reading"] = "sending"
    """Before anything arrives there; once all of it was taken; or in the middle of the answer."""

    def make(self, request: httpx.Request) -> Exception:
        """Return the exception, whatever its class wants to be told."""
        if self.kind is httpx.HTTPStatusError:
            return httpx.HTTPStatusError("broken", request=request, response=httpx.Response(500, request=request))
        if issubclass(self.kind, httpx.StreamError) and self.kind is not httpx.StreamError:
            return self.kind()
        return self.kind("broken")


class Wire:
    """What stands between httpx and its sockets; faults of both sides happen in the order of their plan."""

    def __init__(self, fake: FakeServer) -> None:
        self._fake = fake
        self._planned: list[tuple[str, re.Pattern[str], deque[Fault | Breaks]]] = []
        self.seen: list[tuple[str, str]] = []
        """Method and path of every request that left httpx, whether it arrived or not."""

    def plan(self, method: str, path: str, *faults: Fault | Breaks) -> None:
        self._planned.append((method, re.compile(path), deque(faults)))

    def forget(self) -> int:
        """Forget what has not happened, and return how much that was."""
        left = sum(len(faults) for _, _, faults in self._planned) + self._fake.unscript()
        self._planned.clear()
        return left

    @contextmanager
    def installed(self) -> Iterator[None]:
        real = httpx.AsyncHTTPTransport.handle_async_request
        wire = self

        async def handle(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
            target = request.extensions.get("target", request.url.raw_path).decode().partition("?")[0]
            wire.seen.append((request.method, target))
            fault = wire._next(request.method, target)
            if isinstance(fault, Breaks):
                return await _break(fault, request, lambda: real(transport, request))
            if fault is not None:
                wire._fake.script(request.method, re.escape(unquote(target)), fault)
            return await real(transport, request)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", handle)
            yield

    def _next(self, method: str, path: str) -> Fault | Breaks | None:
        for wanted, pattern, faults in self._planned:
            if faults and wanted == method and pattern.fullmatch(path):
                return faults.popleft()
        return None


async def _break(breaks: Breaks, request: httpx.Request, send: Any) -> httpx.Response:
    if breaks.moment == "sending":
        raise breaks.make(request)
    response = await send()
    content = b"".join([chunk async for chunk in response.stream])
    await response.stream.aclose()
    if breaks.moment == "answered":
        raise breaks.make(request)
    return httpx.Response(response.status_code, headers=response.headers, stream=_Half(content, breaks.make(request)))


class _Half(httpx.AsyncByteStream):
    """The first half of a body, and then a fault."""

    def __init__(self, content: bytes, fault: Exception) -> None:
        self._content = content
        self._fault = fault

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content[: len(self._content) // 2]
        raise self._fault


class ForgetfulScenario(FakeScenario):
    """Does not list its jobs, so that a lost one stays lost."""

    def _list_jobs(self, request: Received) -> Reply:
        return Reply(200, {"jobs": []})


class ForgetfulAimlApi(FakeAimlApi):
    """Writes no log, so that a lost generation stays lost."""

    def _show_log(self, request: Received) -> Reply:
        return Reply(200, {"data": [], "pagination": {"has_more": False}})


class _Brief:
    """A provider that keeps what it has for half an hour: its end comes soon enough for a test."""

    def spec(self) -> ModelSpec:
        return replace(super().spec(), retention_s=1800)  # type: ignore[misc]


class BriefScenario(_Brief, Scenario):
    """Scenario, forgetting soon."""


class BriefAimlApi(_Brief, AimlApi):
    """AIML API, forgetting soon."""


@dataclass
class World:
    """One provider with its fake, and the services that use it."""

    provider: str
    fake: FakeScenario | FakeAimlApi
    services: Services
    wire: Wire
    clock: QuickClock
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def has(self, phase: Phase) -> bool:
        return phase in ROUTES[self.provider]

    def break_at(self, phase: Phase, *faults: Fault | Breaks) -> None:
        """Let these happen, in this order, to the next exchanges of a phase."""
        self.wire.plan(*ROUTES[self.provider][phase], *faults)

    def is_quiet(self) -> bool:
        """Return whether all faults have happened; none is left for the next test."""
        return self.wire.forget() == 0

    def sent(self, phase: Phase) -> int:
        """Return how many requests of a phase have left so far."""
        method, path = ROUTES[self.provider][phase]
        return sum(one == method and bool(re.fullmatch(path, target)) for one, target in self.wire.seen)

    def text(self, **changes: Any) -> GenerationRequest:
        """Return a request like no other."""
        prompt = f"A tram in the rain, take {next(self._numbers)}"
        return replace(GenerationRequest(provider=self.provider, mode=Mode.TEXT, prompt=prompt), **changes)

    def with_files(self) -> GenerationRequest:
        """Return a request with a picture and a sound that were never sent before."""
        number = next(self._numbers)
        files = []
        for sample in (image(f"{number}.png"), audio(f"{number}.mp3")):
            path = self.services.settings.data_dir / sample.name
            path.write_bytes(sample.name.encode())
            files.append(replace(sample, path=path, size_bytes=len(sample.name)))
        return self.text(mode=Mode.REFERENCES, images=(files[0],), audios=(files[1],))

    async def priced(self, request: GenerationRequest) -> GenerationRequest:
        """Ask for a price beforehand: the question goes to the same door as the paid request."""
        await self.services.quote(request)
        return request

    async def run(self, request: GenerationRequest) -> dict[str, Any]:
        """Generate, and return where that ended, or came to rest."""
        return await self.end(await self.services.submit(request, owner=LOCAL_OWNER))

    async def end(self, job_id: str) -> dict[str, Any]:
        return dict([snapshot async for _, snapshot in self.services.watch(job_id)][-1])

    async def story(self, job_id: str) -> list[dict[str, Any]]:
        """Return every snapshot of a job."""
        return [dict(snapshot) for _, snapshot in await self.services.events_after(job_id, 0)]

    async def settle(self) -> None:
        """Wait until nobody looks for a lost job any more: each look is far later than the one before."""
        runner = self.services._runner

        async def found() -> None:
            while runner._searches:
                await asyncio.wait([*runner._searches])
                await asyncio.sleep(0)  # their end is noted in the loop's next turn

        await runner.ask(found())

    def is_saved(self, snapshot: dict[str, Any]) -> bool:
        """Return whether a job has succeeded with every byte of what the provider made, and nothing is left over."""
        path = self.services.media_path(f"{snapshot['job_id']}.mp4")
        leftovers = list((self.services.settings.data_dir / "library").glob("*.part"))
        return snapshot["state"] == "succeeded" and path is not None and not leftovers and (
            path.read_bytes() == self.fake.video
        )  # fmt: skip


def _no_child(*_: object, **__: object) -> Any:
    raise OSError("no more processes on this machine")


@contextmanager
def new_world(provider: str, data_dir: Path, video: bytes, *, brief: bool = False) -> Iterator[World]:
    """Start everything; no stills are made, since the machine has no process to make them with (B8)."""
    fake = ForgetfulScenario(video) if provider == "scenario" else ForgetfulAimlApi(video)
    fake.steps = ("success",) if provider == "scenario" else ("completed",)
    kinds: dict[str, type[Provider]] = {"scenario": Scenario, "aimlapi": AimlApi}
    if brief:
        kinds = {"scenario": BriefScenario, "aimlapi": BriefAimlApi}
    wire, clock = Wire(fake), QuickClock()
    with pytest.MonkeyPatch.context() as patch, wire.installed(), fake:
        settings = Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir), **fake.settings()})
        services = Services(settings, providers={provider: kinds[provider]}, clock=clock)
        services._tools.downloader.monotonic = clock.monotonic
        services.start()
        world = World(provider, fake, services, wire, clock)
        try:
            patch.setattr(asyncio, "create_subprocess_exec", _no_child)
            patch.setattr(reconciling, "ASK_ON_EVERY_S", 24 * 3600.0)  # one question a row, not one an hour
            yield world
        finally:
            services.stop()

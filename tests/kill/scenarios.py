"""What a person does and how the provider behaves, in the runs that are killed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from seedance_ui.domain.request import GenerationRequest, Mode
from tests import samples
from tests.fakes import aimlapi, scenario
from tests.fakes.aimlapi import FakeAimlApi
from tests.fakes.scenario import FakeScenario
from tests.fakes.server import AcceptThenDrop, Drop, FakeServer, Instead, Received, Reply
from tests.media_makers import box

FORM_TOKEN = "the-form"

MANY = 200
"""More questions than any run asks."""


@dataclass(frozen=True)
class Scenario:
    """One click, and the provider that answers it."""

    name: str
    provider: str
    references: bool = False
    """Files go along: an image and a video."""
    count: int = 1
    """How many videos the click makes."""
    clicks_twice: bool = False
    """The click comes twice at the same time, and again after every restart."""
    lists_jobs: bool = True
    """Whether a lost job can be found at the provider."""
    can_cancel: bool = False
    prepare: Callable[[FakeServer], None] = lambda fake: None
    """Puts faults in front of the provider."""
    video: Callable[[bytes], bytes] = lambda video: video
    """What the provider makes, of a small whole video."""
    loses_answers: bool = False
    """Whether the answer to the first paid request may be lost without a kill."""
    refusals: int = 0
    """How many paid requests the provider refuses before it takes one."""
    sends_again: bool = False
    """A person sends again what rests, and does so again after every restart."""

    @property
    def jobs(self) -> int:
        """How many jobs there are in the end, each with a request of its own."""
        return self.count + self.sends_again

    def open_fake(self, video: bytes) -> FakeServer:
        """Return the provider of this scenario, not started yet."""
        fake: FakeServer
        if self.provider == "scenario":
            fake = FakeScenario(self.video(video))
            fake.can_cancel = self.can_cancel
            fake.steps = ("in-progress", "success")  # a third answer brings no point of another kind
            fake.upload_steps = ("validated", "imported")
        elif self.provider == "aimlapi":
            fake = (FakeAimlApi if self.count == 1 else ManyVideos)(self.video(video))
            fake.steps = ("generating", "completed")
        else:
            fake = Embedded()
        if not self.lists_jobs:
            fake.script("GET", "/v1/jobs|/v2/logs", *[Instead(_empty_list(self.provider))] * MANY)
        self.prepare(fake)
        return fake

    def request(self, directory: Path, video: bytes) -> GenerationRequest:
        """Return what is asked for; files are written below `directory`."""
        request = GenerationRequest(
            provider=self.provider, mode=Mode.TEXT, prompt="A tram in the rain", duration_s=4, resolution="480p"
        )
        if not self.references:
            return request
        picture, clip = _file(directory / "one.png", b"a picture"), _file(directory / "clip.mp4", video)
        return replace(
            request,
            mode=Mode.REFERENCES,
            prompt="@Image1 rides a tram as in @Video1",
            images=(samples.image("one.png", **picture),),
            videos=(samples.video("clip.mp4", **clip),),
        )


class ManyVideos(FakeAimlApi):
    """Makes another video each time, so that one that stands with another's job is seen."""

    def video_of(self, generation_id: str) -> bytes:
        return self.video + box(b"free", generation_id.encode())


class Embedded(FakeServer):
    """Stands in for a provider where there is none: nobody asks it anything."""

    bill: tuple[str, ...] = ()
    video: bytes | None = None
    """Nobody knows it beforehand."""

    def settings(self) -> dict[str, str]:
        return {}

    def handle(self, request: Received) -> Reply:
        raise AssertionError(f"{request.method} {request.path}")


def paid_posts(fake: FakeServer) -> list[Received]:
    """Return every paid request that reached the provider, whatever became of its answer."""
    came = fake.requests("POST", f"{scenario.GENERATE}|{aimlapi.GENERATIONS}")
    return [request for request in came if request.query.get("dryRun") != "true"]


def _file(path: Path, content: bytes) -> dict[str, object]:
    path.write_bytes(content)
    return {"path": path, "size_bytes": len(content)}


def _empty_list(provider: str) -> Reply:
    if provider == "scenario":
        return Reply(200, {"jobs": []})
    return Reply(200, {"data": [], "pagination": {"limit": 100, "offset": 0, "total": 0, "has_more": False}})


# -- the scenarios ---------------------------------------------------------------------------------

PAID = r"/v2/video/generations"
PADDING = (4096).to_bytes(4, "big") + b"free" + bytes(4088)
"""A box that a player skips: a file that lacks it is whole by its structure, and is not what was paid for."""


def _lose_answer(fake: FakeServer) -> None:
    fake.script("POST", PAID, AcceptThenDrop())


def _be_busy(fake: FakeServer) -> None:
    fake.script("POST", PAID, *[Instead(Reply(429, {"message": "Too many requests"}))] * BUSY.refusals)


def _drop_request(fake: FakeServer) -> None:
    fake.script("POST", PAID, Drop())


def _bad_bodies(fake: FakeServer) -> None:
    """A page, half a video that claims to be all, a cut one, and a rest that is too short; then the video."""
    video: bytes = fake.video  # type: ignore[attr-defined]
    half, end = len(video) // 2, len(video) - len(PADDING)
    headers = {"Content-Type": "video/mp4", "ETag": '"one"', "Accept-Ranges": "bytes"}
    rest = {**headers, "Content-Range": f"bytes {half}-{end - 1}/{len(video)}"}
    faults = (
        Reply(200, b"<html>Busy</html>", {"Content-Type": "text/html"}),
        Reply(200, video[:half], {"Content-Type": "video/mp4"}),
        Reply(200, video, headers, cut_after=half),
        Reply(206, video[half:end], rest),
    )
    fake.script("GET", "/cdn/.*", *map(Instead, faults))


AIML = Scenario("text", "aimlapi")
SCENARIO = Scenario("text", "scenario")
ANIMATIC = Scenario("drawn", "animatic")
AIML_FILES = Scenario("references", "aimlapi", references=True)
SCENARIO_FILES = Scenario("references", "scenario", references=True)
DOUBLE_CLICK = Scenario("double click", "aimlapi", clicks_twice=True)
AIML_UNLISTED = Scenario("not listed", "aimlapi", lists_jobs=False)
SCENARIO_UNLISTED = Scenario("not listed", "scenario", lists_jobs=False)
LOST_ANSWER = Scenario("lost answer", "aimlapi", prepare=_lose_answer, loses_answers=True)
LOST_FOR_GOOD = replace(LOST_ANSWER, name="lost for good", lists_jobs=False)
LOST_REQUEST = Scenario("lost request", "aimlapi", prepare=_drop_request, loses_answers=True)
BAD_BODIES = Scenario("bad bodies", "aimlapi", prepare=_bad_bodies, video=lambda video: video + PADDING)
CANCELLABLE = Scenario("cancel", "scenario", can_cancel=True)
BUSY = Scenario("busy", "aimlapi", prepare=_be_busy, refusals=2)
SENT_AGAIN = replace(LOST_FOR_GOOD, name="sent again", sends_again=True)
BATCH = Scenario("batch", "aimlapi", count=3)

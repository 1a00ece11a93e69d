"""A request that breaks a rule never leaves the machine, whichever hosted provider it is for (C7)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seedance_ui.config import Settings
from seedance_ui.domain.media import MediaKind, MediaLink
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.errors import InvalidRequestError
from seedance_ui.providers.aimlapi import AimlApi
from seedance_ui.providers.scenario import Scenario
from seedance_ui.services import LOCAL_OWNER, Services
from tests import samples
from tests.fakes.aimlapi import FakeAimlApi
from tests.fakes.scenario import FakeScenario
from tests.scripted import QuickClock

BASES = (samples.text_request(), samples.frames_request(), samples.references_request())
"""One valid request of each mode."""

RESOLUTIONS = ("480p", "720p")
RATIOS = ("adaptive", "16:9", "4:3", "1:1", "3:4", "9:16", "21:9")

NOT_TEXT = st.none() | st.integers() | st.booleans() | st.binary(max_size=3)
NOT_WHOLE = st.floats() | st.booleans() | st.text(max_size=3)

WRONG_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "prompt": NOT_TEXT | st.integers(6001, 7000).map("x".__mul__) | st.sampled_from(["@Image9 walks", "\ud800"]),
    "mode": st.none() | st.text(max_size=10).filter(lambda word: word not in {mode.value for mode in Mode}),
    "duration_s": NOT_WHOLE | st.none() | st.integers().filter(lambda seconds: seconds != 0 and not 4 <= seconds <= 15),
    "resolution": NOT_TEXT | st.text(max_size=5).filter(lambda name: name not in RESOLUTIONS),
    "aspect_ratio": NOT_TEXT | st.text(max_size=8).filter(lambda ratio: ratio not in RATIOS),
    "generate_audio": st.none() | st.integers() | st.text(max_size=5),
    "seed": NOT_WHOLE | st.integers(max_value=-1) | st.integers(min_value=2**32),
}
"""Field to what no provider takes, whatever the mode."""

WRONG_MEDIA: tuple[dict[str, Any], ...] = (
    {"mode": Mode.FRAMES, "first_frame": None},
    {"mode": Mode.FRAMES, "first_frame": None, "last_frame": samples.image()},
    {"mode": Mode.FRAMES, "first_frame": samples.video()},
    {"mode": Mode.FRAMES, "first_frame": samples.image(width_px=299)},
    {"mode": Mode.FRAMES, "first_frame": samples.image(), "images": (samples.image("b.png"),)},
    {"mode": Mode.REFERENCES, "images": ()},
    {"mode": Mode.REFERENCES, "images": (), "audios": (samples.audio(),)},
    {"mode": Mode.REFERENCES, "images": tuple(samples.image(f"{n}.png") for n in range(10))},
    {"mode": Mode.REFERENCES, "videos": tuple(samples.video(f"{n}.mp4", duration_s=2.0) for n in range(4))},
    {"mode": Mode.REFERENCES, "videos": tuple(samples.video(f"{n}.mp4", duration_s=8.0) for n in range(2))},
    {"mode": Mode.REFERENCES, "audios": tuple(samples.audio(f"{n}.mp3", duration_s=2.0) for n in range(4))},
    {"mode": Mode.REFERENCES, "images": (samples.image(size_bytes=30_000_001),)},
    {"mode": Mode.REFERENCES, "images": (samples.image(mime="image/gif"),)},
    {"mode": Mode.REFERENCES, "videos": (MediaLink("http://example.com/a.mp4", MediaKind.VIDEO),)},
)


@st.composite
def invalid_requests(draw: st.DrawFn) -> GenerationRequest:
    """Draw a request that is right but for one field, or for its files."""
    name = draw(st.sampled_from([*WRONG_VALUES, "media"]))
    request = draw(st.sampled_from(BASES))
    if name == "media":
        return replace(samples.text_request(), **draw(st.sampled_from(WRONG_MEDIA)))
    return replace(request, **{name: draw(WRONG_VALUES[name])})


@pytest.fixture
def fakes() -> Iterator[tuple[FakeAimlApi, FakeScenario]]:
    with FakeAimlApi() as aimlapi, FakeScenario() as scenario:
        yield aimlapi, scenario


@pytest.fixture
async def services(fakes: tuple[FakeAimlApi, FakeScenario], data_dir: Path) -> AsyncIterator[Services]:
    env = {"SEEDANCE_DATA_DIR": str(data_dir), "SEEDANCE_PUBLIC_URL": "https://outside.example"}
    for fake in fakes:
        env |= fake.settings()
    made = Services(Settings.from_env(env), providers={"aimlapi": AimlApi, "scenario": Scenario}, clock=QuickClock())
    made.start()
    yield made
    await asyncio.get_running_loop().run_in_executor(None, made.stop)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(request=invalid_requests(), provider=st.sampled_from(["aimlapi", "scenario"]))
async def test_submit_of_any_invalid_request_opens_no_socket(
    services: Services, fakes: tuple[FakeAimlApi, FakeScenario], request: GenerationRequest, provider: str
) -> None:
    with pytest.raises(InvalidRequestError):
        await services.submit(replace(request, provider=provider), owner=LOCAL_OWNER)
    assert [fake.received for fake in fakes] == [[], []]
    assert await services.count_by_state() == {}


@pytest.mark.parametrize("provider", ["aimlapi", "scenario"])
@pytest.mark.parametrize("base", BASES, ids=lambda request: request.mode.value)
def test_the_requests_that_are_spoiled_were_valid(services: Services, base: GenerationRequest, provider: str) -> None:
    assert services.check(replace(base, provider=provider)) == []

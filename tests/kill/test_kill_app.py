"""A5, B2, B3, B4: `python app.py` itself is killed, clicked over the page's own HTTP API, and started again."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.app_process import START_WITHIN_S, AppProcess
from tests.fakes.aimlapi import FakeAimlApi
from tests.kill import scenarios
from tests.kill.invariants import broken_after_death, broken_at_the_end
from tests.kill.races import LEAVES_WITHIN_S
from tests.kill.scenarios import paid_posts
from tests.kill.world import World

ROOT = Path(__file__).parents[2]
CALL = "/gradio_api/call/text_to_video"

MOMENTS = {
    "before commit submitting": "succeeded",
    "before POST /v2/video/generations": "needs_attention",
    "read POST /v2/video/generations": "succeeded",
    "half of GET /cdn/*": "succeeded",
    "before rename to .mp4": "succeeded",
}
"""Where the app is killed, and how its job has to end."""


class KilledApp(AppProcess):
    """The app with points in it, of which one can be armed."""

    is_forged = False

    def __init__(self, directory: Path, **variables: str) -> None:
        self._armed = directory / "armed"
        super().__init__(
            directory,
            PYTHONPATH=f"{Path(__file__).parent / 'site'}:{ROOT}",
            KILL_AT=str(self._armed),
            KILL_RECORD=str(directory / "points.txt"),
            **variables,
        )

    def arm(self, moment: str) -> None:
        self._armed.write_text(moment)

    def bury(self) -> None:
        """Wait until it has killed itself, and disarm the next one."""
        self.stop(signal.SIGKILL) if self._has_died() else pytest.fail(self.text())
        self._armed.unlink()

    def _has_died(self) -> bool:
        assert self._process is not None
        return self._process.wait(30) == -signal.SIGKILL

    def click(self, prompt: str) -> None:
        """Call the named endpoint, as a client does; it answers before the job has a row."""
        data = json.dumps({"data": [prompt, "aimlapi", 4, "480p", "16:9", True, 1]}).encode()
        with urlopen(Request(self.url + CALL, data, {"Content-Type": "application/json"}), timeout=START_WITHIN_S):
            return

    def watch(self, job_id: str) -> dict[str, Any]:
        """Listen until a job has ended or rests, and return its last snapshot."""
        lines = self.fetch(f"/api/jobs/{job_id}/events").splitlines()
        return json.loads([line for line in lines if line.startswith(b"data: ")][-1][6:])

    def wait_for(self, job_id: str, state: str) -> str:
        """Return the state in which a job has ended; comes back to what rests, as a page does."""
        deadline_s = time.monotonic() + 30
        while (ended := self.watch(job_id)["state"]) != state and time.monotonic() < deadline_s:
            pass
        return ended


@pytest.fixture
def provider(video: bytes) -> Iterator[FakeAimlApi]:
    with FakeAimlApi(video) as fake:
        yield fake


@pytest.fixture
def world(tmp_path: Path, provider: FakeAimlApi) -> Iterator[World]:
    opened = World(tmp_path / "world", provider)
    yield opened
    opened.close()


def test_app_killed_at_the_dearest_moments_charges_once_and_keeps_every_video(
    world: World, provider: FakeAimlApi
) -> None:
    app = KilledApp(world.directory, **provider.settings())
    app.start()
    try:
        for prompt, state in MOMENTS.items():  # the prompt tells whose request it was
            app.arm(prompt)
            app.click(prompt)
            app.bury()
            assert broken_after_death(world) == []
            app.start()
            assert app.wait_for(world.rows()[-1].job_id, state) == state, app.text()
        prompts = [request.json()["prompt"] for request in paid_posts(provider)]
        assert sorted(prompts) == sorted(set(MOMENTS) - {"before POST /v2/video/generations"})
        assert broken_at_the_end(world, replace(scenarios.AIML, count=len(MOMENTS))) == []
        _leaves_in_time(app, world, provider)
    finally:
        app.stop(signal.SIGKILL)


def _leaves_in_time(app: KilledApp, world: World, provider: FakeAimlApi) -> None:
    """B2: SIGTERM in the middle of a job."""
    provider.steps = ("generating",)
    app.click("one that takes long")
    while not provider.bill[len(MOMENTS) - 1 :]:
        app.health()
    before_s = time.monotonic()
    app.stop(signal.SIGTERM)
    assert time.monotonic() - before_s < LEAVES_WITHIN_S
    assert (world.rows()[-1].state, world.rows()[-1].remote_id) == ("running", provider.bill[-1])

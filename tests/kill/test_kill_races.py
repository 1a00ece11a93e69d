"""A9, A12, B2: at each point a wish to cancel comes, a second process, a freeze past the lease, or SIGTERM."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.kill import scenarios
from tests.kill.harness import in_parallel, record_points
from tests.kill.races import (
    cancel_at,
    freeze_at,
    points_to_hold,
    second_process_at,
    terminate_at,
    terminate_while_sending,
)
from tests.kill.scenarios import Scenario

POST = "POST /v2/video/generations #1"
GET = "GET /v2/video/generations #1"
VIDEO = "GET /cdn/* #1"

AROUND_MONEY = ("after commit uploading #1", "after commit submitting #1", f"before {POST}", f"read {POST}")


@pytest.fixture(scope="module")
def points(tmp_path_factory: pytest.TempPathFactory, video: bytes) -> list[str]:
    """Return the points of a plain run at AIML API at which a process can be held."""
    recorded = points_to_hold(record_points(scenarios.AIML, tmp_path_factory.mktemp("record"), video))
    assert len(recorded) >= 25, recorded
    assert set(AROUND_MONEY) <= set(recorded), recorded
    return recorded


@pytest.mark.parametrize(
    ("scenario", "then_kill"),
    [(scenarios.AIML, True), (scenarios.CANCELLABLE, False)],
    ids=["aimlapi-and-killed", "scenario"],
)
def test_wish_to_cancel_at_any_point_ends_unsent_or_is_kept(
    scenario: Scenario, then_kill: bool, tmp_path: Path, video: bytes
) -> None:
    """A12: what says that nothing was sent was not sent, and what was sent is kept or confirmed as stopped."""
    points = points_to_hold(record_points(scenario, tmp_path, video))
    assert len(points) >= 25, points
    run = partial(cancel_at, scenario=scenario, directory=tmp_path, video=video, then_kill=then_kill)
    assert in_parallel(run, points[::2]) == []


def test_process_frozen_past_its_lease_sends_nothing_again(points: list[str], tmp_path: Path, video: bytes) -> None:
    """A9: another process takes over; the first one wakes up in the middle, and a late id is accepted all the same."""
    run = partial(freeze_at, scenario=scenarios.AIML_UNLISTED, directory=tmp_path, video=video)
    some = dict.fromkeys([*AROUND_MONEY, *points[::4]])
    assert in_parallel(run, list(some)) == []


@pytest.mark.parametrize("until", ["after commit submitting #1", "after commit running #1"])
def test_process_frozen_before_it_sent_does_not_send_beside_another(until: str, tmp_path: Path, video: bytes) -> None:
    """A9: the first one wakes up while the other one sends, or has sent."""
    run = partial(freeze_at, scenario=scenarios.AIML_UNLISTED, directory=tmp_path, video=video, until=until)
    assert in_parallel(run, ["after commit claim #1", "after commit uploading #1"]) == []


@pytest.mark.parametrize("is_replica", [False, True], ids=["file lock", "lease"])
def test_second_process_leaves_jobs_to_the_one_that_lives(is_replica: bool, tmp_path: Path, video: bytes) -> None:
    """A9: a second window of the app, and a second replica."""
    run = partial(second_process_at, scenario=scenarios.AIML, directory=tmp_path, video=video, is_replica=is_replica)
    assert in_parallel(run, AROUND_MONEY) == []


def test_sigterm_at_any_exchange_leaves_in_time_and_loses_nothing(tmp_path: Path, video: bytes) -> None:
    """B2: what is being sent arrives, and the next process goes on."""
    run = partial(terminate_at, scenario=scenarios.AIML, directory=tmp_path, video=video)
    at = [f"before {POST}", f"answered {POST}", f"before {GET}", f"half of {VIDEO}", "before rename to .mp4 #1"]
    assert in_parallel(run, at) == []


def test_sigterm_while_the_paid_request_is_on_its_way_waits_for_its_id(tmp_path: Path, video: bytes) -> None:
    """B2, B3: the provider cannot be asked here, so that an answer that nobody waits for would be lost."""
    assert terminate_while_sending(scenarios.AIML_UNLISTED, tmp_path, video) == []

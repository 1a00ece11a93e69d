"""A1, A5, A6, A7, A8, B2, B3, B4, B6: a process is killed at every point of a paid job's way, and another goes on.

Each test records the points of one scenario and kills a process at each of them; `invariants.py` says what must hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.kill import scenarios
from tests.kill.harness import in_parallel, kill_at, kill_at_each, record_points, record_points_after
from tests.kill.scenarios import Scenario

ESSENTIALS = (
    "before commit queued #1",
    "after commit claim #1",
    "before commit submitting #1",
    "after commit submitting #1",
    "before POST {paid} #1",
    "answered POST {paid} #1",
    "read POST {paid} #1",
    "before commit running #1",
    "after commit running #1",
    "before commit downloading #1",
    "before GET /cdn/* #1",
    "first bytes of GET /cdn/* #1",
    "half of GET /cdn/* #1",
    "before fsync of a file #1",
    "before rename to .mp4 #1",
    "after rename to .mp4 #1",
    "before fsync of the folder #1",
    "after commit succeeded #1",
)
"""Without these the recording would prove nothing."""

DRY_RUN = "before POST /v1/generate/custom/* (dry run) #1"

PAID_LABELS = {"aimlapi": "/v2/video/generations", "scenario": "/v1/generate/custom/*"}

Record = Callable[[Scenario], list[str]]


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory, video: bytes) -> Record:
    """Return the points of a scenario, recorded once."""
    recorded: dict[str, list[str]] = {}

    def points_of(scenario: Scenario) -> list[str]:
        name = f"{scenario.provider} {scenario.name}"
        if name not in recorded:
            recorded[name] = record_points(scenario, tmp_path_factory.mktemp("record"), video)
        return recorded[name]

    return points_of


@pytest.mark.parametrize(
    ("scenario", "first", "at_least"),
    [(scenarios.AIML, "before commit insert about #1", 40), (scenarios.SCENARIO, DRY_RUN, 38)],
    ids=["aimlapi", "scenario"],
)
def test_kill_at_every_point_charges_once_and_keeps_the_video(
    scenario: Scenario, first: str, at_least: int, record: Record, tmp_path: Path, video: bytes
) -> None:
    """From the first start on, which is the same for every provider, and is tried with one."""
    points = _from(record(scenario), first)
    essentials = [essential.format(paid=PAID_LABELS[scenario.provider]) for essential in ESSENTIALS]
    assert [point for point in essentials if point not in points] == []
    assert len(points) >= at_least, points
    assert kill_at_each(scenario, points, tmp_path, video) == []


@pytest.mark.parametrize("scenario", [scenarios.AIML, scenarios.SCENARIO], ids=["aimlapi", "scenario"])
def test_answer_that_names_the_job_is_committed_before_anything_else(scenario: Scenario, record: Record) -> None:
    """B3: nothing is written, asked or moved between the paid answer and the commit of its id."""
    points = record(scenario)
    came = points.index(f"read POST {PAID_LABELS[scenario.provider]} #1")
    assert points[came + 1 : came + 3] == ["before commit running #1", "after commit running #1"]


@pytest.mark.parametrize(
    ("scenario", "plain", "at_least"),
    [(scenarios.AIML_FILES, scenarios.AIML, 2), (scenarios.SCENARIO_FILES, scenarios.SCENARIO, 20)],
    ids=["aimlapi", "scenario"],
)
def test_kill_while_files_go_up_charges_once(
    scenario: Scenario, plain: Scenario, at_least: int, record: Record, tmp_path: Path, video: bytes
) -> None:
    """The points that words alone do not have: uploads in four steps, and links to this app."""
    points = _only_new(record(scenario), record(plain))
    assert len(points) >= at_least, points
    assert kill_at_each(scenario, points, tmp_path, video) == []


def test_double_click_over_a_kill_makes_one_job(record: Record, tmp_path: Path, video: bytes) -> None:
    """A6: two clicks at once, and a third in the next process, all of one form."""
    points = _until(record(scenarios.DOUBLE_CLICK), "before POST /v2/video/generations #1")
    assert len(points) >= 10, points
    assert kill_at_each(scenarios.DOUBLE_CLICK, points[::2], tmp_path, video) == []


@pytest.mark.parametrize(
    "scenario", [scenarios.AIML_UNLISTED, scenarios.SCENARIO_UNLISTED], ids=["aimlapi", "scenario"]
)
def test_kill_around_the_paid_request_rests_where_the_provider_cannot_tell(
    scenario: Scenario, record: Record, tmp_path: Path, video: bytes
) -> None:
    """A5, A7: nobody can know, so that nothing is sent a second time."""
    points = _from(_until(record(scenario), "after commit running #1"), "before commit submitting #1")
    assert len(points) == 7, points
    assert kill_at_each(scenario, points, tmp_path, video) == []


@pytest.mark.parametrize(
    "scenario",
    [scenarios.LOST_ANSWER, scenarios.LOST_FOR_GOOD, scenarios.LOST_REQUEST],
    ids=lambda scenario: scenario.name,
)
def test_lost_answer_is_never_asked_for_by_a_second_request(
    scenario: Scenario, record: Record, tmp_path: Path, video: bytes
) -> None:
    """A2: the connection ends without an answer; and the process dies around that, too."""
    points = _from(record(scenario), "before POST /v2/video/generations #1")
    rests = [point for point in points if "needs_attention" in point]
    assert rests, points
    assert kill_at_each(scenario, [points[0], *rests], tmp_path, video) == []


def test_kill_while_the_provider_is_busy_charges_once(record: Record, tmp_path: Path, video: bytes) -> None:
    """A3: two requests are refused for good, and the third is taken."""
    recorded = record(scenarios.BUSY)
    assert recorded[-1] == "after commit succeeded #1", recorded
    points = _only_new(_until(recorded, "after commit running #1"), record(scenarios.AIML))
    assert len(points) >= 12, points
    assert kill_at_each(scenarios.BUSY, points, tmp_path, video) == []


def test_kill_while_a_lost_request_is_sent_again_makes_one_more_job(
    record: Record, tmp_path: Path, video: bytes
) -> None:
    """A6, A7: the person's second click is killed as the first one is, and repeated."""
    recorded = record(scenarios.SENT_AGAIN)
    points = _from(recorded, "before commit queued #2")
    assert points[-1] == "after commit succeeded #1", points
    assert len(points) >= 20, points
    assert kill_at_each(scenarios.SENT_AGAIN, points[::2], tmp_path, video) == []


def test_kill_between_bad_bodies_keeps_only_the_whole_video(record: Record, tmp_path: Path, video: bytes) -> None:
    """B6: a page, half a video, a cut one and a short rest come before the video; none of them is taken for it."""
    points = _only_new(record(scenarios.BAD_BODIES), record(scenarios.AIML))
    assert len(points) >= 12, points
    assert kill_at_each(scenarios.BAD_BODIES, points[::2], tmp_path, video) == []


def test_kill_in_a_batch_sends_no_rest_by_itself(record: Record, tmp_path: Path, video: bytes) -> None:
    """A8: one click for three videos; what was not sent before the crash is a person's to decide."""
    recorded = record(scenarios.BATCH)
    points = _from(_until(recorded, "before POST /v2/video/generations #3"), "before commit queued #1")
    assert len(points) >= 20, points
    assert kill_at_each(scenarios.BATCH, points[::4], tmp_path, video) == []


@pytest.mark.parametrize(
    "first", ["read POST /v2/video/generations #1", "half of GET /cdn/* #1"], ids=["after POST", "in mid-download"]
)
def test_second_kill_in_a_row_changes_nothing(first: str, tmp_path: Path, video: bytes) -> None:
    """A5: the way back is killed as well."""
    points = record_points_after(first, scenarios.AIML, tmp_path, video)
    assert len(points) >= 20, points
    every_fifth = points[::5]
    assert in_parallel(lambda point: kill_at([first, point], scenarios.AIML, tmp_path, video), every_fifth) == []


def test_kill_while_the_animatic_draws_ends_with_its_video(tmp_path: Path) -> None:
    """B2, B4: what is drawn on this machine is drawn again, or taken over where it was finished."""
    points = [
        "after commit running #2",
        "before rename to .mp4 #1",
        "after rename to .mp4 #1",
    ]
    assert kill_at_each(scenarios.ANIMATIC, points, tmp_path, b"") == []


def _only_new(points: Sequence[str], known: Sequence[str]) -> list[str]:
    return [point for point in points if point not in known]


def _from(points: Sequence[str], first: str) -> list[str]:
    return list(points[points.index(first) :])


def _until(points: Sequence[str], last: str) -> list[str]:
    return list(points[: points.index(last) + 1])

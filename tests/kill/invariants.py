"""What must hold after every run, looked at from outside: provider, table and library, never the code under test."""

from __future__ import annotations

import hashlib
from itertools import groupby, takewhile

from seedance_ui.domain.job import ENDED_STATES
from seedance_ui.errors import MediaError
from seedance_ui.media.mp4 import check_finished_video
from seedance_ui.services import LOCAL_OWNER
from tests.fakes.aimlapi import FakeAimlApi
from tests.fakes.scenario import FakeScenario
from tests.kill.scenarios import Scenario, paid_posts
from tests.kill.world import Row, World

_ENDED = {state.value for state in ENDED_STATES}


def broken_after_death(world: World) -> list[str]:
    """Return what is wrong at any moment at which a process may have died."""
    return [*_half_files(world), *_lost_owners(world)]


def broken_at_the_end(world: World, scenario: Scenario, *, may_be_cancelled: bool = False) -> list[str]:
    """Return what is wrong once every job has ended or rests."""
    rows = world.rows()
    found = broken_after_death(world)
    if len(rows) != scenario.jobs:
        found.append(f"{len(rows)} jobs where {scenario.jobs} were asked for")
    found += _double_charges(world, scenario)
    found += _unowned_charges(world, rows, scenario)
    for row in rows:
        found += _wrong_end(world, row, scenario, may_be_cancelled)
        found += _wrong_video(world, row, scenario)
        found += _wrong_events(row) + _swapped(world, row) + _lies(world, row)
    found += [f"{part.name} was left behind" for part in (world.data_dir / "library").glob("*.part")]
    return found


def _was_unclear(world: World, row: Row, scenario: Scenario) -> bool:
    """Return whether a process died after it committed to send this job's request and before it knew its answer."""
    if scenario.loses_answers and row.job_id == world.rows()[0].job_id:
        return True
    states = [state for state, _ in groupby(state for _, state in row.events)]
    was_sent = ("submitting", "needs_attention") in zip(states, states[1:], strict=False)
    died = any(_died_while_sending(world.points(number)) for number in range(len(world.lives)))
    return was_sent and (died or scenario.count > 1)  # of several jobs, the points do not say whose they are


def _died_while_sending(points: list[str]) -> bool:
    """Return whether the last commit to send something is followed by none of what its answer leads to."""
    commits = [point.split()[2] for point in points if point.startswith("after commit ")]
    later = list(takewhile(lambda state: state != "submitting", reversed(commits)))
    return "submitting" in commits and not {"running", "queued", "needs_attention"}.intersection(later)


def _half_files(world: World) -> list[str]:
    """B4: what stands under a final name is whole, and is what the provider made."""
    found = []
    for path in (world.data_dir / "library").glob("*.mp4"):
        try:
            check_finished_video(path)
        except MediaError as exc:
            found.append(f"half a file stands under the final name {path.suffix}: {exc}")
            continue
        [row] = [row for row in world.rows() if row.job_id == path.stem]
        if _made_for(world, row) not in (None, path.read_bytes()):
            found.append("what stands under a final name is not what the provider made for this job")
    return found


def _made_for(world: World, row: Row) -> bytes | None:
    """Return the video of the generation that a job has; None where nobody outside knows it."""
    fake = world.fake
    if isinstance(fake, FakeAimlApi):
        return fake.video_of(row.remote_id)
    return fake.video if isinstance(fake, FakeScenario) else None


def _swapped(world: World, row: Row) -> list[str]:
    """AIML API is told our id with the request, so that it can say whose a generation is."""
    if not isinstance(world.fake, FakeAimlApi) or row.remote_id is None:
        return []
    asked_by = world.fake.generations[row.remote_id].client_request_id
    return [] if asked_by == row.job_id else ["a job has the generation of another one"]


def _lies(world: World, row: Row) -> list[str]:
    """What says that nothing was charged was never sent."""
    says_free = (row.error or {}).get("charged") == "no" or row.state == "cancelled" and row.cost["amount"] == 0
    if not says_free or not isinstance(world.fake, FakeAimlApi):
        return []
    sent = [post for post in paid_posts(world.fake) if post.headers.get("x-client-request-id") == row.job_id]
    return ["a job that says that it cost nothing was sent"] if sent else []


def _lost_owners(world: World) -> list[str]:
    return [f"a job belongs to {row.owner!r}" for row in world.rows() if row.owner != LOCAL_OWNER]


def _double_charges(world: World, scenario: Scenario) -> list[str]:
    """A5: what the provider may have taken is at most what was clicked."""
    posts = len(paid_posts(world.fake)[scenario.refusals :])
    return [f"{posts} paid requests for {scenario.jobs}"] if posts > scenario.jobs else []


def _unowned_charges(world: World, rows: list[Row], scenario: Scenario) -> list[str]:
    """Every video that is paid for has its job: by its id, or by a job that says that it cannot know."""
    bill = set(world.fake.bill)  # type: ignore[attr-defined]
    missing = bill - {row.remote_id for row in rows}
    asking = sum(row.state == "needs_attention" and row.remote_id is None for row in rows)
    found = [] if len(missing) <= asking else [f"{len(missing)} charges that no job knows of"]
    if missing and scenario.lists_jobs:
        found.append("a charged job that the provider lists was not found again")
    return found


def _wrong_end(world: World, row: Row, scenario: Scenario, may_be_cancelled: bool) -> list[str]:
    if row.state not in _ENDED:
        return [f"a job is left {row.state}"]
    if row.state == "succeeded":
        return []
    if row.state == "cancelled" and may_be_cancelled:
        sent = row.remote_id is None and paid_posts(world.fake)
        return ["a job that says that nothing was sent was sent"] if sent else []
    error = row.error or {}
    was_held_back = row.batch > 1 and error.get("charged") == "no"
    if (
        row.state == "needs_attention"
        and row.remote_id is None
        and (was_held_back or _was_unclear(world, row, scenario))
    ):
        return []
    return [f"a job ended {row.state} ({error.get('title')}), with the id {row.remote_id}"]


def _wrong_video(world: World, row: Row, scenario: Scenario) -> list[str]:
    """B4, B6: a job that succeeded has its video, byte for byte, and no other job has one."""
    path = world.data_dir / "library" / f"{row.job_id}.mp4"
    if row.state != "succeeded":
        return [f"a job that is {row.state} has a video"] if path.exists() else []
    if not path.exists():
        return ["a job succeeded without a video"]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return [] if digest == (row.video or {}).get("sha256") else ["the digest of a job is not its video's"]


def _wrong_events(row: Row) -> list[str]:
    """A page that reads from any number on misses nothing, and reads the state as it is last."""
    numbers = [number for number, _ in row.events]
    if numbers != list(range(1, len(numbers) + 1)):
        return [f"the events have the numbers {numbers}"]
    return [] if row.events and row.events[-1][1] == row.state else ["the last event is not the state"]

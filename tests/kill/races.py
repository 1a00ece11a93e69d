"""What else can happen at a point than a kill: a wish to cancel, a second process, a process that freezes, SIGTERM.

Each function is one run and returns what is broken, each line with its point. The process is held at the point
meanwhile; a point before a commit holds the database as well, so that nobody else gets at it there.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.fakes.server import Hold
from tests.kill.harness import NewDatabase, drive, open_world, wait_for_all
from tests.kill.invariants import broken_after_death, broken_at_the_end
from tests.kill.life import DIES_WITHIN_S, DiedError, Life
from tests.kill.scenarios import PAID, Scenario, paid_posts
from tests.kill.world import World

LEAVES_WITHIN_S = 5.0
"""B2: from SIGTERM to the end of the process."""

LOOKS_WITHIN_S = 1.5
"""A process that runs jobs has looked for work by then; it looks once a second."""


def points_to_hold(points: Sequence[str]) -> list[str]:
    """Return those at which a process can wait: the job is there, is what it is about, and the database is free."""
    known = points[points.index("after commit queued #1") :]
    return [point for point in known if not re.match("before commit|after commit (renewal|freed leases)", point)]


def cancel_at(
    point: str, scenario: Scenario, directory: Path, video: bytes, *, then_kill: bool, new: NewDatabase = lambda: None
) -> list[str]:
    """Wish at a point that the job stops; then kill the process there, or let it go on."""
    with open_world(scenario, directory, video, new) as world:

        def wish(life: Life) -> None:
            for row in world.rows():
                life.cancel(row.job_id)
            if then_kill:
                life.strike()

        life = world.start(hold_at=point, on_held=wish)
        drive(world, scenario, video, life)
        broken = [] if life.has_gone_on.wait(DIES_WITHIN_S) else ["it was not reached"]
        life.kill()
        if then_kill:
            broken += broken_after_death(world)
            drive(world, scenario, video, world.start())
            world.lives[-1].kill()
        broken += broken_at_the_end(world, scenario, may_be_cancelled=True)
        return [f"cancelled {point}: {line}" for line in broken]


def terminate_at(
    point: str, scenario: Scenario, directory: Path, video: bytes, new: NewDatabase = lambda: None
) -> list[str]:
    """B2: ask the process to leave at a point; it is gone in time, and the next one goes on."""
    with open_world(scenario, directory, video, new) as world:
        asked_at_s: list[float] = []

        def ask(life: Life) -> None:
            asked_at_s.append(time.monotonic())
            life.terminate()

        life = world.start(hold_at=point, on_held=ask)
        drive(world, scenario, video, life)
        broken = [] if life.has_gone_on.wait(DIES_WITHIN_S) else ["it was not reached"]
        life.wait_for_end()
        took_s = time.monotonic() - asked_at_s[0]
        if took_s > LEAVES_WITHIN_S:
            broken.append(f"it left after {took_s:.1f} s")
        life.kill()
        broken += broken_after_death(world)
        drive(world, scenario, video, world.start())
        world.lives[-1].kill()
        broken += broken_at_the_end(world, scenario) + _resting(world)
        return [f"SIGTERM {point}: {line}" for line in broken]


def terminate_while_sending(scenario: Scenario, directory: Path, video: bytes) -> list[str]:
    """B2: ask the process to leave while its paid request has no answer yet; the answer is waited for."""
    answer = Hold()
    with open_world(scenario, directory, video) as world:
        world.fake.script("POST", PAID, answer)
        first = world.start(hold_at="winding down #1", on_held=lambda life: answer.go.set())
        clicking = threading.Thread(target=drive, args=(world, scenario, video, first))
        clicking.start()
        assert answer.arrived.wait(DIES_WITHIN_S)
        first.terminate()
        first.wait_for_end()
        clicking.join()
        broken = [] if first.has_gone_on.is_set() else ["it did not leave"]
        drive(world, scenario, video, world.start())
        world.lives[-1].kill()
        return broken + broken_at_the_end(world, scenario) + _resting(world)


def freeze_at(
    point: str,
    scenario: Scenario,
    directory: Path,
    video: bytes,
    *,
    until: str | None = None,
    new: NewDatabase = lambda: None,
) -> list[str]:
    """A9: freeze a process past its lease, let another one take over, and thaw the first.

    Args:
        until: How far the other one gets before the first goes on; None is to the end.
    """
    with (
        open_world(scenario, directory, video, new) as world,
        _held(world, scenario, video, point, is_replica=True) as (first, go),
    ):
        _freeze(first, world)
        with _waiting(world, is_replica=True, hold_at=until) as (second, goes_on):
            if until is None:
                wait_for_all(world, second)
            else:
                assert second.was_held.wait(DIES_WITHIN_S), f"{until} was not reached after {point}"
            first.thaw()
            go.set()
            first.settle()
            goes_on.set()
            for life in (second, first, second):
                life.settle()
                wait_for_all(world, life)
        was_sending = point.startswith("after commit submitting")
        broken = broken_at_the_end(world, scenario) + (_sent_late(world) if was_sending else _resting(world))
        return [f"frozen {point}, {until}: {line}" for line in broken]


def _freeze(life: Life, world: World) -> None:
    """Freeze a process between two writes: in the middle of one, SQLite lets nobody else write until it goes on."""
    life.freeze()
    while not world.can_be_written(within_s=0):
        life.thaw()
        assert world.can_be_written(within_s=DIES_WITHIN_S)
        life.freeze()


def second_process_at(
    point: str,
    scenario: Scenario,
    directory: Path,
    video: bytes,
    *,
    is_replica: bool,
    new: NewDatabase = lambda: None,
) -> list[str]:
    """A9: start a second process beside one that lives; it takes no job that the first one walks.

    Args:
        is_replica: Leases alone decide; otherwise the file lock does.
    """
    with (
        open_world(scenario, directory, video, new) as world,
        _held(world, scenario, video, point, is_replica=is_replica) as (first, go),
    ):
        # Its claim is where it would be held; that it makes none can only be seen by waiting.
        second = world.start(hold_at="after commit claim #1", is_replica=is_replica, lease_is_over=False)
        took_it = second.was_held.wait(LOOKS_WITHIN_S)
        broken = ["a second process took a job whose owner lives"] if took_it else []
        go.set()
        for life in (first, second) if is_replica else (first,):  # without the lock it never begins
            life.settle()
            wait_for_all(world, life)
        broken += broken_at_the_end(world, scenario)
        return [f"second process {point}: {line}" for line in broken]


def _sent_late(world: World) -> list[str]:
    """Who stood still before it sent sends nothing once another one, which cannot know that, let the job rest."""
    return ["a process sent a job that was another one's"] if paid_posts(world.fake) else []


def _resting(world: World) -> list[str]:
    """Nobody died in the middle, so that nothing is unclear."""
    return [f"a job rests: {row.error['title']}" for row in world.rows() if row.state == "needs_attention"]


@contextmanager
def _held(
    world: World, scenario: Scenario, video: bytes, point: str, *, is_replica: bool
) -> Iterator[tuple[Life, threading.Event]]:
    """Give a process that was clicked and waits at a point, and what lets it go on."""
    with _waiting(world, is_replica=is_replica, hold_at=point) as (first, go):
        clicking = threading.Thread(target=drive, args=(world, scenario, video, first))
        clicking.start()
        try:
            assert first.was_held.wait(DIES_WITHIN_S), f"{point} was not reached"
            yield first, go
        except DiedError as exc:
            raise AssertionError(f"a process died of itself: {world.log()}") from exc
        finally:
            go.set()
            first.strike()
            clicking.join()


@contextmanager
def _waiting(world: World, **orders: Any) -> Iterator[tuple[Life, threading.Event]]:
    """Give a process that waits where it is told to, and what lets it go on; nobody waits for that at the end."""
    go = threading.Event()
    try:
        yield world.start(on_held=lambda life: go.wait(), **orders), go
    finally:
        go.set()

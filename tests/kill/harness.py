"""Kill a process at every point of a job's way, start another one, and look at what became of job, money and video.

A first run without a kill records the points (`record_points`). Each is then a run of its own: a process kills
itself there, a second one finds what it left, and the world is looked at from outside (`kill_at_each`)::

    points = record_points(AIML, directory, video)
    broken = kill_at_each(AIML, points, directory, video)   # ["after POST … #1: 2 paid requests for 1", …]

On another engine than SQLite, hand in `database_urls`: a function that returns the URL of a new, empty database for
each run, called from several threads::

    kill_at_each(AIML, points[::5], directory, video, database_urls=server.new_database)

Everything that was put in stands in `hooks.py`; `seedance_ui` knows nothing of it.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.kill.invariants import broken_after_death, broken_at_the_end
from tests.kill.life import DiedError, Life
from tests.kill.scenarios import FORM_TOKEN, Scenario, paid_posts
from tests.kill.world import World

AT_ONCE = 3
"""Runs at the same time: each waits about as much as it works."""

NOT_REACHED = "it was not reached"

NewDatabase = Callable[[], "str | None"]
"""Returns the URL of an empty database; None is SQLite beside the data."""

_numbers = itertools.count()


def record_points(
    scenario: Scenario, directory: Path, video: bytes, *, database_urls: NewDatabase = lambda: None
) -> list[str]:
    """Return the points of a run without a kill, in their order; those that come in two runs out of two."""
    first, second = (_record(scenario, directory, video, database_urls) for _ in range(2))
    return [point for point in first if point in set(second)]


def _record(scenario: Scenario, directory: Path, video: bytes, database_urls: NewDatabase) -> list[str]:
    with open_world(scenario, directory, video, database_urls) as world:
        drive(world, scenario, video, world.start())
        world.lives[0].kill()
        assert not (broken := broken_at_the_end(world, scenario)), (scenario.name, broken, world.log())
        return world.points()


def record_points_after(first: str, scenario: Scenario, directory: Path, video: bytes) -> list[str]:
    """Return the points of the process that goes on after a kill at `first`."""
    with open_world(scenario, directory, video) as world:
        drive(world, scenario, video, world.start(kill_at=first))
        drive(world, scenario, video, world.start())
        world.lives[-1].kill()
        return world.points(1)


def kill_at_each(
    scenario: Scenario,
    points: Sequence[str],
    directory: Path,
    video: bytes,
    *,
    database_urls: NewDatabase = lambda: None,
) -> list[str]:
    """Return what is broken after a kill at each of these points, each line with its point; empty where all is well."""

    def run(point: str) -> list[str]:
        broken = kill_at([point], scenario, directory, video, database_urls)
        was_reached = not any(line.endswith(NOT_REACHED) for line in broken)
        # Where two jobs are walked at once, a point may depend on which was faster.
        return broken if was_reached else kill_at([point], scenario, directory, video, database_urls)

    return in_parallel(run, points)


def in_parallel(run: Callable[[Any], list[str]], each: Sequence[Any]) -> list[str]:
    """Return all that these runs find, a few of them at a time."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [line for found in pool.map(run, each) for line in found]


def kill_at(
    points: Sequence[str], scenario: Scenario, directory: Path, video: bytes, database_urls: NewDatabase = lambda: None
) -> list[str]:
    """Kill the first process at the first point, the next one at the next, and let the last one end it.

    Returns:
        What is broken, each line with the points before it.
    """
    with open_world(scenario, directory, video, database_urls) as world:
        broken: list[str] = []
        for point in points:
            life = world.start(kill_at=point)
            drive(world, scenario, video, life)
            if not life.died_by_itself():
                broken.append(NOT_REACHED)
            life.kill()
            broken += broken_after_death(world)
        unsent = {row.job_id for row in world.rows() if row.batch > 1 and row.state in ("queued", "uploading")}
        drive(world, scenario, video, world.start())
        world.lives[-1].kill()
        broken += broken_at_the_end(world, scenario)
        if unsent & {request.headers.get("x-client-request-id") for request in paid_posts(world.fake)}:  # A8
            broken.append("the rest of a click for several was sent by itself")
        return [f"{' … '.join(points)}: {line}" for line in broken]


def drive(world: World, scenario: Scenario, video: bytes, life: Life) -> None:
    """Do what the person does, as far as it is not done yet, and wait until every job has ended or rests.

    Ends quietly where the process dies.
    """
    request = scenario.request(world.directory, video).to_json()
    try:
        if not world.rows() or scenario.clicks_twice:
            _click(life, request, scenario)
        wait_for_all(world, life)
        if scenario.sends_again:
            life.send_again(world.rows()[0].job_id)
            wait_for_all(world, life)
    except DiedError:
        return


def wait_for_all(world: World, life: Life) -> None:
    """Wait until every job has ended or rests, and what rests was looked for.

    Raises:
        DiedError: The process died before.
    """
    for row in world.rows():
        if life.watch(row.job_id)["state"] == "needs_attention":
            life.settle()
            life.watch(row.job_id)


def _click(life: Life, request: dict[str, Any], scenario: Scenario) -> None:
    """Click once, or twice at the same time."""
    again: threading.Thread | None = None
    if scenario.clicks_twice:
        again = threading.Thread(target=_click_or_die, args=(life, request, scenario))
        again.start()
    try:
        life.click(request, form_token=FORM_TOKEN, count=scenario.count)
    finally:
        if again is not None:
            again.join()


def _click_or_die(life: Life, request: dict[str, Any], scenario: Scenario) -> None:
    try:
        life.click(request, form_token=FORM_TOKEN, count=scenario.count)
    except DiedError:
        return


@contextmanager
def open_world(
    scenario: Scenario, directory: Path, video: bytes, database_urls: NewDatabase = lambda: None
) -> Iterator[World]:
    """Give a new world with a running provider, and clear it away."""
    with scenario.open_fake(video) as fake:
        world = World(directory / f"world-{next(_numbers)}", fake, database_url=database_urls())
        try:
            yield world
        finally:
            world.close()

"""A5, A9, B2, B3, B4 on PostgreSQL: kills, freezes and a second replica, where no file lock says who runs."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tests.kill import scenarios
from tests.kill.harness import in_parallel, kill_at_each
from tests.kill.races import freeze_at, second_process_at
from tests.postgresql import PostgresqlServer

POST = "POST /v2/video/generations #1"
VIDEO = "GET /cdn/* #1"

KILLS = (
    "before commit queued #1",
    "after commit submitting #1",
    f"before {POST}",
    f"read {POST}",
    "before commit running #1",
    "after commit running #1",
    f"half of {VIDEO}",
    "before rename to .mp4 #1",
    "after rename to .mp4 #1",
    "after commit succeeded #1",
)
"""Around each commit that money or the video hangs on; the engine changes nothing about the other points."""

FREEZES = (
    "after commit uploading #1",
    f"read {POST}",
    "before commit running #1",
    f"half of {VIDEO}",
    "before rename to .mp4 #1",
)


def test_kill_on_postgresql_charges_once_and_keeps_the_video(
    postgresql: PostgresqlServer, tmp_path: Path, video: bytes
) -> None:
    """What a dead process held is free once its lease is over."""
    assert kill_at_each(scenarios.AIML, KILLS, tmp_path, video, database_urls=postgresql.new_database) == []


def test_replica_frozen_past_its_lease_on_postgresql_sends_nothing_again(
    postgresql: PostgresqlServer, tmp_path: Path, video: bytes
) -> None:
    """A9: another one finishes the job in the same library; the first one wakes up, and stops."""
    run = partial(freeze_at, scenario=scenarios.AIML, directory=tmp_path, video=video, new=postgresql.new_database)
    assert in_parallel(run, FREEZES) == []


def test_second_replica_on_postgresql_leaves_jobs_to_the_one_that_lives(
    postgresql: PostgresqlServer, tmp_path: Path, video: bytes
) -> None:
    """A9."""
    run = partial(
        second_process_at,
        scenario=scenarios.AIML,
        directory=tmp_path,
        video=video,
        is_replica=True,
        new=postgresql.new_database,
    )
    assert in_parallel(run, [f"before {POST}", f"read {POST}"]) == []

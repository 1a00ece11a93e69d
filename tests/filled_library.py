"""A library of many finished videos, made without making any: rows, posters, and one short video for all."""

from __future__ import annotations

import random
import secrets
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

from seedance_ui.config import Settings
from seedance_ui.domain.job import Job, JobState, Phase, SavedVideo
from seedance_ui.domain.pricing import Cost
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.jobs.bell import Bell
from seedance_ui.jobs.store import Store
from seedance_ui.services import LOCAL_OWNER

EXAMPLES = Path(__file__).resolve().parents[1] / "assets" / "examples"
VIDEO = EXAMPLES / "train.mp4"
WORDS = (
    "lighthouse cliff beam mist waves neon rain umbrella street ridge valley stars fog spruce forest drone caravan "
    "dunes heat tea steam macro window café robot kite balloon harbour night dusk dawn slow push-in static wide lens"
).split()


def fill_library(data_dir: Path, count: int) -> list[Job]:
    """Put finished videos into an empty data directory, half an hour apart, and return their jobs, newest first."""
    library = data_dir / "library"
    library.mkdir(parents=True)
    posters = sorted(path for path in EXAMPLES.glob("*.jpg") if not path.name.startswith("thumb-"))
    chance = random.Random(7)
    settings = Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir)})
    store = Store(settings.database_url, now=lambda: datetime.now(timezone.utc), bell=Bell())
    try:
        jobs = [store.add(job, form_token=None) for job in _finished_jobs(count, chance)]
    finally:
        store.close()
    for job in jobs:
        shutil.copyfile(chance.choice(posters), library / f"{job.job_id}.jpg")
        shutil.copyfile(VIDEO, library / f"{job.job_id}.mp4")
    return jobs[::-1]


def _finished_jobs(count: int, chance: random.Random) -> Iterator[Job]:
    now = datetime.now(timezone.utc)
    for age in range(count, 0, -1):
        created_at = now - timedelta(minutes=30 * age)
        provider = chance.choice(("animatic", "scenario", "aimlapi"))
        prompt = f"Number {age}: a {' '.join(chance.choices(WORDS, k=24))}"
        yield Job(
            job_id=secrets.token_hex(16),
            owner=LOCAL_OWNER,
            request=GenerationRequest(provider, chance.choice(list(Mode)), prompt),
            state=JobState.SUCCEEDED,
            phase=Phase.DONE,
            message="Ready",
            created_at=created_at,
            cost=Cost(0.0 if provider == "animatic" else 2.52, "USD", "exact"),
            started_at=created_at,
            finished_at=created_at + timedelta(seconds=90),
            seed=chance.randrange(2**32),
            video=SavedVideo("0" * 64, VIDEO.stat().st_size, 1280, 720, 8.0, True),
        )

"""What survives a process: the provider's side, the data directory, the database, the time."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, select
from sqlalchemy.pool import NullPool

from seedance_ui.jobs.schema import job_events, jobs
from tests.fakes.server import FakeServer
from tests.kill.child import Orders
from tests.kill.clock import SharedClock
from tests.kill.life import Life
from tests.kill.points import read_points

LEASE_IS_OVER_S = 90.0
"""More than the lease of a job: what a dead process held is free, on every engine."""


@dataclass(frozen=True)
class Row:
    """One job as the table has it."""

    values: dict[str, Any]
    events: tuple[tuple[int, str], ...]
    """Number and state of every event."""

    def __getattr__(self, name: str) -> Any:
        return self.values[name]


class World:
    """A directory, a database and a provider, and the processes that came and went, as `lives`."""

    def __init__(self, directory: Path, fake: FakeServer, *, database_url: str | None = None) -> None:
        """Make the directory.

        Args:
            directory: Below it goes everything.
            fake: The provider; it runs already.
            database_url: For SQLAlchemy, of an empty database; None for an SQLite file in the data directory.
        """
        self.directory = directory
        self.fake = fake
        self.data_dir = directory / "data"
        self.data_dir.mkdir(parents=True)
        self.database_url = database_url or f"sqlite:///{self.data_dir}/seedance.sqlite3"
        self.clock = SharedClock(directory / "clock")
        self.lives: list[Life] = []

    def start(
        self, *, lease_is_over: bool = True, on_held: Callable[[Life], object] = lambda life: None, **orders: Any
    ) -> Life:
        """Start a process.

        Args:
            lease_is_over: So much later that every lease of an earlier process has run out.
            on_held: As of `Life`.
            **orders: As of `child.Orders`: `kill_at`, `hold_at`, `is_replica`, `draws_stills`.
        """
        if self.lives and lease_is_over:
            self.clock.advance(LEASE_IS_OVER_S)
        number = len(self.lives)
        life = Life(
            Orders(
                environment=self.environment,
                record=self._record(number),
                clock=self.directory / "clock",
                log=self.directory / f"log-{number}.txt",
                **orders,
            ),
            on_held=on_held,
        )
        self.lives.append(life)
        return life

    @property
    def environment(self) -> dict[str, str]:
        """What a process is told of this world."""
        return {
            "SEEDANCE_DATA_DIR": str(self.data_dir),
            "DATABASE_URL": self.database_url,
            "SEEDANCE_PUBLIC": "off",
            "SEEDANCE_PUBLIC_URL": "http://127.0.0.1:9",  # the fakes look at links, and fetch none
            **self.fake.settings(),  # type: ignore[attr-defined]
        }

    def points(self, number: int = 0) -> list[str]:
        """Return the points that a life reached, in their order."""
        return read_points(self._record(number))

    def _record(self, number: int) -> Path:
        return self.directory / f"points-{number}.txt"

    @cached_property
    def _engine(self) -> Any:
        return create_engine(self.database_url, poolclass=NullPool)

    def rows(self) -> list[Row]:
        """Return every job, oldest first; none where there is no table yet."""
        with self._engine.connect() as db:
            if not self._engine.dialect.has_table(db, "jobs"):
                return []
            found = db.execute(select(jobs).order_by(jobs.c.number)).mappings().all()
            return [Row(dict(row), self._events(db, row["job_id"])) for row in found]

    def _events(self, db: Any, job_id: str) -> tuple[tuple[int, str], ...]:
        theirs = select(job_events.c.seq, job_events.c.state).where(job_events.c.job_id == job_id)
        return tuple((row.seq, row.state) for row in db.execute(theirs.order_by(job_events.c.seq)))

    def can_be_written(self, *, within_s: float) -> bool:
        """Return whether nobody is in the middle of a write; PostgreSQL ends one that stands still by itself."""
        if self._engine.dialect.name != "sqlite":
            return True
        db = sqlite3.connect(self._engine.url.database, timeout=within_s, isolation_level=None)
        with closing(db):
            try:
                db.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            db.execute("ROLLBACK")
            return True

    def log(self) -> str:
        """Return what all processes wrote."""
        return "".join(path.read_text() for path in sorted(self.directory.glob("log-*.txt")))

    def close(self) -> None:
        """End every process and give everything back, the directory included."""
        for life in self.lives:
            life.kill()
        self._engine.dispose()
        self.clock.close()
        shutil.rmtree(self.directory, ignore_errors=True)

"""What a connection is set up for, on the engine that needs it."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine

from seedance_ui.errors import StoreError
from seedance_ui.jobs.bell import Bell
from seedance_ui.jobs.store import Store
from tests.scripted import make_job


def test_sqlite_survives_power_cuts_by_its_pragmas(data_dir: Path) -> None:
    store = Store(f"sqlite:///{data_dir}/jobs.sqlite3", now=lambda: datetime.now(timezone.utc), bell=Bell())
    with store.engine.connect() as db:
        assert db.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert db.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    store.close()


def test_a_file_that_is_no_database_is_a_store_error(data_dir: Path) -> None:
    (data_dir / "jobs.sqlite3").write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(f"sqlite:///{data_dir}/jobs.sqlite3", now=lambda: datetime.now(timezone.utc), bell=Bell())


def test_a_server_that_ended_the_connections_costs_nobody_a_click(postgresql_url: str) -> None:
    """A1: what is committed after a restart of PostgreSQL is committed at the first try."""
    store = Store(postgresql_url, now=lambda: datetime.now(timezone.utc), bell=Bell())
    other = create_engine(postgresql_url, poolclass=NullPool)
    with other.connect() as db:
        others = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
        assert db.exec_driver_sql(f"SELECT pg_terminate_backend(pid, 10000) {others}").scalars().all() == [True]
    job = store.add(make_job(), form_token=None)
    assert store.get(job.job_id) == job
    store.close()

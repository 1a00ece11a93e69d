"""What a connection is set up for, on the engine that needs it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, update
from sqlalchemy.exc import DBAPIError

from seedance_ui.domain.job import JobState
from seedance_ui.errors import StoreError
from seedance_ui.jobs import engine as engine_module
from seedance_ui.jobs.bell import Bell
from seedance_ui.jobs.clock import SystemClock
from seedance_ui.jobs.schema import jobs
from seedance_ui.jobs.store import Store
from tests.scripted import make_job


def open_store(url: str) -> Store:
    return Store(url, now=SystemClock().now, bell=Bell())


def test_sqlite_survives_power_cuts_by_its_pragmas(data_dir: Path) -> None:
    store = open_store(f"sqlite:///{data_dir}/jobs.sqlite3")
    with store.engine.connect() as db:
        assert db.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert db.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    store.close()


def test_a_file_that_is_no_database_is_a_store_error(data_dir: Path) -> None:
    (data_dir / "jobs.sqlite3").write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match="cannot be opened"):
        open_store(f"sqlite:///{data_dir}/jobs.sqlite3")


def test_a_server_that_does_not_answer_is_a_store_error_without_the_password() -> None:
    with pytest.raises(StoreError, match="cannot be opened.*refused") as caught:
        open_store("postgresql+psycopg://anna:hunter2@127.0.0.1:1/films")
    assert "hunter2" not in str(caught.value)


def test_postgresql_survives_power_cuts_even_where_it_is_told_to_answer_early(postgresql_url: str) -> None:
    """A1: a commit is on the disk before anything is sent."""
    engine = create_engine(postgresql_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as db:
        db.exec_driver_sql(f"ALTER DATABASE {engine.url.database} SET synchronous_commit = off")
    store = open_store(postgresql_url)
    with engine.connect() as by_default, store.engine.connect() as ours:
        shown = [db.exec_driver_sql("SHOW synchronous_commit").scalar() for db in (by_default, ours)]
    assert shown == ["off", "on"]
    store.close()


def test_a_server_that_is_gone_without_a_word_is_not_waited_for(postgresql_url: str) -> None:
    """B3: a generation ID is written again over a connection that lives; a URL may say otherwise."""
    for more, waits_s in (("", "10"), ("&connect_timeout=33", "33")):
        store = open_store(f"{postgresql_url}?application_name=seedance{more}")
        with store.engine.connect() as db:
            parameters = db.connection.driver_connection.info.get_parameters()
        store.close()
        assert (parameters["connect_timeout"], parameters["tcp_user_timeout"]) == (waits_s, "10000")
        probes_s = int(parameters["keepalives_interval"]) * int(parameters["keepalives_count"])
        assert int(parameters["keepalives_idle"]) + probes_s == 10  # where it was asked, and is gone before its answer


def test_a_process_that_is_frozen_in_a_write_does_not_keep_others_from_the_job(
    monkeypatch: pytest.MonkeyPatch, postgresql_url: str
) -> None:
    """A9: its write is undone by the server, and it hears of that when it wakes up."""
    with monkeypatch.context() as soon:
        soon.setattr(engine_module, "FROZEN_AFTER_S", 0.2)
        frozen = open_store(postgresql_url)
    store = open_store(postgresql_url)
    job = store.add(make_job(), form_token=None)
    with pytest.raises(DBAPIError, match="idle-in-transaction"), frozen.engine.begin() as db:
        db.execute(update(jobs).values(message="Frozen"))
        cancelled = store.want_cancel(job.job_id)
    assert cancelled is not None
    assert cancelled.state is JobState.CANCELLED
    assert frozen.get(job.job_id) == cancelled
    store.close()
    frozen.close()


def test_a_write_gives_up_where_another_one_takes_too_long(
    monkeypatch: pytest.MonkeyPatch, postgresql_url: str
) -> None:
    """A thread of the app does not wait for ever; what was not written is said, and tried again."""
    monkeypatch.setattr(engine_module, "BUSY_TIMEOUT_S", 0.2)
    store = open_store(postgresql_url)
    job = store.add(make_job(), form_token=None)
    with store.engine.begin() as db:
        db.execute(update(jobs).values(message="Slow"))
        with pytest.raises(StoreError, match="could not be written.*LockNotAvailable"):
            store.want_cancel(job.job_id)
    store.close()


def test_a_server_that_ended_the_connections_costs_nobody_a_click(postgresql_url: str) -> None:
    """A1: what is committed after a restart of PostgreSQL is committed at the first try."""
    store = open_store(postgresql_url)
    other = create_engine(postgresql_url, poolclass=NullPool)
    with other.connect() as db:
        others = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
        assert db.exec_driver_sql(f"SELECT pg_terminate_backend(pid, 10000) {others}").scalars().all() == [True]
    job = store.add(make_job(), form_token=None)
    assert store.get(job.job_id) == job
    store.close()

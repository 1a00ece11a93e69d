"""The database connection, set up so that a committed row survives a power cut."""

from __future__ import annotations

from typing import Any

from filelock import FileLock
from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select

BUSY_TIMEOUT_S = 5
"""How long a write waits for another process's write before it gives up."""

FROZEN_AFTER_S = 5
"""How long PostgreSQL lets a process stand still in the middle of a write, and keep others from these rows."""

GONE_AFTER_S = 10
"""How long a PostgreSQL server may not answer at all before its connection counts as broken: libpq waits for ever."""

_KEEPALIVES = {"keepalives_idle": "4", "keepalives_interval": "2", "keepalives_count": "3"}
"""As long, in seconds and probes, where it has taken a question and is gone before its answer."""

READS_ONLY = {"seedance_reads_only": True}
"""Execution options of a connection that never writes: its transactions take no write lock."""

_TABLES_LOCK = 0x5EEDA9CE
"""PostgreSQL's advisory locks have a number for a name."""


def open_engine(url: str) -> Engine:
    """Return an engine for an SQLAlchemy URL; nothing is connected yet."""
    # A server that was restarted, or that ended what was idle for long, must not cost anybody's click.
    engine = create_engine(url, pool_pre_ping=True, connect_args=_libpq_parameters(make_url(url)))
    if engine.dialect.name == "sqlite" and not is_read_only(url):
        event.listen(engine, "connect", _set_sqlite_pragmas)
        event.listen(engine, "begin", _begin_sqlite)
    elif engine.dialect.name == "postgresql":
        event.listen(engine, "connect", _set_postgresql_parameters)
    return engine


def _libpq_parameters(url: URL) -> dict[str, str]:
    """Return what psycopg passes on to libpq; what the URL names goes before (postgresql.org/docs, 2026-11-28)."""
    if not url.drivername.startswith("postgresql+psycopg"):
        return {}
    ours = {"connect_timeout": str(GONE_AFTER_S), "tcp_user_timeout": str(GONE_AFTER_S * 1000), **_KEEPALIVES}
    return {name: value for name, value in ours.items() if name not in url.query}


def is_read_only(url: str) -> bool:
    """Return whether a URL names a database that is opened for reading only (B13)."""
    return make_url(url).query.get("mode") == "ro"


def _set_sqlite_pragmas(connection: Any, record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late for a compare-and-swap
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_TIMEOUT_S * 1000}"):
        connection.execute(f"PRAGMA {pragma}")


def _set_postgresql_parameters(connection: Any, record: object) -> None:
    parameters = {
        "lock_timeout": f"{BUSY_TIMEOUT_S * 1000}",
        "idle_in_transaction_session_timeout": f"{FROZEN_AFTER_S * 1000}",
    }
    with connection.cursor() as cursor:
        for parameter, value in parameters.items():
            cursor.execute("SELECT set_config(%s, %s, false)", (parameter, value))
        # A server may be told to answer before the disk has it, which is no commit for a paid job.
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
        )
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at the start of each write: two readers that both want to write would deadlock."""
    reads_only = READS_ONLY.keys() <= connection.get_execution_options().keys()
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def lock_tables(connection: Connection) -> None:
    """Let nobody else make or change the tables before this transaction ends: replicas are started together."""
    if connection.dialect.name == "postgresql":  # a write on SQLite keeps everybody else out as it is
        connection.execute(select(func.pg_advisory_xact_lock(_TABLES_LOCK)))


def lock_of(database_url: str) -> FileLock | None:
    """Return the lock of an SQLite file, which lies beside it: two data directories may name one database."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or url.database is None:
        return None
    return FileLock(f"{url.database}.runner.lock", thread_local=False)

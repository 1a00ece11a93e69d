"""What a connection is set up for, on the engine that needs it."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from seedance_ui.errors import StoreError
from seedance_ui.jobs.bell import Bell
from seedance_ui.jobs.store import Store


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

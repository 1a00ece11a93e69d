"""The tables are made, or brought from an older version of the app to this one, before anything reads them."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

from sqlalchemy import Connection, Engine, insert, inspect, select, text, update

from seedance_ui.domain.folding import fold
from seedance_ui.errors import StoreError
from seedance_ui.jobs.engine import lock_tables
from seedance_ui.jobs.schema import Utc, about, metadata

log = logging.getLogger(__name__)

SCHEMA_VERSION = 6
"""Goes up with every change of the tables that older rows or older code would not survive."""


def prepare(engine: Engine) -> None:
    """Make the tables that are missing, and bring those of an older version up to this one.

    Raises:
        StoreError: They were made by a newer version of the app.
    """
    with engine.begin() as db:
        lock_tables(db)
        is_new = not inspect(db).has_table(about.name)
        if not is_new:
            _upgrade(db)
        metadata.create_all(db)
        if is_new:
            db.execute(insert(about).values(schema_version=SCHEMA_VERSION))


def _upgrade(db: Connection) -> None:
    version = db.execute(select(about.c.schema_version)).scalar_one()
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"The job database has version {version}, and this app knows version {SCHEMA_VERSION}. "
            "Start the version of the app that made it, or set SEEDANCE_DATA_DIR to another directory."
        )
    for older in range(version, SCHEMA_VERSION):
        for step in _STEPS_FROM[older]:
            step(db)
    if version != SCHEMA_VERSION:
        db.execute(update(about).values(schema_version=SCHEMA_VERSION))


def _sql(statement: str) -> Callable[[Connection], None]:
    """Return a step that is one statement, the same on every engine but for its `{utc}`: their type of a time."""

    def run(db: Connection) -> None:
        db.execute(text(statement.format(utc=Utc().compile(db.dialect))))

    return run


def _fold_prompts(db: Connection) -> None:
    """Write down for each job what a search looks in."""
    for number, request in db.execute(text("SELECT number, request FROM jobs")).all():
        db.execute(
            text("UPDATE jobs SET searched = :searched WHERE number = :number"),
            {"searched": fold(_prompt_of(request)), "number": number},
        )


def _prompt_of(request: str) -> str:
    """Return the prompt of a request as it is stored; none of one that cannot be read, which stays as it is."""
    try:
        return str(json.loads(request)["prompt"])
    except (KeyError, TypeError, ValueError):
        log.error("A job's request cannot be read, so that a search does not find it")
        return ""


_STEPS_FROM: dict[int, tuple[Callable[[Connection], None], ...]] = {
    1: (
        _sql("ALTER TABLE jobs ADD COLUMN closed BOOLEAN NOT NULL DEFAULT FALSE"),
        _sql("ALTER TABLE jobs ADD COLUMN batch INTEGER NOT NULL DEFAULT 1"),
        _sql("CREATE UNIQUE INDEX one_job_a_remote_id ON jobs (provider, remote_id)"),
    ),
    2: (
        _sql("ALTER TABLE jobs ADD COLUMN favourite BOOLEAN NOT NULL DEFAULT FALSE"),
        _sql("ALTER TABLE jobs ADD COLUMN deleted_at {utc}"),
        _sql("ALTER TABLE jobs ADD COLUMN purged_at {utc}"),
        _sql("ALTER TABLE jobs ADD COLUMN parent VARCHAR(64)"),
        _sql("ALTER TABLE jobs ADD COLUMN searched TEXT NOT NULL DEFAULT ''"),
        _fold_prompts,
        _sql("CREATE INDEX jobs_by_parent ON jobs (parent)"),
    ),
    3: (_sql("ALTER TABLE jobs ADD COLUMN similar_runs INTEGER NOT NULL DEFAULT 0"),),
    4: (
        _sql("ALTER TABLE jobs ADD COLUMN imported_run VARCHAR(128)"),
        _sql("CREATE UNIQUE INDEX one_import_a_run ON jobs (owner, imported_run) WHERE purged_at IS NULL"),
    ),
    5: (_sql("ALTER TABLE jobs ADD COLUMN sent_at {utc}"),),
}
"""What makes tables of one version into those of the next."""

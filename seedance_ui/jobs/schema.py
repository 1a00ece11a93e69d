"""The tables, and the way between a row and a `Job`."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)
from sqlalchemy.engine import Dialect

from seedance_ui.domain.job import Job, JobError, JobState, Phase, SavedVideo
from seedance_ui.domain.pricing import Cost
from seedance_ui.domain.request import GenerationRequest


class Utc(TypeDecorator[datetime]):
    """A time in UTC: SQLite keeps no zone, and PostgreSQL answers in its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return a time as it is stored."""
        return None if value is None else value.astimezone(timezone.utc)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return a stored time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


class _Json(TypeDecorator[Any]):
    """JSON as text on every engine, so that a person can read the file."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


_BIG = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData()

jobs = Table(
    "jobs",
    metadata,
    # Also the order of the waiting line: a clock that jumps must not let anybody push in.
    Column("number", _BIG, primary_key=True, autoincrement=True),
    Column("job_id", String(64), nullable=False, unique=True),
    Column("owner", String(64)),
    Column("form_token", String(64)),
    Column("variation", Integer, nullable=False),
    Column("provider", String(32), nullable=False),
    Column("mode", String(16), nullable=False),
    Column("request", _Json, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    # What runs are compared by when one says how long it will take.
    Column("similar", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("phase", String(16), nullable=False),
    Column("message", Text, nullable=False),
    Column("progress", Float),
    Column("remote_id", String(256)),
    Column("cost", _Json, nullable=False),
    Column("error", _Json),
    Column("cancel_wanted", Boolean, nullable=False),
    # A person does not want to see it on the stage any more; its state says nothing of that.
    Column("closed", Boolean, nullable=False),
    # How many jobs the same click made.
    Column("batch", Integer, nullable=False),
    # The library's marks. They are no state: they say what a person thinks of a video, not what became of it.
    Column("favourite", Boolean, nullable=False, server_default=false()),
    Column("deleted_at", Utc),
    # Set before the files of a deleted video go: from then on it cannot be brought back.
    Column("purged_at", Utc),
    # The job whose settings, video or frame this one was made from.
    Column("parent", String(64)),
    # The prompt, folded (`domain.folding`): what a search looks in.
    Column("searched", Text, nullable=False, server_default=""),
    Column("attempts", Integer, nullable=False),
    Column("seed", BigInteger),
    Column("video", _Json),
    Column("usual_s", _Json),
    Column("similar_runs", Integer, nullable=False, server_default="0"),
    Column("created_at", Utc, nullable=False),
    Column("sent_at", Utc),
    Column("submitted_at", Utc),
    Column("started_at", Utc),
    Column("finished_at", Utc),
    Column("worker", String(64)),
    Column("lease_until", Utc),
    Column("epoch", Integer, nullable=False),
    # What an imported run is a copy of; without it, a job was made and paid for here.
    Column("imported_run", String(128)),
    UniqueConstraint("owner", "form_token", "variation", name="one_job_a_click"),
    # Two clicks for the same video, and one that the provider knows of: it can be only one of them.
    Index("one_job_a_remote_id", "provider", "remote_id", unique=True),
    Index("jobs_by_state", "state", "provider", "number"),
    Index("jobs_by_similar", "similar", "state", "number"),
    Index("jobs_by_owner", "owner", "state", "number"),
    Index("jobs_by_parent", "parent"),
)

# The same zip twice, at the same moment too; what is gone for good may come again.
Index(
    "one_import_a_run",
    jobs.c.owner,
    jobs.c.imported_run,
    unique=True,
    sqlite_where=jobs.c.purged_at.is_(None),
    postgresql_where=jobs.c.purged_at.is_(None),
)

job_events = Table(
    "job_events",
    metadata,
    Column("job_id", String(64), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
    Column("state", String(16), nullable=False),
    # The snapshot as of this event.
    Column("detail", _Json, nullable=False),
)

job_replies = Table(
    "job_replies",
    metadata,
    # The last answers of the provider about a job, redacted: evidence for a support ticket.
    Column("job_id", String(64), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
    Column("what", Text, nullable=False),
    # An HTTP status, or the name of what broke.
    Column("status", String(64), nullable=False),
    Column("words", Text, nullable=False),
)

handovers = Table(
    "handovers",
    metadata,
    # As it stands in the link: whoever reads the database has the files as well.
    Column("token", String(32), primary_key=True),
    Column("job_id", String(64), nullable=False),
    Column("path", Text, nullable=False),
    Column("mime", String(64), nullable=False),
    UniqueConstraint("job_id", "path", name="one_link_a_file"),
)


about = Table("about", metadata, Column("schema_version", Integer, nullable=False))


def job_from_row(row: RowMapping) -> Job:
    """Return the job that a row of `jobs` holds."""
    return Job(
        job_id=row["job_id"],
        owner=row["owner"],
        request=GenerationRequest.from_json(row["request"]),
        state=JobState(row["state"]),
        phase=Phase(row["phase"]),
        message=row["message"],
        created_at=row["created_at"],
        cost=Cost(**row["cost"]),
        progress=row["progress"],
        remote_id=row["remote_id"],
        error=JobError(**row["error"]) if row["error"] else None,
        cancel_wanted=row["cancel_wanted"],
        closed=row["closed"],
        batch=row["batch"],
        favourite=row["favourite"],
        deleted_at=row["deleted_at"],
        parent=row["parent"],
        sent_at=row["sent_at"],
        submitted_at=row["submitted_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        attempts=row["attempts"],
        seed=row["seed"],
        video=SavedVideo(**row["video"]) if row["video"] else None,
        usual_s=tuple(row["usual_s"]) if row["usual_s"] else None,
        similar_runs=row["similar_runs"],
        worker=row["worker"],
        epoch=row["epoch"],
        imported_run=row["imported_run"],
    )


def columns_of(changes: dict[str, Any]) -> dict[str, Any]:
    """Return fields of a `Job` as column values."""
    columns = dict(changes)
    for name in ("state", "phase"):
        if name in columns:
            columns[name] = columns[name].value
    if "cost" in columns:
        columns["cost"] = columns["cost"].to_json()
    if columns.get("error") is not None:
        columns["error"] = columns["error"].to_json()
    if columns.get("video") is not None:
        columns["video"] = asdict(columns["video"])
    return columns


def similar_runs(request: GenerationRequest) -> str:
    """Return the key under which runs that take about as long as this one are found."""
    return f"{request.provider}/{request.mode.value}/{request.resolution}/{request.duration_s}"

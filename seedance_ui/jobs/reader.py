"""The database and what is read from it. Calls block for one transaction, and may come from any thread."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, RowMapping, func, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from seedance_ui.domain.job import Job, JobState, SnapshotJson
from seedance_ui.domain.request import GenerationRequest
from seedance_ui.errors import StoreError
from seedance_ui.jobs.engine import READS_ONLY, is_read_only, open_engine
from seedance_ui.jobs.evidence import Record
from seedance_ui.jobs.replies import read_replies
from seedance_ui.jobs.schema import job_events, job_from_row, jobs, similar_runs
from seedance_ui.jobs.upgrade import prepare

log = logging.getLogger(__name__)


class Reader:
    """The reading half of the store."""

    def __init__(self, url: str, *, now: Callable[[], datetime]) -> None:
        self._engine = open_engine(url)
        self._reader = self._engine.execution_options(**READS_ONLY)
        self._now = now
        self._is_read_only = is_read_only(url)
        if self._is_read_only:
            return  # its tables were made when it was rescued
        try:
            with self._guarded("The job database cannot be opened", for_owner=True):
                prepare(self._engine)
        except BaseException:
            self._engine.dispose()
            raise

    @property
    def engine(self) -> Engine:
        """The connections, for what lies beside the jobs in the same database."""
        return self._engine

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    def get(self, job_id: str) -> Job | None:
        """Return a job as it is now; None for an unknown id."""
        with self._read() as db:
            return self._get(db, job_id)

    def events_after(self, job_id: str, seq: int) -> list[tuple[int, SnapshotJson]]:
        """Return the numbered snapshots behind `seq`, oldest first; numbers of a job start at 1."""
        newer = (
            select(job_events.c.seq, job_events.c.detail)
            .where(job_events.c.job_id == job_id, job_events.c.seq > seq)
            .order_by(job_events.c.seq)
        )
        with self._read() as db:
            return [(row.seq, row.detail) for row in db.execute(newer)]

    def record_of(self, job_id: str) -> Record | None:
        """Return everything that the tables say about a job (B18); None for an unknown id."""
        events = select(job_events).where(job_events.c.job_id == job_id).order_by(job_events.c.seq)
        with self._read() as db:
            job = self._get(db, job_id)
            if job is None:
                return None
            rows = db.execute(events).mappings().all()
            replies = read_replies(db, job_id)
        states = [(JobState(row["state"]), row["at"]) for row in rows]
        return Record(job, states, quoted=rows[0]["detail"]["cost"], replies=replies)

    def reached_at(self, job_id: str, state: JobState) -> datetime | None:
        """Return when a job first came into a state; None where it never did."""
        first = select(func.min(job_events.c.at)).where(
            job_events.c.job_id == job_id, job_events.c.state == state.value
        )
        with self._read() as db:
            return db.execute(first).scalar()

    def jobs_of(
        self, owner: str | None, states: Collection[JobState], *, limit: int, with_closed: bool = True
    ) -> list[Job]:
        """Return an owner's jobs in these states, newest first; a job without owner is never listed."""
        if owner is None:
            return []
        theirs = select(jobs).where(jobs.c.owner == owner, jobs.c.state.in_([state.value for state in states]))
        if not with_closed:
            theirs = theirs.where(jobs.c.closed.is_(False))
        with self._read() as db:
            rows = db.execute(theirs.order_by(jobs.c.number.desc()).limit(limit)).mappings().all()
        return self.readable_of(rows)

    def requests_in(
        self,
        states: Collection[JobState],
        providers: Collection[str] | None = None,
        *,
        leaves_out_unreadable: bool = False,
    ) -> list[GenerationRequest]:
        """Return the requests of all jobs in these states, whoever's they are; None stands for every provider.

        Raises:
            StoreError: One was written by another version, cannot be read and is not left out.
        """
        theirs = select(jobs.c.request).where(jobs.c.state.in_([state.value for state in states]))
        if providers is not None:
            theirs = theirs.where(jobs.c.provider.in_(providers))
        with self._read() as db:
            written = db.execute(theirs).scalars().all()
        requests = []
        for request in written:
            try:
                requests.append(GenerationRequest.from_json(request))
            except (KeyError, TypeError, ValueError) as exc:
                if not leaves_out_unreadable:
                    raise StoreError("A job was written by another version and cannot be read.") from exc
        return requests

    def count_by_state(self) -> dict[str, int]:
        """Return how many jobs there are in each state that has any."""
        with self._read() as db:
            rows = db.execute(select(jobs.c.state, func.count()).group_by(jobs.c.state))
            return {state: count for state, count in rows}

    def past_runs_s(self, request: GenerationRequest, *, limit: int = 50) -> list[float]:
        """Return how long the latest similar runs took from start to end, without any queue."""
        similar = (
            select(jobs.c.started_at, jobs.c.finished_at)
            .where(
                jobs.c.similar == similar_runs(request),
                jobs.c.state == JobState.SUCCEEDED.value,
                jobs.c.started_at.is_not(None),
                jobs.c.imported_run.is_(None),  # it took so long on another installation
            )
            .order_by(jobs.c.number.desc())
            .limit(limit)
        )
        with self._read() as db:
            return [(finished - started).total_seconds() for started, finished in db.execute(similar)]

    # -- inside one transaction --------------------------------------------------------------------

    def _get(self, db: Connection, job_id: str, *, to_change: bool = False) -> Job | None:
        """Return a job; where it is read to be changed, nobody else changes it before this transaction ends."""
        this = select(jobs).where(jobs.c.job_id == job_id)
        row = db.execute(this.with_for_update() if to_change else this).mappings().first()
        return job_from_row(row) if row else None

    @staticmethod
    def readable_of(rows: Sequence[RowMapping]) -> list[Job]:
        """Return the jobs of these rows, without those that another version wrote."""
        return [job for row in rows if (job := _read_or_log(row)) is not None]

    @contextlib.contextmanager
    def _read(self) -> Iterator[Connection]:
        with self._guarded("The jobs cannot be read"), self._reader.connect() as db:
            yield db

    @contextlib.contextmanager
    def _guarded(self, what: str, *, for_owner: bool = False) -> Iterator[None]:
        """Turn the database's faults into ours; a broken rule of the table is for the caller.

        Args:
            what: What could not be done.
            for_owner: Whether only the owner reads it. PostgreSQL's words name host and user.
        """
        try:
            yield
        except IntegrityError:
            raise
        except SQLAlchemyError as exc:
            cause = getattr(exc, "orig", None) or exc
            is_harmless = for_owner or self._engine.dialect.name == "sqlite"
            words = str(cause) if is_harmless else type(cause).__name__
            raise StoreError(f"{what}: {words}.") from exc


def readable(row: RowMapping) -> Job:
    """Return the job that a row holds.

    Raises:
        StoreError: It was written by another version.
    """
    try:
        return job_from_row(row)
    except (KeyError, TypeError, ValueError) as exc:
        raise StoreError(f"Job {row['job_id']} was written by another version and cannot be read.") from exc


def _read_or_log(row: RowMapping) -> Job | None:
    try:
        return readable(row)
    except StoreError as exc:
        log.error("%s", exc)
        return None

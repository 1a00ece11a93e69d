"""How a row changes: guarded by what was last seen of it, and committed together with its event."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Update, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from seedance_ui.domain.job import ENDED_STATES, FINAL_STATES, Job, JobState, build_snapshot
from seedance_ui.errors import LeaseLostError, ReadOnlyError, RemoteIdTakenError
from seedance_ui.jobs.bell import Bell
from seedance_ui.jobs.reader import Reader
from seedance_ui.jobs.replies import Reply, append_replies
from seedance_ui.jobs.schema import columns_of, job_events, jobs


class Writer(Reader):
    """The compare-and-swap, and what every write shares."""

    def __init__(self, url: str, *, now: Callable[[], datetime], bell: Bell) -> None:
        super().__init__(url, now=now)
        self._bell = bell

    def move(self, job: Job, *, replies: Sequence[Reply] = (), **changes: Any) -> Job:
        """Change a job that is as the caller last saw it, and append the event.

        Args:
            job: Its id, state, worker and epoch must still stand in the table.
            replies: What its provider answered since the last move; written in the same transaction.
            changes: Fields of `Job`.

        Raises:
            LeaseLostError: Somebody else moved it, or holds it now: stop touching it.
            RemoteIdTakenError: The provider's id that it shall have is another job's.
        """
        as_seen = update(jobs).where(
            jobs.c.job_id == job.job_id,
            jobs.c.state == job.state.value,
            jobs.c.worker == job.worker,
            jobs.c.epoch == job.epoch,
        )
        try:
            with self._write() as db:
                if not self._change(db, as_seen, changes):
                    lost = f"Job {job.job_id} is not in state {job.state.value!r} under our lease any more."
                    raise LeaseLostError(lost)
                moved = self._append_event(db, job.job_id)
                append_replies(db, job.job_id, replies)
        except IntegrityError as exc:
            taken = f"The generation ID {changes.get('remote_id')} stands with another job here."
            raise RemoteIdTakenError(taken) from exc
        self._bell.ring(job.job_id)
        return moved

    def note(self, job_id: str, replies: Sequence[Reply]) -> None:
        """Write what a provider answered where the job does not move, or somebody else moves it."""
        if not replies:
            return
        with self._write() as db:
            if self._get(db, job_id, to_change=True) is not None:
                append_replies(db, job_id, replies)

    def _change_one(self, job_id: str, where: Any, changes: dict[str, Any]) -> bool:
        """Change a job that is as `where` says, whoever holds it, and append the event."""
        with self._write() as db:
            changed = self._change(db, update(jobs).where(jobs.c.job_id == job_id, where), changes)
            if changed:
                self._append_event(db, job_id)
        if changed:
            self._bell.ring(job_id)
        return changed

    # -- inside one transaction --------------------------------------------------------------------

    def _change(self, db: Connection, statement: Update, changes: dict[str, Any]) -> bool:
        """Run a guarded update; a move to `submitting`, or into or out of an ended state, also sets when that was."""
        values = columns_of(changes)
        if "state" in changes:
            values["finished_at"] = self._now() if changes["state"] in ENDED_STATES else None
            if changes["state"] is JobState.SUBMITTING:
                values["sent_at"] = self._now()
        statement = statement.where(jobs.c.state.not_in([state.value for state in FINAL_STATES]))
        return db.execute(statement.values(values)).rowcount == 1

    def _append_event(self, db: Connection, job_id: str) -> Job:
        job = self._get(db, job_id)
        assert job is not None  # noqa: S101 - the row was written in this transaction
        now = self._now()
        last = select(func.coalesce(func.max(job_events.c.seq), 0)).where(job_events.c.job_id == job_id)
        db.execute(
            insert(job_events).values(
                job_id=job_id,
                seq=db.execute(last).scalar_one() + 1,
                at=now,
                state=job.state.value,
                detail=build_snapshot(job, now),
            )
        )
        return job

    @contextlib.contextmanager
    def _write(self, what: str = "The job could not be written") -> Iterator[Connection]:
        if self._is_read_only:
            raise ReadOnlyError("The list of jobs is damaged and cannot be changed. Nothing was sent.")
        with self._guarded(what), self._engine.begin() as db:
            yield db

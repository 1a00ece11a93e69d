"""The jobs table is the state machine: every move is one compare-and-swap, committed with its event.

Calls block for one transaction (a few milliseconds) and may come from any thread; callers on an event
loop go through an executor. SQLite runs in WAL mode with synchronous=FULL, so that what was committed
survives a power cut. All durations in seconds, all times in UTC.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Update, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from seedance_ui.domain.job import (
    CANCELLABLE_HERE,
    ENDED_STATES,
    FINAL_STATES,
    OPEN_STATES,
    Job,
    JobState,
    Phase,
    build_snapshot,
)
from seedance_ui.domain.pricing import Cost
from seedance_ui.errors import LeaseLostError, StoreError
from seedance_ui.jobs.bell import Bell
from seedance_ui.jobs.reader import Reader, readable
from seedance_ui.jobs.schema import columns_of, job_events, job_from_row, jobs, similar_runs

SHOWN_PLACES = 50
"""How many in a waiting line are told their place; each step of the line costs an event for each of them."""


class FormTokenReusedError(StoreError):
    """The same form was sent again with other settings."""


class Store(Reader):
    """The one door to the database."""

    def __init__(self, url: str, *, now: Callable[[], datetime], bell: Bell) -> None:
        super().__init__(url, now=now)
        self._bell = bell

    # -- a person's side ---------------------------------------------------------------------------

    def add(self, job: Job, *, form_token: str | None, variation: int) -> Job:
        """Commit the intent to run a job, or return the job that the same click already made.

        Raises:
            FormTokenReusedError: The same token came with other parameters.
            StoreError: Nothing was written, so nothing may be sent (A1).
        """
        row = {
            **columns_of({name: getattr(job, name) for name in _STORED_FIELDS}),
            "request": job.request.to_json(),
            "provider": job.request.provider,
            "mode": job.request.mode.value,
            "fingerprint": job.request.fingerprint(),
            "similar": similar_runs(job.request),
            "form_token": form_token,
            "variation": variation,
            "lease_until": None,
        }
        try:
            with self._write() as db:
                db.execute(insert(jobs).values(row))
                self._append_event(db, job.job_id)
        except IntegrityError as exc:
            return self._same_click(job, form_token, variation, exc)
        self._bell.ring(job.job_id)
        return job

    def _same_click(self, job: Job, form_token: str | None, variation: int, cause: IntegrityError) -> Job:
        """A6: a double click, a second tab or a replayed body gets the job that is already there."""
        same = (jobs.c.owner == job.owner) & (jobs.c.form_token == form_token) & (jobs.c.variation == variation)
        with self._read() as db:
            row = db.execute(select(jobs).where(same)).mappings().first()
        if row is None:
            raise StoreError("The job could not be written. Nothing was sent, nothing was charged.") from cause
        if row["fingerprint"] != job.request.fingerprint():
            raise FormTokenReusedError("This form was already sent with other settings. Nothing new was sent.")
        return job_from_row(row)

    def want_cancel(self, job_id: str) -> Job | None:
        """Note that a person wants this job stopped; ends it at once where nothing was sent yet.

        Returns:
            The job as it is now, in whatever state; None for an unknown one.
        """
        before_sending = jobs.c.state.in_([state.value for state in CANCELLABLE_HERE])
        still_open = jobs.c.state.in_([state.value for state in OPEN_STATES])
        with self._write() as db:
            found = self._get(db, job_id)
            if found is None:
                return None
            ended = {
                "state": JobState.CANCELLED,
                "phase": Phase.DONE,
                "message": "Cancelled. Nothing was sent, nothing was charged",
                "cost": Cost(0.0, found.cost.unit, "exact"),
                "cancel_wanted": True,
            }
            here = update(jobs).where(jobs.c.job_id == job_id)
            moved = self._change(db, here.where(before_sending), ended)
            if not moved:
                too_late = found.state is JobState.DOWNLOADING
                message = "The video is finished already; it will be kept" if too_late else "Asking to stop"
                wish = {"cancel_wanted": True, "message": message}
                moved = self._change(db, here.where(still_open, jobs.c.cancel_wanted.is_(False)), wish)
            job = self._append_event(db, job_id) if moved else found
        if moved:
            self._bell.ring(job_id)
        return job

    # -- the runner's side -------------------------------------------------------------------------

    def claim_next(self, provider: str, *, worker: str, lease_s: float) -> Job | None:
        """Take the job that has waited longest at this provider; None where nobody waits."""
        return self._claim(worker, lease_s, (jobs.c.provider == provider) & (jobs.c.state == JobState.QUEUED.value))

    def claim_interrupted(self, providers: Collection[str], *, worker: str, lease_s: float) -> Job | None:
        """Take a job that another, dead worker left in the middle; None where there is none."""
        middle = [state.value for state in OPEN_STATES - {JobState.QUEUED}]
        return self._claim(worker, lease_s, jobs.c.provider.in_(providers) & jobs.c.state.in_(middle))

    def claim_orphan(self, providers: Collection[str], *, worker: str, lease_s: float) -> Job | None:
        """Take an open job of a provider that is none of these; None where there is none."""
        still_open = [state.value for state in OPEN_STATES]
        return self._claim(worker, lease_s, jobs.c.provider.not_in(providers) & jobs.c.state.in_(still_open))

    def _claim(self, worker: str, lease_s: float, which: ColumnElement[bool]) -> Job | None:
        now = self._now()
        # Never one of our own: a clock that jumps ahead must not start a second walk of a job that is walked.
        dead = (jobs.c.lease_until < now) & (jobs.c.worker != worker)
        free = or_(jobs.c.worker.is_(None), dead)
        longest_waiting = select(jobs.c.number).where(which, free).order_by(jobs.c.number).limit(1)
        with self._read() as db:  # an idle app must not take the write lock each second
            if db.execute(longest_waiting).scalar() is None:
                return None
        lease = {"worker": worker, "lease_until": now + timedelta(seconds=lease_s), "epoch": jobs.c.epoch + 1}
        with self._write() as db:
            number = db.execute(longest_waiting.with_for_update(skip_locked=True)).scalar()
            if number is None:
                return None
            db.execute(update(jobs).where(jobs.c.number == number).values(lease))
            row = db.execute(select(jobs).where(jobs.c.number == number)).mappings().one()
        # Outside the transaction: a row that cannot be read stays ours, and does not stand in the others' way.
        return readable(row)

    def renew_leases(self, job_ids: Collection[str], *, worker: str, lease_s: float) -> None:
        """Keep the jobs that this worker is walking; one whose walk broke runs out and is taken up again."""
        walking = update(jobs).where(jobs.c.worker == worker, jobs.c.job_id.in_(job_ids))
        with self._write() as db:
            db.execute(walking.values(lease_until=self._now() + timedelta(seconds=lease_s)))

    def drop_all_leases(self) -> None:
        """Free every job: only for who knows that no other worker lives (SQLite's file lock tells)."""
        with self._write() as db:
            db.execute(update(jobs).where(jobs.c.worker.is_not(None)).values(worker=None, lease_until=None))

    def move(self, job: Job, **changes: Any) -> Job:
        """Change a job that is as the caller last saw it, and append the event.

        Args:
            job: Its id, state, worker and epoch must still stand in the table.
            changes: Fields of `Job`.

        Raises:
            LeaseLostError: Somebody else moved it, or holds it now: stop touching it.
        """
        as_seen = update(jobs).where(
            jobs.c.job_id == job.job_id,
            jobs.c.state == job.state.value,
            jobs.c.worker == job.worker,
            jobs.c.epoch == job.epoch,
        )
        with self._write() as db:
            if not self._change(db, as_seen, changes):
                raise LeaseLostError(f"Job {job.job_id} is not in state {job.state.value!r} under our lease any more.")
            moved = self._append_event(db, job.job_id)
        self._bell.ring(job.job_id)
        return moved

    def adopt(self, job_id: str, *, remote_id: str) -> bool:
        """Accept a provider's id that came late, whoever holds the job now; False where one is known already."""
        waiting = update(jobs).where(
            jobs.c.job_id == job_id,
            jobs.c.remote_id.is_(None),
            jobs.c.state.in_([JobState.SUBMITTING.value, JobState.NEEDS_ATTENTION.value]),
        )
        now_known = {
            "state": JobState.RUNNING,
            "phase": Phase.PROVIDER_QUEUE,
            "message": "In the provider's queue",
            "remote_id": remote_id,
            "submitted_at": self._now(),
            "error": None,
            "worker": None,
        }
        with self._write() as db:
            adopted = self._change(db, waiting, now_known)
            if adopted:
                self._append_event(db, job_id)
        if adopted:
            self._bell.ring(job_id)
        return adopted

    def show_places(self, provider: str) -> None:
        """Tell everybody in a provider's waiting line which number they are, where that changed."""
        waiting = (jobs.c.provider == provider, jobs.c.state == JobState.QUEUED.value, jobs.c.worker.is_(None))
        in_line = select(jobs.c.job_id, jobs.c.message).where(*waiting).order_by(jobs.c.number)
        with self._read() as db:
            rows = db.execute(in_line.limit(SHOWN_PLACES)).all()
        words = {row.job_id: f"Waiting, number {place} in line" for place, row in enumerate(rows, start=1)}
        changed = [row.job_id for row in rows if row.message != words[row.job_id]]
        if not changed:
            return
        with self._write() as db:
            for job_id in changed:
                still_there = update(jobs).where(jobs.c.job_id == job_id, *waiting)
                if self._change(db, still_there, {"message": words[job_id]}):
                    self._append_event(db, job_id)
        for job_id in changed:
            self._bell.ring(job_id)

    # -- inside one transaction --------------------------------------------------------------------

    def _change(self, db: Connection, statement: Update, changes: dict[str, Any]) -> bool:
        """Run a guarded update; a move into or out of an ended state also sets when that was."""
        values = columns_of(changes)
        if "state" in changes:
            values["finished_at"] = self._now() if changes["state"] in ENDED_STATES else None
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
    def _write(self) -> Iterator[Connection]:
        with self._guarded("The job could not be written"), self._engine.begin() as db:
            yield db


_STORED_FIELDS = tuple(name for name in Job.__dataclass_fields__ if name != "request")

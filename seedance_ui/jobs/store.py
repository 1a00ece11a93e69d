"""The jobs table is the state machine: every move is one compare-and-swap, committed with its event.

Calls block for one transaction (a few milliseconds) and may come from any thread; callers on an event
loop go through an executor. SQLite runs in WAL mode with synchronous=FULL, so that what was committed
survives a power cut. All durations in seconds, all times in UTC.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, insert, or_, select, true, update
from sqlalchemy.exc import IntegrityError

from seedance_ui.domain.folding import fold
from seedance_ui.domain.job import CANCELLABLE_HERE, OPEN_STATES, RESTING_STATES, Job, JobState, Phase
from seedance_ui.domain.pricing import Cost
from seedance_ui.errors import CommitUnknownError, MovedOnError, StoreError
from seedance_ui.jobs.leases import UNCLAIMED, Leases
from seedance_ui.jobs.reader import readable
from seedance_ui.jobs.schema import columns_of, job_from_row, jobs, similar_runs
from seedance_ui.jobs.shelf import Shelf

SHOWN_PLACES = 50
"""How many in a waiting line are told their place; each step of the line costs an event for each of them."""


_NOTHING_SENT = "Nothing was sent, nothing was charged."


MAX_LOST = 50
"""How many jobs without an answer are looked for at start."""


class FormTokenReusedError(StoreError):
    """The same form was sent again with other settings."""


class Store(Leases, Shelf):
    """The one door to the database."""

    # -- a person's side ---------------------------------------------------------------------------

    def add(self, job: Job, *, form_token: str | None, variation: int = 0) -> Job:
        """Commit the intent to run a job, or return the job that the same click already made.

        Raises:
            FormTokenReusedError: The same token came with other parameters.
            CommitUnknownError: The database does not say whether it was written.
            StoreError: Nothing was written, so nothing may be sent (A1).
        """
        return self._add([(variation, job)], form_token, {})[0]

    def add_batch(
        self,
        batch: Sequence[Job],
        *,
        form_token: str | None,
        worker: str,
        lease_s: float,
        while_rests: str | None = None,
    ) -> list[Job]:
        """Commit the intents of one click together, for the worker that was clicked (A8).

        Args:
            batch: One intent for each video.
            form_token: The click.
            worker: Who was clicked.
            lease_s: How long that holds without a renewal.
            while_rests: job_id of a job in whose place this one is sent.

        Raises:
            MovedOnError: That job rests no more.
            FormTokenReusedError: The same token came with other parameters, or for another number of jobs.
            CommitUnknownError: The database does not say whether it was written.
            StoreError: Nothing was written, so nothing may be sent (A1).
        """
        lease = {"worker": worker, "lease_until": self._now() + timedelta(seconds=lease_s)} if len(batch) > 1 else {}
        return self._add(list(enumerate(batch)), form_token, lease, while_rests)

    def made_by(self, owner: str | None, form_token: str) -> Job | None:
        """Return the first job of the click with this token; None where no such click was committed."""
        same = (jobs.c.owner == owner) & (jobs.c.form_token == form_token)
        with self._read() as db:
            row = db.execute(select(jobs).where(same).order_by(jobs.c.number).limit(1)).mappings().first()
        return None if row is None else readable(row)

    def add_imported(self, job: Job) -> bool:
        """Commit a run that was made elsewhere, as it ended there; False where the same one is here already.

        Raises:
            StoreError: Nothing was written.
        """
        try:
            with self._write("The run could not be written") as db:
                db.execute(insert(jobs).values(_row_of(job, None, 0)))
                self._append_event(db, job.job_id)
        except IntegrityError:
            return False
        self._bell.ring(job.job_id)
        return True

    def _add(
        self,
        batch: Sequence[tuple[int, Job]],
        form_token: str | None,
        lease: dict[str, Any],
        while_rests: str | None = None,
    ) -> list[Job]:
        rows = [{**_row_of(job, form_token, variation), **lease} for variation, job in batch]
        is_complete = False
        try:
            with self._write(f"{_NOTHING_SENT} The job could not be written") as db:
                for row in rows:
                    db.execute(insert(jobs).values(row))
                    self._append_event(db, row["job_id"])
                if while_rests is not None:
                    self._check_rests(db, while_rests)
                is_complete = True
        except IntegrityError as exc:
            return [self._same_click(job, form_token, variation, exc) for variation, job in batch]
        except StoreError as exc:
            if not (is_complete and self._was_committed(rows[0]["job_id"], exc)):
                raise
        for _, job in batch:
            self._bell.ring(job.job_id)
        return [job for _, job in batch]

    def _was_committed(self, job_id: str, cause: StoreError) -> bool:
        """Tell whether a commit that got no answer was one: then the job is sent, whatever the page was told."""
        try:
            return self.get(job_id) is not None
        except StoreError:
            raise CommitUnknownError("The database gave no answer when the request was written down.") from cause

    def _check_rests(self, db: Connection, job_id: str) -> None:
        old = self._get(db, job_id, to_change=True)
        if old is None or old.state is not JobState.NEEDS_ATTENTION:
            raise MovedOnError(f"The first video turned up meanwhile and goes on. {_NOTHING_SENT}")

    def _same_click(self, job: Job, form_token: str | None, variation: int, cause: IntegrityError) -> Job:
        """A6: a double click, a second tab or a replayed body gets the job that is already there."""
        same = (jobs.c.owner == job.owner) & (jobs.c.form_token == form_token) & (jobs.c.variation == variation)
        with self._read() as db:
            row = db.execute(select(jobs).where(same)).mappings().first()
        if row is None and variation == 0:
            raise StoreError(f"The job could not be written. {_NOTHING_SENT}") from cause
        if row is None or row["fingerprint"] != job.request.fingerprint() or row["batch"] != job.batch:
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
            found = self._get(db, job_id, to_change=True)
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

    def put_away(self, job_id: str) -> bool:
        """Hide a job that rests from the stage; its state stays, and it stays in the list. False for any other."""
        at_rest = jobs.c.state.in_([state.value for state in RESTING_STATES])
        return self._change_one(job_id, and_(at_rest, jobs.c.closed.is_(False)), {"closed": True})

    # -- what comes late ---------------------------------------------------------------------------

    def adopt(self, job_id: str, *, remote_id: str) -> bool:
        """Accept the id that the answer to the paid request named, however late, whoever holds the job now.

        Returns:
            False where an id is known already.
        """
        return self._adopt(job_id, remote_id, true())

    def adopt_found(self, job_id: str, *, remote_id: str) -> bool:
        """Accept an id that was found at the provider by what was asked for.

        Not while any other job is being sent there: it may be the answer that this one still waits for. Nor where
        another owner misses a job alike; two of one owner are as good as each other.

        Returns:
            False where an id is known already, or this one is or may be another job's.
        """
        other = jobs.alias()
        is_sent_now = other.c.state == JobState.SUBMITTING.value
        is_missed = and_(other.c.state == JobState.NEEDS_ATTENTION.value, other.c.remote_id.is_(None))
        is_alike = other.c.fingerprint == jobs.c.fingerprint
        is_missed_by_another = and_(is_missed, is_alike, other.c.owner.is_distinct_from(jobs.c.owner))
        may_be_its = select(other.c.number).where(
            other.c.job_id != job_id,
            other.c.provider == jobs.c.provider,
            or_(is_sent_now, is_missed_by_another),
        )
        return self._adopt(job_id, remote_id, ~may_be_its.exists())

    def _adopt(self, job_id: str, remote_id: str, only: ColumnElement[bool]) -> bool:
        may_be_there = jobs.c.state.in_([JobState.SUBMITTING.value, JobState.NEEDS_ATTENTION.value])
        now_known = {
            **_GOES_ON,
            "phase": Phase.PROVIDER_QUEUE,
            "message": "In the provider's queue",
            "remote_id": remote_id,
            "submitted_at": self._now(),
        }
        try:
            return self._change_one(job_id, and_(may_be_there, jobs.c.remote_id.is_(None), only), now_known)
        except IntegrityError:
            return False

    def resume(self, job_id: str) -> bool:
        """Let a job that rests go on where the provider has it; False where it does not rest, or has no id there."""
        has_id = and_(jobs.c.state.in_([state.value for state in RESTING_STATES]), jobs.c.remote_id.is_not(None))
        asking = {**_GOES_ON, "phase": Phase.GENERATING, "message": "Asking the provider again"}
        return self._change_one(job_id, has_id, asking)

    def waiting_for_key(self, providers: Collection[str]) -> list[str]:
        """Return the ids of the jobs that rest for want of a key, at these providers."""
        resting = (jobs.c.state == JobState.NEEDS_KEY.value, jobs.c.provider.in_(providers))
        with self._read() as db:
            return list(db.execute(select(jobs.c.job_id).where(*resting)).scalars())

    def without_answer(self) -> list[Job]:
        """Return the newest jobs that rest without an id of their provider, newest first."""
        lost = select(jobs).where(jobs.c.state == JobState.NEEDS_ATTENTION.value, jobs.c.remote_id.is_(None))
        with self._read() as db:
            rows = db.execute(lost.order_by(jobs.c.number.desc()).limit(MAX_LOST)).mappings().all()
        return self.readable_of(rows)

    def remote_ids(self, provider: str) -> set[str]:
        """Return every id at a provider that one of our jobs has."""
        known = select(jobs.c.remote_id).where(jobs.c.provider == provider, jobs.c.remote_id.is_not(None))
        with self._read() as db:
            return set(db.execute(known).scalars())

    # -- the waiting line --------------------------------------------------------------------------

    def show_places(self, provider: str) -> None:
        """Tell everybody in a provider's waiting line which number they are, where that changed."""
        waiting = and_(jobs.c.provider == provider, UNCLAIMED)
        in_line = select(jobs.c.job_id, jobs.c.message).where(waiting).order_by(jobs.c.number).limit(SHOWN_PLACES)
        with self._read() as db:  # an idle app must not take the write lock each second
            if not _places_to_tell(db.execute(in_line).mappings().all()):
                return
        with self._write() as db:
            # Another process may tell them too: each is told once, by who sees the line as it is.
            told = _places_to_tell(db.execute(in_line.with_for_update()).mappings().all())
            for job_id, message in told.items():
                self._change(db, update(jobs).where(jobs.c.job_id == job_id), {"message": message})
                self._append_event(db, job_id)
        for job_id in told:
            self._bell.ring(job_id)


def _places_to_tell(line: Sequence[RowMapping]) -> dict[str, str]:
    """Return what the card of each job in line has to say, where it does not say so yet."""
    numbered = ((row, f"Waiting, number {place} in line") for place, row in enumerate(line, start=1))
    return {row["job_id"]: words for row, words in numbered if row["message"] != words}


_GOES_ON = {
    "state": JobState.RUNNING,
    "error": None,
    "worker": None,
    "closed": False,
    "deleted_at": None,
    "purged_at": None,
}
"""A job that rested goes on: freed, so that the runner takes it up, and shown again: what it makes may be paid."""

_STORED_FIELDS = tuple(name for name in Job.__dataclass_fields__ if name != "request")


def _row_of(job: Job, form_token: str | None, variation: int) -> dict[str, Any]:
    return {
        **columns_of({name: getattr(job, name) for name in _STORED_FIELDS}),
        "request": job.request.to_json(),
        "provider": job.request.provider,
        "mode": job.request.mode.value,
        "fingerprint": job.request.fingerprint(),
        "similar": similar_runs(job.request),
        "searched": fold(job.request.prompt),
        "form_token": form_token,
        "variation": variation,
        "lease_until": None,
    }

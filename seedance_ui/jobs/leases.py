"""Who walks which job: claims, and how long they hold.

A job that was made as one of several of a click belongs to the process that was clicked from its first row on:
when that process dies, the rest of them are not sent by themselves (A8).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update

from seedance_ui.domain.job import CANCELLABLE_HERE, OPEN_STATES, Job, JobState
from seedance_ui.jobs.reader import readable
from seedance_ui.jobs.schema import jobs
from seedance_ui.jobs.writer import Writer

_IS_QUEUED = jobs.c.state == JobState.QUEUED.value
_IS_OF_BATCH = jobs.c.batch > 1
_IS_UNSENT_OF_BATCH = and_(_IS_OF_BATCH, jobs.c.state.in_([state.value for state in CANCELLABLE_HERE]))
UNCLAIMED = and_(_IS_QUEUED, or_(jobs.c.worker.is_(None), jobs.c.epoch == 0))
"""In the waiting line, and walked by nobody."""


class Leases(Writer):
    """The runner's half of the store. `walking` names the jobs of a worker that are walked in its process now."""

    def claim_next(self, provider: str, *, worker: str, lease_s: float, walking: Collection[str] = ()) -> Job | None:
        """Take the job that has waited longest at this provider; None where nobody waits."""
        ours_of_batch = and_(_IS_OF_BATCH, jobs.c.worker == worker, jobs.c.epoch == 0)
        free = or_(ours_of_batch, and_(~_IS_OF_BATCH, self._is_free(worker, walking)))
        return self._claim(worker, lease_s, and_(jobs.c.provider == provider, _IS_QUEUED, free))

    def claim_interrupted(
        self, providers: Collection[str], *, worker: str, lease_s: float, walking: Collection[str] = ()
    ) -> Job | None:
        """Take a job that another, dead worker left in the middle; None where there is none."""
        middle = [state.value for state in OPEN_STATES - {JobState.QUEUED}]
        left = and_(jobs.c.provider.in_(providers), jobs.c.state.in_(middle), ~_IS_UNSENT_OF_BATCH)
        return self._claim(worker, lease_s, and_(left, self._is_free(worker, walking)))

    def claim_unsent_of_batch(self, *, worker: str, lease_s: float, walking: Collection[str] = ()) -> Job | None:
        """Take a job of a click for several whose worker died before it was sent; None where there is none."""
        return self._claim(worker, lease_s, and_(_IS_UNSENT_OF_BATCH, self._is_free(worker, walking)))

    def claim_orphan(
        self, providers: Collection[str], *, worker: str, lease_s: float, walking: Collection[str] = ()
    ) -> Job | None:
        """Take an open job of a provider that is none of these; None where there is none."""
        still_open = [state.value for state in OPEN_STATES]
        left = and_(jobs.c.provider.not_in(providers), jobs.c.state.in_(still_open))
        return self._claim(worker, lease_s, and_(left, self._is_free(worker, walking)))

    def renew_leases(self, job_ids: Collection[str], *, worker: str, lease_s: float) -> None:
        """Keep the jobs that this worker is walking, and those of its clicks that wait.

        One whose walk broke runs out and is taken up again.
        """
        kept = or_(jobs.c.job_id.in_(job_ids), and_(_IS_QUEUED, jobs.c.epoch == 0))
        with self._write() as db:
            lease_until = self._now() + timedelta(seconds=lease_s)
            db.execute(update(jobs).where(jobs.c.worker == worker, kept).values(lease_until=lease_until))

    def release_leases(self, *, worker: str) -> None:
        """Free what a worker holds: it stops, and others need not wait until its leases run out."""
        with self._write() as db:
            db.execute(update(jobs).where(jobs.c.worker == worker).values(worker=None, lease_until=None))

    def drop_all_leases(self) -> None:
        """Free every job: only for who knows that no other worker lives (SQLite's file lock tells)."""
        with self._write() as db:
            db.execute(update(jobs).where(jobs.c.worker.is_not(None)).values(worker=None, lease_until=None))

    def leases_beyond(self, seconds: float) -> dict[str, datetime]:
        """Return the jobs that are held for longer than so many seconds from now, and until when."""
        latest = self._now() + timedelta(seconds=seconds)
        with self._read() as db:
            held = db.execute(select(jobs.c.job_id, jobs.c.lease_until).where(jobs.c.lease_until > latest))
            return {row.job_id: row.lease_until for row in held}

    def drop_leases(self, leases: Mapping[str, datetime]) -> None:
        """Free jobs that are still held until just then."""
        with self._write() as db:
            for job_id, until in leases.items():
                unmoved = and_(jobs.c.job_id == job_id, jobs.c.lease_until == until)
                db.execute(update(jobs).where(unmoved).values(worker=None, lease_until=None))

    def _is_free(self, worker: str, walking: Collection[str]) -> ColumnElement[bool]:
        """Free is what nobody holds, and what somebody holds no more.

        Never what we walk: a clock that jumps ahead must not start a second walk. One of ours that is not walked,
        though it was claimed, is left from a commit whose answer did not reach us.
        """
        is_left = and_(jobs.c.epoch > 0, jobs.c.job_id.not_in(walking))
        is_past = jobs.c.lease_until < self._now()
        return or_(jobs.c.worker.is_(None), and_(is_past, or_(jobs.c.worker != worker, is_left)))

    def _claim(self, worker: str, lease_s: float, which: ColumnElement[bool]) -> Job | None:
        longest_waiting = select(jobs.c.number).where(which).order_by(jobs.c.number).limit(1)
        with self._read() as db:  # an idle app must not take the write lock each second
            if db.execute(longest_waiting).scalar() is None:
                return None
        lease_until = self._now() + timedelta(seconds=lease_s)
        lease = {"worker": worker, "lease_until": lease_until, "epoch": jobs.c.epoch + 1}
        with self._write() as db:
            number = db.execute(longest_waiting.with_for_update(skip_locked=True)).scalar()
            if number is None:
                return None
            db.execute(update(jobs).where(jobs.c.number == number).values(lease))
            row = db.execute(select(jobs).where(jobs.c.number == number)).mappings().one()
        # Outside the transaction: a row that cannot be read stays ours, and does not stand in the others' way.
        return readable(row)


class UnmovedLeases:
    """Finds what a dead worker left whose clock was ahead: it would be kept as long as that clock was wrong.

    Its leases end later than any that is given now. So do those of a worker that lives, and whose clock is ahead; but
    who lives renews them, and what is renewed moves.
    """

    def __init__(self, monotonic: Callable[[], float], *, lease_s: float) -> None:
        """Begin to watch.

        Args:
            monotonic: Seconds of a clock that nobody sets.
            lease_s: How long a lease is; one that stands still for longer is nobody's.
        """
        self._monotonic = monotonic
        self._lease_s = lease_s
        self._since: dict[tuple[str, datetime], float] = {}

    def look(self, ahead: Mapping[str, datetime]) -> dict[str, datetime]:
        """Return those of the leases that end too late which stood still for too long; to be called again and again."""
        now = self._monotonic()
        self._since = {lease: self._since.get(lease, now) for lease in ahead.items()}
        return {job_id: until for (job_id, until), since in self._since.items() if now - since > self._lease_s}

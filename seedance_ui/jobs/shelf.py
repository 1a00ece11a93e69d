"""The library's side of the store: what an owner finds there, and the marks that a person puts on it.

A mark is no move of the state machine: it has no event, and is guarded by the owner instead of a lease.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, case, func, select, type_coerce, update

from seedance_ui.domain.job import RESTING_STATES, Job, JobState
from seedance_ui.domain.library_query import LibraryQuery
from seedance_ui.domain.shared_run import run_id
from seedance_ui.jobs.reader import readable
from seedance_ui.jobs.schema import jobs
from seedance_ui.jobs.writer import Writer

LISTED_STATES = RESTING_STATES | {JobState.SUCCEEDED}
"""What the library shows, and so what can be deleted from it: nothing that is still being made."""

_IS_LISTED = jobs.c.state.in_([state.value for state in LISTED_STATES])
_IS_THERE = jobs.c.deleted_at.is_(None)
_CAN_COME_BACK = jobs.c.deleted_at.is_not(None) & jobs.c.purged_at.is_(None)


@dataclass(frozen=True, slots=True)
class Kin:
    """Where some jobs came from and what came from them, as far as it is in the same library."""

    parents: dict[str, str]
    """job_id of a parent to its prompt."""
    children: dict[str, int]
    """job_id to how many were made from it."""


class Shelf(Writer):
    """What the library reads and marks. A job without owner is never listed, and nobody's to mark."""

    def shelf(self, owner: str | None, query: LibraryQuery, *, after: str | None, limit: int) -> list[Job]:
        """Return a page of an owner's library.

        Args:
            owner: None has none.
            query: Which, and in which order.
            after: job_id of the last one that is known already; the page begins behind it.
            limit: How many at most.
        """
        order = jobs.c.number.asc() if query.oldest_first else jobs.c.number.desc()
        page = select(jobs).where(_matches(owner, query)).order_by(order).limit(limit)
        if after is not None:
            known = select(jobs.c.number).where(jobs.c.job_id == after, jobs.c.owner == owner).scalar_subquery()
            page = page.where(jobs.c.number > known if query.oldest_first else jobs.c.number < known)
        with self._read() as db:
            rows = db.execute(page).mappings().all()
        return self.readable_of(rows)

    def count_shelf(self, owner: str | None, query: LibraryQuery) -> tuple[int, int]:
        """Return how many a query finds on all its pages, and how many of those are finished videos."""
        videos = func.count(case((jobs.c.state == JobState.SUCCEEDED.value, 1)))
        counts = select(func.count(), videos).select_from(jobs).where(_matches(owner, query))
        with self._read() as db:
            found, finished = db.execute(counts).one()
        return found, finished

    def on_shelf(self, job_id: str, owner: str | None) -> Job | None:
        """Return one of an owner's library, a deleted one too while it can come back; None for any other.

        Raises:
            StoreError: It was written by another version.
        """
        one = select(jobs).where(_is_theirs(job_id, owner), _IS_LISTED, jobs.c.purged_at.is_(None))
        with self._read() as db:
            row = db.execute(one).mappings().first()
        return readable(row) if row else None

    def find_run(self, owner: str, run: str, video_sha256: str) -> Job | None:
        """Return a run of an owner by what it is called everywhere, made here or imported, a deleted one too."""
        has_video = type_coerce(jobs.c.video, Text).contains(video_sha256)
        is_there = (jobs.c.owner == owner) & (jobs.c.state == JobState.SUCCEEDED.value) & jobs.c.purged_at.is_(None)
        with self._read() as db:
            rows = db.execute(select(jobs).where(is_there, has_video)).mappings().all()
        return next((job for job in self.readable_of(rows) if run_id(job) == run), None)

    def kin_of(self, owner: str | None, of: Collection[Job]) -> Kin:
        """Return where these jobs came from and what came from them."""
        parents = {job.parent for job in of if job.parent}
        there = (jobs.c.owner == owner, _IS_LISTED, _IS_THERE)
        from_where = select(jobs.c.job_id, jobs.c.request).where(*there, jobs.c.job_id.in_(parents))
        ids = [job.job_id for job in of]
        made = select(jobs.c.parent, func.count()).where(*there, jobs.c.parent.in_(ids)).group_by(jobs.c.parent)
        with self._read() as db:
            prompts = {row.job_id: str(row.request.get("prompt", "")) for row in db.execute(from_where)}
            return Kin(prompts, {parent: count for parent, count in db.execute(made)})

    # -- marks -------------------------------------------------------------------------------------

    def set_favourite(self, job_id: str, owner: str | None, favourite: bool) -> bool:
        """Mark a video of an owner's library, or take the mark off; False where it is none of theirs."""
        return self._mark(_is_theirs(job_id, owner) & _IS_LISTED, favourite=favourite)

    def delete(self, job_id: str, owner: str | None) -> bool:
        """Take one out of an owner's library; False where it is not in there, or is still being made."""
        return self._mark(_is_theirs(job_id, owner) & _IS_LISTED & _IS_THERE, deleted_at=self._now())

    def restore(self, job_id: str, owner: str | None) -> bool:
        """Bring back what was deleted; False where it is not deleted, or gone for good."""
        return self._mark(_is_theirs(job_id, owner) & _CAN_COME_BACK, deleted_at=None)

    # -- for good ----------------------------------------------------------------------------------

    def deleted_until(self, latest: datetime) -> list[tuple[str, datetime]]:
        """Return what was deleted by then and can still come back, with when that was, whoever's it is."""
        old = select(jobs.c.job_id, jobs.c.deleted_at).where(_CAN_COME_BACK, jobs.c.deleted_at <= latest)
        with self._read() as db:
            return [(row.job_id, row.deleted_at) for row in db.execute(old)]

    def purge(self, job_id: str, deleted_at: datetime) -> bool:
        """Give up what was deleted at that time; False where it came back, or was deleted anew."""
        still = (jobs.c.job_id == job_id) & (jobs.c.deleted_at == deleted_at) & _CAN_COME_BACK & _IS_LISTED
        return self._mark(still, purged_at=self._now())

    def purged_since(self, earliest: datetime) -> list[str]:
        """Return the finished jobs that were given up then or later: whose files may go."""
        gone = select(jobs.c.job_id).where(
            jobs.c.state == JobState.SUCCEEDED.value,
            jobs.c.deleted_at.is_not(None),
            jobs.c.purged_at >= earliest,
        )
        with self._read() as db:
            return list(db.execute(gone).scalars())

    def _mark(self, which: ColumnElement[bool], **marks: Any) -> bool:
        with self._write("The library could not be changed") as db:
            return db.execute(update(jobs).where(which).values(**marks)).rowcount == 1


def _is_theirs(job_id: str, owner: str | None) -> ColumnElement[bool]:
    """A comparison with no owner is never true."""
    return (jobs.c.job_id == job_id) & (jobs.c.owner == owner) & jobs.c.owner.is_not(None)


def _matches(owner: str | None, query: LibraryQuery) -> ColumnElement[bool]:
    found = (jobs.c.owner == owner) & jobs.c.owner.is_not(None) & _IS_LISTED
    found &= _CAN_COME_BACK if query.deleted else _IS_THERE
    if query.mode is not None:
        found &= jobs.c.mode == query.mode.value
    if query.provider is not None:
        found &= jobs.c.provider == query.provider
    if query.since is not None:
        found &= jobs.c.created_at >= query.since
    if query.favourites:
        found &= jobs.c.favourite
    if query.parent is not None:
        found &= jobs.c.parent == query.parent
    for word in query.words:
        found &= jobs.c.searched.contains(word, autoescape=True)
    return found

"""What was deleted from the library goes for good a day later: never a file of anything else. All in seconds."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from seedance_ui.jobs.clock import Clock
from seedance_ui.jobs.store import Store
from seedance_ui.library import Library

log = logging.getLogger(__name__)

KEPT_S = 24 * 3600.0
"""So long a deleted video can be brought back."""

WATCHED_S = 600.0
"""So long this process must have known it as deleted: a clock that was wrong at the start is set right meanwhile."""

_RETRIED_S = 7 * 24 * 3600.0
"""So long the files of what was given up are looked for: a crash, or a player that holds one, may have left them."""


class Purge:
    """Removes the files of deleted videos; the calls block.

    The clock for records may jump ahead, and what is removed does not come back. So the age of a deletion is the
    smaller of two: the one that the records give now, and the one that they gave at first with what was waited since.
    """

    def __init__(self, store: Store, library: Library, clock: Clock) -> None:
        self._store = store
        self._library = library
        self._clock = clock
        self._first_seen: dict[tuple[str, datetime], tuple[float, float]] = {}
        """A deletion to its age when it was first seen, and to when that was on the monotonic clock."""

    def sweep(self) -> None:
        """Give up what was deleted long enough ago, and remove the files of what was given up.

        Raises:
            StoreError: The database does not answer.
        """
        now = self._clock.now()
        deleted = self._store.deleted_until(now)
        self._first_seen = {one: self._first_seen.get(one) or self._seen(one[1]) for one in deleted}
        for job_id, deleted_at in deleted:
            if self._is_over(job_id, deleted_at) and self._store.purge(job_id, deleted_at):
                log.info("Job %s was deleted on %s; it is gone for good", job_id, deleted_at)
        for job_id in self._store.purged_since(now - timedelta(seconds=_RETRIED_S)):
            self._remove(job_id)

    def _seen(self, deleted_at: datetime) -> tuple[float, float]:
        return self._age_by_records_s(deleted_at), self._clock.monotonic()

    def _is_over(self, job_id: str, deleted_at: datetime) -> bool:
        age_at_first_s, first_s = self._first_seen[job_id, deleted_at]
        watched_s = self._clock.monotonic() - first_s
        age_s = min(self._age_by_records_s(deleted_at), age_at_first_s + watched_s)
        return age_s >= KEPT_S and watched_s >= WATCHED_S

    def _age_by_records_s(self, deleted_at: datetime) -> float:
        return (self._clock.now() - deleted_at).total_seconds()

    def _remove(self, job_id: str) -> None:
        try:
            self._library.remove(job_id)
        except OSError as exc:
            log.warning("The files of job %s cannot be removed yet: %s", job_id, exc.strerror)

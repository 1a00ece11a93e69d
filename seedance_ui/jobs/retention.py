"""Whether a provider can still have a job, told by two clocks of which neither is trusted alone. All in seconds."""

from __future__ import annotations

from datetime import datetime, timedelta

from seedance_ui.jobs.clock import Clock

SILENT_FOR_S = 3600.0
"""So long must this process itself have got no answer, or no end: a clock that is wrong is set right meanwhile."""


class Retention:
    """How long a provider keeps what it has of one job (B10, B11, B14).

    The clock for records may jump, and the one for waiting begins anew with each process. So the age of a job is
    the smaller of two: the one that the records give now, and the one that they gave when this was made with what
    was waited since. A clock that jumps ahead in a running process makes no job older; one that was wrong at the
    start has an hour of silence to be set right. One that is set back makes us ask longer, which loses nothing.
    """

    def __init__(self, clock: Clock, *, since: datetime, kept_s: float) -> None:
        self.until = since + timedelta(seconds=kept_s)
        """When it ends, by the clock for records."""
        self._clock = clock
        self._kept_s = kept_s
        self._since = since
        self._age_at_first_s = self._age_by_records_s()
        self._begun_s = clock.monotonic()
        self._silent_since_s: float | None = None

    def on_answer(self) -> None:
        """Take note that the provider answered: it has the job."""
        self._silent_since_s = None

    def is_over_without_answer(self) -> bool:
        """Take note that there was no answer, and return whether none can be hoped for any more."""
        if self._silent_since_s is None:
            self._silent_since_s = self._clock.monotonic()
        return self._is_over_since(self._silent_since_s)

    def is_over(self) -> bool:
        """Return whether the provider should have ended or forgotten the job by now, though it still answers."""
        return self._is_over_since(self._begun_s)

    def _is_over_since(self, since_s: float) -> bool:
        """Whether it is over, and this process itself has waited for long since a time of its own."""
        now_s = self._clock.monotonic()
        age_s = min(self._age_by_records_s(), self._age_at_first_s + now_s - self._begun_s)
        return age_s >= self._kept_s and now_s - since_s >= min(SILENT_FOR_S, self._kept_s)

    def _age_by_records_s(self) -> float:
        return (self._clock.now() - self._since).total_seconds()

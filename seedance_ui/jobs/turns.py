"""Whose turn it is to ask a provider. All durations in seconds."""

from __future__ import annotations

from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.jobs.clock import Clock


class Turns:
    """Keeps the questions to one account apart, those of all jobs of this process together.

    After a restart every open job wants to ask at once (B2): they do so one after another.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next_s: dict[str, float] = {}
        """Provider id to the monotonic time of the first turn that is still free."""

    async def wait(self, spec: ModelSpec) -> None:
        """Return when the caller may ask this provider once; turns are given in the order of the calls."""
        if spec.questions_per_s is None:
            return
        now_s = self._clock.monotonic()
        turn_s = max(now_s, self._next_s.get(spec.provider, now_s))
        self._next_s[spec.provider] = turn_s + 1.0 / spec.questions_per_s
        if turn_s > now_s:
            await self._clock.sleep(turn_s - now_s)

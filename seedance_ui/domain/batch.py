"""Several videos of one click: with which seeds, and for how much together."""

from __future__ import annotations

from dataclasses import dataclass, replace

from seedance_ui.domain.pricing import Cost, Price
from seedance_ui.domain.request import GenerationRequest

MAX_BATCH = 4
"""How many videos one click may ask for."""


def variations(request: GenerationRequest, count: int, *, max_seed: int) -> list[GenerationRequest]:
    """Return a request so many times, each with a seed of its own where there is one."""
    if request.seed is None:
        return [request] * count
    return [replace(request, seed=(request.seed + number) % (max_seed + 1)) for number in range(count)]


@dataclass(frozen=True, slots=True)
class Quote:
    """What one click costs."""

    each: Price
    """Of one video."""
    count: int = 1
    """How many videos."""

    @property
    def total(self) -> Cost:
        """The price of all videos, never less than so many times the price of one.

        An estimate counts as it is shown, in whole cents, so that "4 × $2.52" is $10.08 to whoever multiplies.
        """
        one = self.each.cost
        shown = one.shown_amount()
        if one.amount is None or shown is None or self.count == 1:
            return one
        amount = one.amount if one.kind == "exact" else float(shown)
        return Cost(round(self.count * amount, 6), one.unit, one.kind)

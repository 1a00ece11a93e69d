"""Several videos of one click: with which seeds, and for how much together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from seedance_ui.domain.pricing import Cost, Price, decimal_of
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
    def counted(self) -> Decimal | None:
        """What each video adds to a batch: an exact price to its last digit, an estimate as it is shown.

        So "4 × $2.52" is $10.08 to whoever multiplies. None where the price is not known.
        """
        one = self.each.cost
        return one.shown_amount() if one.kind == "estimate" or one.amount is None else decimal_of(one.amount)

    @property
    def total(self) -> Cost:
        """The price of all videos, never less than so many times the price of one."""
        one, counted = self.each.cost, self.counted
        if counted is None or self.count == 1:
            return one
        return Cost(float(self.count * counted), one.unit, one.kind)

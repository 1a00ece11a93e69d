"""What a run costs, as exactly as it is known, and what that consists of. Lengths in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Literal, TypedDict

Unit = Literal["USD", "CU"]
"""US dollars, or Scenario's creative units."""

Kind = Literal["estimate", "exact"]

PartKind = Literal["drawing", "video", "reference_videos", "sound", "action", "whole"]
"""What a line of a price is for: the animatic's drawing, the seconds of the video, those of the reference videos,
sound, one action in the provider's own words, or all of it where the provider names a sum only."""

_KEPT_STEP = Decimal("0.000001")
"""Prices are kept to a millionth of their unit."""

_SHOWN_STEP = Decimal("0.01")
"""Cents, or hundredths of a creative unit; `formatAmount` of common.js shows the same."""


class CostJson(TypedDict):
    """`Cost` as a browser sees it."""

    amount: float | None
    unit: str
    kind: str


@dataclass(frozen=True, slots=True)
class Cost:
    """An amount in the unit in which the provider bills."""

    amount: float | None
    """None where no price is to be had."""
    unit: Unit
    kind: Kind

    def to_json(self) -> CostJson:
        """Return the `cost` of a snapshot."""
        return {"amount": self.amount, "unit": self.unit, "kind": self.kind}

    @property
    def is_free(self) -> bool:
        """True where it is sure that nothing will be charged."""
        return self.amount == 0 and self.kind == "exact"

    def is_within(self, named: Cost) -> bool:
        """Tell whether nobody who was shown another price pays more than that: it was not known, or this is no more."""
        if named.amount is None or self.is_free:
            return True
        return self.amount is not None and self.unit == named.unit and self.amount <= named.amount

    def in_words(self) -> str:
        """Return the amount for a sentence: "2.52 USD", "free" or "not known"."""
        return (
            "free" if self.is_free else f"{self.shown_amount()} {self.unit}" if self.amount is not None else "not known"
        )

    def shown_amount(self) -> Decimal | None:
        """Return the amount in whole cents, or hundredths of a creative unit, as it is shown: never less than it is."""
        return None if self.amount is None else rounded_up(self.amount, _SHOWN_STEP)


def rounded_up(amount: float, step: Decimal) -> Decimal:
    """Return the next whole number of steps."""
    return decimal_of(amount).quantize(step, rounding=ROUND_CEILING)


def decimal_of(number: float) -> Decimal:
    """Return a number as it is written: 2.52, not 2.520000000000000017763568394002504646778106689453125."""
    return Decimal(repr(number))


def _kept(amount: Decimal) -> float:
    return float(amount.quantize(_KEPT_STEP, rounding=ROUND_CEILING))


@dataclass(frozen=True, slots=True)
class PricePart:
    """One line of a price."""

    kind: PartKind
    amount: float
    """In the unit of the price; 0 for what costs nothing more."""
    seconds: float | None = None
    """How many are billed; None for what is not billed by the second."""
    per_second: float | None = None
    """In the unit of the price."""
    is_most: bool = False
    """Whether it may turn out to be less: where a provider does not say, the worst case is taken."""
    name: str = ""
    """The provider's own word for an `action`."""


def part_by_seconds(kind: PartKind, seconds: float, per_second: float, *, is_most: bool = False) -> PricePart:
    """Return a line of so many seconds at a rate; its amount is never less than that."""
    amount = _kept(decimal_of(seconds) * decimal_of(per_second))
    return PricePart(kind, amount, seconds, per_second, is_most)


@dataclass(frozen=True, slots=True)
class Price:
    """What one video costs: the sum of its parts, and nothing else."""

    unit: Unit
    kind: Kind
    parts: tuple[PricePart, ...]
    """None at all where no price is to be had."""
    basis: str = ""
    """One sentence on where the numbers come from; "" where there is nothing to say."""
    as_of: date | None = None
    """When that was so."""

    @property
    def cost(self) -> Cost:
        """The sum of the parts, to a millionth of the unit and never less than it is."""
        amount = _kept(sum((decimal_of(part.amount) for part in self.parts), Decimal())) if self.parts else None
        return Cost(amount, self.unit, self.kind)


FREE_PRICE = Price("USD", "exact", (PricePart("drawing", 0.0),))
"""The animatic's price."""

FREE = FREE_PRICE.cost

NO_PRICE_CU = Price("CU", "estimate", ())
"""No price is to be had, where creative units are billed."""

UNKNOWN_CU = NO_PRICE_CU.cost

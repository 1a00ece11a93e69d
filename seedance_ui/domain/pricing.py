"""What a run costs, as exactly as it is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypedDict


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
    unit: Literal["USD", "CU"]
    """US dollars, or Scenario's creative units."""
    kind: Literal["estimate", "exact"]

    def to_json(self) -> CostJson:
        """Return the `cost` of a snapshot."""
        return {"amount": self.amount, "unit": self.unit, "kind": self.kind}

    @property
    def is_free(self) -> bool:
        """True where it is sure that nothing will be charged."""
        return self.amount == 0 and self.kind == "exact"


FREE = Cost(amount=0.0, unit="USD", kind="exact")
"""The animatic's price."""

UNKNOWN_CU = Cost(amount=None, unit="CU", kind="estimate")
"""No price is to be had, where creative units are billed."""

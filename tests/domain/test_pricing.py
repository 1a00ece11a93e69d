from __future__ import annotations

import pytest

from seedance_ui.domain.pricing import FREE, Cost


@pytest.mark.parametrize(
    ("cost", "is_free"),
    [
        (FREE, True),
        (Cost(0, "CU", "exact"), True),
        (Cost(0.0, "USD", "estimate"), False),
        (Cost(None, "USD", "exact"), False),
        (Cost(None, "USD", "estimate"), False),
        (Cost(2.515968, "USD", "exact"), False),
    ],
)
def test_cost_is_free_only_where_that_is_sure(cost: Cost, is_free: bool) -> None:
    assert cost.is_free is is_free


def test_cost_of_unknown_amount_is_null_in_json() -> None:
    assert Cost(None, "CU", "estimate").to_json() == {"amount": None, "unit": "CU", "kind": "estimate"}


def test_cost_keeps_every_digit_of_the_bill() -> None:
    assert Cost(2.515968, "USD", "exact").to_json()["amount"] == 2.515968

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedance_ui.domain.pricing import FREE, NO_PRICE_CU, UNKNOWN_CU, Cost, Price, PricePart, part_by_seconds


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


@given(st.floats(0, 10_000).map(lambda amount: round(amount, 6)), st.sampled_from(["USD", "CU"]))
def test_a_shown_amount_is_never_less_than_it_is(amount: float, unit: str) -> None:
    shown = Cost(amount, unit, "estimate").shown_amount()

    step = Decimal("0.01")
    assert shown is not None
    assert Decimal(repr(amount)) <= shown < Decimal(repr(amount)) + step
    assert shown % step == 0


@given(st.lists(st.tuples(st.floats(0, 60), st.floats(0, 2)), min_size=1, max_size=5))
def test_the_price_is_the_sum_of_its_parts(lines: list[tuple[float, float]]) -> None:
    parts = tuple(part_by_seconds("video", seconds, rate) for seconds, rate in lines)

    cost = Price("USD", "estimate", parts).cost

    assert cost.amount == pytest.approx(sum(part.amount for part in parts), abs=1e-6)
    assert cost.amount == pytest.approx(sum(seconds * rate for seconds, rate in lines), abs=1e-5)
    assert (cost.unit, cost.kind) == ("USD", "estimate")


@given(st.lists(st.tuples(st.floats(0, 60), st.floats(0, 2)), min_size=1, max_size=5))
def test_no_price_is_less_than_what_is_billed(lines: list[tuple[float, float]]) -> None:
    billed = sum(Decimal(repr(seconds)) * Decimal(repr(rate)) for seconds, rate in lines)

    cost = Price("USD", "estimate", tuple(part_by_seconds("video", *line) for line in lines)).cost

    assert billed <= Decimal(repr(cost.amount)) <= billed + Decimal("0.000006")


@pytest.mark.parametrize(
    "part", [PricePart("whole", 2.5200004), part_by_seconds("video", 1, 2.5200004)], ids=["whole", "seconds"]
)
def test_a_hair_above_a_cent_is_shown_as_the_next_one(part: PricePart) -> None:
    assert Price("USD", "estimate", (part,)).cost.shown_amount() == Decimal("2.53")


def test_a_part_that_costs_nothing_more_changes_no_price() -> None:
    video = part_by_seconds("video", 8, 0.314496)

    assert Price("USD", "estimate", (video, PricePart("sound", 0.0))).cost == Cost(2.515968, "USD", "estimate")


def test_a_price_without_parts_is_not_known() -> None:
    assert NO_PRICE_CU.cost == Cost(None, "CU", "estimate")


def usd(amount: float) -> Cost:
    return Cost(amount, "USD", "estimate")


@pytest.mark.parametrize(
    ("now", "named", "is_within"),
    [
        (usd(2.52), usd(2.52), True),
        (usd(2.51), usd(2.52), True),
        (usd(2.53), usd(2.52), False),
        (usd(2.52), FREE, False),
        (FREE, usd(2.52), True),
        (FREE, Cost(40.0, "CU", "exact"), True),
        (usd(2.52), Cost(40.0, "CU", "exact"), False),
        (UNKNOWN_CU, Cost(40.0, "CU", "exact"), False),
        (Cost(40.0, "CU", "exact"), UNKNOWN_CU, True),
    ],
    ids=lambda value: value.in_words().replace(" ", "-") if isinstance(value, Cost) else None,
)
def test_nobody_pays_more_than_was_named(now: Cost, named: Cost, is_within: bool) -> None:
    assert now.is_within(named) is is_within

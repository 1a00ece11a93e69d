from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import text_request

from seedance_ui.domain.batch import MAX_BATCH, Quote, variations
from seedance_ui.domain.model_spec import MAX_SEED
from seedance_ui.domain.pricing import FREE_PRICE, NO_PRICE_CU, Cost, Price, PricePart
from seedance_ui.domain.validation import check_count


def price(amount: float, kind: str = "estimate", unit: str = "USD") -> Price:
    return Price(unit, kind, (PricePart("whole", amount),))


def test_variations_without_a_seed_are_the_same_request() -> None:
    assert variations(text_request(), 3, max_seed=MAX_SEED) == [text_request()] * 3


def test_variations_count_a_seed_up_and_begin_again_behind_the_largest() -> None:
    request = text_request(seed=9)

    assert [one.seed for one in variations(request, 4, max_seed=10)] == [9, 10, 0, 1]
    assert {replace(one, seed=None) for one in variations(request, 4, max_seed=10)} == {text_request()}


@pytest.mark.parametrize("count", range(1, MAX_BATCH + 1))
def test_check_count_takes_one_to_four(count: int) -> None:
    assert check_count(count) == []


@pytest.mark.parametrize("count", [0, 5, -1, 1.0, True, "2", None, [2], float("nan")], ids=repr)
def test_check_count_refuses_anything_else(count: object) -> None:
    [problem] = check_count(count)

    assert problem.field == "count"
    assert problem.message.endswith("Choose 1 to 4.")


@pytest.mark.parametrize(
    ("each", "count", "total"),
    [
        (price(2.515968), 1, Cost(2.515968, "USD", "estimate")),
        (price(2.515968), 4, Cost(10.08, "USD", "estimate")),
        (price(40, "exact", "CU"), 3, Cost(120, "CU", "exact")),
        (price(61.31, "exact", "CU"), 2, Cost(122.62, "CU", "exact")),
        (FREE_PRICE, 4, Cost(0.0, "USD", "exact")),
        (NO_PRICE_CU, 2, Cost(None, "CU", "estimate")),
    ],
    ids=["one", "four estimates", "exact units", "exact parts of a unit", "free", "not known"],
)
def test_quote_of_a_batch_is_one_price_for_all(each: Price, count: int, total: Cost) -> None:
    assert Quote(each, count).total == total


@given(st.floats(0, 1000), st.integers(1, MAX_BATCH), st.sampled_from(["estimate", "exact"]))
def test_quote_of_a_batch_is_never_less_than_its_videos_cost(amount: float, count: int, kind: str) -> None:
    total = Quote(price(amount, kind), count).total

    assert total.amount is not None
    assert total.amount >= count * price(amount).cost.amount - 1e-6
    assert total.amount < count * (amount + 0.01) + 1e-6


@given(st.floats(0, 1000), st.integers(2, MAX_BATCH))
def test_an_estimate_of_a_batch_is_what_a_reader_multiplies(amount: float, count: int) -> None:
    quote = Quote(price(amount), count)

    one, all_of_them = quote.each.cost.shown_amount(), quote.total.shown_amount()
    assert one is not None
    assert all_of_them == count * Decimal(one)

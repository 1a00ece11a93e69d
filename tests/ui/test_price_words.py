from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import text_request

from seedance_ui.domain.batch import Quote
from seedance_ui.domain.pricing import Price, PricePart, part_by_seconds
from seedance_ui.providers.base import ProviderInfo
from seedance_ui.providers.offers import Offer
from seedance_ui.ui.price_words import price_json, quoted_summary
from tests.samples import STRICT

OFFER = Offer(ProviderInfo("strict", "Strict Video", "Billed."), STRICT, (), None, can_be_asked=False)
REQUEST = text_request()


def words_of(part: PricePart, *, unit: str = "USD") -> str:
    return price_json(Quote(Price(unit, "estimate", (part,))), REQUEST, OFFER)["parts"][0]


@pytest.mark.parametrize(
    ("part", "unit", "words"),
    [
        (part_by_seconds("video", 8, 0.31), "USD", "8 s × $0.31 a second at 720p"),
        (part_by_seconds("video", 8, 0.314496), "USD", "8 s × $0.3145 a second at 720p"),
        (part_by_seconds("video", 8, 2), "USD", "8 s × $2.00 a second at 720p"),
        (part_by_seconds("video", 8, 5.5), "CU", "8 s × 5.5 CU a second at 720p"),
        (part_by_seconds("reference_videos", 5.04, 0.1), "USD", "Reference videos: 5.1 s × $0.10 a second"),
        (PricePart("action", 4, name="quality-gate"), "CU", "quality-gate: 4 CU"),
        (PricePart("action", 4, name="custom-generation"), "CU", "Generation: 4 CU"),
        (PricePart("whole", 40.041), "CU", "Strict Video names one price for all of it: 40.05 CU"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_each_part_is_one_line(part: PricePart, unit: str, words: str) -> None:
    assert words_of(part, unit=unit) == words


@given(st.floats(0.0001, 50), st.floats(1, 60))
def test_no_line_says_less_than_what_is_billed(rate: float, seconds: float) -> None:
    numbers = re.fullmatch(
        r"([0-9.]+) s × \$([0-9.]+) a second at 720p", words_of(part_by_seconds("video", seconds, rate))
    )

    assert numbers is not None
    assert float(numbers[1]) >= seconds
    assert float(numbers[2]) >= rate


def test_notes_leave_out_what_is_not_known() -> None:
    price = Price("USD", "exact", (PricePart("whole", 1.0),))

    assert price_json(Quote(price), REQUEST, OFFER)["notes"] == [
        "Strict Video charges the account whose key is set here."
    ]
    dated = Price("USD", "exact", price.parts, "It says so.", date(2026, 1, 2))
    assert price_json(Quote(dated), REQUEST, OFFER)["notes"][:2] == ["It says so.", "As of 2026-01-02."]


def test_without_a_price_nothing_is_said() -> None:
    assert price_json(None, REQUEST, OFFER) == {"parts": [], "notes": []}
    assert price_json(Quote(Price("CU", "estimate", ())), REQUEST, OFFER) == {"parts": [], "notes": []}


def test_summary_of_one_video_is_its_settings() -> None:
    quote = Quote(Price("USD", "estimate", (PricePart("whole", 2.5),)))

    assert quoted_summary(REQUEST, OFFER, 1, quote) == "8 s · 720p · 16:9 · storyboard"
    assert quoted_summary(REQUEST, OFFER, 2, None) == "2 videos · 8 s · 720p · 16:9 · storyboard"


@pytest.mark.parametrize(
    ("amount", "unit", "kind", "line", "each"),
    [
        (12.34, "CU", "exact", "4 videos × 12.34 CU = 49.36 CU", "4 × 12.34 CU"),
        (12.3456, "CU", "exact", "4 videos × 12.3456 CU = 49.3824 CU", "4 × 12.3456 CU"),
        (40, "CU", "exact", "4 videos × 40 CU = 160 CU", "4 × 40 CU"),
        (2.515968, "USD", "estimate", "4 videos × $2.52 = $10.08", "4 × $2.52"),
    ],
)
def test_line_of_several_videos_adds_up(amount: float, unit: str, kind: str, line: str, each: str) -> None:
    quote = Quote(Price(unit, kind, (PricePart("whole", amount),)), 4)

    assert price_json(quote, REQUEST, OFFER)["parts"][-1] == line
    assert quoted_summary(REQUEST, OFFER, 4, quote).startswith(f"{each} · ")

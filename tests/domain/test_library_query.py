"""What a browser may ask the library for."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedance_ui.domain.library_query import MAX_SEARCH_CHARS, MAX_SEARCH_WORDS, LibraryQuery
from seedance_ui.domain.request import Mode

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def test_from_json_reads_everything_that_can_be_asked() -> None:
    said = {
        "search": "Night  CAFÉ night",
        "mode": "frames",
        "provider": "aimlapi",
        "since_s": 1_767_225_600,
        "favourites": True,
        "deleted": True,
        "parent": "a" * 32,
        "oldest_first": True,
    }
    query = LibraryQuery.from_json(said)
    assert query == LibraryQuery(
        search="Night  CAFÉ night",
        mode=Mode.FRAMES,
        provider="aimlapi",
        since=datetime(2026, 1, 1, tzinfo=timezone.utc),
        favourites=True,
        deleted=True,
        parent="a" * 32,
        oldest_first=True,
    )
    assert query.words == ("night", "cafe")


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        "text",
        {},
        {"mode": "sound", "search": 7, "provider": "", "since_s": "today", "favourites": 1, "oldest_first": "yes"},
        {"since_s": float("nan"), "mode": ["text"]},
        {"since_s": 1e300, "parent": {}},
        {"since_s": True},
    ],
    ids=repr,
)
def test_from_json_of_what_makes_no_sense_asks_for_everything(said: object) -> None:
    assert LibraryQuery.from_json(said) == LibraryQuery()


def test_from_json_keeps_a_search_short() -> None:
    query = LibraryQuery.from_json({"search": "x" * 10_000})
    assert len(query.search) == MAX_SEARCH_CHARS
    assert len(LibraryQuery(search=" ".join("abcdefghijklmnop")).words) == MAX_SEARCH_WORDS


FIELDS = ("search", "mode", "provider", "since_s", "favourites", "deleted", "parent", "oldest_first")


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_from_json_takes_anything(said: dict[str, Any]) -> None:
    query = LibraryQuery.from_json(said)
    assert all("\0" not in word for word in query.words)

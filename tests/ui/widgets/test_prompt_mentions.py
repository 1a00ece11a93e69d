"""The page's own grammar and renumbering, in a real browser, against Python's grammar and a model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import BrowserContext, Page

from seedance_ui.domain.media import MediaKind
from seedance_ui.domain.mentions import parse_mentions, tag

SCRIPT = Path(__file__).resolve().parents[3] / "assets" / "mentions.js"

KINDS = st.sampled_from(list(MediaKind))
TAGS = st.builds(tag, KINDS, st.none() | st.integers(0, 12))
WORDS = st.sampled_from(
    [
        "a dog",
        " ",
        ", ",
        "é",
        "@",
        "x@y.org",
        "的",
        "1",
        "@Ima",
        "ge2",
        "?",
        "\n",
        ". ",
        "@IMAGE03",
        "\U0001f3ac",
        "ſ",
        "_",
    ]
)
PROMPTS = st.lists(TAGS | WORDS, max_size=20).map("".join)


@pytest.fixture(scope="module")
def blank(profile: BrowserContext) -> Iterator[Page]:
    """Yield a page that holds nothing but the module."""
    page = profile.new_page()
    page.add_script_tag(content=SCRIPT.read_text(encoding="utf-8"))
    yield page
    page.close()


def renumber(page: Page, prompt: str, moves: dict[str, str | None]) -> str:
    script = "([text, moves]) => seedance.mentions.renumber(text, new Map(Object.entries(moves)))"
    return page.evaluate(script, [prompt, moves])


def test_parse_in_the_page_is_parse_mentions(blank: Page) -> None:
    @settings(max_examples=150, deadline=None)
    @given(prompt=PROMPTS)
    def agree(prompt: str) -> None:
        found = blank.evaluate("(text) => seedance.mentions.parse(text).map((m) => [m.kind, m.number, m.tag])", prompt)
        assert found == [[m.kind.value, m.number, m.tag] for m in parse_mentions(prompt)]

    agree()


@pytest.mark.parametrize(
    ("prompt", "after"),
    [
        ("@Image1 follows @Image2, @image01 wins", "@Image2 follows @Image1, @Image2 wins"),
        ("@Image1@Image2@Image3", "@Image2@Image1@Image?"),
        ("@Image12, a@Image1.org, @Video1, @Image?", "@Image12, a@Image1.org, @Video1, @Image?"),
        ("", ""),
    ],
)
def test_renumber_changes_all_at_once_and_nothing_else(blank: Page, prompt: str, after: str) -> None:
    moves = {"@Image1": "@Image2", "@Image2": "@Image1", "@Image3": None}

    assert renumber(blank, prompt, moves) == after


def test_renumber_keeps_what_every_tag_means(blank: Page) -> None:
    """Whatever is moved or removed, each tag names the same file as before, and a removed file's tag names none."""

    @settings(max_examples=100, deadline=None)
    @given(prompt=PROMPTS, order=st.permutations(range(1, 10)), count=st.integers(0, 9))
    def keep(prompt: str, order: list[int], count: int) -> None:
        stays = {number: place for place, number in enumerate(order[:count], start=1)}
        moves: dict[str, str | None] = {
            tag(kind, number): tag(kind, stays[number]) if number in stays else None
            for kind in MediaKind
            for number in range(1, 10)
        }
        after = parse_mentions(renumber(blank, prompt, moves))
        expected: list[Any] = [
            (m.kind, stays.get(m.number) if m.number in range(1, 10) else m.number) for m in parse_mentions(prompt)
        ]
        assert [(m.kind, m.number) for m in after] == expected

    keep()


def test_renumber_there_and_back_is_the_same_prompt(blank: Page) -> None:
    @settings(max_examples=50, deadline=None)
    @given(
        prompt=st.lists(TAGS | st.sampled_from([" ", "a", ", "]), max_size=12).map("".join),
        order=st.permutations(range(13)),
    )
    def there_and_back(prompt: str, order: list[int]) -> None:
        pairs = [(tag(kind, old), tag(kind, new)) for kind in MediaKind for old, new in enumerate(order)]
        there = renumber(blank, prompt, dict(pairs))
        assert renumber(blank, there, {new: old for old, new in pairs}) == prompt

    there_and_back()

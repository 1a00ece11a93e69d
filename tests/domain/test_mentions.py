from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedance_ui.domain.media import MediaKind
from seedance_ui.domain.mentions import parse_mentions, render, renumber, tag, unknown_mentions

IMAGE, VIDEO, AUDIO = MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.AUDIO


def tags(prompt: str) -> list[str]:
    return [mention.tag for mention in parse_mentions(prompt)]


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ("no tag at all", []),
        ("@Image1 walks", ["@Image1"]),
        ("@IMAGE1, @video2; (@aUdIo3)", ["@Image1", "@Video2", "@Audio3"]),
        ("@Image12 is twelve", ["@Image12"]),
        ("@Image01 is one", ["@Image1"]),
        ("@Image1@Image2 side by side", ["@Image1", "@Image2"]),
        ("用@Image1的构图和@Video1的动作", ["@Image1", "@Video1"]),
        ("@Image1's coat", ["@Image1"]),
        ("write to a@image1.org", []),
        ("@@Image1", []),
        ("@Image and @Images1 and Image1 and @ Image1", []),
        ("@Image１", []),
        ("@Image0", ["@Image0"]),
    ],
)
def test_parse_mentions_reads_tags_and_nothing_else(prompt: str, found: list[str]) -> None:
    assert tags(prompt) == found


def test_parse_mentions_gives_offsets_of_the_written_form() -> None:
    prompt = "der Hund von @iMaGe02 rennt"
    (mention,) = parse_mentions(prompt)

    assert prompt[mention.start : mention.end] == "@iMaGe02"
    assert (mention.kind, mention.number) == (IMAGE, 2)


def test_parse_mentions_survives_a_number_that_python_would_refuse() -> None:
    (mention,) = parse_mentions("@Image" + "9" * 5000)

    assert mention.number == 999_999_999


def test_unknown_mentions_are_named_once_in_order() -> None:
    prompt = "@Video1 @Image3 @image3 @Image0 @Image2"

    assert unknown_mentions(prompt, {IMAGE: 2}) == ("@Video1", "@Image3", "@Image0")
    assert unknown_mentions(prompt, {IMAGE: 3, VIDEO: 1}) == ("@Image0",)


@pytest.mark.parametrize(
    ("style", "rendered"),
    [("@Image1", "@Image1 and @Video2@Audio3."), ("@image1", "@image1 and @video2@audio3.")],
)
def test_render_writes_each_dialect_in_one_spelling(style: str, rendered: str) -> None:
    assert render("@IMAGE01 and @video2@Audio3.", style) == rendered  # type: ignore[arg-type]


def test_render_leaves_the_words_around_alone() -> None:
    assert render("MAIL a@Image1.org ABOUT @Image1 NOW", "@image1") == "MAIL a@Image1.org ABOUT @image1 NOW"


@pytest.mark.parametrize(
    ("prompt", "after"),
    [
        ("@Image1 looks at @Image2", "looks at @Image1"),
        ("look at @Image1 and @Image2", "look at and @Image1"),
        ("(@Image1), @Image2", "(), @Image1"),
        ("@Image1@Image2", "@Image1"),
        ("a dog, @Image1", "a dog, "),
        ("@Video1 stays", "@Video1 stays"),
    ],
)
def test_renumber_takes_out_the_tag_of_a_removed_file(prompt: str, after: str) -> None:
    assert renumber(prompt, {(IMAGE, 1): None, (IMAGE, 2): 1}) == after


def test_renumber_swaps_without_meeting_itself() -> None:
    moves = {(IMAGE, 1): 2, (IMAGE, 2): 1}

    assert renumber("@Image1 follows @Image2, @Image1 wins", moves) == "@Image2 follows @Image1, @Image2 wins"


WORDS = st.sampled_from(["a dog", " ", ", ", "é", "@", "x@y.org", "的", "1", "@Ima", "ge2", "\n", ". "])
TAGS = st.builds(tag, st.sampled_from([IMAGE, VIDEO, AUDIO]), st.integers(1, 9))
PROMPTS = st.lists(st.one_of(WORDS, TAGS), max_size=20).map("".join)


@given(prompt=PROMPTS, seed=st.integers(0, 2**32), removed=st.sets(st.integers(1, 9)))
def test_renumber_keeps_what_every_tag_means(prompt: str, seed: int, removed: set[int]) -> None:
    """Whatever is moved or removed in the tray, each tag that stays names the same file as before."""
    staying = [number for number in range(1, 10) if number not in removed]
    random.Random(seed).shuffle(staying)
    new_number: dict[int, int | None] = {number: place for place, number in enumerate(staying, start=1)}
    moves = {(kind, number): new_number.get(number) for kind in MediaKind for number in range(1, 10)}

    after = parse_mentions(renumber(prompt, moves))

    known = [mention for mention in parse_mentions(prompt) if 1 <= mention.number <= 9]
    meant = [(mention.kind, mention.number) for mention in known if mention.number not in removed]
    file_at = {place: number for number, place in new_number.items()}
    assert [(mention.kind, file_at[mention.number]) for mention in after if mention.number <= 9] == meant


@given(prompt=PROMPTS, seed=st.integers(0, 2**32))
def test_renumber_there_and_back_is_the_same_prompt(prompt: str, seed: int) -> None:
    numbers = list(range(1, 10))
    random.Random(seed).shuffle(numbers)
    there = {(kind, old): new for kind in MediaKind for old, new in enumerate(numbers, start=1)}
    back = {(kind, new): old for (kind, old), new in there.items()}

    assert renumber(renumber(prompt, there), back) == prompt


@given(prompt=PROMPTS)
def test_render_keeps_what_every_tag_means(prompt: str) -> None:
    assert parse_tags(render(prompt, "@image1")) == parse_tags(prompt) == parse_tags(render(prompt, "@Image1"))


def parse_tags(prompt: str) -> list[tuple[MediaKind, int]]:
    return [(mention.kind, mention.number) for mention in parse_mentions(prompt)]

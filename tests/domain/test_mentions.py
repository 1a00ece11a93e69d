from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedance_ui.domain.media import MediaKind
from seedance_ui.domain.mentions import parse_mentions, render, tag, unknown_mentions

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
        ("@image?, @Video?", ["@Image?", "@Video?"]),
        ("Is it @Image1? Or @Image??", ["@Image1", "@Image?"]),
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


def test_unknown_mentions_holds_the_tag_of_a_removed_file_whatever_there_is() -> None:
    assert unknown_mentions("@Image? and @Image1", {IMAGE: 9}) == ("@Image?",)


@pytest.mark.parametrize(
    ("style", "rendered"),
    [("@Image1", "@Image1 and @Video2@Audio3."), ("@image1", "@image1 and @video2@audio3.")],
)
def test_render_writes_each_dialect_in_one_spelling(style: str, rendered: str) -> None:
    assert render("@IMAGE01 and @video2@Audio3.", style) == rendered  # type: ignore[arg-type]


def test_render_leaves_the_words_around_alone() -> None:
    assert render("MAIL a@Image1.org ABOUT @Image1 NOW", "@image1") == "MAIL a@Image1.org ABOUT @image1 NOW"


WORDS = st.sampled_from(["a dog", " ", ", ", "é", "@", "x@y.org", "的", "1", "@Ima", "ge2", "?", "\n", ". "])
TAGS = st.builds(tag, st.sampled_from([IMAGE, VIDEO, AUDIO]), st.none() | st.integers(1, 9))
PROMPTS = st.lists(st.one_of(WORDS, TAGS), max_size=20).map("".join)


@given(prompt=PROMPTS)
def test_render_keeps_what_every_tag_means(prompt: str) -> None:
    assert parse_tags(render(prompt, "@image1")) == parse_tags(prompt) == parse_tags(render(prompt, "@Image1"))


def parse_tags(prompt: str) -> list[tuple[MediaKind, int | None]]:
    return [(mention.kind, mention.number) for mention in parse_mentions(prompt)]

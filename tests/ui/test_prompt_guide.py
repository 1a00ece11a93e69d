"""The guide keeps its own advice, and what it puts into a prompt is understood."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from samples import STRICT

from seedance_ui.domain.media import MediaKind
from seedance_ui.domain.mentions import parse_mentions, tag
from seedance_ui.domain.request import Mode
from seedance_ui.domain.validation import check_prompt
from seedance_ui.media.storyboard.camera import find_move
from seedance_ui.media.storyboard.shots import split_prompt
from seedance_ui.ui.prompt_guide import GUIDE, GuideSection
from seedance_ui.ui.widgets.prompt_guide import guide_json

SECTIONS = [pytest.param(section, id=section.title) for section in GUIDE]
SNIPPETS = [pytest.param(section, words, id=words) for section in GUIDE for words in section.snippets]
ONE_OF_EACH = dict.fromkeys(MediaKind, 1)


def named(title: str) -> GuideSection:
    (section,) = [section for section in GUIDE if section.title == title]
    return section


def filled(words: str, written: str = "") -> str:
    """Return a snippet as it stands in a prompt: with the first file of each kind, and what a person wrote."""
    tags = {kind.value: tag(kind, 1) for kind in MediaKind}
    return words.format(caret=written, **tags)


def test_guide_is_plain_data_with_titles_that_differ() -> None:
    sections = json.loads(json.dumps(guide_json(GUIDE)))["sections"]

    assert [section["title"] for section in sections] == [section.title for section in GUIDE]
    assert max(Counter(section.title for section in GUIDE).values()) == 1
    assert max(Counter(words for section in GUIDE for words in section.snippets).values()) == 1
    assert {section.mode for section in GUIDE} == {None, Mode.FRAMES, Mode.REFERENCES}


@pytest.mark.parametrize("section", SECTIONS)
def test_section_is_short_and_its_example_is_a_prompt_that_can_be_sent(section: GuideSection) -> None:
    counts = {MediaKind.IMAGE: 2, MediaKind.VIDEO: 1, MediaKind.AUDIO: 1}

    assert len(section.advice) <= 260
    assert len(section.example) <= 260
    assert check_prompt(section.example, section.mode or Mode.TEXT, counts, STRICT) == []


@pytest.mark.parametrize(("section", "words"), SNIPPETS)
def test_snippet_has_one_place_to_go_on_and_names_files_in_the_tab_that_has_them(
    section: GuideSection, words: str
) -> None:
    holes = re.findall(r"\{(\w*)\}", words)
    kinds = [hole for hole in holes if hole != "caret"]

    assert holes.count("caret") <= 1
    assert set(kinds) <= {kind.value for kind in MediaKind}
    assert section.mode is Mode.REFERENCES or not kinds
    assert [mention.kind.value for mention in parse_mentions(filled(words))] == kinds
    assert check_prompt(filled(words, "x"), section.mode or Mode.TEXT, ONE_OF_EACH, STRICT) == []


@pytest.mark.parametrize(("section", "words"), SNIPPETS)
def test_snippet_is_a_sentence_or_the_start_of_one(section: GuideSection, words: str) -> None:
    assert words[0].isupper() or words.startswith(("{image}", "{video}", "{audio}"))
    assert words.endswith((".", "{caret}", '{caret}"'))
    assert words.count('"') in (0, 2)


def test_snippets_of_dialogue_leave_the_caret_between_quotes_behind_speaker_and_language() -> None:
    spoken = [words for words in named("Dialogue").snippets if "{caret}" in words]

    assert len(spoken) >= 3
    assert all(re.fullmatch(r'[A-Z][\w -]+ in English, "\{caret\}"', words) for words in spoken)


@pytest.mark.parametrize("words", named("Camera").snippets)
def test_snippet_for_the_camera_moves_the_one_of_the_animatic(words: str) -> None:
    assert find_move(f"A potter at the wheel. {words}").label


def test_snippets_for_shots_make_shots_in_the_animatic() -> None:
    prompt = " ".join(filled(words, f"Part {at}.") for at, words in enumerate(named("Shots").snippets[:3], start=1))

    assert split_prompt(prompt) == ("", ("Part 1.", "Part 2.", "Part 3."))

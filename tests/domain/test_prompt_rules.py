"""The rules for a prompt and its tags, through their only door."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from samples import LENIENT, STRICT, audio, frames_request, image, references_request, text_request

from seedance_ui.domain.media import MediaKind
from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.domain.validation import Problem, check_prompt, check_request


def only(request: GenerationRequest) -> Problem:
    """Return the one problem of a request, and fail on none and on two."""
    (problem,) = check_request(request, STRICT)
    return problem


# Words


def test_prompt_may_have_6000_characters_and_no_more() -> None:
    assert check_request(text_request(prompt="é" * 6000), STRICT) == []
    assert only(text_request(prompt="é" * 100_000)) == Problem(
        "prompt", "The prompt has 100,000 characters; Strict Video takes at most 6,000."
    )


@pytest.mark.parametrize("prompt", ["", " \n\t"], ids=repr)
@pytest.mark.parametrize(
    ("request_", "needed_by"),
    [(text_request(), {"strict", "lenient"}), (frames_request(), {"strict"}), (references_request(), {"strict"})],
    ids=["text", "frames", "references"],
)
@pytest.mark.parametrize("spec", [STRICT, LENIENT], ids=lambda spec: spec.provider)
def test_prompt_may_be_empty_only_where_the_media_are_enough(
    request_: GenerationRequest, needed_by: set[str], prompt: str, spec: ModelSpec
) -> None:
    problems = check_request(dataclasses.replace(request_, prompt=prompt), spec)

    assert [problem.field for problem in problems] == (["prompt"] if spec.provider in needed_by else [])


@pytest.mark.parametrize("value", [None, 7, ["a tram"], b"a tram"], ids=repr)
def test_prompt_that_is_no_text_is_refused(value: object) -> None:
    assert only(text_request(prompt=value)) == Problem("prompt", "The prompt is not text.")


@pytest.mark.parametrize("character", ["\x00", "\ud83d"], ids=["NUL", "half of a pair"])
def test_prompt_with_a_character_that_cannot_be_stored_or_sent_is_refused(character: str) -> None:
    assert only(text_request(prompt=f"A tram {character} in the rain")).field == "prompt"


# Tags


@pytest.mark.parametrize(
    ("prompt", "tag", "rest"),
    [
        ("@Image3 dances", "@Image3", "There is @Image1 to @Image2, @Audio1."),
        ("@image0 dances", "@Image0", "There is @Image1 to @Image2, @Audio1."),
        ("dance to @AUDIO2", "@Audio2", "There is @Image1 to @Image2, @Audio1."),
        ("@Image1@Video1 dance", "@Video1", "There is @Image1 to @Image2, @Audio1."),
        ("@Image12345 dances", "@Image12345", "There is @Image1 to @Image2, @Audio1."),
    ],
)
def test_tag_that_names_no_file_is_a_problem_at_the_prompt(prompt: str, tag: str, rest: str) -> None:
    request = references_request(prompt=prompt, images=(image("1.png"), image("2.png")), audios=(audio(),))

    assert only(request) == Problem("prompt", f"{tag} names no file. {rest}", asset=tag)


def test_tag_of_a_removed_file_says_so() -> None:
    problem = only(references_request(prompt="@Image1 and @Image?"))

    assert problem.message == "@Image? stood for a file that was removed. There is @Image1."


def test_check_prompt_leaves_an_empty_prompt_alone_and_says_what_check_request_says_of_any_other() -> None:
    counts = {MediaKind.IMAGE: 1}
    request = references_request(prompt="@Image1 and @Video2")

    assert check_prompt("", Mode.TEXT, {}, STRICT) == []
    assert check_prompt(request.prompt, request.mode, counts, STRICT) == check_request(request, STRICT) != []
    assert [problem.asset for problem in check_prompt("a @Image1", Mode.FRAMES, counts, STRICT)] == ["@Image1"]
    assert len(check_prompt("a" * (STRICT.max_prompt_chars + 1), Mode.TEXT, {}, STRICT)) == 1


def test_unknown_tags_beyond_five_are_counted() -> None:
    """A prompt of the longest length has room for a thousand."""
    messages = [
        [problem.message for problem in check_request(references_request(prompt=prompt), STRICT)]
        for prompt in (" ".join(f"@Image{n}" for n in range(2, most + 2)) for most in (5, 6, 600))
    ]

    assert [len(found) for found in messages] == [5, 6, 6]
    assert [found[-1] for found in messages[1:]] == ["And 1 more tag names no file.", "And 595 more tags name no file."]


@pytest.mark.parametrize("make", [text_request, references_request])
def test_prompt_that_is_too_long_is_not_searched_for_tags(make: Any) -> None:
    assert "250,000 characters" in only(make(prompt=("@Image7 " * 31_250)[:250_000])).message


def test_each_unknown_tag_is_named_once() -> None:
    problems = check_request(references_request(prompt="@Image2, @Image3 and @image2"), STRICT)

    assert [problem.asset for problem in problems] == ["@Image2", "@Image3"]


@pytest.mark.parametrize("make", [text_request, frames_request], ids=["text", "frames"])
def test_tag_outside_the_references_tab_is_a_problem(make: Any) -> None:
    problem = only(make(prompt="@image1 turns its head"))

    assert problem.field == "prompt"
    assert problem.asset == "@Image1"
    assert problem.message == (
        "@Image1 means a file of the References tab. Take it out of the prompt, or use that tab."
    )

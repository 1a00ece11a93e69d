"""What the page says of a prompt while a person writes it."""

from __future__ import annotations

from typing import Any

import pytest

from seedance_ui.domain.media import MediaKind, MediaLink
from seedance_ui.services import Services
from seedance_ui.ui.prompt_box import PromptHandlers
from seedance_ui.ui.widgets.html_widget import UploadedFile

REFERENCES = [
    UploadedFile("nowhere/a.png", "a.png"),
    MediaLink("https://example.com/b.png", MediaKind.IMAGE),
    UploadedFile("nowhere/c.mp3", "c.mp3"),
]


def said(services: Services, *form: Any) -> list[str]:
    update: Any = PromptHandlers(services).on_rest(*form)
    assert all(problem["field"] == "prompt" for problem in update["problems"])
    return [problem["message"] for problem in update["problems"]]


def test_on_rest_names_the_tags_that_stand_for_nothing_and_opens_no_file(services: Services) -> None:
    prompt = "@Image1 to @Image3 with @Audio1 and @Video1"

    assert said(services, "references", prompt, "strict", REFERENCES) == [
        "@Image3 names no file. There is @Image1 to @Image2, @Audio1.",
        "@Video1 names no file. There is @Image1 to @Image2, @Audio1.",
    ]


def test_on_rest_says_that_a_tag_belongs_to_another_tab(services: Services) -> None:
    (sentence,) = said(services, "text", "the coat of @Image1", "strict", REFERENCES)

    assert sentence.startswith("@Image1 means a file of the References tab.")


@pytest.mark.parametrize(
    "form",
    [
        ("text", "", "strict", []),
        ("references", "@Image1", "strict", REFERENCES),
        ("references", None, "strict", []),
        ("text", "@Image1", "nobody", []),
        ("text", "@Image1", None, []),
    ],
    ids=str,
)
def test_on_rest_has_nothing_to_say(services: Services, form: tuple[Any, ...]) -> None:
    assert said(services, *form) == []

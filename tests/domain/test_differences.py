"""What differs between two runs."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedance_ui.domain.differences import Run, Segment, compare_prompts, compare_settings
from seedance_ui.domain.media import MediaKind, MediaLink
from tests.samples import audio, image, references_request, text_request, video

WORDS = st.lists(
    st.sampled_from(["a", "lamp", "blue", "hour.", "@Image1", " ", "\n", "雾", "鹿", "é", "👍🏽"]), max_size=30
)
PROMPTS = st.one_of(st.text(max_size=60), WORDS.map("".join), WORDS.map(" ".join))


def kept(segments: tuple[Segment, ...]) -> str:
    """Return what is the same in both, without white space."""
    return re.sub(r"\s+", "", "".join(segment.text for segment in segments if not segment.differs))


@given(PROMPTS, PROMPTS)
def test_segments_are_the_prompts_and_what_does_not_differ_is_in_both(a: str, b: str) -> None:
    ours, theirs = compare_prompts(a, b)

    assert ("".join(part.text for part in ours), "".join(part.text for part in theirs)) == (a, b)
    assert kept(ours) == kept(theirs)
    for segments in (ours, theirs):
        assert all(
            one.text and one.differs != other.differs for one, other in zip(segments, segments[1:], strict=False)
        )
    assert any(part.differs for part in (*ours, *theirs)) == (a != b)


@given(PROMPTS, PROMPTS, PROMPTS, PROMPTS)
def test_a_common_beginning_and_end_never_differ(start: str, a: str, b: str, end: str) -> None:
    """Words are compared whole, so that the beginning and the end stand apart from what is between."""
    ours, _ = compare_prompts(f"{start} | {a} | {end}", f"{start} | {b} | {end}")

    assert kept(ours).startswith(re.sub(r"\s+", "", start))
    assert kept(ours).endswith(re.sub(r"\s+", "", end))


@pytest.mark.parametrize(
    ("a", "b", "marked"),
    [
        ("A cliff at blue hour. Waves", "A cliff at sunset. Waves", (["blue hour"], ["sunset"])),
        ("清晨，一只小鹿", "清晨，一只小狗", (["鹿"], ["狗"])),
        ("the coat of @Image1", "the coat of @Image2", (["@Image1"], ["@Image2"])),
        ("same", "same", ([], [])),
        ("", "new", ([], ["new"])),
    ],
)
def test_what_is_marked_is_what_a_person_would_mark(a: str, b: str, marked: tuple[list[str], list[str]]) -> None:
    sides = compare_prompts(a, b)

    assert tuple([part.text for part in side if part.differs] for side in sides) == marked


def test_two_long_prompts_that_repeat_themselves_are_given_up_rather_than_waited_for() -> None:
    ours, theirs = compare_prompts("x " + "a b " * 1500, "y " + "b a a " * 1000)

    assert all(part.differs for part in (*ours[:-1], *theirs[:-1]))


@pytest.mark.parametrize(
    ("setting", "change"),
    [
        ("prompt", {"prompt": "Another"}),
        ("provider", {"provider": "lenient"}),
        ("duration_s", {"duration_s": 0}),
        ("resolution", {"resolution": "480p"}),
        ("aspect_ratio", {"aspect_ratio": "9:16"}),
        ("generate_audio", {"generate_audio": False}),
        ("images", {"images": (image("two.png"), image("one.png"))}),
        ("videos", {"videos": (video(),)}),
        ("audios", {"audios": (audio(),)}),
    ],
)
def test_a_setting_that_was_changed_is_the_one_that_differs(setting: str, change: dict[str, object]) -> None:
    request = references_request()

    found = compare_settings(Run(request, 7), Run(replace(request, **change), 7))

    assert [name for name, differs in found.items() if differs] == [setting]


def test_media_are_the_same_by_content_and_links_by_address() -> None:
    ours = references_request(images=(image("one.png"), MediaLink("https://example.com/a.jpg", MediaKind.IMAGE)))
    theirs = replace(ours, images=(replace(ours.images[0], name="renamed.png"), ours.images[1]))

    assert not compare_settings(Run(ours, 7), Run(theirs, 7))["images"]
    swapped = replace(ours, images=ours.images[::-1])
    assert compare_settings(Run(ours, 7), Run(swapped, 7))["images"]


def test_media_that_neither_run_has_are_no_setting_and_an_unknown_seed_is_no_other() -> None:
    found = compare_settings(Run(text_request(), None), Run(text_request(), None))

    assert not {"first_frame", "last_frame", "images", "videos", "audios"} & set(found)
    assert found["seed"]
    assert not compare_settings(Run(text_request(), 7), Run(text_request(seed=7), 7))["seed"]

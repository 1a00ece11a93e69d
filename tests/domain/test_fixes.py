"""`plan_fix`: a copy that keeps every rule, or no offer at all; frames that do not have one shape."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import LENIENT, STRICT, audio, frames_request, image, references_request, video

from seedance_ui.domain.file_rules import check_file
from seedance_ui.domain.fixes import MOST_ENLARGED, Fix, describe, plan_fix
from seedance_ui.domain.media import MediaFile, MediaKind, MediaLink
from seedance_ui.domain.model_spec import ADAPTIVE, ModelSpec
from seedance_ui.domain.validation import Problem, blocking, check_request

NBSP = "\u00a0"
sides_px = st.integers(64, 8192)


def fixed(fix: Fix) -> MediaFile:
    """Return the copy as it is planned."""
    width_px, height_px = fix.size_px or (None, None)
    return replace(
        fix.source,
        mime=fix.mime,
        size_bytes=min(fix.source.size_bytes, fix.max_size_bytes),
        width_px=width_px,
        height_px=height_px,
        duration_s=fix.duration_s or fix.source.duration_s,
    )


def planned(file: MediaFile, spec: ModelSpec = STRICT, **options: Any) -> Fix:
    fix = plan_fix(file, file.kind, spec, **options)
    assert fix is not None
    return fix


@given(
    st.builds(image, width_px=sides_px, height_px=sides_px, size_bytes=st.integers(1, 60_000_000)),
    st.none() | st.floats(0.4, 2.5),
)
def test_plan_for_any_image_keeps_the_rules_and_the_shape(file: MediaFile, ratio: float | None) -> None:
    fix = plan_fix(file, MediaKind.IMAGE, STRICT, ratio=ratio)
    if fix is None:
        width_px, height_px = float(file.width_px or 0), float(file.height_px or 0)
        cropped = (
            (min(width_px, height_px * ratio), min(height_px, width_px / ratio)) if ratio else (width_px, height_px)
        )
        assert min(cropped) < 300  # too small to be enlarged
        return
    assert list(check_file(fixed(fix), MediaKind.IMAGE, STRICT)) == []
    assert fix.crop_px and fix.size_px
    if ratio:
        # A picture of a few hundred pixels cannot have every shape.
        assert fix.size_px[0] / fix.size_px[1] == pytest.approx(ratio, rel=0.01)


@pytest.mark.parametrize("spec", [STRICT, LENIENT], ids=lambda spec: spec.provider)
@given(
    file=st.builds(
        video,
        width_px=sides_px,
        height_px=sides_px,
        duration_s=st.floats(0.1, 600.0),
        size_bytes=st.integers(1, 300_000_000),
        mime=st.sampled_from(["video/mp4", "video/quicktime", "video/webm"]),
    )
)
def test_plan_for_any_video_keeps_the_rules_in_even_sizes(spec: ModelSpec, file: MediaFile) -> None:
    fix = plan_fix(file, MediaKind.VIDEO, spec)
    if fix is None:
        return
    assert list(check_file(fixed(fix), MediaKind.VIDEO, spec)) == []
    assert fix.size_px and fix.crop_px
    assert fix.size_px[0] % 2 == fix.size_px[1] % 2 == 0
    assert fix.size_px[0] <= MOST_ENLARGED * fix.crop_px[0] + 2
    shape = fix.crop_px[0] / fix.crop_px[1]
    assert fix.size_px[0] / fix.size_px[1] == pytest.approx(shape, rel=0.02)


@pytest.mark.parametrize(
    ("file", "size_px"),
    [
        (video(width_px=1920, height_px=1080), (1280, 720)),
        (video(width_px=1080, height_px=1920), (720, 1280)),
        (video(width_px=3840, height_px=2160), (1280, 720)),
        (video(width_px=1440, height_px=1080), (1112, 834)),
        (video(width_px=960, height_px=720), (960, 720)),
        (video(width_px=640, height_px=360), (854, 480)),
        (image(width_px=8000, height_px=6000), (6000, 4500)),
        (image(width_px=200, height_px=200), (300, 300)),
        (image(width_px=1280, height_px=720, mime="image/gif"), (1280, 720)),
    ],
    ids=str,
)
def test_plan_takes_the_size_that_people_know(file: MediaFile, size_px: tuple[int, int]) -> None:
    assert planned(file).size_px == size_px


@pytest.mark.parametrize(
    "file",
    [
        video(duration_s=1.0),
        video(width_px=320, height_px=240),
        audio(duration_s=0.5),
        image(width_px=100, height_px=100),
    ],
    ids=["a clip that is too short", "a tiny clip", "a sound that is too short", "a tiny image"],
)
def test_plan_is_not_offered_where_it_makes_no_sense(file: MediaFile) -> None:
    assert plan_fix(file, file.kind, STRICT) is None


def test_plan_of_a_file_in_the_wrong_slot_is_not_offered() -> None:
    assert plan_fix(video(), MediaKind.IMAGE, STRICT) is None


def test_describe_says_everything_that_changes() -> None:
    long = video(width_px=1920, height_px=1080, duration_s=22.44, mime="video/quicktime", size_bytes=90_000_000)
    assert describe(planned(long)) == [
        f"Scaled down to 1280{NBSP}×{NBSP}720.",
        "Cut to 15 s of 22.4 s.",
        "Saved as MP4 (H.264).",
        "Made smaller than 50 MB.",
    ]
    assert describe(planned(image(width_px=4000, height_px=1000))) == [f"Cropped to 2500{NBSP}×{NBSP}1000."]
    small = planned(image(width_px=250, height_px=250, mime="image/bmp"))
    assert describe(small) == [f"Enlarged to 300{NBSP}×{NBSP}300. It may look soft.", "Saved as PNG."]
    assert describe(planned(audio(duration_s=20.0))) == ["Cut to 15 s of 20.0 s.", "Saved as WAV."]


def test_placed_stays_within_the_source() -> None:
    fix = planned(video(duration_s=20.0))
    assert fix.latest_start_s == 5.0
    assert (fix.placed(focus=-1, start_s=99).focus, fix.placed(focus=2, start_s=99).start_s) == (0.0, 5.0)
    assert planned(video()).placed(focus=0.5, start_s=3).start_s == 0.0


# What the checks offer


def test_every_blocking_problem_of_a_file_that_can_be_mended_carries_the_plan() -> None:
    wrong = video(width_px=1920, height_px=1080, duration_s=20.0)
    problems = blocking(check_request(references_request(videos=(wrong,), images=(image(),)), STRICT))
    assert len(problems) == 2
    assert {problem.fix for problem in problems} == {planned(wrong)}


def test_local_video_that_must_be_a_link_has_no_fix_for_that() -> None:
    spec = replace(STRICT, takes_local_videos=False)
    wrong = video(width_px=1920, height_px=1080)
    problems = check_request(references_request(videos=(wrong,)), spec)
    assert [(problem.fix is None) for problem in problems] == [True, False]
    assert "only by link" in problems[0].message


def test_link_has_no_fix() -> None:
    [problem] = check_request(references_request(images=(MediaLink("http://x", MediaKind.IMAGE),)), STRICT)
    assert problem.fix is None


# Frames


def test_frames_of_the_videos_shape_have_no_note() -> None:
    made_by_the_model = image("last.png", width_px=864, height_px=496)
    assert check_request(frames_request(last_frame=made_by_the_model), STRICT) == []


def test_frame_of_another_shape_than_the_video_is_a_warning_with_a_crop() -> None:
    request = frames_request(first_frame=image(width_px=1000, height_px=1000))
    [problem] = check_request(request, STRICT)
    size = f"1000{NBSP}×{NBSP}1000"
    text = f"The first frame is {size} pixels, but the video is 16:9. Part of it may be cut off."
    assert problem == Problem("first_frame", text, severity="warning")
    assert problem.fix is not None and problem.fix.size_px == (1000, 562)


def test_last_frame_of_another_shape_than_the_first_is_cropped_to_it_where_the_video_is_adaptive() -> None:
    request = frames_request(
        aspect_ratio=ADAPTIVE,
        first_frame=image("first.png", width_px=800, height_px=1000),
        last_frame=image("last.png", width_px=1280, height_px=720),
    )
    [problem] = check_request(request, LENIENT)
    assert (problem.field, problem.severity) == ("last_frame", "warning")
    assert f"but the first is 800{NBSP}×{NBSP}1000." in problem.message
    assert problem.fix is not None and problem.fix.size_px == (576, 720)
    mended = replace(request, last_frame=fixed(problem.fix))
    assert check_request(mended, LENIENT) == []


def test_first_frame_alone_has_the_shape_of_an_adaptive_video() -> None:
    request = frames_request(aspect_ratio=ADAPTIVE, first_frame=image(width_px=800, height_px=1000))
    assert check_request(request, LENIENT) == []


@given(st.builds(image, width_px=st.integers(300, 6000), height_px=st.integers(300, 6000)))
def test_fix_of_any_frame_leaves_no_note(file: MediaFile) -> None:
    request = frames_request(first_frame=file)
    fixes = [problem.fix for problem in check_request(request, STRICT)]
    if fixes and fixes[0]:
        assert check_request(replace(request, first_frame=fixed(fixes[0])), STRICT) == []

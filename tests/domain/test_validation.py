from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import LENIENT, STRICT, audio, frames_request, image, references_request, text_request, video

from seedance_ui.domain.media import MediaFile
from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.domain.request import AUTO_DURATION_S, GenerationRequest, Mode
from seedance_ui.domain.validation import Problem, blocking, check_request

CLEAN = {
    "text": text_request(),
    "first frame": frames_request(),
    "both frames": frames_request(last_frame=image("last.png")),
    "one image": references_request(),
    "everything": references_request(
        prompt="@Image1 to @Image9, @Video1 to @Video3, with @Audio3",
        images=tuple(image(f"{n}.png") for n in range(9)),
        videos=tuple(video(f"{n}.mp4") for n in range(3)),
        audios=tuple(audio(f"{n}.mp3") for n in range(3)),
    ),
}


def only(request: GenerationRequest, spec: ModelSpec = STRICT) -> Problem:
    """Return the one problem of a request, and fail on none and on two."""
    (problem,) = check_request(request, spec)
    return problem


@pytest.mark.parametrize("spec", [STRICT, LENIENT], ids=lambda spec: spec.provider)
@pytest.mark.parametrize("request_", CLEAN.values(), ids=CLEAN.keys())
def test_check_request_clean_request_has_no_problem(request_: GenerationRequest, spec: ModelSpec) -> None:
    assert check_request(request_, spec) == []


# Duration


@pytest.mark.parametrize("value", [4, 8, 15])
def test_duration_within_the_bounds_passes(value: int) -> None:
    assert check_request(text_request(duration_s=value), STRICT) == []


@pytest.mark.parametrize("value", [3, 16, -1, 10**30])
def test_duration_outside_the_bounds_names_them(value: int) -> None:
    problem = only(text_request(duration_s=value))

    assert problem == Problem("duration_s", f"The duration is {value} s. Strict Video takes 4–15 s.")


@pytest.mark.parametrize("value", [4.5, 8.0, math.nan, math.inf, True, "8", None, [8], {}], ids=repr)
def test_duration_that_is_no_whole_number_is_refused(value: object) -> None:
    problem = only(text_request(duration_s=value))

    assert problem == Problem("duration_s", f"The duration is {value!r}. Choose whole seconds, 4–15.")


def test_auto_duration_passes_only_where_the_model_has_it() -> None:
    request = text_request(duration_s=AUTO_DURATION_S)

    assert check_request(request, LENIENT) == []
    assert only(request) == Problem("duration_s", "Strict Video has no Auto duration. Choose 4–15 s.")


# Choices, sound, seed


@pytest.mark.parametrize("value", ["8K", "720P", "", None, 720, ["720p"], {"a": 1}], ids=repr)
def test_resolution_that_the_model_lacks_is_refused(value: object) -> None:
    problem = only(text_request(resolution=value))

    assert problem == Problem("resolution", f"The resolution is {value!r}. Strict Video takes 480p, 720p.")


@pytest.mark.parametrize("value", ["16:10", "16/9", "Adaptive", None, 1.5], ids=repr)
def test_aspect_ratio_that_the_model_lacks_is_refused(value: object) -> None:
    problem = only(text_request(aspect_ratio=value))

    assert problem.field == "aspect_ratio"
    assert problem.message == (f"The aspect ratio is {value!r}. Strict Video takes 21:9, 16:9, 4:3, 1:1, 3:4, 9:16.")


def test_adaptive_passes_only_where_the_model_has_it() -> None:
    request = text_request(aspect_ratio="adaptive")

    assert check_request(request, LENIENT) == []
    assert only(request).field == "aspect_ratio"


@pytest.mark.parametrize("value", [None, 0, 1, "on", "false"], ids=repr)
def test_sound_is_on_or_off_and_nothing_else(value: object) -> None:
    problem = only(text_request(generate_audio=value))

    assert problem == Problem("generate_audio", f"Sound is {value!r}. It is either on or off.")


@pytest.mark.parametrize("value", [None, 0, 1, 4_294_967_295])
def test_seed_within_the_bounds_passes(value: int | None) -> None:
    assert check_request(text_request(seed=value), STRICT) == []


@pytest.mark.parametrize("value", [-1, 4_294_967_296, 1.7, math.nan, 1e308, True, "7", [7]], ids=repr)
def test_seed_outside_the_bounds_is_refused(value: object) -> None:
    problem = only(text_request(seed=value))

    assert problem == Problem("seed", f"The seed is {value!r}. Use a whole number, 0–4294967295, or none.")


def test_long_value_is_cut_in_the_message() -> None:
    problem = only(text_request(resolution="8" * 10_000))

    assert len(problem.message) < 120
    assert "…" in problem.message


# Mode


@pytest.mark.parametrize("value", ["txt", None, 3], ids=repr)
def test_mode_that_is_none_of_the_three_is_refused(value: object) -> None:
    problem = only(text_request(mode=value))

    assert problem == Problem("mode", f"The mode is {value!r}. Choose one of: text, frames, references.")


def test_mode_that_the_model_lacks_is_refused() -> None:
    spec = dataclasses.replace(STRICT, modes=(Mode.TEXT,))

    assert only(frames_request(), spec) == Problem("mode", "Strict Video has no mode “First & last frame”.")


# Frames and references


def test_frames_without_a_first_frame_are_refused() -> None:
    assert only(frames_request(first_frame=None)) == Problem("first_frame", "Add the picture the video starts from.")
    assert only(frames_request(first_frame=None, last_frame=image("last.png"))) == Problem(
        "first_frame", "A last frame needs a first frame."
    )


@pytest.mark.parametrize("make", [frames_request, references_request], ids=["frames", "references"])
def test_frames_and_references_exclude_each_other(make: Any) -> None:
    problems = check_request(make(first_frame=image("first.png"), images=(image("one.png"),)), STRICT)

    assert Problem("mode", "Frames and references exclude each other. Keep one of the two.") in problems


def test_text_takes_no_files() -> None:
    assert only(text_request(first_frame=image())).field == "mode"
    assert only(text_request(videos=(video(),))).field == "mode"


def test_references_without_a_file_are_refused() -> None:
    assert only(references_request(images=())) == Problem("references", "Add at least one image or video.")


def test_audio_alone_is_refused_and_passes_beside_a_picture() -> None:
    alone = references_request(images=(), audios=(audio(),))

    assert only(alone) == Problem("references", "Audio needs an image or a video beside it.")
    assert check_request(dataclasses.replace(alone, images=(image(),)), STRICT) == []
    assert check_request(dataclasses.replace(alone, videos=(video(),)), STRICT) == []


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"images": tuple(image(f"{n}.png") for n in range(10))}, "There are 10 images; Strict Video takes at most 9."),
        (
            {"videos": tuple(video(f"{n}.mp4", duration_s=2.0) for n in range(4))},
            "There are 4 videos; Strict Video takes at most 3.",
        ),
        (
            {"audios": tuple(audio(f"{n}.mp3", duration_s=2.0) for n in range(4))},
            "There are 4 audio files; Strict Video takes at most 3.",
        ),
    ],
    ids=["images", "videos", "audios"],
)
def test_too_many_references_are_counted(files: dict[str, Any], message: str) -> None:
    assert only(references_request(**files)) == Problem("references", message)


# Files


@pytest.mark.parametrize(
    ("width_px", "height_px", "message"),
    [
        (300, 300, None),
        (6000, 6000, None),
        (750, 300, None),
        (300, 750, None),
        (6000, 2400, None),
        (299, 400, "each side must be 300–6000."),
        (400, 299, "each side must be 300–6000."),
        (6001, 3000, "each side must be 300–6000."),
        (751, 300, "it is too wide (at most 5:2)."),
        (300, 751, "it is too tall (at most 5:2)."),
    ],
)
def test_image_sides_and_shape_have_exact_edges(width_px: int, height_px: int, message: str | None) -> None:
    request = frames_request(first_frame=image(width_px=width_px, height_px=height_px))
    problems = blocking(check_request(request, STRICT))

    size = f"{width_px}\u00a0×\u00a0{height_px}"
    wanted = [] if message is None else [Problem("first_frame", f"The first frame is {size} pixels; {message}")]
    assert problems == wanted


def test_image_without_any_height_is_refused_like_any_other() -> None:
    problems = check_request(frames_request(first_frame=image(width_px=0, height_px=0)), STRICT)

    assert [problem.field for problem in problems] == ["first_frame"]


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (image(size_bytes=30_000_000), None),
        (image(size_bytes=30_000_001), "@Image1 has 30.1 MB; the most is 30 MB."),
        (audio(size_bytes=15_000_000), None),
        (audio(size_bytes=15_000_001), "@Audio1 has 15.1 MB; the most is 15 MB."),
        (video(size_bytes=200_000_001), "@Video1 has 200.1 MB; the most is 200 MB."),
    ],
    ids=lambda value: value.name if isinstance(value, MediaFile) else None,
)
def test_file_size_has_an_exact_edge(file: MediaFile, message: str | None) -> None:
    images = (file,) if file.kind.value == "image" else (image(),)
    slot = f"{file.kind.value}s"
    request = references_request(**{"images": images, slot: (file,)})

    assert check_request(request, STRICT) == (
        [] if message is None else [Problem("references", message, f"@{slot[:-1].capitalize()}1")]
    )


def test_large_video_is_a_warning_that_stops_nothing() -> None:
    assert check_request(references_request(videos=(video(size_bytes=50_000_000),)), STRICT) == []

    problems = check_request(references_request(videos=(video(size_bytes=50_000_001),)), STRICT)

    assert [(problem.message, problem.severity) for problem in problems] == [
        ("@Video1 has 50.1 MB; more than 50 MB may be refused.", "warning")
    ]
    assert blocking(problems) == []


def test_problems_stand_before_warnings() -> None:
    request = references_request(videos=(video(size_bytes=60_000_000),), seed=-1)

    assert [problem.severity for problem in check_request(request, STRICT)] == ["problem", "warning"]


@pytest.mark.parametrize(
    ("width_px", "height_px", "word"),
    [(640, 640, None), (1280, 720, None), (834, 1112, None), (639, 640, "small"), (1280, 725, "large")],
)
def test_video_area_has_exact_edges_where_the_provider_names_one(
    width_px: int, height_px: int, word: str | None
) -> None:
    request = references_request(videos=(video(width_px=width_px, height_px=height_px),))

    assert check_request(request, LENIENT) == []
    assert [f"too {word} for Strict Video" in problem.message for problem in check_request(request, STRICT)] == (
        [] if word is None else [True]
    )


@pytest.mark.parametrize(
    ("duration_s", "passes"), [(1.8, True), (15.2, True), (1.79, False), (15.21, False), (math.nan, False)]
)
@pytest.mark.parametrize("make", [video, audio], ids=["video", "audio"])
def test_clip_length_has_exact_edges(make: Any, duration_s: float, passes: bool) -> None:
    file = make(duration_s=duration_s)
    request = references_request(**{f"{file.kind.value}s": (file,)})

    problems = check_request(request, STRICT)

    assert (problems == []) is passes
    assert all("it must last 2–15 s" in problem.message for problem in problems)


@pytest.mark.parametrize(
    ("lengths_s", "passes"),
    [((5.1, 5.05, 5.05), True), ((7.6, 7.6), True), ((7.6, 7.61), False), ((15.2,), True)],
)
@pytest.mark.parametrize("make", [video, audio], ids=["videos", "audios"])
def test_clips_together_have_an_exact_edge(make: Any, lengths_s: tuple[float, ...], passes: bool) -> None:
    files = tuple(make(f"{n}", duration_s=length_s) for n, length_s in enumerate(lengths_s))
    request = references_request(**{f"{files[0].kind.value}s": files})

    problems = check_request(request, STRICT)

    assert (problems == []) is passes
    assert all("together; the most is 15 s" in problem.message for problem in problems)


@pytest.mark.parametrize(
    ("slot", "file", "message"),
    [
        ("images", image(mime="image/gif"), "@Image1 is image/gif. Strict Video takes JPEG, PNG or WebP here."),
        ("images", video(), "@Image1 is video/mp4. Strict Video takes JPEG, PNG or WebP here."),
        ("videos", image(), "@Video1 is image/png. Strict Video takes MP4 or MOV here."),
        ("audios", audio(mime="audio/ogg"), "@Audio1 is audio/ogg. Strict Video takes MP3 or WAV here."),
    ],
)
def test_file_of_a_kind_that_does_not_belong_there_is_refused(slot: str, file: MediaFile, message: str) -> None:
    request = references_request(**{"images": (image(),), slot: (file,)})

    assert [problem.message for problem in check_request(request, STRICT)] == [message]


# Whatever may come in


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


@given(
    fields=st.fixed_dictionaries(
        {
            name: ANYTHING
            for name in ("mode", "prompt", "duration_s", "resolution", "aspect_ratio", "generate_audio", "seed")
        }
    )
)
def test_check_request_never_raises_and_says_where(fields: dict[str, Any]) -> None:
    """C7: whatever a client sends is answered in words at a field."""
    names = set(fields) | {"references", "first_frame", "last_frame"}

    for problem in check_request(text_request(**fields), STRICT):
        assert problem.field in names
        assert problem.message.endswith(".")


@given(duration_s=ANYTHING, seed=ANYTHING, sound=ANYTHING)
def test_a_request_without_problems_has_values_of_the_right_type(
    duration_s: object, seed: object, sound: object
) -> None:
    request = text_request(duration_s=duration_s, seed=seed, generate_audio=sound)

    if check_request(request, LENIENT) == []:
        assert type(request.duration_s) is int
        assert request.duration_s == AUTO_DURATION_S or 4 <= request.duration_s <= 15
        assert request.seed is None or type(request.seed) is int
        assert type(request.generate_audio) is bool

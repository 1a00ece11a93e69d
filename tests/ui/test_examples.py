from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from PIL import Image

from seedance_ui.domain.media import MediaFile, MediaKind
from seedance_ui.domain.mentions import parse_mentions, tag
from seedance_ui.domain.model_spec import MediaLimits, ModelSpec
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.domain.validation import check_request
from seedance_ui.ui.examples import EXAMPLES, Example
from seedance_ui.ui.provider_examples import PROVIDER_EXAMPLES, examples_for, find_example

ASSETS = Path(__file__).resolve().parents[2] / "assets"
EVERY = [pytest.param(mode, example, id=example.title) for mode, six in EXAMPLES.items() for example in six]
OWN = [pytest.param(mode, example, id=example.title) for (_, mode), own in PROVIDER_EXAMPLES.items() for example in own]
CLIPS = sorted({name for six in EXAMPLES.values() for each in six for name in (*each.videos, *each.audios)})
SPECS = [
    ModelSpec(provider="x", provider_label="X", model="m"),
    ModelSpec(
        provider="strict", provider_label="Strict", model="m", limits=MediaLimits(video_area_px=(409_600, 927_408))
    ),
]
FRAME_RATES = (24, 60)
"""The least and most frames a second of a reference video."""


def measure(name: str) -> MediaFile:
    """Return the facts of a file as decoders see them; the kind comes from the content, not from the name."""
    path = ASSETS / name
    content = path.read_bytes()
    common = {
        "path": path,
        "size_bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "name": path.name,
    }
    if content.startswith(b"\xff\xd8\xff"):
        with Image.open(path) as image:
            image.load()
            return MediaFile(
                **common,
                kind=MediaKind.IMAGE,
                mime=image.get_format_mimetype(),
                width_px=image.width,
                height_px=image.height,
            )
    with av.open(path) as container:
        duration_s = container.duration / av.time_base
        codecs = tuple(stream.codec_context.name for stream in container.streams)
        if container.streams.video:
            video = container.streams.video[0]
            return MediaFile(
                **common,
                kind=MediaKind.VIDEO,
                mime="video/mp4",
                width_px=video.width,
                height_px=video.height,
                duration_s=duration_s,
                fps=float(video.average_rate),
                codecs=codecs,
            )
        assert container.format.name == "mp3"
        return MediaFile(**common, kind=MediaKind.AUDIO, mime="audio/mpeg", duration_s=duration_s, codecs=codecs)


def build_request(mode: Mode, example: Example, provider: str) -> GenerationRequest:
    return GenerationRequest(
        provider=provider,
        mode=mode,
        prompt=example.prompt,
        duration_s=example.duration_s,
        resolution=example.resolution,
        aspect_ratio=example.aspect_ratio,
        generate_audio=example.generate_audio,
        seed=example.seed,
        first_frame=measure(example.first_frame) if example.first_frame else None,
        last_frame=measure(example.last_frame) if example.last_frame else None,
        images=tuple(map(measure, example.images)),
        videos=tuple(map(measure, example.videos)),
        audios=tuple(map(measure, example.audios)),
    )


def reference_tags(example: Example) -> Iterator[str]:
    for kind, files in (
        (MediaKind.IMAGE, example.images),
        (MediaKind.VIDEO, example.videos),
        (MediaKind.AUDIO, example.audios),
    ):
        yield from (tag(kind, number) for number, _ in enumerate(files, start=1))


def test_examples_every_mode_has_six_in_order_of_the_tabs():
    assert list(EXAMPLES) == list(Mode)
    assert [len(six) for six in EXAMPLES.values()] == [6, 6, 6]


def test_examples_text_starts_as_the_design_does():
    titles = [example.title for example in EXAMPLES[Mode.TEXT]]
    assert titles[:4] == ["Lighthouse", "Neon rain", "Caravan", "Tea, close up"]


def test_examples_titles_and_thumbnails_differ():
    every = [example for six in EXAMPLES.values() for example in six]
    assert len({example.title for example in every}) == len(every)
    assert len({example.thumbnail for example in every}) == len(every)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.provider)
@pytest.mark.parametrize(("mode", "example"), EVERY)
def test_check_request_of_an_example_finds_nothing(mode, example, spec):
    assert check_request(build_request(mode, example, spec.provider), spec) == []


@pytest.mark.parametrize(("mode", "example"), EVERY)
def test_example_prompt_names_every_reference_and_no_other(mode, example):
    assert {mention.tag for mention in parse_mentions(example.prompt)} == set(reference_tags(example))


def test_examples_for_shows_a_providers_own_first_and_six_in_all():
    for mode in Mode:
        assert examples_for(mode, "animatic") == EXAMPLES[mode]
        own = PROVIDER_EXAMPLES.get(("aimlapi", mode), ())
        assert examples_for(mode, "aimlapi") == (*own, *EXAMPLES[mode])[:6]
    assert [example.title for example in examples_for(Mode.FRAMES, "aimlapi")][:2] == ["Mona Lisa", "Nightfall"]
    assert [example.title for example in examples_for(Mode.REFERENCES, "aimlapi")][:2] == ["Lip-sync", "Little robot"]


def test_find_example_finds_each_by_a_title_that_no_other_has():
    every = [(mode, example) for mode, six in EXAMPLES.items() for example in six]
    every += [(mode, example) for (_, mode), own in PROVIDER_EXAMPLES.items() for example in own]
    assert [find_example(example.title) for _, example in every] == every
    assert find_example(None) is find_example("No such") is None


@pytest.mark.parametrize(("mode", "example"), OWN)
def test_example_of_a_provider_names_every_reference_and_no_other(mode, example):
    assert {mention.tag for mention in parse_mentions(example.prompt)} == set(reference_tags(example))


@pytest.mark.parametrize(("mode", "example"), EVERY)
def test_example_words_are_short(mode, example):
    assert 1 <= len(example.title.split()) <= 3
    words = len(re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", example.prompt, re.ASCII))
    assert words <= 80
    assert len(example.prompt) <= 500
    assert "  " not in example.prompt
    assert example.prompt == example.prompt.strip()


@pytest.mark.parametrize(("mode", "example"), EVERY)
def test_example_silent_asks_for_no_sound(mode, example):
    asks = re.search(r"music|piano|wind\b|rain\b|melody|drums|sound|音乐", example.prompt)
    assert bool(asks) == example.generate_audio


def test_examples_vary_what_can_be_set():
    every = [example for six in EXAMPLES.values() for example in six]
    assert {example.aspect_ratio for example in every} == {"16:9", "9:16", "21:9", "1:1"}
    assert {example.resolution for example in every} == {"480p", "720p"}
    assert {example.generate_audio for example in every} == {True, False}
    assert len({example.duration_s for example in every}) >= 5
    assert all(5 <= example.duration_s <= 10 for example in every)


def test_examples_show_shots_dialogue_chinese_edit_and_extend():
    prompts = [example.prompt for six in EXAMPLES.values() for example in six]
    for pattern in (
        r"^Shot 1: .* Shot 2: ",
        r'says in English, "[^"]+"',
        r"[\u4e00-\u9fff]{4}",
        r"^Strictly edit @Video1",
        r"^Extend @Video1 forward: ",
    ):
        assert any(re.search(pattern, prompt) for prompt in prompts), pattern


def test_examples_frames_hold_pairs_of_one_shape_and_one_first_frame_alone():
    alone = [example for example in EXAMPLES[Mode.FRAMES] if example.last_frame is None]
    assert len(alone) == 1
    for example in EXAMPLES[Mode.FRAMES]:
        shapes = {(file.width_px, file.height_px) for file in map(measure, example.media)}
        assert len(shapes) == 1
        width_px, height_px = shapes.pop()
        across, down = map(int, example.aspect_ratio.split(":"))
        assert width_px / height_px == pytest.approx(across / down, rel=0.01)


def test_examples_use_every_file_of_the_folder_and_no_other():
    used = {path for six in EXAMPLES.values() for example in six for path in (example.thumbnail, *example.media)}
    used |= {example.thumbnail for own in PROVIDER_EXAMPLES.values() for example in own}
    there = {path.relative_to(ASSETS).as_posix() for path in (ASSETS / "examples").rglob("*") if path.is_file()}
    assert used == there


def test_examples_files_are_small():
    sizes = {path.name: path.stat().st_size for path in (ASSETS / "examples").iterdir()}
    thumbnails = {name: size for name, size in sizes.items() if name.startswith("thumb-")}
    pictures = {name: size for name, size in sizes.items() if name.endswith(".jpg") and name not in thumbnails}
    assert max(sizes.values()) <= 300_000
    assert max(pictures.values()) <= 120_000
    assert max(thumbnails.values()) <= 12_000
    assert sum(sizes.values()) <= 3_000_000


@pytest.mark.parametrize(("mode", "example"), [*EVERY, *OWN])
def test_example_thumbnail_is_two_to_one(mode, example):
    with Image.open(ASSETS / example.thumbnail) as image:
        assert image.size == (320, 160)
        assert image.format == "JPEG"


@pytest.mark.parametrize("name", CLIPS)
def test_example_clip_is_what_providers_take(name):
    file = measure(name)
    assert 2 <= file.duration_s <= 15
    if file.kind is MediaKind.VIDEO:
        assert file.codecs[0] == "h264"
        assert FRAME_RATES[0] <= file.fps <= FRAME_RATES[1]
        # Players without 4:4:4 support show nothing otherwise.
        with av.open(file.path) as container:
            assert container.streams.video[0].pix_fmt == "yuv420p"

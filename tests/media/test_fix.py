"""`Fixer`: what is planned is what comes out, measured by the same probe and checked by the same rules."""

from __future__ import annotations

import asyncio
import hashlib
import wave
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from seedance_ui.domain.file_rules import check_file
from seedance_ui.domain.fixes import Fix, plan_fix
from seedance_ui.domain.media import MediaFile, MediaKind
from seedance_ui.domain.model_spec import MediaLimits, ModelSpec
from seedance_ui.errors import MediaError
from seedance_ui.media.fix import Fixer
from seedance_ui.media.intake import Intake
from seedance_ui.providers import PROVIDERS
from tests.media_makers import make_corner_image, make_image, make_mp3, make_video, turn_clip, wav_bytes
from tests.samples import LENIENT, STRICT

FEW = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
"""Each example starts three processes."""
SMALL = replace(
    STRICT,
    limits=MediaLimits(
        min_side_px=100,
        max_side_px=500,
        video_area_px=(20_000, 60_000),
        min_clip_s=0.4,
        max_clip_s=1.0,
        max_size_bytes={MediaKind.IMAGE: 150_000, MediaKind.VIDEO: 100_000, MediaKind.AUDIO: 300_000},
        warn_size_bytes={},
    ),
)
"""The same kinds of rules in a size that is encoded soon."""


@pytest.fixture
def intake(tmp_path: Path) -> Intake:
    return Intake(tmp_path / "uploads")


@pytest.fixture
def fixer(intake: Intake) -> Fixer:
    return Fixer(intake)


def plan(file: MediaFile | None, spec: ModelSpec = STRICT, **options: float) -> Fix:
    assert file is not None
    fix = plan_fix(file, file.kind, spec, **options)
    assert fix is not None
    return fix


def frames_of(path: Path) -> Iterator[np.ndarray]:
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="rgb24")


def test_every_provider_takes_what_copies_are_made_in() -> None:
    """A plan is one of these or keeps the type of its source."""
    assert PROVIDERS
    limits = MediaLimits()
    assert {"image/jpeg", "image/png"} <= set(limits.mimes[MediaKind.IMAGE])
    assert "video/mp4" in limits.mimes[MediaKind.VIDEO] and "audio/wav" in limits.mimes[MediaKind.AUDIO]


# Any media: a fix leads to a file without a problem, or is not offered


def expect_clean_copy(directory: Path, path: Path, spec: ModelSpec, *, focus: float, start_s: float) -> None:
    async def take_in_and_fix() -> tuple[Fix | None, MediaFile | None]:
        intake = Intake(directory / "uploads")
        file = await intake.take_in(path, name=path.name)
        fix = plan_fix(file, file.kind, spec)
        return fix, await Fixer(intake).make(fix.placed(focus=focus, start_s=start_s)) if fix else None

    fix, copy = asyncio.run(take_in_and_fix())
    if fix is None or copy is None:
        return
    assert list(check_file(copy, copy.kind, spec)) == []
    assert (copy.width_px, copy.height_px) == (fix.size_px or (None, None))
    assert copy.duration_s == pytest.approx(fix.duration_s or fix.source.duration_s, abs=0.1)


@FEW
@given(
    size=st.tuples(st.integers(64, 700), st.integers(64, 700)),
    suffix=st.sampled_from(["png", "jpg", "webp"]),
    focus=st.floats(0, 1),
    spec=st.sampled_from([SMALL, STRICT, LENIENT]),
    data=st.integers(0, 9),
)
def test_fix_of_any_image(tmp_path: Path, size, suffix, focus, spec, data) -> None:
    noise = np.random.default_rng(data).integers(0, 256, (size[1], size[0], 3), np.uint8)
    path = tmp_path / f"noise.{suffix}"
    Image.fromarray(noise).save(path)
    expect_clean_copy(tmp_path, path, spec, focus=focus, start_s=0)


@FEW
@given(
    size=st.tuples(st.integers(40, 350), st.integers(40, 350)).map(lambda half: (half[0] * 2, half[1] * 2)),
    seconds=st.sampled_from([0.5, 1.0, 1.7, 3.0]),
    fps=st.sampled_from([12, 24, 75]),
    sound=st.booleans(),
    start_s=st.floats(0, 2),
)
def test_fix_of_any_video(tmp_path: Path, size, seconds, fps, sound, start_s) -> None:
    path = make_video(tmp_path / "any.mp4", size=size, seconds=seconds, fps=fps, sound=sound)
    expect_clean_copy(tmp_path, path, SMALL, focus=0.5, start_s=start_s)


# Images


async def test_fix_crops_where_the_focus_is(intake: Intake, fixer: Fixer, tmp_path: Path) -> None:
    """The top left quarter of the source is red."""
    file = await intake.take_in(make_corner_image(tmp_path / "wide.png", (1600, 400)), name="wide.png")
    fix = plan(file)
    left, right = [await fixer.make(fix.placed(focus=focus, start_s=0)) for focus in (0.0, 1.0)]
    assert (left.width_px, left.height_px) == (1000, 400)
    pixels = [[Image.open(copy.path).getpixel((x, 10)) for x in (0, 210, 999)] for copy in (left, right)]
    red, white = (255, 0, 0), (255, 255, 255)
    assert pixels == [[red, red, white], [red, white, white]]


async def test_fix_turns_upright_and_drops_what_the_camera_wrote(intake: Intake, fixer: Fixer, tmp_path: Path) -> None:
    path = make_corner_image(tmp_path / "phone.jpg", (6200, 4000), orientation=6)
    copy = await fixer.make(plan(await intake.take_in(path, name="phone.jpg")))
    assert (copy.mime, copy.width_px, copy.height_px) == ("image/jpeg", 3871, 6000)
    with Image.open(copy.path) as image:
        assert not image.getexif()
        assert image.getpixel((3000, 100))[1] < 50  # a quarter turn brings the red corner to the right
        assert image.getpixel((100, 100))[1] > 200


async def test_fix_of_a_large_png_becomes_a_jpeg_that_fits(intake: Intake, fixer: Fixer, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (400, 400, 4), np.uint8)
    path = tmp_path / "noise.png"
    Image.fromarray(noise, "RGBA").save(path)
    copy = await fixer.make(plan(await intake.take_in(path, name="noise.png"), SMALL))
    assert (copy.mime, copy.name) == ("image/jpeg", "noise.jpg")
    assert copy.size_bytes <= 150_000


async def test_fix_opens_a_phones_largest_photo(intake: Intake, fixer: Fixer, tmp_path: Path) -> None:
    """What is too large to be taken in is decoded at a part of its size."""
    path = make_corner_image(tmp_path / "huge.jpg", (9000, 6000), orientation=6)
    with pytest.raises(MediaError, match="too many to open here"):
        await intake.take_in(path, name="huge.jpg")
    source = await fixer.measure(path, name="huge.jpg")
    assert source is not None and (source.width_px, source.height_px) == (6000, 9000)
    copy = await fixer.make(plan(source))
    assert (copy.width_px, copy.height_px) == (4000, 6000)
    with Image.open(copy.path) as image:
        assert image.getpixel((3900, 100))[1] < 50
        assert image.getpixel((100, 100))[1] > 200
    square = await fixer.make(plan(source, ratio=1.0).placed(focus=0.0, start_s=0.0))
    with Image.open(square.path) as image:
        assert image.size == (6000, 6000)
        assert image.getpixel((5900, 4000))[1] < 50


@pytest.mark.parametrize(
    ("suffix", "mime"),
    [("gif", "image/png"), ("bmp", "image/png"), ("tiff", "image/png"), ("avif", "image/jpeg")],
)
async def test_fix_converts_an_image_that_is_not_taken(
    intake: Intake, fixer: Fixer, tmp_path: Path, suffix: str, mime: str
) -> None:
    path = make_image(tmp_path / f"a.{suffix}", (640, 360), "#3a6ea5")
    with pytest.raises(MediaError):
        await intake.take_in(path, name=path.name)
    source = await fixer.measure(path, name=path.name)
    copy = await fixer.make(plan(source))
    assert (copy.mime, copy.width_px, copy.height_px) == (mime, 640, 360)
    with Image.open(copy.path) as image:
        assert image.getpixel((9, 9)) == pytest.approx((0x3A, 0x6E, 0xA5), abs=4)
    assert list(check_file(copy, copy.kind, STRICT)) == []


# Clips and sound


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(tmp_path_factory.mktemp("long") / "long.mp4", size=(320, 240), seconds=2.0, fps=20, sound=True)


async def test_fix_cuts_from_the_chosen_second(intake: Intake, fixer: Fixer, long_clip: Path) -> None:
    before = long_clip.read_bytes()
    file = await intake.take_in(long_clip, name="long.mp4")
    fix = plan(file, SMALL)
    copy = await fixer.make(fix.placed(focus=0.5, start_s=0.5))
    assert copy.duration_s == pytest.approx(1.0, abs=0.06)
    wanted = list(frames_of(long_clip))[10]
    got = next(frames_of(copy.path))
    scaled = np.asarray(Image.fromarray(wanted).resize((got.shape[1], got.shape[0])), np.int16)
    assert np.abs(scaled - got).mean() < 6
    assert long_clip.read_bytes() == before


async def test_fix_keeps_the_last_frame_of_a_clip_that_is_not_cut(intake: Intake, fixer: Fixer, tmp_path: Path) -> None:
    path = make_video(tmp_path / "large.mp4", size=(640, 480), seconds=0.9, fps=24)
    copy = await fixer.make(plan(await intake.take_in(path, name="large.mp4"), SMALL))
    frames = list(frames_of(copy.path))
    assert len(frames) in (21, 22)
    assert frames[-1].reshape(-1, 3).mean(0) == pytest.approx((0, 200, 0), abs=8)


async def test_fix_turns_a_clip_upright(intake: Intake, fixer: Fixer, tmp_path: Path) -> None:
    path = tmp_path / "phone.mp4"
    path.write_bytes(turn_clip(make_video(tmp_path / "a.mp4", size=(640, 360), seconds=0.5).read_bytes()))
    copy = await fixer.make(plan(await intake.take_in(path, name="phone.mp4"), SMALL))
    assert copy.width_px is not None and copy.height_px is not None
    assert copy.height_px / copy.width_px == pytest.approx(16 / 9, rel=0.03)
    first = next(frames_of(copy.path))
    right, left = first[:, -20:].mean(), first[:, :20].mean()
    assert right > left + 20  # the bright square of the upper half is turned to the right


async def test_fix_lowers_a_high_frame_rate(intake: Intake, fixer: Fixer, tmp_path: Path) -> None:
    path = make_video(tmp_path / "fast.mp4", size=(640, 360), seconds=0.5, fps=120)
    copy = await fixer.make(plan(await intake.take_in(path, name="fast.mp4"), SMALL))
    assert copy.fps == 60


@pytest.mark.parametrize("suffix", ["mkv", "avi"])
async def test_fix_converts_a_video_that_is_not_taken(fixer: Fixer, tmp_path: Path, suffix: str) -> None:
    path = make_video(tmp_path / f"a.{suffix}", size=(960, 720), seconds=2.0, fps=10)
    copy = await fixer.make(plan(await fixer.measure(path, name=path.name)))
    assert (copy.mime, copy.name, copy.codecs) == ("video/mp4", "a.mp4", ("h264",))
    assert copy.duration_s == pytest.approx(2.0, abs=0.15)
    assert list(check_file(copy, copy.kind, STRICT)) == []


@pytest.mark.parametrize(
    ("suffix", "codec"),
    [("m4a", "aac"), ("ogg", "libopus"), ("aac", "aac"), ("flac", "flac"), ("aiff", "pcm_s16be")],
)
async def test_fix_converts_a_sound_that_is_not_taken(fixer: Fixer, tmp_path: Path, suffix: str, codec: str) -> None:
    path = tmp_path / f"a.{suffix}"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=48_000, layout="mono")
        tone = (np.sin(np.arange(3 * 48_000) * 0.05) * 0.5).astype(np.float32)[np.newaxis]
        frame = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
        frame.sample_rate = 48_000
        for piece in av.AudioResampler(stream.format.name, "mono", 48_000).resample(frame):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    copy = await fixer.make(plan(await fixer.measure(path, name=path.name)))
    assert (copy.mime, copy.name) == ("audio/wav", "a.wav")
    assert copy.duration_s == pytest.approx(3.0, abs=0.15)


async def test_fix_cuts_a_sound_at_the_sample(intake: Intake, fixer: Fixer, tmp_path: Path) -> None:
    """A file that is still for 3 s and then sounds for 15 s, cut from its second second on."""
    path = tmp_path / "late.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", ""))
        file.writeframes(bytes(2 * 3 * 48_000) + np.full(15 * 48_000, 9000, "<i2").tobytes())
    fix = plan(await intake.take_in(path, name="late.wav")).placed(focus=0.5, start_s=2.0)
    copy = await fixer.make(fix)
    with wave.open(str(copy.path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert samples.size == 15 * 48_000
    assert np.flatnonzero(samples)[0] == 48_000


async def test_fix_of_an_mp3_that_is_too_long_is_short_enough(intake: Intake, fixer: Fixer, tmp_path: Path) -> None:
    file = await intake.take_in(make_mp3(tmp_path / "song.mp3", 20.0), name="song.mp3")
    copy = await fixer.make(plan(file))
    assert (copy.duration_s, copy.name) == (15.0, "song.wav")


# What cannot be fixed


async def test_measure_offers_nothing_for_what_cannot_be_decoded(fixer: Fixer, tmp_path: Path) -> None:
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(400)
    for name, data in {
        "a.heic": heic,
        "a.gif": b"GIF89a" + bytes(40),
        "a.txt": b"words",
        "b.mkv": b"\x1aE\xdf\xa3",
    }.items():
        (tmp_path / name).write_bytes(data)
        assert await fixer.measure(tmp_path / name, name=name) is None
    assert await fixer.measure(tmp_path / "gone.gif", name="gone.gif") is None


async def test_fix_of_a_clip_that_is_damaged_midway_is_a_sentence_about_it(
    intake: Intake, fixer: Fixer, long_clip: Path
) -> None:
    fix = plan(await intake.take_in(long_clip, name="long.mp4"), SMALL)
    fix.source.path.write_bytes(b"\0" * 4000)
    with pytest.raises(MediaError, match=r"^long\.mp4 is damaged") as caught:
        await fixer.make(fix)
    assert caught.value.asset == "long.mp4"


async def test_same_fix_is_made_once(intake: Intake, fixer: Fixer, tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    path.write_bytes(wav_bytes(16.0))
    fix = plan(await intake.take_in(path, name="long.wav"))
    made = await asyncio.gather(fixer.make(fix), fixer.make(fix))
    fix.source.path.unlink()
    assert await fixer.make(fix) == made[0] == made[1]
    assert made[0].sha256 == hashlib.sha256(made[0].path.read_bytes()).hexdigest()

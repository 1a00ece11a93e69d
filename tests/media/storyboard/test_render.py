"""Whole videos, drawn small: what is asked here does not depend on the size, and the sizes have a test of their own."""

import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageDraw

from seedance_ui.domain.media import MediaFile, MediaKind
from seedance_ui.domain.model_spec import FPS, OUTPUT_PX
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.errors import MediaError
from seedance_ui.media.storyboard.render import draw_storyboard

SMALL = (320, 192)


def media(path: Path, kind: MediaKind, mime: str, size=(None, None)) -> MediaFile:
    return MediaFile(path, kind, mime, path.stat().st_size, "0" * 64, path.name, *size)


def draw(
    tmp_path, prompt="A lighthouse at dusk.", *, mode=Mode.TEXT, size=SMALL, seconds=1, seed=7, name="o", **fields
):
    request = GenerationRequest("animatic", mode, prompt, **fields)
    out = tmp_path / f"{name}.mp4"
    progress: list[float] = []
    result = draw_storyboard(
        {
            "request": request.to_json(),
            "seed": seed,
            "width_px": size[0],
            "height_px": size[1],
            "duration_s": seconds,
            "out": str(out),
        },
        progress.append,
    )
    return out, result, progress


def luma(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="gray") for frame in container.decode(video=0)]).astype(float)


def colours(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]).astype(float)


def sound(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)


def shift_of(first: np.ndarray, second: np.ndarray, axis: int, most: int = 40) -> int:
    """How many pixels the content moved, as the shift with the smallest difference."""
    a, b = first - first.mean(), second - second.mean()

    def difference(shift: int) -> float:
        moved = np.roll(a, shift, axis=axis)
        inside = [slice(None), slice(None)]
        inside[axis] = slice(most, -most)
        return float(np.abs(moved[tuple(inside)] - b[tuple(inside)]).mean())

    return min(range(-most, most + 1), key=difference)


def image(path: Path, size=(640, 400), circle=False) -> MediaFile:
    rng = np.random.default_rng(5)
    picture = Image.fromarray(rng.integers(60, 200, (12, 18, 3), dtype=np.uint8)).resize(size, Image.Resampling.BICUBIC)
    if circle:
        picture = Image.new("RGB", size, "black")
        x, y, r = size[0] / 2, size[1] / 2, min(size) * 0.3
        ImageDraw.Draw(picture).ellipse((x - r, y - r, x + r, y + r), fill="white")
    picture.save(path)
    return media(path, MediaKind.IMAGE, "image/png", size)


def clip(path: Path, level=lambda index: 40 + index * 6, tone_hz=None) -> MediaFile:
    """A clip of one second whose grey changes with every frame."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 320, 192, "yuv420p"
        audio = container.add_stream("aac", rate=48000, layout="mono") if tone_hz else None
        for index in range(FPS):
            pixels = np.full((192, 320, 3), level(index), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))
        if audio is not None:
            wave = (0.5 * np.sin(2 * np.pi * tone_hz * np.arange(48000) / 48000)).astype(np.float32)
            frame = av.AudioFrame.from_ndarray(wave[None, :], format="fltp", layout="mono")
            frame.sample_rate = 48000
            container.mux(audio.encode(frame))
            container.mux(audio.encode(None))
    return media(path, MediaKind.VIDEO, "video/mp4", (320, 192))


def wav(path: Path, tone_hz: float, seconds: float) -> MediaFile:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=44100, layout="mono")
        wave = (12000 * np.sin(2 * np.pi * tone_hz * np.arange(int(44100 * seconds)) / 44100)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(wave[None, :], format="s16", layout="mono")
        frame.sample_rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return media(path, MediaKind.AUDIO, "audio/wav")


def power_at(samples: np.ndarray, tone_hz: float) -> float:
    """The share of a sound's energy that lies within 5 Hz of a tone."""
    spectrum = np.abs(np.fft.rfft(samples.mean(axis=0))) ** 2
    frequency = np.fft.rfftfreq(samples.shape[1], 1 / 48000)
    return float(spectrum[np.abs(frequency - tone_hz) < 5].sum() / spectrum.sum())


@pytest.mark.parametrize("size", sorted(set(OUTPUT_PX.values())), ids=lambda size: f"{size[0]}x{size[1]}")
def test_draw_storyboard_has_exactly_the_size_and_length_asked_for(tmp_path, size):
    out, result, _ = draw(tmp_path, size=size, seconds=1)
    with av.open(str(out)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.width, video.height) == size
        assert video.average_rate == FPS
        assert video.frames == FPS
        assert float(video.duration * video.time_base) == 1.0
        assert abs(float(audio.duration * audio.time_base) - 1.0) < 0.025
        assert abs(container.duration / 1e6 - 1.0) < 0.03
        assert (video.codec_context.name, video.codec_context.pix_fmt, audio.codec_context.name) == (
            "h264",
            "yuv420p",
            "aac",
        )
    assert result == {"width_px": size[0], "height_px": size[1], "frames": 24, "duration_s": 1.0, "has_audio": True}


def test_draw_storyboard_puts_the_index_before_the_pictures(tmp_path):
    out, _, _ = draw(tmp_path)
    data = out.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert [path.name for path in tmp_path.iterdir()] == ["o.mp4"]


def test_draw_storyboard_reports_true_progress(tmp_path):
    _, _, progress = draw(tmp_path, seconds=2)
    assert progress == [n / 48 for n in range(6, 49, 6)]


def test_draw_storyboard_with_the_same_seed_draws_the_same_frames_in_another_process(tmp_path):
    first, _, _ = draw(tmp_path, name="a")
    request = GenerationRequest("animatic", Mode.TEXT, "A lighthouse at dusk.").to_json()
    out = tmp_path / "b.mp4"
    code = (
        "from seedance_ui.media.storyboard.render import draw_storyboard\n"
        f"draw_storyboard({{'request': {request!r}, 'seed': 7, 'width_px': 320, 'height_px': 192, 'duration_s': 1,"
        f" 'out': {str(out)!r}}}, lambda fraction: None)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])
    assert np.array_equal(colours(first), colours(out))


def test_draw_storyboard_with_another_seed_draws_another_picture(tmp_path):
    one, two = draw(tmp_path, seed=1, name="a")[0], draw(tmp_path, seed=2, name="b")[0]
    assert np.abs(luma(one)[0] - luma(two)[0]).mean() > 3


def test_draw_storyboard_without_sound_has_no_sound_stream(tmp_path):
    out, result, _ = draw(tmp_path, generate_audio=False)
    with av.open(str(out)) as container:
        assert not container.streams.audio
    assert result["has_audio"] is False


def test_draw_storyboard_bed_is_quiet_fades_and_ticks_at_each_shot(tmp_path):
    out, _, _ = draw(tmp_path, "Shot 1: a forest. Shot 2: a forest.", seconds=4)
    samples = sound(out)
    assert 0.02 < np.sqrt((samples**2).mean()) < 0.2
    assert np.abs(samples[:, -480:]).max() < 0.02
    sharp = np.abs(np.diff(samples.mean(axis=0), n=2))
    loudest = np.argmax(sharp[48000 : 3 * 48000]) / 48000 + 1
    assert abs(loudest - 2.0) < 0.1


@pytest.mark.parametrize(
    ("words", "axis", "sign"),
    [("pan left", 1, 1), ("pan right", 1, -1), ("tilt up", 0, 1), ("tilt down", 0, -1), ("右摇", 1, -1)],
)
def test_camera_words_move_the_content_the_other_way(tmp_path, words, axis, sign):
    first = image(tmp_path / "first.png", (800, 480))
    out, _, _ = draw(tmp_path, words, mode=Mode.FRAMES, first_frame=first, generate_audio=False)
    frames = luma(out)[:, 40:150, 40:280]
    assert sign * shift_of(frames[8], frames[14], axis) > 2


@pytest.mark.parametrize(("words", "wider"), [("push in", True), ("pull back", False), ("zoom out", False)])
def test_camera_words_change_the_size_of_what_is_seen(tmp_path, words, wider):
    first = image(tmp_path / "first.png", (800, 480), circle=True)
    out, _, _ = draw(tmp_path, words, mode=Mode.FRAMES, first_frame=first, generate_audio=False)
    widths = (luma(out)[:, 90] > 128).sum(axis=1)
    assert (widths[-1] > widths[0] * 1.1) if wider else (widths[-1] * 1.1 < widths[0])


def test_camera_static_holds_the_frame(tmp_path):
    first = image(tmp_path / "first.png", (800, 480))
    out, _, _ = draw(tmp_path, "static shot", mode=Mode.FRAMES, first_frame=first, generate_audio=False)
    frames = luma(out)[:, 40:110, 40:280]
    assert np.abs(frames[4] - frames[20]).mean() < 2


def test_landscape_moves_with_the_camera_in_mode_text(tmp_path):
    out, _, _ = draw(tmp_path, "mountains at noon, pan left", generate_audio=False)
    frames = luma(out)[:, 40:110, 40:280]
    assert shift_of(frames[8], frames[14], 1) > 2


@pytest.mark.parametrize("shape", [(1200, 480), (480, 1200)], ids=["wide", "tall"])
def test_frames_cover_the_frame_and_keep_a_circle_round(tmp_path, shape):
    first = image(tmp_path / "first.png", shape, circle=True)
    out, _, _ = draw(tmp_path, "", mode=Mode.FRAMES, first_frame=first, generate_audio=False, size=(320, 320))
    white = luma(out)[0] > 128
    width, height = white[160].sum(), white[:, 160].sum()
    assert 100 < width < 320
    assert abs(width - height) <= 4


def test_frames_go_from_the_first_to_the_last(tmp_path):
    red, blue = tmp_path / "red.png", tmp_path / "blue.png"
    Image.new("RGB", (640, 384), (200, 30, 30)).save(red)
    Image.new("RGB", (640, 384), (30, 30, 200)).save(blue)
    out, _, _ = draw(
        tmp_path,
        "",
        mode=Mode.FRAMES,
        first_frame=media(red, MediaKind.IMAGE, "image/png", (640, 384)),
        last_frame=media(blue, MediaKind.IMAGE, "image/png", (640, 384)),
        generate_audio=False,
    )
    middle = colours(out)[:, 80:110, 140:180].mean(axis=(1, 2))
    assert np.abs(middle[0] - (200, 30, 30)).max() < 8
    assert np.abs(middle[-1] - (30, 30, 200)).max() < 8
    assert np.all(np.diff(middle[:, 2]) > -3)
    assert 60 < middle[12][0] < 170


def test_references_show_a_picture_in_the_shot_that_names_it(tmp_path):
    files = []
    for name, colour in (("a", (200, 40, 40)), ("b", (40, 200, 40))):
        Image.new("RGB", (640, 384), colour).save(tmp_path / f"{name}.png")
        files.append(media(tmp_path / f"{name}.png", MediaKind.IMAGE, "image/png", (640, 384)))
    out, _, _ = draw(
        tmp_path,
        "Shot 1: @Image2 waits. Shot 2: then @image1 comes.",
        mode=Mode.REFERENCES,
        images=tuple(files),
        seconds=4,
        generate_audio=False,
    )
    middle = colours(out)[:, 60:100, 140:180].mean(axis=(1, 2))
    assert middle[10][1] > middle[10][0] + 60
    assert middle[80][0] > middle[80][1] + 60


def test_references_show_the_unnamed_as_a_strip(tmp_path):
    Image.new("RGB", (640, 384), (20, 20, 20)).save(tmp_path / "a.png")
    Image.new("RGB", (640, 384), (250, 0, 250)).save(tmp_path / "b.png")
    files = tuple(media(tmp_path / f"{n}.png", MediaKind.IMAGE, "image/png", (640, 384)) for n in "ab")
    out, _, _ = draw(tmp_path, "@Image1 waits", mode=Mode.REFERENCES, images=files, generate_audio=False)
    frame = colours(out)[12]
    pink = (frame[..., 0] > 150) & (frame[..., 2] > 150) & (frame[..., 1] < 100)
    assert 0.005 < pink.mean() < 0.2
    assert pink[: pink.shape[0] // 2].any()


def test_references_play_a_video_frame_by_frame(tmp_path):
    out, _, _ = draw(
        tmp_path, "@Video1 plays", mode=Mode.REFERENCES, videos=(clip(tmp_path / "v.mp4"),), generate_audio=False
    )
    middle = luma(out)[:, 70:100, 140:180].mean(axis=(1, 2))
    assert np.all(np.diff(middle) > 1)


def test_references_start_a_video_again_where_it_is_too_short(tmp_path):
    out, _, _ = draw(
        tmp_path,
        "@Video1 plays",
        mode=Mode.REFERENCES,
        videos=(clip(tmp_path / "v.mp4"),),
        seconds=3,
        generate_audio=False,
    )
    middle = luma(out)[:, 70:100, 140:180].mean(axis=(1, 2))
    assert (np.diff(middle) < -40).sum() == 2


def test_references_play_the_sound_of_a_video(tmp_path):
    file = clip(tmp_path / "v.mp4", tone_hz=880)
    out, _, _ = draw(tmp_path, "@Video1", mode=Mode.REFERENCES, videos=(file,))
    assert power_at(sound(out), 880) > 0.8


def test_references_play_each_audio_from_the_shot_that_names_it(tmp_path):
    audios = (wav(tmp_path / "a.wav", 500, 3), wav(tmp_path / "b.wav", 1500, 3))
    out, _, _ = draw(
        tmp_path,
        "Shot 1: @Image1 speaks with @Audio2. Shot 2: he sings with @Audio1.",
        mode=Mode.REFERENCES,
        images=(image(tmp_path / "i.png"),),
        audios=audios,
        seconds=4,
    )
    samples = sound(out)
    early, late = samples[:, 12000:72000], samples[:, -60000:-24000]
    assert power_at(early, 1500) > 0.9
    assert power_at(late, 500) > 0.3
    assert power_at(early, 500) < 0.01


def test_references_without_any_name_show_everything_and_play_from_the_start(tmp_path):
    out, _, _ = draw(
        tmp_path,
        "",
        mode=Mode.REFERENCES,
        images=(image(tmp_path / "i.png"),),
        audios=(wav(tmp_path / "a.wav", 700, 2),),
    )
    assert power_at(sound(out), 700) > 0.9
    assert luma(out)[5].std() > 10


@pytest.mark.parametrize("kind", ["image", "video", "audio", "first_frame"])
def test_broken_media_raise_a_sentence_and_leave_no_file(tmp_path, kind):
    house = tmp_path / "media"
    house.mkdir()
    broken = house / "x"
    broken.write_bytes(b"\x89PNG\r\n\x1a\nbroken" * 40)
    good = image(house / "good.png")
    fields = {
        "image": {"mode": Mode.REFERENCES, "images": (media(broken, MediaKind.IMAGE, "image/png"),)},
        "video": {"mode": Mode.REFERENCES, "videos": (media(broken, MediaKind.VIDEO, "video/mp4"),)},
        "audio": {
            "mode": Mode.REFERENCES,
            "images": (good,),
            "audios": (media(broken, MediaKind.AUDIO, "audio/wav"),),
        },
        "first_frame": {"mode": Mode.FRAMES, "first_frame": media(broken, MediaKind.IMAGE, "image/png")},
    }[kind]
    with pytest.raises(MediaError, match=r"^(@\w+1|The first frame) .*\.$"):
        draw(tmp_path, "@Image1" if kind == "image" else "", **fields)
    assert [path.name for path in tmp_path.iterdir()] == ["media"]


@pytest.mark.parametrize("prompt", ["", "😀", "สวัสดี", "x" * 6000, "字" * 3000, "@Image1", "\x00\ud7ff"])
def test_any_prompt_can_be_drawn(tmp_path, prompt):
    out, _, _ = draw(tmp_path, prompt, size=(496, 864), generate_audio=False)
    assert len(luma(out)) == FPS


def test_card_with_uncovered_letters_says_so_in_the_warning_colour(tmp_path):
    plain, _, _ = draw(tmp_path, "dark night", name="a", generate_audio=False)
    noted, _, _ = draw(tmp_path, "dark night สวัสดี", name="b", generate_audio=False)

    def amber(path):
        frame = colours(path)[17][-80:]
        return int(((frame[..., 0] > 150) & (frame[..., 2] < frame[..., 0] - 60)).sum())

    assert amber(noted) > amber(plain) + 50

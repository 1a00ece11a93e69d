"""`inspect`: what a file is, and every kind of bad file ends as a sentence at its field (F3, F4, F6)."""

import hashlib
import resource
import sys

import pytest

from seedance_ui.domain.media import MediaFile, MediaKind
from seedance_ui.errors import MediaError
from seedance_ui.media.probe import inspect
from tests.media_makers import (
    make_corner_image,
    make_image,
    make_mp3,
    make_video,
    mp4_skeleton,
    png_bomb,
    png_header,
    turn_clip,
    wav_bytes,
)


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> bytes:
    return make_video(tmp_path_factory.mktemp("clip") / "clip.mp4", sound=True).read_bytes()


@pytest.mark.parametrize(
    ("suffix", "mime"), [("jpg", "image/jpeg"), ("png", "image/png"), ("webp", "image/webp")], ids=str
)
async def test_inspect_image_returns_measured_file(tmp_path, suffix, mime):
    path = make_image(tmp_path / f"a.{suffix}", size=(640, 480))
    data = path.read_bytes()
    assert await inspect(path, name="../a.x") == MediaFile(
        path=path,
        kind=MediaKind.IMAGE,
        mime=mime,
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        name="a.x",
        width_px=640,
        height_px=480,
    )


@pytest.mark.parametrize("orientation", range(1, 9))
async def test_inspect_image_size_is_after_orientation(tmp_path, orientation):
    file = await inspect(make_corner_image(tmp_path / "a.jpg", (320, 240), orientation), name="a.jpg")
    assert (file.width_px, file.height_px) == ((240, 320) if orientation >= 5 else (320, 240))


async def test_inspect_image_broken_exif_is_no_fault(tmp_path):
    path = make_image(tmp_path / "a.jpg", exif=b"Exif\0\0not a TIFF header")
    assert (await inspect(path, name="a.jpg")).width_px == 320


async def test_inspect_video_returns_measured_file(tmp_path, clip):
    path = tmp_path / "a.mp4"
    path.write_bytes(clip)
    file = await inspect(path, name="a.mp4", sha256="given")
    assert (file.kind, file.mime, file.sha256) == (MediaKind.VIDEO, "video/mp4", "given")
    assert (file.width_px, file.height_px, file.fps) == (320, 240, 24.0)
    assert file.duration_s == pytest.approx(2.0, abs=0.05)
    assert file.codecs == ("h264", "aac")


async def test_inspect_mov_is_quicktime(tmp_path):
    file = await inspect(make_video(tmp_path / "a.mov", seconds=0.5), name="a.mov")
    assert (file.mime, file.codecs) == ("video/quicktime", ("h264",))


async def test_inspect_fragmented_video_is_measured(tmp_path):
    path = make_video(tmp_path / "a.mp4", options={"movflags": "+frag_keyframe+empty_moov"})
    assert (await inspect(path, name="a.mp4")).duration_s == pytest.approx(2.0, abs=0.1)


async def test_inspect_turned_video_size_is_as_shown(tmp_path, clip):
    path = tmp_path / "a.mp4"
    path.write_bytes(turn_clip(clip))
    file = await inspect(path, name="a.mp4")
    assert (file.width_px, file.height_px) == (240, 320)


async def test_inspect_sound_is_measured_by_decoding(tmp_path):
    wav = tmp_path / "a.wav"
    wav.write_bytes(wav_bytes(seconds=3.0))
    file = await inspect(wav, name="a.wav")
    assert (file.kind, file.mime, file.duration_s, file.codecs) == (MediaKind.AUDIO, "audio/wav", 3.0, ("pcm_s16le",))
    file = await inspect(make_mp3(tmp_path / "a.mp3", seconds=3.0), name="a.mp3")
    assert (file.mime, file.codecs) == ("audio/mpeg", ("mp3",))
    assert file.duration_s == pytest.approx(3.0, abs=0.1)


def cut_image(tmp_path, suffix: str) -> bytes:
    data = make_image(tmp_path / f"whole.{suffix}", size=(640, 480)).read_bytes()
    return data[: len(data) // 2]


REFUSED = {
    "text named png": ("a.png", lambda tmp_path, clip: b"hello", "a.png is a text file."),
    "svg": ("a.png", lambda tmp_path, clip: b"<svg onload='alert(1)'/>", "a.png is an SVG drawing."),
    "empty mp4": ("a.mp4", lambda tmp_path, clip: b"", "a.mp4 is empty (0 bytes)."),
    "hls named mp4": ("a.mp4", lambda tmp_path, clip: b"#EXTM3U\nfile:///etc/passwd\n", "a.mp4 is a playlist."),
    "cut mp4": ("a.mp4", lambda tmp_path, clip: clip[: len(clip) // 2], "a.mp4 is "),
    "mp4 without media": (
        "a.mp4",
        lambda tmp_path, clip: mp4_skeleton(),
        "a.mp4 has a video format that is not known here. Export it again as MP4 (H.264).",
    ),
    "mp4 without picture": (
        "a.mp4",
        lambda tmp_path, clip: make_video(tmp_path / "s.mp4", picture=False).read_bytes(),
        "a.mp4 has no picture. To use its sound, save it as MP3 or WAV.",
    ),
    "2,500 megapixels": (
        "a.png",
        lambda tmp_path, clip: png_header(50_000, 50_000),
        "a.png has 50,000\u00a0×\u00a050,000 pixels, too many to open here.",
    ),
    "side above 8192": (
        "a.png",
        lambda tmp_path, clip: png_header(8200, 2000),
        "a.png has 8,200\u00a0×\u00a02,000 pixels, too many to open here.",
    ),
    "tiny": ("a.png", lambda tmp_path, clip: png_header(63, 300), "a.png has only 63\u00a0×\u00a0300 pixels."),
    "ribbon": ("a.png", lambda tmp_path, clip: png_header(100, 900), "a.png has 100\u00a0×\u00a0900 pixels: too long"),
    "png without pixels": ("a.png", lambda tmp_path, clip: png_header(300, 300), "a.png is damaged"),
    "cut jpeg": ("a.jpg", lambda tmp_path, clip: cut_image(tmp_path, "jpg"), "a.jpg is damaged"),
    "cut png": ("a.png", lambda tmp_path, clip: cut_image(tmp_path, "png"), "a.png is damaged"),
    "cut webp": ("a.webp", lambda tmp_path, clip: cut_image(tmp_path, "webp"), "a.webp is damaged"),
    "jpeg header only": ("a.jpg", lambda tmp_path, clip: b"\xff\xd8\xff\xe0", "a.jpg is damaged"),
    "lying wav": (
        "a.wav",
        lambda tmp_path, clip: wav_bytes(claimed_bytes=10**9),
        "a.wav is cut off: its header promises more sound than there is. Save it again as WAV or MP3.",
    ),
    "mp3 without sound": ("a.mp3", lambda tmp_path, clip: b"ID3\4\0\0\0\0\0\0" + bytes(100), "a.mp3 "),
}


@pytest.mark.parametrize(("name", "make", "sentence"), REFUSED.values(), ids=REFUSED)
async def test_inspect_bad_file_is_a_sentence_with_its_name(tmp_path, clip, name, make, sentence):
    path = tmp_path / "upload"
    path.write_bytes(make(tmp_path, clip))
    with pytest.raises(MediaError) as caught:
        await inspect(path, name=name)
    assert str(caught.value).startswith(sentence)
    assert str(caught.value).endswith(".")
    assert str(path) not in str(caught.value)
    assert caught.value.asset == name


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in KiB on Linux only")
async def test_inspect_bomb_costs_no_memory_here(tmp_path):
    """F4: 169 megapixels in a tiny PNG are refused, and this process grows by less than 50 MB."""
    path = tmp_path / "bomb.png"
    path.write_bytes(png_bomb(13_000))
    assert path.stat().st_size < 1_000_000
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(MediaError, match="too many to open here"):
        await inspect(path, name="bomb.png")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 50 * 1024


async def test_inspect_long_name_stays_short_in_the_message(tmp_path):
    path = tmp_path / "upload"
    path.write_bytes(b"GIF89a")
    with pytest.raises(MediaError) as caught:
        await inspect(path, name="../" + "😀" * 400 + ".png")
    assert str(caught.value).endswith("….png is a GIF. Save it as PNG or JPEG.") or len(str(caught.value)) < 120
    assert "../" not in str(caught.value)


async def test_inspect_largest_allowed_image_fits_the_limits(tmp_path):
    path = make_image(tmp_path / "a.jpg", size=(8000, 5000), progressive=True, quality=30)
    assert (await inspect(path, name="a.jpg")).width_px == 8000

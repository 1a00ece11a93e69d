"""Posters, last frames and thumbnails, drawn in the worker."""

import os

import pytest
from PIL import Image

from seedance_ui.errors import MediaError
from seedance_ui.media.probe import inspect
from seedance_ui.media.stills import make_stills, make_thumbnail
from tests.media_makers import make_corner_image, make_mp3, make_video, png_header, turn_clip


def is_about(pixel, expected, tolerance=40) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(pixel, expected, strict=False))


async def test_make_stills_poster_is_small_and_last_frame_is_the_very_last(tmp_path):
    video = make_video(tmp_path / "a.mp4", size=(1280, 720), seconds=1.0, sound=True)
    poster, last = tmp_path / "a.jpg", tmp_path / "a-last.png"
    await make_stills(video, poster=poster, last_frame=last)
    with Image.open(poster) as image:
        assert (image.format, image.size) == ("JPEG", (960, 540))
    with Image.open(last) as image:
        assert (image.format, image.size) == ("PNG", (1280, 720))
        assert is_about(image.getpixel((640, 360)), (0, 200, 0))
    assert sorted(os.listdir(tmp_path)) == ["a-last.png", "a.jpg", "a.mp4"]


async def test_make_stills_long_clip_last_frame_is_found_by_seeking(tmp_path):
    video = make_video(tmp_path / "a.mp4", seconds=15.0)
    await make_stills(video, poster=tmp_path / "a.jpg", last_frame=tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as image:
        assert is_about(image.getpixel((160, 120)), (0, 200, 0))


async def test_make_stills_poster_skips_a_fade_from_black(tmp_path):
    video = make_video(tmp_path / "a.mp4", seconds=2.0, black_s=1.0)
    await make_stills(video, poster=tmp_path / "a.jpg", last_frame=tmp_path / "a.png")
    with Image.open(tmp_path / "a.jpg") as image:
        assert max(high for _, high in image.getextrema()) > 150


async def test_make_stills_all_black_video_still_has_a_poster(tmp_path):
    video = make_video(tmp_path / "a.mp4", seconds=0.5, black_s=1.0)
    await make_stills(video, poster=tmp_path / "a.jpg", last_frame=tmp_path / "a.png")
    with Image.open(tmp_path / "a.jpg") as image:
        assert image.size == (320, 240)


async def test_make_stills_turned_video_is_upright(tmp_path):
    """The bright square is at the top; turned clockwise, it is at the right."""
    video = tmp_path / "a.mp4"
    video.write_bytes(turn_clip(make_video(tmp_path / "b.mp4", seconds=1.0).read_bytes()))
    await make_stills(video, poster=tmp_path / "a.jpg", last_frame=tmp_path / "a.png")
    with Image.open(tmp_path / "a.jpg") as image:
        assert image.size == (240, 320)
        right = max(sum(image.getpixel((230, y))) for y in range(0, 320, 4))
        left = max(sum(image.getpixel((10, y))) for y in range(0, 320, 4))
    assert right > left + 150


async def test_make_stills_broken_video_leaves_old_stills(tmp_path):
    video = make_video(tmp_path / "a.mp4")
    video.write_bytes(video.read_bytes()[:-100])
    (tmp_path / "a.jpg").write_bytes(b"old")
    with pytest.raises(MediaError, match=r"^The video is "):
        await make_stills(video, poster=tmp_path / "a.jpg", last_frame=tmp_path / "a.png")
    assert (tmp_path / "a.jpg").read_bytes() == b"old"
    assert sorted(os.listdir(tmp_path)) == ["a.jpg", "a.mp4"]


async def test_make_thumbnail_of_turned_photo_is_upright_and_small(tmp_path):
    photo = await inspect(make_corner_image(tmp_path / "a.jpg", (960, 640), orientation=6), name="a.jpg")
    await make_thumbnail(photo, tmp_path / "thumb.jpg")
    with Image.open(tmp_path / "thumb.jpg") as image:
        assert (image.format, image.size) == ("JPEG", (320, 480))
        assert is_about(image.getpixel((300, 20)), (255, 0, 0))
        assert is_about(image.getpixel((20, 20)), (255, 255, 255))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
async def test_make_thumbnail_of_any_png_mode_keeps_its_brightness(tmp_path, mode):
    light = {"1": 1, "L": 200, "LA": (200, 255), "P": 0, "RGBA": (200, 200, 200, 255), "I;16": 200 * 256}[mode]
    picture = Image.new(mode, (300, 200), light)
    if mode == "P":
        picture.putpalette([200, 200, 200] * 256)
    picture.save(tmp_path / "a.png")
    await make_thumbnail(await inspect(tmp_path / "a.png", name="a.png"), tmp_path / "thumb.jpg")
    with Image.open(tmp_path / "thumb.jpg") as image:
        expected = 255 if mode == "1" else 200
        assert is_about(image.getpixel((150, 100)), (expected,) * 3, tolerance=3)


async def test_make_thumbnail_of_transparent_png_is_on_white(tmp_path):
    Image.new("RGBA", (300, 200), (0, 0, 0, 0)).save(tmp_path / "a.png")
    await make_thumbnail(await inspect(tmp_path / "a.png", name="a.png"), tmp_path / "thumb.jpg")
    with Image.open(tmp_path / "thumb.jpg") as image:
        assert image.getpixel((150, 100)) == (255, 255, 255)


async def test_make_thumbnail_of_video_is_a_frame(tmp_path):
    video = await inspect(make_video(tmp_path / "a.mov", size=(640, 360), seconds=1.0), name="a.mov")
    await make_thumbnail(video, tmp_path / "thumb.jpg")
    with Image.open(tmp_path / "thumb.jpg") as image:
        assert (image.format, image.size) == ("JPEG", (480, 270))


async def test_make_thumbnail_of_sound_is_a_transparent_waveform(tmp_path):
    sound = await inspect(make_mp3(tmp_path / "a.mp3"), name="a.mp3")
    await make_thumbnail(sound, tmp_path / "thumb.png")
    with Image.open(tmp_path / "thumb.png") as image:
        assert (image.format, image.mode, image.size) == ("PNG", "RGBA", (480, 192))
        assert image.getpixel((0, 0))[3] == 0
        bars = [image.getpixel((x, 96)) for x in range(480)]
    assert (0x7B, 0x86, 0x83, 255) in bars
    assert sum(pixel[3] > 0 for pixel in bars) > 200


async def test_make_thumbnail_of_file_changed_since_is_a_sentence(tmp_path):
    path = make_corner_image(tmp_path / "a.png")
    picture = await inspect(path, name="a.png")
    path.write_bytes(png_header(320, 240))
    with pytest.raises(MediaError, match=r"^a\.png is damaged"):
        await make_thumbnail(picture, tmp_path / "thumb.jpg")
    assert not (tmp_path / "thumb.jpg").exists()

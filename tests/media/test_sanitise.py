"""F7, F3: what leaves this machine is the picture and the sound, not where and with what they were taken."""

import io

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms, PngImagePlugin

from seedance_ui.errors import MediaError
from seedance_ui.media.intake import Intake
from seedance_ui.media.mp4 import check_mp4
from seedance_ui.media.sanitise import sanitise
from seedance_ui.media.sniff import JPEG, MP4, PNG, WEBP
from tests.media_makers import box, make_corner_image, make_video, mp4_skeleton, png_header, turn_clip

SECRET = b"planted-home-address"
PLACE = b"\xa9xyz\x00\x15\x15\xc7+52.5200+013.4050/"


def planted_exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[29] = SECRET.decode()
    return exif


def save_planted(path, picture: Image.Image, orientation: int = 1) -> None:
    options = {"exif": planted_exif(orientation), "xmp": b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"}
    if path.suffix == ".jpg":
        options |= {"comment": SECRET, "quality": 90}
    elif path.suffix == ".png":
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", SECRET.decode())
        options = {"exif": options["exif"], "pnginfo": text}
    else:
        options |= {"lossless": True}
    picture.save(path, icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), **options)
    path.write_bytes(path.read_bytes() + b"<?php a tail " + SECRET)


@pytest.mark.parametrize("file_type", [JPEG, PNG, WEBP], ids=lambda file_type: file_type.extension)
async def test_sanitise_image_loses_all_metadata_and_keeps_pixels_and_profile(tmp_path, file_type):
    path = tmp_path / f"a.{file_type.extension}"
    picture = Image.linear_gradient("L").resize((320, 240)).convert("RGB")
    save_planted(path, picture)
    assert path.read_bytes().count(SECRET) >= 3
    await sanitise(path, file_type, name="a")
    assert SECRET not in path.read_bytes()
    with Image.open(path) as image:
        assert image.info["icc_profile"]
        assert not image.getexif()
        difference = ImageChops.difference(image.convert("RGB"), picture)
        assert max(high for _, high in difference.getextrema()) <= (0 if file_type is PNG else 8)


async def test_sanitise_photo_taken_sideways_is_upright_without_exif(tmp_path):
    path = make_corner_image(tmp_path / "a.jpg", (320, 200), orientation=6)
    await sanitise(path, JPEG, name="a.jpg")
    with Image.open(path) as image:
        assert image.size == (200, 320)
        assert not image.getexif()
        red, green, _ = image.getpixel((190, 10))
        assert red > 200 > 60 > green


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
async def test_sanitise_png_of_any_mode_keeps_its_pixels(tmp_path, mode):
    path = tmp_path / "a.png"
    picture = Image.linear_gradient("L").resize((128, 96))
    picture = picture.convert("I;16") if mode == "I;16" else picture.convert(mode)
    picture.save(path, **({"transparency": 3} if mode == "P" else {}))
    await sanitise(path, PNG, name="a.png")
    with Image.open(path) as image:
        assert image.mode == mode
        assert image.tobytes() == picture.tobytes()
        assert image.info.get("transparency") == (3 if mode == "P" else None)


async def test_sanitise_jpeg_keeps_its_size_on_disk(tmp_path):
    path = tmp_path / "a.jpg"
    Image.effect_noise((800, 600), 60).convert("RGB").save(path, quality=92)
    before = path.stat().st_size
    await sanitise(path, JPEG, name="a.jpg")
    assert path.stat().st_size == pytest.approx(before, rel=0.05)


async def test_sanitise_cmyk_jpeg_keeps_its_colours(tmp_path):
    path = tmp_path / "a.jpg"
    Image.new("CMYK", (128, 128), (200, 20, 40, 10)).save(path, quality=95)
    await sanitise(path, JPEG, name="a.jpg")
    with Image.open(path) as image:
        assert image.mode == "CMYK"
        assert all(abs(a - b) < 8 for a, b in zip(image.getpixel((64, 64)), (200, 20, 40, 10), strict=True))


async def test_sanitise_huge_image_is_refused_before_it_is_decoded(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(png_header(50_000, 50_000))
    with pytest.raises(MediaError, match="too many to open here") as caught:
        await sanitise(path, PNG, name="a.png")
    assert caught.value.asset == "a.png"


def decoded(path) -> bytes:
    with av.open(str(path)) as container:
        return b"".join(frame.to_ndarray().tobytes() for frame in container.decode(video=0))


@pytest.mark.parametrize("options", [{}, {"movflags": "+faststart"}], ids=["moov last", "moov first"])
async def test_sanitise_clip_loses_its_place_and_no_frame(tmp_path, options):
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w", options=options) as container:
        container.metadata.update(
            {"location": "+52.5200+013.4050/", "title": SECRET.decode(), "comment": SECRET.decode()}
        )
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        for shade in range(12):
            picture = Image.new("RGB", (128, 96), (shade * 20, 0, 0))
            container.mux(stream.encode(av.VideoFrame.from_image(picture)))
        container.mux(stream.encode(None))
    before, frames = path.read_bytes(), decoded(path)
    assert SECRET in before and b"loci" in before
    await sanitise(path, MP4, name="a.mp4")
    after = path.read_bytes()
    assert SECRET not in after and b"loci" not in after
    assert len(after) == len(before)
    assert decoded(path) == frames


async def test_sanitise_clip_loses_metadata_tracks_and_boxes_at_every_level(tmp_path):
    path = tmp_path / "a.mp4"
    data = mp4_skeleton(handlers=(b"vide", b"meta")) + box(b"uuid", bytes(16), SECRET) + box(b"free", SECRET)
    moov = data.index(b"moov") - 4
    length = int.from_bytes(data[moov : moov + 4], "big")
    extra = box(b"udta", PLACE, SECRET)
    moov_box = (length + len(extra)).to_bytes(4, "big") + data[moov + 4 : moov + length] + extra
    path.write_bytes(data[:moov] + moov_box + data[moov + length :])
    assert check_mp4(path).track_count == 2
    await sanitise(path, MP4, name="a.mp4")
    assert SECRET not in path.read_bytes() and b"+52.5200" not in path.read_bytes()
    assert check_mp4(path).track_count == 1


@settings(max_examples=100)
@given(at=st.integers(0, 600), value=st.integers(0, 255))
async def test_sanitise_damaged_clip_ends_as_clip_or_sentence(tmp_path_factory, at, value):
    data = bytearray(mp4_skeleton() + box(b"udta", SECRET))
    data[at % len(data)] = value
    path = tmp_path_factory.getbasetemp() / "damaged.mp4"
    path.write_bytes(data)
    try:
        await sanitise(path, MP4, name="a.mp4")
    except MediaError as exc:
        assert str(exc).startswith("a.mp4 ")
    assert path.stat().st_size == len(data)


async def test_take_in_stores_the_clean_bytes(tmp_path):
    """F7: nothing after the intake ever sees a place or a camera."""
    upload = tmp_path / "a.jpg"
    save_planted(upload, Image.new("RGB", (320, 240), "teal"), orientation=8)
    file = await Intake(tmp_path / "media").take_in(upload, name="a.jpg")
    stored = file.path.read_bytes()
    assert SECRET not in stored
    assert (file.width_px, file.height_px, file.size_bytes) == (240, 320, len(stored))
    assert Image.open(io.BytesIO(stored)).size == (240, 320)


async def test_take_in_turned_clip_stays_turned(tmp_path):
    upload = tmp_path / "a.mp4"
    upload.write_bytes(turn_clip(make_video(tmp_path / "b.mp4", seconds=0.5).read_bytes()))
    file = await Intake(tmp_path / "media").take_in(upload, name="a.mp4")
    assert (file.width_px, file.height_px) == (240, 320)

"""F7: a picture that was cleaned once keeps every byte; one with anything beside its pixels does not pass as clean."""

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from seedance_ui.media.bare import is_bare
from seedance_ui.media.intake import Intake
from tests.media_makers import make_corner_image

MIMES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def saved(path, **options):
    Image.effect_noise((200, 120), 60).convert("RGB").save(path, **options)
    return path


@pytest.mark.parametrize("extension", MIMES)
@pytest.mark.parametrize("options", [{}, {"icc_profile": PROFILE}], ids=["plain", "with profile"])
def test_pixels_and_profile_are_bare(tmp_path, extension, options):
    assert is_bare(saved(tmp_path / f"a.{extension}", **options), MIMES[extension])


@pytest.mark.parametrize("options", [{"progressive": True}, {"restart_marker_blocks": 2}], ids=str)
def test_every_form_of_jpeg_is_walked(tmp_path, options):
    assert is_bare(saved(tmp_path / "a.jpg", **options), "image/jpeg")
    Image.new("CMYK", (64, 64)).save(tmp_path / "c.jpg")
    assert is_bare(tmp_path / "c.jpg", "image/jpeg")


def exif():
    planted = Image.Exif()
    planted[0x010E] = "planted"
    return planted


def text():
    planted = PngImagePlugin.PngInfo()
    planted.add_text("Comment", "planted")
    return planted


@pytest.mark.parametrize(
    ("extension", "options"),
    [
        ("jpg", {"exif": exif()}),
        ("jpg", {"comment": b"planted"}),
        ("jpg", {"xmp": b"<x:xmpmeta/>"}),
        ("png", {"exif": exif()}),
        ("png", {"pnginfo": text()}),
        ("webp", {"exif": exif()}),
        ("webp", {"xmp": b"<x:xmpmeta/>"}),
    ],
    ids=lambda part: part if isinstance(part, str) else next(iter(part)),
)
def test_whatever_else_is_told_is_not_bare(tmp_path, extension, options):
    assert not is_bare(saved(tmp_path / f"a.{extension}", **options), MIMES[extension])


@pytest.mark.parametrize("extension", MIMES)
def test_what_is_cut_or_has_a_tail_is_not_bare(tmp_path, extension):
    path = saved(tmp_path / f"a.{extension}")
    whole = path.read_bytes()
    for changed in (whole + b"x", whole[:-1], whole[: len(whole) // 2], whole[:9]):
        path.write_bytes(changed)
        assert not is_bare(path, MIMES[extension])


@pytest.mark.parametrize("extension", MIMES)
async def test_take_in_of_what_was_cleaned_elsewhere_keeps_every_byte(tmp_path, extension):
    photo = make_corner_image(tmp_path / f"a.{extension}", (320, 200), orientation=6)
    there = await Intake(tmp_path / "there").take_in(photo, name=photo.name)
    here = await Intake(tmp_path / "here").take_in(there.path, name=photo.name)
    assert photo.read_bytes() != there.path.read_bytes() == here.path.read_bytes()
    assert here.sha256 == there.sha256

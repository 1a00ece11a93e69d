"""F3: a type is decided by content, whatever the name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedance_ui.errors import MediaError
from seedance_ui.media.names import display_name
from seedance_ui.media.sniff import HEAD_BYTES, JPEG, MOV, MP3, MP4, PNG, WAV, WEBP, sniff
from tests.media_makers import make_image, make_mp3, make_video, wav_bytes


def ftyp(brand: bytes, *compatible: bytes) -> bytes:
    return (16 + 4 * len(compatible)).to_bytes(4, "big") + b"ftyp" + brand + bytes(4) + b"".join(compatible)


@pytest.mark.parametrize(
    ("suffix", "expected"), [(".jpg", JPEG), (".png", PNG), (".webp", WEBP)], ids=["jpeg", "png", "webp"]
)
def test_sniff_image_from_an_encoder_is_taken(tmp_path, suffix, expected):
    assert sniff(make_image(tmp_path / f"a{suffix}").read_bytes()[:HEAD_BYTES], name="a") == expected


def test_sniff_clips_and_sounds_from_encoders_are_taken(tmp_path):
    assert sniff(make_video(tmp_path / "a.mp4", seconds=0.2).read_bytes()[:HEAD_BYTES], name="a") == MP4
    assert sniff(make_video(tmp_path / "a.mov", seconds=0.2).read_bytes()[:HEAD_BYTES], name="a") == MOV
    with_tag = make_mp3(tmp_path / "a.mp3", seconds=0.5).read_bytes()
    assert with_tag.startswith(b"ID3")
    assert sniff(with_tag[:HEAD_BYTES], name="a") == MP3
    tag_bytes = 10 + int("".join(f"{byte:07b}" for byte in with_tag[6:10]), 2)
    assert sniff(with_tag[tag_bytes:][:HEAD_BYTES], name="a") == MP3
    assert sniff(wav_bytes()[:HEAD_BYTES], name="a") == WAV


def test_sniff_mp4_with_unknown_major_and_known_compatible_brand_is_taken():
    assert sniff(ftyp(b"zzzz", b"mp42"), name="a") == MP4


REFUSED = {
    "gif": (b"GIF89a", "a.x is a GIF. Save it as PNG or JPEG."),
    "tiff": (b"II*\0", "a.x is a TIFF image. Save it as PNG or JPEG."),
    "heic": (ftyp(b"heic", b"mif1", b"isom"), "a.x is a HEIC image. Save it as PNG or JPEG."),
    "avif": (ftyp(b"avif", b"mif1"), "a.x is an AVIF image. Save it as PNG or JPEG."),
    "m4a": (ftyp(b"M4A ", b"isom"), "a.x is an M4A file. Save it as MP3 or WAV."),
    "unknown brand": (ftyp(b"zzzz"), "a.x is a kind of MP4 that is not known here. Save it as MP4."),
    "ico": (b"\0\0\1\0\1\0", "a.x is an icon. Save it as PNG or JPEG."),
    "eps": (b"%!PS-Adobe-3.0 EPSF", "a.x is a PostScript file. Save it as PNG or JPEG."),
    "pdf": (b"%PDF-1.7", "a.x is a PDF. Save it as PNG or JPEG."),
    "fits": (b"SIMPLE  =  T", "a.x is a FITS image. Save it as PNG or JPEG."),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.x is an SVG drawing. Save it as PNG or JPEG."),
    "svg in xml": (b"\xef\xbb\xbf<?xml version='1.0'?>\n<svg/>", "a.x is an SVG drawing. Save it as PNG or JPEG."),
    "html": (b"\n<!DOCTYPE html><html>", "a.x is a web page. Choose an image"),
    "hls": (b"#EXTM3U\nhttp://a.example/b.ts", "a.x is a playlist. Save it as MP4."),
    "ffconcat": (b"ffconcat version 1.0\nfile /etc/passwd", "a.x is a playlist. Save it as MP4."),
    "zip": (b"PK\3\4", "a.x is a ZIP archive. Choose an image"),
    "avi": (b"RIFF\0\0\0\0AVI ", "a.x is an AVI video. Save it as MP4."),
    "webm": (b"\x1aE\xdf\xa3", "a.x is a WebM or Matroska video. Save it as MP4."),
    "ogg": (b"OggS", "a.x is an Ogg file. Save it as MP3 or WAV."),
    "aac": (b"\xff\xf1\x50\x80", "a.x is an AAC file. Save it as MP3 or WAV."),
    "text": (b"hello world", "a.x is a text file. Choose an image (JPEG, PNG, WebP)"),
    "chinese text, cut": ("春天".encode()[:5], "a.x is a text file."),
    "utf-16 text": ("\ufeffhello".encode("utf-16-le"), "a.x is of a kind that is not known here."),
    "zeros": (bytes(64), "a.x is of a kind that is not known here."),
    "empty": (b"", "a.x is empty (0 bytes)."),
}


@pytest.mark.parametrize(("head", "sentence"), REFUSED.values(), ids=REFUSED)
def test_sniff_other_type_is_refused_by_its_name(head, sentence):
    with pytest.raises(MediaError) as caught:
        sniff(head, name="a.x")
    assert str(caught.value).startswith(sentence)
    assert caught.value.asset == "a.x"


@given(st.binary(max_size=64))
def test_sniff_any_bytes_are_taken_or_refused(head):
    try:
        assert sniff(head, name="a") in (JPEG, PNG, WEBP, MP4, MOV, MP3, WAV)
    except MediaError as exc:
        assert str(exc).startswith("a is ")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("cat.png", "cat.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\clip.mp4", "clip.mp4"),
        ("a\r\nb\0c.png", "a b c.png"),
        ("gnp.\u202eexe.png", "gnp. exe.png"),
        ("👩\u200d🚀 夏.png", "👩\u200d🚀 夏.png"),
        ("<img src=x onerror=alert(1)>.png", "<img src=x onerror=alert(1)>.png"),
        ("bad\udcffname.png", "bad name.png"),
        ("..", "This file"),
        ("", "This file"),
        ("folder/", "This file"),
    ],
)
def test_display_name_is_one_harmless_line(name, shown):
    assert display_name(name) == shown


@given(st.text(max_size=500))
def test_display_name_any_text_is_short_stable_and_encodable(name):
    shown = display_name(name)
    assert 0 < len(shown) <= 60
    assert "/" not in shown and "\n" not in shown
    shown.encode()
    assert display_name(shown) == shown


def test_display_name_long_keeps_its_extension():
    assert display_name("x" * 400 + ".webp").endswith("xx.webp")

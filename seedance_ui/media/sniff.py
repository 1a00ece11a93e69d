"""What a file is, by its first bytes alone. Its name is only for the message (F3)."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from seedance_ui.domain.media import MediaKind
from seedance_ui.errors import MediaError

HEAD_BYTES = 4096
"""How much of a file `sniff` wants to see."""


@dataclass(frozen=True, slots=True)
class FileType:
    """A type of file that is taken."""

    kind: MediaKind
    mime: str
    extension: str
    """Without the dot."""


JPEG = FileType(MediaKind.IMAGE, "image/jpeg", "jpg")
PNG = FileType(MediaKind.IMAGE, "image/png", "png")
WEBP = FileType(MediaKind.IMAGE, "image/webp", "webp")
MP4 = FileType(MediaKind.VIDEO, "video/mp4", "mp4")
MOV = FileType(MediaKind.VIDEO, "video/quicktime", "mov")
MP3 = FileType(MediaKind.AUDIO, "audio/mpeg", "mp3")
WAV = FileType(MediaKind.AUDIO, "audio/wav", "wav")

EXTENSIONS = {known.mime: known.extension for known in (JPEG, PNG, WEBP, MP4, MOV, MP3, WAV)}
"""Of every type that is taken, without the dot."""

_IMAGES_TO_CONVERT = {
    "a GIF": FileType(MediaKind.IMAGE, "image/gif", "gif"),
    "a BMP image": FileType(MediaKind.IMAGE, "image/bmp", "bmp"),
    "a TIFF image": FileType(MediaKind.IMAGE, "image/tiff", "tiff"),
    "an AVIF image": FileType(MediaKind.IMAGE, "image/avif", "avif"),
}
_CLIPS_TO_CONVERT = {
    "a WebM or Matroska video": FileType(MediaKind.VIDEO, "video/webm", "webm"),
    "an AVI video": FileType(MediaKind.VIDEO, "video/x-msvideo", "avi"),
    "an MPEG-2 video": FileType(MediaKind.VIDEO, "video/mpeg", "mpg"),
    "an M4A file": FileType(MediaKind.AUDIO, "audio/mp4", "m4a"),
    "an Ogg file": FileType(MediaKind.AUDIO, "audio/ogg", "ogg"),
    "an AAC file": FileType(MediaKind.AUDIO, "audio/aac", "aac"),
    "a FLAC file": FileType(MediaKind.AUDIO, "audio/flac", "flac"),
    "an AIFF file": FileType(MediaKind.AUDIO, "audio/aiff", "aiff"),
}
_CONVERTIBLE = {**_IMAGES_TO_CONVERT, **_CLIPS_TO_CONVERT}
"""What is not taken but can be decoded here, by what it is called below."""

_AS_IMAGE = "Save it as PNG or JPEG."
_AS_VIDEO = "Save it as MP4."
_AS_AUDIO = "Save it as MP3 or WAV."
_TAKEN = "Choose an image (JPEG, PNG, WebP), a video (MP4, MOV) or audio (MP3, WAV)."

_REFUSED: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"GIF8", "a GIF", _AS_IMAGE),
    (0, b"BM", "a BMP image", _AS_IMAGE),
    (0, b"II*\0", "a TIFF image", _AS_IMAGE),
    (0, b"MM\0*", "a TIFF image", _AS_IMAGE),
    (0, b"II+\0", "a TIFF image", _AS_IMAGE),
    (0, b"MM\0+", "a TIFF image", _AS_IMAGE),
    (0, b"\0\0\1\0", "an icon", _AS_IMAGE),
    (0, b"8BPS", "a Photoshop file", _AS_IMAGE),
    (0, b"\xff\x0a", "a JPEG XL image", _AS_IMAGE),
    (0, b"\0\0\0\x0cJXL ", "a JPEG XL image", _AS_IMAGE),
    (0, b"\0\0\0\x0cjP  ", "a JPEG 2000 image", _AS_IMAGE),
    (0, b"SIMPLE  =", "a FITS image", _AS_IMAGE),
    (0, b"%!PS", "a PostScript file", _AS_IMAGE),
    (0, b"\xc5\xd0\xd3\xc6", "a PostScript file", _AS_IMAGE),
    (0, b"%PDF", "a PDF", _AS_IMAGE),
    (0, b"\x1aE\xdf\xa3", "a WebM or Matroska video", _AS_VIDEO),
    (0, b"FLV\1", "a Flash video", _AS_VIDEO),
    (0, b"\0\0\1\xba", "an MPEG-2 video", _AS_VIDEO),
    (0, b"0&\xb2u\x8ef\xcf\x11", "a Windows Media file", _AS_VIDEO),
    (4, b"moov", "a QuickTime file without a type", _AS_VIDEO),
    (4, b"mdat", "a QuickTime file without a type", _AS_VIDEO),
    (4, b"wide", "a QuickTime file without a type", _AS_VIDEO),
    (0, b"OggS", "an Ogg file", _AS_AUDIO),
    (0, b"\xff\xf1", "an AAC file", _AS_AUDIO),
    (0, b"\xff\xf9", "an AAC file", _AS_AUDIO),
    (0, b"fLaC", "a FLAC file", _AS_AUDIO),
    (0, b"RF64", "a 64-bit WAV file", _AS_AUDIO),
    (0, b"FORM", "an AIFF file", _AS_AUDIO),
    (0, b"MThd", "a MIDI file", _AS_AUDIO),
    (0, b"PK\3\4", "a ZIP archive", _TAKEN),
    (0, b"PK\5\6", "a ZIP archive", _TAKEN),
    (0, b"\x1f\x8b", "a compressed archive", _TAKEN),
    (0, b"Rar!", "a RAR archive", _TAKEN),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _TAKEN),
    (0, b"MZ", "a program", _TAKEN),
    (0, b"\x7fELF", "a program", _TAKEN),
)
"""(offset, magic bytes, what it is, the way out), for files that people do try."""

_REFUSED_BRANDS: tuple[tuple[tuple[bytes, ...], str, str], ...] = (
    ((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), "a HEIC image", _AS_IMAGE),
    ((b"avif", b"avis"), "an AVIF image", _AS_IMAGE),
    ((b"crx ",), "a raw photo", _AS_IMAGE),
    ((b"M4A ", b"M4B ", b"M4P "), "an M4A file", _AS_AUDIO),
)
"""Major brands of containers that look like MP4."""

_MP4_BRANDS = frozenset(
    {b"isom", b"mp41", b"mp42", b"avc1", b"hvc1", b"M4V ", b"M4VH", b"M4VP", b"MSNV", b"mmp4", b"dash", b"XAVC"}
    | {b"f4v ", b"3gp4", b"3gp5", b"3gp6", b"3g2a"}
    | {b"iso%d" % number for number in range(2, 10)}
)
"""Major or compatible brands of MP4. Source: https://mp4ra.org/registered-types/brands, 2026-11-20."""

_TEXTS: tuple[tuple[bytes, str, str], ...] = (
    (b"#extm3u", "a playlist", _AS_VIDEO),
    (b"ffconcat", "a playlist", _AS_VIDEO),
    (b"<!doctype html", "a web page", _TAKEN),
    (b"<html", "a web page", _TAKEN),
)


def sniff(head: bytes, *, name: str) -> FileType:
    """Return what a file is, by its first `HEAD_BYTES` bytes.

    Args:
        head: The first bytes; all of them where the file is shorter.
        name: What the message calls the file.

    Raises:
        MediaError: It is empty, or none of the types that are taken; says what it is where that is known.
    """
    if not head:
        raise MediaError(f"{name} is empty (0 bytes). Choose the file again.", asset=name)
    found = _find_taken(head)
    if found:
        return found
    what, way_out = _find_refused(head)
    raise MediaError(f"{name} is {what}. {way_out}", asset=name)


def sniff_source(head: bytes, *, name: str) -> FileType:
    """Return what a file is that a copy can be made of, whether it is taken itself or not; raises what `sniff` does."""
    if head and not _find_taken(head):
        convertible = _CONVERTIBLE.get(_find_refused(head)[0])
        if convertible:
            return convertible
    return sniff(head, name=name)


def _find_taken(head: bytes) -> FileType | None:
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"RIFF"):
        return {b"WEBP": WEBP, b"WAVE": WAV}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _find_container(head)
    if head.startswith(b"ID3") or _is_mp3_frame(head):
        return MP3
    return None


def _find_container(head: bytes) -> FileType | None:
    brands = _brands(head)
    if brands[0] == b"qt  ":
        return MOV
    if any(brands[0] in refused for refused, _, _ in _REFUSED_BRANDS):
        return None
    return MP4 if _MP4_BRANDS.intersection(brands) else None


def _brands(head: bytes) -> list[bytes]:
    """Return the major brand and the compatible ones of an `ftyp` box."""
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return [head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))]


def _find_refused(head: bytes) -> tuple[str, str]:
    if head[4:8] == b"ftyp":
        major = head[8:12]
        known = ((what, way_out) for brands, what, way_out in _REFUSED_BRANDS if major in brands)
        return next(known, ("a kind of MP4 that is not known here", _AS_VIDEO))
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return "an AVI video", _AS_VIDEO
    for offset, magic, what, way_out in _REFUSED:
        if head.startswith(magic, offset):
            return what, way_out
    return _find_text(head)


def _find_text(head: bytes) -> tuple[str, str]:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if b"<svg" in start and start.startswith(b"<"):
        return "an SVG drawing", _AS_IMAGE
    for opening, what, way_out in _TEXTS:
        if start.startswith(opening):
            return what, way_out
    if _is_text(head):
        return "a text file", _TAKEN
    return "of a kind that is not known here", _TAKEN


def _is_text(head: bytes) -> bool:
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)  # The last character may be cut.
    except UnicodeDecodeError:
        return False
    return all(char.isprintable() or char.isspace() for char in text)


_MP3_BITRATES_KBPS = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""By MPEG version (2 includes 2.5), for layer III. Source: ISO/IEC 11172-3, 13818-3."""
_MP3_SAMPLE_RATES_HZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
"""By the two version bits of the header."""


def _is_mp3_frame(head: bytes) -> bool:
    """Return whether one MPEG layer III frame stands here, and another one after it where that is in sight."""
    length = _mp3_frame_bytes(head[:4])
    if length is None:
        return False
    following = head[length : length + 4]
    return len(following) < 4 or _mp3_frame_bytes(following) is not None


def _mp3_frame_bytes(header: bytes) -> int | None:
    """Return the length of the frame that a header announces; None where it is none of layer III."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return None
    version_bits = header[1] >> 3 & 3
    bitrate_index, rate_index = header[2] >> 4, header[2] >> 2 & 3
    if version_bits == 1 or bitrate_index in (0, 15) or rate_index == 3:
        return None
    version = 1 if version_bits == 3 else 2
    bitrate_bps = _MP3_BITRATES_KBPS[version][bitrate_index] * 1000
    samples_bytes = 144 if version == 1 else 72
    return samples_bytes * bitrate_bps // _MP3_SAMPLE_RATES_HZ[version_bits][rate_index] + (header[2] >> 1 & 1)

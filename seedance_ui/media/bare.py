"""Tell whether a picture holds nothing beside its pixels and its profile, so that it need not be written anew (F7).

Writing a JPEG or WebP anew costs a little of it each time, and changes its digest: a file that was cleaned once, here
or on another installation, stays as it is. The walk knows what our own writer writes; all else is not bare.
Layouts: ITU-T T.81 annex B, W3C PNG section 5, RFC 9649. Sizes in bytes.
"""

from __future__ import annotations

from pathlib import Path

_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"iCCP", b"IDAT", b"IEND"})
_WEBP_CHUNKS = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"})
_JPEG_TABLES = frozenset({0xDB, 0xC4, 0xC0, 0xC1, 0xC2, 0xDD})
"""Quantisation, Huffman, three kinds of frame, restart interval."""
_JFIF_BYTES = 16
"""An APP0 without a thumbnail."""
_ADOBE_BYTES = 14
_SCAN, _END, _APP0, _APP2, _APP14 = 0xDA, 0xD9, 0xE0, 0xE2, 0xEE


def is_bare(path: Path, mime: str) -> bool:
    """Return whether an image of a type that is taken is only its pixels and its profile; decodes nothing."""
    walk = {"image/jpeg": _is_bare_jpeg, "image/png": _is_bare_png, "image/webp": _is_bare_webp}[mime]
    return walk(path.read_bytes())


def _is_bare_png(data: bytes) -> bool:
    at, kind = len(_PNG_HEAD), b""
    while kind != b"IEND":
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if kind not in _PNG_CHUNKS or (kind == b"IEND" and length):
            return False
        at += 12 + length
    return data.startswith(_PNG_HEAD) and at == len(data)


def _is_bare_webp(data: bytes) -> bool:
    at = 12
    if len(data) < at or int.from_bytes(data[4:8], "little") + 8 != len(data):
        return False
    while at < len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        if data[at : at + 4] not in _WEBP_CHUNKS:
            return False
        at += 8 + length + length % 2
    return at == len(data)


def _is_bare_jpeg(data: bytes) -> bool:
    at = 2
    while len(data) >= at + 2 and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == _END:
            return at + 2 == len(data)
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2 or not _is_bare_segment(marker, length, data[at + 4 : at + 16]):
            return False
        at += 2 + length
        if marker == _SCAN:
            at = _end_of_scan(data, at)
    return False


def _is_bare_segment(marker: int, length: int, head: bytes) -> bool:
    if marker == _APP0:
        return length == _JFIF_BYTES and head.startswith(b"JFIF\0")
    if marker == _APP2:
        return head.startswith(b"ICC_PROFILE\0")
    if marker == _APP14:
        return length == _ADOBE_BYTES and head.startswith(b"Adobe")
    return marker == _SCAN or marker in _JPEG_TABLES


def _end_of_scan(data: bytes, at: int) -> int:
    """Return where the next marker stands; 0xFF 0 is a byte of the picture, and restarts are part of it."""
    while (at := data.find(b"\xff", at)) >= 0:
        follows = data[at + 1] if at + 1 < len(data) else _END
        if follows != 0 and not 0xD0 <= follows <= 0xD7:
            return at
        at += 2
    return len(data)

"""Walk the boxes of an MP4 or MOV file within bounds, before any decoder sees it (F6, B6).

Only box headers and three small boxes are read; nothing is believed that does not fit into the file.
Layout: ISO/IEC 14496-12. Sizes in bytes, lengths in seconds.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from seedance_ui.errors import MediaError

MIN_FINISHED_BYTES = 10_000
"""A finished video below this is an error message or a stub."""
MAX_DURATION_S = 24 * 3600.0

_MAX_BOXES = 100_000
_MAX_DEPTH = 8
_MAX_CHUNKS = 1_000_000
"""Of a track; a clip of 15 s has some hundreds."""
_CONTAINERS = frozenset(
    {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf", b"edts", b"mvex", b"moof", b"traf", b"mfra"}
)
_SAMPLE_TABLES = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
_NEEDED_TABLES = (b"stsd", b"stts", b"stsc", b"stsz", b"stco")
"""What every track has. Source: ISO/IEC 14496-12, sections 8.5 to 8.7."""
_ALIKE = {b"stz2": b"stsz", b"co64": b"stco"}
"""Other forms of two of them."""
_UNKNOWN_DURATIONS = frozenset({0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF})


@dataclass(frozen=True, slots=True)
class Mp4Facts:
    """What the boxes say."""

    size_bytes: int
    duration_s: float | None
    """None for a fragmented file, which need not say."""
    track_count: int
    width_px: int
    """Of the picture as it is shown; 0 where there is none."""
    height_px: int
    has_video: bool
    has_audio: bool
    may_go_on: bool
    """Whether fragments may follow its last box: it holds such, and no `mfra`, which is behind them all."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box of a file, by offsets from its beginning."""

    kind: bytes
    """Four letters."""
    path: tuple[bytes, ...]
    """The kinds of the boxes around it, outermost first."""
    start: int
    body: int
    """Offset of what follows the header."""
    end: int


def check_mp4(path: Path, *, name: str = "This video", is_all: bool = False) -> Mp4Facts:
    """Return what the boxes of a file say, if they are whole.

    Args:
        path: The file.
        name: What the message calls it.
        is_all: As of `check_finished_video`.

    Raises:
        MediaError: It is cut off or damaged, has no track, or no believable duration.
    """
    with path.open("rb") as file:
        size_bytes = os.fstat(file.fileno()).st_size
        boxes = list(walk_boxes(file, size_bytes, name, is_all=is_all))
        kinds = {box.kind for box in boxes if not box.path}
        if not boxes or boxes[0].kind != b"ftyp":
            raise MediaError(f"{name} is damaged: it does not begin as an MP4 does.", asset=name)
        for needed in (b"moov", b"mdat"):
            if needed not in kinds:
                raise MediaError(f"{name} is incomplete: a part of it is missing.", asset=name)
        handlers = [read_handler(file, box) for box in boxes if box.path == (b"moov", b"trak", b"mdia")]
        if not any(handlers):
            raise MediaError(f"{name} holds neither picture nor sound.", asset=name)
        announces_fragments = any(box.kind == b"mvex" for box in boxes)
        is_fragmented = b"moof" in kinds and announces_fragments
        duration_s = _duration(file, boxes)
        width_px, height_px = max((_shown_size(file, box) for box in boxes if box.kind == b"tkhd"), default=(0, 0))
    if duration_s is None and not is_fragmented:
        raise MediaError(f"{name} does not say how long it is.", asset=name)
    if duration_s is not None and duration_s > MAX_DURATION_S:
        raise MediaError(f"{name} says that it is longer than a day.", asset=name)
    return Mp4Facts(
        size_bytes=size_bytes,
        duration_s=duration_s,
        track_count=sum(box.kind == b"trak" for box in boxes),
        width_px=width_px,
        height_px=height_px,
        has_video=b"vide" in handlers,
        has_audio=b"soun" in handlers,
        may_go_on=announces_fragments and b"mfra" not in kinds,
    )


def check_finished_video(path: Path, *, is_all: bool = False) -> Mp4Facts:
    """Return what the boxes of a provider's video say, if it is one and whole.

    Args:
        path: The file.
        is_all: Whether it is known to be every byte that there is. Else a file that ends between two fragments may
            have been cut there, and a few bytes behind its last box may be the beginning of another one (B6).

    Raises:
        MediaError: It is another kind of file, cut off, damaged, too small, or without a picture.
    """
    facts = check_mp4(path, name="The video", is_all=is_all)
    if facts.size_bytes < MIN_FINISHED_BYTES:
        raise MediaError(f"The video has only {facts.size_bytes:,} bytes.")
    if not facts.has_video:
        raise MediaError("The video has no picture.")
    if facts.may_go_on and not is_all:
        raise MediaError("The video may be cut off: nothing says that its last part is the last.")
    if facts.duration_s is not None:  # a fragmented file has its samples elsewhere
        with path.open("rb") as file:
            _check_samples(file, facts, is_all=is_all)
    return facts


def _check_samples(file: BinaryIO, facts: Mp4Facts, *, is_all: bool) -> None:
    """Hold the tables of where pictures and sound are to what no file that can be played is without (B6).

    Raises:
        MediaError: A table is missing, or leads out of the file.
    """
    boxes = walk_boxes(file, facts.size_bytes, "The video", is_all=is_all)
    tables = [box for box in boxes if box.path == _SAMPLE_TABLES]
    counts = Counter(_ALIKE.get(box.kind, box.kind) for box in tables)
    if any(counts[kind] < facts.track_count for kind in _NEEDED_TABLES):
        raise MediaError("The video is damaged: it does not say where its pictures are.")
    for box in tables:
        if box.kind in (b"stco", b"co64") and not _leads_inside(file, box, facts.size_bytes):
            raise MediaError("The video is damaged: its pictures would be behind its end.")


def _leads_inside(file: BinaryIO, box: Box, size_bytes: int) -> bool:
    """Tell whether every offset of `stco` (32 bits each) or `co64` (64 bits) is in the file."""
    width = 4 if box.kind == b"stco" else 8
    count = int.from_bytes(_read(file, box, 4, 4), "big")
    offsets = _read(file, box, 8, min(count, _MAX_CHUNKS) * width)
    if count > _MAX_CHUNKS or len(offsets) != count * width:
        return False
    return all(0 < int.from_bytes(offsets[at : at + width], "big") < size_bytes for at in range(0, len(offsets), width))


def walk_boxes(file: BinaryIO, size_bytes: int, name: str, *, is_all: bool = False) -> Iterator[Box]:
    """Yield all boxes in file order; siblings must fill what is around them.

    Args:
        file: Where they are.
        size_bytes: Of the file.
        name: What the message calls it.
        is_all: As of `check_finished_video`.

    Raises:
        MediaError: They do not, or there are too many or too deep ones.
    """
    found = 0
    open_ends: list[tuple[bytes, int]] = []
    offset = 0
    while offset < size_bytes:
        while open_ends and _is_filled(offset, open_ends[-1][1]):
            offset = open_ends.pop()[1]
        if offset >= size_bytes or (is_all and not open_ends and _is_filled(offset, size_bytes)):
            return
        limit = open_ends[-1][1] if open_ends else size_bytes
        box = _read_box(file, offset, limit, tuple(kind for kind, _ in open_ends))
        if box is None:
            raise MediaError(f"{name} is cut off or damaged: a part of it reaches beyond its end.", asset=name)
        found += 1
        if found > _MAX_BOXES or len(open_ends) > _MAX_DEPTH:
            raise MediaError(f"{name} is damaged: it has too many parts.", asset=name)
        yield box
        if box.kind in _CONTAINERS:
            open_ends.append((box.kind, box.end))
            offset = box.body
        else:
            offset = box.end


def _is_filled(offset: int, end: int) -> bool:
    """Return whether no box fits any more; QuickTime ends some containers with four zero bytes."""
    return end - offset < 8


def _read_box(file: BinaryIO, offset: int, limit: int, path: tuple[bytes, ...]) -> Box | None:
    """Return the box at an offset, or None where it does not fit; a size of 0 ("to the end") hides a cut."""
    file.seek(offset)
    header = file.read(min(16, limit - offset))
    if len(header) < 8:
        return None
    size, body = int.from_bytes(header[:4], "big"), offset + 8
    if size == 1:
        if len(header) < 16:
            return None
        size, body = int.from_bytes(header[8:16], "big"), offset + 16
    if not body - offset <= size <= limit - offset:
        return None
    return Box(header[4:8], path, offset, body, offset + size)


def read_handler(file: BinaryIO, box: Box) -> bytes:
    """Return what a track holds (`vide`, `soun`); empty for another box than `hdlr`."""
    return _read(file, box, 8, 4) if box.kind == b"hdlr" else b""


def _shown_size(file: BinaryIO, box: Box) -> tuple[int, int]:
    """Return a track's width × height in pixels from its `tkhd`, whose last eight bytes hold them as 16.16."""
    at = 88 if _read(file, box, 0, 1) == b"\1" else 76
    return int.from_bytes(_read(file, box, at, 2), "big"), int.from_bytes(_read(file, box, at + 4, 2), "big")


def _duration(file: BinaryIO, boxes: list[Box]) -> float | None:
    """Return the longest duration that a header states, or None."""
    stated = [
        _stated_duration(file, box)
        for box in boxes
        if (box.kind, box.path) in ((b"mvhd", (b"moov",)), (b"mdhd", (b"moov", b"trak", b"mdia")))
    ]
    return max((seconds for seconds in stated if seconds), default=None)


def _stated_duration(file: BinaryIO, box: Box) -> float | None:
    """Read `mvhd` or `mdhd`, which begin alike; version 1 has 64-bit times."""
    width, at = (8, 20) if _read(file, box, 0, 1) == b"\1" else (4, 12)
    timescale = int.from_bytes(_read(file, box, at, 4), "big")
    duration = int.from_bytes(_read(file, box, at + 4, width), "big")
    if not timescale or duration in _UNKNOWN_DURATIONS:
        return None
    return duration / timescale


def _read(file: BinaryIO, box: Box, at: int, count: int) -> bytes:
    """Return bytes of a box's body; fewer where it is shorter."""
    file.seek(box.body + at)
    return file.read(max(0, min(count, box.end - box.body - at)))

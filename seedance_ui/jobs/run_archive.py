"""Take a run's zip apart without believing anything that it says of itself. Sizes in bytes.

The first thing that is not as our own export makes it refuses the whole. Nothing is extracted by name: each entry is
one of a short list, and is copied under a limit of its own and counted while it is copied.
"""

from __future__ import annotations

import hashlib
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zipfile import ZipFile, ZipInfo

from seedance_ui.domain.media import MediaKind
from seedance_ui.domain.model_spec import MediaLimits
from seedance_ui.domain.shared_run import MEDIA, POSTER, RECORD, VIDEO, check_run_size
from seedance_ui.domain.sizes import MAX_VIDEO_BYTES
from seedance_ui.errors import MediaError

MAX_RECORD_BYTES = 256_000
MAX_POSTER_BYTES = 5_000_000
MAX_ENTRIES = 3 + 2 + sum(MediaLimits().max_count.values())
"""Record, video and poster, two frames and all references."""
MAX_INDEX_BYTES = 65_536
"""Of the table of contents: so many entries with short names have a few kB."""
MAX_RATIO = 100
"""Packed to unpacked; a record may be packed well, a picture hardly at all."""

_MAX_MEDIA_BYTES = MediaLimits().max_size_bytes
_END = struct.Struct("<4s4H2LH")
_ZIP64 = b"PK\6\7"
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_CHUNK_BYTES = 1 << 20
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OverflowError, struct.error
)  # fmt: skip
"""What `zipfile` raises for bytes that are no zip, or not one that it can read."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """An entry on disk, as it was counted and not as it was promised."""

    path: Path
    size_bytes: int
    sha256: str


class RunArchive:
    """An open zip whose table of contents has passed."""

    def __init__(self, opened: ZipFile) -> None:
        self._zip = opened
        self._entries = {info.filename: info for info in opened.infolist()}

    @property
    def names(self) -> frozenset[str]:
        """The names of all entries."""
        return frozenset(self._entries)

    def read_record(self) -> bytes:
        """Return the record; blocks.

        Raises:
            MediaError: It is longer than a record is, or damaged.
        """
        with _told_as_damage():
            return b"".join(self._chunks(self._entries[RECORD]))

    def unpack(self, name: str, target: Path) -> Unpacked:
        """Copy an entry to a new file; blocks.

        Raises:
            MediaError: It is longer than it says or may be, or damaged.
            OSError: The disk would not take it.
        """
        digest, size_bytes = hashlib.sha256(), 0
        with target.open("xb") as file:
            for chunk in self._chunks(self._entries[name]):
                digest.update(chunk)
                size_bytes += len(chunk)
                file.write(chunk)
        return Unpacked(target, size_bytes, digest.hexdigest())

    def _chunks(self, info: ZipInfo) -> Iterator[bytes]:
        most, seen = _most_bytes(info.filename), 0
        with _told_as_damage():
            source: IO[bytes] = self._zip.open(info)
        with source:
            while chunk := _read(source):
                seen += len(chunk)
                if seen > min(most, info.file_size):
                    raise MediaError(f"{info.filename} in this zip is longer than it says.")
                yield chunk
        if seen != info.file_size:
            raise MediaError(f"{info.filename} in this zip is shorter than it says.")


@contextmanager
def opened_run(path: Path) -> Iterator[RunArchive]:
    """Yield a zip that may be a run; blocks.

    Raises:
        MediaError: It is none; says why.
    """
    with path.open("rb") as file:
        _check_end(file)
        with _told_as_damage():
            opened = ZipFile(file)
        with opened:
            _check_entries(opened.infolist())
            yield RunArchive(opened)


def _check_end(file: IO[bytes]) -> None:
    """Look at the end of the file, before `zipfile` reads a table of contents of any length into memory."""
    size_bytes = file.seek(0, 2)
    check_run_size(size_bytes)
    if size_bytes < _END.size:
        raise MediaError("This file is no zip.")
    file.seek(max(0, size_bytes - _END.size - 20))
    tail = file.read()
    signature, disk, index_disk, here, count, length, offset, comment = _END.unpack(tail[-_END.size :])
    if signature != b"PK\5\6":
        raise MediaError("This file is no zip, or not a whole one.")
    if tail.startswith(_ZIP64) or disk or index_disk or here != count or comment:
        raise MediaError("This zip is not laid out as a run is.")
    if count > MAX_ENTRIES:
        raise MediaError(f"This zip holds {count:,} files; a run has {MAX_ENTRIES} at most.")
    if length > MAX_INDEX_BYTES or offset + length != size_bytes - _END.size:
        raise MediaError("This zip is damaged: its table of contents is not where it should be.")


def _check_entries(entries: Sequence[ZipInfo]) -> None:
    names = [info.filename for info in entries]
    for info in entries:
        _check_entry(info)
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise MediaError(f"This zip holds {twice} twice.")
    for needed in (RECORD, VIDEO):
        if needed not in names:
            raise MediaError(f"This zip is not a run: it has no {needed}.")
    check_run_size(sum(info.file_size for info in entries))


def _check_entry(info: ZipInfo) -> None:
    name = info.filename
    if name != info.orig_filename or not _is_known(name):
        raise MediaError(f"This zip holds {_shown(info.orig_filename)}, which no run has.")
    if info.flag_bits & _ENCRYPTED:
        raise MediaError(f"{name} in this zip is encrypted.")
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        raise MediaError(f"{name} in this zip is not a plain file.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise MediaError(f"{name} in this zip is packed in a way that is not read here.")
    most = _most_bytes(name)
    if info.file_size > most:
        raise MediaError(f"{name} in this zip has {info.file_size:,} bytes; the most is {most:,}.")
    if info.file_size > MAX_RATIO * max(1, info.compress_size):
        raise MediaError(f"{name} in this zip is packed more tightly than any real file.")


def _is_known(name: str) -> bool:
    return name in (RECORD, VIDEO, POSTER) or MEDIA.fullmatch(name) is not None


def _most_bytes(name: str) -> int:
    if name.startswith("media/video-"):
        return _MAX_MEDIA_BYTES[MediaKind.VIDEO]
    if name.startswith("media/audio-"):
        return _MAX_MEDIA_BYTES[MediaKind.AUDIO]
    fixed = {RECORD: MAX_RECORD_BYTES, VIDEO: MAX_VIDEO_BYTES, POSTER: MAX_POSTER_BYTES}
    return fixed.get(name, _MAX_MEDIA_BYTES[MediaKind.IMAGE])


def _shown(name: str) -> str:
    """Return a foreign name as it can be shown: short, and on one line."""
    return repr(name if len(name) <= 60 else f"{name[:60]}…")


def _read(source: IO[bytes]) -> bytes:
    with _told_as_damage():
        return source.read(_CHUNK_BYTES)


@contextmanager
def _told_as_damage() -> Iterator[None]:
    try:
        yield
    except _BROKEN as exc:
        raise MediaError("This zip is damaged: it cannot be read to its end.") from exc

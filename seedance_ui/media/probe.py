"""Look at one file: type by content, structure within bounds, then decoding in the worker (F3, F4, F6)."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from seedance_ui.domain.media import MediaFile, MediaKind
from seedance_ui.errors import MediaError
from seedance_ui.media.mp4 import check_mp4
from seedance_ui.media.names import about, display_name
from seedance_ui.media.sniff import HEAD_BYTES, MOV, MP4, WAV, FileType, sniff, sniff_source
from seedance_ui.media.wav import check_wav
from seedance_ui.media.worker import PROBE_LIMITS, path_argument, run_task

_CHUNK_BYTES = 1024 * 1024


class _Sniffer(Protocol):
    def __call__(self, head: bytes, *, name: str) -> FileType: ...


@dataclass(frozen=True, slots=True)
class _Outside:
    """What can be known without decoding."""

    type: FileType
    size_bytes: int
    sha256: str


async def inspect(path: Path, *, name: str, sha256: str | None = None, as_source: bool = False) -> MediaFile:
    """Return what a file is, once it is sure that it can be decoded.

    Args:
        path: The file.
        name: The name it had where it came from, for display and messages.
        sha256: Hex digest of its bytes where that is known already.
        as_source: Whether it may be of a type that is not taken, but that a copy can be made of.

    Raises:
        MediaError: It is none of the types that are taken, or damaged, too large or empty. The message begins with
            the name and can stand at a field as it is.
    """
    shown = display_name(name)
    with about(shown):
        outside = await asyncio.to_thread(_look_from_outside, path, shown, sha256, sniff_source if as_source else sniff)
        args = {"path": path_argument(path), "mime": outside.type.mime, "name": shown, "as_source": as_source}
        task = "probe_image" if outside.type.kind is MediaKind.IMAGE else "probe_clip"
        measured = await run_task(task, args, limits=PROBE_LIMITS, subject=shown)
    return MediaFile(
        path=path,
        kind=outside.type.kind,
        mime=outside.type.mime,
        size_bytes=outside.size_bytes,
        sha256=outside.sha256,
        name=shown,
        **{**measured, "codecs": tuple(measured.get("codecs", ()))},
    )


def sniff_file(file: BinaryIO, name: str, sniffer: _Sniffer = sniff) -> FileType:
    """Return what an open file is; it stands at its beginning afterwards.

    Raises:
        MediaError: It is none of the types that are taken.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    file.seek(0)
    return sniffer(head, name=name)


def _look_from_outside(path: Path, name: str, sha256: str | None, sniffer: _Sniffer) -> _Outside:
    with path.open("rb") as file:
        file_type = sniff_file(file, name, sniffer)
        digest = sha256 or _digest(file)
    if file_type in (MP4, MOV):
        try:
            check_mp4(path, name=name)
        except MediaError as exc:
            raise MediaError(f"{exc} Export it again as MP4.") from exc
    elif file_type == WAV:
        try:
            check_wav(path, name=name)
        except MediaError as exc:
            raise MediaError(f"{exc} Save it again as WAV or MP3.") from exc
    return _Outside(file_type, path.stat().st_size, digest)


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()

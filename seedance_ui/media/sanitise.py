"""Take out of a file what its picture and sound do not need: places, cameras, names, thumbnails, tails (F7, F3)."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import BinaryIO

from seedance_ui.domain.media import MediaKind
from seedance_ui.media.mp4 import Box, read_handler, walk_boxes
from seedance_ui.media.names import about
from seedance_ui.media.sniff import FileType
from seedance_ui.media.worker import REWRITE_LIMITS, path_argument, run_task

_METADATA_BOXES = frozenset({b"udta", b"meta", b"uuid", b"XMP_", b"free", b"skip"})
"""Locations, titles, XMP, and space where anything may stand."""
_CHUNK_BYTES = 1024 * 1024


async def sanitise(path: Path, file_type: FileType, *, name: str) -> None:
    """Clean a file of ours in place.

    Images are written anew with their orientation applied and their colour profile kept. In clips the boxes of
    metadata and the tracks of metadata become empty space: no offset changes, no frame is touched. Sound is left as
    it is.

    Args:
        path: A copy that may be changed.
        file_type: As sniffed.
        name: What messages call it.

    Raises:
        MediaError: It is damaged, or too large to decode.
        StoreError: The disk is full.
    """
    with about(name):
        if file_type.kind is MediaKind.IMAGE:
            args = {"path": path_argument(path), "mime": file_type.mime, "name": name}
            await run_task("sanitise_image", args, limits=REWRITE_LIMITS, subject=name)
        elif file_type.kind is MediaKind.VIDEO:
            await asyncio.to_thread(_blank_metadata, path, name)


def _blank_metadata(path: Path, name: str) -> None:
    with path.open("r+b") as file:
        boxes = list(walk_boxes(file, os.fstat(file.fileno()).st_size, name))
        tracks = [box for box in boxes if box.kind == b"trak"]
        handlers = [box for box in boxes if box.path == (b"moov", b"trak", b"mdia") and box.kind == b"hdlr"]
        for box in boxes:
            if box.kind in _METADATA_BOXES:
                _blank(file, box)
        for handler in handlers:
            if read_handler(file, handler) == b"meta":
                _blank(file, next(track for track in tracks if track.start < handler.start < track.end))
        file.flush()
        os.fsync(file.fileno())


def _blank(file: BinaryIO, box: Box) -> None:
    """Turn a box into free space of the same size, filled with zeros."""
    file.seek(box.start + 4)
    file.write(b"free")
    file.seek(box.body)
    left = box.end - box.body
    while left:
        left -= file.write(bytes(min(left, _CHUNK_BYTES)))

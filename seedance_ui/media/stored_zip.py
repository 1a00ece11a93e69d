"""Write a zip of files as they are, as a stream: nothing is held in memory or on disk, and its length is known before.

The same files make the same bytes. Layout: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16. Sizes in bytes.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from seedance_ui.errors import StoreError

MAX_ZIP_BYTES = 2**32 - 1
"""Beyond it another layout is needed."""

_CHUNK_BYTES = 1 << 20
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION = 20
_MADE_ON_UNIX = 3 << 8 | _VERSION
_PLAIN_FILE = 0o100644 << 16
_TIME, _DATE = 0, 1 << 5 | 1
"""1980-01-01, the first that there can be: when a file was written is nobody's business."""


@dataclass(frozen=True, slots=True)
class ZipPart:
    """A file that goes in."""

    name: str
    """Of the entry; ASCII."""
    source: bytes | Path
    size_bytes: int
    crc32: int
    sha256: str
    """Hex digest."""

    def chunks(self) -> Iterator[bytes]:
        """Yield the content.

        Raises:
            StoreError: The file has another length by now.
        """
        left = self.size_bytes
        with _opened(self.source) as file:
            while chunk := file.read(_CHUNK_BYTES):
                left -= len(chunk)
                yield chunk
        if left:
            raise StoreError(f"{self.name} changed while it was read.")


def measure_part(name: str, source: bytes | Path) -> ZipPart:
    """Read a file through once. Blocks.

    Raises:
        OSError: It cannot be read.
    """
    digest, crc32, size_bytes = hashlib.sha256(), 0, 0
    with _opened(source) as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            crc32 = zlib.crc32(chunk, crc32)
            size_bytes += len(chunk)
    return ZipPart(name, source, size_bytes, crc32, digest.hexdigest())


def zip_size(parts: Sequence[ZipPart]) -> int:
    """Return how many bytes `zip_chunks` yields."""
    around = _LOCAL.size + _CENTRAL.size
    return sum(around + 2 * len(part.name) + part.size_bytes for part in parts) + _END.size


def zip_chunks(parts: Sequence[ZipPart]) -> Iterator[bytes]:
    """Yield a zip of these files, in their order. Blocks.

    Raises:
        OSError: A file cannot be read.
        StoreError: One has another length by now.
    """
    index, offset = b"", 0
    for part in parts:
        name = part.name.encode("ascii")
        facts = (_TIME, _DATE, part.crc32, part.size_bytes, part.size_bytes, len(name), 0)
        yield _LOCAL.pack(b"PK\3\4", _VERSION, 0, 0, *facts) + name
        yield from part.chunks()
        index += _CENTRAL.pack(b"PK\1\2", _MADE_ON_UNIX, _VERSION, 0, 0, *facts, 0, 0, 0, _PLAIN_FILE, offset) + name
        offset += _LOCAL.size + len(name) + part.size_bytes
    yield index + _END.pack(b"PK\5\6", 0, 0, len(parts), len(parts), len(index), offset, 0)


def _opened(source: bytes | Path) -> BinaryIO:
    return BytesIO(source) if isinstance(source, bytes) else source.open("rb")

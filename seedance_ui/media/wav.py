"""Walk the chunks of a WAV file within bounds, before any decoder sees it (F6)."""

from __future__ import annotations

import os
from pathlib import Path

from seedance_ui.errors import MediaError

_MAX_CHUNKS = 1000


def check_wav(path: Path, *, name: str) -> None:
    """Refuse a WAV file whose header promises more than the file holds.

    Args:
        path: The file.
        name: What the message calls it.

    Raises:
        MediaError: A chunk reaches beyond the end, or there is no format or no sound.
    """
    with path.open("rb") as file:
        size_bytes = os.fstat(file.fileno()).st_size
        offset = 12
        kinds = set()
        for _ in range(_MAX_CHUNKS):
            file.seek(offset)
            header = file.read(8)
            if len(header) < 8:
                break
            length = int.from_bytes(header[4:], "little")
            if offset + 8 + length > size_bytes:
                raise MediaError(f"{name} is cut off: its header promises more sound than there is.", asset=name)
            if length:
                kinds.add(header[:4])
            offset += 8 + length + length % 2
    if not {b"fmt ", b"data"} <= kinds:
        raise MediaError(f"{name} holds no sound.", asset=name)

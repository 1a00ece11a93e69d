"""Write files so that a crash or a full disk leaves the old one or the new one, never half of one."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seedance_ui.errors import StoreError

DISK_FULL = "The disk is full. Nothing was started; what exists stays. Free some space and try again."


def is_disk_full(exc: OSError) -> bool:
    """Return whether an error means that no space, or no quota, is left."""
    return exc.errno in {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def noticing_full_disk() -> Iterator[None]:
    """Turn an error that means a full disk into one for people.

    Raises:
        StoreError: The disk is full.
    """
    try:
        yield
    except OSError as exc:
        if is_disk_full(exc):
            raise StoreError(DISK_FULL) from exc
        raise


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield a path beside `target` to write to; it becomes `target`, flushed to disk, unless the block raises."""
    # Ends as the target does: encoders choose their format by the suffix.
    part = target.with_name(f".{secrets.token_hex(8)}.part{target.suffix}")
    try:
        yield part
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)

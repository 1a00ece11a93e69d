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


def is_from_full_disk(exc: BaseException | None) -> bool:
    """Return whether an error, or what it was raised from, means that no space is left."""
    while exc is not None:
        if isinstance(exc, OSError) and is_disk_full(exc):
            return True
        exc = exc.__cause__
    return False


def sync(path: Path) -> None:
    """Flush a file, or the entries of a folder, to the disk."""
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open a folder, and its rename is already durable
    # Windows flushes only what may be written.
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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

"""Take people's files in: copied, named by their content, looked at once (F8, F10)."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import stat
from asyncio import AbstractEventLoop, Semaphore
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO
from weakref import WeakKeyDictionary

from seedance_ui.domain.media import MediaFile
from seedance_ui.domain.model_spec import MediaLimits
from seedance_ui.errors import MediaError, StoreError
from seedance_ui.media.disk import DISK_FULL, is_disk_full
from seedance_ui.media.names import display_name
from seedance_ui.media.probe import inspect, sniff_file

MAX_SIZE_BYTES = max(MediaLimits().max_size_bytes.values())
"""No slot takes a larger file; the limit of each kind is a rule of the model."""
_AT_ONCE = 2
_REMEMBERED = 512
_CHUNK_BYTES = 1024 * 1024

_Fingerprint = tuple[str, int, int]
"""Path, size in bytes, time of the last change in nanoseconds."""


@dataclass(frozen=True, slots=True)
class _Copy:
    """A whole copy that was not looked at yet."""

    part: Path
    target: Path
    sha256: str


class Intake:
    """The directory that holds the files of requests, each named `<sha256>.<extension of its type>`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory.resolve()
        self._directory.mkdir(parents=True, exist_ok=True)
        self._known: OrderedDict[_Fingerprint, MediaFile] = OrderedDict()
        # A semaphore belongs to one loop, and callers may live in several.
        self._slots: WeakKeyDictionary[AbstractEventLoop, Semaphore] = WeakKeyDictionary()

    async def take_in(self, path: Path, *, name: str) -> MediaFile:
        """Copy a file into the directory, look at it, and return it there. The same upload is looked at once.

        Args:
            path: A regular file.
            name: The name it had where it came from, for display and messages.

        Raises:
            MediaError: It is not a file, too large, or refused by `probe.inspect`.
            StoreError: The disk is full.
        """
        shown = display_name(name)
        slots = self._slots.setdefault(asyncio.get_running_loop(), Semaphore(_AT_ONCE))
        async with slots:
            fingerprint = await asyncio.to_thread(_fingerprint, path, shown)
            known = self._known.get(fingerprint)
            if known and known.path.exists():
                self._known.move_to_end(fingerprint)
                return replace(known, name=shown)
            taken = await self._copy_and_inspect(path, shown)
            self._known[fingerprint] = taken
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
            return taken

    async def _copy_and_inspect(self, path: Path, name: str) -> MediaFile:
        part = self._directory / f".{secrets.token_hex(8)}.part"
        try:
            copy = await asyncio.to_thread(self._copy, path, part, name)
            file = await inspect(copy.part, name=name, sha256=copy.sha256)
            if not copy.target.exists():
                copy.part.replace(copy.target)
            return replace(file, path=copy.target)
        finally:
            part.unlink(missing_ok=True)

    def _copy(self, path: Path, part: Path, name: str) -> _Copy:
        """Copy what is taken, flushed to disk; the type decides the extension, never the name (F8)."""
        digest = hashlib.sha256()
        with _open_regular(path, name) as source:
            extension = sniff_file(source, name).extension
            try:
                with part.open("xb") as target:
                    while chunk := source.read(_CHUNK_BYTES):
                        digest.update(chunk)
                        target.write(chunk)
                        if target.tell() > MAX_SIZE_BYTES:
                            raise _too_large(name, target.tell())
                    target.flush()
                    os.fsync(target.fileno())
            except OSError as exc:
                if is_disk_full(exc):
                    raise StoreError(DISK_FULL) from exc
                raise
        sha256 = digest.hexdigest()
        return _Copy(part, self._directory / f"{sha256}.{extension}", sha256)


def _fingerprint(path: Path, name: str) -> _Fingerprint:
    try:
        found = path.lstat()
    except OSError as exc:
        raise MediaError(f"{name} is not there any more. Choose the file again.", asset=name) from exc
    _check_regular(found, name)
    return str(path.absolute()), found.st_size, found.st_mtime_ns


def _open_regular(path: Path, name: str) -> BinaryIO:
    """Open a file that is one itself, not a link, a device or a pipe, whatever it was a moment ago (F10)."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as exc:
        raise MediaError(f"{name} cannot be opened. Choose the file again.", asset=name) from exc
    file = os.fdopen(descriptor, "rb")
    try:
        _check_regular(os.fstat(descriptor), name)
    except MediaError:
        file.close()
        raise
    return file


def _check_regular(found: os.stat_result, name: str) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise MediaError(f"{name} is not a file. Choose a file.", asset=name)
    if found.st_size > MAX_SIZE_BYTES:
        raise _too_large(name, found.st_size)


def _too_large(name: str, size_bytes: int) -> MediaError:
    size = f"{size_bytes / 1_000_000:,.0f} MB"
    return MediaError(f"{name} has {size}; the most is {MAX_SIZE_BYTES // 1_000_000} MB. Shorten it.", asset=name)

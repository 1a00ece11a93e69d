"""Take people's files in: copied, cleaned, looked at, and named by their content (F7, F8, F10)."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
import tempfile
import time
from asyncio import AbstractEventLoop, Semaphore
from collections import OrderedDict
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO
from weakref import WeakKeyDictionary

from seedance_ui.domain.media import MediaFile
from seedance_ui.domain.model_spec import MediaLimits
from seedance_ui.errors import MediaError
from seedance_ui.media.disk import noticing_full_disk
from seedance_ui.media.names import display_name
from seedance_ui.media.probe import inspect, sniff_file
from seedance_ui.media.sanitise import sanitise
from seedance_ui.media.sniff import FileType

MAX_SIZE_BYTES = max(MediaLimits().max_size_bytes.values())
"""No slot takes a larger file; the limit of each kind is a rule of the model."""
_AT_ONCE = 2
_REMEMBERED = 512
_CHUNK_BYTES = 1024 * 1024
_UNFINISHED = ".unfinished-"
_UNFINISHED_AFTER_S = 3600.0
_UNUSED_AFTER_S = 3600.0

_Fingerprint = tuple[str, int, int]
"""Path, size in bytes, time of the last change in nanoseconds."""


class Intake:
    """The directory that holds the files of requests, each named `<sha256>.<extension of its type>`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory.resolve()
        self._directory.mkdir(parents=True, exist_ok=True)
        self._remove_unfinished()
        self._known: OrderedDict[_Fingerprint, MediaFile] = OrderedDict()
        # A semaphore belongs to one loop, and callers may live in several.
        self._slots: WeakKeyDictionary[AbstractEventLoop, Semaphore] = WeakKeyDictionary()

    @property
    def directory(self) -> Path:
        """Where the files are."""
        return self._directory

    def adopt(self, file: MediaFile) -> MediaFile:
        """Move a file in that another intake on the same disk took, and return it here. Blocks."""
        target = self._directory / file.path.name
        if target.exists():
            os.utime(target)  # it is in use again
        else:
            file.path.replace(target)
        return replace(file, path=target)

    async def take_in(self, path: Path, *, name: str) -> MediaFile:
        """Copy a file into the directory without its metadata, and return it there. The same upload is taken once.

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
                os.utime(known.path)  # it is in use again
                return replace(known, name=shown)
            with noticing_full_disk():
                taken = await self._copy_and_inspect(path, shown)
            self._known[fingerprint] = taken
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
            return taken

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Yield a directory for unfinished files, which goes with all that is in it; after a crash, some time later."""
        # A directory of its own, so that what a killed worker leaves behind goes as well.
        with tempfile.TemporaryDirectory(
            dir=self._directory, prefix=_UNFINISHED, ignore_cleanup_errors=True
        ) as directory:
            yield Path(directory)

    async def _copy_and_inspect(self, path: Path, name: str) -> MediaFile:
        with self.scratch() as directory:
            part = directory / "part"
            file_type = await asyncio.to_thread(_copy, path, part, name)
            await sanitise(part, file_type, name=name)
            file = await inspect(part, name=name)
            # The type decides the extension, never the name (F8).
            target = self._directory / f"{file.sha256}.{file_type.extension}"
            if target.exists():
                os.utime(target)  # it is in use again
            else:
                part.replace(target)
            return replace(file, path=target)

    def purge(self, kept: Collection[str]) -> int:
        """Remove files that were not taken in within the last hour, but those whose names are in `kept`.

        A form that is still open takes its files in again when it is sent.

        Returns:
            How many bytes went.
        """
        freed_bytes = 0
        for path in self._directory.iterdir():
            with suppress(FileNotFoundError):  # Another process removes it at the same time.
                found = path.lstat()
                is_old = time.time() - found.st_mtime > _UNUSED_AFTER_S
                if path.name not in kept and stat.S_ISREG(found.st_mode) and is_old:
                    path.unlink()
                    freed_bytes += found.st_size
        return freed_bytes

    def _remove_unfinished(self) -> None:
        """Remove what a crash left here; another process may be at work on what is young."""
        for left in self._directory.glob(f"{_UNFINISHED}*"):
            with suppress(FileNotFoundError):  # Another process removes it at the same time.
                if time.time() - left.stat().st_mtime > _UNFINISHED_AFTER_S:
                    shutil.rmtree(left, ignore_errors=True)


def _copy(path: Path, part: Path, name: str) -> FileType:
    """Copy a file of a type that is taken, flushed to disk, and return its type."""
    with _open_regular(path, name) as source, part.open("xb") as target:
        file_type = sniff_file(source, name)
        while chunk := source.read(_CHUNK_BYTES):
            target.write(chunk)
            if target.tell() > MAX_SIZE_BYTES:
                raise _too_large(name, target.tell())
        target.flush()
        os.fsync(target.fileno())
    return file_type


def _fingerprint(path: Path, name: str) -> _Fingerprint:
    try:
        found = path.lstat()
    except OSError as exc:
        raise MediaError(f"{name} is not on the server any more. Add it again.", asset=name) from exc
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

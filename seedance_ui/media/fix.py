"""Make the copies that `domain.fixes` plans. The worker does it; the file itself stays as it is."""

from __future__ import annotations

import asyncio
from asyncio import AbstractEventLoop, Semaphore
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from seedance_ui.domain.fixes import Fix
from seedance_ui.domain.media import MediaFile, MediaKind
from seedance_ui.errors import MediaError
from seedance_ui.media.intake import Intake
from seedance_ui.media.names import about
from seedance_ui.media.probe import inspect
from seedance_ui.media.sniff import EXTENSIONS
from seedance_ui.media.worker import FIX_LIMITS, path_argument, run_task

_REMEMBERED = 64

_Upload = tuple[str, int, int]
"""Path, size in bytes, time of the last change in nanoseconds."""


class Fixer:
    """Makes copies one after the other, and remembers the last ones."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._made: OrderedDict[Fix, MediaFile] = OrderedDict()
        self._measured: OrderedDict[_Upload, MediaFile | None] = OrderedDict()
        # A semaphore belongs to one loop, and callers may live in several.
        self._turns: WeakKeyDictionary[AbstractEventLoop, Semaphore] = WeakKeyDictionary()

    async def measure(self, path: Path, *, name: str) -> MediaFile | None:
        """Return a file that was not taken in, if a copy of it can be made; else None.

        Args:
            path: Where it is; its bytes are only read.
            name: The name it had where it came from.
        """
        try:
            found = await asyncio.to_thread(path.stat)
        except OSError:
            return None
        upload = (path_argument(path), found.st_size, found.st_mtime_ns)
        if upload not in self._measured:
            try:
                self._measured[upload] = await inspect(path, name=name, as_source=True)
            except MediaError:
                self._measured[upload] = None
            if len(self._measured) > _REMEMBERED:
                self._measured.popitem(last=False)
        measured = self._measured[upload]
        return replace(measured, name=name) if measured else None

    async def make(self, fix: Fix) -> MediaFile:
        """Return the copy, taken in like any other file. The same copy is made once.

        Raises:
            MediaError: It cannot be made.
            StoreError: The disk is full.
        """
        async with self._turns.setdefault(asyncio.get_running_loop(), Semaphore(1)):
            made = self._made.get(fix)
            if made is None or not made.path.exists():
                made = self._made[fix] = await self._make(fix)
            self._made.move_to_end(fix)
            if len(self._made) > _REMEMBERED:
                self._made.popitem(last=False)
            return made

    async def _make(self, fix: Fix) -> MediaFile:
        source = fix.source
        with about(source.name), self._intake.scratch() as directory:
            target = directory / "copy"
            args = _task_arguments(fix) | {"target": path_argument(target)}
            await run_task(f"fix_{source.kind.value}", args, limits=FIX_LIMITS, subject=source.name)
            taken = await self._intake.take_in(target, name=source.name)
        return replace(taken, name=f"{Path(source.name).stem}.{EXTENSIONS[taken.mime]}")


def _task_arguments(fix: Fix) -> dict[str, Any]:
    source = fix.source
    common = {"path": path_argument(source.path), "mime": source.mime, "name": source.name}
    shape = {
        "crop_px": fix.crop_px,
        "size_px": fix.size_px,
        "focus": fix.focus,
        "max_size_bytes": fix.max_size_bytes,
    }
    part = {"start_s": fix.start_s, "duration_s": fix.duration_s or source.duration_s}
    if source.kind is MediaKind.IMAGE:
        return common | shape | {"to_mime": fix.mime}
    return common | shape | part if source.kind is MediaKind.VIDEO else common | part

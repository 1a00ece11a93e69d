"""A clock whose waits end at once, and which all processes of one world share: time goes on over a restart."""

from __future__ import annotations

import asyncio
import os
import struct
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path


class SharedClock:
    """The machine's clock, ahead by what was waited so far, in whichever process; a `jobs.clock.Clock`."""

    def __init__(self, path: Path) -> None:
        """Use the file at `path`, which is made where it is missing."""
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def now(self) -> datetime:
        return datetime.now(timezone.utc) + timedelta(seconds=self._ahead_s())

    def monotonic(self) -> float:
        return time.monotonic() + self._ahead_s()

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)
        await asyncio.sleep(0.001)

    def advance(self, seconds: float) -> None:
        """Let time pass for everybody."""
        os.pwrite(self._file, struct.pack("d", self._ahead_s() + max(0.0, seconds)), 0)

    def close(self) -> None:
        os.close(self._file)

    def _ahead_s(self) -> float:
        written = os.pread(self._file, 8, 0)
        return struct.unpack("d", written)[0] if len(written) == 8 else 0.0

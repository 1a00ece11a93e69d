"""Time as an argument. Waiting goes by the monotonic clock, records by UTC; both in seconds."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timezone
from typing import Protocol


class Clock(Protocol):
    """What the jobs room knows of time; tests bring their own."""

    def now(self) -> datetime:
        """Return the time for records, in UTC; it may jump."""

    def monotonic(self) -> float:
        """Return the time for waiting: it never jumps, and begins anew with each process."""

    async def sleep(self, seconds: float) -> None:
        """Wait on the monotonic clock."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the time for records, in UTC."""
        return datetime.now(timezone.utc)

    def monotonic(self) -> float:
        """Return the time for waiting."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait on the monotonic clock."""
        await asyncio.sleep(seconds)

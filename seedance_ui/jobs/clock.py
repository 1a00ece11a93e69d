"""Time as an argument. Waiting goes by the monotonic clock, records by UTC; both in seconds."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone
from typing import Protocol


class Clock(Protocol):
    """What the jobs room knows of time; tests bring their own."""

    def now(self) -> datetime:
        """Return the time for records, in UTC."""

    async def sleep(self, seconds: float) -> None:
        """Wait on the monotonic clock."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the time for records, in UTC."""
        return datetime.now(timezone.utc)

    async def sleep(self, seconds: float) -> None:
        """Wait on the monotonic clock."""
        await asyncio.sleep(seconds)

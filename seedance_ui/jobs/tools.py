"""What every walk of a job works with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from seedance_ui.domain.redaction import Redactor
from seedance_ui.jobs.clock import Clock
from seedance_ui.jobs.replies import Notes
from seedance_ui.jobs.store import Store
from seedance_ui.jobs.turns import Turns
from seedance_ui.library import Library
from seedance_ui.providers.downloads import Downloader

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tools:
    """What every walk works with."""

    store: Store
    library: Library
    clock: Clock
    executor: Executor
    """Where calls that block run: one transaction, or one file."""
    downloader: Downloader = field(default_factory=Downloader)
    redactor: Redactor = field(default_factory=Redactor)
    """What takes out of a provider's answers what must not be written down."""
    make_room: Callable[[], int] = lambda: 0
    """Frees what disk it can, and returns how many bytes; blocks."""
    turns: Turns = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "turns", Turns(self.clock))  # frozen, and made of another field

    def new_notes(self, *, with_words: bool = True) -> Notes:
        """Return what listens to a provider's answers about one job; without words where they are about more."""
        return Notes(self.redactor, self.clock.now, with_words=with_words)

    async def blocking(self, call: Callable[..., T], *args: Any) -> T:
        """Run a call that blocks beside the loop."""
        return await asyncio.get_running_loop().run_in_executor(self.executor, lambda: call(*args))

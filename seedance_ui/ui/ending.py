"""What the page does once an event has ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def run_at_end(event: Any, js: str, private: Mapping[str, Any]) -> None:
    """Let a script run once an event has ended, however it did.

    Gradio 6.31 leaves `.then` out where a handler broke or nobody answered.

    Args:
        event: What wiring an event returned.
        js: The script.
        private: Options of an event of the page.
    """
    for ended in (event.then, event.failure):
        ended(fn=None, js=js, **private)

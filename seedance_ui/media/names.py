"""Names of people's files, for display only: they never reach the disk (F8)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from seedance_ui.errors import MediaError

_MOST_CHARS = 60
_TAIL_CHARS = 16
_ZERO_WIDTH_JOINER = "\u200d"
"""Holds emoji together; the other format characters can turn the reading direction round."""


def display_name(name: str) -> str:
    """Return a file name that is short, on one line and without its folders; "This file" where nothing is left."""
    last = name.replace("\\", "/").rpartition("/")[2]
    visible = "".join(char if _is_visible(char) else " " for char in last)
    clean = " ".join(visible.split())
    if not clean.strip("."):
        return "This file"
    if len(clean) > _MOST_CHARS:
        clean = f"{clean[: _MOST_CHARS - _TAIL_CHARS - 1]}…{clean[-_TAIL_CHARS:]}"
    return clean


@contextmanager
def about(name: str) -> Iterator[None]:
    """Make `name` the asset of a `MediaError` that leaves this block without one."""
    try:
        yield
    except MediaError as exc:
        exc.asset = exc.asset or name
        raise


def _is_visible(char: str) -> bool:
    return char == _ZERO_WIDTH_JOINER or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}

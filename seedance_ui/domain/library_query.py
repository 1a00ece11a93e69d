"""What a person looks for in the library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

from seedance_ui.domain.folding import fold
from seedance_ui.domain.request import Mode

MAX_SEARCH_CHARS = 200
"""What is typed beyond it is not looked for."""

MAX_SEARCH_WORDS = 12
"""The same for words: each costs a look at every prompt."""

_MAX_ID_CHARS = 64
_MODES = {mode.value: mode for mode in Mode}


@dataclass(frozen=True, slots=True)
class LibraryQuery:
    """Which of an owner's videos to list, and in which order. By default all that are not deleted, newest first."""

    search: str = ""
    """Words that the prompt holds, in any order; case and accents do not count."""
    mode: Mode | None = None
    provider: str | None = None
    """Provider id."""
    since: datetime | None = None
    """Made then or later, in UTC."""
    favourites: bool = False
    """Only those that are marked."""
    deleted: bool = False
    """Those that were deleted and can still be brought back, in place of all others."""
    parent: str | None = None
    """Only those that were made from this job."""
    oldest_first: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """What is looked for, folded, each once."""
        words = fold(self.search[:MAX_SEARCH_CHARS]).split()
        return tuple(dict.fromkeys(words))[:MAX_SEARCH_WORDS]

    @classmethod
    def from_json(cls, data: object) -> LibraryQuery:
        """Read a query that came from a browser; what makes no sense there is as if it was not asked for."""
        said = data if isinstance(data, dict) else {}
        return cls(
            search=_text(said.get("search"), MAX_SEARCH_CHARS) or "",
            mode=_MODES.get(_text(said.get("mode"), _MAX_ID_CHARS) or ""),
            provider=_text(said.get("provider"), _MAX_ID_CHARS),
            since=_time(said.get("since_s")),
            favourites=said.get("favourites") is True,
            deleted=said.get("deleted") is True,
            parent=_text(said.get("parent"), _MAX_ID_CHARS),
            oldest_first=said.get("oldest_first") is True,
        )


def _text(value: object, most_chars: int) -> str | None:
    """Return the start of a text without NUL, which PostgreSQL does not take; None for an empty one."""
    return value[:most_chars].replace("\0", "") or None if isinstance(value, str) else None


def _time(since_s: object) -> datetime | None:
    """Return a time that was given in seconds since 1970."""
    if not isinstance(since_s, (int, float)) or isinstance(since_s, bool):
        return None
    try:
        return datetime.fromtimestamp(since_s, timezone.utc)
    except (OverflowError, OSError, ValueError):
        return None

"""Text as a search compares it: without case, without accents."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Return text in which "Café" and "CAFE" are the same; runs of white space become one space."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    return " ".join(bare.casefold().split())

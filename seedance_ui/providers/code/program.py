"""One program, and the name of the video that it saves."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Language = Literal["curl", "python", "javascript"]

_MAX_NAME_CHARS = 40


@dataclass(frozen=True, slots=True)
class Program:
    """A request in one language."""

    language: Language
    code: str
    variables: tuple[str, ...]
    """Environment variables that must be set where it runs: keys, and links that are secret."""


def video_name(prompt: str) -> str:
    """Return a file name for the video of a prompt: its first words."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", prompt.lower()) if not unicodedata.combining(char))
    words = re.findall(r"[^\W_]+", plain)
    name = words[0][:_MAX_NAME_CHARS] if words else "video"
    for word in words[1:]:
        if len(name) + 1 + len(word) > _MAX_NAME_CHARS:
            break
        name += f"-{word}"
    return f"{name}.mp4"

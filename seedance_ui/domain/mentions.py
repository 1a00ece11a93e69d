"""The names of references in a prompt: `@Image1`, `@Video1`, `@Audio1`.

Numbers are 1-based and count each kind apart, in the order of the reference tray. Read in any case;
written in one. Providers have dialects: `render` writes the prompt in theirs.

`@Image?` stands where a prompt named a file that was removed: it is never a file, whatever is added later.
The page keeps a prompt and its tray together by itself (`assets/mentions.js`), in the same grammar.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from seedance_ui.domain.media import MediaKind

_TAG = re.compile(r"@(image|video|audio)([0-9]+|\?)", re.IGNORECASE | re.ASCII)
_RUN = re.compile(rf"(?<![\w@])(?:{_TAG.pattern})+", re.IGNORECASE | re.ASCII)
"""Tags side by side. Not inside a word or an address (a@image1.org); `@Image12` is twelve, never one and a two."""

_MAX_DIGITS = 9
"""More are never a file, and thousands of them are no number for Python."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One tag as it stands in a prompt."""

    kind: MediaKind
    number: int | None
    """1-based, within its kind; None where the file was removed."""
    start: int
    """Offset of the `@` in characters."""
    end: int
    """Offset just behind the tag."""

    @property
    def tag(self) -> str:
        """The canonical spelling."""
        return tag(self.kind, self.number)


def tag(kind: MediaKind, number: int | None) -> str:
    """Return the canonical name of the `number`-th file of a kind, counted from 1; None for one that was removed."""
    return f"@{kind.value.capitalize()}{'?' if number is None else number}"


def parse_mentions(prompt: str) -> tuple[Mention, ...]:
    """Return the tags of a prompt in the order in which they stand."""
    return tuple(
        Mention(MediaKind(match[1].lower()), _number(match[2]), match.start(), match.end())
        for run in _RUN.finditer(prompt)
        for match in _TAG.finditer(prompt, run.start(), run.end())
    )


def _number(written: str) -> int | None:
    return None if written == "?" else int(written[:_MAX_DIGITS])


def unknown_mentions(prompt: str, counts: Mapping[MediaKind, int]) -> tuple[str, ...]:
    """Return the tags that name no file, each once, in order of appearance."""
    unknown = (
        mention.tag
        for mention in parse_mentions(prompt)
        if mention.number is None or not 1 <= mention.number <= counts.get(mention.kind, 0)
    )
    return tuple(dict.fromkeys(unknown))


def render(prompt: str, style: Literal["@Image1", "@image1"]) -> str:
    """Return the prompt with its tags as a provider wants them."""
    pieces: list[str] = []
    cursor = 0
    for mention in parse_mentions(prompt):
        pieces += prompt[cursor : mention.start], mention.tag.lower() if style == "@image1" else mention.tag
        cursor = mention.end
    return "".join(pieces) + prompt[cursor:]

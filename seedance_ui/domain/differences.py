"""What differs between two runs: their settings, and their prompts word by word. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from seedance_ui.domain.media import Reference, identity
from seedance_ui.domain.request import GenerationRequest

Setting = Literal[
    "prompt",
    "provider",
    "mode",
    "duration_s",
    "resolution",
    "aspect_ratio",
    "generate_audio",
    "seed",
    "first_frame",
    "last_frame",
    "images",
    "videos",
    "audios",
]
"""A field of `GenerationRequest`; its seed aside, which may have been drawn."""

_SETTINGS: tuple[Setting, ...] = (
    "prompt",
    "provider",
    "mode",
    "duration_s",
    "resolution",
    "aspect_ratio",
    "generate_audio",
    "seed",
    "first_frame",
    "last_frame",
    "images",
    "videos",
    "audios",
)

_MEDIA = frozenset({"first_frame", "last_frame", "images", "videos", "audios"})

_TOKEN = re.compile(r"\s+|@?[^\W\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff]+|.", re.DOTALL)
"""White space, a word or a tag, or one other character: Chinese, Japanese and Korean have no spaces between words."""

_MOST_PAIRS = 250_000
"""Beyond so many pairs of tokens the middle of two prompts counts as different as a whole: looking takes too long."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a prompt."""

    text: str
    differs: bool
    """Whether the other prompt has something else here."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run was made of."""

    request: GenerationRequest
    seed: int | None
    """The one that was used, asked for or drawn; None where nobody knows."""


def compare_settings(a: Run, b: Run) -> dict[Setting, bool]:
    """Return every setting that one of two runs has, in the order of the form, and whether it differs.

    Media are the same by their content, links by their address; names and paths do not count.
    """
    found: dict[Setting, bool] = {}
    for setting in _SETTINGS:
        ours, theirs = _value(a, setting), _value(b, setting)
        if setting in _MEDIA and not ours and not theirs:
            continue
        # Two seeds that nobody knows are hardly the same.
        found[setting] = ours != theirs or (setting == "seed" and ours is None)
    return found


def compare_prompts(a: str, b: str) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """Return two prompts in segments, which joined are the prompts again; words that do not differ are in both."""
    ours, theirs = _TOKEN.findall(a), _TOKEN.findall(b)
    head = _common(ours, theirs)
    tail = _common(ours[head:][::-1], theirs[head:][::-1])
    middle_a, middle_b = ours[head : len(ours) - tail], theirs[head : len(theirs) - tail]
    kept_a, kept_b = _kept(middle_a, middle_b)
    same = [True] * head, [True] * tail
    return (
        _segments(ours, [*same[0], *kept_a, *same[1]]),
        _segments(theirs, [*same[0], *kept_b, *same[1]]),
    )


def _value(run: Run, setting: Setting) -> object:
    if setting == "seed":
        return run.seed
    value = getattr(run.request, setting)
    if setting not in _MEDIA:
        return value
    references: Sequence[Reference | None] = value if isinstance(value, tuple) else (value,)
    return tuple(identity(reference) for reference in references if reference is not None)


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    """Return how many tokens two lists begin with in common."""
    count = 0
    for ours, theirs in zip(a, b, strict=False):
        if ours != theirs:
            break
        count += 1
    return count


def _kept(a: Sequence[str], b: Sequence[str]) -> tuple[list[bool], list[bool]]:
    """Return for each token of two lists whether the other list has it at the same place of the text."""
    kept_a, kept_b = [False] * len(a), [False] * len(b)
    if len(a) * len(b) > _MOST_PAIRS:
        return kept_a, kept_b
    for at_a, at_b, size in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks():
        for step in range(size):
            kept_a[at_a + step] = kept_b[at_b + step] = True
    return kept_a, kept_b


def _segments(tokens: Sequence[str], kept: Sequence[bool]) -> tuple[Segment, ...]:
    """Join tokens of a kind; white space between two that differ differs too, so that a phrase is one mark."""
    marks = [not each for each in kept]
    for at in range(1, len(tokens) - 1):
        if tokens[at].isspace() and marks[at - 1] and marks[at + 1]:
            marks[at] = True
    joined: list[Segment] = []
    for token, differs in zip(tokens, marks, strict=True):
        if joined and joined[-1].differs == differs:
            joined[-1] = Segment(joined[-1].text + token, differs)
        else:
            joined.append(Segment(token, differs))
    return tuple(joined)

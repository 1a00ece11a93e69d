"""The prompt cut into shots, and how many frames each gets."""

from __future__ import annotations

import re
from dataclasses import dataclass

from seedance_ui.media.storyboard.camera import drop_camera_words

_LEAST_FRAMES = 32
"""Below this nobody can read a card: neighbouring sentences then share one."""

_NUMBER = r"(?:\d{1,2}|[一二三四五六七八九十两]{1,3}|one|two|three|four|five|six|seven|eight|nine|ten)"
_MARKER = re.compile(
    r"(?:^|(?<=[\s。．.!?！？；;,，、:：\]】)）]))[\[【(（*#]*\s*"
    rf"(?:(?:shot|scene|镜头|场景|分镜|カット|シーン)\s*#?\s*{_NUMBER}|第\s*{_NUMBER}\s*(?:个|個)?(?:镜头|镜|幕|场))"
    r"(?:\s*[(（][^)）]{1,24}[)）])?\s*(?:[\]】)）*]+\s*[:：.、\-–—]?|[:：.、，,\-–—])\s*\**",
    re.IGNORECASE,
)
"""A shot's head: "Shot 1:", "[Shot 2]", "Shot 3 (0–4 s):", "镜头一：", "第二个镜头，"."""

_END = re.compile(r"[。！？；…]+[”’」』）]*\s*|(?<=[^\s.])[.!?]+[\"'”’)]*(?=\s+\S)\s+|\n+\s*")
"""The end of a sentence: a Chinese stop anywhere, a Latin stop only before a space, or a new line."""
_ABBREVIATION = re.compile(r"(?:\b(?:mr|mrs|ms|dr|st|vs|e\.g|i\.e|no|approx)|\b[A-Z])\.\s+$", re.IGNORECASE)
_FILLERS = re.compile(
    r"\b(?:the|a|an|slow|slowly|gentle|gently|smooth|smoothly|camera|shot|then|and|with|is|us|very|lens)\b|[\W_]|镜头|缓慢|缓缓|慢慢|地|的",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Shot:
    """One card of the storyboard."""

    number: int
    """From 1."""
    text: str
    """What the card says; may be empty."""
    start: int
    """First frame."""
    frames: int
    """How many frames it lasts; at least 1."""


def split_prompt(prompt: str) -> tuple[str, tuple[str, ...]]:
    """Return what stands before the first shot, and the words of each shot.

    Shots are marked ("Shot 1: …", "镜头1：…"), else they are the sentences. A sentence that only speaks about
    the camera belongs to the one before it. There is always at least one shot.
    """
    marks = list(_MARKER.finditer(prompt))
    if marks:
        ends = [mark.start() for mark in marks[1:]] + [len(prompt)]
        texts = tuple(_tidy(prompt[mark.end() : end]) for mark, end in zip(marks, ends, strict=True))
        return _tidy(prompt[: marks[0].start()]), tuple(text for text in texts if text) or ("",)
    return "", tuple(_join_camera_notes(_sentences(prompt))) or ("",)


def plan_shots(prompt: str, frames: int) -> tuple[str, tuple[Shot, ...]]:
    """Return what stands before the first shot, and the shots that share `frames` between them."""
    look, texts = split_prompt(prompt)
    texts = _merge(texts, max(1, frames // _LEAST_FRAMES))
    weights = [1 + min(len(text), 160) / 80 for text in texts]
    shots, start, passed = [], 0, 0.0
    for number, (text, weight) in enumerate(zip(texts, weights, strict=True), start=1):
        passed += weight
        end = round(frames * passed / sum(weights))
        shots.append(Shot(number, text, start, end - start))
        start = end
    return look, tuple(shots)


def _sentences(prompt: str) -> list[str]:
    pieces, cursor = [], 0
    for end in _END.finditer(prompt):
        if _ABBREVIATION.search(prompt[cursor : end.end()]):
            continue
        pieces.append(_tidy(prompt[cursor : end.end()]))
        cursor = end.end()
    pieces.append(_tidy(prompt[cursor:]))
    return [piece for piece in pieces if any(letter.isalnum() for letter in piece)]


def _join_camera_notes(sentences: list[str]) -> list[str]:
    joined: list[str] = []
    for sentence in sentences:
        if joined and not _FILLERS.sub("", drop_camera_words(sentence)):
            joined[-1] = _join(joined[-1], sentence)
        else:
            joined.append(sentence)
    return joined


def _merge(texts: tuple[str, ...], most: int) -> tuple[str, ...]:
    """Return at most `most` texts: the shortest pair of neighbours is joined first."""
    merged = list(texts)
    while len(merged) > most:
        at = min(range(len(merged) - 1), key=lambda i: len(merged[i]) + len(merged[i + 1]))
        merged[at : at + 2] = [_join(merged[at], merged[at + 1])]
    return tuple(merged)


def _join(first: str, second: str) -> str:
    gap = "" if first and ord(first[-1]) > 0x2E80 else " "
    return f"{first}{gap}{second}"


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()

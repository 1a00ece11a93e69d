"""Fonts, and text set in lines. A letter that no font covers is left out and reported, never drawn as a box."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

_FONTS = Path(__file__).resolve().parents[3] / "assets" / "fonts"
_INTER = ("latin", "latin-ext", "vietnamese", "cyrillic", "greek")
_CJK = "noto-sans-cjk-subset.woff2"
"""Chinese (GB 2312 and Big5's common half), Japanese (JIS level 1, kana) and Korean (KS X 1001), one weight."""

_MISSING = "\U0010ffff"
"""Never assigned: what a font draws for it is its box for a missing letter."""
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\u00ad]")
_TAG = re.compile(r"@(?:image|video|audio)\d{1,4}", re.IGNORECASE)
_NOT_AT_START = set("，。、；：？！）》」』】〕〉…—～·,.;:!?)]}”’%‰℃々ーぁぃぅぇぉっゃゅょァィゥェォッャュョ")
_NOT_AT_END = set("（《「『【〔〈([{“‘")
_LINE_HEIGHT = 1.32
"""Of the type size."""

Font = ImageFont.FreeTypeFont


def is_wide(letter: str) -> bool:
    """Return whether a letter belongs to a script that is set without spaces between words."""
    return unicodedata.east_asian_width(letter) in "WF"


@lru_cache(maxsize=64)
def _load(name: str, size: int, weight: int) -> Font:
    font = ImageFont.truetype(str(_FONTS / name), size)
    if name != _CJK:
        font.set_variation_by_axes([weight])
    return font


@lru_cache(maxsize=8192)
def _font_name(letter: str) -> str | None:
    """Return the file that has the letter, or None."""
    if letter == " ":
        return _names()[0]
    return next((name for name in _names() if _has(name, letter)), None)


def _names() -> tuple[str, ...]:
    return tuple(f"inter-{part}.woff2" for part in _INTER) + (_CJK,)


def _has(name: str, letter: str) -> bool:
    """Return whether a font has the letter: Pillow tells no character map, but it draws the missing one."""
    font = _probe_font(name)
    drawn, missing = font.getmask(letter), font.getmask(_MISSING)
    return (drawn.size, bytes(drawn)) != (missing.size, bytes(missing))


@lru_cache(maxsize=8)
def _probe_font(name: str) -> Font:
    # Without shaping: a lone combining mark would get a dotted circle, and not look like a missing letter.
    return ImageFont.truetype(str(_FONTS / name), 24, layout_engine=ImageFont.Layout.BASIC)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text as it can be drawn."""

    text: str
    missing: bool
    """Whether letters had to be left out."""


def clean(text: str) -> Cleaned:
    """Return the text without what no font covers."""
    normal = re.sub(r"\s+", " ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text))).strip()
    kept = "".join(letter for letter in normal if _font_name(letter))
    return Cleaned(re.sub(r" {2,}", " ", kept).strip(), len(kept) != len(normal))


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set."""

    size: int
    """Pixels."""
    weight: int = 400
    tracking: float = 0.0
    """Space between letters, as a share of the size."""


def _runs(text: str, style: Style) -> Iterator[tuple[str, Font]]:
    """Yield pieces of the text with the font of each; wide letters are tracked singly."""
    piece, current = "", None
    for letter in text:
        name = _font_name(letter)
        if name is None:
            continue
        if piece and (name != current or style.tracking):
            yield piece, _load(current or name, style.size, style.weight)
            piece = ""
        piece, current = piece + letter, name
    if piece and current:
        yield piece, _load(current, style.size, style.weight)


def width_of(text: str, style: Style) -> float:
    """Return the width of a line in pixels."""
    return sum(font.getlength(piece) + style.tracking * style.size for piece, font in _runs(text, style))


def draw_line(mask: Image.Image, at: tuple[float, float], text: str, style: Style, power: int = 255) -> float:
    """Draw a line on a greyscale mask, `at` being the left end of its baseline; return where it ends."""
    draw = ImageDraw.Draw(mask)
    x, y = at
    for piece, font in _runs(text, style):
        draw.text((x, y), piece, fill=power, font=font, anchor="ls")
        x += font.getlength(piece) + style.tracking * style.size
    return x


@dataclass(frozen=True, slots=True)
class Block:
    """A text in lines."""

    lines: tuple[str, ...]
    style: Style

    @property
    def line_height(self) -> int:
        """Pixels from baseline to baseline."""
        return round(self.style.size * _LINE_HEIGHT)

    @property
    def height(self) -> int:
        """Pixels of all lines."""
        return self.line_height * len(self.lines)

    def draw(self, mask: Image.Image, tags: Image.Image, at: tuple[int, int]) -> None:
        """Draw the block with its top left corner at a point; names of references go on the other mask."""
        for index, line in enumerate(self.lines):
            x: float = at[0]
            y = at[1] + index * self.line_height + self.style.size
            cursor = 0
            for tag in _TAG.finditer(line):
                x = draw_line(mask, (x, y), line[cursor : tag.start()], self.style)
                x = draw_line(tags, (x, y), tag[0], self.style)
                cursor = tag.end()
            draw_line(mask, (x, y), line[cursor:], self.style)


def set_block(text: str, width: int, height: int, sizes: range, weight: int = 500) -> Block:
    """Return the text in the largest size with which it fits into width × height pixels.

    Where even the smallest size does not fit, the last line that does ends in an ellipsis.
    """
    text = text[: _most_letters(width, height, min(sizes))]
    smallest, largest = min(sizes), max(sizes)
    block = _set(text, width, smallest, weight)
    if block.height > height:
        return _cut(block, width, height)
    while smallest < largest:
        middle = (smallest + largest + 1) // 2
        larger = _set(text, width, middle, weight)
        if larger.height <= height:
            smallest, block = middle, larger
        else:
            largest = middle - 1
    return _balance(block, text, width)


def _set(text: str, width: int, size: int, weight: int) -> Block:
    style = Style(size, weight)
    return Block(tuple(wrap(text, style, width)), style)


def _most_letters(width: int, height: int, size: int) -> int:
    """Return more letters than a place can hold, so that what nobody will see is not measured."""
    narrowest = 0.22
    return round((width / (size * narrowest) + 1) * (height / (size * _LINE_HEIGHT) + 1))


def _cut(block: Block, width: int, height: int) -> Block:
    """Keep the lines that fit; the last of them ends in an ellipsis."""
    room = max(1, height // block.line_height)
    last = " ".join(block.lines[room - 1 : room + 1])
    return Block((*block.lines[: room - 1], _shorten(last, block.style, width)), block.style)


def _balance(block: Block, text: str, width: int) -> Block:
    """Narrow the lines as far as their number allows, so that the last is not a single word."""
    if len(block.lines) < 2:
        return block
    low, high = width // 2, width
    while high - low > 8:
        middle = (low + high) // 2
        if len(list(wrap(text, block.style, middle))) <= len(block.lines):
            high = middle
        else:
            low = middle
    return Block(tuple(wrap(text, block.style, high)), block.style)


def _shorten(line: str, style: Style, width: int) -> str:
    line = line.rstrip()
    while line and width_of(line + "…", style) > width:
        line = line[:-1].rstrip(" ,.;:，。、；：")
    return line + "…"


def wrap(text: str, style: Style, width: int) -> Iterator[str]:
    """Yield lines: Latin breaks between words, Chinese anywhere but before a closing or after an opening mark."""
    line = ""
    for piece in _pieces(text):
        if not line or width_of((line + piece).rstrip(), style) <= width:
            line = (line + piece) if line else piece.lstrip()
            if width_of(line.rstrip(), style) <= width:
                continue
            *full, line = _break_word(line, style, width)
            yield from full
        else:
            yield line.rstrip()
            line = piece.lstrip()
            if width_of(line.rstrip(), style) > width:
                *full, line = _break_word(line, style, width)
                yield from full
    if line.strip():
        yield line.rstrip()


def _break_word(word: str, style: Style, width: int) -> list[str]:
    """Cut a word that is wider than a line."""
    parts, part = [], ""
    for letter in word:
        if part and width_of(part + letter, style) > width:
            parts.append(part)
            part = ""
        part += letter
    return [*parts, part]


def _pieces(text: str) -> Iterator[str]:
    """Yield what may not be broken: a word with the space behind it, or a wide letter with its marks."""
    piece = ""
    for letter in text:
        if piece and _may_break(piece[-1], letter):
            yield piece
            piece = ""
        piece += letter
    if piece:
        yield piece


def _may_break(before: str, after: str) -> bool:
    if after == " " or after in _NOT_AT_START or before in _NOT_AT_END:
        return False
    return before == " " or is_wide(before) or is_wide(after)

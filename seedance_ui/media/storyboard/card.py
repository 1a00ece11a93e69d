"""The words and figures on a frame: the shot's text, its number, the time, and what this is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from seedance_ui.domain.model_spec import FPS
from seedance_ui.media.storyboard import lettering
from seedance_ui.media.storyboard.lettering import Style
from seedance_ui.media.storyboard.planes import Canvas, even, yuv_of

INK = yuv_of(0xF0, 0xF3, 0xF2)
ACCENT = yuv_of(0x63, 0xD4, 0xC8)
WARN = yuv_of(0xF2, 0xB6, 0x5F)
SCREEN = yuv_of(0x0A, 0x0C, 0x0D)
"""The page's tokens --screen-ink, --accent (dark), --warn (dark) and --screen."""

NOTE = "Animatic · drawn on this machine, not AI"
MISSING_LETTERS = "This text has letters that the storyboard has no font for"

_FADE_FRAMES = 12
_FADE_FROM = 3
_FADE_OUT_FRAMES = 6


@dataclass(frozen=True, slots=True)
class Grid:
    """Where things stand on a frame of a size. Pixels."""

    width: int
    height: int

    @property
    def unit(self) -> float:
        """1 % of the shorter side, a little more on wide frames."""
        return min(self.width, self.height * 1.6) / 100

    @property
    def margin(self) -> int:
        """Free on all sides."""
        return even(self.unit * 4.4)

    @property
    def text_width(self) -> int:
        """The widest a line of the shot's text may be."""
        share = 0.60 if self.width > self.height * 1.2 else 0.92
        return round((self.width - 2 * self.margin) * share)

    @property
    def bar_top(self) -> int:
        """Where the bar with the shots lies."""
        return self.height - even(self.unit * 5.6)

    @property
    def text_bottom(self) -> int:
        """Where the shot's text ends."""
        return self.bar_top - even(self.unit * 3.0)

    def type_size(self, units: float) -> int:
        """Return a type size that can still be read on the smallest frame."""
        return max(11, round(self.unit * units))


class _Ink:
    """One colour's letters: a mask at full and at half size."""

    def __init__(self, colour: tuple[int, int, int], mask: Image.Image, at: tuple[int, int] = (0, 0)) -> None:
        box = mask.getbbox() or (0, 0, 2, 2)
        left, top = box[0] // 2 * 2, box[1] // 2 * 2
        size = (-(-(box[2] - left) // 2) * 2, -(-(box[3] - top) // 2) * 2)
        self._colour = colour
        self._mask = mask.crop((left, top, left + size[0], top + size[1]))
        self._half = self._mask.resize((size[0] // 2, size[1] // 2), Image.Resampling.BOX)
        self._at = (at[0] + left, at[1] + top)

    def draw(self, canvas: Canvas, share: float = 1.0, lower: int = 0) -> None:
        """Lay the letters on a frame, `share` opaque, `lower` pixels (even) further down."""
        if share <= 0:
            return
        mask, half = self._mask, self._half
        if share < 1:
            table = [round(value * share) for value in range(256)]
            mask, half = mask.point(table), half.point(table)
        canvas.tint(self._colour, mask, half, (self._at[0], self._at[1] + lower))


@dataclass(frozen=True, slots=True)
class Caption:
    """What one shot's card says."""

    text: str
    number: int
    shots: int
    camera: str
    """What the camera does, in words; may be empty."""


class Card:
    """The lettering of one shot."""

    def __init__(self, caption: Caption, size: tuple[int, int], room: float = 0.44, largest: float = 4.4) -> None:
        """Set the shot's text.

        Args:
            caption: What it says.
            size: Width × height of the frame.
            room: How much of the frame's height the text may take, 0 to 1.
            largest: Its largest type size, in percent of the shorter side.
        """
        self._grid = Grid(*size)
        self._fixed = self._set_meta(caption)
        self._text = self._set_text(caption.text, room, largest)

    def draw(self, canvas: Canvas, frame: int, frames: int) -> None:
        """Draw the card as it is at a frame of its shot."""
        for ink in self._fixed:
            ink.draw(canvas)
        shown = min(1.0, max(0.0, (frame - _FADE_FROM) / _FADE_FRAMES))
        rest = (frames - 1 - frame) / _FADE_OUT_FRAMES
        lower = even(self._grid.unit * 1.6 * (1 - shown) ** 3)
        for ink in self._text:
            ink.draw(canvas, min(shown * shown * (3 - 2 * shown), rest), lower)

    def _set_text(self, text: str, room: float, largest: float) -> list[_Ink]:
        grid, cleaned = self._grid, lettering.clean(text)
        shadow_reach = grid.unit * 1.1
        size = (grid.width, grid.height)
        words, tags, notice = (Image.new("L", size) for _ in range(3))
        bottom = grid.text_bottom
        if cleaned.missing:
            notice_style = Style(grid.type_size(1.75), 500)
            notice_block = lettering.Block(
                tuple(lettering.wrap(MISSING_LETTERS, notice_style, grid.width - 2 * grid.margin)), notice_style
            )
            bottom -= notice_block.height
            notice_block.draw(notice, notice, (grid.margin, bottom + even(grid.unit * 0.8)))
        if cleaned.text:
            sentence = cleaned.text[0].upper() + cleaned.text[1:]
            sizes = range(grid.type_size(largest), grid.type_size(1.95) - 1, -1)
            block = lettering.set_block(sentence, grid.text_width, round(grid.height * room), sizes)
            top = bottom - block.height
            block.draw(words, tags, (grid.margin, top))
            rule_top = top - even(grid.unit * 1.5)
            rule = (
                grid.margin,
                rule_top,
                grid.margin + even(grid.unit * 3.6),
                rule_top + max(2, even(grid.unit * 0.26)),
            )
            tags.paste(255, rule)
        both = Image.composite(Image.new("L", size, 255), words, tags)
        shadow = both.filter(ImageFilter.GaussianBlur(shadow_reach)).point([min(150, v * 2) for v in range(256)])
        inks = [(SCREEN, shadow), (INK, words), (ACCENT, tags), (WARN, notice)]
        return [_Ink(colour, mask) for colour, mask in inks if mask.getbbox()]

    def _set_meta(self, caption: Caption) -> list[_Ink]:
        grid = self._grid
        size = (grid.width, grid.height)
        bright, faint, accent = (Image.new("L", size) for _ in range(3))
        label = Style(grid.type_size(1.75), 600, 0.02)
        baseline = grid.margin + label.size
        x = lettering.draw_line(accent, (grid.margin, baseline), f"Shot {caption.number}", label)
        quiet = Style(label.size, 450, 0.01)
        if caption.camera:
            room = grid.width - grid.margin * 2 - lettering.width_of("00:00:00:00", label) - (x - grid.margin)
            words = f"   {caption.camera}"
            if lettering.width_of(words, quiet) < room - grid.unit * 2:
                lettering.draw_line(bright, (x, baseline), words, quiet, 215)
        note = Style(grid.type_size(1.4), 450, 0.015)
        lettering.draw_line(faint, (grid.margin, grid.height - even(grid.unit * 2.1)), NOTE, note, 165)
        shadows = Image.composite(Image.new("L", size, 255), accent, bright)
        shadow = shadows.filter(ImageFilter.GaussianBlur(grid.unit * 0.7)).point([min(120, v * 2) for v in range(256)])
        inks = [(SCREEN, shadow), (ACCENT, accent), (INK, bright), (INK, faint)]
        return [_Ink(colour, mask) for colour, mask in inks if mask.getbbox()]


class Clock:
    """The timecode, hours:minutes:seconds:frames, at the top right."""

    def __init__(self, size: tuple[int, int]) -> None:
        grid = Grid(*size)
        style = Style(grid.type_size(1.75), 450)
        digit_width = round(max(lettering.width_of(digit, style) for digit in "0123456789"))
        widths = [digit_width if letter == "0" else round(digit_width * 0.55) for letter in "00:00:00:00"]
        self._lefts = [sum(widths[:index]) for index in range(len(widths))]
        self._height = even(style.size * 1.3)
        self._glyphs = {
            letter: self._draw_glyph(letter, style, widths[2 if letter == ":" else 0]) for letter in "0123456789:"
        }
        self._width = -(-sum(widths) // 2) * 2
        self._at = (grid.width - grid.margin - self._width, even(grid.margin))

    def _draw_glyph(self, letter: str, style: Style, width: int) -> Image.Image:
        mask = Image.new("L", (width, self._height))
        inset = (width - lettering.width_of(letter, style)) / 2
        lettering.draw_line(mask, (inset, style.size), letter, style, 215)
        return mask

    def draw(self, canvas: Canvas, frame: int) -> None:
        """Draw the time of a frame, counted from the start of the video."""
        seconds = frame // FPS
        text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}:{frame % FPS:02}"
        mask = Image.new("L", (self._width, self._height))
        for left, letter in zip(self._lefts, text, strict=True):
            mask.paste(self._glyphs[letter], (left, 0))
        half = mask.resize((self._width // 2, self._height // 2), Image.Resampling.BOX)
        canvas.tint(INK, mask, half, self._at)


class Bar:
    """A thin line at the foot: one piece a shot, filled as time goes by."""

    def __init__(self, size: tuple[int, int], ends: list[int]) -> None:
        """Lay out the pieces; `ends` holds the frame behind each shot's last."""
        grid = Grid(*size)
        self._at = (grid.margin, grid.bar_top)
        self._width = even(grid.width - 2 * grid.margin)
        self._height = max(2, even(grid.unit * 0.22))
        self._frames = ends[-1]
        self._pieces = np.ones(self._width, np.float32)
        gap = max(2, round(grid.unit * 0.6))
        for end in ends[:-1]:
            middle = round(self._width * end / self._frames)
            self._pieces[middle - gap // 2 : middle + gap - gap // 2] = 0
        self._track = self._masks(self._pieces * 66)

    def draw(self, canvas: Canvas, frame: int) -> None:
        """Draw the line at a frame of the video."""
        canvas.tint(INK, *self._track, self._at)
        reached = (frame + 1) / self._frames * self._width
        filled = np.clip(reached - np.arange(self._width, dtype=np.float32), 0, 1)
        canvas.tint(ACCENT, *self._masks(self._pieces * filled * 235), self._at)

    def _masks(self, row: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> tuple[Image.Image, Image.Image]:
        full = np.repeat(row.astype(np.uint8)[None, :], self._height, axis=0)
        half = np.ascontiguousarray(full[::2, ::2])
        return Image.fromarray(full), Image.fromarray(half)

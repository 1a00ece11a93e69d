"""References laid out: large where a shot names them, else small in a contact strip."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageFilter

from seedance_ui.domain.media import MediaFile
from seedance_ui.media.storyboard import lettering, media_files
from seedance_ui.media.storyboard.camera import Framing, Move
from seedance_ui.media.storyboard.card import INK, SCREEN, Grid
from seedance_ui.media.storyboard.planes import Canvas, Planes, even

Rect = tuple[int, int, int, int]
"""Left, top, width, height; even pixels."""

_COVER_FROM = 0.6
"""A single picture fills the frame where this share of it stays visible; else it stands whole on its own blur."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A picture or clip with its name in the prompt."""

    file: MediaFile
    tag: str

    @property
    def aspect(self) -> float:
        """Width / height; a square where nobody measured it."""
        if not self.file.width_px or not self.file.height_px:
            return 1.0
        return self.file.width_px / self.file.height_px


def lay_out(aspects: list[float], size: tuple[int, int], gap: int) -> list[Rect]:
    """Return a place for each picture: the grid in which most of the pictures stays visible."""
    count = len(aspects)

    def visible(columns: int) -> float:
        rects = _grid(count, columns, size, gap)
        shares = [min(a * h / w, w / (a * h)) for a, (_, _, w, h) in zip(aspects, rects, strict=True)]
        return min(shares) + sum(shares) / count

    return _grid(count, max(range(1, count + 1), key=visible), size, gap)


def _grid(count: int, columns: int, size: tuple[int, int], gap: int) -> list[Rect]:
    rows = -(-count // columns)
    rects = []
    for row in range(rows):
        in_row = min(columns, count - row * columns)
        top, bottom = _span(row, rows, size[1], gap)
        for column in range(in_row):
            left, right = _span(column, in_row, size[0], gap)
            rects.append((left, top, right - left, bottom - top))
    return rects


def _span(index: int, count: int, length: int, gap: int) -> tuple[int, int]:
    step = (length + gap) / count
    return even(index * step), length if index == count - 1 else even((index + 1) * step - gap)


class Panels:
    """The pictures and clips that a shot names, filling the frame."""

    def __init__(self, references: list[Reference], size: tuple[int, int]) -> None:
        self._ground: Planes | None = None
        gap = even(Grid(*size).unit * 0.5)
        self._places = lay_out([reference.aspect for reference in references], size, gap)
        if len(references) == 1 and _visible_share(references[0].aspect, size) < _COVER_FROM:
            self._places = [_inset(references[0].aspect, size)]
            ground = media_files.cover(media_files.load_image(references[0].file, references[0].tag), size)
            self._ground = media_files.blur(media_files.to_planes(ground), size)
        self._sources = [
            media_files.open_source(reference.file, reference.tag, (place[2], place[3]))
            for reference, place in zip(references, self._places, strict=True)
        ]

    def draw(self, canvas: Canvas, move: Move, t: float, seconds: float) -> None:
        """Draw the panels at `t` (0 to 1) of the shot, `seconds` after its start."""
        canvas.fill(SCREEN, (0, 0, *canvas.size))
        if self._ground is not None:
            canvas.put(self._ground)
        framing = move.at(t)
        for source, (left, top, width, height) in zip(self._sources, self._places, strict=True):
            canvas.put(film(source.at(seconds), framing, (width, height)), (left, top))


def film(picture: Planes, framing: Framing, size: tuple[int, int]) -> Planes:
    """Return what a framing shows of a picture, at a size of the same shape."""
    return picture.resample(framing.box(*picture.size), size)


def _visible_share(aspect: float, size: tuple[int, int]) -> float:
    frame = size[0] / size[1]
    return min(aspect / frame, frame / aspect)


def _inset(aspect: float, size: tuple[int, int]) -> Rect:
    """Return the largest place of a shape in the middle, or on the right of a wide frame, where no words stand."""
    grid = Grid(*size)
    room_w, room_h = size[0] - 2 * grid.margin, size[1] - 2 * grid.margin
    if aspect < size[0] / size[1]:
        room_h = grid.bar_top - grid.margin * 2
    width = even(min(room_w, room_h * aspect))
    height = even(width / aspect)
    left = size[0] - grid.margin - width if width < size[0] * 0.45 else even((size[0] - width) / 2)
    top = (
        even((size[1] - height) / 2)
        if width >= room_w - 2
        else even(grid.margin + (room_h - height) / 2 + grid.unit * 3.2)
    )
    return left, top, width, min(height, size[1] - top)


class Strip:
    """What no shot names: small pictures in a row under the shot's number, each with its tag."""

    def __init__(self, references: list[Reference], size: tuple[int, int]) -> None:
        grid = Grid(*size)
        self._items: list[tuple[Planes, tuple[int, int]]] = []
        gap, height = even(grid.unit * 0.9), even(grid.unit * 8.2)
        room = size[0] - 2 * grid.margin
        widths = [height * min(1.6, max(0.75, reference.aspect)) for reference in references]
        shrink = min(1.0, (room - gap * (len(references) - 1)) / max(1.0, sum(widths)))
        height = even(height * shrink)
        left, self._top = grid.margin, grid.margin + even(grid.unit * 4.2)
        style = lettering.Style(max(9, round(grid.type_size(1.2) * min(1.0, shrink * 1.3))), 500)
        labels = Image.new("L", (room + gap, even(style.size * 1.6)))
        for reference, width in zip(references, widths, strict=True):
            place = (even(width * shrink), height)
            image = media_files.load_image(reference.file, reference.tag)
            self._items.append((media_files.to_planes(media_files.cover(image, place)), (left, self._top)))
            lettering.draw_line(labels, (left - grid.margin, style.size), reference.tag, style, 225)
            left += place[0] + gap
        self._labels = labels
        ground = labels.filter(ImageFilter.GaussianBlur(grid.unit * 0.5)).point([min(190, v * 4) for v in range(256)])
        self._ground = (ground, ground.resize((ground.width // 2, ground.height // 2), Image.Resampling.BOX))
        self._half = labels.resize((labels.width // 2, labels.height // 2), Image.Resampling.BOX)
        self._labels_at = (grid.margin, self._top + height + even(grid.unit * 0.4))

    def draw(self, canvas: Canvas) -> None:
        """Draw the strip on a frame."""
        for picture, (left, top) in self._items:
            width, height = picture.size
            canvas.fill(SCREEN, (left - 2, top - 2, left + width + 2, top + height + 2))
            canvas.put(picture, (left, top))
        canvas.tint(SCREEN, *self._ground, self._labels_at)
        canvas.tint(INK, self._labels, self._half, self._labels_at)

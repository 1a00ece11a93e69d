"""One shot's pictures, without its words: a painted place, the frames of a person, or the references."""

from __future__ import annotations

from typing import Protocol

from seedance_ui.domain.model_spec import FPS
from seedance_ui.media.storyboard import media_files, panels
from seedance_ui.media.storyboard.atmosphere import Air, Shade
from seedance_ui.media.storyboard.camera import Framing, Move
from seedance_ui.media.storyboard.noise import Random
from seedance_ui.media.storyboard.planes import Canvas
from seedance_ui.media.storyboard.scenery import Scenery
from seedance_ui.media.storyboard.words import Setting

_FIRST_HOLDS = 0.30
_LAST_HOLDS = 0.72
"""From and until when the first frame turns into the last, as shares of the video."""


class Scene(Protocol):
    """What lies under a shot's words."""

    def draw(self, canvas: Canvas, frame: int, frames: int) -> None:
        """Draw frame `frame` of a shot of `frames`."""


class Landscape:
    """A painted place."""

    def __init__(self, setting: Setting, move: Move, size: tuple[int, int], rng: Random) -> None:
        self._scenery = Scenery(setting, size, rng)
        self._air = Air(setting.air, setting.light, size, rng)
        self._shade = Shade(size)
        self._move = move

    def draw(self, canvas: Canvas, frame: int, frames: int) -> None:
        """Film the place."""
        self._scenery.draw(canvas, self._move, _moment(frame, frames))
        self._air.draw(canvas, frame)
        self._shade.draw(canvas)


class FirstToLast:
    """The first frame under a slow move, which turns into the last one where there is one.

    The video starts with exactly the first frame and ends with exactly the last one.
    """

    def __init__(
        self, first: media_files.Source, last: media_files.Source | None, move: Move, with_words: bool
    ) -> None:
        self._first, self._last = first, last
        self._move = move if move.label else Move(Framing(1.0), Framing(1.12))
        self._with_words = with_words
        self._shade: Shade | None = None

    def draw(self, canvas: Canvas, frame: int, frames: int) -> None:
        """Draw the move and the blend."""
        t = _moment(frame, frames)
        if self._last is None:
            self._put(canvas, self._first, self._framing(t))
        else:
            share = _blend_share(t)
            if share < 1:
                self._put(canvas, self._first, self._framing(t))
            if share > 0:
                other = Canvas(*canvas.size)
                self._put(other, self._last, self._mirrored(t))
                canvas.blend(other, share)
        if self._with_words:
            self._shade = self._shade or Shade(canvas.size, strength=0.85)
            self._shade.draw(canvas)

    def _framing(self, t: float) -> Framing:
        return self._move.at(t)

    def _mirrored(self, t: float) -> Framing:
        """Return a framing that moves on as the first frame's does, and ends with the whole picture."""
        if self._move.label:
            return self._move.at(t)
        return Framing(1.12 - 0.12 * t * t * (3 - 2 * t))

    @staticmethod
    def _put(canvas: Canvas, source: media_files.Source, framing: Framing) -> None:
        canvas.put(panels.film(source.at(0.0), framing, canvas.size))


class References:
    """The references that a shot names, or a painted place; the unnamed ones as a strip."""

    def __init__(
        self,
        shown: panels.Panels | None,
        ground: Scene | None,
        strip: panels.Strip | None,
        move: Move,
        size: tuple[int, int],
    ) -> None:
        self._shown, self._ground, self._strip = shown, ground, strip
        # Without a camera word nearly all of a reference stays in view.
        self._move = move if move.label else Move(Framing(1.0), Framing(1.08))
        self._shade = Shade(size, strength=0.9)

    def draw(self, canvas: Canvas, frame: int, frames: int) -> None:
        """Draw the references of the shot."""
        if self._shown is not None:
            self._shown.draw(canvas, self._move, _moment(frame, frames), frame / FPS)
            self._shade.draw(canvas)
        elif self._ground is not None:
            self._ground.draw(canvas, frame, frames)
        if self._strip is not None:
            self._strip.draw(canvas)


def _moment(frame: int, frames: int) -> float:
    return frame / max(1, frames - 1)


def _blend_share(t: float) -> float:
    x = min(1.0, max(0.0, (t - _FIRST_HOLDS) / (_LAST_HOLDS - _FIRST_HOLDS)))
    return x * x * (3 - 2 * x)

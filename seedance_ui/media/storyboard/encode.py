"""H.264 and AAC in an mp4 that plays while it loads. The same frames give the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import ColorRange, Colorspace

from seedance_ui.domain.model_spec import FPS
from seedance_ui.media.storyboard.planes import Canvas

RATE_HZ = 48_000
_BT709 = 1
"""Primaries, transfer and matrix of HD video (ITU-T H.273)."""
_X264 = {
    "preset": "veryfast",
    "crf": "19",
    # libx264 would take the number of this machine's cores, and its frames depend on it.
    "threads": "2",
    # aq-mode 3: dark gradients are most of the picture; spend bits there, or they fall into bands.
    # mbtree off: with it, x264's choices depend on stray memory at some widths (864, 320): not the same twice.
    "x264-params": "aq-mode=3:mbtree=0:keyint=48",
}

Samples = npt.NDArray[np.floating[Any]]
"""2 × samples, -1 to 1, at `RATE_HZ`."""


class Writer:
    """Takes frames one after the other; sound is given at the start and laid beside them."""

    def __init__(self, container: av.container.OutputContainer, size: tuple[int, int], sound: Samples | None) -> None:
        self._container = container
        self._video = container.add_stream("libx264", rate=FPS, options=dict(_X264))
        self._video.width, self._video.height = size
        self._video.pix_fmt = "yuv420p"
        context = self._video.codec_context
        context.time_base = Fraction(1, FPS)
        context.color_range, context.colorspace = 1, _BT709
        context.color_primaries, context.color_trc = _BT709, _BT709
        self._audio = container.add_stream("aac", rate=RATE_HZ, layout="stereo") if sound is not None else None
        if self._audio is not None:
            self._audio.bit_rate = 160_000
        self._sound = sound
        self._frames = 0
        self._samples = 0

    def write(self, canvas: Canvas) -> None:
        """Encode the next frame, and the sound up to its end."""
        frame = av.VideoFrame.from_ndarray(canvas.to_array(), format="yuv420p")
        frame.pts, frame.time_base = self._frames, Fraction(1, FPS)
        frame.colorspace, frame.color_range = Colorspace.ITU709, ColorRange.MPEG
        self._container.mux(self._video.encode(frame))
        self._frames += 1
        self._write_sound(self._frames * RATE_HZ // FPS)

    def finish(self) -> None:
        """Encode what is still held back."""
        if self._audio is not None:
            self._container.mux(self._audio.encode(None))
        self._container.mux(self._video.encode(None))

    def _write_sound(self, until: int) -> None:
        if self._audio is None or self._sound is None:
            return
        piece = np.ascontiguousarray(self._sound[:, self._samples : until])
        frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self._samples, Fraction(1, RATE_HZ)
        self._container.mux(self._audio.encode(frame))
        self._samples = until


@contextmanager
def open_writer(path: Path, size: tuple[int, int], sound: Samples | None) -> Iterator[Writer]:
    """Yield a writer for an mp4; `sound` None makes a video without a sound stream."""
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(path), "w", format="mp4", options=options) as container:
        writer = Writer(container, size, sound)
        yield writer
        writer.finish()

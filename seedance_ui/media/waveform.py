"""Draw sound as bars. For the worker process only: it decodes."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from seedance_ui.errors import MediaError
from seedance_ui.media.frames import open_clip

WAVEFORM_PX = (480, 192)
_STROKE = "#7b8683"
_BAR_PX, _GAP_PX = 4, 2
_SHOWN_S = 60.0
_RATE_HZ = 8000
"""Enough to see loudness."""


def measure_loudness(path: Path, mime: str, name: str) -> NDArray[np.float32]:
    """Return the loudest sample (0 to 1) of each stretch that becomes a bar.

    Raises:
        MediaError: The file cannot be decoded or holds no sound.
    """
    bars = WAVEFORM_PX[0] // (_BAR_PX + _GAP_PX)
    with open_clip(path, mime, name) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=_RATE_HZ)
        pieces = []
        samples = 0
        for frame in container.decode(audio=0):
            for piece in resampler.resample(frame):
                pieces.append(np.abs(piece.to_ndarray().reshape(-1)))
                samples += piece.samples
            if samples > _SHOWN_S * _RATE_HZ:
                break
    if not samples:
        raise MediaError(f"{name} holds no sound. Save it again as MP3 or WAV.")
    stretches = np.array_split(np.concatenate(pieces), bars)
    return np.array([stretch.max(initial=0.0) for stretch in stretches], dtype=np.float32)


def draw_waveform(loudness: NDArray[np.float32]) -> Image.Image:
    """Return bars around the middle line, the loudest as high as the picture."""
    picture = Image.new("RGBA", WAVEFORM_PX, (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    middle_px = WAVEFORM_PX[1] / 2
    heights_px = loudness / max(float(loudness.max()), 1e-6) * (middle_px - 4)
    for bar, height_px in enumerate(heights_px):
        left = bar * (_BAR_PX + _GAP_PX) + _GAP_PX // 2
        half = max(2.0, float(height_px))
        box = (left, middle_px - half, left + _BAR_PX - 1, middle_px + half)
        draw.rounded_rectangle(box, radius=_BAR_PX / 2, fill=_STROKE)
    return picture

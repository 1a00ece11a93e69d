"""Decode a part of a clip's or a file's sound. For the worker process only. Times are in seconds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.audio.stream import AudioStream
from av.container import InputContainer

from seedance_ui.media.frames import is_decodable, open_clip

RATE_HZ = 48_000
_SEEK_BACK_S = 1.0
"""Decoders need what stands before to begin cleanly."""

Samples = npt.NDArray[np.floating[Any]]
"""Channels (1 or 2) × samples, -1 to 1, at `RATE_HZ`."""


def read_sound(path: Path, mime: str, name: str, *, start_s: float, duration_s: float) -> Samples | None:
    """Return the sound from a time on, at most as long as asked; None where there is no sound.

    Where the sound begins later than the file, silence stands before it.

    Raises:
        MediaError: It is damaged.
    """
    with open_clip(path, mime, name) as container:
        stream = next(filter(is_decodable, container.streams.audio), None)
        if stream is None:
            return None
        begin_s = (container.start_time or 0) / av.time_base + start_s
        if start_s > _SEEK_BACK_S:
            container.seek(int((begin_s - _SEEK_BACK_S) * av.time_base), backward=True)
        return _decode(container, stream, begin_s, duration_s)


def _decode(container: InputContainer, stream: AudioStream, begin_s: float, duration_s: float) -> Samples | None:
    channels = min(2, stream.codec_context.channels)
    resampler = av.AudioResampler(format="fltp", layout="stereo" if channels == 2 else "mono", rate=RATE_HZ)
    wanted = round(duration_s * RATE_HZ)
    pieces: list[Samples] = []
    # Where the next sample belongs, counted from the first one that is wanted.
    at: int | None = None
    for frame in container.decode(stream):
        if at is None:
            at = round(((frame.time or 0.0) - begin_s) * RATE_HZ)
            if at > 0:
                pieces.append(np.zeros((channels, min(at, wanted)), np.float32))
        for piece in resampler.resample(frame):
            samples: Samples = piece.to_ndarray().astype(np.float32, copy=False)
            pieces.append(samples[:, max(0, -at) :][:, : max(0, wanted - max(0, at))])
            at += samples.shape[1]
        if at >= wanted:
            break
    return np.concatenate(pieces, axis=1) if pieces else None

"""Three short sounds: mono samples in -1 to 1, `SAMPLE_RATE` a second."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

SAMPLE_RATE = 44_100


def beat() -> Samples:
    """Return two bars of drums at 120 beats a minute: 4 s."""
    out = np.zeros(4 * SAMPLE_RATE)
    rng = np.random.default_rng(3)
    t = np.arange(SAMPLE_RATE // 2) / SAMPLE_RATE
    kick = np.sin(2 * np.pi * (48 * t + 9 * (1 - np.exp(-t * 28)))) * np.exp(-t * 9)
    noise = rng.normal(0, 1, len(t))
    hat = np.diff(noise, prepend=0) * np.exp(-t * 75) * 0.16
    clap = _smooth(noise, 3) * np.exp(-t * 22) * 0.42
    for step in range(16):
        at = step * SAMPLE_RATE // 4
        _add(out, at, hat * (1.0 if step % 2 else 0.6))
        if step % 4 == 0 or step == 11:
            _add(out, at, kick)
        if step % 4 == 2:
            _add(out, at, clap)
    return _finish(out)


def melody() -> Samples:
    """Return a music box: eight notes of a pentatonic phrase in 5 s."""
    out = np.zeros(5 * SAMPLE_RATE)
    t = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    for step, half_tones in enumerate((0, 4, 7, 12, 9, 7, 4, 0)):
        pitch = 523.25 * 2 ** (half_tones / 12)
        tone = sum(
            np.sin(2 * np.pi * pitch * k * t) * w * np.exp(-t * d)
            for k, w, d in ((1, 1, 3), (2, 0.35, 5), (5.4, 0.12, 14))
        )
        _add(out, int(step * 0.5 * SAMPLE_RATE), tone)
        if step % 4 == 0:
            _add(out, int(step * 0.5 * SAMPLE_RATE), 0.5 * np.sin(np.pi * pitch * t / 2) * np.exp(-t * 1.6))
    for delay_s, level in ((0.11, 0.28), (0.19, 0.2), (0.31, 0.14)):
        echo = np.zeros_like(out)
        _add(echo, int(delay_s * SAMPLE_RATE), out * level)
        out = out + echo
    return _finish(out)


def rain() -> Samples:
    """Return steady rain with single drops near by: 4 s."""
    rng = np.random.default_rng(11)
    count = 4 * SAMPLE_RATE
    out = 0.5 * _smooth(rng.normal(0, 1, count), 4) + 0.9 * _smooth(rng.normal(0, 1, count), 40)
    t = np.arange(SAMPLE_RATE // 20) / SAMPLE_RATE
    for at, pitch, level in zip(
        rng.integers(0, count, 160), rng.uniform(900, 3800, 160), rng.random(160) ** 3, strict=True
    ):
        _add(out, int(at), 0.9 * level * np.sin(2 * np.pi * pitch * (t + 3 * t**2)) * np.exp(-t * 140))
    return _finish(out, level=0.6)


def _add(out: Samples, at: int, sound: Samples) -> None:
    room = len(out) - at
    out[at : at + len(sound)] += sound[:room]


def _smooth(noise: Samples, width: int) -> Samples:
    return np.convolve(noise, np.ones(width) / width, mode="same")


def _finish(out: Samples, level: float = 0.85) -> Samples:
    """Set the loudness, and fade both ends so that nothing clicks."""
    fade = np.clip(np.minimum(np.arange(len(out)), len(out) - 1 - np.arange(len(out))) / (0.03 * SAMPLE_RATE), 0, 1)
    shaped: Samples = out / np.max(np.abs(out)) * level * fade
    return shaped

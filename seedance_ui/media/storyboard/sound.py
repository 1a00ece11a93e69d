"""The sound track: what the references sound like, or else a quiet chord with a tick at each shot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seedance_ui.media.storyboard.encode import RATE_HZ, Samples
from seedance_ui.media.storyboard.noise import Random

_FADE_S = 0.35
_CHORDS_MAJOR = ((0, 7, 12, 16, 23), (0, 7, 14, 16, 19), (0, 4, 7, 11, 14))
_CHORDS_MINOR = ((0, 7, 12, 15, 22), (0, 7, 10, 15, 19), (0, 3, 7, 14, 17))
"""Semitones above the root: open sevenths and ninths that rest in themselves."""


@dataclass(frozen=True, slots=True)
class Track:
    """A piece of sound and when it begins."""

    samples: Samples
    start_s: float
    gain: float = 1.0


def mix_tracks(tracks: list[Track], duration_s: int) -> Samples:
    """Return the tracks laid over each other; what is louder than full scale is turned down as a whole."""
    total = duration_s * RATE_HZ
    out = np.zeros((2, total), np.float32)
    for track in tracks:
        start = min(total, round(track.start_s * RATE_HZ))
        piece = track.samples[:, : total - start]
        out[:, start : start + piece.shape[1]] += piece * np.float32(track.gain)
    out[:, -round(_FADE_S * RATE_HZ) :] *= np.linspace(1, 0, round(_FADE_S * RATE_HZ), dtype=np.float32)
    peak = float(np.abs(out).max(initial=0.0))
    return out if peak <= 0.97 else out * np.float32(0.97 / peak)


def make_bed(duration_s: int, shot_starts_s: list[float], minor: bool, rng: Random) -> Samples:
    """Return a soft chord with a tick where each shot begins."""
    total = duration_s * RATE_HZ
    t = np.arange(total, dtype=np.float32) / RATE_HZ
    chords = _CHORDS_MINOR if minor else _CHORDS_MAJOR
    chord = chords[int(rng.integers(len(chords)))]
    root_hz = 110.0 * 2 ** (int(rng.integers(-4, 4)) / 12)
    pad = np.zeros((2, total), np.float32)
    for index, semitones in enumerate((-12, *chord)):
        _add_voice(pad, t, root_hz * 2 ** (semitones / 12), 0.9 / (1 + 0.45 * index), rng)
    pad = _room(pad, rng)
    pad *= np.float32(0.11 / max(1e-6, float(np.sqrt(np.mean(pad**2)))))
    rise = np.clip(t / 1.2, 0, 1) * np.clip((duration_s - t) / 1.2, 0, 1)
    pad *= rise * rise * (3 - 2 * rise)
    for at, start_s in enumerate(shot_starts_s):
        _add_tick(pad, round(start_s * RATE_HZ), root_hz, strong=at == 0)
    return pad


def _add_voice(pad: Samples, t: Samples, pitch_hz: float, gain: float, rng: Random) -> None:
    """Add one note: two strings a hair apart, each swelling at its own pace."""
    for side in (0, 1):
        detuned = pitch_hz * (1 + float(rng.normal(0, 0.0016)))
        phase, pace, offset = (float(value) for value in rng.random(3) * 2 * np.pi)
        swell = 0.72 + 0.28 * np.sin(2 * np.pi * (0.07 + 0.012 * pace) * t + offset)
        angle = 2 * np.pi * detuned * t + phase
        wave = np.sin(angle) + 0.28 * np.sin(2 * angle + phase) + 0.09 * np.sin(3 * angle)
        pad[side] += (gain * swell * wave).astype(np.float32)
        pad[1 - side] += (0.35 * gain * swell * np.sin(angle)).astype(np.float32)


def _room(dry: Samples, rng: Random) -> Samples:
    """Return the sound in a soft hall: noise that dies away, folded in."""
    length = round(1.6 * RATE_HZ)
    decay = np.exp(-np.arange(length, dtype=np.float32) / (0.4 * RATE_HZ))
    size = 1 << (dry.shape[1] + length - 1).bit_length()
    wet = np.empty_like(dry)
    for side in (0, 1):
        tail = rng.standard_normal(length, dtype=np.float32) * decay
        tail = np.convolve(tail, np.full(24, 1 / 24, np.float32), "same")
        product = np.fft.rfft(dry[side], size) * np.fft.rfft(tail, size)
        wet[side] = np.fft.irfft(product, size)[: dry.shape[1]]
    wet *= np.float32(float(np.abs(dry).max()) / max(1e-6, float(np.abs(wet).max())))
    mixed: Samples = 0.6 * dry + 0.55 * wet
    return mixed


def _add_tick(pad: Samples, at: int, root_hz: float, strong: bool) -> None:
    """Add a small wooden knock."""
    length = min(round(0.16 * RATE_HZ), pad.shape[1] - at)
    if length <= 0:
        return
    t = np.arange(length, dtype=np.float32) / RATE_HZ
    knock = np.sin(2 * np.pi * root_hz * 8 * t) * np.exp(-t * 60) + 0.6 * np.sin(2 * np.pi * root_hz * 4 * t) * np.exp(
        -t * 34
    )
    attack = np.clip(t / 0.0015, 0, 1)
    pad[:, at : at + length] += (0.085 if strong else 0.07) * (knock * attack).astype(np.float32)

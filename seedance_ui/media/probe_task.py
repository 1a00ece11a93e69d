"""The worker's look at one file: it is decoded as far as it takes to know that it can be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from av.audio.stream import AudioStream
from av.container import InputContainer

from seedance_ui.errors import MediaError
from seedance_ui.media.frames import find_video, is_decodable, open_clip, open_image, stands_on_its_side

MAX_PIXELS = 40_000_000
MAX_SIDE_PX = 8192
MIN_SIDE_PX = 64
MAX_RATIO = 8.0
"""Longer side / shorter side."""
_MEASURED_S = 60.0
"""Sound up to this length is measured by decoding it; what a header says about longer sound is believed."""


def probe_file(args: dict[str, Any], report: Callable[[float], None]) -> dict[str, Any]:
    """Return the measured fields of a `MediaFile`.

    Args:
        args: `path`, `mime` as sniffed, `name` for messages.
        report: Not used: this takes a moment.

    Raises:
        MediaError: It cannot be decoded, is too large or too small, or lacks what its kind must have.
    """
    path, mime, name = Path(args["path"]), args["mime"], args["name"]
    kind = mime.partition("/")[0]
    if kind == "image":
        return _probe_image(path, mime, name)
    with open_clip(path, mime, name) as container:
        return _probe_video(container, name) if kind == "video" else _probe_audio(container, name)


def _probe_image(path: Path, mime: str, name: str) -> dict[str, Any]:
    with open_image(path, mime, name) as image:
        width_px, height_px = image.size
        check_size(width_px, height_px, name)
        image.load()
        if stands_on_its_side(image):
            width_px, height_px = height_px, width_px
    return {"width_px": width_px, "height_px": height_px}


def _probe_video(container: InputContainer, name: str) -> dict[str, Any]:
    stream = find_video(container, name)
    check_size(stream.codec_context.width, stream.codec_context.height, name)
    frame = next(container.decode(stream), None)
    if frame is None:
        raise MediaError(f"{name} has no frame that can be shown. Export it again as MP4 (H.264).")
    width_px, height_px = frame.width, frame.height
    if frame.rotation % 180:
        width_px, height_px = height_px, width_px
    codecs = [stream.codec_context.codec.canonical_name]
    sounds = [sound for sound in container.streams.audio if is_decodable(sound)]
    codecs += [sound.codec_context.codec.canonical_name for sound in sounds[:1]]
    duration_s = _stated_seconds(container, stream.duration and float(stream.duration * (stream.time_base or 0)))
    if not duration_s:
        raise MediaError(f"{name} does not say how long it is. Export it again as MP4 (H.264).")
    rate = stream.average_rate or stream.guessed_rate
    return {
        "width_px": width_px,
        "height_px": height_px,
        "duration_s": duration_s,
        "fps": round(float(rate), 3) if rate else None,
        "codecs": codecs,
    }


def _probe_audio(container: InputContainer, name: str) -> dict[str, Any]:
    stream = next(filter(is_decodable, container.streams.audio), None)
    if stream is None:
        raise MediaError(f"{name} holds no sound that can be read here. Save it again as MP3 or WAV.")
    measured_s, is_whole = _measure_sound(container, stream)
    stated_s = _stated_seconds(container, stream.duration and float(stream.duration * (stream.time_base or 0)))
    if not measured_s:
        raise MediaError(f"{name} holds no sound. Save it again as MP3 or WAV.")
    return {
        "duration_s": round(measured_s, 3) if is_whole or not stated_s else stated_s,
        "codecs": [stream.codec_context.codec.canonical_name],
    }


def _measure_sound(container: InputContainer, stream: AudioStream) -> tuple[float, bool]:
    """Return the seconds that were decoded, and whether these are all."""
    samples, rate_hz = 0, 0
    for frame in container.decode(stream):
        samples, rate_hz = samples + frame.samples, frame.sample_rate
        if samples > _MEASURED_S * rate_hz:
            return samples / rate_hz, False
    return (samples / rate_hz if rate_hz else 0.0), True


def _stated_seconds(container: InputContainer, stream_s: float | None) -> float | None:
    """Return what the stream says, or else the container (in microseconds)."""
    seconds = stream_s or (container.duration or 0) / 1_000_000
    return round(seconds, 3) if seconds > 0 else None


def check_size(width_px: int, height_px: int, name: str) -> None:
    """Refuse pictures that are too large to decode here, too small or too narrow to be of use.

    Raises:
        MediaError: One of these; says which and what to do.
    """
    size = f"{width_px:,}\u00a0×\u00a0{height_px:,} pixels"
    if width_px * height_px > MAX_PIXELS or max(width_px, height_px) > MAX_SIDE_PX:
        raise MediaError(
            f"{name} has {size}, too many to open here. The most is {MAX_SIDE_PX:,} on a side"
            f" and {MAX_PIXELS // 1_000_000} million in all. Make it smaller."
        )
    shorter, longer = sorted((width_px, height_px))
    if shorter < MIN_SIDE_PX:
        raise MediaError(f"{name} has only {size}. The least is {MIN_SIDE_PX} on a side. Choose a larger one.")
    if longer > MAX_RATIO * shorter:
        raise MediaError(f"{name} has {size}: too long and narrow. The most is {MAX_RATIO:.0f} to 1. Crop it.")

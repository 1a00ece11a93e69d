"""The worker's tasks on clips and sound: look at one, draw what stands for it.

Each takes `path`, `mime` as sniffed and `name` for messages; none reports progress, as each takes a moment.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from av.audio.stream import AudioStream
from av.container import InputContainer
from PIL import Image

from seedance_ui.errors import MediaError
from seedance_ui.media.disk import replacing
from seedance_ui.media.frames import find_useful_frame, find_video, is_decodable, open_clip
from seedance_ui.media.pictures import check_size
from seedance_ui.media.waveform import draw_waveform, measure_loudness

THUMBNAIL_SIDE_PX = 480
_MEASURED_S = 60.0
"""Sound up to this length is measured by decoding it; what a header says about longer sound is believed."""


def probe_clip(args: dict[str, Any], report: Callable[[float], None]) -> dict[str, Any]:
    """Return the measured fields of a `MediaFile`, after decoding a first frame, or the sound.

    Raises:
        MediaError: It cannot be decoded, is too large or too small, or lacks what its kind must have.
    """
    path, mime, name = Path(args["path"]), args["mime"], args["name"]
    with open_clip(path, mime, name) as container:
        return _probe_video(container, name) if mime.startswith("video/") else _probe_audio(container, name)


def write_clip_thumbnail(args: dict[str, Any], report: Callable[[float], None]) -> dict[str, Any]:
    """Write to `target` a frame of a video (JPEG) or the waveform of a sound (PNG), at most 480 pixels a side.

    Raises:
        MediaError: It cannot be decoded.
    """
    path, mime, name = Path(args["path"]), args["mime"], args["name"]
    if mime.startswith("audio/"):
        picture, form = draw_waveform(measure_loudness(path, mime, name)), "PNG"
    else:
        picture, form = find_useful_frame(path, name, mime), "JPEG"
        picture.thumbnail((THUMBNAIL_SIDE_PX, THUMBNAIL_SIDE_PX), Image.Resampling.LANCZOS)
    with replacing(Path(args["target"])) as part:
        picture.save(part, form)
    return {}


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

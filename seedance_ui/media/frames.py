"""Open clips and sound, and take pictures out of clips. For the worker process only: it decodes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image, ImageStat

from seedance_ui.errors import MediaError
from seedance_ui.media.disk import is_disk_full

_DEMUXERS = {
    **{"video/mp4": "mp4", "video/quicktime": "mov", "audio/mpeg": "mp3", "audio/wav": "wav"},
    # Not taken, but a copy in another format can be made.
    **{"video/webm": "matroska", "video/x-msvideo": "avi", "video/mpeg": "mpeg", "audio/mp4": "mp4"},
    **{"audio/ogg": "ogg", "audio/aac": "aac", "audio/flac": "flac", "audio/aiff": "aiff"},
}
_TURNS = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}
"""Degrees counter-clockwise."""
_USEFUL_FROM_S = 0.5
_USEFUL_UNTIL_S = 3.0
_USEFUL_CONTRAST = 12.0
"""Standard deviation of the luma, 0 to 127: below it a frame is all but one colour, a fade from black perhaps."""
_LAST_SECONDS_S = 3.0


@contextmanager
def open_clip(path: Path, mime: str, name: str) -> Iterator[InputContainer]:
    """Yield a clip or sound, read by the demuxer of its type and from this file only.

    Raises:
        MediaError: It is damaged.
    """
    try:
        with av.open(str(path), format=_DEMUXERS[mime], options={"protocol_whitelist": "file"}) as container:
            for stream in (*container.streams.video, *container.streams.audio):
                if is_decodable(stream):
                    # A thread for each core of a large machine reserves more address space than is allowed.
                    stream.codec_context.thread_count = 1
            yield container
    except MemoryError:
        raise
    except (FFmpegError, UnicodeDecodeError) as exc:
        if isinstance(exc, OSError) and is_disk_full(exc):
            raise  # of a copy that is written meanwhile
        if mime.startswith("audio/"):
            raise MediaError(f"{name} is damaged: its sound cannot be read. Export it again as MP3 or WAV.") from exc
        raise MediaError(f"{name} is damaged: its video cannot be read. Export it again as MP4 (H.264).") from exc


def is_decodable(stream: VideoStream | AudioStream) -> bool:
    """Return whether there is a decoder; PyAV leaves the context of an unknown codec empty."""
    return stream.codec_context is not None


def find_video(container: InputContainer, name: str) -> VideoStream:
    """Return the first stream of moving pictures; a cover image is none.

    Raises:
        MediaError: There is none, or no decoder for it.
    """
    for stream in container.streams.video:
        if stream.disposition & av.stream.Disposition.attached_pic:
            continue
        if not is_decodable(stream):
            raise MediaError(f"{name} has a video format that is not known here. Export it again as MP4 (H.264).")
        return stream
    raise MediaError(f"{name} has no picture. To use its sound, save it as MP3 or WAV.")


def decode_video(path: Path, name: str, mime: str = "video/mp4", from_s: float = 0.0) -> Iterator[VideoFrame]:
    """Yield a clip's frames, from the key frame at or before a time in seconds.

    Raises:
        MediaError: It is damaged or has no picture.
    """
    with open_clip(path, mime, name) as container:
        stream = find_video(container, name)
        if from_s > 0:
            container.seek(int(from_s * av.time_base), backward=True)
        yield from container.decode(stream)


def to_upright_image(frame: VideoFrame) -> Image.Image:
    """Return a frame as an RGB picture, turned as its clip asks."""
    image: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]  # PyAV has no types here
    turn = _TURNS.get(frame.rotation % 360)
    return image.transpose(turn) if turn is not None else image


def find_useful_frame(path: Path, name: str, mime: str = "video/mp4") -> Image.Image:
    """Return a frame that shows something: near half a second, or the liveliest of the first seconds."""
    best: VideoFrame | None = None
    best_contrast = -1.0
    for frame in decode_video(path, name, mime):
        contrast = _contrast(frame)
        if contrast > best_contrast:
            best, best_contrast = frame, contrast
        at_s = frame.time or 0.0
        if at_s >= _USEFUL_FROM_S and contrast >= _USEFUL_CONTRAST:
            best = frame
            break
        if at_s >= _USEFUL_UNTIL_S:
            break
    if best is None:
        raise MediaError(f"{name} has no frame that can be shown.")
    return to_upright_image(best)


def find_last_frame(path: Path, name: str, duration_s: float, mime: str = "video/mp4") -> Image.Image:
    """Return the very last frame; only the last seconds are decoded where the clip allows it."""
    for from_s in (max(0.0, duration_s - _LAST_SECONDS_S), 0.0):
        last = deque(decode_video(path, name, mime, from_s), maxlen=1)
        if last:
            return to_upright_image(last[0])
    raise MediaError(f"{name} has no frame that can be shown.")


def _contrast(frame: VideoFrame) -> float:
    small: Image.Image = frame.reformat(width=64, height=36, format="gray").to_image()  # type: ignore[no-untyped-call]
    return ImageStat.Stat(small).stddev[0]

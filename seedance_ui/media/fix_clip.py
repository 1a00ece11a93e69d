"""The worker's tasks that copy a clip or a sound so that it keeps the rules. Times are in seconds.

A video becomes H.264 and AAC in an MP4, a sound 16 bits a sample in a WAV.
"""

from __future__ import annotations

import wave
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.filter import Graph
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from seedance_ui.errors import MediaError
from seedance_ui.media.disk import replacing
from seedance_ui.media.fix_image import crop_box
from seedance_ui.media.frames import find_video, open_clip
from seedance_ui.media.sound import RATE_HZ, Samples, read_sound

_MOST_FPS = 60
_TURNS = {90: (("transpose", "cclock"),), 180: (("hflip", ""), ("vflip", "")), 270: (("transpose", "clock"),)}
"""Degrees counter-clockwise to the filters that do it."""
_SOUND_BPS = 160_000
_ROOM = 0.9
"""How much of the size the picture may use."""
_REPORT_EVERY = 12
"""Frames."""


def write_fixed_video(args: dict[str, Any], report: Callable[[float], None]) -> dict[str, Any]:
    """Write the part of a clip that is kept.

    Args:
        args: `path`, `mime` and `name` of the source; `target`; `crop_px`, `size_px`, `focus`, `start_s` and
            `max_size_bytes` as of `domain.fixes.Fix`; `duration_s`, at most.
        report: Called while it goes on.

    Raises:
        MediaError: The source is damaged, or there is nothing of it at that time.
    """
    path, mime, name = Path(args["path"]), args["mime"], args["name"]
    start_s, duration_s = args["start_s"], args["duration_s"]
    sound = read_sound(path, mime, name, start_s=start_s, duration_s=duration_s)
    with replacing(Path(args["target"])) as part, open_clip(path, mime, name) as source:
        stream = find_video(source, name)
        rate = _rate_of(stream)
        with av.open(str(part), "w", format="mp4", options={"movflags": "+faststart"}) as target:
            bits_per_s = int(args["max_size_bytes"] * 8 * _ROOM / max(1.0, duration_s)) - _SOUND_BPS
            writer = _Writer(target, stream, tuple(args["size_px"]), rate, bits_per_s, sound)
            total = max(1, round(duration_s * rate))
            kept = _frames_between(source, stream, start_s, duration_s)
            for number, frame in enumerate(islice(_reshaped(kept, stream, rate, args), total), start=1):
                writer.write(frame)
                if number % _REPORT_EVERY == 0:
                    report(number / total)
            if not writer.finish():
                raise MediaError(f"{name} has no picture in this part. Choose another part.")
    return {}


def write_fixed_sound(args: dict[str, Any], report: Callable[[float], None]) -> dict[str, Any]:
    """Write the part of a sound that is kept.

    Args:
        args: `path`, `mime`, `name`, `target`, `start_s` and `duration_s`, as for a video.
        report: Called at the end.

    Raises:
        MediaError: The source is damaged, or there is nothing of it at that time.
    """
    path, mime, name = Path(args["path"]), args["mime"], args["name"]
    sound = read_sound(path, mime, name, start_s=args["start_s"], duration_s=args["duration_s"])
    if sound is None or not sound.size:
        raise MediaError(f"{name} has no sound in this part. Choose another part.")
    samples = np.clip(sound.T * 32767, -32768, 32767).astype("<i2")
    with replacing(Path(args["target"])) as part, wave.open(str(part), "wb") as file:
        file.setnchannels(sound.shape[0])
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.tobytes())
    report(1.0)
    return {}


class _Writer:
    """Takes frames one after the other, and lays the sound beside them."""

    def __init__(
        self,
        target: OutputContainer,
        like: VideoStream,
        size: tuple[int, int],
        rate: Fraction,
        bits_per_s: int,
        sound: Samples | None,
    ) -> None:
        limit = {"maxrate": str(bits_per_s), "bufsize": str(bits_per_s)}
        options = {"preset": "veryfast", "crf": "18", "threads": "2", **limit}
        self._target = target
        self._video = target.add_stream("libx264", rate=rate, options=options)
        self._video.width, self._video.height = size
        self._video.pix_fmt = "yuv420p"
        context, source = self._video.codec_context, like.codec_context
        context.time_base = 1 / rate
        context.color_primaries, context.color_trc = source.color_primaries, source.color_trc
        context.colorspace = source.colorspace
        self._audio = self._add_sound(target, sound) if sound is not None else None
        self._sound = sound
        self._rate = rate
        self._frames = self._samples = 0

    @staticmethod
    def _add_sound(target: OutputContainer, sound: Samples) -> AudioStream:
        stream = target.add_stream("aac", rate=RATE_HZ, layout="stereo" if sound.shape[0] == 2 else "mono")
        stream.bit_rate = _SOUND_BPS
        return stream

    def write(self, frame: VideoFrame) -> None:
        """Encode the next frame, and the sound up to its end."""
        frame.pts, frame.time_base = self._frames, 1 / self._rate
        frame.pict_type = PictureType.NONE  # the encoder chooses, not the source
        self._target.mux(self._video.encode(frame))
        self._frames += 1
        self._write_sound(int(self._frames * RATE_HZ / self._rate))

    def finish(self) -> bool:
        """Encode what is held back; return whether there was any frame."""
        if not self._frames:
            return False
        if self._audio is not None:
            self._target.mux(self._audio.encode(None))
        self._target.mux(self._video.encode(None))
        return True

    def _write_sound(self, until: int) -> None:
        if self._audio is None or self._sound is None:
            return
        piece = np.ascontiguousarray(self._sound[:, self._samples : until])
        if not piece.size:
            return
        frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout=self._audio.layout.name)
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self._samples, Fraction(1, RATE_HZ)
        self._target.mux(self._audio.encode(frame))
        self._samples += piece.shape[1]


def _rate_of(stream: VideoStream) -> Fraction:
    rate = stream.average_rate or stream.guessed_rate or Fraction(24)
    return min(Fraction(_MOST_FPS), max(Fraction(1), Fraction(rate).limit_denominator(1001)))


def _frames_between(
    source: InputContainer, stream: VideoStream, start_s: float, duration_s: float
) -> Iterator[VideoFrame]:
    """Yield the frames of a part; their times count from its beginning."""
    time_base = stream.time_base or Fraction(1, av.time_base)
    begin_s = (source.start_time or 0) / av.time_base + start_s
    if start_s > 0:
        source.seek(int(begin_s * av.time_base), backward=True)
    half_frame_s = 0.5 / float(_rate_of(stream))
    for frame in source.decode(stream):
        if frame.pts is None:
            continue
        at_s = float(frame.pts * time_base) - begin_s
        if at_s >= duration_s:
            return
        if at_s >= -half_frame_s:
            frame.pts = max(0, round(at_s / time_base))
            yield frame


def _reshaped(
    frames: Iterator[VideoFrame], stream: VideoStream, rate: Fraction, args: dict[str, Any]
) -> Iterator[VideoFrame]:
    """Yield frames upright, cropped, scaled and at a constant rate."""
    graph: Graph | None = None
    for frame in frames:
        graph = graph or _make_graph(frame, stream, rate, args)
        graph.vpush(frame)
        yield from _pull(graph)
    if graph is not None:
        graph.vpush(None)
        yield from _pull(graph)


def _make_graph(first: VideoFrame, stream: VideoStream, rate: Fraction, args: dict[str, Any]) -> Graph:
    turn = first.rotation % 360
    upright = (first.height, first.width) if turn % 180 else (first.width, first.height)
    left, top, right, bottom = crop_box(upright, tuple(args["crop_px"]), args["focus"])
    width, height = args["size_px"]
    graph = Graph()
    last = graph.add_buffer(width=first.width, height=first.height, format=first.format, time_base=stream.time_base)
    steps = (
        *_TURNS.get(turn, ()),
        ("crop", f"{right - left}:{bottom - top}:{left}:{top}:exact=1"),
        ("scale", f"{width}:{height}:flags=lanczos"),
        ("fps", f"{rate}:start_time=0"),
        ("format", "yuv420p"),
        ("buffersink", ""),
    )
    for name, options in steps:
        step = graph.add(name, options)
        last.link_to(step)
        last = step
    graph.configure()
    return graph


def _pull(graph: Graph) -> Iterator[VideoFrame]:
    with suppress(BlockingIOError, EOFError):  # it wants more, or that was all
        while True:
            yield graph.vpull()

"""Reference files: pictures and clips fitted to a part of the frame, and their sound.

Fitting covers: a picture is scaled until it fills its place and what stands over is cut off, never stretched.
A file that cannot be read raises `MediaError` with a sentence that names it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image, ImageFilter

from seedance_ui.domain.media import MediaFile, MediaKind
from seedance_ui.errors import MediaError
from seedance_ui.media import frames, pictures
from seedance_ui.media.storyboard.encode import RATE_HZ, Samples
from seedance_ui.media.storyboard.planes import ByteArray, Planes, even, planes_from_yuv

_MARGIN = 1.16
"""A still is kept this much larger than its place, so that a slow move stays sharp."""


class Source(Protocol):
    """Something that shows a picture at any moment."""

    def at(self, seconds: float) -> Planes:
        """Return the picture, which has the shape of its place; moments may only go forward."""


class Still:
    """A picture that fills its place."""

    def __init__(self, image: Image.Image, place: tuple[int, int]) -> None:
        size = (even(place[0] * _MARGIN), even(place[1] * _MARGIN))
        self._picture = to_planes(cover(image, size))

    def at(self, seconds: float) -> Planes:
        """Return the picture; it is the same at every moment."""
        return self._picture


class Clip:
    """A video that plays in its place, and starts again where it is too short."""

    def __init__(self, file: MediaFile, tag: str, place: tuple[int, int]) -> None:
        self._file, self._tag = file, tag
        self._size = (even(place[0]), even(place[1]))
        self._frames = self._decode()
        self._start_s = 0.0
        self._shown = self._next_frame()
        self._coming = self._next_frame(default=self._shown)
        self._picture: Planes | None = None

    def at(self, seconds: float) -> Planes:
        """Return the frame of the clip that is due."""
        while self._coming is not self._shown and self._time(self._coming) <= seconds + 1e-4:
            self._shown, self._picture = self._coming, None
            following = next(self._frames, None)
            if following is None:
                self._start_s = seconds + 1 / 24
                self._frames = self._decode()
                following = self._next_frame()
            self._coming = following
        if self._picture is None:
            self._picture = _fit_frame(self._shown, self._size)
        return self._picture

    def _time(self, frame: av.VideoFrame) -> float:
        return self._start_s + (frame.time or 0.0) - self._first_s

    def _decode(self) -> Iterator[av.VideoFrame]:
        return frames.decode_video(self._file.path, self._tag, self._file.mime)

    def _next_frame(self, default: av.VideoFrame | None = None) -> av.VideoFrame:
        frame = next(self._frames, default)
        if frame is None:
            raise MediaError(f"{self._tag} has no frame that can be shown.", asset=self._tag)
        if default is None:
            self._first_s = frame.time or 0.0
        return frame


def open_source(file: MediaFile, tag: str, place: tuple[int, int]) -> Source:
    """Return a picture or a clip, fitted to a place of width × height pixels."""
    if file.kind is MediaKind.VIDEO:
        return Clip(file, tag, place)
    return Still(load_image(file, tag), place)


def load_image(file: MediaFile, tag: str) -> Image.Image:
    """Return a picture upright and in RGB, or the first frame of a clip; transparency lies on the dark screen."""
    if file.kind is MediaKind.VIDEO:
        first = next(frames.decode_video(file.path, tag, file.mime), None)
        if first is None:
            raise MediaError(f"{tag} has no frame that can be shown.", asset=tag)
        return frames.to_upright_image(first)
    with pictures.open_image(file.path, file.mime, tag) as image:
        upright = pictures.turn_upright(image)
        if "A" in upright.getbands() or "transparency" in upright.info:
            ground = Image.new("RGBA", upright.size, (0x0A, 0x0C, 0x0D, 255))
            return Image.alpha_composite(ground, upright.convert("RGBA")).convert("RGB")
        return upright.convert("RGB")


def cover(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return the middle of a picture that fills width × height pixels."""
    scale = max(size[0] / image.width, size[1] / image.height)
    seen = (min(image.width, size[0] / scale), min(image.height, size[1] / scale))
    left, top = (image.width - seen[0]) / 2, (image.height - seen[1]) / 2
    box = (left, top, left + seen[0], top + seen[1])
    return image.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)


def to_planes(image: Image.Image) -> Planes:
    """Return an RGB picture of even size as planes."""
    frame = av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24")
    return planes_from_yuv(_to_yuv(frame, image.size), image.height)


def blur(picture: Planes, size: tuple[int, int]) -> Planes:
    """Return a picture out of focus and dark, as a ground for another one."""
    width, height = picture.size
    small = picture.resample((0, 0, width, height), (64, even(64 * size[1] / size[0])))
    soft = Planes(
        small.y.filter(ImageFilter.GaussianBlur(3)).point([16 + round((max(16, v) - 16) * 0.42) for v in range(256)]),
        small.u.filter(ImageFilter.GaussianBlur(2)),
        small.v.filter(ImageFilter.GaussianBlur(2)),
    )
    planes = [
        plane.resize(to, Image.Resampling.BICUBIC)
        for plane, to in (
            (soft.y, size),
            (soft.u, (size[0] // 2, size[1] // 2)),
            (soft.v, (size[0] // 2, size[1] // 2)),
        )
    ]
    return Planes(*planes)


def load_sound(file: MediaFile, tag: str, most_s: float) -> Samples | None:
    """Return the first seconds of a file's sound; None where a clip has none.

    Raises:
        MediaError: It is damaged, or an audio file has no sound.
    """
    with frames.open_clip(file.path, file.mime, tag) as container:
        streams = [stream for stream in container.streams.audio if frames.is_decodable(stream)]
        if not streams:
            if file.kind is MediaKind.VIDEO:
                return None
            raise MediaError(f"{tag} has no sound that can be read. Export it again as MP3 or WAV.", asset=tag)
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE_HZ)
        pieces: list[Samples] = [np.zeros((2, 0), np.float32)]
        missing = round(most_s * RATE_HZ)
        decoded = container.decode(streams[0])
        while missing > 0:
            frame = next(decoded, None)
            for piece in resampler.resample(frame):
                pieces.append(np.asarray(piece.to_ndarray(), np.float32))
                missing -= piece.samples
            if frame is None:
                break
    return np.concatenate(pieces, axis=1)[:, : round(most_s * RATE_HZ)]


def _fit_frame(frame: av.VideoFrame, size: tuple[int, int]) -> Planes:
    if frame.rotation % 360:
        return to_planes(cover(frames.to_upright_image(frame), size))
    scale = max(size[0] / frame.width, size[1] / frame.height)
    whole = (max(size[0], even(frame.width * scale)), max(size[1], even(frame.height * scale)))
    data = _to_yuv(frame, whole)
    picture = planes_from_yuv(data, whole[1])
    left, top = (whole[0] - size[0]) // 4 * 2, (whole[1] - size[1]) // 4 * 2
    half = (left // 2, top // 2, (left + size[0]) // 2, (top + size[1]) // 2)
    return Planes(
        picture.y.crop((left, top, left + size[0], top + size[1])), picture.u.crop(half), picture.v.crop(half)
    )


def _to_yuv(frame: av.VideoFrame, size: tuple[int, int]) -> ByteArray:
    converted = frame.reformat(
        width=size[0],
        height=size[1],
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
    )
    return np.asarray(converted.to_ndarray(), np.uint8)

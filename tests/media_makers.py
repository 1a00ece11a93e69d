"""Small media files made on the spot, whole and broken. Import as `from tests.media_makers import …`."""

import struct
import zlib
from pathlib import Path

import av
import numpy as np
from PIL import Image

CLOCKWISE = (0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
"""The matrix of a clip that a phone filmed upright: to be turned by 90 degrees clockwise."""


def make_image(path: Path, size=(320, 240), color="#3a6ea5", orientation: int | None = None, **options) -> Path:
    image = Image.new("RGB", size, color)
    if orientation is not None:
        exif = Image.Exif()
        exif[0x0112] = orientation
        options["exif"] = exif
    image.save(path, **options)
    return path


def make_corner_image(path: Path, size=(320, 240), orientation: int | None = None) -> Path:
    """A white picture whose top left quarter, before orientation, is red."""
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    image.save(path, exif=exif)
    return path


def png_header(width_px: int, height_px: int, idat: bytes = b"") -> bytes:
    """A PNG that claims a size; 8 bits of grey a pixel."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width_px, height_px, 8, 0, 0, 0, 0)), (b"IDAT", idat), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def png_bomb(side_px: int) -> bytes:
    """A valid PNG that is tiny on disk and `side_px` squared when decoded."""
    packer = zlib.compressobj(9)
    row = bytes(side_px + 1)
    return png_header(side_px, side_px, b"".join(packer.compress(row) for _ in range(side_px)) + packer.flush())


def make_video(
    path: Path,
    *,
    size=(320, 240),
    seconds=2.0,
    fps=24,
    sound=False,
    picture=True,
    black_s=0.0,
    options: dict[str, str] | None = None,
) -> Path:
    """A clip whose frames differ: a bright square moves, its last frame is all green."""
    with av.open(str(path), "w", options=options or {}) as container:
        video = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast"}) if picture else None
        audio = container.add_stream("aac", rate=44100, layout="mono") if sound or not picture else None
        if video is not None:
            video.width, video.height, video.pix_fmt = *size, "yuv420p"
            count = round(seconds * fps)
            for index in range(count):
                pixels = _draw_frame(size, index, count, is_black=index < black_s * fps)
                container.mux(video.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
            container.mux(video.encode(None))
        if audio is not None:
            for frame in _tone_frames(seconds, 44100):
                container.mux(audio.encode(frame))
            container.mux(audio.encode(None))
    return path


def make_mp3(path: Path, seconds=3.0) -> Path:
    with av.open(str(path), "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=44100, layout="mono")
        for frame in _tone_frames(seconds, 44100):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def wav_bytes(seconds=3.0, *, claimed_bytes: int | None = None, rate_hz=16000) -> bytes:
    """A mono tone with 16 bits a sample; `claimed_bytes` is what its header says instead of the truth."""
    tone = (np.sin(np.arange(int(seconds * rate_hz)) * 0.2) * 12000).astype("<i2").tobytes()
    claimed = len(tone) if claimed_bytes is None else claimed_bytes
    form = struct.pack("<IHHIIHH", 16, 1, 1, rate_hz, rate_hz * 2, 2, 16)
    riff = struct.pack("<I", min(claimed + 36, 0xFFFFFFFF))
    return b"RIFF" + riff + b"WAVEfmt " + form + b"data" + struct.pack("<I", claimed) + tone


def turn_clip(data: bytes, matrix=CLOCKWISE) -> bytes:
    """An MP4 with another matrix in its first track header (version 0)."""
    at = data.index(b"tkhd") + 4 + 4 + 20 + 16
    return data[:at] + struct.pack(">9i", *matrix) + data[at + 36 :]


def box(kind: bytes, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return struct.pack(">I", 8 + len(body)) + kind + body


def mp4_skeleton(*, duration=2000, timescale=1000, handlers=(b"vide",), mdat=b"\0" * 64) -> bytes:
    """The smallest structure that `check_mp4` takes; nothing in it can be decoded."""
    times = struct.pack(">IIIII", 0, 0, 0, timescale, duration) + bytes(80)
    tracks = [
        box(b"trak", box(b"mdia", box(b"mdhd", times), box(b"hdlr", bytes(8) + handler + bytes(13))))
        for handler in handlers
    ]
    ftyp = box(b"ftyp", b"isom", bytes(4), b"isommp42")
    return ftyp + box(b"moov", box(b"mvhd", times), *tracks) + box(b"mdat", mdat)


def _draw_frame(size, index: int, count: int, *, is_black: bool) -> np.ndarray:
    width, height = size
    pixels = np.zeros((height, width, 3), np.uint8)
    if is_black:
        return pixels
    if index == count - 1:
        pixels[:, :, 1] = 200
        return pixels
    pixels[:] = (40, 60, 90)
    left = index * 4 % (width // 2)
    pixels[: height // 2, left : left + width // 2] = (240, 200, 60)
    return pixels


def _tone_frames(seconds: float, rate_hz: int):
    total = int(seconds * rate_hz)
    for start in range(0, total, 1024):
        samples = np.sin(np.arange(start, min(start + 1024, total)) * 0.06).astype(np.float32) * 0.5
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis, :], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = rate_hz, start
        yield frame

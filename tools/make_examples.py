"""Draw the media of the page's examples into assets/examples.

Every picture, clip and sound there comes from this script: nothing was photographed, recorded or taken
from anybody. Seeds are fixed, so a second run draws the same; bytes may differ with other versions of
Pillow or FFmpeg. Run it from the top of the repository, with the packages of requirements.txt:

    python tools/make_examples.py
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from example_media import clips, landscapes, mountains, places, portraits, sounds, stories, subjects
from example_media.canvas import Canvas
from PIL import Image

TARGET = Path(__file__).resolve().parents[1] / "assets" / "examples"
WIDE, TALL, SQUARE, PANORAMA = (1280, 720), (720, 1280), (1024, 1024), (1280, 548)
"""Width × height in pixels."""
THUMBNAIL = (320, 160)
"""Width × height in pixels: the page shows them at half that."""
MAX_IMAGE_BYTES = 120_000
MAX_THUMBNAIL_BYTES = 12_000

Draw = Callable[[Canvas], None]

PICTURES: dict[str, tuple[tuple[int, int], int, Draw]] = {
    "lighthouse-dusk": (WIDE, 7, lambda c: landscapes.lighthouse(c, "dusk")),
    "lighthouse-night": (WIDE, 7, lambda c: landscapes.lighthouse(c, "night")),
    "door-closed": (SQUARE, 7, lambda c: stories.door(c, is_open=False)),
    "door-open": (SQUARE, 7, lambda c: stories.door(c, is_open=True)),
    "hill-seedling": (WIDE, 7, lambda c: stories.meadow(c, grown=False)),
    "hill-tree": (WIDE, 7, lambda c: stories.meadow(c, grown=True)),
    "city-day": (PANORAMA, 7, lambda c: places.city(c, night=False)),
    "city-night": (PANORAMA, 7, lambda c: places.city(c, night=True)),
    "boat-near": (TALL, 7, lambda c: stories.brook(c, far=False)),
    "boat-far": (TALL, 7, lambda c: stories.brook(c, far=True)),
    "balloons": (WIDE, 7, mountains.balloons),
    "robot": (SQUARE, 7, subjects.robot),
    "forest": (WIDE, 7, landscapes.forest),
    "bottle": (SQUARE, 7, subjects.flask),
    "dunes": (WIDE, 7, landscapes.dunes),
    "walker": (SQUARE, 7, subjects.walker),
    "neon-street": (TALL, 7, lambda c: places.alley(c, figure=False)),
    "kite": (SQUARE, 7, subjects.kite),
}
"""Name to size, seed and scene: what goes into a request."""

POSTERS: dict[str, tuple[tuple[int, int], int, Draw]] = {
    "neon": (WIDE, 7, lambda c: places.alley(c, figure=True)),
    "tea": (WIDE, 7, subjects.tea),
    "peaks": (WIDE, 7, mountains.peaks),
    "glasses": (WIDE, 7, portraits.with_glasses),
    "speaking": (WIDE, 7, portraits.speaking),
}
"""As `PICTURES`, but seen as thumbnails only."""

CLIPS: dict[str, Callable[[], Iterator[Image.Image]]] = {"paper-plane": clips.paper_plane, "train": clips.night_train}
SOUNDS: dict[str, Callable[[], sounds.Samples]] = {"beat": sounds.beat, "melody": sounds.melody, "rain": sounds.rain}

Cut = tuple[str, float, float, float]
"""A picture's name; the centre of the cut as fractions of width and height; its height as a fraction."""

THUMBNAILS: dict[str, tuple[Cut, ...]] = {
    "lighthouse": (("lighthouse-dusk", 0.6, 0.48, 0.84),),
    "neon-rain": (("neon", 0.5, 0.6, 0.8),),
    "caravan": (("dunes", 0.5, 0.42, 0.75),),
    "tea": (("tea", 0.52, 0.5, 0.88),),
    "forest": (("forest", 0.5, 0.5, 0.85),),
    "first-light": (("peaks", 0.55, 0.5, 0.85),),
    "nightfall": (("lighthouse-dusk", 0.7, 0.45, 0.8), ("lighthouse-night", 0.7, 0.45, 0.8)),
    "open-door": (("door-closed", 0.5, 0.5, 0.75), ("door-open", 0.5, 0.5, 0.75)),
    "old-tree": (("hill-seedling", 0.5, 0.72, 0.56), ("hill-tree", 0.5, 0.45, 0.9)),
    "city-lights": (("city-day", 0.62, 0.55, 0.9), ("city-night", 0.62, 0.55, 0.9)),
    "paper-boat": (("boat-near", 0.5, 0.74, 0.5), ("boat-far", 0.55, 0.42, 0.4)),
    "balloons": (("balloons", 0.58, 0.45, 0.86),),
    "little-robot": (("robot", 0.5, 0.5, 0.92), ("forest", 0.5, 0.5, 0.95)),
    "amber-bottle": (("bottle", 0.5, 0.5, 0.85), ("dunes", 0.45, 0.45, 0.85)),
    "same-flight": (("paper-plane", 0.44, 0.42, 0.98), ("city-day", 0.62, 0.5, 0.95)),
    "rain-walk": (("walker", 0.5, 0.5, 0.95), ("neon-street", 0.5, 0.4, 0.5)),
    "kite-swap": (("paper-plane", 0.44, 0.42, 0.98), ("kite", 0.5, 0.45, 0.92)),
    "mona-lisa": (("glasses", 0.5, 0.42, 0.7),),
    "lip-sync": (("speaking", 0.58, 0.46, 0.72),),
    "train-goes-on": (("train", 0.45, 0.5, 0.85),),
}
"""Name to one cut, or to two side by side."""


def main() -> None:
    """Draw everything; take out of the folder what no scene draws any more."""
    TARGET.mkdir(parents=True, exist_ok=True)
    pictures = {name: _draw(*scene) for name, scene in (PICTURES | POSTERS).items()}
    for name in PICTURES:
        _save_jpeg(pictures[name], TARGET / f"{name}.jpg", MAX_IMAGE_BYTES)
    for name, moving in CLIPS.items():
        frames = list(moving())
        pictures[name] = frames[len(frames) * 3 // 5]
        _save_mp4(frames, TARGET / f"{name}.mp4")
    for name, sounding in SOUNDS.items():
        _save_mp3(sounding(), TARGET / f"{name}.mp3")
    for name, cuts in THUMBNAILS.items():
        _save_jpeg(_thumbnail(pictures, cuts), TARGET / f"thumb-{name}.jpg", MAX_THUMBNAIL_BYTES)
    made = {f"{name}.jpg" for name in PICTURES} | {f"thumb-{name}.jpg" for name in THUMBNAILS}
    made |= {f"{name}.mp4" for name in CLIPS} | {f"{name}.mp3" for name in SOUNDS}
    for path in TARGET.iterdir():
        if path.name not in made:
            path.unlink()
    total = sum(path.stat().st_size for path in TARGET.iterdir())
    sys.stdout.write(f"{len(made)} files, {total / 1e6:.2f} MB\n")


def _draw(size: tuple[int, int], seed: int, scene: Draw) -> Image.Image:
    canvas = Canvas(*size, seed=seed)
    scene(canvas)
    return canvas.finish()


def _thumbnail(pictures: dict[str, Image.Image], cuts: Sequence[Cut]) -> Image.Image:
    sheet = Image.new("RGB", THUMBNAIL)
    gap = 2
    width = (THUMBNAIL[0] - gap * (len(cuts) - 1)) // len(cuts)
    for i, (name, x, y, height) in enumerate(cuts):
        picture = pictures[name]
        high = min(height * picture.height, picture.width * THUMBNAIL[1] / width)
        wide = high * width / THUMBNAIL[1]
        left = float(np.clip(x * picture.width - wide / 2, 0, picture.width - wide))
        top = float(np.clip(y * picture.height - high / 2, 0, picture.height - high))
        cut = picture.resize((width, THUMBNAIL[1]), Image.Resampling.LANCZOS, (left, top, left + wide, top + high))
        sheet.paste(cut, (i * (width + gap), 0))
    return sheet


def _save_jpeg(image: Image.Image, path: Path, max_bytes: int) -> None:
    """Write at the best quality that fits."""
    for quality in range(88, 50, -3):
        image.save(path, quality=quality, optimize=True, progressive=True)
        if path.stat().st_size <= max_bytes:
            return
    raise ValueError(f"{path.name} does not fit into {max_bytes} bytes")


def _save_mp4(frames: Sequence[Image.Image], path: Path) -> None:
    with av.open(path, "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream(
            "libx264", rate=clips.FPS, options={"crf": "23", "preset": "slow", "threads": "1"}
        )
        stream.width, stream.height = clips.SIZE
        stream.pix_fmt = "yuv420p"
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_image(frame)))
        container.mux(stream.encode())


def _save_mp3(samples: sounds.Samples, path: Path) -> None:
    frame_size = 1152  # of MPEG-1 Layer III; the encoder takes no other
    with av.open(path, "w") as container:
        stream = container.add_stream("libmp3lame", rate=sounds.SAMPLE_RATE, layout="mono")
        stream.bit_rate = 96_000
        whole = np.int16(np.clip(samples, -1, 1) * 32767)
        for start in range(0, len(whole), frame_size):
            frame = av.AudioFrame.from_ndarray(whole[None, start : start + frame_size], format="s16p", layout="mono")
            frame.sample_rate = sounds.SAMPLE_RATE
            frame.time_base = Fraction(1, sounds.SAMPLE_RATE)
            frame.pts = start
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


if __name__ == "__main__":
    main()

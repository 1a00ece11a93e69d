"""How long the animatic takes to draw, by mode, length and resolution. Run: python -m bench.animatic."""

from __future__ import annotations

import os
import platform
import tempfile
import time
from pathlib import Path

import av
import numpy as np
from PIL import Image

from seedance_ui.domain.media import MediaFile, MediaKind
from seedance_ui.domain.model_spec import FPS, OUTPUT_PX
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.media.storyboard.render import draw_storyboard

PROMPTS = {
    Mode.TEXT: "A lighthouse stands on a cliff at dusk. Slow push in. A fishing boat comes home through the storm.",
    Mode.FRAMES: "The light goes out, and one last wave breaks.",
    Mode.REFERENCES: "Shot 1: @Image1 waits in the rain. Shot 2: @Video1, and then @Image2 turns round.",
}


def main() -> None:
    """Print a table for this machine."""
    print(f"{cpu_model()}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}\n")
    print("| mode | resolution | video | drawn in | of real time | file |")
    print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        house = Path(folder)
        fields = make_fields(house)
        for mode in Mode:
            for resolution in ("480p", "720p"):
                for duration_s in (5, 15):
                    out = house / "out.mp4"
                    took_s = draw(mode, resolution, duration_s, out, fields[mode])
                    print(
                        f"| {mode.value} | {resolution} | {duration_s} s | {took_s:.1f} s"
                        f" | {took_s / duration_s:.2f} × | {out.stat().st_size / 1e6:.1f} MB |"
                    )


def draw(mode: Mode, resolution: str, duration_s: int, out: Path, fields: dict[str, object]) -> float:
    """Draw one video with sound and return the seconds it took."""
    request = GenerationRequest("animatic", mode, PROMPTS[mode], duration_s, resolution, **fields)
    width_px, height_px = OUTPUT_PX[resolution, "16:9"]
    args = {
        "request": request.to_json(),
        "seed": 1,
        "width_px": width_px,
        "height_px": height_px,
        "duration_s": duration_s,
        "out": str(out),
    }
    started = time.perf_counter()
    draw_storyboard(args, lambda _: None)
    return time.perf_counter() - started


def make_fields(house: Path) -> dict[Mode, dict[str, object]]:
    """Return each mode's media, made on the spot."""
    one, two = make_image(house / "one.png", 1), make_image(house / "two.png", 2)
    return {
        Mode.TEXT: {},
        Mode.FRAMES: {"first_frame": one, "last_frame": two},
        Mode.REFERENCES: {"images": (one, two), "videos": (make_clip(house / "clip.mp4"),)},
    }


def make_image(path: Path, seed: int) -> MediaFile:
    """Write a soft picture of 1920 × 1080 pixels."""
    pixels = np.random.default_rng(seed).integers(0, 255, (9, 16, 3), dtype=np.uint8)
    Image.fromarray(pixels).resize((1920, 1080), Image.Resampling.BICUBIC).save(path)
    return MediaFile(path, MediaKind.IMAGE, "image/png", path.stat().st_size, "", path.name, 1920, 1080)


def make_clip(path: Path) -> MediaFile:
    """Write a clip of 4 s and 1280 × 720 pixels."""
    noise = np.random.default_rng(3).integers(0, 255, (90, 240, 3), dtype=np.uint8)
    wide = Image.fromarray(noise).resize((1920, 720), Image.Resampling.BICUBIC)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        for index in range(4 * FPS):
            view = wide.crop((index * 4, 0, index * 4 + 1280, 720))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(view), format="rgb24")))
        container.mux(stream.encode(None))
    return MediaFile(path, MediaKind.VIDEO, "video/mp4", path.stat().st_size, "", path.name, 1280, 720, 4.0, 24.0)


def cpu_model() -> str:
    """Return the processor's name, as far as the system tells."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    main()

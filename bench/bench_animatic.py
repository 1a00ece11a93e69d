"""How long the animatic takes, from the start of its worker process to the finished file.

The processor's time is that of the worker with all its threads: it tells more than the clock on a busy machine.
Run from the repository's root with PYTHONPATH=., as `make bench` does.
"""

from __future__ import annotations

import asyncio
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
from seedance_ui.media.worker import RENDER_LIMITS, path_argument, run_task

CASES = (
    (Mode.TEXT, "stage", "A dancer waits on a stage. Static shot."),
    (Mode.TEXT, "forest", "A fox in a forest in the snow. Push in."),
    (Mode.FRAMES, "one frame", "The light goes out. Static shot."),
    (Mode.FRAMES, "two frames", "The light goes out, and one last wave breaks."),
    (Mode.REFERENCES, "one image", "@Image1 waits in the rain. Static shot."),
    (Mode.REFERENCES, "a video", "@Image1 waits in the rain, then @Video1, and @Image2 turns round."),
)
"""For each mode what is drawn fastest and what is drawn slowest, with a prompt that asks for it."""
LENGTHS = (("480p", 5), ("720p", 5), ("720p", 15))


def main() -> None:
    """Print a table for this machine."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"{cpu_model()}, {os.cpu_count()} cores{load}, Python {platform.python_version()}, {platform.system()}\n")
    print("| mode | shows | resolution | video | takes | processor | file |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        house = Path(folder)
        fields = make_fields(house)
        for mode, shows, prompt in CASES:
            for resolution, duration_s in LENGTHS:
                request = GenerationRequest("animatic", mode, prompt, duration_s, resolution, **fields[shows])
                out = house / "out.mp4"
                took_s, processor_s = draw(request, out)
                print(
                    f"| {mode.value} | {shows} | {resolution} | {duration_s} s | {took_s:.1f} s"
                    f" | {processor_s:.1f} s | {out.stat().st_size / 1e6:.1f} MB |",
                    flush=True,
                )


def draw(request: GenerationRequest, out: Path) -> tuple[float, float]:
    """Draw one video as the provider does; return the seconds by the clock and of the processor."""
    width_px, height_px = OUTPUT_PX[request.resolution, "16:9"]
    args = {
        "request": request.to_json(),
        "seed": 1,
        "width_px": width_px,
        "height_px": height_px,
        "duration_s": request.duration_s,
        "out": path_argument(out),
    }
    started, used_s = time.perf_counter(), children_s()
    asyncio.run(run_task("storyboard", args, limits=RENDER_LIMITS))
    return time.perf_counter() - started, children_s() - used_s


def children_s() -> float:
    """Return the processor's time of all processes that this one started and that have ended."""
    times = os.times()
    return times.children_user + times.children_system


def make_fields(house: Path) -> dict[str, dict[str, object]]:
    """Return the media of each of `CASES`, made on the spot."""
    one, two = make_image(house / "one.png", 1), make_image(house / "two.png", 2)
    return {
        "stage": {},
        "forest": {},
        "one frame": {"first_frame": one},
        "two frames": {"first_frame": one, "last_frame": two},
        "one image": {"images": (one,)},
        "a video": {"images": (one, two), "videos": (make_clip(house / "clip.mp4"),)},
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

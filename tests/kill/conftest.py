"""The video that the fakes make, and where nothing can be killed."""

from __future__ import annotations

import sys

import av
import numpy as np
import pytest

if sys.platform == "win32":  # it has neither SIGKILL nor a server that forks
    collect_ignore_glob = ["test_kill*.py"]


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return half a second of noise, 192 × 144 pixels: more than one piece of a download, and not much more."""
    path = tmp_path_factory.mktemp("videos") / "small.mp4"
    noise = np.random.default_rng(1)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 192, 144, "yuv420p"
        for _ in range(12):
            frame = av.VideoFrame.from_ndarray(noise.integers(0, 255, (144, 192, 3), dtype=np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path.read_bytes()

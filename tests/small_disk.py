"""A disk of its own that is soon full."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted_disk(path: Path, *, size_kib: int) -> Iterator[Path]:
    """Mount a disk at a folder that is made for it; skips where that cannot be done."""
    path.mkdir()
    mount = shutil.which("mount")
    command = [str(mount), "-t", "tmpfs", "-o", f"size={size_kib}k", "tmpfs", str(path)]
    if mount is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be mounted here: that needs Linux and root")
    try:
        yield path
    finally:
        subprocess.run(["umount", path], check=True)

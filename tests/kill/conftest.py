"""The video that the fakes make."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def video(finished_video: Path) -> bytes:
    """Return a small whole video."""
    return finished_video.read_bytes()

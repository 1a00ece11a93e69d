import numpy as np
import pytest
from PIL import Image

from seedance_ui.media.storyboard.planes import Canvas, Planes


def ramp(width: int, height: int) -> Planes:
    """A picture whose luma rises by 2 a column."""
    row = np.arange(width, dtype=np.uint8) * 2
    half = Image.new("L", (width // 2, height // 2), 128)
    return Planes(Image.fromarray(np.repeat(row[None, :], height, axis=0)), half, half)


@pytest.mark.parametrize("left", [10.0, 10.25, 10.5])
def test_resample_between_pixels_mixes_both(left):
    picture = ramp(100, 60).resample((left, 10.3, left + 40, 50.3), (40, 40))
    expected = 2 * (left + np.arange(40))
    assert np.abs(np.asarray(picture.y, float) - expected).max() <= 0.5


@pytest.mark.parametrize("box", [(0, 0, 100, 60), (0, 0, 55.5, 33.3), (44.5, 26.7, 100, 60)])
def test_resample_agrees_with_pillow_to_the_edges(box):
    rng = np.random.default_rng(1)
    noise = Image.fromarray(rng.integers(0, 255, (8, 12), dtype=np.uint8)).resize((100, 60), Image.Resampling.BICUBIC)
    half = noise.resize((50, 30))
    found = Planes(noise, half, half).resample(box, (100, 60))
    expected = noise.resize((100, 60), Image.Resampling.BILINEAR, box=box)
    assert np.abs(np.asarray(found.y, int) - np.asarray(expected, int)).max() <= 1


def test_resample_to_much_less_counts_every_pixel():
    lines = np.zeros((60, 100), np.uint8)
    lines[:, ::5] = 250
    half = Image.new("L", (50, 30), 128)
    small = Planes(Image.fromarray(lines), half, half).resample((0, 0, 100, 60), (10, 6))
    assert np.asarray(small.y)[:, 1:-1].tolist() == [[50] * 8] * 6


def test_shade_goes_towards_black_and_grey():
    canvas = Canvas(4, 2)
    canvas.fill((235, 240, 16), (0, 0, 4, 2))
    canvas.shade(np.array([[256, 128, 0, 256]] * 2, np.uint16), np.array([[256, 0]], np.uint16))
    assert np.asarray(canvas.y)[0].tolist() == [235, 125, 16, 235]
    assert np.asarray(canvas.u)[0].tolist() == [240, 128]
    assert np.asarray(canvas.v)[0].tolist() == [16, 128]

"""B15: a video that is not as asked for carries a flag; rounding, Auto and adaptive are none of it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedance_ui.domain.deviation import find_deviation
from seedance_ui.domain.job import SavedVideo
from seedance_ui.domain.model_spec import ADAPTIVE, ASPECT_RATIOS, OUTPUT_PX
from seedance_ui.domain.request import AUTO_DURATION_S, GenerationRequest, Mode

SIDES_PX = st.integers(1, 8192)


def asked(*, duration_s: int = AUTO_DURATION_S, aspect_ratio: str = ADAPTIVE) -> GenerationRequest:
    return GenerationRequest(
        provider="aimlapi", mode=Mode.TEXT, prompt="p", duration_s=duration_s, aspect_ratio=aspect_ratio
    )


def saved(*, duration_s: float | None = None, size_px: tuple[int, int] = (1, 1)) -> SavedVideo:
    return SavedVideo("0" * 64, 10_000, *size_px, duration_s, True)


@given(asked_s=st.integers(4, 15), saved_s=st.floats(0, 3600))
def test_length_is_flagged_exactly_beyond_the_larger_tolerance(asked_s: int, saved_s: float) -> None:
    flag = find_deviation(asked(duration_s=asked_s), saved(duration_s=saved_s))

    assert (flag is None) == (abs(saved_s - asked_s) <= max(0.6, asked_s / 10))
    assert flag is None or flag.endswith(f"instead of {asked_s}\u00a0s")


@given(ratio=st.sampled_from(ASPECT_RATIOS), width_px=SIDES_PX, height_px=SIDES_PX)
def test_shape_is_flagged_exactly_beyond_three_hundredths(ratio: str, width_px: int, height_px: int) -> None:
    flag = find_deviation(asked(aspect_ratio=ratio), saved(size_px=(width_px, height_px)))

    width, height = map(int, ratio.split(":"))
    off = abs(width_px / height_px / (width / height) - 1)
    if not math.isclose(off, 0.03, abs_tol=1e-9):
        assert (flag is None) == (off < 0.03)
    assert flag is None or flag == f"{width_px}\u00a0×\u00a0{height_px} instead of {ratio}"


@given(saved_s=st.none() | st.floats(0, 1e6), width_px=SIDES_PX, height_px=SIDES_PX)
def test_auto_and_adaptive_are_never_flagged(saved_s: float | None, width_px: int, height_px: int) -> None:
    assert find_deviation(asked(), saved(duration_s=saved_s, size_px=(width_px, height_px))) is None


def test_length_that_the_file_does_not_say_is_no_deviation() -> None:
    assert find_deviation(asked(duration_s=8), saved(duration_s=None)) is None


@pytest.mark.parametrize(("setting", "size_px"), OUTPUT_PX.items(), ids=str)
def test_every_size_that_the_model_makes_is_as_asked(setting: tuple[str, str], size_px: tuple[int, int]) -> None:
    assert find_deviation(asked(aspect_ratio=setting[1]), saved(size_px=size_px)) is None


def test_both_deviations_are_named_in_one_line() -> None:
    flag = find_deviation(asked(duration_s=8, aspect_ratio="16:9"), saved(duration_s=5.04, size_px=(960, 960)))

    assert flag == "5\u00a0s instead of 8\u00a0s, 960\u00a0×\u00a0960 instead of 16:9"

from __future__ import annotations

import dataclasses

import pytest
from samples import LENIENT, STRICT

from seedance_ui.domain.model_spec import ASPECT_RATIOS, OUTPUT_PX
from seedance_ui.domain.request import Mode


def test_defaults_are_720p_and_16_9() -> None:
    assert STRICT.default_resolution() == "720p"
    assert STRICT.default_aspect_ratio(Mode.FRAMES) == "16:9"
    assert LENIENT.default_aspect_ratio(Mode.TEXT) == "16:9"


def test_default_shape_of_a_first_frame_is_its_own_where_the_model_has_that() -> None:
    assert LENIENT.default_aspect_ratio(Mode.FRAMES) == "adaptive"


def test_defaults_of_an_unusual_model_are_its_first_values() -> None:
    spec = dataclasses.replace(STRICT, resolutions=("1080p",), aspect_ratios=("1:1", "9:16"))

    assert spec.default_resolution() == "1080p"
    assert spec.default_aspect_ratio(Mode.TEXT) == "1:1"


@pytest.mark.parametrize("resolution", ["480p", "720p"])
@pytest.mark.parametrize("ratio", ASPECT_RATIOS)
def test_output_px_is_even_and_has_the_shape_of_its_name(resolution: str, ratio: str) -> None:
    """H.264 in 4:2:0 takes even sides only; 480p is a little off its ratio, as the model makes it."""
    width_px, height_px = OUTPUT_PX[resolution, ratio]
    wide, tall = (int(part) for part in ratio.split(":"))

    assert width_px % 2 == height_px % 2 == 0
    assert width_px / height_px == pytest.approx(wide / tall, rel=0.025)
    assert STRICT.output_px(resolution, ratio) == (width_px, height_px)


def test_output_px_of_an_adaptive_video_is_not_known_before() -> None:
    assert LENIENT.output_px("720p", "adaptive") is None

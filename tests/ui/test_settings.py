from __future__ import annotations

import pytest

from seedance_ui.domain.model_spec import ADAPTIVE
from seedance_ui.domain.request import AUTO_DURATION_S, Mode
from seedance_ui.ui.settings import Settings, fit_settings, follow_mode, whole
from tests.samples import LENIENT, STRICT


def test_fit_settings_keeps_what_the_model_offers() -> None:
    settings = Settings(duration_s=5, resolution="480p", aspect_ratio="9:16", seed=3)

    assert fit_settings(settings, STRICT, Mode.TEXT) == (settings, ())


def test_fit_settings_moves_what_the_model_lacks_and_says_so() -> None:
    settings = Settings(duration_s=6, auto_duration=True, resolution="1080p", aspect_ratio=ADAPTIVE)

    fitted, moved = fit_settings(settings, STRICT, Mode.TEXT)

    assert fitted == Settings(duration_s=6, auto_duration=False, resolution="720p", aspect_ratio="16:9")
    assert moved == (
        "Strict Video has no Auto duration: it is now 6 s.",
        "Strict Video has no 1080p: the resolution is now 720p.",
        "Strict Video has no Adaptive ratio: it is now 16:9.",
    )


@pytest.mark.parametrize(("length_s", "fitted_s"), [(3, 4), (16, 15), (99.0, 15)])
def test_fit_settings_moves_a_length_into_what_the_model_offers(length_s: float, fitted_s: int) -> None:
    fitted, moved = fit_settings(Settings(duration_s=length_s), STRICT, Mode.TEXT)

    assert fitted.duration_s == fitted_s
    assert moved == (f"Strict Video has no {length_s:.0f} s: the duration is now {fitted_s} s.",)


@pytest.mark.parametrize("value", [None, 16, ["16:9"], {"a": 1}], ids=str)
def test_fit_settings_leaves_a_value_of_a_wrong_type_to_the_engine(value: object) -> None:
    settings = Settings(resolution=value, aspect_ratio=value)

    assert fit_settings(settings, STRICT, Mode.TEXT) == (settings, ())


@pytest.mark.parametrize(
    ("ratio", "mode", "wanted"),
    [
        ("16:9", Mode.FRAMES, ADAPTIVE),
        (ADAPTIVE, Mode.TEXT, "16:9"),
        (ADAPTIVE, Mode.FRAMES, ADAPTIVE),
        ("9:16", Mode.FRAMES, "9:16"),
        ("9:16", Mode.TEXT, "9:16"),
    ],
)
def test_follow_mode_moves_the_default_ratio_only(ratio: str, mode: Mode, wanted: str) -> None:
    followed, said = follow_mode(Settings(aspect_ratio=ratio), LENIENT, mode)

    assert followed.aspect_ratio == wanted
    assert bool(said) == (ratio != wanted)


def test_follow_mode_without_adaptive_changes_nothing() -> None:
    assert follow_mode(Settings(), STRICT, Mode.FRAMES) == (Settings(), ())


def test_asked_duration_is_auto_while_auto_is_on() -> None:
    assert Settings(duration_s=9, auto_duration=True).asked_duration_s() == AUTO_DURATION_S
    assert Settings(duration_s=9.0).asked_duration_s() == 9


@pytest.mark.parametrize("value", [4.5, "8", None, True, float("nan"), float("inf")], ids=str)
def test_whole_leaves_what_is_no_whole_number(value: object) -> None:
    assert whole(value) is value

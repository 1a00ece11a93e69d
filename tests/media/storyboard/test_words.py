import numpy as np
import pytest

from seedance_ui.media.storyboard.words import LIGHTS, PLACES, read_setting


def setting(shot, prompt="", seed=0):
    return read_setting(shot, prompt, np.random.default_rng(seed))


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("dunes under a hard sun", "desert"),
        ("a fishing boat comes home", "sea"),
        ("a fox between the pines", "forest"),
        ("a courier in a neon alley", "city"),
        ("海边的灯塔", "sea"),
        ("沙漠里的骆驼", "desert"),
        ("a cup of tea by the window", "room"),
        ("an astronaut drifts", "space"),
    ],
)
def test_read_setting_takes_the_place_from_the_words(words, place):
    assert setting(words).place == place


def test_read_setting_light_follows_the_hour():
    night, day = setting("mountains at night"), setting("mountains at noon")
    assert night.light.zenith.sum() < day.light.zenith.sum()


def test_read_setting_prefers_the_shot_to_the_prompt():
    assert setting("the forest", prompt="the desert, then the forest").place == "forest"


def test_read_setting_without_a_word_depends_on_the_seed():
    assert len({setting("two people talk", seed=seed).place for seed in range(20)}) > 2


def test_every_place_and_light_has_colours_from_zero_to_one():
    assert "mountains" in PLACES
    for light in LIGHTS.values():
        for colour in (light.zenith, light.middle, light.horizon, light.lamp, light.haze, light.near):
            assert colour.shape == (3,)
            assert 0 <= colour.min() <= colour.max() <= 1

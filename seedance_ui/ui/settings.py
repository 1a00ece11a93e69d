"""The settings of the form as values: what a provider lacks is moved to its default, and said."""

from __future__ import annotations

from dataclasses import dataclass, replace

from seedance_ui.domain.model_spec import ADAPTIVE, ModelSpec
from seedance_ui.domain.request import AUTO_DURATION_S, Mode
from seedance_ui.ui.messages import ratio_text

DEFAULT_DURATION_S = 8
"""What the page starts with."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What stands in the settings panel. Values come from a browser and may be anything."""

    duration_s: object = DEFAULT_DURATION_S
    """What the slider shows, also while `auto_duration` is on."""
    auto_duration: object = False
    resolution: object = "720p"
    aspect_ratio: object = "16:9"
    generate_audio: object = True
    seed: object = None

    def asked_duration_s(self) -> object:
        """Return the duration of the request."""
        return AUTO_DURATION_S if self.auto_duration is True else whole(self.duration_s)


def fit_settings(settings: Settings, spec: ModelSpec, mode: Mode) -> tuple[Settings, tuple[str, ...]]:
    """Return settings that a model offers, and a sentence for each one that had to move.

    Values of a wrong type are left alone: the engine refuses them in words.
    """
    fitted = settings
    moved: list[str] = []
    if settings.auto_duration is True and not spec.auto_duration:
        fitted = replace(fitted, auto_duration=False)
        moved.append(f"{spec.provider_label} has no Auto duration: it is now {fitted.duration_s} s.")
    length_s = whole(settings.duration_s)
    if type(length_s) is int and not spec.min_duration_s <= length_s <= spec.max_duration_s:
        fitted = replace(fitted, duration_s=min(max(length_s, spec.min_duration_s), spec.max_duration_s))
        moved.append(f"{spec.provider_label} has no {length_s} s: the duration is now {fitted.duration_s} s.")
    if isinstance(settings.resolution, str) and settings.resolution not in spec.resolutions:
        fitted = replace(fitted, resolution=spec.default_resolution())
        moved.append(f"{spec.provider_label} has no {settings.resolution}: the resolution is now {fitted.resolution}.")
    if isinstance(settings.aspect_ratio, str) and settings.aspect_ratio not in spec.aspect_ratios:
        ratio = spec.default_aspect_ratio(mode)
        fitted = replace(fitted, aspect_ratio=ratio)
        lacked = ratio_text(settings.aspect_ratio)
        moved.append(f"{spec.provider_label} has no {lacked} ratio: it is now {ratio_text(ratio)}.")
    return fitted, tuple(moved)


def follow_mode(settings: Settings, spec: ModelSpec, mode: Mode) -> tuple[Settings, tuple[str, ...]]:
    """Return settings whose aspect ratio follows the tab, as long as it stands at a default.

    Where a provider offers "adaptive", a first frame brings its own shape; without one there is none to bring.
    """
    default = spec.default_aspect_ratio(mode)
    defaults = {spec.default_aspect_ratio(Mode.TEXT), ADAPTIVE}
    if settings.aspect_ratio == default or settings.aspect_ratio not in defaults:
        return settings, ()
    if ADAPTIVE not in spec.aspect_ratios:
        return settings, ()
    return replace(settings, aspect_ratio=default), (f"The aspect ratio is now {ratio_text(default)}.",)


def whole(value: object) -> object:
    """Return 8 for 8.0, and any other value as it is: JavaScript has one kind of number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value

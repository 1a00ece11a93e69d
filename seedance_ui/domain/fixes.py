"""What can be done about a file that breaks a rule: the plan of a copy that keeps them all.

A plan is offered only where its copy, as planned, passes `file_rules`. Sizes in pixels and bytes, lengths in seconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from types import MappingProxyType

from seedance_ui.domain.file_rules import check_file, check_pixels
from seedance_ui.domain.media import MediaFile, MediaKind
from seedance_ui.domain.model_spec import OUTPUT_PX, MediaLimits, ModelSpec

MOST_ENLARGED = 2.0
"""A picture that would have to grow more than this is not worth sending: no fix is offered."""

_SAME_SHAPE = 0.01
"""How far two ratios of width to height may differ and still be taken for the same."""
_NEARLY = 0.97
"""How much of the width that is possible a usual size must have."""
_MIMES: Mapping[str, str] = MappingProxyType(
    {"image/gif": "image/png", "image/bmp": "image/png", "image/tiff": "image/png", "image/avif": "image/jpeg"}
)
"""What becomes of an image that no provider takes: what was kept without loss stays so."""
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "image/jpeg": "JPEG",
        "image/png": "PNG",
        "image/webp": "WebP",
        "video/mp4": "MP4 (H.264)",
        "audio/wav": "WAV",
    }
)

Size = tuple[int, int]
"""Width and height in pixels."""


@dataclass(frozen=True, slots=True)
class Fix:
    """How a copy of one file is to be made. The file itself stays as it is."""

    source: MediaFile
    mime: str
    """Of the copy."""
    max_size_bytes: int
    """Of the copy."""
    crop_px: Size | None = None
    """The part of the picture that is kept, before it is scaled; None for sound."""
    size_px: Size | None = None
    """Of the copy; None for sound."""
    duration_s: float | None = None
    """Length of the copy; None where nothing is cut off."""
    focus: float = 0.5
    """Where the kept part lies on the side that is cropped: 0 is left or top, 1 is right or bottom."""
    start_s: float = 0.0
    """Where in the source the copy begins."""

    @property
    def is_cropped(self) -> bool:
        """Whether part of the picture is lost."""
        return self.crop_px is not None and self.crop_px != _size_of(self.source)

    @property
    def latest_start_s(self) -> float:
        """How late the copy can begin; 0 where nothing is cut off."""
        return max(0.0, (self.source.duration_s or 0.0) - self.duration_s) if self.duration_s else 0.0

    def placed(self, *, focus: float, start_s: float) -> Fix:
        """Return the same fix of another part of the picture and of the clip, as near as there is one."""
        return replace(self, focus=min(1.0, max(0.0, focus)), start_s=min(self.latest_start_s, max(0.0, start_s)))


def plan_fix(file: MediaFile, kind: MediaKind, spec: ModelSpec, *, ratio: float | None = None) -> Fix | None:
    """Return how to make a copy that a model takes in a slot for `kind`; None where that makes no sense.

    Args:
        file: As measured; of a type that can be decoded here, whether the model takes it or not.
        kind: What the slot is for.
        spec: Whose rules there are.
        ratio: Width / height that the copy must have; None leaves it where the rules do.
    """
    if file.kind is not kind:
        return None
    size = _size_of(file)
    shape = _fit_shape(size, kind, spec, ratio) if size else None
    if size and shape is None:
        return None
    fix = Fix(
        source=file,
        mime=_mime_of_copy(file, spec.limits),
        max_size_bytes=spec.limits.warn_size_bytes.get(kind, spec.limits.max_size_bytes[kind]),
        crop_px=shape[0] if shape else None,
        size_px=shape[1] if shape else None,
        duration_s=_kept_s(file, spec.limits),
    )
    return fix if _passes(fix, kind, spec) else None


def describe(fix: Fix) -> list[str]:
    """Return what the copy differs in, as short sentences."""
    return list(_changes(fix))


def _size_of(file: MediaFile) -> Size | None:
    return (file.width_px, file.height_px) if file.width_px and file.height_px else None


def _mime_of_copy(file: MediaFile, limits: MediaLimits) -> str:
    if file.kind is MediaKind.VIDEO:
        return "video/mp4"
    if file.kind is MediaKind.AUDIO:
        return "audio/wav"  # nothing is lost once more, and 15 s of it are small
    if file.size_bytes > limits.max_size_bytes[MediaKind.IMAGE]:
        return "image/jpeg"
    return _MIMES.get(file.mime, file.mime)


def _kept_s(file: MediaFile, limits: MediaLimits) -> float | None:
    """Return the whole seconds that are kept of a clip which is too long."""
    return float(math.floor(limits.max_clip_s)) if (file.duration_s or 0.0) > limits.max_clip_s else None


def _passes(fix: Fix, kind: MediaKind, spec: ModelSpec) -> bool:
    """Return whether a copy that is as planned keeps the rules for a file."""
    copy = replace(
        fix.source,
        mime=fix.mime,
        size_bytes=min(fix.source.size_bytes, fix.max_size_bytes),
        width_px=fix.size_px[0] if fix.size_px else None,
        height_px=fix.size_px[1] if fix.size_px else None,
        duration_s=fix.duration_s or fix.source.duration_s,
    )
    return not any(check_file(copy, kind, spec))


def _fit_shape(size: Size, kind: MediaKind, spec: ModelSpec, ratio: float | None) -> tuple[Size, Size] | None:
    """Return what is kept of a picture and how large it becomes."""
    limits = spec.limits
    crop = _crop(size, ratio or limits.min_aspect, ratio or limits.max_aspect)
    least, most = _scales(crop, kind, limits)
    if least > MOST_ENLARGED:
        return None
    scale = min(most, max(least, 1.0))
    wanted = (crop[0] * scale, crop[1] * scale)
    usual = [size for size in OUTPUT_PX.values() if scale < 1.0 and _is_nearly(size, wanted)]
    sizes = [near for near in usual or _sizes_near(wanted, kind) if not any(check_pixels(*near, kind, spec))]
    return (crop, min(sizes, key=lambda near: _distance(near, wanted))) if sizes else None


def _crop(size: Size, least: float, most: float) -> Size:
    """Return the largest part whose width / height lies within two bounds."""
    width, height = size
    if width > most * height:
        return max(1, math.floor(height * most)), height
    if width < least * height:
        return width, max(1, math.floor(width / least))
    return size


def _scales(size: Size, kind: MediaKind, limits: MediaLimits) -> tuple[float, float]:
    """Return by how much a picture must and may be enlarged at least and at most."""
    least, most = limits.min_side_px / min(size), limits.max_side_px / max(size)
    if kind is MediaKind.VIDEO and limits.video_area_px is not None:
        area = size[0] * size[1]
        least = max(least, math.sqrt(limits.video_area_px[0] / area))
        most = min(most, math.sqrt(limits.video_area_px[1] / area))
    return least, most


def _sizes_near(wanted: tuple[float, float], kind: MediaKind) -> Iterator[Size]:
    """Yield sizes around the wanted one; those of videos are even, as H.264 has it."""
    step = 2 if kind is MediaKind.VIDEO else 1
    around = [[math.floor(side / step) * step + step * more for more in range(-2, 4)] for side in wanted]
    yield from ((width, height) for width, height in product(*around) if width > 0 and height > 0)


def _is_nearly(size: Size, wanted: tuple[float, float]) -> bool:
    """Return whether one of the model's own sizes can stand for a wanted one: 1280 × 720 for 1284 × 722."""
    is_alike = abs(size[0] / size[1] / (wanted[0] / wanted[1]) - 1) <= _SAME_SHAPE
    return is_alike and _NEARLY * wanted[0] <= size[0] <= wanted[0]


def _distance(size: Size, wanted: tuple[float, float]) -> tuple[float, float]:
    """Return how much a picture is distorted, in parts of its width, and how far it is from the wanted."""
    away = abs(size[0] - wanted[0]) + abs(size[1] - wanted[1])
    return round(abs(size[0] / size[1] / (wanted[0] / wanted[1]) - 1), 3), away


def _changes(fix: Fix) -> Iterator[str]:
    source = fix.source
    if fix.is_cropped and fix.crop_px:
        yield f"Cropped to {_pixels(fix.crop_px)}."
    if fix.crop_px and fix.size_px and fix.size_px != fix.crop_px:
        if fix.size_px[0] * fix.size_px[1] > fix.crop_px[0] * fix.crop_px[1]:
            yield f"Enlarged to {_pixels(fix.size_px)}. It may look soft."
        else:
            yield f"Scaled down to {_pixels(fix.size_px)}."
    if fix.duration_s and source.duration_s:
        yield f"Cut to {fix.duration_s:g} s of {source.duration_s:.1f} s."
    if fix.mime != source.mime:
        yield f"Saved as {_NAMES[fix.mime]}."
    if source.size_bytes > fix.max_size_bytes:
        yield f"Made smaller than {fix.max_size_bytes / 1_000_000:g} MB."


def _pixels(size: Size) -> str:
    return f"{size[0]}\u00a0×\u00a0{size[1]}"

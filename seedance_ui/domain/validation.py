"""The rules. `check_request` is the only place that has any; a widget may repeat a bound, never own one.

What is surely refused is a problem; what a provider loosened lately is a warning. Behind this door, `file_rules` judges
one file and `prompt_rules` the words of a prompt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Literal, TypeGuard

from seedance_ui.domain import mentions
from seedance_ui.domain.batch import MAX_BATCH
from seedance_ui.domain.file_rules import check_reference
from seedance_ui.domain.fixes import Fix, plan_fix
from seedance_ui.domain.frame_shapes import find_misfits
from seedance_ui.domain.media import MediaFile, MediaKind, Reference
from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.domain.prompt_rules import PromptFlaw, check_tags, check_words
from seedance_ui.domain.request import AUTO_DURATION_S, GenerationRequest, Mode

Field = Literal[
    "prompt",
    "first_frame",
    "last_frame",
    "references",
    "duration_s",
    "resolution",
    "aspect_ratio",
    "generate_audio",
    "seed",
    "provider",
    "mode",
    "count",
]
"""Where in the form a problem is shown."""

_PLURAL = {MediaKind.IMAGE: "images", MediaKind.VIDEO: "videos", MediaKind.AUDIO: "audio files"}
_MODE_NAMES = {Mode.TEXT: "Text", Mode.FRAMES: "First & last frame", Mode.REFERENCES: "References"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to change before this request can be sent."""

    field: Field
    message: str
    """What is wrong and what is allowed, in whole sentences."""
    asset: str | None = None
    """The tag of the file it is about ("@Image2"), or None."""
    severity: Literal["problem", "warning"] = "problem"
    """A warning does not stop a request."""
    fix: Fix | None = dataclass_field(default=None, compare=False)
    """The plan of a copy without this problem; None where there is none. No part of what is wrong."""


def check_request(request: GenerationRequest, spec: ModelSpec) -> list[Problem]:
    """Return what stops this request at this model, then what may; an empty list is a clean request.

    Values are checked for their type too, since nothing that a page or a client sent is believed.
    """
    rules: tuple[Callable[[GenerationRequest, ModelSpec], Iterator[Problem]], ...] = (
        _check_mode,
        _check_prompt,
        _check_mentions,
        _check_frames,
        _check_reference_counts,
        _check_files,
        _check_total_seconds,
        _check_duration,
        _check_choices,
        _check_sound,
        _check_seed,
    )
    found = [problem for rule in rules for problem in rule(request, spec)]
    return sorted(found, key=lambda problem: problem.severity == "warning")


def check_prompt(prompt: str, mode: Mode, counts: Mapping[MediaKind, int], spec: ModelSpec) -> list[Problem]:
    """Return what is wrong with the words of a prompt while a person is still writing: that it is empty is nothing.

    Args:
        prompt: The words so far.
        mode: The tab they are for.
        counts: How many references of each kind there are.
        spec: The model that would read them.
    """
    return [*_at_prompt(check_words(prompt, spec)), *_at_prompt(check_tags(prompt, mode, counts, spec))]


def check_count(count: object) -> list[Problem]:
    """Return what is wrong with how many videos one click asks for."""
    if _is_int(count) and 1 <= count <= MAX_BATCH:
        return []
    return [Problem("count", f"{_shown(count)} videos at once cannot be made. Choose 1 to {MAX_BATCH}.")]


def blocking(problems: list[Problem]) -> list[Problem]:
    """Return the problems without the warnings."""
    return [problem for problem in problems if problem.severity == "problem"]


def _check_mode(request: GenerationRequest, spec: ModelSpec) -> Iterator[Problem]:
    if not isinstance(request.mode, Mode):
        allowed = ", ".join(mode.value for mode in spec.modes)
        yield Problem("mode", f"The mode is {request.mode!r}. Choose one of: {allowed}.")
    elif request.mode not in spec.modes:
        yield Problem("mode", f"{spec.provider_label} has no mode “{_MODE_NAMES[request.mode]}”.")


def _check_prompt(request: GenerationRequest, spec: ModelSpec) -> Iterator[Problem]:
    if not isinstance(request.prompt, str):
        yield Problem("prompt", "The prompt is not text.")
        return
    yield from _at_prompt(check_words(request.prompt, spec))
    if request.prompt.strip() or _prompt_is_optional(request, spec):
        return
    if request.mode is Mode.TEXT:
        yield Problem("prompt", "Describe the video in a few words.")
    else:
        yield Problem("prompt", f"{spec.provider_label} needs a prompt as well. Say what happens in the video.")


def _prompt_is_optional(request: GenerationRequest, spec: ModelSpec) -> bool:
    return request.mode in spec.prompt_optional_modes and bool(request.media)


def _check_mentions(request: GenerationRequest, spec: ModelSpec) -> Iterator[Problem]:
    if isinstance(request.prompt, str):
        yield from _at_prompt(check_tags(request.prompt, request.mode, request.reference_counts(), spec))


def _at_prompt(flaws: Iterable[PromptFlaw]) -> Iterator[Problem]:
    return (Problem("prompt", flaw.text, asset=flaw.tag) for flaw in flaws)


def _check_frames(request: GenerationRequest, spec: ModelSpec) -> Iterator[Problem]:
    if request.frames and request.references:
        yield Problem("mode", "Frames and references exclude each other. Keep one of the two.")
    if request.mode is Mode.TEXT and request.media:
        yield Problem("mode", "Text to video takes no files. Use the tab that fits them.")
    if request.mode is not Mode.FRAMES:
        return
    if request.references:
        yield Problem("references", "First & last frame takes no references.")
    if request.first_frame is None:
        text = "A last frame needs a first frame." if request.last_frame else "Add the picture the video starts from."
        yield Problem("first_frame", text)


def _check_reference_counts(request: GenerationRequest, spec: ModelSpec) -> Iterator[Problem]:
    for kind, count in request.reference_counts().items():
        most = spec.limits.max_count[kind]
        if count > most:
            yield Problem(
                "references", f"There are {count} {_PLURAL[kind]}; {spec.provider_label} takes at most {most}."
            )
    if request.mode is not Mode.REFERENCES:
        return
    if request.frames:
        yield Problem("first_frame", "References takes no first or last frame.")
    if not request.references:
        yield Problem("references", "Add at least one image or video.")
    elif request.audios and not (request.images or request.videos):
        yield Problem("references", "Audio needs an image or a video beside it.")


def _check_files(request: GenerationRequest, spec: ModelSpec) -> Iterator[Problem]:
    slots: list[tuple[Field, str | None, str, MediaKind, Reference]] = []
    if request.first_frame:
        slots.append(("first_frame", None, "The first frame", MediaKind.IMAGE, request.first_frame))
    if request.last_frame:
        slots.append(("last_frame", None, "The last frame", MediaKind.IMAGE, request.last_frame))
    for kind, files in (
        (MediaKind.IMAGE, request.images),
        (MediaKind.VIDEO, request.videos),
        (MediaKind.AUDIO, request.audios),
    ):
        for number, reference in enumerate(files, start=1):
            name = mentions.tag(kind, number)
            slots.append(("references", name, name, kind, reference))
    misfits = find_misfits(request)
    for field, asset, subject, kind, reference in slots:
        misfit = misfits.get(field)
        fix = None
        if isinstance(reference, MediaFile):
            fix = plan_fix(reference, kind, spec, ratio=misfit.ratio if misfit else None)
        for flaw in check_reference(reference, kind, spec):
            of_flaw = fix if flaw.is_in_file else None
            yield Problem(field, f"{subject} {flaw.text}", asset=asset, severity=flaw.severity, fix=of_flaw)
        if misfit:
            yield Problem(field, f"{subject} {misfit.text}", asset=asset, severity="warning", fix=fix)


def _check_total_seconds(request: GenerationRequest, spec: ModelSpec) -> Iterator[Problem]:
    for kind, files in ((MediaKind.VIDEO, request.videos), (MediaKind.AUDIO, request.audios)):
        # Rounded, since 5.1 + 5.05 + 5.05 is a hair above 15.2 in binary.
        total_s = round(sum(file.duration_s or 0.0 for file in files if isinstance(file, MediaFile)), 3)
        if len(files) > 1 and total_s > spec.limits.max_total_s:
            yield Problem("references", f"The {_PLURAL[kind]} last {total_s:.1f} s together; the most is 15 s.")


def _check_duration(request: GenerationRequest, spec: ModelSpec) -> Iterator[Problem]:
    least, most = spec.min_duration_s, spec.max_duration_s
    value = request.duration_s
    if not _is_int(value):
        yield Problem("duration_s", f"The duration is {_shown(value)}. Choose whole seconds, {least}–{most}.")
    elif value == AUTO_DURATION_S:
        if not spec.auto_duration:
            yield Problem("duration_s", f"{spec.provider_label} has no Auto duration. Choose {least}–{most} s.")
    elif not least <= value <= most:
        yield Problem("duration_s", f"The duration is {_shown(value)} s. {spec.provider_label} takes {least}–{most} s.")


def _check_choices(request: GenerationRequest, spec: ModelSpec) -> Iterator[Problem]:
    choices: tuple[tuple[Field, str, object, tuple[str, ...]], ...] = (
        ("resolution", "resolution", request.resolution, spec.resolutions),
        ("aspect_ratio", "aspect ratio", request.aspect_ratio, spec.aspect_ratios),
    )
    for field, name, value, allowed in choices:
        if not isinstance(value, str) or value not in allowed:
            yield Problem(field, f"The {name} is {_shown(value)}. {spec.provider_label} takes {', '.join(allowed)}.")


def _check_sound(request: GenerationRequest, spec: ModelSpec) -> Iterator[Problem]:
    if not isinstance(request.generate_audio, bool):
        yield Problem("generate_audio", f"Sound is {_shown(request.generate_audio)}. It is either on or off.")


def _check_seed(request: GenerationRequest, spec: ModelSpec) -> Iterator[Problem]:
    seed = request.seed
    if seed is None:
        return
    if not _is_int(seed) or not 0 <= seed <= spec.max_seed:
        yield Problem("seed", f"The seed is {_shown(seed)}. Use a whole number, 0–{spec.max_seed}, or none.")


def _is_int(value: object) -> TypeGuard[int]:
    """Tell a whole number from what merely equals one: 8.0 and True are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def _shown(value: object) -> str:
    """Return a value for a message, short enough to read."""
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"

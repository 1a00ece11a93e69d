"""From widgets to a request: the files of the chosen tab are taken in, the rest goes over as it is."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from seedance_ui.domain import mentions
from seedance_ui.domain.fixes import Fix
from seedance_ui.domain.media import MediaKind, MediaLink, Reference, identity
from seedance_ui.domain.model_spec import MediaLimits
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.domain.validation import Field, Problem
from seedance_ui.errors import MediaError
from seedance_ui.services import Services
from seedance_ui.ui.session import read_job_id
from seedance_ui.ui.settings import Settings, whole
from seedance_ui.ui.widgets.frame_slots import FramePair
from seedance_ui.ui.widgets.links import Given


def read_mode(mode: object) -> Mode:
    """Return the tab that a browser sent; the first one for anything else."""
    return Mode(mode) if mode in [known.value for known in Mode] else Mode.TEXT


@dataclass(frozen=True, slots=True)
class FormValues:
    """What the form holds, in the order of `Form.inputs`. Everything but the files is unchecked."""

    mode: object
    prompt: object
    provider: object
    duration_s: object
    auto_duration: object
    resolution: object
    aspect_ratio: object
    generate_audio: object
    seed: object
    frames: FramePair
    references: Sequence[Given]
    parent: object = ""
    """job_id of the run that was loaded into the form; empty for none."""
    variations: object = 1
    """How many videos one click makes."""
    draft: object = False
    """Whether the settings stand at a draft's."""
    beneath: object = ""
    """What they give way to meanwhile; see `draft.py`."""

    @property
    def count(self) -> Any:
        """How many videos one click makes; unchecked, as `request`'s values are."""
        return whole(self.variations)

    @property
    def settings(self) -> Settings:
        """The values of the settings panel."""
        return Settings(
            duration_s=self.duration_s,
            auto_duration=self.auto_duration,
            resolution=self.resolution,
            aspect_ratio=self.aspect_ratio,
            generate_audio=self.generate_audio,
            seed=self.seed,
        )

    def known_parent(self) -> str | None:
        """Return the run that the form descends from; None where a browser sent no such thing."""
        return read_job_id(self.parent)

    def known_mode(self) -> Mode:
        """Return the chosen tab; the first one where a browser sent no such thing."""
        return read_mode(self.mode)


@dataclass(frozen=True, slots=True)
class Collected:
    """A request and what its files said on the way in."""

    request: GenerationRequest
    problems: tuple[Problem, ...] = ()
    """Files that could not be taken in; they are not in the request."""
    facts: dict[str, str] = field(default_factory=dict)
    """Tag, or name of a frame's field, to a line such as "1920 × 1080"."""

    tags: dict[str, str] = field(default_factory=dict)
    """Tag in the request to the tag of the card, where a file before it could not be taken in."""

    def at_its_card(self, problem: Problem) -> Problem:
        """Return a problem of the request as it is about the tray, which also has the files that are not in it."""
        tag = self.tags.get(problem.asset or "")
        if problem.field != "references" or not tag or not problem.asset:
            return problem
        return replace(problem, asset=tag, message=problem.message.replace(problem.asset, tag, 1))

    @property
    def about(self) -> str:
        """What a form is about: when it changes, what Generate said before does not hold any more."""
        request = self.request
        slots = (request.first_frame, request.last_frame, *request.references)
        files = (identity(slot) if slot else "-" for slot in slots)
        unread = (f"{problem.asset or problem.field}:{problem.message}" for problem in self.problems)
        return " ".join([request.mode.value, request.provider, *files, *unread])


async def collect(services: Services, values: FormValues) -> Collected:
    """Return the request that a form describes.

    Raises:
        StoreError: The disk would not take a file.
    """
    mode = values.known_mode()
    request = without_files(values)
    if mode is Mode.FRAMES:
        return await _with_frames(services, request, values.frames)
    if mode is Mode.REFERENCES:
        return await _with_references(services, request, values.references)
    return Collected(request)


def without_files(values: FormValues) -> GenerationRequest:
    """Return what a form asks for, but for the files of its tab."""
    # Unchecked on purpose: `check_request` looks at the types too, and words the answer.
    raw: dict[str, Any] = {
        "provider": values.provider if isinstance(values.provider, str) else "",
        "prompt": values.prompt if values.prompt is not None else "",
        "duration_s": values.settings.asked_duration_s(),
        "resolution": values.resolution,
        "aspect_ratio": values.aspect_ratio,
        "generate_audio": values.generate_audio,
        "seed": whole(values.seed),
    }
    return GenerationRequest(mode=values.known_mode(), **raw)


async def _with_frames(services: Services, request: GenerationRequest, frames: FramePair) -> Collected:
    files: dict[Field, Reference | None] = {"first_frame": None, "last_frame": None}
    problems: list[Problem] = []
    slots: tuple[tuple[Field, Given | None], ...] = (("first_frame", frames.first), ("last_frame", frames.last))
    for slot, given in slots:
        if given is None:
            continue
        try:
            files[slot] = await _take(services, given)
        except MediaError as exc:
            fix = await _find_fix(services, given, MediaKind.IMAGE, request.provider)
            problems.append(Problem(slot, str(exc), fix=fix))
    full = replace(request, first_frame=files["first_frame"], last_frame=files["last_frame"])
    facts = {slot: fact_line(file) for slot, file in files.items() if file}
    return Collected(full, tuple(problems), cast("dict[str, str]", facts))


async def _with_references(services: Services, request: GenerationRequest, references: Sequence[Given]) -> Collected:
    most = _most_references(services, request.provider)
    if len(references) > most:  # before the first is copied and decoded
        sentence = f"There are {len(references)} files; at most {most} fit in all. Remove some."
        return Collected(request, (Problem("references", sentence),))
    files: dict[MediaKind, list[Reference]] = {kind: [] for kind in MediaKind}
    counts = dict.fromkeys(MediaKind, 0)
    problems: list[Problem] = []
    facts: dict[str, str] = {}
    tags: dict[str, str] = {}
    for given in references:
        try:
            file = await _take(services, given)
        except MediaError as exc:
            kind = card_kind(given)
            counts[kind] += 1
            fix = await _find_fix(services, given, kind, request.provider)
            problems.append(Problem("references", str(exc), asset=mentions.tag(kind, counts[kind]), fix=fix))
            continue
        files[file.kind].append(file)
        counts[file.kind] += 1
        card = mentions.tag(file.kind, counts[file.kind])
        tags[mentions.tag(file.kind, len(files[file.kind]))] = card
        facts[card] = fact_line(file)
    full = replace(
        request,
        images=tuple(files[MediaKind.IMAGE]),
        videos=tuple(files[MediaKind.VIDEO]),
        audios=tuple(files[MediaKind.AUDIO]),
    )
    return Collected(full, tuple(problems), facts, tags)


def _most_references(services: Services, provider_id: str) -> int:
    """Return how many references of all kinds together a provider takes; the common number for an unknown one."""
    specs = {offer.info.id: offer.spec for offer in services.offers()}
    limits = specs[provider_id].limits if provider_id in specs else MediaLimits()
    return sum(limits.max_count.values())


async def _take(services: Services, given: Given) -> Reference:
    """Return a file that was checked and kept, or a link as it is: nobody here fetches it."""
    return given if isinstance(given, MediaLink) else await services.take_in(given.path, given.name)


async def _find_fix(services: Services, given: Given, kind: MediaKind, provider_id: str) -> Fix | None:
    """Return how a file that was refused could be copied for a known provider."""
    if isinstance(given, MediaLink) or provider_id not in [offer.info.id for offer in services.offers()]:
        return None
    return await services.find_fix(given.path, given.name, kind, services.spec(provider_id))


def card_kind(given: Given) -> MediaKind:
    """Return which card the tray has for something: as a link says, or guessed from a file's name."""
    if isinstance(given, MediaLink):
        return given.kind
    guessed = (mimetypes.guess_type(given.name)[0] or "").partition("/")[0]
    return MediaKind(guessed) if guessed in [kind.value for kind in MediaKind] else MediaKind.IMAGE


def fact_line(file: Reference) -> str:
    """Return what a card says about a file: pixels, or seconds of sound; a link was never measured."""
    if isinstance(file, MediaLink):
        return ""
    if file.width_px is not None and file.height_px is not None:
        return f"{file.width_px} × {file.height_px}"
    return f"{file.duration_s:.1f} s" if file.duration_s is not None else ""

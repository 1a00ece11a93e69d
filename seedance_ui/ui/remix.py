"""A finished run as the start of the next one: its settings, its last frame or its video go into the form.

Nothing here sends anything. Each answer names the run in the form's `parent`, so that what is made next descends from
it.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr

from seedance_ui.domain import mentions
from seedance_ui.domain.job import Job, JobError
from seedance_ui.domain.media import MediaKind, MediaLink, Reference
from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.domain.request import AUTO_DURATION_S, GenerationRequest, Mode
from seedance_ui.providers.offers import Offer
from seedance_ui.services import Services
from seedance_ui.ui import session
from seedance_ui.ui.cards import frames_update, tray_update
from seedance_ui.ui.form import FormValues
from seedance_ui.ui.offers import shown_offers
from seedance_ui.ui.settings import DEFAULT_DURATION_S, Settings, fit_settings, follow_mode
from seedance_ui.ui.settings_panel import hint_json, settings_updates
from seedance_ui.ui.widgets.html_widget import UploadedFile
from seedance_ui.ui.widgets.last_frames import VideoJson
from seedance_ui.ui.widgets.links import Given

EXTEND_PROMPT = "Extend @Video1: the action goes on without a cut, in the same place, light and style."
"""What a prompt may begin with when a video is to go on; only where there is none yet."""

_NOT_FILLED = JobError(
    code="not_filled",
    title="Nothing was put into the form",
    detail="The page got no answer. Nothing was sent.",
    charged="no",
    next_step="Try again.",
)

_MAX_NAME_CHARS = 40

_NEWEST = 8
"""How many finished videos the list beside the frame slots has."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What goes into the form. A field that is `None` leaves that part as it is."""

    parent: str
    """job_id of the run that this came from."""
    mode: Mode
    offer: Offer
    settings: Settings
    moved: tuple[str, ...] = ()
    """Sentences about what is not as it was."""
    prompt: str | None = None
    frames: object = None
    """An update for the frame slots."""
    references: object = None
    """An update for the reference tray."""
    is_whole: bool = False
    """Whether provider, sound and seed go in too."""

    def outputs(self, offers: Sequence[Offer]) -> tuple[object, ...]:
        """Return the updates, in the order of `Composer.filled`."""
        settings = self.settings
        return (
            gr.update(selected=self.mode.value),
            self.mode.value,
            gr.skip() if self.prompt is None else self.prompt,
            self.offer.info.id if self.is_whole else gr.skip(),
            hint_json(offers, self.offer.info.id, self.moved),
            *settings_updates(self.offer, settings),
            settings.generate_audio if self.is_whole else gr.skip(),
            gr.update(value=settings.seed) if self.is_whole else gr.skip(),
            self.frames or frames_update(),
            self.references or tray_update(self.offer.spec),
            self.parent,
        )


class RemixHandlers:
    """Fill the form from a run of the visitor's. Inputs: the form's values, then the visitor's state."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._offers = shown_offers(services)

    async def on_remix(self, event: gr.EventData, *inputs: Any) -> tuple[object, ...]:
        """Put all settings and media of a run into the form. Outputs: `Composer.filled`."""
        values, state = FormValues(*inputs[:-1]), inputs[-1]
        job_id = named_job(event)
        request = await self._services.recipe(job_id, self._owner(state))
        if request is None:
            return self._nothing(values)
        offer, told = self._offer_for(request, values)
        settings, moved = fit_settings(_settings(request), offer.spec, request.mode)
        filling = Filling(job_id, request.mode, offer, settings, (*told, *moved), request.prompt, is_whole=True)
        if request.mode is Mode.FRAMES:
            pair = replace(values.frames, first=_given(request.first_frame), last=_given(request.last_frame))
            filling = replace(filling, frames=frames_update(pair))
        elif request.mode is Mode.REFERENCES:
            given = [one for one in map(_given, request.references) if one is not None]
            filling = replace(filling, references=tray_update(offer.spec, given))
        return filling.outputs(self._offers)

    async def on_use_last(self, event: gr.EventData, *inputs: Any) -> tuple[object, ...]:
        """Make the last frame of a finished video the first one of the form. Outputs: `Composer.filled`."""
        values, state = FormValues(*inputs[:-1]), inputs[-1]
        found = await self._file_of(event, state, "-last.png")
        if found is None:
            return self._nothing(values)
        job, path = found
        offer, settings, moved = self._as_it_stands(values, Mode.FRAMES)
        frame = UploadedFile(str(path), f"Last frame of {_title(job)}.png")
        frames = frames_update(replace(values.frames, first=frame))
        return Filling(job.job_id, Mode.FRAMES, offer, settings, moved, frames=frames).outputs(self._offers)

    async def on_extend(self, event: gr.EventData, *inputs: Any) -> tuple[object, ...]:
        """Make a finished video @Video1 of the form. Outputs: `Composer.filled`.

        The tags of the videos that were there count on in the prompt; an empty prompt gets one to begin with.
        """
        values, state = FormValues(*inputs[:-1]), inputs[-1]
        found = await self._file_of(event, state, ".mp4")
        if found is None:
            return self._nothing(values)
        job, path = found
        offer, settings, moved = self._as_it_stands(values, Mode.REFERENCES)
        references, moves = _with_first_video(values.references, UploadedFile(str(path), f"{_title(job)}.mp4"))
        prompt = values.prompt if isinstance(values.prompt, str) else ""
        return Filling(
            job.job_id,
            Mode.REFERENCES,
            offer,
            settings,
            moved,
            prompt=_renumbered(prompt, moves) if prompt.strip() else EXTEND_PROMPT,
            references=tray_update(offer.spec, references),
        ).outputs(self._offers)

    async def on_newest(self, state: object) -> list[VideoJson]:
        """Return the newest finished videos. Output: the list beside the frame slots."""
        items = await self._services.library(self._owner(state))
        newest: list[VideoJson] = [
            {"job_id": item["job_id"], "prompt": item["prompt"], "poster_url": item["poster_url"]}
            for item in items
            if item["poster_url"] and not item["is_missing"]
        ]
        return newest[:_NEWEST]

    def _owner(self, state: object) -> str | None:
        return self._services.owner_of(session.read_visitor(state))

    async def _file_of(self, event: gr.EventData, state: object, suffix: str) -> tuple[Job, Path] | None:
        job = await self._services.job_of(named_job(event), self._owner(state))
        path = self._services.media_path(f"{job.job_id}{suffix}") if job else None
        return (job, path) if job and path else None

    def _chosen(self, values: FormValues) -> Offer:
        return next((offer for offer in self._offers if offer.info.id == values.provider), self._offers[0])

    def _offer_for(self, request: GenerationRequest, values: FormValues) -> tuple[Offer, tuple[str, ...]]:
        """Return the run's provider, or the form's with a sentence where that cannot be used now."""
        made_at = next((offer for offer in self._offers if offer.info.id == request.provider), None)
        if made_at is not None and made_at.available:
            return made_at, ()
        label = made_at.info.label if made_at else request.provider
        why = made_at.reason if made_at and made_at.reason else f"{label} is not offered here."
        return self._chosen(values), (f"This run was made at {label}. {why}",)

    def _as_it_stands(self, values: FormValues, mode: Mode) -> tuple[Offer, Settings, tuple[str, ...]]:
        """Return the form's own settings as they follow to another tab."""
        offer = self._chosen(values)
        fitted, moved = fit_settings(values.settings, offer.spec, mode)
        if values.known_mode() is mode:
            return offer, fitted, moved
        fitted, followed = follow_mode(fitted, offer.spec, mode)
        return offer, fitted, moved + followed

    def _nothing(self, values: FormValues) -> tuple[object, ...]:
        spec: ModelSpec = self._chosen(values).spec
        return (*(gr.skip() for _ in range(_BEFORE_FILES)), frames_update(), tray_update(spec), gr.skip())


_BEFORE_FILES = 11
"""Tabs, mode, prompt, provider, hint and four settings, sound, seed."""


def on_failure() -> JobError:
    """Answer a wish whose handler broke; the traceback is in the log. Output: notice."""
    return _NOT_FILLED


def named_job(event: gr.EventData) -> str:
    """Return the job that a browser names in an event; nobody's id where it names none."""
    data = event._data
    return session.read_job_id(data.get("job") if isinstance(data, dict) else None) or ""


def _settings(request: GenerationRequest) -> Settings:
    is_auto = request.duration_s == AUTO_DURATION_S
    return Settings(
        duration_s=DEFAULT_DURATION_S if is_auto else request.duration_s,
        auto_duration=is_auto,
        resolution=request.resolution,
        aspect_ratio=request.aspect_ratio,
        generate_audio=request.generate_audio,
        seed=request.seed,
    )


def _given(reference: Reference | None) -> Given | None:
    """Return a reference as a widget takes it; a link stays a link."""
    if reference is None or isinstance(reference, MediaLink):
        return reference
    # By its name alone a card knows its kind, also where the file itself is gone.
    is_clear = (mimetypes.guess_type(reference.name)[0] or "").startswith(reference.kind.value)
    return UploadedFile(str(reference.path), reference.name if is_clear else reference.name + reference.path.suffix)


def _with_first_video(references: Sequence[Given], video: UploadedFile) -> tuple[list[Given], dict[int, int]]:
    """Put a video before the others, also one that was there already.

    Returns:
        The references, and for each number of a video that changed its new one.
    """
    videos = [given for given in references if _is_video(given)]
    others = [given for given in references if not _is_video(given)]
    before = next((at for at, given in enumerate(videos) if _is_copy(given, video)), len(videos))
    moves = {number: number + 1 for number in range(1, before + 1)}
    if before < len(videos):
        moves[before + 1] = 1
    return [*others, video, *videos[:before], *videos[before + 1 :]], moves


def _renumbered(prompt: str, moves: Mapping[int, int]) -> str:
    """Return a prompt whose tags of videos mean the same ones as before."""
    pieces: list[str] = []
    cursor = 0
    for mention in mentions.parse_mentions(prompt):
        number = moves.get(mention.number or 0) if mention.kind is MediaKind.VIDEO else None
        if number is not None:
            pieces += prompt[cursor : mention.start], mentions.tag(MediaKind.VIDEO, number)
            cursor = mention.end
    return "".join(pieces) + prompt[cursor:]


def _is_video(given: Given) -> bool:
    if isinstance(given, MediaLink):
        return given.kind is MediaKind.VIDEO
    return (mimetypes.guess_type(given.name)[0] or "").startswith("video/")


def _is_copy(given: Given, video: UploadedFile) -> bool:
    """Whether this is the library's video as it was put into the form before; its copy keeps the file's name."""
    return isinstance(given, UploadedFile) and Path(given.path).name == Path(video.path).name


def _title(job: Job) -> str:
    """Return a run's name for a card: the beginning of its prompt, in characters that every disk takes."""
    words = " ".join(job.request.prompt.split())
    kept = "".join(char if char.isalnum() or char in " @-_" else "" for char in words)
    return kept[:_MAX_NAME_CHARS].strip() or "a video"

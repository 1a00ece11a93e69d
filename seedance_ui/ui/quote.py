"""What the page says about the form as it stands: price, summary, what its files have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from seedance_ui.domain.batch import Quote
from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.domain.request import AUTO_DURATION_S, GenerationRequest, Mode
from seedance_ui.domain.validation import Problem, blocking
from seedance_ui.errors import SeedanceError
from seedance_ui.providers.offers import Offer
from seedance_ui.services import Services
from seedance_ui.ui.cards import frames_update, tray_update
from seedance_ui.ui.dock import dock_json
from seedance_ui.ui.form import Collected, FormValues, collect, without_files
from seedance_ui.ui.messages import problem_for
from seedance_ui.ui.widgets.dock import problem_json
from seedance_ui.ui.widgets.job_card import DEFAULT_PREVIEW, Preview

_FILE_FIELDS = frozenset({"first_frame", "last_frame", "references"})

_NOT_PRICED = _FILE_FIELDS | {"prompt"}
"""Fields whose problems leave the price as it is."""


class QuoteHandlers:
    """Look at a form without sending it. Outputs: dock, job card, frames, references, notice."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._offers = {offer.info.id: offer for offer in services.offers()}

    async def on_change(self, *inputs: Any) -> tuple[object, ...]:
        """Look at the form after anything but the prompt and the seed changed."""
        values = FormValues(*inputs)
        count = values.count if isinstance(values.count, int) else 1
        try:
            collected = await collect(self._services, values)
        except SeedanceError as exc:
            request = without_files(values)
            dock = dock_json(request, self._offers.get(request.provider), None, count=count)
            return dock, gr.skip(), frames_update(), tray_update(None), problem_for(exc)
        found = self._services.check(collected.request, values.count)
        offer = self._offers.get(collected.request.provider)
        look = _look(collected, found, offer.spec if offer else None)
        quote = await self._quote(collected.request, count, found)
        said = [problem_json(problem, at_card=card_key(problem, collected) is not None) for problem in look.problems]
        dock = dock_json(collected.request, offer, quote, count=count, files=said, about=collected.about)
        preview = gr.update(preview=build_preview(collected.request, offer))
        return dock, preview, look.frames, look.tray, gr.skip()

    async def _quote(self, request: GenerationRequest, count: int, found: list[Problem]) -> Quote | None:
        """Return the price; None where these settings cannot be had, or the provider cannot be used here."""
        if any(problem.field not in _NOT_PRICED for problem in blocking(found)):
            return None
        try:
            return await self._services.quote(request, count)
        except SeedanceError:
            return None


def build_preview(request: GenerationRequest, offer: Offer | None) -> Preview:
    """Return the video that these settings would make, for the empty stage."""
    size = offer.spec.output_px(str(request.resolution), str(request.aspect_ratio)) if offer else None
    width_px, height_px = size or (DEFAULT_PREVIEW["width_px"], DEFAULT_PREVIEW["height_px"])
    return {
        "width_px": width_px,
        "height_px": height_px,
        "duration_s": request.duration_s if isinstance(request.duration_s, int) else AUTO_DURATION_S,
        "sound": request.generate_audio is True,
    }


def _file_problems(collected: Collected, found: Sequence[Problem]) -> list[Problem]:
    """Return what the files have; that there are none yet is said by Generate only."""
    if not (collected.request.media or collected.problems):
        return []
    others = (p for p in found if p.field in _FILE_FIELDS and not _follows(p, collected))
    return [*collected.problems, *map(collected.at_its_card, others)]


def _follows(problem: Problem, collected: Collected) -> bool:
    """Whether a problem is only that an unreadable file is missing from the request."""
    return problem.asset is None and any(unread.field == problem.field for unread in collected.problems)


@dataclass(frozen=True, slots=True)
class FilesLook:
    """What the files of a form have."""

    problems: Sequence[Problem]
    frames: object
    """An update for the frame slots."""
    tray: object
    """An update for the reference tray."""


def _look(collected: Collected, found: Sequence[Problem], spec: ModelSpec | None) -> FilesLook:
    problems = _file_problems(collected, found)
    said: dict[str, str] = {}
    fixes = set()
    for problem in problems:
        if (key := card_key(problem, collected)) is not None:
            said[key] = f"{said[key]} {problem.message}" if key in said else problem.message
            fixes |= {key} if problem.fix else set()
    notes: dict[str, Any] = {"problems": said, "facts": collected.facts, "fixes": sorted(fixes)}
    mode = collected.request.mode
    frames = frames_update(**notes) if mode is Mode.FRAMES else frames_update()
    tray = tray_update(spec, **notes) if mode is Mode.REFERENCES else tray_update(spec)
    return FilesLook(problems, frames, tray)


def card_key(problem: Problem, collected: Collected) -> str | None:
    """Return which card says a problem; None where the line under the field does, as for a slot that is empty."""
    if problem.severity != "problem" and problem.fix is None:
        return None
    if problem.field == "references":
        return problem.asset
    if problem.field not in ("first_frame", "last_frame"):
        return None
    unread = any(other.field == problem.field for other in collected.problems)
    return problem.field if unread or getattr(collected.request, problem.field, None) else None

"""Two runs side by side: what the view shows of them."""

from __future__ import annotations

from collections.abc import Sequence

import gradio as gr

from seedance_ui.domain.differences import Run, Segment, Setting, compare_prompts, compare_settings
from seedance_ui.domain.library_item import LibraryItemJson
from seedance_ui.domain.media import MediaLink, Reference
from seedance_ui.domain.model_spec import FPS
from seedance_ui.services import Services
from seedance_ui.ui import session
from seedance_ui.ui.widgets.compare_view import CompareJson, RowJson, SegmentJson, ValueJson

_Side = tuple[LibraryItemJson, Run]


class CompareHandlers:
    """Show two runs of the visitor whose state comes in; ids from a browser are looked up among theirs."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def on_compare(self, state: object, event: gr.EventData) -> object:
        """Show two runs. Output: the view."""
        owner = self._services.owner_of(session.read_visitor(state))
        sides = [await self._side(job_id, owner) for job_id in _named_jobs(event)]
        found = [side for side in sides if side is not None]
        return build_comparison(found[0], found[1]) if len(found) == len(sides) == 2 else gr.skip()

    async def _side(self, job_id: str, owner: str | None) -> _Side | None:
        """Return a run that has, or had, a video; None for any other."""
        job = await self._services.job_of(job_id, owner)
        item = await self._services.library_item(job_id, owner=owner) if job else None
        return (item, Run(job.request, job.seed)) if job and item and item["video_url"] else None


def build_comparison(a: _Side, b: _Side) -> CompareJson:
    """Return what the view shows: settings in the order of the form, then what the runs cost and took."""
    (item_a, run_a), (item_b, run_b) = a, b
    settings = compare_settings(run_a, run_b).items()
    rows = [_row(setting, differs, a, b) for setting, differs in settings]
    cost: RowJson = {
        "name": "cost",
        "a": item_a["cost"],
        "b": item_b["cost"],
        "differs": item_a["cost"] != item_b["cost"],
    }
    took_a, took_b = round(item_a["elapsed_s"]), round(item_b["elapsed_s"])
    took: RowJson = {"name": "elapsed_s", "a": took_a, "b": took_b, "differs": took_a != took_b}
    return {"a": item_a, "b": item_b, "rows": [*rows, cost, took], "fps": FPS}


def _row(setting: Setting, differs: bool, a: _Side, b: _Side) -> RowJson:
    if setting == "prompt":
        ours, theirs = compare_prompts(a[1].request.prompt, b[1].request.prompt)
        return {"name": setting, "a": _segments(ours), "b": _segments(theirs), "differs": differs}
    return {"name": setting, "a": _value(setting, a), "b": _value(setting, b), "differs": differs}


def _segments(segments: Sequence[Segment]) -> list[SegmentJson]:
    return [{"text": segment.text, "differs": segment.differs} for segment in segments]


def _value(setting: Setting, side: _Side) -> ValueJson:
    item, run = side
    if setting == "provider":
        return item["provider_label"]
    if setting == "mode":
        return run.request.mode.value
    if setting == "seed":
        return run.seed
    value: object = getattr(run.request, setting)
    if isinstance(value, tuple):
        return [_name(reference) for reference in value]
    if value is None or isinstance(value, (str, int, bool)):
        return value
    return [_name(reference) for reference in run.request.frames if reference is value]


def _name(reference: Reference) -> str:
    return reference.url if isinstance(reference, MediaLink) else reference.name


def _named_jobs(event: gr.EventData) -> list[str]:
    """Return the two jobs that a browser names; fewer where it does not, or names one twice."""
    named = event._data.get("jobs") if isinstance(event._data, dict) else None
    ids = [session.read_job_id(job_id) for job_id in named] if isinstance(named, list) and len(named) == 2 else []
    return list(dict.fromkeys(job_id for job_id in ids if job_id))

"""Handlers of the stage and the library: what a job became, and what was made before."""

from __future__ import annotations

from typing import Any

import gradio as gr

from seedance_ui.domain.library_item import LibraryItemJson
from seedance_ui.domain.model_spec import MAX_SEED
from seedance_ui.providers.offers import Offer
from seedance_ui.services import Services
from seedance_ui.ui import session
from seedance_ui.ui.widgets.job_card import ProviderFacts


class StageHandlers:
    """Show jobs and videos of the visitor whose state comes in; ids from a browser are looked up among theirs."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def on_load(self, state: object) -> tuple[object, object, object]:
        """Attach a page that was opened; a visitor is known from here on. Outputs: job card, library, state."""
        visitor = session.visitor_for(state, is_public=self._services.is_public)
        owner = self._services.owner_of(visitor)
        jobs = await self._services.open_jobs(owner)
        card = jobs[0]["job_id"] if jobs else gr.skip()
        return card, await self._services.library(owner), session.state_of(visitor)

    async def on_done(self, state: object, event: gr.EventData) -> tuple[object, object]:
        """Show what the job card's job became. Outputs: player, library."""
        items = await self._items(state)
        item = _find(items, event._data)
        return item or gr.skip(), gr.update(value=items, current=item["job_id"]) if item else gr.update(value=items)

    async def on_open(self, state: object, event: gr.EventData) -> tuple[object, object, object]:
        """Show what was chosen in the library: a video, or a job that rests. Outputs: job card, player, library."""
        items = await self._items(state)
        item = _find(items, event._data)
        if item is None:
            return gr.skip(), gr.skip(), gr.skip()
        library = gr.update(value=items, current=item["job_id"])
        return (gr.skip(), item, library) if item["video_url"] else (item["job_id"], None, library)

    async def on_relist(self, state: object) -> list[LibraryItemJson]:
        """List again, after a job came to rest or went on. Output: library."""
        return await self._items(state)

    async def on_closed(self, state: object) -> tuple[object, object]:
        """Let go of a job that was closed, for the next open one. Outputs: job card, library."""
        owner = self._owner(state)
        jobs = await self._services.open_jobs(owner) if owner is not None else []
        return (jobs[0]["job_id"] if jobs else None), await self._items(state)

    async def _items(self, state: object) -> list[LibraryItemJson]:
        owner = self._owner(state)
        return await self._services.library(owner) if owner is not None else []

    def _owner(self, state: object) -> str | None:
        return self._services.owner_of(session.read_visitor(state))


def on_keep_seed(event: gr.EventData) -> object:
    """Return the seed of the video in the player for the next run."""
    seed = event._data.get("seed") if isinstance(event._data, dict) else None
    return seed if type(seed) is int and 0 <= seed <= MAX_SEED else gr.skip()


def provider_facts(offers: tuple[Offer, ...]) -> dict[str, ProviderFacts]:
    """Return what the job card says about each provider."""
    return {
        offer.info.id: {
            "label": offer.info.label,
            "can_cancel": offer.spec.can_cancel,
            "free": not offer.info.needs_key,
            "can_be_asked": offer.can_be_asked,
        }
        for offer in offers
    }


def _find(items: list[LibraryItemJson], data: Any) -> LibraryItemJson | None:
    job_id = data.get("job") if isinstance(data, dict) else None
    return next((item for item in items if item["job_id"] == job_id), None)

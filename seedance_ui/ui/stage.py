"""Handlers of the stage: what a job became."""

from __future__ import annotations

import gradio as gr

from seedance_ui.domain.model_spec import MAX_SEED
from seedance_ui.providers.offers import Offer
from seedance_ui.services import Services
from seedance_ui.ui import session
from seedance_ui.ui.library_panel import LibraryHandlers
from seedance_ui.ui.widgets.job_card import ProviderFacts


class StageHandlers:
    """Show jobs and videos of the visitor whose state comes in; ids from a browser are looked up among theirs."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._library = LibraryHandlers(services)

    async def on_load(self, state: object) -> tuple[object, object, object]:
        """Attach a page that was opened; a visitor is known from here on. Outputs: job card, library, state."""
        visitor = session.visitor_for(state, is_public=self._services.is_public)
        owner = self._services.owner_of(visitor)
        jobs = await self._services.staged_jobs(owner)
        return jobs or gr.skip(), await self._library.page(owner), session.state_of(visitor)

    async def on_done(self, state: object, event: gr.EventData) -> tuple[object, object]:
        """Show what a job became, unless the player is taken by another video. Outputs: player, library."""
        data = event._data
        if isinstance(data, dict) and data.get("is_aside") is True:
            return gr.skip(), gr.skip()
        job_id = data.get("job") if isinstance(data, dict) else None
        owner = self._services.owner_of(session.read_visitor(state))
        item = await self._services.library_item(job_id, owner=owner) if isinstance(job_id, str) else None
        return (item, gr.update(current=item["job_id"])) if item else (gr.skip(), gr.skip())


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

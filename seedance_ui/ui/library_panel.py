"""The library below the studio: what it lists, and what a person does with a card."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, TypedDict

import gradio as gr

from seedance_ui.domain.library_query import LibraryQuery
from seedance_ui.errors import SeedanceError
from seedance_ui.providers.offers import Offer
from seedance_ui.services import Services
from seedance_ui.services.showing import PAGE_SIZE
from seedance_ui.ui import session
from seedance_ui.ui.ending import run_at_end
from seedance_ui.ui.widgets.job_card import JobCard
from seedance_ui.ui.widgets.library_grid import MAX_AT_ONCE, LibraryGrid, LibraryPageJson, ProviderChoiceJson
from seedance_ui.ui.widgets.player import Player

_GONE = "This video is not in the library any more."
_MAX_ID_CHARS = 64

REFRESH_JS = "() => window.seedance.refreshLibrary()"
"""Lets the grid list again what it shows: only it knows what is asked for."""

VIDEO_SETTLED_JS = "() => window.seedance.videoAsked.settled()"
"""Lets the video be asked for that was chosen meanwhile."""


class _Look(TypedDict):
    asked: int
    query: LibraryQuery
    after: str | None
    limit: int


def create_library_panel(offers: tuple[Offer, ...], *, can_import: bool) -> LibraryGrid:
    """Draw the panel; where visitors are strangers, without a way to import."""
    providers: list[ProviderChoiceJson] = [{"id": offer.info.id, "label": offer.info.label} for offer in offers]
    with gr.Column(elem_id="library-panel"):
        return LibraryGrid(elem_id="library", providers=providers, can_import=can_import)


class LibraryHandlers:
    """Serve the library of the visitor whose state comes in; ids from a browser are looked up among theirs."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def page(self, owner: str | None, look: object = None, problem: str | None = None) -> LibraryPageJson:
        """Return what an owner's library holds of what the grid asks for; by default its first page."""
        wanted = _read_look(look)
        items = await self._services.library(owner, wanted["query"], after=wanted["after"], limit=wanted["limit"])
        counts = await self._services.library_counts(owner, wanted["query"])
        return {
            "asked": wanted["asked"],
            "after": wanted["after"],
            "items": items,
            "counts": counts,
            "problem": problem,
        }

    async def on_look(self, state: object, event: gr.EventData) -> LibraryPageJson:
        """List what is asked for. Output: library."""
        return await self.page(self._owner(state), event._data)

    async def on_open(self, state: object, event: gr.EventData) -> tuple[object, object, object]:
        """Show what was chosen: a video, or a job that rests. Outputs: job card, player, library."""
        job_id = _read_id(event._data)
        owner = self._owner(state)
        item = await self._services.library_item(job_id, owner=owner) if job_id else None
        if item is None:
            return gr.skip(), gr.skip(), gr.skip()
        library = gr.update(current=item["job_id"])
        if item["video_url"]:
            return gr.skip(), item, library
        staged = await self._services.staged_job(item["job_id"], owner=owner)
        return [staged] if staged else gr.skip(), None, library

    async def on_favourite(self, state: object, event: gr.EventData) -> LibraryPageJson:
        """Mark a video, or take the mark off. Output: library."""
        owner, job_id = self._owner(state), _read_id(event._data)
        is_on = job_id is not None and event._data.get("on") is True
        return await self._after(self._services.set_favourite(job_id or "", is_on, owner=owner), owner, event)

    async def on_discard(self, state: object, event: gr.EventData) -> LibraryPageJson:
        """Delete what is finished or rests. Output: library."""
        owner = self._owner(state)
        return await self._after(self._services.delete(_read_id(event._data) or "", owner=owner), owner, event)

    async def on_restore(self, state: object, event: gr.EventData) -> LibraryPageJson:
        """Bring back what was deleted. Output: library."""
        owner = self._owner(state)
        return await self._after(self._services.restore(_read_id(event._data) or "", owner=owner), owner, event)

    async def _after(self, wish: Awaitable[bool], owner: str | None, event: gr.EventData) -> LibraryPageJson:
        """List again what is shown, with the reason where the wish could not be fulfilled."""
        try:
            problem = None if await wish else _GONE
        except SeedanceError as exc:
            problem = str(exc)
        look = event._data.get("look") if isinstance(event._data, dict) else None
        return await self.page(owner, look, problem)

    def _owner(self, state: object) -> str | None:
        return self._services.owner_of(session.read_visitor(state))


def wire_library(
    services: Services,
    library: LibraryGrid,
    card: JobCard,
    player: Player,
    state: gr.BrowserState,
    private: dict[str, Any],
) -> None:
    """Let the grid's events reach their handlers.

    Args:
        services: What they call.
        library: The grid.
        card: Shows a job that rests when it is opened.
        player: Shows a video when it is opened.
        state: Whose library it is.
        private: What an event of the page is given.
    """
    handlers = LibraryHandlers(services)
    # Each counts: a second mark does not wait for the first. Of the answers to questions the grid takes the newest;
    # Gradio's `always_last` now and then forgets the last one (6.31), and the list would show what was asked before.
    for event, handler in (
        (library.look, handlers.on_look),
        (library.favourite, handlers.on_favourite),
        (library.discard, handlers.on_discard),
        (library.restore, handlers.on_restore),
    ):
        listed = event(handler, state, library, trigger_mode="multiple", **private)
        listed.failure(fn=None, js="() => window.seedance.libraryFailed()", **private)
    opened = library.open(handlers.on_open, state, [card, player, library], trigger_mode="multiple", **private)
    opened.then(fn=None, js="() => window.seedance.showStage()", **private)
    opened.failure(fn=None, js="() => window.seedance.libraryFailed()", **private)
    run_at_end(opened, VIDEO_SETTLED_JS, private)


def _read_look(look: object) -> _Look:
    """Read what the grid wants to see; what makes no sense there is as it is at first."""
    said = look if isinstance(look, dict) else {}
    asked, limit = said.get("asked"), said.get("limit")
    return {
        "asked": asked if type(asked) is int and 0 <= asked < 2**53 else 0,
        "query": LibraryQuery.from_json(said.get("query")),
        "after": _id(said.get("after")),
        "limit": min(limit, MAX_AT_ONCE) if type(limit) is int and limit > 0 else PAGE_SIZE,
    }


def _read_id(data: object) -> str | None:
    return _id(data.get("job")) if isinstance(data, dict) else None


def _id(value: object) -> str | None:
    """Return an id that could be a job's; PostgreSQL takes no NUL."""
    return value if isinstance(value, str) and 0 < len(value) <= _MAX_ID_CHARS and "\0" not in value else None

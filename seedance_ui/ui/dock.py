"""The dock under the form, before the page has asked for a price."""

from __future__ import annotations

from collections.abc import Sequence

from seedance_ui.domain.pricing import FREE
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.providers.offers import Offer
from seedance_ui.ui.messages import price_text, summary_text
from seedance_ui.ui.widgets.dock import Dock


def create_dock(offers: Sequence[Offer]) -> Dock:
    """Draw the dock for the page's defaults."""
    offer = offers[0]
    request = GenerationRequest(
        provider=offer.info.id,
        mode=Mode.TEXT,
        prompt="",
        resolution=offer.spec.default_resolution(),
        aspect_ratio=offer.spec.default_aspect_ratio(Mode.TEXT),
    )
    price = None if offer.info.needs_key else FREE
    return Dock(
        {"price": price_text(price), "summary": summary_text(request, offer), "files": [], "about": ""},
        elem_id="dock",
    )

"""The dock under the form: what it says of a form, also before the page has asked for a price."""

from __future__ import annotations

from collections.abc import Sequence

from seedance_ui.domain.batch import Quote
from seedance_ui.domain.pricing import FREE_PRICE, UNKNOWN_CU
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.providers.offers import Offer
from seedance_ui.ui.messages import price_text
from seedance_ui.ui.price_words import price_json, quoted_summary
from seedance_ui.ui.widgets.dock import Dock, DockJson, ProblemJson


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
    quote = None if offer.info.needs_key else Quote(FREE_PRICE)
    return Dock(dock_json(request, offer, quote), elem_id="dock")


def dock_json(
    request: GenerationRequest,
    offer: Offer | None,
    quote: Quote | None,
    *,
    count: int = 1,
    files: Sequence[ProblemJson] = (),
    about: str = "",
) -> DockJson:
    """Return what the dock says of a form.

    Args:
        request: What the form asks for; its settings may be anything.
        offer: The chosen provider; None for an unknown one.
        quote: The price of all videos; None where it is not known.
        count: How many videos.
        files: What the files of the chosen tab have.
        about: As of `Collected.about`.
    """
    total = quote.total if quote else UNKNOWN_CU
    return {
        "price": price_text(total),
        "total": total.to_json(),
        **price_json(quote, request, offer),
        "summary": quoted_summary(request, offer, count, quote),
        "files": list(files),
        "about": about,
    }

"""The providers as the page shows them: what is private to the owner stays out where visitors are strangers."""

from __future__ import annotations

from dataclasses import replace

from seedance_ui.providers.offers import Offer
from seedance_ui.services import Services


def shown_offers(services: Services) -> tuple[Offer, ...]:
    """Return every provider in the picker's order, with the reason that the page gives."""
    offers = services.offers()
    return tuple(_for_visitors(offer) for offer in offers) if services.is_public else offers


def _for_visitors(offer: Offer) -> Offer:
    """Return an offer without the owner's variables: a visitor can set none."""
    if offer.available:
        return offer
    return replace(offer, missing_variables=(), reason=visitors_reason(offer.info.label))


def visitors_reason(label: str) -> str:
    """Return why a provider cannot be used where visitors are strangers."""
    return f"Visitors are not offered the owner’s {label} key here. The animatic is free and needs no key."

"""What a price consists of, in words: one line for each part, then where the numbers come from and who charges."""

from __future__ import annotations

from decimal import Decimal
from typing import TypedDict

from seedance_ui.domain.batch import Quote
from seedance_ui.domain.pricing import Cost, PricePart, Unit, rounded_up
from seedance_ui.domain.request import GenerationRequest
from seedance_ui.providers.offers import Offer
from seedance_ui.ui.messages import amount_text, figure_text, summary_text

_ACTIONS = {"custom-generation": "Generation"}
"""An action in a provider's own word to what people call it. Source: `scenario-sdk` 2.4.0, `CostDetails`."""


class PriceJson(TypedDict):
    """What stands behind the price in the dock; nothing where no price is known."""

    parts: list[str]
    """What is added up."""
    notes: list[str]
    """Where the numbers come from, and who charges."""


def price_json(quote: Quote | None, request: GenerationRequest, offer: Offer | None) -> PriceJson:
    """Return what a quote for a request consists of."""
    if quote is None or quote.total.amount is None or offer is None:
        return {"parts": [], "notes": []}
    price, label = quote.each, offer.info.label
    parts = [_part_text(part, price.unit, request.resolution, label) for part in price.parts]
    if quote.count > 1 and not quote.total.is_free and quote.counted is not None:
        each, together = (figure_text(amount, price.unit) for amount in (quote.counted, quote.count * quote.counted))
        parts.append(f"{quote.count} videos × {each} = {together}")
    notes = [price.basis, f"As of {price.as_of:%Y-%m-%d}." if price.as_of else "", _charged_by(quote.total, label)]
    return {"parts": parts, "notes": [note for note in notes if note]}


def quoted_summary(request: GenerationRequest, offer: Offer | None, count: int, quote: Quote | None) -> str:
    """Return the settings of a form in a few words, after how many videos there are at which price each."""
    summary = summary_text(request, offer)
    if count == 1:
        return summary
    if quote is None or quote.counted is None or quote.total.is_free:
        return f"{count} videos · {summary}"
    return f"{count} × {figure_text(quote.counted, quote.each.unit)} · {summary}"


def _part_text(part: PricePart, unit: Unit, resolution: str, label: str) -> str:
    amount = amount_text(Cost(part.amount, unit, "exact"))
    if part.seconds is not None and part.per_second is not None:
        seconds, rate = _seconds_text(part.seconds), _rate_text(part.per_second, unit)
        if part.kind != "reference_videos":
            return f"{seconds} s × {rate} a second at {resolution}"
        if part.is_most:
            return f"Reference videos: at most {seconds} s × {rate} a second"
        return f"Reference videos: {seconds} s × {rate} a second"
    if part.kind == "drawing":
        return "Drawn on this machine: free"
    if part.kind == "sound":
        return "Sound costs nothing more"
    if part.kind == "action":
        return f"{_ACTIONS.get(part.name, part.name)}: {amount}"
    return f"{label} names one price for all of it: {amount}"


def _charged_by(total: Cost, label: str) -> str:
    if total.is_free:
        return "Nobody charges anything."
    if total.kind == "exact":
        return f"{label} charges the account whose key is set here."
    return f"{label} charges the account whose key is set here. What it charged stands beside the finished video."


def _seconds_text(seconds: float) -> str:
    return f"{rounded_up(seconds, Decimal('0.1')).normalize():f}"


def _rate_text(rate: float, unit: Unit) -> str:
    return figure_text(rounded_up(rate, Decimal("0.0001")), unit)

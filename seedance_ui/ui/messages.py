"""Words that the page writes itself: prices, the summary of a form, and why a click came to nothing.

What an error means stands in `domain.explain`; here it meets the page.
"""

from __future__ import annotations

import html
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal

from seedance_ui.domain.explain import explain
from seedance_ui.domain.job import JobError
from seedance_ui.domain.pricing import Cost, Unit
from seedance_ui.domain.request import AUTO_DURATION_S, GenerationRequest
from seedance_ui.errors import MissingKeyError, SeedanceError
from seedance_ui.providers.offers import Offer
from seedance_ui.ui.offers import visitors_reason

PRICE_NOT_KNOWN = "Price not known"

MOVED_ON = JobError(
    code="moved_on",
    title="This job does not wait for an answer any more",
    detail="Nothing was sent.",
    charged="no",
    next_step="Reload the page to see where the job is now.",
)
"""For a click that came too late."""

RATIO_WORDS = {"adaptive": "Adaptive"}
"""Aspect ratios that are shown by another word."""


def problem_for(error: SeedanceError, *, provider_label: str = "The provider", is_public: bool = False) -> JobError:
    """Return what an error means for the person who clicked.

    Args:
        error: What went wrong.
        provider_label: The provider that they had chosen.
        is_public: Whether they are a stranger, who can set no key.
    """
    problem = explain(error, provider_label=provider_label)
    if is_public and isinstance(error, MissingKeyError):
        return replace(
            problem,
            title=f"{provider_label} is not offered to visitors",
            detail=visitors_reason(provider_label),
            next_step="Choose the animatic, then generate again.",
        )
    return problem


def endpoint_text(error: SeedanceError) -> str:
    """Return an error for a client of a named endpoint; escaped, since Gradio shows such a text as HTML."""
    return html.escape(str(error), quote=False)


def price_text(cost: Cost | None) -> str:
    """Return a price as it stands beside Generate; never rounded down."""
    if cost is None or cost.amount is None:
        return PRICE_NOT_KNOWN
    if cost.is_free:
        return "Free"
    amount = amount_text(cost)
    return amount if cost.kind == "exact" else f"About {amount}"


def amount_text(cost: Cost) -> str:
    """Return an amount with its unit; never rounded down."""
    shown = cost.shown_amount()
    if shown is None:
        return PRICE_NOT_KNOWN
    return figure_text(shown, cost.unit)


def figure_text(amount: Decimal, unit: Unit) -> str:
    """Return an amount to its last digit, dollars with their cents at least."""
    shortest = amount.normalize()
    if unit == "CU":
        return f"{shortest:f} CU"
    cents = amount.quantize(Decimal("0.01"), rounding=ROUND_CEILING)
    return f"${cents if cents == amount else shortest:,f}"


def duration_text(duration_s: object) -> str:
    """Return the length of a video in the summary."""
    return "Auto length" if duration_s == AUTO_DURATION_S else f"{duration_s} s"


def ratio_text(aspect_ratio: object) -> str:
    """Return an aspect ratio as the page shows it."""
    return RATIO_WORDS.get(str(aspect_ratio), str(aspect_ratio))


def summary_text(request: GenerationRequest, offer: Offer | None) -> str:
    """Return the settings of a form in a few words: "8 s · 720p · 16:9 · storyboard"."""
    kind = request.provider if offer is None else offer.info.label if offer.info.needs_key else "storyboard"
    return f"{duration_text(request.duration_s)} · {request.resolution} · {ratio_text(request.aspect_ratio)} · {kind}"

"""What a video costs at Scenario: what is asked, and how far the answer holds. Sources: see `scenario.py`."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from seedance_ui.domain.media import MediaFile, Reference, identity
from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.domain.pricing import NO_PRICE_CU, Price, PricePart
from seedance_ui.domain.request import AUTO_DURATION_S, GenerationRequest
from seedance_ui.domain.verdicts import shown
from seedance_ui.providers.answers import OR_NONE, Answer, Wire
from seedance_ui.providers.base import Handles
from seedance_ui.providers.scenario_payload import build_payload

EXACT_BASIS = "Scenario named this price for exactly these settings. Asking for it started nothing."
"""Where a price comes from, for people; what the others lack stands in `_unseen_basis`."""

_SAME_CU = 1e-6
"""Costs that differ by less are the same."""

_MOST_CU = 1e9
"""Whatever says that it costs more is no price."""


class DryRun(Wire):
    """The answer to a dry run. Source: S-SDK (C)."""

    creative_units_cost: Annotated[float | None, Field(ge=0, le=_MOST_CU), OR_NONE] = None
    cost_details: Annotated[dict[str, Annotated[float, Field(ge=0, le=_MOST_CU)]] | None, OR_NONE] = None
    """Action to its cost after discount; "values sum to `creativeUnitsCost`"."""


def dry_run_body(request: GenerationRequest, spec: ModelSpec) -> dict[str, Any]:
    """Return what is asked for a price, with the request's own words: should a job start, it is the one meant.

    Placeholders stand for the files, which are not uploaded yet; they pass (S-SDK, S-BL, C).
    """
    placeholders = Handles({identity(one): f"asset_{n}" for n, one in enumerate(request.media, start=1)})
    body = build_payload(replace(request, duration_s=_billed_s(request, spec)), placeholders)
    # The price is asked for before there are words.
    return body if request.media else {"prompt": "A video", **body}


def price_key(body: Mapping[str, Any]) -> str:
    """Return the part of `dry_run_body` that the answer depends on: everything but the words and the seed."""
    return json.dumps({name: value for name, value in body.items() if name not in ("prompt", "seed")}, sort_keys=True)


def _billed_s(request: GenerationRequest, spec: ModelSpec) -> int:
    """Return how long a video is billed at most, in whole seconds.

    Auto with reference videos bills the longest clip, within what the model makes (S-PAGE, S-SK, C). What was never
    measured, and what the model chooses itself, counts as the longest that it makes.
    """
    if request.duration_s != AUTO_DURATION_S:
        return request.duration_s
    clips_s = [_clip_s(one, spec) for one in request.videos] or [spec.max_duration_s]
    return min(spec.max_duration_s, max(spec.min_duration_s, *map(math.ceil, clips_s)))


def _clip_s(clip: Reference, spec: ModelSpec) -> float:
    measured_s = clip.duration_s if isinstance(clip, MediaFile) else None
    return spec.max_duration_s if measured_s is None else measured_s


def named_price(answer: Answer, *, asked_on: date) -> Price:
    """Return the price that a dry run names for what it was asked; of one part where no others add up to it."""
    dry_run = answer.parse(DryRun)
    amount = dry_run.creative_units_cost
    if amount is None:
        return NO_PRICE_CU
    return Price("CU", "exact", _parts(amount, dry_run.cost_details or {}), EXACT_BASIS, asked_on)


def _parts(amount: float, details: Mapping[str, float]) -> tuple[PricePart, ...]:
    parts = tuple(PricePart("action", cost, name=shown(action)) for action, cost in details.items() if cost)
    adds_up = abs(math.fsum(part.amount for part in parts) - amount) < _SAME_CU
    return parts if parts and adds_up else (PricePart("whole", amount),)


def price_for(request: GenerationRequest, spec: ModelSpec, named: Price) -> Price:
    """Return what a dry run named as the price of a request: an estimate where it could not know the bill."""
    basis = _unseen_basis(request, spec)
    return replace(named, kind="estimate", basis=basis) if basis and named.parts else named


def _unseen_basis(request: GenerationRequest, spec: ModelSpec) -> str:
    """Return what an answer to `dry_run_body` cannot know of the bill; "" where it knows everything."""
    if request.duration_s != AUTO_DURATION_S:
        if not request.videos:
            return ""
        return (
            "Scenario named this price without seeing the reference videos, and may bill their seconds as well. "
            "Asking for it started nothing."
        )
    if not request.videos:
        return (
            f"Auto leaves the length to Scenario. It named this price for {spec.max_duration_s} s, the longest. "
            "Asking for it started nothing."
        )
    billed_s = _billed_s(request, spec)
    return (
        "With Auto, Scenario bills the length of the longest reference video. It named this price for "
        f"{billed_s} s without seeing the videos, and may bill their seconds as well. "
        "Asking for it started nothing."
    )

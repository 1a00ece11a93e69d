"""`Keys and limits`: what each provider needs and allows, and whether its key is good."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import gradio as gr

from seedance_ui.domain.media import MediaKind
from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.errors import SeedanceError
from seedance_ui.providers.offers import Offer
from seedance_ui.services import Services
from seedance_ui.ui.messages import problem_for
from seedance_ui.ui.offers import shown_offers
from seedance_ui.ui.widgets.keys_dialog import CheckResultJson, KeysDialog, ProviderJson, parse_check


class KeyHandlers:
    """Ask a provider about its key, which costs nothing."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._labels = {offer.info.id: offer.info.label for offer in services.offers()}

    async def on_check(self, event: gr.EventData) -> object:
        """Return the dialog with what the chosen provider said."""
        provider = parse_check(event._data)
        if provider not in self._labels:
            return gr.skip()
        try:
            await self._services.check_key(provider)
        except SeedanceError as exc:
            problem = problem_for(exc, provider_label=self._labels[provider], is_public=self._services.is_public)
            return _result(provider, f"{problem.title}. {problem.detail}", ok=False)
        return _result(provider, "The key works.", ok=True)


def wire_keys(services: Services, dialog: KeysDialog, private: Mapping[str, Any]) -> None:
    """Let the dialog ask.

    Args:
        services: What it asks through.
        dialog: The dialog.
        private: Options of an event of the page.
    """
    asked = dialog.check(KeyHandlers(services).on_check, None, dialog, trigger_mode="multiple", **private)
    asked.failure(fn=None, js="() => window.seedance.keyCheckFailed()", **private)


def _result(provider: str, text: str, *, ok: bool) -> object:
    result: CheckResultJson = {"id": secrets.token_hex(8), "provider": provider, "ok": ok, "text": text}
    return gr.update(result=result)


def providers_json(services: Services) -> list[ProviderJson]:
    """Return every provider for the dialog; where visitors are strangers, without the owner's variables."""
    return [_provider(offer, is_public=services.is_public) for offer in shown_offers(services)]


def _provider(offer: Offer, *, is_public: bool) -> ProviderJson:
    info = offer.info
    variables = () if is_public else info.key_variables
    needs = None if info.needs_key else "Needs no key and costs nothing."
    return {
        "id": info.id,
        "label": info.label,
        "is_available": offer.available,
        "variables": [{"name": name, "is_set": name not in offer.missing_variables} for name in variables],
        # Which keys are missing is said by the variables themselves.
        "lines": [line for line in (needs, offer.reason if is_public else None, limits_text(offer.spec)) if line],
        "docs_url": info.docs_url,
        "can_check": info.needs_key and offer.available,
    }


def limits_text(spec: ModelSpec) -> str:
    """Return what a model takes, in one line."""
    counts = spec.limits.max_count
    images, videos, audios = (counts[kind] for kind in (MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.AUDIO))
    least, most = spec.min_duration_s, spec.max_duration_s
    length = f"{least}–{most} s or Auto" if spec.auto_duration else f"{least}–{most} s"
    resolutions = ", ".join(spec.resolutions)
    prompt = f"prompts up to {spec.max_prompt_chars:,} characters"
    always = () if spec.prompt_optional_modes else ("a prompt always",)
    references = f"up to {images} images, {videos} videos and {audios} audio files as references"
    return " · ".join((length, resolutions, prompt, *always, references))

"""The line under the provider picker, and the words beside each provider's name."""

from __future__ import annotations

from typing import TypedDict

from seedance_ui.ui.widgets.html_widget import DisplayWidget


class ProviderHintJson(TypedDict):
    """The value of the line."""

    hint: str
    off: str | None
    """Why the chosen provider cannot be used here; shown instead of the hint."""
    moved: str | None
    """Which settings were moved to a default because the provider lacks them."""
    notes: dict[str, str]
    """Provider id to a word beside its name ("free")."""


class ProviderHint(DisplayWidget):
    """Shows a `ProviderHintJson`."""

    script = "provider_hint"
    template = (
        """<p class="hint provider-hint" aria-live="polite"><span class="line"></span><span class="moved"></span></p>"""
    )

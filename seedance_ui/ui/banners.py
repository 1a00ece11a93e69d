"""The banner: what a person must know before they spend anything here."""

from __future__ import annotations

from seedance_ui.services import Services
from seedance_ui.ui.widgets.banners import BannerJson, Banners


def create_banners(services: Services) -> Banners:
    """Draw what holds for this installation: nothing, where all is well."""
    return Banners(banners_json(services.trouble, is_read_only=services.is_read_only), elem_id="banners")


def banners_json(trouble: str | None, *, is_read_only: bool) -> list[BannerJson]:
    """Return the banners.

    Args:
        trouble: What everybody must know; None where there is nothing.
        is_read_only: Whether it keeps this app from making videos (B13).
    """
    return [{"tone": "bad" if is_read_only else "warn", "text": trouble}] if trouble else []

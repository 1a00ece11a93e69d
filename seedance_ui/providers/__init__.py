"""Video providers, one file each."""

from __future__ import annotations

from collections.abc import Mapping

from seedance_ui.providers.aimlapi import AimlApi
from seedance_ui.providers.base import Provider
from seedance_ui.providers.scenario import Scenario

PROVIDERS: Mapping[str, type[Provider]] = {
    Scenario.info.id: Scenario,
    AimlApi.info.id: AimlApi,
}
"""Every provider, in the order of the picker. A new one is one line here; see ADDING.md."""

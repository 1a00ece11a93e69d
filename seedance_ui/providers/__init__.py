"""Video providers, one file each. `PROVIDERS` is the one list to add to; see ADDING.md."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from seedance_ui.providers.aimlapi import AimlApi
from seedance_ui.providers.animatic import Animatic
from seedance_ui.providers.base import Provider
from seedance_ui.providers.scenario import Scenario

PROVIDERS: Mapping[str, type[Provider]] = MappingProxyType(
    {provider.info.id: provider for provider in (Animatic, Scenario, AimlApi)}
)
"""Provider id to class, in the order of the page's picker."""

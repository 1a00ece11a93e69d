"""Services for the page: one provider like AIML API, one like Scenario, and one that needs a key nobody has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from seedance_ui.config import Settings
from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.domain.pricing import Price
from seedance_ui.domain.request import GenerationRequest
from seedance_ui.domain.variable import key
from seedance_ui.providers.base import ProviderInfo, Setup
from seedance_ui.services import Services
from tests.samples import LENIENT, STRICT
from tests.scripted import QuickClock, ScriptedProvider, price

StartServices = Callable[..., Services]


class Strict(ScriptedProvider):
    """Free; no Auto, no adaptive."""

    info = ProviderInfo("strict", "Strict Video", "Draws nothing, charges nothing.")

    def spec(self) -> ModelSpec:
        return STRICT


class Lenient(ScriptedProvider):
    """Has every choice, and a price."""

    info = ProviderInfo("lenient", "Lenient Video", "Billed in dollars.")

    def spec(self) -> ModelSpec:
        return LENIENT

    async def estimate(self, request: GenerationRequest) -> Price:
        return price(2.5111)


class Locked(ScriptedProvider):
    """Needs a key."""

    info = ProviderInfo("locked", "Locked Video", "Billed.", variables=(key("AIMLAPI_KEY", "A key."),))

    def spec(self) -> ModelSpec:
        return STRICT


@pytest.fixture
def start_services(data_dir: Path, finished_video: Path) -> Iterator[StartServices]:
    """Return a way to run the services; every job ends with a finished video."""
    running: list[Services] = []

    def start(env: dict[str, str] | None = None, **options: Any) -> Services:
        class FinishingStrict(Strict):
            def __init__(self, setup: Setup) -> None:
                super().__init__(setup)
                self.on_poll = self.finish(finished_video)

        settings = Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir), **(env or {})})
        providers: dict[str, Any] = {"strict": FinishingStrict, "lenient": Lenient, "locked": Locked}
        services = Services(settings, providers=providers, clock=QuickClock(), **options)
        services.start()
        running.append(services)
        return services

    yield start
    for services in running:
        services.stop()


@pytest.fixture
def services(start_services: StartServices) -> Services:
    """Return services on one's own machine."""
    return start_services()

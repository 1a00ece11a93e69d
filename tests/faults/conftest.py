"""Worlds that are shared by all rows of a table: each row leaves its world as quiet as it found it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import stamina

from tests.faults.world import PROVIDERS, World, new_world


@pytest.fixture(autouse=True)
def one_question_at_a_time() -> Iterator[None]:
    """Let each fault reach the runner, which would else see one of three."""
    with stamina.set_testing(True, attempts=1):
        yield


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory, finished_video: Path) -> Iterator[dict[str, World]]:
    made: dict[str, World] = {}
    video = finished_video.read_bytes()
    with (
        new_world("scenario", tmp_path_factory.mktemp("scenario"), video) as made["scenario"],
        new_world("aimlapi", tmp_path_factory.mktemp("aimlapi"), video) as made["aimlapi"],
    ):
        yield made


@pytest.fixture
async def world(worlds: dict[str, World], provider: str) -> AsyncIterator[World]:
    """Return the world of this row's provider, and see that the row's faults have all happened."""
    shared = worlds[provider]
    shared.wire.seen.clear()
    steps = shared.fake.steps
    yield shared
    await shared.settle()
    shared.fake.steps = steps
    assert shared.is_quiet(), "a fault of this row never happened"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test for every hosted provider that has its phase."""
    if "provider" in metafunc.fixturenames and not any(
        "provider" in str(mark.args[0]) for mark in metafunc.definition.iter_markers("parametrize")
    ):
        metafunc.parametrize("provider", PROVIDERS)

"""`make guards` takes minutes and is run by hand; that it still can take out each guard is seen at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kill.guards import GUARDS, Guard, without

PACKAGE = Path(__file__).parents[2] / "seedance_ui"


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_guard_stands_in_the_sources_as_the_list_has_it(guard: Guard) -> None:
    for path, source in without(guard, PACKAGE).items():
        compile(source, path, "exec")
        assert source != path.read_text()

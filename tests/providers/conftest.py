"""Asking again happens at once in these tests: they are about what is asked, not about when."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import stamina


@pytest.fixture(autouse=True)
def no_waiting_between_questions() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield

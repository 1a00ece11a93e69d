"""B13, B17: what everybody must know stands at the top of the page."""

from __future__ import annotations

import pytest

from seedance_ui.services import Services
from seedance_ui.ui.banners import banners_json, create_banners


def test_create_banners_where_all_is_well_shows_nothing(services: Services) -> None:
    assert create_banners(services).value == []


@pytest.mark.parametrize(("is_read_only", "tone"), [(True, "bad"), (False, "warn")])
def test_banners_json_is_red_where_nothing_can_be_made(is_read_only: bool, tone: str) -> None:
    assert banners_json("What happened.", is_read_only=is_read_only) == [{"tone": tone, "text": "What happened."}]

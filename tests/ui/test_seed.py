from __future__ import annotations

import pytest

from seedance_ui.domain.model_spec import MAX_SEED
from seedance_ui.services import Services
from seedance_ui.ui.seed import SeedHandlers


@pytest.mark.parametrize("provider", ["strict", "lenient", "gone", None])
def test_dice_draw_seeds_that_the_provider_takes(services: Services, provider: object) -> None:
    drawn = {SeedHandlers(services).on_dice(provider) for _ in range(50)}

    assert len(drawn) > 40
    assert all(0 <= seed <= MAX_SEED for seed in drawn)
    assert max(drawn) > MAX_SEED // 8

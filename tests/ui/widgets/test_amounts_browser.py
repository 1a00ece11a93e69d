"""Both halves of the page show the same amount of money in the same words."""

from __future__ import annotations

import pytest

from seedance_ui.domain.pricing import Cost
from seedance_ui.ui.messages import amount_text
from tests.ui.widgets.widget_page import WidgetPage

AMOUNTS = (0.01, 1.1, 2.3, 2.515968, 2.52, 2.5200001, 2.5200000004, 12.34, 40, 49.3824, 61.301, 999.999, 1234.5, 5e-7)


@pytest.mark.parametrize("unit", ["USD", "CU"])
def test_scripts_and_python_show_the_same_amount(widgets_again: WidgetPage, unit: str) -> None:
    costs = [Cost(amount, unit, "exact") for amount in AMOUNTS]

    shown = widgets_again.page.evaluate(
        "costs => costs.map(cost => seedance.formatAmount(cost))", [cost.to_json() for cost in costs]
    )

    assert [text.replace("\xa0", " ") for text in shown] == [amount_text(cost) for cost in costs]

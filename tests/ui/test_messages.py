from __future__ import annotations

import pytest

from seedance_ui.domain.pricing import FREE, Cost
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.domain.validation import Problem
from seedance_ui.errors import InvalidRequestError, MediaError, MissingKeyError, ProviderUnavailableError
from seedance_ui.ui.messages import endpoint_text, price_text, problem_for, summary_text


@pytest.mark.parametrize(
    ("cost", "text"),
    [
        (FREE, "Free"),
        (Cost(0.0, "USD", "estimate"), "About $0.00"),
        (Cost(2.52, "USD", "estimate"), "About $2.52"),
        (Cost(2.5101, "USD", "estimate"), "About $2.52"),
        (Cost(2.52, "USD", "exact"), "$2.52"),
        (Cost(1234.5, "USD", "exact"), "$1,234.50"),
        (Cost(62.0, "CU", "exact"), "62 CU"),
        (Cost(100.0, "CU", "estimate"), "About 100 CU"),
        (Cost(61.301, "CU", "exact"), "61.31 CU"),
        (Cost(None, "USD", "estimate"), "Price not known"),
        (None, "Price not known"),
    ],
    ids=str,
)
def test_price_text_names_a_price_and_never_rounds_it_down(cost: Cost | None, text: str) -> None:
    assert price_text(cost) == text


def test_summary_text_of_auto_and_adaptive_is_in_words() -> None:
    request = GenerationRequest(
        provider="gone", mode=Mode.TEXT, prompt="", duration_s=0, resolution="480p", aspect_ratio="adaptive"
    )

    assert summary_text(request, None) == "Auto length · 480p · Adaptive · gone"


def test_problem_for_names_the_chosen_provider() -> None:
    problem = problem_for(MissingKeyError("Scenario needs SCENARIO_API_KEY."), provider_label="Scenario")

    assert (problem.title, problem.charged) == ("Scenario needs a key", "no")
    assert problem.detail == "Scenario needs SCENARIO_API_KEY."


def test_problem_for_a_file_keeps_its_tag() -> None:
    assert problem_for(MediaError("@Image2 is empty.", asset="@Image2")).asset == "@Image2"


def test_endpoint_text_says_every_problem_and_is_escaped() -> None:
    error = InvalidRequestError([Problem("prompt", "No <b>words</b>."), Problem("seed", "The seed is '8'.")])

    assert endpoint_text(error) == "No &lt;b&gt;words&lt;/b&gt;. The seed is '8'."


def test_endpoint_text_of_a_provider_error_is_escaped() -> None:
    error = ProviderUnavailableError("<img onerror=x>", provider="strict")

    assert endpoint_text(error) == "&lt;img onerror=x&gt;"

from __future__ import annotations

from dataclasses import replace

import pytest

from seedance_ui import errors
from seedance_ui.domain.explain import explain
from seedance_ui.domain.remedies import REMEDIES, lower_resolution, shorter_s
from seedance_ui.domain.staged import build_staged_job
from seedance_ui.domain.verdicts import CLOSER_WORDS
from tests.scripted import make_job


def test_remedies_are_for_codes_that_an_error_can_have() -> None:
    known = {
        explain(make("words", provider="p"), provider_label="P").code
        for make in (
            errors.AuthenticationError,
            errors.InsufficientBalanceError,
            errors.RateLimitError,
            errors.BadRequestError,
            errors.ContentFilterError,
            errors.ProviderUnavailableError,
        )
    }
    known |= {explain(make("words"), provider_label="P").code for make in (errors.MissingKeyError, errors.PausedError)}

    assert set(REMEDIES) <= known | set(CLOSER_WORDS) | {"render_failed"}


@pytest.mark.parametrize(("resolution", "lower"), [("1080p", "720p"), ("720p", "480p"), ("480p", None), ("odd", None)])
def test_lower_resolution_is_the_next_one(resolution: str, lower: str | None) -> None:
    assert lower_resolution(resolution) == lower


@pytest.mark.parametrize(("duration_s", "shorter"), [(15, 10), (10, 5), (8, 5), (5, None), (4, None), (0, None)])
def test_shorter_is_a_usual_length_below(duration_s: int, shorter: int | None) -> None:
    assert shorter_s(duration_s) == shorter


def test_staged_job_tells_what_its_usual_time_rests_on() -> None:
    first = build_staged_job(make_job(job_id="a" * 32))
    later = build_staged_job(replace(make_job(job_id="b" * 32), usual_s=(40.0, 65.0), similar_runs=12), is_new=True)

    assert first["usual"] == {"range_s": None, "runs": 0}
    assert later["usual"] == {"range_s": [40.0, 65.0], "runs": 12}
    assert (first["is_new"], later["is_new"]) == (False, True)

"""When to ask next, when to send again, and what range a person is told. Pure; all in seconds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedance_ui.jobs.schedule import believable_runs_s, next_poll_s, resubmit_after_s, usual_range_s

seconds = st.floats(0, 1e6)


@pytest.mark.parametrize(
    ("running_for_s", "wait_s"),
    [(0, 5), (299, 5), (300, 20), (899, 20), (900, 30), (100_000, 30)],
)
def test_next_poll_is_sparser_the_longer_a_run_takes(running_for_s: float, wait_s: float) -> None:
    assert next_poll_s(5, running_for_s=running_for_s) == wait_s


@pytest.mark.parametrize(("failures", "wait_s"), [(1, 5), (2, 5), (3, 8), (5, 32), (6, 60), (50, 60)])
def test_next_poll_backs_off_after_failures(failures: int, wait_s: float) -> None:
    assert next_poll_s(5, running_for_s=0, failures=failures) == wait_s


@pytest.mark.parametrize(("asked_s", "wait_s"), [(0, 5), (7, 7), (120, 120), (9999, 300)])
def test_next_poll_obeys_what_the_provider_asks_within_bounds(asked_s: float, wait_s: float) -> None:
    assert next_poll_s(5, running_for_s=0, retry_after_s=asked_s) == wait_s


@given(seconds, st.integers(0, 1000), st.none() | seconds)
def test_next_poll_is_never_sooner_than_the_provider_allows(
    running_for_s: float, failures: int, retry_after_s: float | None
) -> None:
    wait_s = next_poll_s(5, running_for_s=running_for_s, failures=failures, retry_after_s=retry_after_s)
    assert 5 <= wait_s <= 300


@given(st.integers(1, 100), st.floats(0, 1), st.none() | seconds)
def test_a_request_is_sent_again_within_a_minute(attempts: int, chance: float, retry_after_s: float | None) -> None:
    """A3: 0.5–4 s with full jitter, or what the provider asks, with both attempts at most 60 s."""
    wait_s = resubmit_after_s(attempts, chance, retry_after_s)
    assert (0.5 <= wait_s <= 4) if retry_after_s is None else (1 <= wait_s <= 30)


def test_a_range_needs_five_runs() -> None:
    assert usual_range_s([10, 20, 30, 40]) is None
    assert usual_range_s([10, 20, 30, 40, -3, 0]) is None
    assert believable_runs_s([10, -3, 0, 20]) == [10, 20]
    assert usual_range_s([10, 20, 30, 40, 50]) == (14.0, 46.0)


@given(st.lists(st.floats(0.1, 1e4), min_size=5, max_size=50))
def test_a_range_lies_within_the_past_runs(past_runs_s: list[float]) -> None:
    usual_s = usual_range_s(past_runs_s)
    assert usual_s is not None
    assert min(past_runs_s) - 0.1 <= usual_s[0] <= usual_s[1] <= max(past_runs_s) + 0.1

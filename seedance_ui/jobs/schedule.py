"""When to ask a provider next, and how long a run will take. Pure; all durations in seconds."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import quantiles

SIMILAR_RUNS_NEEDED = 5
"""Below this many past runs a range would be a guess, so that none is given."""

_SPARSE = ((900.0, 30.0), (300.0, 20.0))
"""(running for at least, ask at most once in): a run that takes long is asked about less often."""

_MAX_BACKOFF_S = 60.0

_MAX_RESUBMIT_S = 30.0
"""A3: two more attempts wait a minute in all."""

_QUICK_SAVES_S = (1.0, 3.0, 6.0, 10.0, 15.0)
"""B5, B10: waits between the first six tries to save a finished video; after them the longest back-off."""


def next_poll_s(
    poll_after_s: float, *, running_for_s: float, failures: int = 0, retry_after_s: float | None = None
) -> float:
    """Return how long to wait before the next question about a job.

    Args:
        poll_after_s: The provider's least time between two questions.
        running_for_s: Since the provider took the job.
        failures: Questions in a row that brought no answer.
        retry_after_s: What the provider asked for; 1 to 300 s of it are obeyed.
    """
    wait_s = poll_after_s
    for since_s, at_least_s in _SPARSE:
        if running_for_s >= since_s:
            wait_s = max(wait_s, at_least_s)
            break
    if failures:
        wait_s = max(wait_s, min(_MAX_BACKOFF_S, 2.0 ** min(failures, 6)))
    if retry_after_s is not None:
        wait_s = max(wait_s, min(300.0, max(1.0, retry_after_s)))
    return wait_s


def resubmit_after_s(attempts: int, chance: float, retry_after_s: float | None) -> float:
    """Return how long to wait before a request that was provably not taken is sent again (A3).

    Args:
        attempts: How often it was tried, at least 1.
        chance: 0 to 1, drawn by the caller: full jitter.
        retry_after_s: What the provider asked for; up to 30 s of it are obeyed, 60 s with both attempts.
    """
    if retry_after_s is not None:
        return min(_MAX_RESUBMIT_S, max(1.0, retry_after_s))
    return 0.5 + chance * min(3.5, 2.0 ** (attempts - 1))


def save_again_s(failures: int, retry_after_s: float | None = None) -> float:
    """Return how long to wait before a finished video is asked for and saved again.

    Args:
        failures: Tries in a row that did not save it, at least 1.
        retry_after_s: What the provider asked for; up to 300 s of it are obeyed.
    """
    wait_s = _QUICK_SAVES_S[failures - 1] if failures <= len(_QUICK_SAVES_S) else _MAX_BACKOFF_S
    return max(wait_s, min(300.0, retry_after_s or 0.0))


def broke_again_s(broken: int) -> float:
    """Return how long to wait after a step broke in a way that nobody foresaw, for the `broken`-th time in a row."""
    return min(_MAX_BACKOFF_S, 2.0 ** min(broken - 1, 6))


def believable_runs_s(past_runs_s: Sequence[float]) -> list[float]:
    """Return the runs that took any time at all: a clock that was set back makes negative ones."""
    return [run_s for run_s in past_runs_s if run_s > 0]


def usual_range_s(past_runs_s: Sequence[float]) -> tuple[float, float] | None:
    """Return the range in which most similar runs ended (10th to 90th percentile); None on too few runs."""
    believable = believable_runs_s(past_runs_s)
    if len(believable) < SIMILAR_RUNS_NEEDED:
        return None
    deciles = quantiles(believable, n=10, method="inclusive")
    return round(deciles[0], 1), round(deciles[-1], 1)

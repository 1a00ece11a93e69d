from __future__ import annotations

import dataclasses
import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import references_request

from seedance_ui.domain.job import (
    CANCELLABLE_HERE,
    ENDED_STATES,
    FINAL_STATES,
    OPEN_STATES,
    RESTING_STATES,
    Job,
    JobError,
    JobState,
    Phase,
    build_snapshot,
)
from seedance_ui.domain.pricing import Cost

CREATED = datetime(2026, 1, 1, tzinfo=timezone.utc)
NOW = CREATED + timedelta(seconds=41.2)


def job(**changes: Any) -> Job:
    """Return a running job, 41.2 s old, of which 6 s were spent in queues."""
    running = Job(
        job_id="j" * 22,
        owner="local",
        request=references_request(provider="aimlapi"),
        state=JobState.RUNNING,
        phase=Phase.GENERATING,
        message="Generating",
        created_at=CREATED,
        cost=Cost(2.52, "USD", "estimate"),
        progress=0.46,
        remote_id="gxcV",
        started_at=CREATED + timedelta(seconds=6),
        usual_s=(75.0, 100.0),
    )
    return dataclasses.replace(running, **changes)


def test_snapshot_of_a_running_job_is_the_documented_shape() -> None:
    """The example of the public contract, field by field."""
    assert build_snapshot(job(), NOW) == {
        "job_id": "j" * 22,
        "state": "running",
        "phase": "generating",
        "provider": "aimlapi",
        "mode": "references",
        "created_at": "2026-01-01T00:00:00Z",
        "elapsed_s": 41.2,
        "queued_s": 6.0,
        "eta_s": {"low": 40, "high": 65},
        "progress": 0.46,
        "message": "Generating",
        "cost": {"amount": 2.52, "unit": "USD", "kind": "estimate"},
        "error": None,
        "video_url": None,
        "poster_url": None,
        "remote_id": "gxcV",
    }


def test_snapshot_of_a_failed_job_says_why_and_whether_it_was_charged() -> None:
    error = JobError(
        code="face",
        title="AIML API declined @Image2",
        detail="the input image may contain real person",
        charged="no",
        next_step="Use another picture.",
        asset="@Image2",
    )
    snapshot = build_snapshot(job(state=JobState.FAILED, phase=Phase.DONE, error=error, finished_at=NOW), NOW)

    assert snapshot["error"] == {
        "code": "face",
        "title": "AIML API declined @Image2",
        "detail": "the input image may contain real person",
        "charged": "no",
        "next_step": "Use another picture.",
        "asset": "@Image2",
    }


@pytest.mark.parametrize("state", JobState)
def test_snapshot_has_the_same_fields_in_every_state_and_is_json(state: JobState) -> None:
    snapshot = build_snapshot(job(state=state), NOW)

    assert snapshot.keys() == build_snapshot(job(), NOW).keys()
    assert json.loads(json.dumps(snapshot)) == snapshot


@pytest.mark.parametrize("state", JobState)
def test_snapshot_links_to_the_video_only_when_it_is_saved(state: JobState) -> None:
    snapshot = build_snapshot(job(state=state), NOW)

    saved = state is JobState.SUCCEEDED
    assert snapshot["video_url"] == (f"/media/{'j' * 22}.mp4" if saved else None)
    assert snapshot["poster_url"] == (f"/media/{'j' * 22}.jpg" if saved else None)
    assert snapshot["progress"] == (1.0 if saved else 0.46)


@pytest.mark.parametrize("state", JobState)
def test_snapshot_guesses_the_time_left_only_while_there_is_some(state: JobState) -> None:
    assert (build_snapshot(job(state=state), NOW)["eta_s"] is not None) is (state in OPEN_STATES)


def test_snapshot_of_a_first_run_does_not_guess() -> None:
    assert build_snapshot(job(usual_s=None), NOW)["eta_s"] is None
    assert build_snapshot(job(started_at=None), NOW)["eta_s"] is None


def test_snapshot_of_a_slow_run_has_no_negative_time_left() -> None:
    assert build_snapshot(job(), NOW + timedelta(hours=1))["eta_s"] == {"low": 0, "high": 0}


def test_snapshot_of_an_ended_job_stands_still() -> None:
    ended = job(state=JobState.SUCCEEDED, finished_at=NOW)

    assert build_snapshot(ended, NOW) == build_snapshot(ended, NOW + timedelta(days=1))


def test_snapshot_counts_the_whole_wait_as_queue_until_the_provider_begins() -> None:
    snapshot = build_snapshot(job(state=JobState.QUEUED, started_at=None), NOW)

    assert snapshot["queued_s"] == snapshot["elapsed_s"] == 41.2


@given(back_s=st.floats(0, 10**6))
def test_snapshot_with_a_clock_set_back_counts_from_zero(back_s: float) -> None:
    """B14."""
    snapshot = build_snapshot(job(), CREATED - timedelta(seconds=back_s))

    assert snapshot["elapsed_s"] == 0.0
    assert snapshot["queued_s"] >= 0.0


def test_snapshot_gives_a_browser_nothing_that_is_ours_alone() -> None:
    text = json.dumps(build_snapshot(job(owner="0123abcd", worker="worker-7"), NOW))

    assert "0123abcd" not in text
    assert "worker-7" not in text
    assert "uploads" not in text


def test_states_are_final_or_resting_or_open_and_never_two() -> None:
    assert FINAL_STATES | RESTING_STATES | OPEN_STATES == set(JobState)
    assert len(FINAL_STATES) + len(RESTING_STATES) + len(OPEN_STATES) == len(JobState)
    assert FINAL_STATES | RESTING_STATES == ENDED_STATES


def test_a_wish_to_cancel_is_fulfilled_here_only_before_anything_paid_was_sent() -> None:
    assert {JobState.QUEUED, JobState.UPLOADING} == CANCELLABLE_HERE

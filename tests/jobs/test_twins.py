"""Two jobs that ask for the same: what is found at the provider may be either's (A7)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from seedance_ui.domain.job import Job, JobState
from seedance_ui.jobs.store import Store

NewJob = Callable[..., Job]


def sent(store: Store, job: Job, state: JobState) -> str:
    """Return the id of a job that is in this state, without an id of the provider."""
    store.add(job, form_token=None)
    claimed = store.claim_next("scripted", worker="me", lease_s=60)
    assert claimed is not None
    store.move(claimed, state=state)
    return job.job_id


@pytest.mark.parametrize(
    ("owner", "state", "is_adopted"),
    [
        ("local", JobState.NEEDS_ATTENTION, True),
        ("another", JobState.NEEDS_ATTENTION, False),
        (None, JobState.NEEDS_ATTENTION, False),
        ("local", JobState.SUBMITTING, False),
    ],
    ids=["the owner's", "another's", "nobody's", "on its way"],
)
def test_adopt_found_leaves_alone_what_may_be_somebody_elses(
    store: Store, new_job: NewJob, owner: str | None, state: JobState, is_adopted: bool
) -> None:
    lost = sent(store, new_job("a tram", owner="local"), JobState.NEEDS_ATTENTION)
    sent(store, new_job("a tram", owner=owner), state)
    assert store.adopt_found(lost, remote_id="r1") is is_adopted


def test_adopt_found_looks_at_jobs_alike_only(store: Store, new_job: NewJob) -> None:
    lost = sent(store, new_job("a tram"), JobState.NEEDS_ATTENTION)
    sent(store, new_job("a boat", owner="another"), JobState.NEEDS_ATTENTION)
    known = sent(store, new_job("a tram", owner="another"), JobState.NEEDS_ATTENTION)
    assert store.adopt(known, remote_id="r2")
    assert store.adopt_found(lost, remote_id="r1")
    found = store.get(lost)
    assert found is not None
    assert (found.remote_id, found.state) == ("r1", JobState.RUNNING)

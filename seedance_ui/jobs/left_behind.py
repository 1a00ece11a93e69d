"""What no walk goes on with, and is left to a person."""

from __future__ import annotations

from seedance_ui.domain.job import CANCELLABLE_HERE, Job, JobError, JobState, Phase
from seedance_ui.jobs.store import Store


def rest_unsent(store: Store, job: Job) -> None:
    """A8: ask the person about a job of a click for several that was not sent before the app stopped."""
    error = JobError(
        code="batch_interrupted",
        title="This one of several was not sent",
        detail=f"The app stopped before all {job.batch} videos of this click were sent.",
        charged="no",
        next_step="Send it again if you still want it, or close it.",
    )
    store.move(job, state=JobState.NEEDS_ATTENTION, phase=Phase.DONE, message=error.title, error=error)


def rest_orphan(store: Store, job: Job) -> None:
    """Leave a job of a provider that this app does not have any more to a person."""
    error = JobError(
        code="provider_gone",
        title=f"This app has no provider {job.request.provider!r} any more",
        detail=f"Generation ID {job.remote_id}." if job.remote_id else "",
        charged="no" if job.state in CANCELLABLE_HERE else "unknown",
        next_step="Start the version of the app that has it, or look at your usage page at the provider.",
    )
    store.move(job, state=JobState.NEEDS_ATTENTION, phase=Phase.DONE, message=error.title, error=error)

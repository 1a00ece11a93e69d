"""One job's way through the states, from the claim to where it ends.

Every conclusion is drawn in the steps, from what an adapter returned or raised; each is committed before the
next step begins. Durations in seconds.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from seedance_ui.domain.job import OPEN_STATES, JobState
from seedance_ui.errors import LeaseLostError, StoreError
from seedance_ui.jobs import polling, saving, sending
from seedance_ui.jobs.hold import Hold
from seedance_ui.jobs.schedule import broke_again_s
from seedance_ui.providers.replies import listening

log = logging.getLogger(__name__)

STEPS: Mapping[JobState, Callable[[Hold], Awaitable[None]]] = MappingProxyType(
    {
        JobState.QUEUED: sending.begin,
        JobState.UPLOADING: sending.upload_and_submit,
        JobState.SUBMITTING: sending.recover_submitting,
        JobState.RUNNING: polling.poll_until_done,
        JobState.DOWNLOADING: saving.save,
    }
)
"""What is done in each open state."""


async def walk(hold: Hold) -> None:
    """Take a claimed job to its end, or to where a person is needed.

    A lost lease ends the walk, never the job. Whatever else breaks is waited out, and the job is looked at
    again as it stands in the table: a step that was committed is not done twice.
    """
    broken = 0
    while True:
        try:
            if broken:
                await hold.look_again()
            while hold.job.state in OPEN_STATES:
                with listening(hold.notes.hear):
                    await STEPS[hold.job.state](hold)
                broken = 0
            return
        except LeaseLostError:
            log.info("Job %s is somebody else's now", hold.job.job_id)
            return
        except StoreError as exc:
            log.error("Job %s: %s", hold.job.job_id, exc)
        except Exception:
            log.exception("Job %s: a step broke in state %s", hold.job.job_id, hold.job.state.value)
        broken += 1
        await hold.tools.clock.sleep(broke_again_s(broken))

"""The guards of a paid job's way, each with the text that takes it out and the test that has to turn red then."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_POINTS, _RACES = "test_kill_points.py", "test_kill_races.py"


@dataclass(frozen=True)
class Guard:
    """One guard; taking it out replaces each text by the one behind it."""

    name: str
    edits: tuple[tuple[str, str, str], ...]
    """File below `seedance_ui`, what stands there, and what then stands there."""
    test: str
    """File below `tests/kill`."""
    only: str
    """Which tests of it: pytest's -k."""


_MOVE_TO_SUBMITTING = 'await hold.move(state=JobState.SUBMITTING, phase=Phase.SENDING, message="Sending the request")\n'
_SEND = "submitted = await hold.provider.submit(job, handles)\n"
_POST = 'answer = await self._send(self._submit_client, "POST", path, params=params, body=body, headers=headers)\n'

GUARDS = (
    Guard(
        "a move compares state, worker and epoch",
        (
            (
                "jobs/writer.py",
                "            jobs.c.state == job.state.value,\n            jobs.c.worker == job.worker,\n"
                "            jobs.c.epoch == job.epoch,\n        )\n        try:\n",
                "        )\n        try:\n",
            ),
        ),
        _RACES,
        "frozen_before_it_sent",
    ),
    Guard(
        "the intent to send is committed before the request",
        (
            ("jobs/sending.py", f"        {_MOVE_TO_SUBMITTING}        stood", "        stood"),
            ("jobs/sending.py", f"        {_SEND}", f"        {_SEND}        {_MOVE_TO_SUBMITTING}"),
        ),
        _POINTS,
        "every_point and aimlapi",
    ),
    Guard(
        "who stood still behind that commit commits again before it sends",
        (
            (
                "jobs/sending.py",
                "stood_still = hold.tools.clock.monotonic() - begun_s > FROZEN_S",
                "stood_still = False",
            ),
        ),
        _RACES,
        "frozen_past_its_lease",
    ),
    Guard(
        "the paid request is not repeated",
        (
            (
                "providers/http.py",
                f"            {_POST}",
                f"            try:\n                {_POST}"
                f"            except httpx.RemoteProtocolError:\n                {_POST}",
            ),
        ),
        _POINTS,
        "lost_answer",
    ),
    Guard(
        "the id is committed before the rest of the answer",
        (
            ("jobs/sending.py", "        await _taken(hold, submitted.remote_id)\n", ""),
            (
                "jobs/sending.py",
                "            await apply_update(hold, submitted.update)\n\n\nasync def _taken",
                "            await apply_update(hold, submitted.update)\n"
                "        await _taken(hold, submitted.remote_id)\n\n\nasync def _taken",
            ),
        ),
        _POINTS,
        "committed_before_anything_else",
    ),
    Guard(
        "what was being sent is never sent by a recovery",
        (
            (
                "jobs/walk.py",
                "JobState.SUBMITTING: sending.recover_submitting",
                "JobState.SUBMITTING: sending.upload_and_submit",
            ),
        ),
        _POINTS,
        "every_point and aimlapi",
    ),
    Guard(
        "a video gets its name when it is whole",
        (
            (
                "jobs/download.py",
                "tools.library.part_path(job.job_id, job.epoch)",
                "tools.library.video_path(job.job_id)",
            ),
        ),
        _POINTS,
        "every_point and aimlapi",
    ),
    Guard(
        "a body is as long as it was said to be",
        (
            (
                "providers/downloads.py",
                "        if partial.total_bytes is not None and partial.size_bytes < partial.total_bytes:\n",
                "        if False:\n",
            ),
        ),
        _POINTS,
        "bad_bodies",
    ),
    Guard(
        "a video is whole by its structure",
        (
            (
                "library.py",
                "    facts = check_finished_video(path, is_all=is_all)\n",
                '    facts = __import__("types").SimpleNamespace(size_bytes=path.stat().st_size, width_px=192, '
                "height_px=144, duration_s=0.5, has_audio=False)\n",
            ),
        ),
        _POINTS,
        "bad_bodies",
    ),
    Guard(
        "one process runs the jobs of an SQLite file",
        (("jobs/runner.py", "self._lock.acquire(blocking=False)", "self._lock.is_locked"),),
        _RACES,
        "second_process and lock",
    ),
    Guard(
        "a job belongs to its worker until the lease is over",
        (
            (
                "jobs/leases.py",
                "and_(is_past, or_(jobs.c.worker != worker, is_left))",
                "or_(jobs.c.worker != worker, is_left)",
            ),
        ),
        _RACES,
        "second_process and lease",
    ),
    Guard(
        "one form makes one job",
        (
            (
                "jobs/schema.py",
                '    UniqueConstraint("owner", "form_token", "variation", name="one_job_a_click"),\n',
                "",
            ),
        ),
        _POINTS,
        "double_click",
    ),
    Guard(
        "only what was not sent is cancelled here",
        (
            (
                "jobs/store.py",
                "before_sending = jobs.c.state.in_([state.value for state in CANCELLABLE_HERE])",
                "before_sending = jobs.c.state.in_([state.value for state in OPEN_STATES])",
            ),
        ),
        _RACES,
        "wish_to_cancel",
    ),
    Guard(
        "a late id is accepted",
        (
            (
                "jobs/sending.py",
                "await hold.tools.blocking(lambda: store.adopt(job_id, remote_id=remote_id))",
                "False",
            ),
        ),
        _RACES,
        "frozen_past",
    ),
    Guard(
        "what may have been taken is looked for again after a restart",
        (
            (
                "jobs/runner.py",
                "        for job in await self._tools.blocking(store.without_answer):\n            self._search(job)\n",
                "",
            ),
        ),
        _POINTS,
        "second_kill and POST",
    ),
    Guard(
        "the rest of a click for several is not sent by itself",
        (
            (
                "jobs/runner.py",
                "            await self._tools.blocking(rest_unsent, self._tools.store, job)\n",
                "            self._start_walk(job)\n",
            ),
        ),
        _POINTS,
        "batch",
    ),
    Guard(
        "a second click on Send again is the first one",
        (("jobs/intents.py", "_commit([again], form_token, while_rests", "_commit([again], None, while_rests"),),
        _POINTS,
        "sent_again",
    ),
    Guard(
        "a shutdown waits for the paid request",
        (("jobs/runner.py", "            await asyncio.wait(sending, timeout=STOP_WITHIN_S)\n", "            pass\n"),),
        _RACES,
        "sigterm_while",
    ),
)


def without(guard: Guard, package: Path) -> dict[Path, str]:
    """Return the sources of a package that hold a guard, as they are when it is gone.

    Raises:
        LookupError: One of its texts does not stand there, or not once.
    """
    sources: dict[Path, str] = {}
    for file, text, instead in guard.edits:
        path = package / file
        source = sources.get(path) or path.read_text()
        if source.count(text) != 1:
            raise LookupError(f"{guard.name!r} is not in {file} as `guards.py` has it: update it.\n{text}")
        sources[path] = source.replace(text, instead)
    return sources

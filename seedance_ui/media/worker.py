"""Run work on pixels and samples in a child process with limits, so that no file can harm this one.

Files from people are decoded in the child only (`worker_main`): what takes too much memory, too long, or crashes a
decoder ends there, as a sentence here. The child inherits no environment, so no key either. Times are in seconds.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from seedance_ui.errors import MediaError, StoreError
from seedance_ui.media.disk import DISK_FULL

logger = logging.getLogger(__name__)

TASKS: Mapping[str, str] = MappingProxyType(
    {
        "probe_image": "seedance_ui.media.image_tasks:probe_image",
        "probe_clip": "seedance_ui.media.clip_tasks:probe_clip",
        "sanitise_image": "seedance_ui.media.image_tasks:rewrite_image",
        "thumbnail_image": "seedance_ui.media.image_tasks:write_image_thumbnail",
        "thumbnail_clip": "seedance_ui.media.clip_tasks:write_clip_thumbnail",
        "fix_image": "seedance_ui.media.fix_image:write_fixed_image",
        "fix_video": "seedance_ui.media.fix_clip:write_fixed_video",
        "fix_audio": "seedance_ui.media.fix_clip:write_fixed_sound",
        "stills": "seedance_ui.media.stills_task:write_stills",
        "storyboard": "seedance_ui.media.storyboard.render:draw_storyboard",
    }
)
"""What the child can do: "module:function", imported there only. `worker_main` says what such a function looks like."""

_MOST_LINE_BYTES = 4 * 1024 * 1024
_STDERR_TAIL_BYTES = 4096
_PACKAGE_PARENT = Path(__file__).resolve().parents[2]
_INHERITED = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR", "TEMP", "TMP")
"""What a Python process cannot start or find its libraries and temporary directory without."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a task may use before it is stopped. Memory and CPU are limited where the platform can (not Windows)."""

    memory_bytes: int
    """Address space, which is more than what is resident."""
    cpu_s: int
    """Processor time of all threads together."""
    wall_s: float
    """From the start of the process to its answer."""


PROBE_LIMITS = Limits(memory_bytes=1024**3, cpu_s=10, wall_s=15.0)
"""For looking at a file that somebody gave us."""
REWRITE_LIMITS = Limits(memory_bytes=2 * 1024**3, cpu_s=60, wall_s=90.0)
"""For writing a picture anew, 40 megapixels at most."""
RENDER_LIMITS = Limits(memory_bytes=4 * 1024**3, cpu_s=300, wall_s=300.0)
"""For encoding video: threads of libx264 reserve far more address space than they use."""

FIX_LIMITS = Limits(memory_bytes=4 * 1024**3, cpu_s=200, wall_s=110.0)
"""For making a copy that somebody waits for."""


@dataclass(slots=True)
class _Outcome:
    """What the child said before it ended."""

    result: dict[str, Any] | None = None
    error: str | None = None
    """A sentence for a person."""
    failure: str | None = None
    """`memory` or `disk`."""
    stderr_tail: bytearray = field(default_factory=bytearray)


async def run_task(
    task: str,
    args: dict[str, Any],
    *,
    limits: Limits,
    report: Callable[[float], None] | None = None,
    subject: str = "This file",
) -> dict[str, Any]:
    """Run one of `TASKS` in a child process and return its result. Cancelling kills the child.

    Args:
        task: A key of `TASKS`.
        args: JSON values for the task; paths by `path_argument`.
        limits: What it may use.
        report: Called with 0 to 1 in this event loop.
        subject: What the messages about memory, time and crashes begin with.

    Raises:
        MediaError: The file is at fault, or the task was stopped by a limit or crashed.
        StoreError: The disk is full.
    """
    request = json.dumps({"function": TASKS[task], "args": args, "limits": asdict(limits)}).encode() + b"\n"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "seedance_ui.media.worker_main",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        # `-m` puts the working directory first on the child's path: it must be ours.
        cwd=_PACKAGE_PARENT,
        env=_child_environment(),
        start_new_session=True,
        limit=_MOST_LINE_BYTES,
    )
    outcome = _Outcome()
    try:
        await asyncio.wait_for(_converse(process, request, outcome, report), limits.wall_s)
    except asyncio.TimeoutError as exc:
        raise MediaError(f"{subject} took too long to read or draw, so this was stopped.") from exc
    finally:
        await _end(process)
    if outcome.result is None:
        _raise_failure(task, subject, outcome, process.returncode)
    return outcome.result


def path_argument(path: Path) -> str:
    """Return a path as the child can use it, whose working directory is another one."""
    return str(path.absolute())


def _child_environment() -> dict[str, str]:
    """Return the child's whole environment: what it needs, and no key (D1)."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}  # noqa: TID251 - an allow-list
    return inherited | {
        "PYTHONPATH": str(_PACKAGE_PARENT),
        "PYTHONUTF8": "1",
        # Each malloc arena and OpenBLAS thread reserves address space: on many cores, more than the limit.
        "MALLOC_ARENA_MAX": "2",
        "OPENBLAS_NUM_THREADS": "1",
    }


async def _converse(
    process: asyncio.subprocess.Process,
    request: bytes,
    outcome: _Outcome,
    report: Callable[[float], None] | None,
) -> None:
    assert process.stdin and process.stdout and process.stderr  # noqa: S101 - all three are pipes
    process.stdin.write(request)
    with suppress(ConnectionError):  # It died at once: the exit code tells.
        await process.stdin.drain()
    # Standard input stays open: to the child its end means that we are gone.
    await asyncio.gather(
        _read_answers(process.stdout, outcome, report),
        _keep_tail(process.stderr, outcome.stderr_tail),
        process.wait(),
    )


async def _read_answers(
    stdout: asyncio.StreamReader, outcome: _Outcome, report: Callable[[float], None] | None
) -> None:
    while line := await stdout.readline():
        if not line.endswith(b"\n"):
            return  # Cut off by its death.
        match json.loads(line):
            case {"progress": progress}:
                if report:
                    report(progress)
            case {"result": result}:
                outcome.result = result
            case {"error": sentence}:
                outcome.error = sentence
            case {"failure": word}:
                outcome.failure = word


async def _keep_tail(stream: asyncio.StreamReader, tail: bytearray) -> None:
    while chunk := await stream.read(65536):
        tail += chunk
        del tail[:-_STDERR_TAIL_BYTES]


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill the child's whole process group where it still runs, and wait for its end."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            if sys.platform == "win32":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _raise_failure(task: str, subject: str, outcome: _Outcome, exit_code: int | None) -> NoReturn:
    if outcome.error is not None:
        raise MediaError(outcome.error)
    tail = outcome.stderr_tail.decode(errors="replace")
    logger.warning("Task %s ended with exit code %s, %s: %s", task, exit_code, outcome.failure, tail)
    if outcome.failure == "disk":
        raise StoreError(DISK_FULL)
    killed_by = signal.Signals(-exit_code).name if exit_code is not None and exit_code < 0 else None
    if outcome.failure == "memory" or killed_by == "SIGKILL":  # The kernel kills where memory is short.
        raise MediaError(f"{subject} takes too much memory to read or draw, so this was stopped.")
    if killed_by == "SIGXCPU":
        raise MediaError(f"{subject} took too long to read or draw, so this was stopped.")
    raise MediaError(f"{subject} cannot be read or drawn: the decoder stopped unexpectedly.")

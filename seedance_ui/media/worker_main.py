"""The child process of `worker`: one request on standard input, JSON lines on standard output, then the end.

A task is a function `(args, report) -> result`: JSON values in and out, `report` takes 0 to 1. It raises `MediaError`
with a sentence for a person where the file is at fault.

    in    {"function": "module:name", "args": {…}, "limits": {"memory_bytes", "cpu_s", "wall_s"}}
    out   {"progress": 0.3}, then one of {"result": {…}}, {"error": "A sentence."}, {"failure": "memory" | "disk"}
"""

from __future__ import annotations

import importlib
import io
import json
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from seedance_ui.errors import MediaError
from seedance_ui.media.disk import is_disk_full

if sys.platform != "win32":
    import resource


def main() -> NoReturn:
    """Do the task and end the process."""
    answers = _take_over_stdout()
    request = json.loads(_read_line())
    threading.Thread(target=_die_with_parent, daemon=True).start()
    _apply_limits(**request["limits"])

    def report(progress: float) -> None:
        _send(answers, {"progress": round(min(1.0, max(0.0, progress)), 4)})

    _send(answers, _run(request["function"], request["args"], report))
    # Without the interpreter's clean-up: it would wait for threads of libraries and of ours.
    sys.stderr.flush()
    os._exit(0)


def _run(function: str, args: dict[str, Any], report: Callable[[float], None]) -> dict[str, Any]:
    module, _, name = function.partition(":")
    try:
        return {"result": getattr(importlib.import_module(module), name)(args, report)}
    except MediaError as exc:
        return {"error": str(exc)}
    except MemoryError:
        return {"failure": "memory"}
    except OSError as exc:
        if is_disk_full(exc):
            return {"failure": "disk"}
        raise


def _take_over_stdout() -> io.BufferedWriter:
    """Return the real standard output, and send what libraries print to standard error instead."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return answers


def _read_line() -> bytes:
    """Read standard input up to its first newline; nothing follows it."""
    line = bytearray()
    while not line.endswith(b"\n"):
        chunk = os.read(0, 65536)
        if not chunk:
            os._exit(1)
        line += chunk
    return bytes(line)


def _die_with_parent() -> None:
    """End this process when standard input does: the parent is gone, killed perhaps, and nobody waits any more."""
    while os.read(0, 1):
        continue
    os._exit(1)


def _apply_limits(memory_bytes: int, cpu_s: int, wall_s: float) -> None:
    """Limit this process; wall time is the parent's to watch."""
    if sys.platform == "win32":
        return
    os.nice(5)  # The page comes first.
    for kind, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_CPU, cpu_s, cpu_s + 1),
        (resource.RLIMIT_AS, memory_bytes, memory_bytes),
    ):
        # macOS refuses some, and a lower limit may be set already.
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (soft, hard))


def _send(answers: io.BufferedWriter, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message).encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    main()

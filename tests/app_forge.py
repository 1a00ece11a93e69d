"""Starts apps by a fork of a process that has imported everything: `python app.py` spends most of its start on that.

What is forked runs `app.py` as the main program, with the environment and the working directory it is given, so that
it differs from `python app.py` in nothing that comes after the imports. Where there is no fork, there is no forge.
"""

from __future__ import annotations

import atexit
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
import traceback
from functools import cache
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).parents[1]
APP = ROOT / "app.py"
CAN_FORK = sys.platform == "linux"
_MOST_BYTES = 1 << 20


class ForgedApp:
    """A running app, with what of `subprocess.Popen` a test needs."""

    def __init__(self, environment: dict[str, str], directory: Path) -> None:
        """Start it.

        Args:
            environment: All that it finds.
            directory: Where it works.
        """
        output, its_output = os.pipe()
        ending, its_ending = os.pipe()
        order = json.dumps({"environment": environment, "directory": str(directory)}).encode()
        socket.send_fds(_forge(), [order], [its_output, its_ending])
        os.close(its_output)
        os.close(its_ending)
        self.stdout: IO[str] = open(output, encoding="utf-8")
        self.returncode: int | None = None
        self._ending = open(ending, encoding="utf-8")
        self.pid = int(self._ending.readline())
        self._watch = threading.Thread(target=self._wait_for_code, daemon=True)
        self._watch.start()

    def _wait_for_code(self) -> None:
        with self._ending:
            self.returncode = int(self._ending.readline())

    def send_signal(self, number: signal.Signals) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout_s: float | None = None) -> int:
        """Return its exit code; of a signal, minus its number.

        Raises:
            subprocess.TimeoutExpired: It still runs.
        """
        self._watch.join(timeout_s)
        if self.returncode is None:
            raise subprocess.TimeoutExpired(str(APP), timeout_s or 0)
        return self.returncode


@cache
def _forge() -> socket.socket:
    """Return the way to the forge of this process, which ends with it."""
    ours, its = socket.socketpair()
    program = [sys.executable, "-m", "tests.app_forge", str(its.fileno())]
    path = os.pathsep.join([str(ROOT / "tests" / "site"), str(ROOT)])
    forge = subprocess.Popen(program, cwd=ROOT, env={**os.environ, "PYTHONPATH": path}, pass_fds=[its.fileno()])
    its.close()
    atexit.register(forge.wait)
    atexit.register(ours.close)  # comes first
    return ours


# -- in the forge ----------------------------------------------------------------------------------


def main() -> None:
    """Import what the app imports, and fork an app for each order until nobody is there to give one."""
    sys.path[0] = str(ROOT)
    runpy.run_path(str(APP), run_name="app")
    assert threading.active_count() == 1, threading.enumerate()  # only this one would be there after a fork
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the keepers
    with socket.socket(fileno=int(sys.argv[1])) as orders:
        while True:
            order, descriptors, _, _ = socket.recv_fds(orders, _MOST_BYTES, 2)
            if not order:
                return
            if os.fork() == 0:
                orders.close()
                _keep(json.loads(order), *descriptors)
            for descriptor in descriptors:
                os.close(descriptor)


def _keep(order: dict[str, object], output: int, ending: int) -> NoReturn:
    """Fork the app, tell its number, and how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        os.close(ending)
        _run_app(order, output)
    os.close(output)
    os.write(ending, f"{pid}\n".encode())
    _, status = os.waitpid(pid, 0)
    os.write(ending, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _run_app(order: dict[str, object], output: int) -> NoReturn:
    """Be `python app.py`, to its end."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, place in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(descriptor, place)
    os.close(nothing)
    os.close(output)
    os.chdir(str(order["directory"]))
    os.environ.clear()
    os.environ.update(order["environment"])  # type: ignore[call-overload]
    sys.argv = [str(APP)]
    code = 1
    try:
        runpy.run_path(str(APP), run_name="__main__")
        code = 0
    except SystemExit as exc:
        code = _code_of(exc)
    finally:
        if sys.exc_info()[1] is not None:
            traceback.print_exc()
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
        os._exit(code)


def _code_of(exc: SystemExit) -> int:
    if exc.code is None or isinstance(exc.code, int):
        return exc.code or 0
    print(exc.code, file=sys.stderr)  # noqa: T201 - as Python itself does
    return 1


if __name__ == "__main__":
    main()

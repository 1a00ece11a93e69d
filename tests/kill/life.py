"""One process under test, from its start to its death, and what a person does to it over HTTP."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from seedance_ui.domain.job import ENDED_STATES
from tests.kill import child

DIES_WITHIN_S = 30
"""How long to wait for a process that is about to die, or to reach its point."""

ANSWERS_WITHIN_S = 60

_ENDED = {state.value for state in ENDED_STATES}
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["__main__", "tests.kill.preload"])
_STARTING = threading.Lock()


class DiedError(Exception):
    """The process is gone: what was asked has no answer."""


class Life:
    """A process; it begins at once. Callable from several threads."""

    def __init__(self, orders: child.Orders, *, on_held: Callable[[Life], object] = lambda life: None) -> None:
        """Start it, and return when it listens, or has died before.

        Args:
            orders: What it is to do.
            on_held: Called, in a thread of its own, when it waits at the point where it was told to; it goes on
                afterwards.
        """
        self.port: int | None = None
        """None where it died before it listened."""
        self._is_over = False
        self._on_held = on_held
        self._pipe, theirs = _PROCESSES.Pipe()
        self._process = _PROCESSES.Process(target=child.run, args=(orders, theirs), daemon=True)
        with _STARTING:  # one request to the fork server at a time
            self._process.start()
            theirs.close()
        assert self._process.pid is not None
        self._pid = self._process.pid
        self._listening = threading.Event()
        self.was_held = threading.Event()
        self.has_gone_on = threading.Event()
        """`on_held` has returned."""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self._listening.wait(ANSWERS_WITHIN_S):
            raise AssertionError("A process neither listens nor dies.")

    def _read(self) -> None:
        try:
            self.port = self._pipe.recv()
            self._listening.set()
            while self._pipe.recv() == "held":
                self.was_held.set()
                self._on_held(self)
                self.has_gone_on.set()
                self._pipe.send("go")
        except (EOFError, OSError):
            self._listening.set()

    # -- a person's side ---------------------------------------------------------------------------

    def click(self, request: dict[str, Any], *, form_token: str, count: int = 1) -> list[str]:
        """Return the ids of the jobs that a click makes.

        Raises:
            DiedError: There is no answer.
        """
        return self._ask("POST", "/test/click", {"request": request, "form_token": form_token, "count": count})

    def send_again(self, job_id: str) -> None:
        """Make a new job of one that rests.

        Raises:
            DiedError: There is no answer.
        """
        again = self._ask("POST", "/test/again", {"job_id": job_id})
        assert again is not None, f"{job_id} does not rest"

    def cancel(self, job_id: str) -> dict[str, Any]:
        """Wish that a job stops, and return it as it is then."""
        return self._ask("POST", f"/api/jobs/{job_id}/cancel", {})

    def settle(self) -> None:
        """Return when everything that goes on by itself in this process has got as far as it can."""
        self._ask("POST", "/test/settled", {})

    def watch(self, job_id: str) -> dict[str, Any]:
        """Listen to a job's events until it has ended or rests, and return the last snapshot.

        Raises:
            DiedError: The stream broke off.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self._alive(), timeout=ANSWERS_WITHIN_S)
        last: dict[str, Any] = {}
        try:
            connection.request("GET", f"/api/jobs/{job_id}/events")
            for line in connection.getresponse():
                if line.startswith(b"data: "):
                    last = json.loads(line[6:])
        except (OSError, http.client.HTTPException) as exc:
            if isinstance(exc, TimeoutError):
                raise AssertionError(f"Job {job_id} does not end; last it was {last}") from exc
            raise DiedError from exc
        finally:
            connection.close()
        if last.get("state") not in _ENDED:
            raise DiedError
        return last

    def _ask(self, method: str, path: str, body: dict[str, Any]) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._alive(), timeout=ANSWERS_WITHIN_S)
        try:
            connection.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as exc:
            raise DiedError from exc
        finally:
            connection.close()
        assert answer.status < 300, f"{method} {path}: {answer.status} {content.decode()[:500]}"
        return json.loads(content)

    def _alive(self) -> int:
        if self.port is None:
            raise DiedError
        return self.port

    # -- its end -----------------------------------------------------------------------------------

    def died_by_itself(self) -> bool:
        """Return whether it has killed itself, or does so now."""
        self._process.join(DIES_WITHIN_S)
        return self._process.exitcode == -signal.SIGKILL

    def freeze(self) -> None:
        """Stop it where it is, as a machine that is out of memory does, and return once every thread stands still."""
        self._signal(signal.SIGSTOP)
        while _moves(self._pid):
            time.sleep(0.001)  # it is the fork server's child, so that no event tells us

    def thaw(self) -> None:
        """Let it go on as if nothing had been."""
        self._signal(signal.SIGCONT)

    def terminate(self) -> None:
        """Ask it to leave."""
        self._signal(signal.SIGTERM)

    def strike(self) -> None:
        """Kill it, and do not wait for its end."""
        self._signal(signal.SIGKILL)

    def wait_for_end(self) -> None:
        """Return when it has left."""
        self._process.join(DIES_WITHIN_S)

    def kill(self) -> None:
        """End it where it still lives, and take back everything that it held."""
        if self._is_over:
            return
        self.strike()
        self._is_over = True
        self._process.join()
        self._reader.join()
        self._pipe.close()
        self._process.close()

    def _signal(self, number: signal.Signals) -> None:
        if not self._is_over:
            with suppress(ProcessLookupError):  # it has died of itself
                os.kill(self._pid, number)


def _moves(pid: int) -> bool:
    """Return whether a thread of a process has not stopped yet, where the system tells: a signal takes its time."""
    threads = Path(f"/proc/{pid}/task").glob("*/stat")
    return any(thread.read_text().rpartition(")")[2].split()[0] not in "TXZ" for thread in threads)

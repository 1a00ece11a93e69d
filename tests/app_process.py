"""The app as a person starts it: `app.py` in a process of its own, without keys, on a free port."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from queue import Queue
from typing import Any, ClassVar
from urllib.request import urlopen

from seedance_ui.variables import VARIABLES
from tests.app_forge import APP, CAN_FORK, ROOT, ForgedApp

START_WITHIN_S = 60
STOP_WITHIN_S = 20
_ANNOUNCED = re.compile(r"is on (http://127\.0\.0\.1:\d+)")


class AppProcess:
    """One data directory, and the process that serves it; `restart` brings a new process to the same data."""

    is_forged: ClassVar[bool] = CAN_FORK
    """Whether it spares the imports; else it is `python app.py` to the letter."""

    def __init__(self, directory: Path, **variables: str) -> None:
        """Make the directories; nothing runs before `start`.

        Args:
            directory: Data, uploads and working directory go below it.
            **variables: Environment on top of what every test has.
        """
        self.data_dir = directory / "data"
        self.url = ""
        """Where it answers, without a slash at the end; the same after a restart."""
        self.log: list[str] = []
        """What every process so far wrote."""
        self._working_dir = directory / "working"
        """Not the checkout: its `.env` is somebody's."""
        self._working_dir.mkdir(parents=True)
        self._environment = _environment(directory, variables)
        self._process: subprocess.Popen[str] | ForgedApp | None = None
        self._reader: threading.Thread | None = None

    def start(self) -> None:
        """Start a process and return once it has answered."""
        process = self._spawn()
        announced: Queue[str | None] = Queue()
        self._process = process
        self._reader = threading.Thread(target=self._read, args=(process, announced), daemon=True)
        self._reader.start()
        url = announced.get(timeout=START_WITHIN_S)
        assert url, f"The app ended before it was up:\n{self.text()}"
        self.url = url
        # A browser keeps what is a visitor's by the address, port included.
        self._environment["GRADIO_SERVER_PORT"] = url.rpartition(":")[2]
        # It listens before it serves: the first answer comes when it is ready.
        assert self.health()["status"] == "ok"

    def _spawn(self) -> subprocess.Popen[str] | ForgedApp:
        if self.is_forged:
            return ForgedApp(self._environment, self._working_dir)
        return subprocess.Popen(
            [sys.executable, str(APP)],
            cwd=self._working_dir,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )

    def stop(self, with_signal: signal.Signals = signal.SIGINT) -> None:
        """End the process, by default as Ctrl + C does, and wait for it."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(with_signal)
        try:
            process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        finally:
            assert self._reader is not None and process.stdout is not None
            self._reader.join(STOP_WITHIN_S)
            process.stdout.close()
        # uvicorn shuts down in order and then raises the signal once more, which we take for Ctrl + C only.
        assert process.returncode == (0 if with_signal is signal.SIGINT else -with_signal), self.text()

    def restart(self) -> None:
        """Stop, and start again on the same data."""
        self.stop()
        self.start()

    def health(self) -> dict[str, Any]:
        """Return what `/healthz` says."""
        return json.loads(self.fetch("/healthz"))

    def jobs(self) -> dict[str, int]:
        """Return how many jobs there are in each state that has any."""
        return self.health()["jobs"]

    def job_count(self) -> int:
        """Return how many jobs there are."""
        return sum(self.jobs().values())

    def snapshot(self, job_id: str) -> dict[str, Any]:
        """Return a job as it is now."""
        return json.loads(self.fetch(f"/api/jobs/{job_id}"))

    def fetch(self, path: str) -> bytes:
        """Return the body behind a path."""
        with urlopen(self.url + path, timeout=START_WITHIN_S) as answer:
            return answer.read()

    def text(self) -> str:
        """Return the log."""
        return "".join(self.log)

    def _read(self, process: subprocess.Popen[str] | ForgedApp, announced: Queue[str | None]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.log.append(line)
            if found := _ANNOUNCED.search(line):
                announced.put(found[1])
        announced.put(None)


def _environment(directory: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment without anybody's settings and keys."""
    ours = {variable.name for variable in VARIABLES} | {"SPACE_ID", "SPACE_HOST"}
    return {
        **{name: value for name, value in os.environ.items() if name not in ours},
        "SEEDANCE_DATA_DIR": str(directory / "data"),
        "GRADIO_TEMP_DIR": str(directory / "gradio"),
        "GRADIO_SERVER_PORT": "0",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "tests" / "site"), str(ROOT)]),
        "PYTHONUNBUFFERED": "1",
        **variables,
    }

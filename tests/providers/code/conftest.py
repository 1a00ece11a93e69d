"""Programs that really run: with bash, curl and jq, with this Python, and with Node."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import playwright
import pytest

from seedance_ui.providers.code.program import Program

Run = Callable[..., "subprocess.CompletedProcess[str]"]

_FILE_NAMES = {"curl": "program.sh", "python": "program.py", "javascript": "program.mjs"}


def node() -> str:
    """Return a Node: the machine's own, or the one inside of Playwright."""
    return shutil.which("node") or str(Path(playwright.__file__).parent / "driver" / "node")


def find_interpreter(language: str) -> list[str]:
    """Return what runs a language; skips where this machine has it not."""
    if language == "python":
        return [sys.executable, "-I", "-S"]  # the standard library, and nothing that was installed
    if language == "javascript":
        return [node()]
    missing = [name for name in ("bash", "curl", "jq") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"no {' and no '.join(missing)} on this machine")
    return ["bash"]


@pytest.fixture(scope="session")
def interpreter() -> Callable[[str], list[str]]:
    """Return a way to the command that runs a language."""
    return find_interpreter


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return a way to run a program in an empty directory, with nothing in its environment but what is given.

    Every text in `replacements` must be in the program: what a test changes is what is there.
    """
    directory = tmp_path / "elsewhere"
    directory.mkdir()

    def run_one(
        program: Program, replacements: dict[str, str], environment: dict[str, str], *, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        code = program.code
        for old, new in replacements.items():
            assert old in code, f"{old!r} is not in:\n{code}"
            code = code.replace(old, new)
        path = directory / _FILE_NAMES[program.language]
        path.write_text(code, encoding="utf-8")
        done = subprocess.run(
            [*find_interpreter(program.language), path.name],
            cwd=directory,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "NO_PROXY": "*", **environment},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        assert not check or done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{code}"
        return done

    run_one.directory = directory  # type: ignore[attr-defined]
    return run_one

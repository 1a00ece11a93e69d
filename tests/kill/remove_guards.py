"""Take out one guard after the other, and see the harness turn red: `python tests/kill/remove_guards.py [words]`.

Works on a copy of the sources. Ends with an error where a guard's text is not there any more, or where its absence
goes unnoticed. Words choose guards by their names.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.kill.guards import GUARDS, Guard, without  # noqa: E402 - started as a script

COPIED = ("seedance_ui", "tests", "assets", "app.py", "pyproject.toml")
ENDS_WITHIN_S = 300


def main(words: list[str]) -> None:
    """Print a line for each guard, and what turned red."""
    unnoticed = []
    for guard in (guard for guard in GUARDS if all(word in guard.name for word in words)):
        with tempfile.TemporaryDirectory() as directory:
            output = _run_without(guard, Path(directory))
        colour = "GREEN" if output is None else "red  "
        print(f"{colour} without: {guard.name}", *_found(output or ""), sep="\n      ", flush=True)  # noqa: T201 - by hand
        unnoticed += [guard.name] if output is None else []
    if unnoticed:
        sys.exit(f"Nothing notices that these are gone: {'; '.join(unnoticed)}")


def _run_without(guard: Guard, copy: Path) -> str | None:
    """Return what pytest prints on a copy without a guard; None where every test passes."""
    _copy_without(guard, copy)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"tests/kill/{guard.test}", "-k", guard.only],
        cwd=copy,
        capture_output=True,
        text=True,
        timeout=ENDS_WITHIN_S,
        check=False,
    )
    if ran.returncode not in (0, 1) or " error" in ran.stdout.splitlines()[-1]:
        sys.exit(f"The tests of {guard.name!r} did not run:\n{ran.stdout[-3000:]}")
    return ran.stdout if ran.returncode else None


def _copy_without(guard: Guard, copy: Path) -> None:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    for path, source in without(guard, copy / "seedance_ui").items():
        path.write_text(source)


def _found(output: str) -> list[str]:
    """Return the first broken invariant of each test that failed: pytest's words for it."""
    lists = re.findall(r"^E .*(?:first extra item: |one more item: |At index \d+ diff: )(.*)$", output, re.MULTILINE)
    recordings = re.findall(r"^E +AssertionError: \('.*?', \[(.*?)\], ", output, re.MULTILINE)
    others = re.findall(r"^E +AssertionError: (?!assert|\()(.*)$", output, re.MULTILINE)
    return list(dict.fromkeys([*lists, *recordings, *others]))[:4]


if __name__ == "__main__":
    main(sys.argv[1:])

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

from tests.kill.guards import GUARDS, Guard  # noqa: E402 - started as a script

COPIED = ("seedance_ui", "tests", "assets", "app.py", "pyproject.toml")
ENDS_WITHIN_S = 300


def main(words: list[str]) -> None:
    """Print a line for each guard, and what turned red."""
    unnoticed = []
    for guard in (guard for guard in GUARDS if all(word in guard.name for word in words)):
        with tempfile.TemporaryDirectory() as directory:
            red = _without(guard, Path(directory))
        print(f"{'red  ' if red else 'GREEN'} without: {guard.name}", *red, sep="\n      ", flush=True)  # noqa: T201 - run by hand
        unnoticed += [] if red else [guard.name]
    if unnoticed:
        sys.exit(f"Nothing notices that these are gone: {'; '.join(unnoticed)}")


def _without(guard: Guard, copy: Path) -> list[str]:
    """Return what the harness finds on a copy without a guard; empty where it finds nothing."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    for file, text, instead in guard.edits:
        path = copy / "seedance_ui" / file
        source_text = path.read_text()
        if source_text.count(text) != 1:
            sys.exit(f"{guard.name!r} is not in {file} as `guards.py` has it: update it.\n{text}")
        path.write_text(source_text.replace(text, instead))
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-vv", "-p", "no:cacheprovider", f"tests/kill/{guard.test}"]
        + ["-k", guard.only],
        cwd=copy,
        capture_output=True,
        text=True,
        timeout=ENDS_WITHIN_S,
        check=False,
    )
    if ran.returncode not in (0, 1) or not re.search(r"\d+ (passed|failed)", ran.stdout):
        sys.exit(f"The tests of {guard.name!r} did not run:\n{ran.stdout[-3000:]}")
    if ran.returncode == 0:
        return []
    found = re.findall(r"^E +(?:[-+?] +)?['\"](.*)['\"],$", ran.stdout, re.MULTILINE)
    return list(dict.fromkeys(found))[:4] or [line for line in ran.stdout.splitlines() if line.startswith("FAILED")]


if __name__ == "__main__":
    main(sys.argv[1:])

"""The house itself: what is declared is what is used, and the walls between the rooms stand."""

from __future__ import annotations

import ast
import asyncio
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_socket
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
SOURCES = [ROOT / "app.py", *sorted((ROOT / "seedance_ui").rglob("*.py"))]

BAN_LIFTED_IN = {
    "app.py",  # mounts the page
    "seedance_ui/config.py",  # reads the environment
    "seedance_ui/media/worker.py",  # hands an allow-list of the environment to its child process
    "seedance_ui/providers/http.py",  # talks HTTP
}
FOR_DEVELOPERS = [path for folder in ("tests", "tools", "bench") for path in sorted((ROOT / folder).rglob("*.py"))]
OURS = {path.stem for folder in (ROOT, ROOT / "tests", ROOT / "tools") for path in folder.iterdir()}
"""Names that are imported and installed by nobody: ours."""
OTHER_NAMES = {"PIL": "pillow", "dotenv": "python-dotenv", "yaml": "pyyaml"}
"""What is imported under another name than it is installed under."""
NOT_IMPORTED_BY_NAME = {"psycopg"}
"""SQLAlchemy loads it, by the scheme of DATABASE_URL."""
PLUGINS_AND_COMMANDS = {
    *("pytest-asyncio", "pytest-xdist", "pytest-timeout", "pytest-rerunfailures"),
    *("ruff", "mypy", "import-linter", "uv"),
}
"""Nobody imports them."""


# No way out


@pytest.mark.parametrize("address", [("192.0.2.1", 443), ("93.184.216.34", 80)], ids=str)
def test_socket_to_another_machine_is_refused(address: tuple[str, int]) -> None:
    with socket.socket() as client, pytest.raises(pytest_socket.SocketConnectBlockedError):
        client.connect(address)


async def test_asyncio_reaches_this_machine_and_no_other() -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        assert await reader.read() == b"hello"
        writer.close()
        await writer.wait_closed()

    with pytest.raises(pytest_socket.SocketConnectBlockedError):
        await asyncio.open_connection("192.0.2.1", 443)


# Without a browser


def test_every_test_on_a_page_is_marked_as_one_that_needs_a_browser() -> None:
    """`make test-lowest` leaves these out."""
    widgets = sorted((ROOT / "tests" / "ui" / "widgets").glob("test_*_browser.py"))
    assert widgets
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--collect-only", "-m", "not browser"]
    result = subprocess.run(
        [*command, "tests/browser", *widgets], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert result.returncode == pytest.ExitCode.NO_TESTS_COLLECTED, result.stdout + result.stderr


# Requirements


def requirements(name: str) -> dict[str, Requirement]:
    """Return the requirements of a file by their canonical name."""
    lines = (line.partition("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    parsed = (Requirement(line) for line in lines if line)
    return {canonicalize_name(requirement.name): requirement for requirement in parsed}


def imported_packages(paths: list[Path]) -> set[str]:
    """Return the packages that files import, by the names under which they are installed."""
    outside = set(imported_names(paths)) - sys.stdlib_module_names - OURS
    return {canonicalize_name(OTHER_NAMES.get(name, name)) for name in outside}


def imported_names(paths: list[Path]) -> Iterator[str]:
    """Yield the top-level names that files import."""
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.partition(".")[0]


def test_requirements_are_exactly_what_the_sources_import() -> None:
    assert imported_packages(SOURCES) | NOT_IMPORTED_BY_NAME == set(requirements("requirements.txt"))


def test_requirements_for_developers_are_exactly_what_tests_and_tools_need_beside_those() -> None:
    imported = imported_packages(FOR_DEVELOPERS) - set(requirements("requirements.txt"))

    assert imported | PLUGINS_AND_COMMANDS == set(requirements("requirements-dev.txt"))


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_has_a_tested_lower_bound_and_a_reason(name: str) -> None:
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        assert line.startswith("#") or re.fullmatch(r"[a-z\-]+(\[binary\])?>=\S+ +# \S.+", line), line


def test_gradio_comes_without_its_second_door() -> None:
    """C10: `gradio[mcp]` would offer the paid verbs to any agent."""
    assert requirements("requirements.txt")["gradio"].extras == set()


def test_constraints_hold_one_allowed_version_of_every_requirement_here() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.lstrip().startswith("#")]
    here = {canonicalize_name(pin.name): pin for pin in pins if pin.marker is None or pin.marker.evaluate()}

    for name, wanted in {**requirements("requirements.txt"), **requirements("requirements-dev.txt")}.items():
        (exact,) = here[name].specifier
        assert exact.operator == "=="
        assert wanted.specifier.contains(exact.version), f"{name}: run `make constraints`"


def test_constraints_name_no_place_of_the_machine_that_made_them() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")

    assert "make constraints" in text
    assert not re.search(r"://|--|^/|\s/|\[", text, re.MULTILINE)


# Walls


@pytest.mark.parametrize(
    ("path", "statement", "banned"),
    [
        ("seedance_ui/web/x.py", "import gradio", True),
        ("seedance_ui/ui/x.py", "import gradio", False),
        ("seedance_ui/ui/widgets/x.py", "from gradio import HTML", False),
        ("seedance_ui/ui/x.py", "import httpx", True),
        ("seedance_ui/providers/x.py", "import httpx", True),
        ("seedance_ui/ui/x.py", "import os\n\nos.environ.get('A')", True),
        ("seedance_ui/jobs/x.py", "import os\n\nos.getenv('A')", True),
    ],
)
def test_ruff_bans_an_import_outside_its_room(path: str, statement: str, banned: bool) -> None:
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--select", "TID251", "--stdin-filename", path, "-"]
    result = subprocess.run(command, input=statement, cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.returncode == banned, result.stdout + result.stderr
    assert ("TID251" in result.stdout) is banned


def test_the_ban_is_lifted_only_where_the_house_says_so() -> None:
    lifted = {
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if re.search(r"noqa:.*TID251", path.read_text(encoding="utf-8"))
    }

    assert lifted == BAN_LIFTED_IN


# Container


def test_dockerfile_copies_what_exists_and_what_the_ignore_file_lets_in() -> None:
    copies = re.findall(r"^COPY (.+) \S+$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    sources = {source for line in copies for source in line.split()}
    let_in = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)

    assert sources
    assert sources == set(let_in)
    assert all((ROOT / source).exists() for source in sources)


@pytest.mark.parametrize(
    "script", [ROOT / ".ci" / "run", *sorted((ROOT / "tools").glob("*.sh"))], ids=lambda path: path.name
)
def test_script_can_be_run_and_is_free_of_syntax_errors(script: Path) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("no bash on this machine")

    assert script.stat().st_mode & 0o111
    assert subprocess.run([bash, "-n", script], check=False).returncode == 0

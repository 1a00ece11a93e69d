"""A PostgreSQL server of the tests' own: an unprivileged user, loopback, a data directory that goes at the end."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import URL, make_url

if TYPE_CHECKING:
    import pwd

SUPERUSER = "seedance"
START_WITHIN_S = 60
STARTS = 3
"""A port that was free may be somebody else's a moment later."""

# Nothing here survives a power cut: the process that is killed is the app, never this server.
# Its zone is an odd one, so that a time which is not taken as UTC shows.
CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
full_page_writes = off
autovacuum = off
shared_buffers = 16MB
max_connections = 200
timezone = 'Asia/Kathmandu'
"""


class PostgresqlMissingError(Exception):
    """No server can be run here; says why and what to do."""


@dataclass(frozen=True, slots=True)
class PostgresqlServer:
    """A server that answers."""

    port: int
    password: str

    @contextlib.contextmanager
    def fresh_database(self) -> Iterator[str]:
        """Give the SQLAlchemy URL of an empty database that nobody else uses, and drop it at the end."""
        url = self.new_database()
        try:
            yield url
        finally:
            self._run(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def new_database(self) -> str:
        """Return the SQLAlchemy URL of an empty database, which stays as long as the server; from any thread."""
        name = f"test_{next(_numbers)}"
        self._run(f"CREATE DATABASE {name}")
        return self.url(name)

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of a database."""
        url = URL.create("postgresql+psycopg", SUPERUSER, self.password, "127.0.0.1", self.port, database)
        return url.render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        place = {"host": "127.0.0.1", "port": self.port, "dbname": "postgres"}
        with psycopg.connect(**place, user=SUPERUSER, password=self.password, autocommit=True) as db:
            db.execute(statement)  # type: ignore[arg-type]


_numbers = count(1)


@contextlib.contextmanager
def running_postgresql() -> Iterator[PostgresqlServer]:
    """Make a data directory, serve it, and leave nothing behind.

    Raises:
        PostgresqlMissingError: There is no PostgreSQL, or it cannot run as who we are.
    """
    programs = _Programs(_find_programs(), _unprivileged_user(), Path(tempfile.mkdtemp(prefix="postgresql-")))
    try:
        password = programs.make_data()
        port = programs.start()
        try:
            yield PostgresqlServer(port, password)
        finally:
            programs.run("pg_ctl", "stop", "--mode", "immediate")
    finally:
        shutil.rmtree(programs.directory)


@dataclass(frozen=True, slots=True)
class _Programs:
    """PostgreSQL's own programs, on one data directory."""

    folder: Path
    user: pwd.struct_passwd | None
    """Who runs them; None for us."""
    directory: Path
    """The data go below it."""

    @property
    def _data(self) -> Path:
        return self.directory / "data"

    def make_data(self) -> str:
        """Make an empty server, and return its superuser's password: other people may reach loopback too."""
        password = secrets.token_hex(16)
        password_file = self.directory / "password"
        password_file.write_text(password)
        if self.user is not None:
            for path in (self.directory, password_file):
                try:
                    os.chown(path, self.user.pw_uid, self.user.pw_gid)
                except PermissionError as exc:
                    raise PostgresqlMissingError("PostgreSQL refuses root, and this root may be nobody else") from exc
        who = ("--username", SUPERUSER, "--pwfile", str(password_file), "--auth", "scram-sha-256")
        self.run("initdb", *who, "--encoding", "UTF8", "--locale", "C", "--no-sync")
        with (self._data / "postgresql.conf").open("a") as file:
            file.write(CONFIGURATION)
        return password

    def start(self) -> int:
        """Serve, and return the port once it answers."""
        for left in reversed(range(STARTS)):
            port = _free_port()
            try:
                log = str(self.directory / "log")
                self.run("pg_ctl", "start", "--wait", "--timeout", str(START_WITHIN_S), "-o", f"-p {port}", "-l", log)
            except subprocess.CalledProcessError:
                if not left:
                    raise
            else:
                break
        return port

    def run(self, program: str, *arguments: str) -> None:
        """Run one of them to its end."""
        command = [str(self.folder / program), "--pgdata", str(self._data), *arguments]
        environment = {"PATH": os.defpath, "LC_ALL": "C", "HOME": str(self.directory)}
        # As root the working directory may be one that the other user cannot enter.
        who = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": ()} if self.user else {}
        # A server keeps what it is given as its output: a pipe would never end.
        with (self.directory / f"{program}.log").open("ab") as output:
            subprocess.run(
                command,
                cwd=self.directory,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=True,
                **who,
            )


def _find_programs() -> Path:
    """Return the newest PostgreSQL's programs: Debian keeps them out of the PATH."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    if found := max(versions, key=lambda path: int(re.sub(r"\D", "", path.parts[-3]) or 0), default=None):
        return found.parent
    if in_path := shutil.which("initdb"):
        return Path(in_path).parent
    raise PostgresqlMissingError("PostgreSQL is not installed: run tools/install_postgresql.sh, or install it yourself")


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Return who runs the server in place of root, which PostgreSQL refuses; None for us."""
    if os.name != "posix":
        raise PostgresqlMissingError("The tests run a PostgreSQL server on Linux and macOS only")
    if os.getuid() != 0:
        return None
    import pwd  # there is none elsewhere

    names = {user.pw_name for user in pwd.getpwall()}
    return pwd.getpwnam("postgres" if "postgres" in names else "nobody")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]

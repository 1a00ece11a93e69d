"""Settings: how each variable is read and checked; the only reader of the environment.

`Settings.from_env` is pure but for one question about the disk of a Space: a mapping in, a frozen value out. The
variables themselves stand in `variables.py`. Money is in US dollars. A key's value stands in no message and no `repr`.
"""

from __future__ import annotations

import difflib
import io
import ipaddress
import logging
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

import platformdirs
from dotenv.parser import parse_stream
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from seedance_ui.errors import ConfigError
from seedance_ui.variables import KEY_VARIABLES, PROVIDER_VARIABLES, UNENFORCED_CAPS, VARIABLES

logger = logging.getLogger(__name__)

_DEFAULTS = {variable.name: variable.default for variable in VARIABLES}
_OUR_PREFIXES = ("SEEDANCE_", "SCENARIO_", "AIMLAPI_")
_MAX_KEY_CHARS = 512


SPACE_VOLUME = Path("/data")
"""Where a Space has its volume, if nobody chose another place. Source: docs/hub/spaces-storage, 2026-11-20 (C)."""


def _is_volume(path: Path) -> bool:
    """Return whether something is mounted there that can be written: an image may bring a folder of that name."""
    return path != Path(path.anchor) and os.path.ismount(path) and os.access(path, os.W_OK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the owner decided. Read once at start and passed on as a value."""

    keys: Mapping[str, str] = field(repr=False)
    """Variable to secret, for those of `KEY_VARIABLES` that are set."""
    provider_values: Mapping[str, str]
    """Variable to value, for the other variables that providers declare: those that are set or have a default."""
    data_dir: Path
    """Absolute; it may not exist yet."""
    database_url: str = field(repr=False)
    """For SQLAlchemy; may hold a password."""
    is_public: bool
    """Whether visitors are strangers."""
    daily_budget_usd: Decimal | None
    """Over all visitors, a UTC day; None where no cap is set. Like the two below it limits nothing yet."""
    visitor_daily_jobs: int | None
    max_job_usd: Decimal | None
    is_paused: bool
    """Whether new paid jobs are refused."""
    public_url: str | None
    """Where a provider can fetch a file from us; None where it cannot."""
    server_name: str
    server_port: int
    """0 takes a free one."""
    is_space: bool
    """Whether this runs on Hugging Face Spaces."""
    is_ephemeral: bool
    """Whether a restart empties the data directory: on a Space without a volume there."""

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """Names under which the app may be called, in lower case and without a port.

        A page of another name that resolves here is an attack (DNS rebinding).
        """
        outside = urlsplit(self.public_url).hostname if self.public_url else None
        names = {"localhost", "127.0.0.1", "::1", self.server_name.lower(), outside}
        return frozenset(name for name in names if name) - {"0.0.0.0", "::"}  # noqa: S104 - no name of anything

    @property
    def allows_ip_hosts(self) -> bool:
        """Whether a bare address will do as well: bound to every interface, it has addresses that we cannot know."""
        return not _is_loopback(self.server_name)

    @classmethod
    def from_env(cls, mapping: Mapping[str, str], *, is_volume: Callable[[Path], bool] = _is_volume) -> Settings:
        """Build the settings from variables; an empty or blank value counts as unset.

        Args:
            mapping: The variables.
            is_volume: Whether a volume is mounted at a path; asked on a Space only.

        Raises:
            ConfigError: A value has not the wanted form; the message names the variable.
        """
        env = {name: value.strip() for name, value in mapping.items() if value.strip()}
        is_space = "SPACE_ID" in env
        data_dir = _data_dir(env, is_space and is_volume(SPACE_VOLUME))
        # A Space's proxy comes from outside the container.
        server_name = env.get("GRADIO_SERVER_NAME", "0.0.0.0" if is_space else "127.0.0.1")  # noqa: S104
        return cls(
            keys=MappingProxyType({name: _key(env, name) for name in KEY_VARIABLES if name in env}),
            provider_values=MappingProxyType(_provider_values(env)),
            data_dir=data_dir,
            database_url=_database_url(env, data_dir),
            is_public=_switch(env, "SEEDANCE_PUBLIC", default=is_space or not _is_loopback(server_name)),
            daily_budget_usd=_dollars(env, "SEEDANCE_DAILY_BUDGET_USD"),
            visitor_daily_jobs=_count(env, "SEEDANCE_VISITOR_DAILY_JOBS"),
            max_job_usd=_dollars(env, "SEEDANCE_MAX_JOB_USD"),
            is_paused=_switch(env, "SEEDANCE_PAUSE", default=False),
            public_url=_public_url(env),
            server_name=server_name,
            server_port=_port(env),
            is_space=is_space,
            is_ephemeral=is_space and not any(is_volume(path) for path in (data_dir, *data_dir.parents)),
        )


def read_environment(dotenv_path: Path) -> dict[str, str]:
    """Return the real environment, and below it what the file at `dotenv_path` says; the file may be missing.

    Values stand as they are written: nothing is interpolated. A variable that is set but empty hides the file's.

    Raises:
        ConfigError: A line of the file cannot be read; the message names the line, never its value.
    """
    env = {**_read_dotenv(dotenv_path), **os.environ}  # noqa: TID251 - the one place
    _warn_of_caps(env)
    return env


def _read_dotenv(path: Path) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as exc:
        raise ConfigError(f"`{path.name}` is not UTF-8 text. Save it as UTF-8.") from exc
    except OSError as exc:
        raise ConfigError(f"`{path.name}` cannot be read: {exc.strerror}.") from exc
    values: dict[str, str] = {}
    for binding in parse_stream(io.StringIO(text)):
        written = binding.original.string
        if binding.error or (binding.key is not None and binding.value is None):
            # The parser counts from where the blank lines before the entry begin.
            blank = written[: len(written) - len(written.lstrip())].count("\n")
            raise ConfigError(_line_message(path, binding.original.line + blank, written))
        if binding.key is not None and binding.value is not None:
            values[binding.key] = binding.value
    _warn_of_unknown_names(path, values)
    return values


def _line_message(path: Path, line: int, written: str) -> str:
    readable = re.match(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=", written, re.ASCII)
    where = f" ({readable[1]})" if readable else ""
    return f"`{path.name}` line {line}{where}: this cannot be read. Write NAME=value, and close every quote."


def _warn_of_unknown_names(path: Path, values: Mapping[str, str]) -> None:
    known = [variable.name for variable in VARIABLES]
    for name in values:
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.85)
        if name not in known and (close or name.startswith(_OUR_PREFIXES)):
            hint = f" Did you mean {close[0]}?" if close else ""
            logger.warning("`%s` sets %s, which is no setting of this app.%s", path.name, name, hint)


def _warn_of_caps(env: Mapping[str, str]) -> None:
    names = [name for name in UNENFORCED_CAPS if env.get(name, "").strip()]
    if names:
        logger.warning(
            "Set, but not enforced yet: %s. In public mode nobody can spend on the owner's keys at all; on your own "
            "machine nothing limits what you spend.",
            ", ".join(names),
        )


def _key(env: Mapping[str, str], name: str) -> str:
    value = env[name]
    if len(value) > _MAX_KEY_CHARS or not re.fullmatch(r"[!-~]+", value):
        raise ConfigError(f"{name} must be at most {_MAX_KEY_CHARS} ASCII characters without spaces or line breaks.")
    return value


def _switch(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    words = {"on": True, "true": True, "yes": True, "1": True, "off": False, "false": False, "no": False, "0": False}
    value = env.get(name)
    if value is None:
        return default
    if value.lower() not in words:
        raise ConfigError(f"{name} is {value!r}. It must be on or off.")
    return words[value.lower()]


def _dollars(env: Mapping[str, str], name: str) -> Decimal | None:
    value = env.get(name)
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", value) or not Decimal(value):
        raise ConfigError(f"{name} is {value!r}. It must be an amount of US dollars above 0, such as 5 or 2.50.")
    return Decimal(value)


def _count(env: Mapping[str, str], name: str) -> int | None:
    value = env.get(name)
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", value) or int(value) == 0:
        raise ConfigError(f"{name} is {value!r}. It must be a whole number above 0.")
    return int(value)


def _port(env: Mapping[str, str]) -> int:
    value = env.get("GRADIO_SERVER_PORT", _DEFAULTS["GRADIO_SERVER_PORT"])
    if not re.fullmatch(r"[0-9]{1,5}", value) or int(value) > 65535:
        raise ConfigError(f"GRADIO_SERVER_PORT is {value!r}. It must be a whole number from 0 to 65535.")
    return int(value)


def _url(name: str, value: str) -> str:
    """Return a URL that may carry a key, without its last slash: https, or plain http to this machine."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as exc:
        raise ConfigError(f"{name} is no URL. It must look like https://example.com.") from exc
    if "@" in parts.netloc:  # the value may hold a password: not shown
        raise ConfigError(f"{name} holds a user name or password. Take it out, with the @ behind it.")
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host or ""))
    if not host or not is_safe or parts.query or parts.fragment or re.search(r"\s", value):
        raise ConfigError(
            f"{name} is {value!r}. It must be an https URL without ? and #; plain http is for this machine only."
        )
    return value.rstrip("/")


def _provider_values(env: Mapping[str, str]) -> dict[str, str]:
    """Return what providers are given beside their keys."""
    values = {}
    for variable in PROVIDER_VARIABLES:
        if variable.kind == "base_url":
            values[variable.name] = _url(variable.name, env.get(variable.name, variable.default))
        elif variable.kind == "project" and variable.name in env:
            values[variable.name] = env[variable.name]
    return values


def _public_url(env: Mapping[str, str]) -> str | None:
    if "SEEDANCE_PUBLIC_URL" in env:
        return _url("SEEDANCE_PUBLIC_URL", env["SEEDANCE_PUBLIC_URL"])
    return _url("SPACE_HOST", f"https://{env['SPACE_HOST']}") if "SPACE_HOST" in env else None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _data_dir(env: Mapping[str, str], has_volume: bool) -> Path:
    written = env.get("SEEDANCE_DATA_DIR")
    if written is None and has_volume:
        return SPACE_VOLUME / "seedance-playground"
    if written is None:
        return Path(platformdirs.user_data_dir("seedance-playground", appauthor=False)).absolute()
    try:
        return Path(written).expanduser().absolute()
    except RuntimeError as exc:
        raise ConfigError(f"SEEDANCE_DATA_DIR is {written!r}, and nobody's home directory is there.") from exc


def _database_url(env: Mapping[str, str], data_dir: Path) -> str:
    """Return a URL for SQLAlchemy; its value is in no message, since it may hold a password."""
    written = env.get("DATABASE_URL")
    if written is None:
        return f"sqlite:///{(data_dir / 'seedance.sqlite3').as_posix()}"
    try:
        url = make_url(written)
    except (ArgumentError, ValueError) as exc:
        raise ConfigError(
            "DATABASE_URL is no SQLAlchemy URL. It must look like postgresql+psycopg://user@host/name."
        ) from exc
    # Hosts hand out postgres:// and postgresql://; the driver that requirements.txt brings is psycopg.
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise ConfigError("DATABASE_URL names no file. Jobs must survive a restart: sqlite:////path/to/jobs.sqlite3.")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise ConfigError("DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://.")
    return url.render_as_string(hide_password=False)

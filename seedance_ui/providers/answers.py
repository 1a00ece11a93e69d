"""A provider's complete answer, and how it is read. All durations in seconds."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic.alias_generators import to_camel

from seedance_ui.domain.verdicts import shown
from seedance_ui.errors import UnexpectedResponseError

MAX_RETRY_AFTER_S = 300.0

MAX_ID_CHARS = 256
"""A longer id is none: it could neither be asked for nor be read by a person."""

_WINDOW_BITS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
"""How zlib is told which it is. Sources: RFC 9110, section 8.4.1; https://zlib.net/manual.html."""

_SECONDS = re.compile(r"[0-9]{1,15}")

_WORD_FIELDS = ("reason", "message", "error", "detail")
"""Where providers put their words, the most telling first. Source: S-BL and AI-DOC of providers.md (C)."""

T = TypeVar("T", bound=BaseModel)


def _validate_or_none(value: object, validate: ValidatorFunctionWrapHandler) -> object:
    try:
        return validate(value)
    except ValidationError:
        return None


OR_NONE = WrapValidator(_validate_or_none)
"""For a field that only adds to an answer: a value of another form is as if it were missing, and spoils nothing."""


def is_remote_id(value: str) -> bool:
    """Return whether a text can be an id: short, and without spaces, control characters or half characters."""
    return 0 < len(value) <= MAX_ID_CHARS and value.isprintable() and not any(map(str.isspace, value))


def _require_remote_id(value: str) -> str:
    if not is_remote_id(value):
        raise ValueError("not an id")
    return value


RemoteId = Annotated[str, AfterValidator(_require_remote_id)]
"""A provider's id of something. What can be none must not be taken for one: it would be asked for until the end."""


class Wire(BaseModel):
    """Part of an answer, in a provider's camelCase; fields that nobody knows are ignored."""

    model_config = ConfigDict(extra="ignore", alias_generator=to_camel, allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer of an API."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Names in lower case."""
    text: str = field(repr=False)
    """The whole body; it may hold signed links."""
    provider: str

    @property
    def is_success(self) -> bool:
        """Whether the status is in 2xx; the dry run's 269 is one too, so callers that care test for it."""
        return 200 <= self.status < 300

    def words(self) -> str:
        """Return what the body says to a person, in one short line; "" for a page of HTML."""
        try:
            said = say(json.loads(self.text))
        except (ValueError, RecursionError):
            said = ""
        return shown(said or ("" if self.text.lstrip().startswith("<") else self.text))

    def json(self) -> dict[str, Any]:
        """Return the body as a JSON object.

        Raises:
            UnexpectedResponseError: It is none.
        """
        try:
            body = json.loads(self.text)
        except (ValueError, RecursionError) as exc:
            raise UnexpectedResponseError("The answer is not JSON.", provider=self.provider) from exc
        if not isinstance(body, dict):
            raise UnexpectedResponseError("The answer is not a JSON object.", provider=self.provider)
        return body

    def parse(self, model: type[T]) -> T:
        """Return the body as a wire model.

        Raises:
            UnexpectedResponseError: It is not of that form; the message names the fields, never their values.
        """
        try:
            return model.model_validate(self.json())
        except ValidationError as exc:
            fields = ", ".join(".".join(map(str, error["loc"])) for error in exc.errors()[:3])
            raise UnexpectedResponseError(
                f"The answer is not of the documented form ({fields}).", provider=self.provider
            ) from exc

    def retry_after_s(self, now: datetime | None = None) -> float | None:
        """Return how long the provider asks us to wait (RFC 9110, seconds or a date), at most 300 s."""
        value = self.headers.get("retry-after", "").strip()
        if _SECONDS.fullmatch(value):
            wait_s = float(value)
        else:
            try:
                until = parsedate_to_datetime(value)
            except (ValueError, OverflowError):  # the second for numbers that no date has
                return None
            until = until if until.tzinfo else until.replace(tzinfo=timezone.utc)
            wait_s = (until - (now or datetime.now(timezone.utc))).total_seconds()
        return min(MAX_RETRY_AFTER_S, max(0.0, wait_s))


def say(value: object) -> str:
    """Return the words of a JSON error, in the shapes in which providers give them."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "; ".join(said for said in map(say, value) if said)
    if isinstance(value, dict):
        return next((said for name in _WORD_FIELDS if (said := say(value.get(name)))), "")
    return ""


def unpack(content: bytes, encoding: str, most_bytes: int) -> bytes:
    """Return what was packed, up to so many bytes: a bomb is never unpacked in full.

    Args:
        content: A whole body.
        encoding: Its Content-Encoding; "" where it has none.
        most_bytes: What is behind that is left out.

    Raises:
        ValueError: It is broken, or packed in another way than HTTP's oldest two.
    """
    name = encoding.strip().lower() or "identity"
    if name == "identity":
        return content
    if name not in _WINDOW_BITS:
        raise ValueError(f"packed as {name!r}")
    try:
        return zlib.decompressobj(_WINDOW_BITS[name]).decompress(content, most_bytes)
    except zlib.error as exc:
        raise ValueError("broken") from exc

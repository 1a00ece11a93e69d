"""Take out of a text what must not leave this machine (D5, D7): keys, signed links, local paths, addresses.

The one place with these rules. Where something was taken out stands "…", which is part of no key: what is
left on both sides never joins into a new one.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

MARK = "…"
"""Stands where something was taken out."""

MAX_VALUE_CHARS = 500
"""A string inside JSON is cut to this many characters, so that a long prompt hides nothing behind it."""

MAX_READ_CHARS = 100_000
"""What is behind them is not looked at, and not shown."""

_TAIL_CHARS = 4096
"""More than any spelling of a key: where a text was cut, half of one may stand in its last characters."""

_MIN_SECRET_CHARS = 4
"""What is shorter is no key, and would shred every text."""
_MIN_ENCODED_CHARS = 8
"""A shorter piece of Base64 may be anybody's."""

_SECRET_NAME = re.compile(
    r"authorization|cookie|password|passwd|secret|signature|credential|api[-_]?key|token$", re.IGNORECASE
)
"""Names in JSON whose strings are secrets, whatever they look like."""
_AUTHORIZATION = re.compile(
    r"""(\b(?:(?:proxy-)?authorization|x-api-key|(?:set-)?cookie)["']?\s*[:=]\s*["']?)"""
    r"""(?:(?:basic|bearer|digest|key|token)\s+)?[^\s"'<>,]+""",
    re.IGNORECASE,
)
_SCHEME_AND_TOKEN = re.compile(
    r"\b(basic|bearer)\s+(?=\S{0,200}[0-9=]|\S{24})[a-z0-9._~+/=-]{6,}", re.IGNORECASE
)  # not "basic plan"
_PAIR = re.compile(
    r"((?:\b|%[0-9A-F]{2})(?:x-(?:amz|goog)-[a-z-]{1,40}|signature|sig|hmac|(?:[a-z]{1,20}[-_])?token|key-pair-id|policy|api[-_]?key|password|secret)"
    r"""(?:=|%3D))[^\s&"'<>]+""",
    re.IGNORECASE,
)
_DATA_URI = re.compile(r"""\b(data:[a-z]+\\?/[a-z0-9.+-]{1,100})[^\s,"'<>]{0,200},[^\s"'<>]*""", re.IGNORECASE)
_URL = re.compile(r"""\b([a-z][a-z0-9+.-]{1,30}:(?:\\?/){2})((?:[^\s"'<>\\]|\\/)+)""", re.IGNORECASE)
_HANDOVER = re.compile(r"""((?:/|%2F)handover(?:/|%2F))[^\s"'<>]+""", re.IGNORECASE)
_HOME = r"""(?<![\w.…])(?:/(?:home|Users)/|/root\b|~/|[A-Za-z]:(?:\\+|/)Users(?:\\+|/))"""
_REST_OF_PATH = r"""[^\s"'<>]*"""
_IPV4 = re.compile(r"(?<![\w.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?!\w|\.[0-9])")
_IPV6 = re.compile(r"(?<![\w:.])(?=[0-9a-f:.]*:[0-9a-f.]*:)[0-9a-f:.]*[0-9a-f:](?:%\w+)?(?![\w:])", re.IGNORECASE)


def is_signed(url: str) -> bool:
    """Tell whether a link carries what opens it, so that whoever reads it could use it."""
    return bool(_PAIR.search(url) or _HANDOVER.search(url))


class Redactor:
    """Knows what is secret here, and takes it out of texts."""

    def __init__(self, secrets: Iterable[str] = (), directories: Iterable[Path] = ()) -> None:
        """Learn what must not be said.

        Args:
            secrets: Keys, each in every spelling: plain, URL-encoded, escaped in JSON, inside of Base64.
            directories: Folders whose files are nobody's business, beside everybody's home.
        """
        keys = sorted({key for key in secrets if len(key) >= _MIN_SECRET_CHARS}, key=len, reverse=True)
        spellings = [spelling for key in keys for spelling in _spellings(key)]
        self._keys = re.compile("|".join(spellings)) if spellings else None
        folders = [re.escape(form) for folder in directories for form in _written(folder)]
        self._paths = re.compile(f"(?:{'|'.join([*folders, _HOME])}){_REST_OF_PATH}")

    def blot(self, text: str) -> str:
        """Return a text without keys; all else stays."""
        return self._keys.sub(MARK, text) if self._keys else text

    def redact(self, text: str, *, max_chars: int) -> str:
        """Return the beginning of a text without anything that must not leave.

        JSON keeps its shape where that is possible; what comes back can be stored in any database.
        """
        if len(text) <= MAX_READ_CHARS:
            clean = self._clean(text)
        else:
            clean = self._in_words(text[:MAX_READ_CHARS])[:-_TAIL_CHARS]
        return _storable(clean if len(clean) <= max_chars else clean[:max_chars] + MARK)

    def _clean(self, text: str) -> str:
        try:
            value = json.loads(text)
            written = json.dumps(self._in_json(value), ensure_ascii=False) if isinstance(value, (dict, list)) else None
        except (ValueError, RecursionError):  # no JSON, or deeper than anybody's answer
            written = None
        return self._in_words(text) if written is None else self.blot(written)  # again: numbers can spell a key too

    def _in_json(self, value: Any) -> Any:
        if isinstance(value, str):
            clean = self._in_words(value)
            return clean if len(clean) <= MAX_VALUE_CHARS else clean[:MAX_VALUE_CHARS] + MARK
        if isinstance(value, list):
            return [self._in_json(item) for item in value]
        if isinstance(value, dict):
            return {
                self._in_words(name): MARK
                if isinstance(item, str) and _SECRET_NAME.search(name)
                else self._in_json(item)
                for name, item in value.items()
            }
        return value

    def _in_words(self, text: str) -> str:
        text = self.blot(text)
        text = _DATA_URI.sub(rf"\1{MARK}", text)
        text = _URL.sub(_bare_link, text)
        text = _HANDOVER.sub(rf"\1{MARK}", text)
        text = _AUTHORIZATION.sub(rf"\1{MARK}", text)
        text = _SCHEME_AND_TOKEN.sub(rf"\1 {MARK}", text)
        text = _PAIR.sub(rf"\1{MARK}", text)
        text = self._paths.sub(MARK, text)
        return _IPV4.sub(_unless_no_address, _IPV6.sub(_unless_no_address, text))


def _spellings(key: str) -> list[str]:
    """Return patterns that find a key however it is written."""
    raw = key.encode()
    return [_spelling(key), *(_spelling(piece) for piece in _in_base64(raw) if len(piece) >= _MIN_ENCODED_CHARS)]


def _spelling(key: str) -> str:
    """Return a pattern of a key whose characters may each be encoded for a URL or escaped in JSON."""
    first = key[0]
    # The look-ahead costs nothing where the key does not begin, which is nearly everywhere.
    return rf"(?=[{re.escape(_twins(first))}%\\])" + "".join(map(_one_character, key))


def _one_character(char: str) -> str:
    plain = "".join(re.escape(twin) for twin in _twins(char))
    codes = "|".join(f"{ord(twin):02x}" for twin in _twins(char))
    return rf"(?:\\?[{plain}]|%(?:25)*(?i:{codes})|\\u00(?i:{codes}))"


def _twins(char: str) -> str:
    """Return what stands for the same character in Base64 for URLs."""
    return {"+": "+-", "/": "/_"}.get(char, char)


def _in_base64(raw: bytes) -> list[str]:
    """Return the part of a key's Base64 that does not depend on its neighbours, for each place where it may begin."""
    pieces = []
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + raw).decode()
        first, end = -(-shift * 8 // 6), (shift + len(raw)) * 8 // 6
        pieces.append(encoded[first:end])
    return pieces


def _written(folder: Path) -> set[str]:
    """Return the ways in which a folder is named in a text; none for a root, which is in every path."""
    if len(folder.parts) < 2:
        return set()
    return {str(folder), folder.as_posix(), str(folder).replace("\\", "\\\\")}


def _bare_link(match: re.Match[str]) -> str:
    """Return a link to its path only: what is behind it may be a signature, and what is before it a password."""
    scheme, rest = match.groups()
    kept = re.split(r"[?#;]", rest, maxsplit=1)[0]
    authority, slash, path = kept.partition("/")
    user, at, host = authority.rpartition("@")
    return f"{scheme}{MARK if user else ''}{at}{host}{slash}{path}{MARK if kept != rest else ''}"


def _unless_no_address(match: re.Match[str]) -> str:
    try:
        ipaddress.ip_address(match[0].partition("%")[0])
    except ValueError:
        return match[0]
    return MARK


def _storable(text: str) -> str:
    """Return a text that every database takes: no half characters, no NUL."""
    return text.replace("\x00", MARK).encode("utf-8", "replace").decode("utf-8")

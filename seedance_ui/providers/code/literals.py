"""Values as they are written in a program. What cannot be seen is escaped, so that one reads what one runs."""

from __future__ import annotations

import json
import re
import shlex
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from seedance_ui.providers.code.recipe import Slot

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of Unicode without a shape: a reading direction turned round would show another program."""

_JOINER = "\u200d"
"""Holds emoji together, and is seen by what it does."""


@dataclass(frozen=True, slots=True)
class Notation:
    """How one language writes values."""

    string: Callable[[str], str]
    slot: Callable[[Slot], str]
    true: str = "true"
    false: str = "false"
    null: str = "null"
    indent: str = "  "
    last_comma: str = ","
    """Behind the last item of an object."""


def write_value(value: Any, notation: Notation, depth: int = 0) -> str:
    """Return plain JSON values, with slots among them, as source."""
    if isinstance(value, Slot):
        return notation.slot(value)
    if isinstance(value, str):
        return notation.string(value)
    if value is None or isinstance(value, bool):
        return {True: notation.true, False: notation.false, None: notation.null}[value]
    if isinstance(value, Mapping):
        return _write_object(value, notation, depth)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(write_value(item, notation, depth) for item in value)}]"
    return json.dumps(value, allow_nan=False)


def _write_object(value: Mapping[str, Any], notation: Notation, depth: int) -> str:
    inner, outer = "\n" + notation.indent * (depth + 1), "\n" + notation.indent * depth
    items = [f"{notation.string(name)}: {write_value(item, notation, depth + 1)}" for name, item in value.items()]
    return f"{{{inner}{f',{inner}'.join(items)}{notation.last_comma}{outer}}}" if items else "{}"


def json_string(text: str) -> str:
    """Return a string of JSON, which is one of JavaScript as well."""
    written = json.dumps(text, ensure_ascii=False)
    return "".join(json.dumps(char)[1:-1] if _is_unseen(char) else char for char in written)


def python_string(text: str) -> str:
    """Return a string literal of Python."""
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(escapes.get(char) or _python_character(char) for char in text) + '"'


def shell_string(text: str) -> str:
    """Return a word of the shell; a line break inside of it stays one."""
    return shlex.quote(text)


def shell_document(text: str) -> str:
    """Return text for a here-document whose variables are filled in."""
    return re.sub(r"[\\$`]", r"\\\g<0>", text)


def camel_case(name: str) -> str:
    """Return a name as JavaScript spells it: image_1 is image1."""
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


def _python_character(char: str) -> str:
    if not _is_unseen(char):
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _is_unseen(char: str) -> bool:
    return char != _JOINER and unicodedata.category(char) in _UNSEEN

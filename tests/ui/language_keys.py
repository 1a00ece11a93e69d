"""Every English word of ours that a page can show, with where it stands: what a language file must have."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from seedance_ui import ui
from seedance_ui.ui import widgets
from seedance_ui.ui.prompt_guide import GuideSection
from seedance_ui.ui.widgets.html_widget import HtmlWidget

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "assets"
PACKAGE = ROOT / "seedance_ui"

HOLE = re.compile(r"\{(\w+)(?::\w+)?\}")


class Key(NamedTuple):
    """English words as a language file names them, and where they stand."""

    words: str
    place: str
    """`file:line`."""


def scripts_keys(directory: Path = ASSETS) -> Iterator[Key]:
    """Yield what scripts say by `t('…')`."""
    for path in sorted(directory.rglob("*.js")):
        source = path.read_text(encoding="utf-8")
        for call in _T_CALL.finditer(source):
            pieces = _JS_STRING.findall(call[1])
            yield Key("".join(map(_unescaped, pieces)), _place(path, source, call.start()))


_JS_STRING = re.compile(r"'((?:[^'\\\n]|\\.)*)'")
_T_CALL = re.compile(rf"(?<![\w$])t\(\s*({_JS_STRING.pattern}(?:\s*\+\s*{_JS_STRING.pattern})*)")


def _unescaped(literal: str) -> str:
    return re.sub(r"\\u([0-9a-f]{4})|\\(.)", lambda m: chr(int(m[1], 16)) if m[1] else m[2], literal)


def placed(path: Path, line: int) -> str:
    """Return `file:line`."""
    return f"{path.relative_to(ROOT).as_posix()}:{line}"


def _place(path: Path, source: str, offset: int) -> str:
    return placed(path, source.count("\n", 0, offset) + 1)


def templates_keys() -> Iterator[Key]:
    """Yield the words of static templates: text, and attributes that are read out or shown."""
    for package in (ui, widgets):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    for widget in _subclasses(HtmlWidget):
        if "template" in vars(widget):
            yield from _template_keys(widget.template, Path(str(importlib.import_module(widget.__module__).__file__)))


def _subclasses(widget: type[HtmlWidget]) -> Iterator[type[HtmlWidget]]:
    for child in widget.__subclasses__():
        if child.__module__.startswith("seedance_ui."):
            yield child
            yield from _subclasses(child)


class _Template(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("aria-label", "title", "placeholder", "alt")]

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def _template_keys(template: str, path: Path) -> Iterator[Key]:
    parser = _Template()
    parser.feed(template)
    source = path.read_text(encoding="utf-8")
    for text in parser.found:
        words = " ".join(text.split())
        if re.search(r"[A-Za-z]{2}", words):
            yield Key(words, _place(path, source, max(0, source.find(text.strip()))))


def guide_keys() -> Iterator[Key]:
    """Yield what the guide to prompts says: its script looks every string up, snippets with their holes."""
    path = PACKAGE / "ui" / "prompt_guide.py"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == GuideSection.__name__:
            for each in ast.walk(node):
                if isinstance(each, ast.Constant) and isinstance(each.value, str):
                    yield Key(each.value, placed(path, each.lineno))


_LABELS = frozenset({"label", "info", "placeholder"})
_LABELLED = frozenset({"Tab", "Button", "Checkbox", "Slider", "Textbox", "Number", "Radio", "Choice", "SeedBox"})
"""Components of Gradio, and ours that are made of them."""


def labels_keys(package: Path = PACKAGE / "ui") -> Iterator[Key]:
    """Yield what Gradio's components are labelled by; not the hidden ones."""
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and is_label(node) and not _is_hidden(node):
                for label in _labels_of(node):
                    yield Key(str(label.value), placed(path, label.lineno))


def is_label(call: ast.Call) -> bool:
    """Whether a call makes a component of Gradio that has a label."""
    return (call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")) in _LABELLED


def _is_hidden(call: ast.Call) -> bool:
    return any(each.arg == "visible" and isinstance(each.value, ast.Constant) for each in call.keywords)


def _labels_of(call: ast.Call) -> Iterator[ast.Constant]:
    named = [each.value for each in call.keywords if each.arg in _LABELS]
    first = call.args[:1] if is_label(call) and getattr(call.func, "attr", "") in ("Tab", "Button") else []
    for value in (*first, *named):
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value

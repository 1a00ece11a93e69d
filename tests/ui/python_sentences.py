"""The sentences of Python that a page can show, found in the source: constants and f-strings.

`f"{_mb(file.size_bytes)} of {limits.most}"` is "{size_bytes} of {most}": a hole has the last name of its expression,
and a second one of that name a number. Where an f-string chooses between two constants, each makes a sentence.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from tests.ui.language_keys import PACKAGE, Key, is_label, placed

NOT_SHOWN = {
    "config.py": "at start, in the terminal",
    "variables.py": "for .env.example",
    "library.py|The data directory": "at start, in the terminal",
    "domain/redaction.py": "patterns",
    "domain/shared_run.py|run of": "hashed",
    "domain/shared_run.py|The file is not": "in the zip's record",
    "domain/shared_run.py|A link that": "in the zip's record",
    "jobs/backup.py|the ": "in the log",
    "jobs/backup.py|VACUUM": "SQL",
    "jobs/backup.py|SELECT": "SQL",
    "jobs/damage.py|SELECT": "SQL",
    "jobs/rescue.py|SELECT": "SQL",
    "jobs/damage.py|unable to open": "SQLite's words",
    "jobs/damage.py|disk ": "SQLite's words",
    "jobs/damage.py|locking protocol": "SQLite's words",
    "jobs/damage.py|permission denied": "SQLite's words",
    "jobs/damage.py|out of memory": "SQLite's words",
    "jobs/damage.py|no such function": "SQLite's words",
    "jobs/engine.py": "SQL",
    "jobs/imported_job.py|The link of": "a file's name",
    "jobs/evidence.py": "in a file for support, which stays English",
    "jobs/hold.py|Job {job_id} is not": "ends a walk, seen by nobody",
    "jobs/writer.py|Job {job_id} is not": "ends a walk, seen by nobody",
    "jobs/run_record.py|holds ": "the page says where it is, not what",
    "jobs/run_record.py|is ": "the page says where it is, not what",
    "jobs/run_record.py|are in ": "the page says where it is, not what",
    "jobs/run_record.py|The files": "the page says where it is, not what",
    "jobs/run_record.py|A file stands": "the page says where it is, not what",
    "jobs/rescue.py|The job database {database} is damaged": "at start, in the terminal",
    "jobs/schema.py": "SQL",
    "jobs/upgrade.py": "SQL",
    "media/names.py|C": "Unicode categories",
    "media/names.py|Z": "Unicode categories",
    "media/stored_zip.py|{name} changed": "ends a download that is under way, in the log",
    "media/storyboard/": "drawn into the video",
    "providers/code/": "programs",
    "providers/aimlapi_code.py": "programs",
    "providers/scenario_code.py": "programs",
    "providers/scenario_uploads.py": "programs",
    "providers/aimlapi.py|Key of": "for .env.example",
    "providers/aimlapi.py|Where": "for .env.example",
    "providers/scenario.py|Key of": "for .env.example",
    "providers/scenario.py|Secret": "for .env.example",
    "providers/scenario.py|Scenario project": "for .env.example",
    "providers/scenario.py|Where": "for .env.example",
    "providers/answers.py|packed as": "in the evidence",
    "providers/answers.py|not an id": "in the evidence",
    "providers/aimlapi.py|Bearer": "in a header",
    "providers/scenario.py|Basic": "in a header",
    "providers/http.py|{kind}, length": "in the evidence",
    "providers/http.py|GET": "in the evidence",
    "providers/http.py|PUT": "in the evidence",
    "providers/http.py|no type": "in the evidence",
    "providers/http.py|the loop": "cannot happen",
    "services/__init__.py": "names",
    "ui/build.py|Seedance": "a name",
    "ui/endpoints.py": "for clients",
    "ui/fix.py|dict": "a type",
    "ui/form.py|dict": "a type",
    "ui/remix.py|Last frame of": "a file's name",
    "ui/remix.py|a video": "a file's name",
    "ui/remix.py|Extend @Video1": "goes into the prompt",
    "ui/languages.py": "at start, in the terminal",
    "ui/prompt_guide.py": "words of the scripts, see language_keys.py",
    "ui/theme.py": "names of fonts",
    "web/guard.py": "for programs",
    "web/routes.py|At most": "for programs",
    "web/runs.py|The connection": "seen by nobody: the page is gone",
    "web/runs.py|The length": "for programs; a page tells it",
    "web/server.py": "at start, in the terminal",
}
"""File, or file and how the words begin, to why no page ever shows them."""

NAMES = frozenset({"Scenario", "AIML API", "Animatic", "Accept", "Authorization", "Host", "Range"})
"""Of providers and of headers: the same in every language."""

SHORT = frozenset(
    {
        *("free", "no key", "off", "storyboard", "resolution", "image", "video", "audio", "images", "videos"),
        *("wide", "tall", "{duration_s} s", "{name}: {amount}", "{count} videos × {each} = {together}"),
    }
)
"""Words of one piece with a small letter, which could be anything, and what looks like code: these are shown."""

_UNSEEN_CALLS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "compile", "getLogger"})
_UNSEEN_KEYWORDS = frozenset({"prompt", "js", "elem_id", "elem_classes"})
_WORDS = re.compile(r"[A-Za-z’'-]+[,;:.]? +[“‘(]?[A-Za-z]{1,}|[0-9] +[a-z]{2,}|[a-z]{2,} +[0-9]|^[A-Z][a-z-]+[….]?$")
_NO_WORDS = re.compile(r"[<>=\\|_$%]|^\s|^(SELECT|INSERT|PRAGMA|BEGIN|VACUUM|ALTER) ")
_ENDS = re.compile(r"(is|has|lasts) ")


def python_keys(package: Path = PACKAGE) -> Iterator[Key]:
    """Yield the sentences of every module that has any for a page."""
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package).as_posix()
        for node in _strings(ast.parse(path.read_text(encoding="utf-8"))):
            for words in variants(node):
                if not is_sentence(words) or _why_not(name, words):
                    continue
                is_end = name.startswith("domain/") and _ENDS.match(words)
                yield Key(f"{{subject}} {words}" if is_end else words.strip(), placed(path, node.lineno))


def _why_not(name: str, words: str) -> str | None:
    return next((why for where, why in NOT_SHOWN.items() if f"{name}|{words}".startswith(where)), None)


def _strings(tree: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    """Yield strings that are no docstring, no log line, no prompt, no label and no part of another string."""
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            yield node
        elif not _is_unseen(node):
            todo += ast.iter_child_nodes(node)


def _is_unseen(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.keyword):
        return node.arg in _UNSEEN_KEYWORDS
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return called in _UNSEEN_CALLS or is_label(node)
    return False


def variants(node: ast.Constant | ast.JoinedStr) -> Iterator[str]:
    """Yield the templates of a string."""
    if isinstance(node, ast.Constant):
        yield str(node.value)
        return
    used: dict[str, int] = {}
    pieces: list[list[str]] = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            pieces.append([str(part.value)])
        elif isinstance(part, ast.FormattedValue):
            pieces.append(_choices(part.value) or [_numbered(hole_name(part.value), used)])
    for chosen in itertools.product(*pieces):
        yield "".join(chosen)


def _choices(node: ast.expr) -> list[str]:
    """Return both constants of `'a' if … else 'b'`; nothing for anything else."""
    sides = (node.body, node.orelse) if isinstance(node, ast.IfExp) else ()
    words = [side.value for side in sides if isinstance(side, ast.Constant) and isinstance(side.value, str)]
    return words if len(words) == 2 else []


def _numbered(name: str, used: dict[str, int]) -> str:
    used[name] = used.get(name, 0) + 1
    return f"{{{name}{used[name] if used[name] > 1 else ''}}}"


def hole_name(node: ast.expr) -> str:
    """Return the last name of an expression."""
    if isinstance(node, ast.Name):
        return node.id.strip("_").lower()
    if isinstance(node, ast.Attribute):
        return node.attr.strip("_").lower()
    if isinstance(node, ast.Call):
        return hole_name(node.args[0] if node.args else node.func)
    inner = {ast.Subscript: "value", ast.BinOp: "left", ast.IfExp: "body", ast.UnaryOp: "operand"}.get(type(node))
    return hole_name(getattr(node, inner)) if inner else "value"


def is_sentence(words: str) -> bool:
    """Whether these are words for a person."""
    bare = re.sub(r"\{\w*\}|\b[A-Z]+(_[A-Z]+)+\b", "7", words)
    return words in SHORT or (words not in NAMES and bool(_WORDS.search(bare)) and not _NO_WORDS.search(bare))

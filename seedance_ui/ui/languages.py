"""The languages of the page: a file each in assets/languages, found when the app starts.

Python, the API, the database and the evidence speak English; `assets/language.js` puts what reaches a page into its
language, English words being the keys. A language is added by its file alone: `meta`, then `words` (of scripts,
templates and labels), then `sentences` (of Python, with named holes). `tests/ui/test_languages.py` says what it lacks.

Not by `gr.I18n`: Gradio 6.31 looks up `navigator.language`, whole or up to the first hyphen, among the languages that
it ships itself. So "zh" and "zh-Hans-CN" get English, no switch can choose, and a language that Gradio lacks never
shows.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from seedance_ui.errors import ConfigError
from seedance_ui.ui.theme import ASSETS_DIR, asset_url

LANGUAGES_DIR = ASSETS_DIR / "languages"


@dataclass(frozen=True, slots=True)
class Language:
    """What the page must know of a language before it reads its file."""

    lang: str
    """BCP 47: for the page's `lang`, its figures and its dates."""
    name: str
    """In the language itself."""
    serves: tuple[str, ...]
    """BCP 47 tags in lower case, each with all that begin with it: "zh" is "zh-Hans-CN" too."""
    full_stop: str
    between_sentences: str
    """What stands between two sentences: a space, or nothing."""
    between_items: str
    """What stands between two things in a line: ", "."""
    url: str
    """Where the file is."""


def find_languages(directory: Path = LANGUAGES_DIR) -> tuple[Language, ...]:
    """Return the languages of a folder, by file name; English needs no file.

    Raises:
        ConfigError: A file is not of the form.
    """
    return tuple(_read(path) for path in sorted(directory.glob("*.json")))


def _read(path: Path) -> Language:
    try:
        file: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        meta = file["meta"]
        is_whole = all(isinstance(words, str) for part in ("words", "sentences") for words in file[part].values())
        language = Language(
            lang=meta["lang"],
            name=meta["name"],
            serves=tuple(tag.lower() for tag in meta["serves"]),
            full_stop=meta["full_stop"],
            between_sentences=meta["between_sentences"],
            between_items=meta["between_items"],
            url=asset_url(f"languages/{path.name}"),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise ConfigError(f"The language file {path.name} is not of the form ({exc!r}).") from exc
    if not is_whole:
        raise ConfigError(f"The language file {path.name} has words that are not text.")
    return language


def head_html(languages: tuple[Language, ...]) -> str:
    """Return what stands before the page's scripts: which languages there are."""
    listed = json.dumps([asdict(language) for language in languages], ensure_ascii=False).replace("<", "\\u003c")
    return f"<script>(window.seedance ??= {{}}).languages ??= {listed};</script>"

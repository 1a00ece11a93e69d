"""Every word of ours that a page can show has an entry in every language file, with the same holes, and no other."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from seedance_ui.errors import ConfigError
from seedance_ui.ui.languages import LANGUAGES_DIR, find_languages, head_html
from tests.ui import language_keys, python_sentences
from tests.ui.language_keys import ASSETS, HOLE, Key

FILES = sorted(LANGUAGES_DIR.glob("*.json"))


def _wanted() -> dict[str, dict[str, str]]:
    """Return the keys of each part of a language file, and where they stand."""
    words = [
        *language_keys.scripts_keys(),
        *language_keys.templates_keys(),
        *language_keys.guide_keys(),
        *language_keys.labels_keys(),
    ]
    known = {key.words for key in words}
    # What is a word of the page already needs no second entry, but a pattern is looked for among the sentences only.
    said = [key for key in python_sentences.python_keys() if "{" in key.words or key.words not in known]
    return {"words": _first_places(words), "sentences": _first_places(said)}


def _first_places(keys: Iterable[Key]) -> dict[str, str]:
    places: dict[str, str] = {}
    for key in keys:
        places.setdefault(key.words, key.place)
    return places


@pytest.fixture(scope="module")
def wanted() -> dict[str, dict[str, str]]:
    return _wanted()


@pytest.mark.parametrize("part", ["words", "sentences"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_language_file_has_every_word_and_no_other(
    path: Path, part: str, wanted: Mapping[str, Mapping[str, str]]
) -> None:
    """The message is made to be pasted: a line of JSON for each key, behind the place that it comes from."""
    has, wants = _read(path)[part], wanted[part]
    lacks = [
        f'{place}\n    {json.dumps(key, ensure_ascii=False)}: "",' for key, place in wants.items() if key not in has
    ]
    unused = [json.dumps(key, ensure_ascii=False) for key in has if key not in wants]
    assert not lacks, f"{path.name} lacks {len(lacks)} of its {part!r}:\n" + "\n".join(lacks)
    assert not unused, f"nothing says these {part!r} of {path.name}:\n" + "\n".join(unused)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_translations_have_the_holes_of_their_keys(path: Path) -> None:
    file = _read(path)
    pairs = [pair for part in ("words", "sentences") for pair in file[part].items()]
    assert [key for key, said in pairs if set(HOLE.findall(key)) != set(HOLE.findall(said))] == []
    assert [key for key, said in pairs if not said.strip()] == []


def test_languages_are_found_with_their_names() -> None:
    assert [(language.lang, language.name, language.url) for language in find_languages()] == [
        ("zh-CN", "简体中文", "/page/languages/zh.json")
    ]


def test_third_language_is_one_file(tmp_path: Path) -> None:
    meta = {
        "lang": "nl",
        "name": "Nederlands </script>",
        "serves": ["NL"],
        "full_stop": ".",
        "between_sentences": " ",
        "between_items": ", ",
    }
    _write(tmp_path / "nl.json", {"meta": meta, "words": {"Prompt": "Opdracht"}, "sentences": {}})
    (language,) = find_languages(tmp_path)
    assert (language.lang, language.serves, language.url) == ("nl", ("nl",), "/page/languages/nl.json")
    head = head_html((language,))
    assert "Nederlands \\u003c/script>" in head
    assert head.count("</script>") == 1


@pytest.mark.parametrize(
    "file", ["no JSON", {"meta": {}}, {"meta": [], "words": {}, "sentences": {}}], ids=["text", "no words", "no meta"]
)
def test_language_file_of_another_form_is_named_at_start(tmp_path: Path, file: object) -> None:
    _write(tmp_path / "odd.json", file)
    with pytest.raises(ConfigError, match=r"odd\.json"):
        find_languages(tmp_path)


def test_words_that_are_no_text_are_refused(tmp_path: Path) -> None:
    meta = {
        "lang": "nl",
        "name": "Nederlands",
        "serves": ["nl"],
        "full_stop": ".",
        "between_sentences": " ",
        "between_items": ", ",
    }
    _write(tmp_path / "nl.json", {"meta": meta, "words": {"Prompt": None}, "sentences": {}})
    with pytest.raises(ConfigError, match=r"nl\.json has words"):
        find_languages(tmp_path)


_SHOWN = re.compile(
    r"""setText\([^;\n]*?,\s*(?:'(?P<a>[^'\n]*)'|`(?P<b>[^`\n]*)`)\s*\)"""
    r"""|\btext:\s*(?:'(?P<c>[^'\n]*)'|`(?P<d>[^`\n]*)`)"""
    r"""|\.textContent\s*=\s*(?:'(?P<e>[^'\n]*)'|`(?P<f>[^`\n]*)`)"""
    r"""|(?:'aria-label'|'aria-valuetext'|\btitle|\bplaceholder|\balt|'title'|'placeholder')\s*[:,]\s*"""
    r"""(?:'(?P<g>[^'\n]*)'|`(?P<h>[^`\n]*)`)"""
)
BARE = {"https://": "the beginning of a link"}
"""Words that are the same in every language, to why."""


def test_scripts_show_no_bare_words() -> None:
    found = []
    for path in sorted(ASSETS.rglob("*.js")):
        source = re.sub(r"(?m)^ *//.*", "", path.read_text(encoding="utf-8"))  # comments may show an example
        for match in _SHOWN.finditer(source):
            literal = next(group for group in match.groups() if group is not None)
            words = re.sub(r"\$\{[^}]*\}|\\u\w{4}", "", literal)
            if re.search(r"[A-Za-z]{2}", words) and literal not in BARE:
                line = source.count("\n", 0, match.start()) + 1
                found.append(f"{path.relative_to(ASSETS)}:{line} shows {literal!r} without t()")
    assert found == []


def test_bare_words_would_be_noticed() -> None:
    for script in (
        "setText(node, 'Ready')",
        "make('p', {text: 'Ready'})",
        "node.textContent = `Ready ${count}`",
        "setAttribute(node, 'aria-label', 'Ready')",
        "make('a', {title: 'Ready'})",
    ):
        assert _SHOWN.search(script), script


@pytest.mark.parametrize(
    ("source", "keys"),
    [
        ('f"{_mb(file.size_bytes)} of {limits.most}"', ["{size_bytes} of {most}"]),
        ('f"{a.name} and {b.name} differ"', ["{name} and {name2} differ"]),
        ("f\"too {'wide' if w > h else 'tall'} here\"", ["too wide here", "too tall here"]),
        ('"one " "sentence"', ["one sentence"]),
    ],
    ids=["names", "twice", "choice", "joined"],
)
def test_templates_of_python_strings(source: str, keys: list[str]) -> None:
    (node,) = [*python_sentences._strings(ast.parse(source, mode="eval").body)]
    assert [*python_sentences.variants(node)] == keys


def _read(path: Path) -> dict[str, Any]:
    file: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return file


def _write(path: Path, file: object) -> None:
    path.write_text(file if isinstance(file, str) else json.dumps(file), encoding="utf-8")

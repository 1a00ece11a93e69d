"""Whatever is written into a program, and whatever its characters: each language reads the same again."""

from __future__ import annotations

import ast
import json
import subprocess
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedance_ui.providers.code import curl
from seedance_ui.providers.code.javascript import JAVASCRIPT
from seedance_ui.providers.code.literals import shell_string, write_value
from seedance_ui.providers.code.program import video_name
from seedance_ui.providers.code.python import PYTHON
from seedance_ui.providers.code.recipe import Slot

TRAPS = st.sampled_from(
    [
        "EOF",
        "\nEOF\n",
        "'EOF'",
        "$HOME",
        "${x}",
        "$(id)",
        "`id`",
        "\\",
        "\\n",
        '"',
        "'",
        "\u202e",
        "\u2028",
        "\x00",
        "🪁",
    ]
)
TEXTS = st.lists(TRAPS | st.text(max_size=8), max_size=6).map("".join)
VALUES = st.recursive(
    TEXTS | st.integers(-1, 2**32) | st.booleans() | st.none(), lambda inner: st.lists(inner, max_size=3), max_leaves=4
)
BODIES = st.dictionaries(st.sampled_from(["prompt", "duration", "seed", "image_urls"]), VALUES, min_size=1)

Interpreter = Callable[[str], list[str]]


def run(command: list[str], source: str) -> str:
    done = subprocess.run(command, input=source.encode(), capture_output=True, check=True, timeout=60)
    return done.stdout.decode()


@given(BODIES)
def test_python_reads_what_was_written(body: dict[str, Any]) -> None:
    assert ast.literal_eval(write_value(body, PYTHON)) == body


@settings(max_examples=5)
@given(st.lists(BODIES, min_size=20, max_size=60))
def test_javascript_reads_what_was_written(interpreter: Interpreter, bodies: list[dict[str, Any]]) -> None:
    program = "\n".join(f"console.log(JSON.stringify({write_value(body, JAVASCRIPT)}));" for body in bodies)
    assert [json.loads(line) for line in run([*interpreter("javascript"), "-"], program).split("\n")[:-1]] == bodies


@settings(max_examples=5)
@given(st.lists(BODIES, min_size=20, max_size=60), st.sampled_from([curl.PLAIN, curl.FILLED_IN]))
def test_shell_sends_what_was_written(interpreter: Interpreter, bodies: list[dict[str, Any]], notation: Any) -> None:
    """The here-document is the body: read by the shell's own `cat`, each followed by a separator."""
    mark = "'EOF'" if notation is curl.PLAIN else "EOF"
    documents = "\n".join(f"cat <<{mark}\n{write_value(body, notation)}\nEOF\nprintf '\\036'" for body in bodies)
    answer = run([*interpreter("curl"), "-su"], documents)
    assert [json.loads(document) for document in answer.split("\x1e")[:-1]] == bodies


@settings(max_examples=5)
@given(st.lists(st.text(st.characters(exclude_characters="\x00\x1e", exclude_categories=["Cs"])), min_size=20))
def test_shell_reads_names_as_they_are(interpreter: Interpreter, names: list[str]) -> None:
    program = "\n".join(f"printf '%s\\036' {shell_string(name)}" for name in names)
    assert run([*interpreter("curl"), "-su"], program).split("\x1e")[:-1] == names


@given(TEXTS)
def test_prompt_that_looks_like_a_slot_stays_text(text: str) -> None:
    written = write_value({"prompt": text, "image": Slot("image_1")}, PYTHON)
    assert ast.literal_eval(written.replace(": image_1,\n}", ': "found",\n}')) == {"prompt": text, "image": "found"}


@given(st.text())
def test_program_shows_every_character_that_it_holds(text: str) -> None:
    """A reading direction that is turned round would show another program than the one that runs."""
    for notation in (PYTHON, JAVASCRIPT, curl.PLAIN, curl.FILLED_IN):
        written = notation.string(text)
        hidden = [char for char in written if unicodedata.category(char) in {"Cc", "Cf", "Cs"} and char != "\u200d"]
        assert hidden == []


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("A lighthouse on a basalt cliff at blue hour, slow push-in", "a-lighthouse-on-a-basalt-cliff-at-blue.mp4"),
        ("Café à la mer", "cafe-a-la-mer.mp4"),
        ("雨の街", "雨の街.mp4"),
        ("../../etc/passwd", "etc-passwd.mp4"),
        ("-rf *", "rf.mp4"),
        ("!?", "video.mp4"),
        ("", "video.mp4"),
        ("x" * 100, "x" * 40 + ".mp4"),
    ],
)
def test_video_is_named_by_its_first_words(prompt: str, name: str) -> None:
    assert video_name(prompt) == name


@given(st.text())
def test_name_of_a_video_is_a_plain_file_name(prompt: str) -> None:
    name = video_name(prompt)
    assert name.endswith(".mp4") and not name.startswith(("-", "."))
    assert not set(name) & set("/\\\0\n\"'$` *?:<>|")
    assert len(name.encode()) <= 255

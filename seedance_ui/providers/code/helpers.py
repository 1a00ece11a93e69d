"""Helpers that are not one provider's."""

from __future__ import annotations

from seedance_ui.providers.code.recipe import Helper

DATA_URI = Helper(
    name="data_uri",
    curl="""\
data_uri() { # file, type
  printf 'data:%s;base64,' "$2"
  base64 < "$1" | tr -d '\\n'
}""",
    python="""\
def data_uri(path, mime):
    with open(path, "rb") as file:
        return f"data:{mime};base64,{base64.b64encode(file.read()).decode()}\"""",
    javascript="""\
async function dataUri(path, mime) {
  return `data:${mime};base64,${await readFile(path, "base64")}`;
}""",
)
"""A file's bytes as text that can stand in a body."""

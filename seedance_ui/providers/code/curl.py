"""A recipe for bash, curl and jq."""

from __future__ import annotations

from seedance_ui.providers.code.literals import Notation, json_string, shell_document, shell_string, write_value
from seedance_ui.providers.code.recipe import FromEnvironment, Keys, Material, Recipe

_HEAD = """\
#!/usr/bin/env bash
# Save it as a file and run it with bash. Needs curl and jq.
set -euo pipefail"""

PLAIN = Notation(string=json_string, slot=str, last_comma="")
"""For a here-document that is sent as it stands."""

FILLED_IN = Notation(
    string=lambda text: shell_document(json_string(text)), slot=lambda slot: f'"${slot}"', last_comma=""
)
"""For a here-document in which the shell fills in the handles."""


def write_curl(recipe: Recipe) -> str:
    """Return the recipe as a shell script."""
    first = 2 if recipe.has_files else 1
    helpers = [helper.curl for helper in recipe.helpers]
    if any("api /" in helper for helper in helpers):
        helpers.insert(0, _api(recipe))
    parts = [_HEAD, *helpers, *([_materials(recipe)] if recipe.has_files else []), _send(recipe, first)]
    return "\n\n".join([*parts, _ask(recipe, first + 1), _save(recipe, first + 2)]) + "\n"


def _api(recipe: Recipe) -> str:
    return f"""\
api() {{ # path, then what curl does there; the answer is in answer.json
  curl -sS --fail-with-body {_url(recipe, "$1")} \\
    {_auth(recipe)} \\
    -H "Content-Type: application/json" \\
    -o answer.json "${{@:2}}" || {{ cat answer.json >&2; return 1; }}
}}"""


def _materials(recipe: Recipe) -> str:
    return "\n".join([f"# 1. {recipe.advice}", *map(_material, recipe.materials)])


def _material(material: Material) -> str:
    arguments = " ".join(map(_argument, material.arguments))
    value = f"$({material.helper.name} {arguments})" if material.helper else arguments
    return f"{material.slot}={value}" + (f" # {material.note}" if material.note else "")


def _argument(value: str) -> str:
    return f'"${value}"' if isinstance(value, FromEnvironment) else shell_string(value)


def _send(recipe: Recipe, number: int) -> str:
    notation, mark = (FILLED_IN, "EOF") if recipe.has_files else (PLAIN, "'EOF'")
    return f"""\
# {number}. Send it. This is the paid call: run it once.
curl -sS {_url(recipe, recipe.path)} \\
  {_auth(recipe)} \\
  -H "Content-Type: application/json" \\
  -o answer.json --data-binary @- <<{mark}
{write_value(recipe.body, notation)}
EOF
cat answer.json
id=$(jq -er {_jq(recipe.id_at)} answer.json)"""


def _ask(recipe: Recipe, number: int) -> str:
    if recipe.status_parameter:
        url = f"-G {_url(recipe, recipe.status_path)}"
        parameter = f'\n    --data-urlencode "{recipe.status_parameter}=$id" \\'
    else:
        url, parameter = _url(recipe, f"{recipe.status_path}/$id"), ""
    return f"""\
# {number}. Ask every {recipe.poll_after_s} s. If this stops, the video goes on: ask again with the ID in answer.json.
while true; do
  sleep {recipe.poll_after_s}
  curl -sS --fail {url} \\
    {_auth(recipe)} \\{parameter}
    -o status.json || continue
  status=$(jq -r {_jq(recipe.status_at)} status.json) || continue
  echo "$status"
  case $status in
    {recipe.done}) break ;;
    {" | ".join(recipe.failed)}) cat status.json; exit 1 ;;
  esac
done"""


def _save(recipe: Recipe, number: int) -> str:
    asset = ""
    if recipe.asset_at:
        asset = f"""
asset=$(jq -er {_jq(recipe.asset_at)} status.json)
curl -sS --fail {_url(recipe, f"{recipe.asset_path}/$asset")} \\
  {_auth(recipe)} \\
  -o status.json"""
    return f"""\
# {number}. Save the file soon: the link expires.{asset}
url=$(jq -er {_jq(recipe.video_at)} status.json)
curl -sS --fail -L -o {shell_string(recipe.file_name)} "$url\""""


def _url(recipe: Recipe, path: str) -> str:
    project = f"?{recipe.project[0]}=${recipe.project[1]}" if recipe.project else ""
    url = f"{recipe.base_url}{path}{project}"
    return f'"{url}"' if "$" in url else url


def _auth(recipe: Recipe) -> str:
    if recipe.auth.scheme == "Basic":
        return f'-u "{":".join(f"${name}" for name in recipe.auth.variables)}"'
    [variable] = recipe.auth.variables
    return f'-H "Authorization: {recipe.auth.scheme} ${variable}"'


def _jq(keys: Keys) -> str:
    """Return a way of plain names and numbers as jq spells it."""
    path = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)
    return shell_string(path)

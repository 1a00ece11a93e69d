"""A recipe for JavaScript: Node 18 or newer, without packages."""

from __future__ import annotations

from seedance_ui.providers.code.literals import Notation, camel_case, json_string, write_value
from seedance_ui.providers.code.recipe import FromEnvironment, Keys, Material, Recipe

JAVASCRIPT = Notation(string=json_string, slot=camel_case)

_CALL = """\
// Ask the API: GET, or POST with a body.
async function call(path, body) {
  const options = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
  const answer = await fetch(@@, options);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}: ${text}`);
  return JSON.parse(text);
}"""


def write_javascript(recipe: Recipe) -> str:
    """Return the recipe as an ES module."""
    first = 2 if recipe.has_files else 1
    helpers = [helper.javascript for helper in recipe.helpers]
    reads = "readFile, " if any("readFile(" in helper for helper in helpers) else ""
    head = (
        "// Save it as a file that ends in .mjs and run it with Node 18 or newer; it needs nothing else.\n"
        f'import {{ {reads}writeFile }} from "node:fs/promises";'
    )
    parts = [
        head,
        _constants(recipe),
        _CALL.replace("@@", "API + path + PROJECT" if recipe.project else "API + path"),
        *helpers,
        *([_materials(recipe)] if recipe.has_files else []),
        _send(recipe, first),
        _ask(recipe, first + 1),
        _save(recipe, first + 2),
    ]
    return "\n\n".join(parts) + "\n"


def _constants(recipe: Recipe) -> str:
    names = ", ".join(map(json_string, recipe.variables))
    lines = [
        f"for (const name of [{names}]) {{",
        "  if (!process.env[name]) throw new Error(`Set ${name} first.`);",
        "}",
        f"const API = {json_string(recipe.base_url)};",
    ]
    if recipe.project:
        parameter, variable = recipe.project
        lines.append(f"const PROJECT = `?{parameter}=${{encodeURIComponent({_environment(variable)})}}`;")
    key = ":".join(f"${{{_environment(name)}}}" for name in recipe.auth.variables)
    if recipe.auth.scheme == "Basic":
        lines.append(f"const key = `{key}`;")
    token = "${btoa(key)}" if recipe.auth.scheme == "Basic" else key
    return "\n".join(
        [
            *lines,
            "const headers = {",
            f"  Authorization: `{recipe.auth.scheme} {token}`,",
            '  "Content-Type": "application/json",',
            "};",
        ]
    )


def _materials(recipe: Recipe) -> str:
    return "\n".join([f"// 1. {recipe.advice}", *map(_material, recipe.materials)])


def _material(material: Material) -> str:
    arguments = ", ".join(map(_argument, material.arguments))
    value = f"await {camel_case(material.helper.name)}({arguments})" if material.helper else arguments
    return f"const {camel_case(material.slot)} = {value};" + (f" // {material.note}" if material.note else "")


def _argument(value: str) -> str:
    return _environment(value) if isinstance(value, FromEnvironment) else json_string(value)


def _environment(name: str) -> str:
    return f"process.env.{name}"


def _send(recipe: Recipe, number: int) -> str:
    return f"""\
// {number}. Send it. This is the paid call: run it once.
const body = {write_value(recipe.body, JAVASCRIPT)};
let answer = await call({json_string(recipe.path)}, body);
console.log(answer);
const jobId = {_at("answer", recipe.id_at)};"""


def _ask(recipe: Recipe, number: int) -> str:
    glue = f"?{recipe.status_parameter}=" if recipe.status_parameter else "/"
    failed = ", ".join(map(json_string, recipe.failed))
    wait_ms = f"{recipe.poll_after_s}_000"
    return f"""\
// {number}. Ask every {recipe.poll_after_s} s. If this stops, the video goes on: ask again with its ID.
while (true) {{
  await new Promise((resolve) => setTimeout(resolve, {wait_ms}));
  try {{
    answer = await call(`{recipe.status_path}{glue}${{encodeURIComponent(jobId)}}`);
  }} catch (error) {{ // asking again is free
    console.error(String(error));
    continue;
  }}
  const status = {_at("answer", recipe.status_at)};
  console.log(status);
  if (status === {json_string(recipe.done)}) break;
  if ([{failed}].includes(status)) throw new Error(JSON.stringify(answer));
}}"""


def _save(recipe: Recipe, number: int) -> str:
    asset = ""
    if recipe.asset_at:
        name = f"${{encodeURIComponent({_at('answer', recipe.asset_at)})}}"
        asset = f"\nanswer = await call(`{recipe.asset_path}/{name}`);"
    return f"""\
// {number}. Save the file soon: the link expires.{asset}
const video = await fetch({_at("answer", recipe.video_at)});
if (!video.ok) throw new Error(`${{video.status}} ${{video.statusText}}`);
await writeFile({json_string(recipe.file_name)}, Buffer.from(await video.arrayBuffer()));"""


def _at(name: str, keys: Keys) -> str:
    return name + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)

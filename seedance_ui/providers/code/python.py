"""A recipe for Python, with nothing but its standard library."""

from __future__ import annotations

from seedance_ui.providers.code.literals import Notation, python_string, write_value
from seedance_ui.providers.code.recipe import FromEnvironment, Keys, Material, Recipe

PYTHON = Notation(string=python_string, slot=str, true="True", false="False", null="None", indent="    ")

_MODULES = ("base64", "json", "os", "shutil", "time", "urllib.error", "urllib.parse", "urllib.request")

_CALL = '''\
def call(path, body=None):
    """Ask the API: GET, or POST with a body."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request({url}, data, HEADERS)
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        error.msg = f"{{error.msg}}: {{error.read().decode(errors='replace')}}"
        raise'''


def write_python(recipe: Recipe) -> str:
    """Return the recipe as a Python program."""
    first = 2 if recipe.has_files else 1
    functions = [_CALL.format(url="API + path + PROJECT" if recipe.project else "API + path")]
    functions += [helper.python for helper in recipe.helpers]
    rest = [_ask(recipe, first + 1), _save(recipe, first + 2)]
    used = "\n".join([_constants(recipe), *functions, _send(recipe, first, ""), *rest])
    imports = "\n".join(f"import {module}" for module in _MODULES if f"{module}." in used)
    body = f"body = {write_value(recipe.body, PYTHON)}\n"
    steps = [*([_materials(recipe)] if recipe.has_files else []), _send(recipe, first, body), *rest]
    head = f"# Save it as a file and run it with Python 3.8 or newer; it needs nothing else.\n{imports}"
    top = f"{head}\n\n{_constants(recipe)}"
    return "\n\n\n".join([top, *functions, "\n\n".join(steps)]) + "\n"


def _constants(recipe: Recipe) -> str:
    lines = [f"API = {python_string(recipe.base_url)}"]
    if recipe.project:
        parameter, variable = recipe.project
        lines.append(f'PROJECT = "?{parameter}=" + urllib.parse.quote({_environment(variable)}, safe="")')
    if recipe.auth.scheme == "Basic":
        lines.append("KEY = " + ' + ":" + '.join(map(_environment, recipe.auth.variables)))
        value = '"Basic " + base64.b64encode(KEY.encode()).decode()'
    else:
        [variable] = recipe.auth.variables
        value = f'"{recipe.auth.scheme} " + {_environment(variable)}'
    return "\n".join(
        [
            *lines,
            "HEADERS = {",
            f'    "Authorization": {value},',
            '    "Content-Type": "application/json",',
            '    "User-Agent": "seedance",  # some gateways refuse the name that Python gives itself',
            "}",
        ]
    )


def _materials(recipe: Recipe) -> str:
    return "\n".join([f"# 1. {recipe.advice}", *map(_material, recipe.materials)])


def _material(material: Material) -> str:
    arguments = ", ".join(map(_argument, material.arguments))
    value = f"{material.helper.name}({arguments})" if material.helper else arguments
    return f"{material.slot} = {value}" + (f"  # {material.note}" if material.note else "")


def _argument(value: str) -> str:
    return _environment(value) if isinstance(value, FromEnvironment) else python_string(value)


def _environment(name: str) -> str:
    return f'os.environ["{name}"]'


def _send(recipe: Recipe, number: int, body: str) -> str:
    return f"""\
# {number}. Send it. This is the paid call: run it once.
{body}answer = call({python_string(recipe.path)}, body)
print(answer)
job_id = {_at("answer", recipe.id_at)}"""


def _ask(recipe: Recipe, number: int) -> str:
    glue = f"?{recipe.status_parameter}=" if recipe.status_parameter else "/"
    failed = ", ".join(map(python_string, recipe.failed))
    return f"""\
# {number}. Ask every {recipe.poll_after_s} s. If this stops, the video goes on: ask again with its ID.
while True:
    time.sleep({recipe.poll_after_s})
    try:
        answer = call({python_string(recipe.status_path + glue)} + urllib.parse.quote(job_id, safe=""))
    except (OSError, ValueError) as error:  # asking again is free
        print(error)
        continue
    status = {_at("answer", recipe.status_at)}
    print(status)
    if status == {python_string(recipe.done)}:
        break
    if status in [{failed}]:
        raise SystemExit(answer)"""


def _save(recipe: Recipe, number: int) -> str:
    asset = ""
    if recipe.asset_at:
        path = python_string(f"{recipe.asset_path}/")
        asset = f'\nanswer = call({path} + urllib.parse.quote({_at("answer", recipe.asset_at)}, safe=""))'
    return f"""\
# {number}. Save the file soon: the link expires.{asset}
link = urllib.request.Request({_at("answer", recipe.video_at)}, headers={{"User-Agent": "seedance"}})
with urllib.request.urlopen(link) as video, open({python_string(recipe.file_name)}, "wb") as file:
    shutil.copyfileobj(video, file)"""


def _at(name: str, keys: Keys) -> str:
    return name + "".join(f"[{key}]" if isinstance(key, int) else f'["{key}"]' for key in keys)

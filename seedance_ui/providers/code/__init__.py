"""A request as programs that anybody can run: curl, Python and JavaScript.

An adapter declares a `Recipe`: where its API is, how it knows its callers, which steps make a handle of each file, and
the body, made by the very function that makes the body of the POST. Each language is one file that writes any recipe.
A program names keys by their environment variables, files by their names, and signed links by a variable as well: it
holds no key, no path of this machine and nothing that expires.
"""

from __future__ import annotations

from seedance_ui.providers.code.curl import write_curl
from seedance_ui.providers.code.javascript import write_javascript
from seedance_ui.providers.code.program import Program
from seedance_ui.providers.code.python import write_python
from seedance_ui.providers.code.recipe import Recipe


def write_programs(recipe: Recipe) -> tuple[Program, ...]:
    """Return a recipe in every language, in the order of the page's tabs."""
    variables = recipe.variables
    return (
        Program("curl", write_curl(recipe), variables),
        Program("python", write_python(recipe), variables),
        Program("javascript", write_javascript(recipe), variables),
    )

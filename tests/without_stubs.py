"""Keep Gradio from writing type stubs beside every component class that is made.

At import it parses each component's source twice for that: a third of what a start of the app costs, for files that
only type checkers read, and that two processes would write at the same time.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

_MODULE = "gradio.component_meta"


class _Finder:
    """Finds the one module that writes stubs, and takes that out of it."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target) if name == _MODULE else None
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def execute_and_patch(module: ModuleType) -> None:
            execute(module)
            assert hasattr(module, "create_or_modify_pyi")
            module.create_or_modify_pyi = lambda *_: None  # type: ignore[attr-defined]

        spec.loader.exec_module = execute_and_patch  # type: ignore[method-assign]
        return spec


def install() -> None:
    """Take effect for this process; Gradio must not be imported yet."""
    assert _MODULE not in sys.modules
    sys.meta_path.insert(0, _Finder)  # type: ignore[arg-type]

"""The page's frame: a `gr.Blocks` that takes no file which was not uploaded here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.state_holder import SessionState

from seedance_ui.ui.widgets.html_widget import is_uploaded


class Page(gr.Blocks):
    """A page whose events, named endpoints included, refuse every file that was not uploaded.

    Gradio 6.31 downloads a `FileData` whose path is a URL before a component or a handler sees it, whole into memory,
    whatever the input is meant to be (`processing_utils.async_move_files_to_cache`).
    """

    async def preprocess_data(
        self, block_fn: BlockFunction, inputs: list[Any], state: SessionState | None, explicit_call: bool = False
    ) -> list[Any]:
        """Return the arguments of a handler.

        Raises:
            gr.Error: A file is named that was not uploaded here.
        """
        if not all(is_uploaded(path) for path in _paths(inputs)):
            sentence = "A file was named that was not uploaded here. Save it on your disk first, then add it."
            raise gr.Error(sentence, print_exception=False)
        arguments: list[Any] = await super().preprocess_data(block_fn, inputs, state, explicit_call)
        return arguments


def _paths(value: object) -> Iterator[str]:
    """Yield the path of everything that looks like a `FileData`, however deep; without recursion."""
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, dict):
            if "meta" in item and isinstance(item.get("path"), str):
                yield item["path"]
            left.extend(item.values())
        elif isinstance(item, (list, tuple)):
            left.extend(item)

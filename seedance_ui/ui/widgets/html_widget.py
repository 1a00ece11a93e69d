"""What the custom widgets share: their assets, and the checks on a value that came from a browser."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import gradio as gr
from gradio.data_classes import FileData
from gradio.exceptions import InvalidPathError
from gradio.utils import abspath, get_upload_folder, is_in_or_equal

from seedance_ui.media.names import display_name

ASSETS = Path(__file__).resolve().parents[3] / "assets" / "widgets"


@cache
def load_scripts(*names: str) -> str:
    """Return scripts of assets/widgets in one scope, behind the functions that all widgets share."""
    return "\n".join((ASSETS / f"{name}.js").read_text(encoding="utf-8") for name in ("common", *names))


_Html: Any = gr.HTML
"""Untyped, because Gradio declares the value of every `gr.HTML` to be a string; ours are not."""


class HtmlWidget(_Html):  # type: ignore[misc]
    """A part of the page that is drawn by its own script.

    Gradio evaluates the template anew with every change, as JavaScript: so it is static, and text of
    users and providers enters by the script's `textContent` only.
    """

    script: ClassVar[str]
    """Name of the script in assets/widgets; an event exists in Python if its name stands quoted there."""
    script_parts: ClassVar[tuple[str, ...]] = ()
    """Scripts that stand before it, in the same scope."""
    template: ClassVar[str]
    """Static HTML without `${`, backticks or `{{`."""
    schema: ClassVar[dict[str, Any]] = {"type": "object"}
    """JSON schema of the value."""

    def __init__(self, value: Any = None, **props: Any) -> None:
        super().__init__(
            value=value,
            html_template=self.template,
            js_on_load=load_scripts(*self.script_parts, self.script),
            apply_default_css=False,
            **props,
        )

    def __getattr__(self, name: str) -> Any:
        # Gradio takes every quoted word of the script for an event, the props that it watches too; it would then put
        # the event's listener, and with it the whole app, into the page's configuration.
        if name in self.__dict__.get("props", ()):
            raise AttributeError(name)
        return super().__getattr__(name)

    def postprocess(self, value: Any) -> Any:
        """Return the value as JSON."""
        return value

    def api_info(self) -> dict[str, Any]:
        """Return the JSON schema of the value."""
        return self.schema

    def example_payload(self) -> None:
        """Return no example: these widgets are not part of the public API."""

    def example_value(self) -> None:
        """Return no example: these widgets are not part of the public API."""


class DisplayWidget(HtmlWidget):
    """A widget whose value only Python sets: what a browser sends back is not read."""

    def preprocess(self, payload: object) -> None:
        """Ignore the client's value."""


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file that a person put into a widget. Its content is not checked yet."""

    path: str
    """In Gradio's upload folder; Gradio refuses any other."""
    name: str
    """The name on the person's disk; for display only, never a path."""


class FileWidget(HtmlWidget):
    """A widget that people put files into; it reads nothing outside Gradio's upload folder.

    Gradio 6.31 makes sure of that only for an app that was started by `launch()`. Ours is mounted, and there any
    path in a request would be copied into the cache and handed to Python (`processing_utils._check_allowed`).
    """

    def move_resource_to_block_cache(self, url_or_file_path: Any) -> Any:
        """Return the path of an uploaded file."""
        self._check_uploaded(url_or_file_path)
        return super().move_resource_to_block_cache(url_or_file_path)

    async def async_move_resource_to_block_cache(self, url_or_file_path: Any) -> Any:
        """Return the path of an uploaded file."""
        self._check_uploaded(url_or_file_path)
        return await super().async_move_resource_to_block_cache(url_or_file_path)

    def read_file(self, data: FileData) -> UploadedFile:
        """Return one file of a value that came from a browser.

        It may be gone, because uploads are kept for a limited time; `services.take_in` says so.

        Raises:
            InvalidPathError: It was not uploaded here.
        """
        self._check_uploaded(data.path)  # a stream's path does not pass through the cache
        return UploadedFile(path=data.path, name=display_name(data.orig_name or data.path))

    def write_file(self, file: UploadedFile | tuple[str, str]) -> FileData:
        """Return a file of this machine for the browser: a copy in Gradio's cache, from where it is served.

        One that is gone keeps its place: `services.take_in` says so of it as of an upload that was swept.
        """
        path, name = (file.path, file.name) if isinstance(file, UploadedFile) else file
        if not Path(path).is_file():
            return FileData(path=str(Path(get_upload_folder()) / "gone" / Path(path).name), orig_name=name)
        return FileData(path=super().move_resource_to_block_cache(path), orig_name=name)

    def _check_uploaded(self, path: object) -> None:
        if not is_uploaded(str(path)):
            raise InvalidPathError("A file in this request was not uploaded here.")


def is_uploaded(path: str) -> bool:
    """Whether a path is in Gradio's upload folder, links followed; the file itself may be gone by now."""
    try:
        return is_in_or_equal(abspath(path), get_upload_folder())
    except (OSError, ValueError):  # no path at all: a NUL in it, or too long
        return False

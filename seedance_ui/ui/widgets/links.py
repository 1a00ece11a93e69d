"""Links that a person pasted in place of files: as they cross between the browser and Python."""

from __future__ import annotations

from typing import Literal

from gradio.data_classes import FileData, GradioModel
from pydantic import ConfigDict, Field

from seedance_ui.domain.media import MediaKind, MediaLink
from seedance_ui.ui.widgets.html_widget import FileWidget, UploadedFile

_MAX_CHARS = 4_000
"""Beyond what `domain.validation` takes, so that a link which is merely too long gets its sentence."""

Given = UploadedFile | MediaLink
"""What a person put into a widget: a file to look at, or a link that nobody here ever fetches."""


class LinkData(GradioModel):
    """A link on the wire. Only its shape is sure; whether it can be used is said by `domain.validation`."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(max_length=_MAX_CHARS)
    kind: Literal["image", "video", "audio"]


class MediaWidget(FileWidget):
    """A widget that takes files and links."""

    def read(self, data: FileData | LinkData) -> Given:
        """Return one item of a value that came from a browser; raises what `read_file` does."""
        if isinstance(data, LinkData):
            return MediaLink(url=data.url, kind=MediaKind(data.kind))
        return self.read_file(data)

    def write(self, given: Given | tuple[str, str]) -> FileData | LinkData:
        """Return one item for the browser."""
        if isinstance(given, MediaLink):
            return LinkData(url=given.url, kind=given.kind.value)
        return self.write_file(given)

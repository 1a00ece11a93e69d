"""The reference tray: images, videos and audio that a prompt names as @Image1, @Video1, @Audio1."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from html import escape
from typing import Any

from gradio.data_classes import FileData, GradioRootModel

from seedance_ui.domain.model_spec import MediaLimits
from seedance_ui.ui.widgets.links import Given, LinkData, MediaWidget


def counts_of(limits: MediaLimits) -> dict[str, int]:
    """Return how many files of each kind a tray takes under these limits."""
    return {kind.value: count for kind, count in limits.max_count.items()}


MAX_COUNTS = counts_of(MediaLimits())
"""Until a provider is known: `domain.validation` decides for the chosen one."""


class ReferenceFiles(GradioRootModel):
    """The tray's value on the wire: images, then videos, then audio."""

    root: list[FileData | LinkData]


class ReferenceTray(MediaWidget):
    """Cards for reference files and links.

    Event: `change` when files were added, removed or moved. The tags in the prompt follow in the page itself
    (`assets/mentions.js`), so that one undo brings back both.
    """

    script = "reference_tray"
    script_parts = ("links", "reference_card", "reference_order", "reference_drag", "reference_replace")
    data_model = ReferenceFiles
    schema = ReferenceFiles.model_json_schema()
    template = f"""
      <section class="reference-tray" aria-label="References">
        <div class="tray-head">
          <span class="label" aria-hidden="true">References</span><span class="hint tally"></span>
          <button type="button" class="btn small add-files">
            <svg class="ic" aria-hidden="true"><use href="#i-plus"></use></svg>Add files</button>
          <button type="button" class="btn small add-link" aria-expanded="false">
            <svg class="ic" aria-hidden="true"><use href="#i-link"></use></svg><span>Add link</span></button>
          <input type="file" multiple hidden accept="image/*,video/*,audio/*">
        </div>
        <div class="link-field" hidden></div>
        <ul class="tray" aria-label="Reference files" data-limits="{escape(json.dumps(MAX_COUNTS))}"></ul>
        <p class="tray-undo" hidden><span></span><button type="button" class="btn small">Undo</button></p>
        <p class="drop-hint">Drop images, videos or audio here, paste them or a link to one, or add files.</p>
        <p class="vh" aria-live="polite"></p>
      </section>"""

    def __init__(
        self,
        value: Sequence[Given | tuple[str, str]] | None = None,
        *,
        facts: Mapping[str, str] | None = None,
        problems: Mapping[str, str] | None = None,
        fixes: Collection[str] = (),
        limits: Mapping[str, int] | None = None,
        **kwargs: Any,
    ) -> None:
        """Make a tray.

        Args:
            value: Files, links, or (path, name) pairs, in any order.
            facts: Tag to a short line such as "1920 × 1080 · 2.1 MB"; without it the browser measures.
            problems: Tag to the sentence that its card shows.
            fixes: Tags whose card offers `Fix it`.
            limits: Kind to the number of files that fit.
            **kwargs: For `gr.HTML`.
        """
        super().__init__(
            value,
            facts=facts or {},
            problems=problems or {},
            fixes=list(fixes),
            limits=dict(limits or MAX_COUNTS),
            **kwargs,
        )

    def preprocess(self, payload: ReferenceFiles | None) -> list[Given]:
        """Return the files and links in tray order.

        Raises:
            InvalidPathError: A file was not uploaded here.
        """
        return [self.read(data) for data in (payload.root if payload else [])]

    def postprocess(self, value: Sequence[Given | tuple[str, str]] | None) -> ReferenceFiles:
        """Return the value on the wire."""
        return ReferenceFiles(root=[self.write(file) for file in value or []])

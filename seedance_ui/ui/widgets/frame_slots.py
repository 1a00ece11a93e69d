"""Two slots for the first and the last frame of a video."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from gradio.data_classes import FileData, GradioModel

from seedance_ui.ui.widgets.links import Given, LinkData, MediaWidget


@dataclass(frozen=True, slots=True)
class FramePair:
    """The frames that a person chose."""

    first: Given | None = None
    last: Given | None = None


class FrameFiles(GradioModel):
    """The slots' value on the wire."""

    first: FileData | LinkData | None = None
    last: FileData | LinkData | None = None


class FrameSlots(MediaWidget):
    """Slots `First frame` and `Last frame`. Event: `change` when a frame was added, removed or swapped."""

    script = "frame_slots"
    script_parts = ("links",)
    data_model = FrameFiles
    schema = FrameFiles.model_json_schema()
    template = """
      <section class="frame-slots" aria-label="First and last frame">
        <div class="slot" data-slot="first" role="group" aria-label="First frame"></div>
        <button type="button" class="btn small swap" aria-label="Swap first and last frame" hidden>Swap</button>
        <div class="slot" data-slot="last" role="group" aria-label="Last frame, optional"></div>
        <p class="vh" aria-live="polite"></p>
      </section>"""

    def __init__(
        self,
        value: FramePair | None = None,
        *,
        facts: Mapping[str, str] | None = None,
        problems: Mapping[str, str] | None = None,
        fixes: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        """Make the slots.

        Args:
            value: The frames.
            facts: "first_frame" or "last_frame" to a short line such as "1920 × 1080 · 2.1 MB".
            problems: "first_frame" or "last_frame" to the sentence that its slot shows.
            fixes: Keys of `problems` whose slot offers `Fix it`.
            **kwargs: For `gr.HTML`.
        """
        super().__init__(value, facts=facts or {}, problems=problems or {}, fixes=list(fixes), **kwargs)

    def preprocess(self, payload: FrameFiles | None) -> FramePair:
        """Return the chosen frames.

        Raises:
            InvalidPathError: A file was not uploaded here.
        """
        if payload is None:
            return FramePair()
        return FramePair(
            first=self.read(payload.first) if payload.first else None,
            last=self.read(payload.last) if payload.last else None,
        )

    def postprocess(self, value: FramePair | None) -> FrameFiles:
        """Return the value on the wire."""
        pair = value or FramePair()
        return FrameFiles(
            first=self.write(pair.first) if pair.first else None,
            last=self.write(pair.last) if pair.last else None,
        )

"""Updates for the cards of files: the frame slots and the reference tray.

Gradio 6.31: an update that reaches a part on a closed tab takes the place of all its props, an empty one
(`gr.skip()`) too. So a handler with such a part among its outputs always sends every prop.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import gradio as gr

from seedance_ui.domain.model_spec import MediaLimits, ModelSpec
from seedance_ui.ui.widgets.frame_slots import FramePair
from seedance_ui.ui.widgets.links import Given
from seedance_ui.ui.widgets.reference_tray import counts_of

_NOTHING: Mapping[str, str] = {}


def frames_update(
    value: FramePair | None = None,
    *,
    problems: Mapping[str, str] = _NOTHING,
    facts: Mapping[str, str] = _NOTHING,
    fixes: Collection[str] = (),
) -> object:
    """Return an update for the frames.

    Args:
        value: The frames; None leaves them as they are.
        problems: "first_frame" or "last_frame" to what its slot says.
        facts: The same keys to a line such as "1920 × 1080".
        fixes: The keys whose slot offers `Fix it`.
    """
    props: dict[str, Any] = {"problems": dict(problems), "facts": dict(facts), "fixes": list(fixes)}
    return gr.update(**props) if value is None else gr.update(value=value, **props)


def tray_update(
    spec: ModelSpec | None,
    value: Sequence[Given] | None = None,
    *,
    problems: Mapping[str, str] = _NOTHING,
    facts: Mapping[str, str] = _NOTHING,
    fixes: Collection[str] = (),
) -> object:
    """Return an update for the references.

    Args:
        spec: Whose limits the tray shows; None for the common ones.
        value: The references; None leaves them as they are.
        problems: Tag to what its card says.
        facts: Tag to a line such as "1920 × 1080".
        fixes: The tags whose card offers `Fix it`.
    """
    limits = counts_of(spec.limits if spec else MediaLimits())
    notes: dict[str, Any] = {"problems": dict(problems), "facts": dict(facts), "fixes": list(fixes)}
    props = notes | {"limits": limits}
    return gr.update(**props) if value is None else gr.update(value=list(value), **props)

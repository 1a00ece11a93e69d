"""Updates for the cards of files: the frame slots and the reference tray.

Gradio 6.31: an update that reaches a part on a closed tab takes the place of all its props, an empty one
(`gr.skip()`) too. So a handler with such a part among its outputs always sends every prop.
"""

from __future__ import annotations

from collections.abc import Mapping

import gradio as gr

from seedance_ui.domain.model_spec import MediaLimits, ModelSpec

_NOTHING: Mapping[str, str] = {}


def frames_update(*, problems: Mapping[str, str] = _NOTHING, facts: Mapping[str, str] = _NOTHING) -> object:
    """Return an update that leaves the frames as they are.

    Args:
        problems: "first_frame" or "last_frame" to what its slot says.
        facts: The same keys to a line such as "1920 × 1080".
    """
    return gr.update(problems=dict(problems), facts=dict(facts))


def tray_update(
    spec: ModelSpec | None, *, problems: Mapping[str, str] = _NOTHING, facts: Mapping[str, str] = _NOTHING
) -> object:
    """Return an update that leaves the references as they are.

    Args:
        spec: Whose limits the tray shows; None for the common ones.
        problems: Tag to what its card says.
        facts: Tag to a line such as "1920 × 1080".
    """
    most = (spec.limits if spec else MediaLimits()).max_count
    limits = {kind.value: count for kind, count in most.items()}
    return gr.update(problems=dict(problems), facts=dict(facts), limits=limits)

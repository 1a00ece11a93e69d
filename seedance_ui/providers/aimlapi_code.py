"""What a program must know to send a request to AIML API; sources as in `aimlapi.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from seedance_ui.domain.media import MediaFile, MediaKind
from seedance_ui.domain.request import GenerationRequest
from seedance_ui.providers.base import Handles, ProviderInfo
from seedance_ui.providers.code.helpers import DATA_URI
from seedance_ui.providers.code.program import video_name
from seedance_ui.providers.code.recipe import Auth, FromEnvironment, Material, Named, Recipe, prepare

POLL_AFTER_S = 15
"""As in both samples of AI-PAGE (C)."""


def recipe_of(
    request: GenerationRequest,
    build_payload: Callable[[GenerationRequest, Handles], Mapping[str, Any]],
    info: ProviderInfo,
    path: str,
) -> Recipe:
    """Return the recipe of a request that passed the checks.

    Args:
        request: What to make.
        build_payload: The adapter's own.
        info: Of AIML API.
        path: Where a video is started, and where its state is asked for.
    """
    prepared = prepare(request, build_payload, _plan)
    return Recipe(
        base_url=info.public_base_url,
        auth=Auth("Bearer", info.key_variables),
        path=path,
        body=prepared.body,
        materials=prepared.materials,
        id_at=("id",),
        status_path=path,
        status_parameter="generation_id",
        status_at=("status",),
        done="completed",
        failed=("error",),
        video_at=("video", "url"),
        poll_after_s=POLL_AFTER_S,
        file_name=video_name(request.prompt),
    )


def _plan(one: Named) -> Material | str:
    """Pictures and sounds stand in the body; a video goes by a link, which only its owner can make."""
    if isinstance(one.reference, MediaFile) and one.reference.kind is not MediaKind.VIDEO:
        return Material(one.slot, (one.file_name, one.reference.mime), DATA_URI, reads_file=True)
    if isinstance(one.link, FromEnvironment):
        return Material(one.slot, (one.link,), note=one.link_note)
    return one.link

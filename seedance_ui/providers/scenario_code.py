"""What a program must know to send a request to Scenario; sources as in `scenario.py` and `scenario_assets.py`."""

from __future__ import annotations

from seedance_ui.domain.media import MediaFile
from seedance_ui.domain.request import GenerationRequest
from seedance_ui.providers.base import ProviderInfo
from seedance_ui.providers.code.program import video_name
from seedance_ui.providers.code.recipe import Auth, Material, Named, Recipe, prepare
from seedance_ui.providers.scenario_assets import goes_in_one_call, name_at_scenario
from seedance_ui.providers.scenario_payload import build_payload
from seedance_ui.providers.scenario_uploads import IMPORT_LINK, POST_IMAGE, UPLOAD

POLL_AFTER_S = 5
"""No interval is documented (G); the app's own."""


def recipe_of(
    request: GenerationRequest,
    info: ProviderInfo,
    path: str,
    *,
    names_project: bool,
) -> Recipe:
    """Return the recipe of a request that passed the checks.

    Args:
        request: What to make.
        info: Of Scenario.
        path: Where a video is started.
        names_project: Whether every call says which project pays.
    """
    prepared = prepare(request, build_payload, _plan)
    return Recipe(
        base_url=info.public_base_url,
        auth=Auth("Basic", info.key_variables),
        path=path,
        body=prepared.body,
        materials=prepared.materials,
        id_at=("job", "jobId"),
        status_path="/jobs",
        status_at=("job", "status"),
        done="success",
        failed=("failure", "canceled"),
        asset_at=("job", "metadata", "assetIds", 0),
        asset_path="/assets",
        video_at=("asset", "url"),
        poll_after_s=POLL_AFTER_S,
        file_name=video_name(request.prompt),
        project=("projectId", "SCENARIO_PROJECT_ID") if names_project else None,
    )


def _plan(one: Named) -> Material | str:
    """Everything becomes an asset first, by the way that the adapter takes."""
    file = one.reference
    if not isinstance(file, MediaFile):
        return Material(one.slot, (one.link, file.kind.value), IMPORT_LINK, note=one.link_note)
    if goes_in_one_call(file):
        return Material(one.slot, (one.file_name, file.mime, name_at_scenario(file)), POST_IMAGE, reads_file=True)
    arguments = (one.file_name, file.mime, file.kind.value, name_at_scenario(file))
    return Material(one.slot, arguments, UPLOAD, reads_file=True)

"""Two runs side by side, by calling the handler over real services."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.services import LOCAL_OWNER, Services
from seedance_ui.ui.compare import CompareHandlers
from tests.media_makers import make_image


def event(jobs: object) -> gr.EventData:
    return gr.EventData(None, {"jobs": jobs})


async def made(services: Services, owner: str | None = LOCAL_OWNER, **changes: Any) -> str:
    request = GenerationRequest(**{"provider": "strict", "mode": Mode.TEXT, "prompt": "a lighthouse", **changes})
    job_id = await services.submit(request, owner=owner)
    assert [step async for _, step in services.watch(job_id)][-1]["state"] == "succeeded"
    return job_id


async def test_on_compare_shows_both_and_marks_what_differs(services: Services, tmp_path: Any) -> None:
    frame = await services.take_in(make_image(tmp_path / "dusk.png", (640, 480)), "dusk.png")
    a = await made(services, prompt="a red lamp", duration_s=4, seed=7)
    b = await made(services, prompt="a blue lamp", mode=Mode.FRAMES, first_frame=frame, generate_audio=False)

    view: Any = await CompareHandlers(services).on_compare({}, event([a, b]))

    assert (view["a"]["job_id"], view["b"]["job_id"], view["fps"]) == (a, b, 24)
    rows = {row["name"]: row for row in view["rows"]}
    assert [name for name, row in rows.items() if row["differs"] and name != "elapsed_s"] == [
        "prompt", "mode", "duration_s", "generate_audio", "first_frame",
    ]  # fmt: skip
    assert [part["text"] for part in rows["prompt"]["a"] if part["differs"]] == ["red"]
    assert (rows["first_frame"]["a"], rows["first_frame"]["b"]) == (None, ["dusk.png"])
    assert (rows["provider"]["a"], rows["seed"]["a"], rows["seed"]["b"]) == ("Strict Video", 7, 7)
    assert rows["cost"]["a"] == view["a"]["cost"]


async def test_on_compare_of_a_video_whose_file_is_gone_still_tells_the_settings(services: Services) -> None:
    a, b = await made(services), await made(services)
    path = services.media_path(f"{b}.mp4")
    assert path is not None
    path.unlink()

    view: Any = await CompareHandlers(services).on_compare({}, event([a, b]))

    assert (view["a"]["is_missing"], view["b"]["is_missing"]) == (False, True)


@pytest.mark.parametrize("shape", ["none", "one", "same", "three", "unknown", "text"])
async def test_on_compare_of_what_is_no_pair_changes_nothing(services: Services, shape: str) -> None:
    job_id = await made(services)
    named = {"none": None, "one": [job_id], "same": [job_id] * 2, "three": [job_id] * 3, "unknown": [job_id, "0" * 32]}

    assert await CompareHandlers(services).on_compare({}, event(named.get(shape, "text"))) == gr.skip()


async def test_on_compare_in_public_does_not_show_a_strangers_run(start_services: Any) -> None:
    services = start_services({"SEEDANCE_PUBLIC": "on"})
    mine = await made(services, owner=services.owner_of("me"))
    theirs = await made(services, owner=services.owner_of("somebody"))

    assert await CompareHandlers(services).on_compare({"visitor": "me"}, event([mine, theirs])) == gr.skip()

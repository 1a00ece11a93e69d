"""An imported run in the page: it opens, is remixed to the very request that it was made of, and needs no provider."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from seedance_ui.domain.media import MediaFile
from seedance_ui.services import LOCAL_OWNER, Services
from seedance_ui.ui.form import FormValues, collect
from seedance_ui.ui.library_panel import LibraryHandlers
from seedance_ui.ui.remix import RemixHandlers
from seedance_ui.ui.widgets.frame_slots import FramePair
from tests.media_makers import make_image
from tests.shared_runs import bring_in, make_medium, zip_run

FORM = FormValues("text", "", "strict", 8, False, "720p", "16:9", True, None, FramePair(), ())
NAMES = ("tabs", "mode", "prompt", "provider", "hint", "duration", "auto", "resolution", "ratio", "sound", "seed",
         "frames", "references", "parent")  # fmt: skip


async def remixed(services: Services, job_id: str) -> dict[str, Any]:
    inputs = [*(getattr(FORM, name) for name in FormValues.__dataclass_fields__), {}]
    outputs = await RemixHandlers(services).on_remix(gr.EventData(None, {"job": job_id}), *inputs)
    return dict(zip(NAMES, outputs, strict=True))


def as_form(filled: dict[str, Any]) -> FormValues:
    return FormValues(
        filled["mode"], filled["prompt"], filled["provider"], filled["duration"]["value"], filled["auto"]["value"],
        filled["resolution"]["value"], filled["ratio"]["value"], filled["sound"], filled["seed"]["value"],
        FramePair(), filled["references"]["value"], filled["parent"],
    )  # fmt: skip


async def test_remix_of_an_imported_run_makes_its_request_again(
    services: Services, tmp_path: Path, finished_video: Path
) -> None:
    pictures = {f"media/image-{n}.png": make_image(tmp_path / f"{n}.png", (400, 320)).read_bytes() for n in (1, 2)}
    told = [make_medium(f"@Image{n}", "image", name=f"coat {n}.png", entry=f"media/image-{n}.png") for n in (1, 2)]
    packed = zip_run(
        {"video.mp4": finished_video.read_bytes(), **pictures}, mode="references", prompt="@Image2, @Image1", media=told
    )
    job_id = (await bring_in(services, packed)).job_id
    job = await services.job_of(job_id, LOCAL_OWNER)
    assert job is not None

    filled = await remixed(services, job_id)

    assert [one.name for one in filled["references"]["value"]] == ["coat 1.png", "coat 2.png"]
    collected = await collect(services, as_form(filled))
    assert collected.problems == ()
    assert collected.request.fingerprint() == job.request.fingerprint()
    assert [one.path for one in collected.request.images if isinstance(one, MediaFile)] == [
        one.path for one in job.request.images if isinstance(one, MediaFile)
    ]
    assert (collected.request.seed, job.seed) == (None, 7)  # asked for a random one, and drawn


@pytest.mark.parametrize("provider", ["kling-9", "animatic_pro"])
async def test_a_run_of_an_unknown_provider_plays_and_its_remix_moves_to_a_usable_one_with_words(
    services: Services, finished_video: Path, provider: str
) -> None:
    packed = zip_run({"video.mp4": finished_video.read_bytes()}, provider=provider, provider_label="Kling")
    job_id = (await bring_in(services, packed)).job_id

    _, item, _ = await LibraryHandlers(services).on_open({}, gr.EventData(None, {"job": job_id}))
    filled = await remixed(services, job_id)

    assert isinstance(item, dict)
    assert (item["video_url"], item["provider_label"]) == (f"/media/{job_id}.mp4", provider)
    assert filled["provider"] == "strict"
    assert f"This run was made at {provider}. {provider} is not offered here." in str(filled["hint"])
    assert await services.code_of_job(job_id, owner=LOCAL_OWNER, app_url="http://127.0.0.1") is None

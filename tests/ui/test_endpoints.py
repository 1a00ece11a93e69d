"""The named endpoints: what clients see of them, and what they yield."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from gradio.utils import get_upload_folder

from seedance_ui.services import LOCAL_OWNER, Services
from seedance_ui.ui.build import build_ui
from seedance_ui.ui.endpoints import Endpoints
from tests.media_makers import make_image

COMMON = {
    "provider": "animatic",
    "duration_s": 8,
    "resolution": "720p",
    "aspect_ratio": "16:9",
    "generate_audio": True,
    "seed": None,
}


def uploaded(name: str) -> dict[str, Any]:
    folder = Path(get_upload_folder()) / "0123"
    folder.mkdir(parents=True, exist_ok=True)
    path = make_image(folder / name, size=(640, 480))
    return {"path": str(path), "orig_name": name, "meta": {"_type": "gradio.FileData"}}


async def test_only_the_three_endpoints_are_public(services: Services) -> None:
    named = build_ui(services).get_api_info()["named_endpoints"]

    parameters = {
        name: {item["parameter_name"]: item.get("parameter_default") for item in endpoint["parameters"]}
        for name, endpoint in named.items()
    }
    assert parameters == {
        "/text_to_video": {"prompt": None, **COMMON},
        "/frames_to_video": {"prompt": None, "first_frame": None, "last_frame": None, **COMMON},
        "/references_to_video": {"prompt": None, "images": None, "videos": None, "audios": None, **COMMON},
    }
    assert all(len(endpoint["returns"]) == 2 for endpoint in named.values())


async def test_text_to_video_yields_every_event_and_the_video_last(services: Services) -> None:
    steps = [step async for step in Endpoints(services).text_to_video("a lighthouse", provider="strict")]

    states = [snapshot["state"] for snapshot, _ in steps]
    assert (states[0], states[-1]) == ("queued", "succeeded")
    assert [video is None for _, video in steps] == [True] * (len(steps) - 1) + [False]
    video = steps[-1][1]
    assert video is not None and Path(video.path).read_bytes()[4:8] == b"ftyp"
    assert Path(video.path).is_relative_to(os.path.realpath(get_upload_folder()))


async def test_frames_and_references_take_uploads(services: Services) -> None:
    endpoints = Endpoints(services)

    frames = [s async for s in endpoints.frames_to_video("dusk falls", uploaded("a.png"), provider="strict")]
    images = [
        s
        async for s in endpoints.references_to_video(
            "@Image2", [uploaded("b.png"), uploaded("c.png")], provider="strict"
        )
    ]

    assert [steps[-1][0]["mode"] for steps in (frames, images)] == ["frames", "references"]
    assert len(await services.library(LOCAL_OWNER)) == 2


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"prompt": ""}, "Describe the video"),
        ({"duration_s": 3}, "The duration is 3 s"),
        ({"duration_s": "8"}, "The duration is '8'"),
        ({"seed": 4.5}, "The seed is 4.5"),
        ({"seed": -1}, "The seed is -1"),
        ({"aspect_ratio": "adaptive"}, "The aspect ratio is 'adaptive'"),
        ({"generate_audio": 1}, "Sound is 1"),
        ({"provider": "<b>x</b>"}, "no provider '&lt;b&gt;x&lt;/b&gt;'"),
        ({"provider": "locked"}, "AIMLAPI_KEY"),
        ({"prompt": "@Image1"}, "References tab"),
    ],
    ids=str,
)
async def test_a_bad_value_is_refused_in_words_and_makes_no_job(
    services: Services, values: dict[str, Any], words: str
) -> None:
    call = {"prompt": "a lighthouse", "provider": "strict", **values}

    with pytest.raises(gr.Error) as refused:
        await anext(aiter(Endpoints(services).text_to_video(**call)))

    assert words in refused.value.message
    assert refused.value.print_exception is False
    assert await services.count_by_state() == {}


@pytest.mark.parametrize("value", ["/etc/passwd", {"path": "/etc/passwd"}, {}, 4, {"path": None}], ids=repr)
async def test_a_file_that_was_not_uploaded_is_refused(services: Services, value: object) -> None:
    with pytest.raises(gr.Error, match="uploaded"):
        await anext(aiter(Endpoints(services).frames_to_video("x", value, provider="strict")))


async def test_a_way_out_of_the_upload_folder_is_refused(services: Services, tmp_path: Path) -> None:
    outside = make_image(tmp_path / "outside.png", size=(640, 480))
    way_out = str(Path(get_upload_folder()) / ".." / outside.name)
    link = Path(get_upload_folder()) / "link.png"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(outside)

    for path in (way_out, str(link)):
        with pytest.raises(gr.Error, match="uploaded"):
            await anext(aiter(Endpoints(services).frames_to_video("x", {"path": path}, provider="strict")))


async def test_an_endpoints_job_in_public_belongs_to_nobody(start_services: Any) -> None:
    services = start_services({"SEEDANCE_PUBLIC": "on"})

    steps = [step async for step in Endpoints(services).text_to_video("a lighthouse", provider="strict")]

    assert steps[-1][0]["state"] == "succeeded"
    assert await services.library(LOCAL_OWNER) == []

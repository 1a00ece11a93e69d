"""A finished run as the start of the next one, by calling its handlers over real services."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from seedance_ui.domain.job import JobState, Phase
from seedance_ui.domain.media import MediaKind, MediaLink
from seedance_ui.domain.pricing import UNKNOWN_CU
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.services import LOCAL_OWNER, Services
from seedance_ui.ui.fitting import FittingHandlers
from seedance_ui.ui.form import FormValues, collect
from seedance_ui.ui.generate import GenerateHandlers
from seedance_ui.ui.remix import EXTEND_PROMPT, RemixHandlers
from seedance_ui.ui.widgets.frame_slots import FramePair
from seedance_ui.ui.widgets.html_widget import UploadedFile
from seedance_ui.ui.widgets.reference_tray import ReferenceTray
from tests.media_makers import make_image, make_mp3, make_video
from tests.scripted import make_job

FORM = FormValues("text", "", "strict", 8, False, "720p", "16:9", True, None, FramePair(), ())
LINK = MediaLink("https://example.com/street.jpg", MediaKind.IMAGE)
NAMES = ("tabs", "mode", "prompt", "provider", "hint", "duration", "auto", "resolution", "ratio", "sound", "seed",
         "frames", "references", "parent")  # fmt: skip


def event(job_id: object) -> gr.EventData:
    return gr.EventData(None, {"job": job_id})


def inputs(form: FormValues) -> list[Any]:
    return [*(getattr(form, name) for name in FormValues.__dataclass_fields__), {}]


def named(outputs: tuple[object, ...]) -> dict[str, Any]:
    return dict(zip(NAMES, outputs, strict=True))


async def made(services: Services, request: GenerationRequest, owner: str | None = LOCAL_OWNER) -> str:
    job_id = await services.submit(request, owner=owner)
    assert [step async for _, step in services.watch(job_id)][-1]["state"] == "succeeded"
    return job_id


async def with_references(services: Services, directory: Path) -> GenerationRequest:
    coat = await services.take_in(make_image(directory / "coat.png", (400, 400)), "coat.png")
    beat = await services.take_in(make_mp3(directory / "beat.mp3"), "beat")
    walk = await services.take_in(make_video(directory / "walk.mp4", size=(864, 496)), "walk.mp4")
    return GenerationRequest(
        provider="strict",
        mode=Mode.REFERENCES,
        prompt="@Image1 walks as in @Video1 to @Audio1",
        duration_s=5,
        resolution="480p",
        aspect_ratio="9:16",
        generate_audio=False,
        seed=0,
        images=(coat,),
        videos=(walk,),
        audios=(beat,),
    )


async def test_remix_brings_back_what_makes_the_same_request_again(services: Services, tmp_path: Path) -> None:
    request = await with_references(services, tmp_path)
    job_id = await made(services, request)

    filled = named(await RemixHandlers(services).on_remix(event(job_id), *inputs(FORM)))

    given = filled["references"]["value"]
    assert [one.name for one in given] == ["coat.png", "walk.mp4", "beat.mp3"]
    form = FormValues(
        filled["mode"], filled["prompt"], filled["provider"], filled["duration"]["value"], filled["auto"]["value"],
        filled["resolution"]["value"], filled["ratio"]["value"], filled["sound"], filled["seed"]["value"],
        FramePair(), given, filled["parent"],
    )  # fmt: skip
    collected = await collect(services, form)
    assert collected.problems == ()
    assert collected.request.fingerprint() == request.fingerprint()
    assert filled["tabs"]["selected"] == "references"
    assert filled["parent"] == job_id


def kept(services: Services, request: GenerationRequest, owner: str | None = LOCAL_OWNER) -> str:
    """Put a run into the table that no provider here would have taken, and return its id."""
    job = replace(make_job(owner=owner), request=request, state=JobState.CANCELLED, phase=Phase.DONE)
    return services._store.add(job, form_token=None).job_id


async def test_remix_keeps_links_auto_and_the_empty_seed(services: Services) -> None:
    request = GenerationRequest("lenient", Mode.FRAMES, "", duration_s=0, aspect_ratio="16:9", first_frame=LINK)

    filled = named(await RemixHandlers(services).on_remix(event(kept(services, request)), *inputs(FORM)))

    assert filled["frames"]["value"] == FramePair(first=LINK)
    assert (filled["provider"], filled["ratio"]["value"], filled["prompt"]) == ("lenient", "16:9", "")
    assert (filled["auto"]["value"], filled["duration"]["interactive"]) == (True, False)
    assert filled["seed"]["value"] is None


@pytest.mark.parametrize(("provider", "why"), [("locked", "AIMLAPI_KEY"), ("gone", "gone is not offered here.")])
async def test_remix_of_a_provider_that_cannot_be_used_now_stays_at_the_forms_and_says_so(
    services: Services, provider: str, why: str
) -> None:
    request = GenerationRequest(provider, Mode.TEXT, "a lighthouse", resolution="1080p")

    filled = named(await RemixHandlers(services).on_remix(event(kept(services, request)), *inputs(FORM)))

    assert filled["provider"] == "strict"
    assert filled["hint"]["moved"].startswith("This run was made at ")
    assert why in filled["hint"]["moved"]
    assert "Strict Video has no 1080p: the resolution is now 720p." in filled["hint"]["moved"]
    assert filled["prompt"] == "a lighthouse"


async def test_remix_with_a_file_that_is_gone_says_so_on_its_card_and_fills_the_rest(
    services: Services, tmp_path: Path
) -> None:
    request = await with_references(services, tmp_path)
    job_id = await made(services, request)
    request.images[0].path.unlink()

    filled = named(await RemixHandlers(services).on_remix(event(job_id), *inputs(FORM)))

    tray = ReferenceTray()
    wire = tray.postprocess(filled["references"]["value"])
    form = replace(FORM, mode="references", prompt=request.prompt, references=tray.preprocess(wire))
    collected = await collect(services, form)
    assert [(problem.asset, problem.message) for problem in collected.problems] == [
        ("@Image1", "coat.png is not on the server any more. Add it again.")
    ]
    assert [file.name for file in collected.request.references] == ["walk.mp4", "beat.mp3"]


async def test_shape_of_a_run_stays_when_its_tab_opens(services: Services) -> None:
    """At a provider that takes the shape from a first frame, the tab alone would change it."""
    form = replace(FORM, mode="frames", provider="lenient", parent="0" * 32)

    assert "value" not in FittingHandlers(services).on_choice(*inputs(form)[:-1])[-2]
    by_hand = replace(form, parent="")
    assert FittingHandlers(services).on_choice(*inputs(by_hand)[:-1])[-2]["value"] == "adaptive"


async def test_use_last_puts_the_frame_first_and_keeps_the_rest(services: Services, tmp_path: Path) -> None:
    job_id = await made(services, GenerationRequest("strict", Mode.TEXT, "a: lighthouse/"))
    other = UploadedFile(str(make_image(tmp_path / "end.png")), "end.png")
    form = replace(FORM, prompt="and on", provider="lenient", frames=FramePair(first=other, last=other))

    filled = named(await RemixHandlers(services).on_use_last(event(job_id), *inputs(form)))

    pair = filled["frames"]["value"]
    assert pair.first.name == "Last frame of a lighthouse.png"
    assert Path(pair.first.path).read_bytes() == services.media_path(f"{job_id}-last.png").read_bytes()
    assert pair.last == other
    assert filled["prompt"] == filled["provider"] == filled["sound"] == filled["seed"] == gr.skip()
    assert (filled["mode"], filled["ratio"]["value"], filled["parent"]) == ("frames", "adaptive", job_id)


async def test_extend_is_the_first_video_and_every_tag_keeps_its_meaning(services: Services, tmp_path: Path) -> None:
    job_id = await made(services, GenerationRequest("strict", Mode.TEXT, "a lighthouse"))
    picture = UploadedFile(str(make_image(tmp_path / "coat.png")), "coat.png")
    walk = UploadedFile(str(make_video(tmp_path / "walk.mp4")), "walk.mp4")
    link = MediaLink("https://example.com/run.mp4", MediaKind.VIDEO)
    handlers = RemixHandlers(services)
    form = replace(FORM, prompt="@Image1 as in @Video1, then @video2@Video9", references=[picture, walk, link])

    filled = named(await handlers.on_extend(event(job_id), *inputs(form)))

    tray = filled["references"]["value"]
    assert [getattr(one, "name", one) for one in tray] == ["coat.png", "a lighthouse.mp4", "walk.mp4", link]
    assert filled["prompt"] == "@Image1 as in @Video2, then @Video3@Video9"

    again = replace(form, prompt=filled["prompt"], references=[picture, walk, tray[1], link])
    filled = named(await handlers.on_extend(event(job_id), *inputs(again)))
    assert [getattr(one, "name", one) for one in filled["references"]["value"]] == [
        "coat.png", "a lighthouse.mp4", "walk.mp4", link
    ]  # fmt: skip
    assert filled["prompt"] == "@Image1 as in @Video1, then @Video3@Video9"


async def test_extend_of_an_empty_prompt_says_what_to_do(services: Services) -> None:
    job_id = await made(services, GenerationRequest("strict", Mode.TEXT, "a lighthouse"))

    filled = named(await RemixHandlers(services).on_extend(event(job_id), *inputs(replace(FORM, prompt=" "))))

    assert filled["prompt"] == EXTEND_PROMPT


@pytest.mark.parametrize("named_job", [None, 7, "x", "0" * 32, ["0" * 32]], ids=repr)
async def test_what_is_no_run_of_the_visitor_changes_nothing(services: Services, named_job: object) -> None:
    handlers = RemixHandlers(services)
    for handler in (handlers.on_remix, handlers.on_use_last, handlers.on_extend):
        filled = named(await handler(event(named_job), *inputs(FORM)))
        assert {name for name, output in filled.items() if output != gr.skip()} == {"frames", "references"}
        assert "value" not in filled["frames"] and "value" not in filled["references"]


async def test_strangers_run_cannot_be_had(start_services: Any) -> None:
    services = start_services({"SEEDANCE_PUBLIC": "on"})
    job_id = await made(services, GenerationRequest("strict", Mode.TEXT, "a secret"), services.owner_of("somebody"))
    handlers = RemixHandlers(services)
    for handler in (handlers.on_remix, handlers.on_use_last, handlers.on_extend):
        stranger = [*inputs(FORM)[:-1], {"visitor": "another"}]
        assert named(await handler(event(job_id), *stranger))["parent"] == gr.skip()
        owner = [*inputs(FORM)[:-1], {"visitor": "somebody"}]
        assert named(await handler(event(job_id), *owner))["parent"] == job_id
    assert await handlers.on_newest({"visitor": "another"}) == []
    assert [item["job_id"] for item in await handlers.on_newest({"visitor": "somebody"})] == [job_id]


async def test_run_made_from_the_form_descends_from_what_was_loaded(services: Services) -> None:
    parent = await made(services, GenerationRequest("strict", Mode.TEXT, "a lighthouse"))
    form = replace(FORM, prompt="a lighthouse again", parent=parent)

    await GenerateHandlers(services).on_generate(*inputs(form), "token", json.dumps(UNKNOWN_CU.to_json()))

    jobs = services._store.jobs_of(LOCAL_OWNER, frozenset(JobState), limit=5)
    assert [job.parent for job in jobs] == [parent, None]

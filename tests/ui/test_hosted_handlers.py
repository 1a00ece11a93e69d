"""The page's handlers over the real providers, which talk to strict fakes on real sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from seedance_ui.config import Settings
from seedance_ui.domain.media import MediaKind, MediaLink
from seedance_ui.domain.model_spec import MAX_SEED
from seedance_ui.domain.pricing import UNKNOWN_CU
from seedance_ui.domain.request import Mode
from seedance_ui.services import Services
from seedance_ui.ui.examples_panel import ExampleHandlers
from seedance_ui.ui.fitting import FittingHandlers
from seedance_ui.ui.form import FormValues
from seedance_ui.ui.generate import GenerateHandlers
from seedance_ui.ui.keys import KeyHandlers, providers_json
from seedance_ui.ui.provider_examples import find_example
from seedance_ui.ui.quote import QuoteHandlers
from seedance_ui.ui.widgets.frame_slots import FramePair
from seedance_ui.ui.widgets.html_widget import UploadedFile
from seedance_ui.variables import UNENFORCED_CAPS
from tests.fakes.aimlapi import GENERATIONS, LIP_SYNC, MONA_LISA, FakeAimlApi
from tests.fakes.scenario import GENERATE, KEY, SECRET, FakeScenario
from tests.media_makers import make_image, make_video
from tests.scripted import QuickClock

FORM = FormValues("text", "a lighthouse", "aimlapi", 8, False, "720p", "16:9", True, None, FramePair(), ())
PICTURE = MediaLink("https://example.com/a.jpg", MediaKind.IMAGE)
PRICE = json.dumps(UNKNOWN_CU.to_json())
"""What stood beside Generate: nobody was promised anything."""
CLIP = MediaLink("https://example.com/a.mp4", MediaKind.VIDEO)
DEFAULTS = {"duration": 8, "resolution": "720p", "aspect_ratio": "16:9", "generate_audio": True}
"""What AIML API's reference takes where a field is left out."""


def inputs(form: FormValues) -> list[Any]:
    return [getattr(form, name) for name in FormValues.__dataclass_fields__]


@pytest.fixture
def aimlapi(finished_video: Path) -> Iterator[FakeAimlApi]:
    with FakeAimlApi(finished_video.read_bytes()) as fake:
        yield fake


@pytest.fixture
def scenario(finished_video: Path) -> Iterator[FakeScenario]:
    with FakeScenario(finished_video.read_bytes()) as fake:
        yield fake


@asynccontextmanager
async def running(data_dir: Path, **env: str) -> AsyncIterator[Services]:
    services = Services(Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir), **env}), clock=QuickClock())
    services.start()
    try:
        yield services
    finally:
        await asyncio.to_thread(services.stop)


@pytest.fixture
async def services(data_dir: Path, aimlapi: FakeAimlApi, scenario: FakeScenario) -> AsyncIterator[Services]:
    """Return services with both keys, on one's own machine."""
    env = {**aimlapi.settings(), "SCENARIO_API_KEY": KEY, "SCENARIO_API_SECRET": SECRET}
    async with running(data_dir, **env, SCENARIO_BASE_URL=scenario.base_url) as services:
        yield services


async def generate(services: Services, form: FormValues) -> dict[str, Any]:
    reply, made, _, notice, _ = await GenerateHandlers(services).on_generate(
        *inputs(form), {}, f"token-{form.provider}", PRICE
    )
    assert reply["reply"]["sent"], (reply, notice)
    return dict([step async for _, step in services.watch(made[0]["job_id"])][-1])


async def look(services: Services, form: FormValues) -> tuple[Any, Any, Any]:
    dock, _, frames, tray, _ = await QuoteHandlers(services).on_change(*inputs(form))
    return dock, frames, tray


# Examples


@pytest.mark.parametrize(
    ("title", "mode", "body"), [("Mona Lisa", Mode.FRAMES, MONA_LISA), ("Lip-sync", Mode.REFERENCES, LIP_SYNC)]
)
async def test_example_of_aiml_api_makes_the_request_of_its_reference(
    services: Services, aimlapi: FakeAimlApi, title: str, mode: Mode, body: dict[str, Any]
) -> None:
    found = find_example(title)
    assert found is not None
    picked = ExampleHandlers(services).on_pick("aimlapi", gr.EventData(None, {"title": title}))
    _, duration, auto, resolution, ratio, sound, seed, frames, references = picked
    form = FormValues(
        mode.value, found[1].prompt, "aimlapi", duration["value"], auto["value"], resolution["value"], ratio["value"],
        sound, seed["value"], frames.get("value", FramePair()), references.get("value", ()),
    )  # fmt: skip

    assert (await generate(services, form))["state"] == "succeeded"

    assert aimlapi.bodies() == [{**DEFAULTS, **body, "duration": 8}]


async def test_examples_of_a_provider_come_first_where_it_is_chosen(services: Services) -> None:
    def first(mode: str, provider: str) -> str:
        strip, *_ = FittingHandlers(services).on_choice(*inputs(replace(FORM, mode=mode, provider=provider)))
        return strip["items"][0]["title"]

    assert [first("frames", provider) for provider in ("aimlapi", "scenario", "animatic")] == [
        "Mona Lisa",
        "Nightfall",
        "Nightfall",
    ]
    assert first("references", "aimlapi") == "Lip-sync"


# Links and files at their cards


async def test_links_reach_scenario_and_aiml_api_in_their_places(
    services: Services, aimlapi: FakeAimlApi, scenario: FakeScenario, tmp_path: Path
) -> None:
    file = UploadedFile(str(make_image(tmp_path / "a.png", size=(640, 480))), "a.png")
    form = replace(FORM, mode="references", references=[file, PICTURE, CLIP])

    for provider in ("aimlapi", "scenario"):
        assert (await generate(services, replace(form, provider=provider)))["state"] == "succeeded"

    [body] = aimlapi.bodies()
    assert body["image_urls"][0].startswith("data:image/png;base64,")
    assert (body["image_urls"][1], body["video_urls"]) == (PICTURE.url, [CLIP.url])
    assert [len(scenario.bodies()[0][name]) for name in ("referenceImages", "referenceVideos")] == [2, 1]


async def test_links_at_the_animatic_are_refused_on_their_cards(services: Services) -> None:
    form = replace(FORM, provider="animatic", mode="references", references=[PICTURE, CLIP])
    dock, _, tray = await look(services, form)
    assert list(tray["problems"]) == ["@Image1", "@Video1"]
    assert tray["problems"]["@Image1"] == "@Image1 is a link. The animatic takes only files here. Add the file itself."
    assert [problem["at_card"] for problem in dock["files"]] == [True, True]

    form = replace(FORM, provider="animatic", mode="frames", frames=FramePair(first=PICTURE))
    _, frames, _ = await look(services, form)
    assert frames["problems"]["first_frame"].startswith("The first frame is a link.")


async def test_links_of_visitors_are_refused_on_their_cards_at_every_provider(
    data_dir: Path, aimlapi: FakeAimlApi
) -> None:
    """E5."""
    async with running(data_dir, SEEDANCE_PUBLIC="on", **aimlapi.settings()) as services:
        form = replace(FORM, mode="references", references=[CLIP])
        _, _, tray = await look(services, form)
        assert tray["problems"]["@Video1"] == "@Video1 is a link. AIML API takes only files here. Add the file itself."
        reply, *_ = await GenerateHandlers(services).on_generate(*inputs(form), {}, "token-1", PRICE)
        assert [problem["field"] for problem in reply["reply"]["problems"]] == ["references"]
    assert aimlapi.received == []


async def test_local_video_at_aiml_api_is_a_problem_on_its_card_with_the_way_out(
    services: Services, aimlapi: FakeAimlApi, tmp_path: Path
) -> None:
    clip = UploadedFile(str(make_video(tmp_path / "clip.mp4", size=(960, 720), seconds=2)), "clip.mp4")
    form = replace(FORM, provider="scenario", mode="references", references=[clip])
    _, _, at_scenario = await look(services, form)
    _, _, at_aimlapi = await look(services, replace(form, provider="aimlapi"))

    assert at_scenario["problems"] == {}
    assert "Paste an https link" in at_aimlapi["problems"]["@Video1"]
    assert aimlapi.received == []


async def test_aiml_api_without_a_prompt_says_so_at_the_prompt(services: Services, aimlapi: FakeAimlApi) -> None:
    form = replace(FORM, prompt=" ", mode="frames", frames=FramePair(first=PICTURE))
    reply, *_ = await GenerateHandlers(services).on_generate(*inputs(form), {}, "token-1", PRICE)

    [problem] = reply["reply"]["problems"]
    assert (problem["field"], problem["message"][:30]) == ("prompt", "AIML API needs a prompt as wel")
    assert aimlapi.received == []


# The price


async def test_price_is_asked_for_only_when_something_changes_it(services: Services, scenario: FakeScenario) -> None:
    handlers = QuoteHandlers(services)
    form = replace(FORM, provider="scenario", mode="references", references=[PICTURE, MediaLink(CLIP.url, CLIP.kind)])
    changes: list[dict[str, Any]] = [
        {},
        {"prompt": "other words"},
        {"seed": 7},
        {"references": [MediaLink("https://example.com/b.jpg", MediaKind.IMAGE), CLIP]},
    ]
    for change in changes:
        dock, *_ = await handlers.on_change(*inputs(replace(form, **change)))
        assert dock["price"] == "About 40 CU"
    assert len(scenario.requests("POST", GENERATE)) == 1

    await handlers.on_change(*inputs(replace(form, duration_s=9)))
    await handlers.on_change(*inputs(replace(form, references=[PICTURE])))

    assert len(scenario.requests("POST", GENERATE)) == 3
    assert scenario.bill == []


async def test_price_of_aiml_api_is_an_estimate_and_a_broken_dry_run_is_no_price(
    services: Services, scenario: FakeScenario
) -> None:
    assert (await look(services, FORM))[0]["price"] == "About $2.52"
    scenario.dry_run_status = 500

    assert (await look(services, replace(FORM, provider="scenario")))[0]["price"] == "Price not known"


async def test_price_says_what_it_consists_of_where_it_is_from_and_who_charges(services: Services) -> None:
    clips = replace(FORM, mode="references", prompt="@Video1", references=[CLIP], resolution="480p", duration_s=4)
    dock, _, _ = await look(services, clips)
    assert dock["price"] == "About $2.81"
    assert dock["parts"] == [
        "4 s × $0.146 a second at 480p",
        "Reference videos: at most 15.2 s × $0.146 a second",
        "Sound costs nothing more",
    ]
    assert "names no price for 480p" in dock["notes"][0]
    assert dock["notes"][1] == "As of 2026-11-20."
    assert dock["notes"][2].startswith("AIML API charges the account whose key is set here.")

    dock, _, _ = await look(services, replace(FORM, provider="scenario", variations=3))
    assert (dock["price"], dock["parts"]) == ("120 CU", ["Generation: 40 CU", "3 videos × 40 CU = 120 CU"])
    assert "Asking for it started nothing." in dock["notes"][0]

    dock, _, _ = await look(services, replace(FORM, provider="animatic", variations=2))
    assert (dock["price"], dock["parts"]) == ("Free", ["Drawn on this machine: free"])
    assert dock["notes"] == ["Nobody charges anything."]
    assert dock["summary"].startswith("2 videos · ")


async def test_a_double_click_on_three_variations_is_three_paid_requests(
    services: Services, aimlapi: FakeAimlApi
) -> None:
    """A6, A8."""
    handlers, form = GenerateHandlers(services), replace(FORM, variations=3, seed=MAX_SEED)

    clicks = await asyncio.gather(*(handlers.on_generate(*inputs(form), {}, "token-1", PRICE) for _ in range(2)))

    made = [[card["job_id"] for card in cards] for _, cards, *_ in clicks]
    assert made[0] == made[1] and len(set(made[0])) == 3
    for job_id in made[0]:
        assert [step async for _, step in services.watch(job_id)][-1]["state"] == "succeeded"
    assert len(aimlapi.requests("POST", GENERATIONS)) == len(aimlapi.bill) == 3
    assert {body["seed"] for body in aimlapi.bodies()} == {MAX_SEED, 0, 1}
    sent_as = {one.client_request_id for one in aimlapi.generations.values()}
    assert sent_as == set(made[0])


async def test_a_click_costs_no_more_than_the_price_that_stood_there(services: Services, aimlapi: FakeAimlApi) -> None:
    """C6: the provider, the number or the price may have changed since the page was told."""
    handlers = GenerateHandlers(services)
    dock, _, _ = await look(services, FORM)
    one, four = json.dumps(dock["total"]), replace(FORM, variations=4)
    cu = json.dumps({"amount": 100.0, "unit": "CU", "kind": "exact"})
    for form, stood_there in (
        (four, one),
        (FORM, "null"),
        (FORM, "{"),
        (FORM, cu),
        (FORM, '{"amount": NaN, "unit": "USD", "kind": "exact"}'),
    ):
        reply, made, _, notice, _ = await handlers.on_generate(*inputs(form), {}, "token-1", stood_there)
        assert (reply["reply"]["sent"], made, notice.code, notice.charged) == (False, gr.skip(), "price_rose", "no")
    assert "Nothing was sent." in notice.detail
    assert aimlapi.requests("POST", GENERATIONS) == []

    _, [card], *_ = await handlers.on_generate(*inputs(FORM), {}, "token-1", one)
    _, [again], *_ = await handlers.on_generate(*inputs(FORM), {}, "token-1", "null")
    assert again["job_id"] == card["job_id"], "the same click, sent again, is the same job whatever it would cost now"
    assert [step async for _, step in services.watch(card["job_id"])][-1]["state"] == "succeeded"
    assert len(aimlapi.requests("POST", GENERATIONS)) == 1


async def test_generate_works_without_a_price_on_ones_own_machine(services: Services, scenario: FakeScenario) -> None:
    scenario.dry_run_status = 500

    snapshot = await generate(services, replace(FORM, provider="scenario"))

    assert (snapshot["state"], len(scenario.bill)) == ("succeeded", 1)


# Keys


async def test_without_keys_a_provider_can_be_looked_at_and_says_why_not(data_dir: Path, aimlapi: FakeAimlApi) -> None:
    async with running(data_dir, AIMLAPI_BASE_URL=aimlapi.origin) as services:
        form = replace(FORM, provider="scenario", aspect_ratio="21:9")
        _, _, hint, _, auto, _, ratio, _ = FittingHandlers(services).on_choice(*inputs(form))
        assert (
            hint["off"] == "Scenario needs SCENARIO_API_KEY and SCENARIO_API_SECRET. The animatic works without a key."
        )
        assert hint["notes"] == {"animatic": "free", "scenario": "no key", "aimlapi": "no key"}
        assert auto["visible"] and ratio["choices"][0] == ("Adaptive", "adaptive")
        assert (await look(services, FORM))[0]["price"] == "Price not known"

        reply, *_, notice, _ = await GenerateHandlers(services).on_generate(*inputs(FORM), {}, "token-1", PRICE)
        assert reply["reply"] == {**reply["reply"], "sent": False, "problems": []}
        assert (notice.title, notice.charged) == ("AIML API needs a key", "no")
        assert "AIMLAPI_KEY" in notice.detail and "animatic" in notice.next_step
    assert aimlapi.received == []


async def test_in_public_visitors_learn_neither_variables_nor_keys(data_dir: Path, aimlapi: FakeAimlApi) -> None:
    """C1: nor do they spend on the owner's keys, whatever caps are set."""
    caps = dict.fromkeys(UNENFORCED_CAPS, "5")
    async with running(data_dir, SEEDANCE_PUBLIC="on", **caps, **aimlapi.settings()) as services:
        for provider, label in (("aimlapi", "AIML API"), ("scenario", "Scenario")):
            form = replace(FORM, provider=provider)
            hint = FittingHandlers(services).on_choice(*inputs(form))[2]
            assert hint["off"] == (
                f"Visitors are not offered the owner’s {label} key here. The animatic is free and needs no key."
            )
            assert hint["notes"][provider] == "off"
            *_, notice, _ = await GenerateHandlers(services).on_generate(*inputs(form), {}, "token-1", PRICE)
            assert notice.title == f"{label} is not offered to visitors"
            assert "API_KEY" not in f"{notice.detail} {notice.next_step}"
        entries = providers_json(services)
        assert {entry["id"] for entry in entries} == {"animatic", "scenario", "aimlapi"}
        assert all(entry["variables"] == [] and not entry["can_check"] for entry in entries)
        assert "SCENARIO_API" not in str(entries) and "AIMLAPI_KEY" not in str(entries)
        result = await KeyHandlers(services).on_check(gr.EventData(None, {"provider": "aimlapi"}))
        assert result["result"]["ok"] is False
    assert aimlapi.received == []


async def test_check_key_says_that_it_works_and_costs_nothing(
    services: Services, aimlapi: FakeAimlApi, scenario: FakeScenario
) -> None:
    for provider in ("aimlapi", "scenario"):
        result = await KeyHandlers(services).on_check(gr.EventData(None, {"provider": provider}))
        assert (result["result"]["provider"], result["result"]["text"]) == (provider, "The key works.")
    assert aimlapi.bill == scenario.bill == []


async def test_check_key_says_why_a_key_is_refused(data_dir: Path, aimlapi: FakeAimlApi) -> None:
    async with running(data_dir, **{**aimlapi.settings(), "AIMLAPI_KEY": "another"}) as services:
        result = await KeyHandlers(services).on_check(gr.EventData(None, {"provider": "aimlapi"}))

    assert result["result"]["ok"] is False
    assert result["result"]["text"].startswith("AIML API refused the key. ")
    assert "another" not in result["result"]["text"]


@pytest.mark.parametrize("data", [None, {}, {"provider": 7}, {"provider": "no such"}, {"provider": "x" * 99}], ids=repr)
async def test_check_key_of_what_is_no_provider_does_nothing(services: Services, data: object) -> None:
    assert await KeyHandlers(services).on_check(gr.EventData(None, data)) == gr.skip()


async def test_the_dialog_names_every_key_and_no_value(services: Services) -> None:
    entries = {entry["id"]: entry for entry in providers_json(services)}

    assert entries["animatic"]["variables"] == [] and not entries["animatic"]["can_check"]
    assert entries["aimlapi"]["variables"] == [{"name": "AIMLAPI_KEY", "is_set": True}]
    assert [one["name"] for one in entries["scenario"]["variables"]] == ["SCENARIO_API_KEY", "SCENARIO_API_SECRET"]
    assert entries["scenario"]["can_check"] and "or Auto" in entries["scenario"]["lines"][0]
    assert "a prompt always" in entries["aimlapi"]["lines"][0]
    assert KEY not in str(entries) and SECRET not in str(entries)

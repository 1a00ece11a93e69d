"""The handlers of the form, called as functions over real services."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from seedance_ui.domain.pricing import UNKNOWN_CU
from seedance_ui.domain.request import Mode
from seedance_ui.domain.validation import Problem
from seedance_ui.services import LOCAL_OWNER, Services
from seedance_ui.ui.draft import cover
from seedance_ui.ui.examples import EXAMPLES
from seedance_ui.ui.examples_panel import ExampleHandlers
from seedance_ui.ui.fitting import FittingHandlers, on_auto
from seedance_ui.ui.form import FormValues, collect
from seedance_ui.ui.generate import GenerateHandlers
from seedance_ui.ui.quote import QuoteHandlers
from seedance_ui.ui.session import read_visitor
from seedance_ui.ui.settings import Settings
from seedance_ui.ui.widgets.frame_slots import FramePair
from seedance_ui.ui.widgets.html_widget import UploadedFile
from tests.media_makers import make_image
from tests.ui.conftest import StartServices

FORM = FormValues("text", "a lighthouse", "strict", 8, False, "720p", "16:9", True, None, FramePair(), ())
STATE: dict[str, str] = {}
PRICE = json.dumps(UNKNOWN_CU.to_json())
"""What stood beside Generate: nobody was promised anything."""


def inputs(form: FormValues) -> list[Any]:
    return [getattr(form, name) for name in FormValues.__dataclass_fields__]


def picture(directory: Path, name: str = "dusk.png") -> UploadedFile:
    return UploadedFile(str(make_image(directory / name, size=(640, 480))), name)


def broken(directory: Path, name: str = "broken.png") -> UploadedFile:
    (directory / name).write_bytes(b"no picture at all")
    return UploadedFile(str(directory / name), name)


async def test_collect_takes_only_the_files_of_the_chosen_tab(services: Services, tmp_path: Path) -> None:
    file = picture(tmp_path)
    form = replace(FORM, frames=FramePair(first=file), references=[file])

    text, frames, references = [
        (await collect(services, replace(form, mode=mode.value))).request
        for mode in (Mode.TEXT, Mode.FRAMES, Mode.REFERENCES)
    ]

    assert text.media == ()
    assert [found.name for found in frames.media] == ["dusk.png"] and frames.first_frame is not None
    assert [found.name for found in references.images] == ["dusk.png"]


async def test_collect_names_a_file_that_cannot_be_read_by_its_tag(services: Services, tmp_path: Path) -> None:
    form = replace(FORM, mode="references", references=[picture(tmp_path), broken(tmp_path)])

    collected = await collect(services, form)

    assert [problem.asset for problem in collected.problems] == ["@Image2"]
    assert collected.facts == {"@Image1": "640 × 480"}


async def test_collect_counts_before_it_takes_anything_in(services: Services, data_dir: Path, tmp_path: Path) -> None:
    """F7: three hundred dropped files cost no decoding and no disk."""
    files = [picture(tmp_path, f"{number}.png") for number in range(16)]
    form = replace(FORM, mode="references", references=files)

    collected = await collect(services, form)

    assert collected.problems == (Problem("references", "There are 16 files; at most 15 fit in all. Remove some."),)
    assert list((data_dir / "uploads").iterdir()) == []
    unknown = await collect(services, replace(form, provider="nobody"))
    assert unknown.problems == collected.problems
    assert (await collect(services, replace(form, references=files[:15]))).problems == ()


async def test_on_generate_with_too_many_files_says_only_that(services: Services, tmp_path: Path) -> None:
    form = replace(FORM, mode="references", prompt="@Image1", references=[picture(tmp_path)] * 16)

    reply, *_ = await GenerateHandlers(services).on_generate(*inputs(form), STATE, "token-1", PRICE)

    assert [problem["field"] for problem in reply["reply"]["problems"]] == ["references"]


async def test_on_change_with_an_upload_that_was_swept_says_so_on_its_card(services: Services, tmp_path: Path) -> None:
    """Gradio deletes uploads after an hour."""
    swept = UploadedFile(str(tmp_path / "swept.mp4"), "swept.mp4")
    form = replace(FORM, mode="references", references=[picture(tmp_path), swept])

    dock, _, _, tray, _ = await QuoteHandlers(services).on_change(*inputs(form))
    reply, job, _, notice, _ = await GenerateHandlers(services).on_generate(*inputs(form), STATE, "token-1", PRICE)

    assert tray["problems"] == {"@Video1": "swept.mp4 is not on the server any more. Add it again."}
    assert [problem["field"] for problem in reply["reply"]["problems"]] == ["references"]
    assert (job, notice) == (gr.skip(), None)


async def test_on_change_prices_a_form_without_prompt(services: Services) -> None:
    dock, preview, *_ = await QuoteHandlers(services).on_change(*inputs(replace(FORM, prompt="", provider="lenient")))

    assert dock["price"] == "About $2.52"
    assert dock["files"] == []
    assert preview["preview"] == {"width_px": 1280, "height_px": 720, "duration_s": 8, "sound": True}


async def test_on_change_with_settings_that_cannot_be_had_knows_no_price(services: Services) -> None:
    dock, *_ = await QuoteHandlers(services).on_change(*inputs(replace(FORM, duration_s=99)))

    assert dock["price"] == "Price not known"


async def test_on_change_with_a_file_that_cannot_be_kept_knows_no_price(
    start_services: StartServices, tmp_path: Path
) -> None:
    form = replace(FORM, mode="references", references=[picture(tmp_path)], duration_s=5)

    full_disk = start_services(free_bytes=lambda _: 0)
    dock, *_, notice = await QuoteHandlers(full_disk).on_change(*inputs(form))

    assert (dock["price"], dock["summary"]) == ("Price not known", "5 s · 720p · 16:9 · storyboard")
    assert "disk" in notice.detail


async def test_on_change_puts_a_broken_file_on_its_card(services: Services, tmp_path: Path) -> None:
    form = replace(FORM, mode="references", references=[broken(tmp_path)])

    dock, _, frames, tray, _ = await QuoteHandlers(services).on_change(*inputs(form))

    assert list(tray["problems"]) == ["@Image1"]
    assert [problem["at_card"] for problem in dock["files"]] == [True]
    assert frames["problems"] == {}


@pytest.mark.parametrize("mode", [None, "video", 3, ["text"]], ids=str)
async def test_on_change_with_a_made_up_tab_looks_at_the_first_one(services: Services, mode: object) -> None:
    dock, *_ = await QuoteHandlers(services).on_change(*inputs(replace(FORM, mode=mode)))

    assert dock["about"].startswith("text strict")


async def test_on_generate_makes_a_job_of_the_page(services: Services) -> None:
    reply, [job], *_ = await GenerateHandlers(services).on_generate(*inputs(FORM), STATE, "token-1", PRICE)

    job_id = job["job_id"]
    assert job["is_new"]
    assert reply["reply"]["sent"] is True
    assert [step async for _, step in services.watch(job_id)][-1]["state"] == "succeeded"
    assert [item["job_id"] for item in await services.library(LOCAL_OWNER)] == [job_id]


async def test_on_generate_twice_with_one_token_makes_one_job(services: Services) -> None:
    handlers = GenerateHandlers(services)

    first = await handlers.on_generate(*inputs(FORM), STATE, "token-1", PRICE)
    second = await handlers.on_generate(*inputs(FORM), STATE, "token-1", PRICE)
    third = await handlers.on_generate(*inputs(FORM), STATE, "token-2", PRICE)

    assert first[1] == second[1] != third[1]
    assert first[0]["reply"]["id"] != second[0]["reply"]["id"]


async def test_on_generate_of_variations_makes_that_many_jobs_by_one_click(services: Services) -> None:
    handlers, form = GenerateHandlers(services), replace(FORM, variations=3, seed=7)

    _, cards, *_ = await handlers.on_generate(*inputs(form), STATE, "token-1", PRICE)
    _, again, *_ = await handlers.on_generate(*inputs(form), STATE, "token-1", PRICE)

    jobs = [await services.job_of(card["job_id"], LOCAL_OWNER) for card in cards]
    assert [job.request.seed for job in jobs if job] == [9, 8, 7]
    assert [job.batch for job in jobs if job] == [3, 3, 3]
    assert [card["job_id"] for card in again] == [card["job_id"] for card in cards]
    assert sum((await services.count_by_state()).values()) == 3


@pytest.mark.parametrize(("first", "second"), [(1, 3), (3, 1), (2, 3)])
async def test_on_generate_with_one_token_for_another_number_of_videos_is_refused(
    services: Services, first: int, second: int
) -> None:
    handlers = GenerateHandlers(services)
    await handlers.on_generate(*inputs(replace(FORM, variations=first)), STATE, "token-1", PRICE)

    reply, job, _, notice, _ = await handlers.on_generate(
        *inputs(replace(FORM, variations=second)), STATE, "token-1", PRICE
    )

    assert (reply["reply"]["sent"], job) == (False, gr.skip())
    assert "already sent with other settings" in notice.detail
    assert sum((await services.count_by_state()).values()) == first


@pytest.mark.parametrize("count", [0, 5, 2.5, "2", None, True, [2]], ids=repr)
async def test_on_generate_of_a_number_that_cannot_be_had_says_so_at_the_variations(
    services: Services, count: object
) -> None:
    form = replace(FORM, variations=count)

    reply, *_ = await GenerateHandlers(services).on_generate(*inputs(form), STATE, "token-1", PRICE)
    dock, *_ = await QuoteHandlers(services).on_change(*inputs(form))

    assert [problem["field"] for problem in reply["reply"]["problems"]] == ["count"]
    assert (dock["price"], dock["parts"]) == ("Price not known", [])
    assert await services.count_by_state() == {}


async def test_on_change_of_variations_names_one_price_for_all(services: Services) -> None:
    form = replace(FORM, provider="lenient", variations=4.0)

    dock, *_ = await QuoteHandlers(services).on_change(*inputs(form))

    assert dock["price"] == "About $10.08"
    assert dock["summary"].startswith("4 × $2.52 · 8 s · 720p")
    assert "4 videos × $2.52 = $10.08" in dock["parts"]


async def test_on_change_without_a_price_still_says_how_many(services: Services) -> None:
    dock, *_ = await QuoteHandlers(services).on_change(*inputs(replace(FORM, provider="locked", variations=2)))

    assert dock["price"] == "Price not known"
    assert dock["summary"].startswith("2 videos · 8 s · 720p")


async def test_on_generate_with_problems_names_the_fields_and_makes_no_job(services: Services) -> None:
    form = replace(FORM, prompt=" ", seed=4.5)

    reply, job, _, notice, _ = await GenerateHandlers(services).on_generate(*inputs(form), STATE, "token-1", PRICE)

    assert [problem["field"] for problem in reply["reply"]["problems"]] == ["prompt", "seed"]
    assert reply["reply"]["sent"] is False
    assert job == gr.skip() and notice is None
    assert await services.count_by_state() == {}


async def test_on_generate_with_a_broken_frame_says_only_that(services: Services, tmp_path: Path) -> None:
    form = replace(FORM, mode="frames", frames=FramePair(first=broken(tmp_path)))

    reply, *_ = await GenerateHandlers(services).on_generate(*inputs(form), STATE, "token-1", PRICE)

    assert [problem["field"] for problem in reply["reply"]["problems"]] == ["first_frame"]


async def test_on_generate_without_key_says_what_to_do(services: Services) -> None:
    form = replace(FORM, provider="locked")

    reply, job, _, notice, _ = await GenerateHandlers(services).on_generate(*inputs(form), STATE, "token-1", PRICE)

    assert (notice.title, notice.charged) == ("Locked Video needs a key", "no")
    assert "AIMLAPI_KEY" in notice.detail
    assert reply["reply"]["problems"] == [] and job == gr.skip()


@pytest.mark.parametrize("value", [None, "", 4, [], {"a": 1}, "x" * 500], ids=repr)
async def test_on_generate_with_raw_values_never_breaks(services: Services, value: object) -> None:
    form = FormValues(value, value, value, value, value, value, value, value, value, FramePair(), ())

    reply, *_ = await GenerateHandlers(services).on_generate(*inputs(form), value, value, value)

    assert reply["reply"]["problems"][0]["field"] == "provider"


async def test_on_generate_in_public_gives_the_browser_a_visitor(start_services: Any) -> None:
    services = start_services({"SEEDANCE_PUBLIC": "on"})
    handlers = GenerateHandlers(services)

    *_, state = await handlers.on_generate(*inputs(FORM), {}, "token-1", PRICE)
    *_, again = await handlers.on_generate(*inputs(FORM), state, "token-2", PRICE)

    visitor = read_visitor(state)
    assert visitor is not None and len(visitor) == 64
    assert again == state
    assert (
        len(await services.staged_jobs(services.owner_of(visitor)))
        + len(await services.library(services.owner_of(visitor)))
        == 2
    )


async def test_on_generate_in_public_before_the_page_has_its_state_makes_one_job(start_services: Any) -> None:
    """A6: the same click, sent again, is the same visitor's."""
    services = start_services({"SEEDANCE_PUBLIC": "on"})
    handlers = GenerateHandlers(services)

    _, job, *_, state = await handlers.on_generate(*inputs(FORM), {}, "token-1", PRICE)
    _, replayed, *_, same_state = await handlers.on_generate(*inputs(FORM), {}, "token-1", PRICE)
    _, other, *_, other_state = await handlers.on_generate(*inputs(FORM), {}, "token-2", PRICE)

    assert (replayed, same_state) == (job, state)
    assert other != job and other_state != state
    assert sum((await services.count_by_state()).values()) == 2
    visitor = read_visitor(state)
    assert visitor is not None and "token-1" not in visitor


def test_on_provider_moves_what_it_lacks_and_says_so(services: Services) -> None:
    form = replace(FORM, auto_duration=True, aspect_ratio="adaptive")

    _, _, hint, duration, auto, _, ratio, _ = FittingHandlers(services).on_choice(*inputs(form))

    assert hint["moved"].startswith("Strict Video has no Auto duration")
    assert (duration["interactive"], auto["value"], auto["visible"]) == (True, False, False)
    assert [value for _, value in ratio["choices"]] == ["21:9", "16:9", "4:3", "1:1", "3:4", "9:16"]
    assert ratio["value"] == "16:9"


def test_on_provider_leaves_alone_what_it_takes_since_it_may_be_another_by_then(services: Services) -> None:
    form = replace(FORM, duration_s=12, resolution="480p", aspect_ratio="adaptive", provider="strict")

    *_, duration, auto, resolution, ratio, _ = FittingHandlers(services).on_choice(*inputs(form))

    assert ["value" in update for update in (duration, auto, resolution, ratio)] == [False, False, False, True]


def test_on_provider_without_key_says_why_it_is_off(services: Services) -> None:
    _, _, hint, *_ = FittingHandlers(services).on_choice(*inputs(replace(FORM, provider="locked")))

    assert "AIMLAPI_KEY" in hint["off"]
    assert hint["notes"] == {"strict": "free", "lenient": "free", "locked": "no key"}


def test_on_provider_keeps_draft_true_for_what_it_offers(services: Services) -> None:
    """What stands below Draft is fitted too: it comes back when Draft is switched off."""
    beneath = cover(Settings(duration_s=12, auto_duration=True, resolution="1080p"))
    form = replace(FORM, duration_s=4, resolution="480p", draft=True, beneath=beneath)

    *_, hint, duration, auto, resolution, _, kept = FittingHandlers(services).on_choice(*inputs(form))

    assert all("value" not in stays for stays in (duration, auto, resolution))
    assert hint["moved"].startswith("Strict Video has no Auto duration")
    assert kept == cover(Settings(duration_s=12, auto_duration=False, resolution="720p"))


def test_on_mode_shows_the_examples_of_the_tab(services: Services) -> None:
    strip, hint, *_ = FittingHandlers(services).on_choice(*inputs(replace(FORM, mode="references")))

    shown = [(item["title"], item["prompt"]) for item in strip["items"]]
    assert shown == [(item.title, item.prompt) for item in EXAMPLES[Mode.REFERENCES]]
    assert strip["items"][0]["thumbnail"].startswith("/page/examples/")
    assert "@" in hint["tip"] and hint["tip"].startswith("Needed · ")


def test_on_choice_says_where_a_prompt_is_optional(services: Services) -> None:
    form = replace(FORM, mode="frames", provider="lenient")

    assert FittingHandlers(services).on_choice(*inputs(form))[1]["tip"] == "Optional · what happens between the frames"


def test_on_choice_of_no_provider_changes_nothing(services: Services) -> None:
    assert all(part == gr.skip() for part in FittingHandlers(services).on_choice(*inputs(replace(FORM, provider=3))))


def test_on_auto_switches_the_slider_off() -> None:
    assert on_auto(True)["interactive"] is False
    assert on_auto(False)["interactive"] is True


@pytest.mark.parametrize("mode", list(Mode), ids=lambda mode: mode.value)
def test_on_pick_fills_a_form_that_could_be_sent(services: Services, mode: Mode) -> None:
    for example in EXAMPLES[mode]:
        event = gr.EventData(None, {"title": example.title})

        filled = ExampleHandlers(services).on_pick("strict", event)

        _, duration, _, resolution, ratio, sound, seed, frames, references = filled
        assert (sound, seed["value"]) == (example.generate_audio, example.seed)
        assert (duration["value"], resolution["value"], ratio["value"]) == (
            example.duration_s,
            example.resolution,
            example.aspect_ratio,
        )
        assert ("value" in frames, "value" in references) == (mode is Mode.FRAMES, mode is Mode.REFERENCES)


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"title": None},
        {"title": ["Lighthouse"]},
        {"title": "No such example"},
    ],
    ids=repr,
)
def test_on_pick_of_what_is_no_example_changes_nothing(services: Services, data: object) -> None:
    filled = ExampleHandlers(services).on_pick("strict", gr.EventData(None, data))

    assert len(filled) == 9
    assert all(
        part == gr.skip() or set(part) <= {"__type__", "problems", "facts", "fixes", "limits"} for part in filled
    )

"""The handlers of stage and library, called as functions over real services."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.services import LOCAL_OWNER, Services
from seedance_ui.ui.session import read_visitor, state_of, visitor_for
from seedance_ui.ui.stage import StageHandlers, on_keep_seed, provider_facts

REQUEST = GenerationRequest(provider="strict", mode=Mode.TEXT, prompt="a lighthouse")


def event(data: object) -> gr.EventData:
    return gr.EventData(None, data)


async def finished(services: Services, owner: str | None = LOCAL_OWNER) -> str:
    job_id = await services.submit(REQUEST, owner=owner)
    assert [step async for _, step in services.watch(job_id)][-1]["state"] == "succeeded"
    return job_id


async def test_on_load_of_an_empty_page_shows_an_empty_library(services: Services) -> None:
    assert await StageHandlers(services).on_load({}) == (gr.skip(), [], {})


async def test_on_load_lists_what_was_made(services: Services) -> None:
    job_id = await finished(services)

    card, library, _ = await StageHandlers(services).on_load({})

    assert card == gr.skip()
    assert [item["job_id"] for item in library] == [job_id]


async def test_on_load_in_public_without_visitor_makes_one_who_owns_nothing(start_services: Any) -> None:
    """Before the first click: an answer that is lost on its way must not lose the job's owner."""
    services = start_services({"SEEDANCE_PUBLIC": "on"})
    await finished(services, owner=None)
    await finished(services, owner=services.owner_of("somebody"))

    card, library, state = await StageHandlers(services).on_load({})

    assert (card, library) == (gr.skip(), [])
    assert len(state["visitor"]) == 64
    _, library, state = await StageHandlers(services).on_load({"visitor": "somebody"})
    assert len(library) == 1
    assert state == {"visitor": "somebody"}


async def test_on_done_shows_the_video_and_marks_it(services: Services) -> None:
    job_id = await finished(services)

    item, library = await StageHandlers(services).on_done({}, event({"job": job_id, "state": "succeeded"}))

    assert item["video_url"] == f"/media/{job_id}.mp4"
    assert library["current"] == job_id and len(library["value"]) == 1


@pytest.mark.parametrize("data", [None, {}, {"job": "unknown"}, {"job": ["x"]}, "text"], ids=repr)
async def test_on_open_of_what_is_not_there_changes_nothing(services: Services, data: object) -> None:
    await finished(services)

    assert await StageHandlers(services).on_open({}, event(data)) == (gr.skip(), gr.skip())


async def test_on_open_in_public_does_not_show_a_strangers_video(start_services: Any) -> None:
    services = start_services({"SEEDANCE_PUBLIC": "on"})
    job_id = await finished(services, owner=services.owner_of("somebody"))
    handlers = StageHandlers(services)

    assert (await handlers.on_open({"visitor": "another"}, event({"job": job_id})))[0] == gr.skip()
    assert (await handlers.on_open({"visitor": "somebody"}, event({"job": job_id})))[0]["job_id"] == job_id


@pytest.mark.parametrize("seed", [0, 7, 4_294_967_295])
def test_on_keep_seed_takes_a_seed(seed: int) -> None:
    assert on_keep_seed(event({"seed": seed})) == seed


@pytest.mark.parametrize(
    "data", [None, {}, {"seed": -1}, {"seed": "7"}, {"seed": True}, {"seed": 4_294_967_296}], ids=repr
)
def test_on_keep_seed_ignores_what_is_none(data: object) -> None:
    assert on_keep_seed(event(data)) == gr.skip()


def test_provider_facts_tell_what_is_free(services: Services) -> None:
    assert {name: facts["free"] for name, facts in provider_facts(services.offers()).items()} == {
        "strict": True,
        "lenient": True,
        "locked": False,
    }


@pytest.mark.parametrize("state", [None, [], {}, {"visitor": ""}, {"visitor": 4}, {"visitor": "x" * 500}], ids=repr)
def test_read_visitor_of_anything_else_is_nobody(state: object) -> None:
    assert read_visitor(state) is None


def test_visitor_for_makes_one_in_public_only() -> None:
    assert visitor_for({}, is_public=False) is None
    made = visitor_for({}, is_public=True)
    assert made is not None and made != visitor_for({}, is_public=True)
    assert visitor_for(state_of(made), is_public=True) == made

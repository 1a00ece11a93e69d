"""The handlers of stage and library, called as functions over real services."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from seedance_ui.domain.pricing import Cost
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.errors import ProviderUnavailableError, SubmitUnknownError
from seedance_ui.services import LOCAL_OWNER, Services
from seedance_ui.ui.generate import GenerateHandlers
from seedance_ui.ui.messages import MOVED_ON
from seedance_ui.ui.session import read_visitor, state_of, visitor_for
from seedance_ui.ui.stage import StageHandlers, on_keep_seed, provider_facts

REQUEST = GenerationRequest(provider="strict", mode=Mode.TEXT, prompt="a lighthouse")


def event(data: object) -> gr.EventData:
    return gr.EventData(None, data)


def ids_of(card: Any) -> list[str]:
    return [job["job_id"] for job in card]


async def finished(services: Services, owner: str | None = LOCAL_OWNER) -> str:
    job_id = await services.submit(REQUEST, owner=owner)
    assert [step async for _, step in services.watch(job_id)][-1]["state"] == "succeeded"
    return job_id


async def unsure(services: Services, owner: str | None = LOCAL_OWNER) -> str:
    """Return a job of which nobody knows whether it was taken."""

    async def lose_the_answer(job_id: str) -> None:
        raise SubmitUnknownError("connection reset", provider="strict")

    provider = services._providers["strict"]
    provider.on_submit = lose_the_answer
    job_id = await services.submit(REQUEST, owner=owner)
    assert [step async for _, step in services.watch(job_id)][-1]["state"] == "needs_attention"
    provider.on_submit = None
    return job_id


async def test_on_load_of_an_empty_page_shows_an_empty_library(services: Services) -> None:
    card, library, state = await StageHandlers(services).on_load({})

    assert (card, state) == (gr.skip(), {})
    assert library == {
        "asked": 0,
        "after": None,
        "items": [],
        "counts": {"found": 0, "videos": 0, "deleted": 0},
        "problem": None,
    }


async def test_on_load_lists_what_was_made(services: Services) -> None:
    job_id = await finished(services)

    card, library, _ = await StageHandlers(services).on_load({})

    assert card == gr.skip()
    assert [item["job_id"] for item in library["items"]] == [job_id]


async def test_on_load_in_public_without_visitor_makes_one_who_owns_nothing(start_services: Any) -> None:
    """Before the first click: an answer that is lost on its way must not lose the job's owner."""
    services = start_services({"SEEDANCE_PUBLIC": "on"})
    await finished(services, owner=None)
    await finished(services, owner=services.owner_of("somebody"))

    card, library, state = await StageHandlers(services).on_load({})

    assert (card, library["items"]) == (gr.skip(), [])
    assert len(state["visitor"]) == 64
    _, library, state = await StageHandlers(services).on_load({"visitor": "somebody"})
    assert len(library["items"]) == 1
    assert state == {"visitor": "somebody"}


async def test_on_done_shows_the_video_and_marks_it(services: Services) -> None:
    job_id = await finished(services)

    item, library = await StageHandlers(services).on_done({}, event({"job": job_id, "state": "succeeded"}))

    assert item["video_url"] == f"/media/{job_id}.mp4"
    assert library["current"] == job_id


@pytest.mark.parametrize("data", [None, {}, {"job": "unknown"}, {"job": ["x"]}, "text"], ids=repr)
async def test_on_done_of_what_is_not_there_changes_nothing(services: Services, data: object) -> None:
    assert await StageHandlers(services).on_done({}, event(data)) == (gr.skip(), gr.skip())


# Jobs that rest


async def test_on_load_shows_every_job_that_is_not_final_or_closed_newest_first(services: Services) -> None:
    """A7: hidden from the stage, kept in the list, and brought back from there."""
    older, newer = await unsure(services), await unsure(services)
    handlers = StageHandlers(services)
    assert ids_of((await handlers.on_load({}))[0]) == [newer, older]

    await services.close(newer)
    assert ids_of((await handlers.on_load({}))[0]) == [older]
    await services.close(older)
    card, library, _ = await handlers.on_load({})
    assert card == gr.skip()
    assert [(item["job_id"], item["state"], item["is_closed"], item["video_url"]) for item in library["items"]] == [
        (newer, "needs_attention", True, None),
        (older, "needs_attention", True, None),
    ]


async def test_on_load_in_public_shows_a_stranger_no_job(start_services: Any) -> None:
    services = start_services({"SEEDANCE_PUBLIC": "on"})
    job_id = await unsure(services, owner=services.owner_of("somebody"))

    assert (await StageHandlers(services).on_load({"visitor": "another"}))[0] == gr.skip()
    assert await services.staged_job(job_id, owner=services.owner_of("another")) is None
    assert await services.staged_job(job_id, owner=None) is None


async def test_on_done_leaves_a_player_alone_that_shows_another_video(services: Services) -> None:
    job_id = await finished(services)

    assert await StageHandlers(services).on_done({}, event({"job": job_id, "is_aside": True})) == (gr.skip(), gr.skip())


async def test_on_send_again_makes_one_job_and_shows_it(services: Services) -> None:
    """A6, A7."""
    old = await unsure(services)
    click = event({"job": old})
    handlers = GenerateHandlers(services)

    card, player, notice = await handlers.on_send_again({}, click)

    [made] = ids_of(card)
    assert (player, notice) == (None, None)
    assert made != old
    assert ids_of((await handlers.on_send_again({}, click))[0]) == [made]
    assert [step async for _, step in services.watch(made)][-1]["state"] == "succeeded"
    assert await services.count_by_state() == {"needs_attention": 1, "succeeded": 1}


async def test_on_send_again_for_a_job_that_went_on_sends_nothing_and_says_so(services: Services) -> None:
    job_id = await finished(services)

    answer = await GenerateHandlers(services).on_send_again({}, event({"job": job_id}))

    assert answer == (gr.skip(), gr.skip(), MOVED_ON)
    assert await services.count_by_state() == {"succeeded": 1}


async def test_on_send_again_that_is_refused_says_why(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    old = await unsure(services)

    async def cannot_be_priced(request: GenerationRequest) -> Cost:
        raise ProviderUnavailableError("no route to host", provider="strict")

    monkeypatch.setattr(services._providers["strict"], "estimate", cannot_be_priced)
    card, _, notice = await GenerateHandlers(services).on_send_again({}, event({"job": old}))

    assert card == gr.skip()
    assert (notice.code, notice.charged, notice.detail) == ("provider_down", "no", "no route to host")
    assert await services.count_by_state() == {"needs_attention": 1}


@pytest.mark.parametrize("data", [None, "text", {}, {"job": 7}], ids=repr)
async def test_on_send_again_ignores_what_is_no_click(services: Services, data: object) -> None:
    assert await GenerateHandlers(services).on_send_again({}, event(data)) == (gr.skip(), gr.skip(), gr.skip())


async def test_on_send_again_in_public_is_for_the_owner_only(start_services: Any) -> None:
    services = start_services({"SEEDANCE_PUBLIC": "on"})
    job_id = await unsure(services, owner=services.owner_of("somebody"))
    handlers, click = GenerateHandlers(services), event({"job": job_id})

    assert (await handlers.on_send_again({"visitor": "another"}, click))[2] == MOVED_ON
    assert await services.count_by_state() == {"needs_attention": 1}
    assert len(ids_of((await handlers.on_send_again({"visitor": "somebody"}, click))[0])) == 1


# Seeds and facts


@pytest.mark.parametrize("seed", [0, 7, 4_294_967_295])
def test_on_keep_seed_takes_a_seed(seed: int) -> None:
    assert on_keep_seed(event({"seed": seed})) == seed


@pytest.mark.parametrize(
    "data", [None, {}, {"seed": -1}, {"seed": "7"}, {"seed": True}, {"seed": 4_294_967_296}], ids=repr
)
def test_on_keep_seed_ignores_what_is_none(data: object) -> None:
    assert on_keep_seed(event(data)) == gr.skip()


def test_provider_facts_tell_who_can_be_asked(services: Services) -> None:
    assert not any(facts["can_be_asked"] for facts in provider_facts(services.offers()).values())
    services._providers["strict"].can_be_asked = True
    assert provider_facts(services.offers())["strict"]["can_be_asked"]


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

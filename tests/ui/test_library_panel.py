"""The handlers of the library, called as functions over real services."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.errors import StoreError, SubmitUnknownError
from seedance_ui.services import LOCAL_OWNER, Services
from seedance_ui.ui.library_panel import LibraryHandlers
from seedance_ui.ui.widgets.library_grid import MAX_AT_ONCE

PROMPTS = ("Café at dusk", "a kite", "a boat at dusk")


def event(data: object) -> gr.EventData:
    return gr.EventData(None, data)


def look(asked: int = 1, **query: Any) -> dict[str, Any]:
    return {"asked": asked, "query": query, "after": None, "limit": 48}


async def finished(services: Services, prompt: str = "a lighthouse", owner: str | None = LOCAL_OWNER) -> str:
    request = GenerationRequest(provider="strict", mode=Mode.TEXT, prompt=prompt)
    job_id = await services.submit(request, owner=owner)
    assert [step async for _, step in services.watch(job_id)][-1]["state"] == "succeeded"
    return job_id


def ids(page: Any) -> list[str]:
    return [item["job_id"] for item in page["items"]]


async def test_on_look_finds_and_counts_and_carries_its_number(services: Services) -> None:
    cafe, _, boat = [await finished(services, prompt) for prompt in PROMPTS]

    page = await LibraryHandlers(services).on_look({}, event(look(7, search="DUSK", oldest_first=True)))

    assert (page["asked"], page["after"], page["problem"]) == (7, None, None)
    assert ids(page) == [cafe, boat]
    assert page["counts"] == {"found": 2, "videos": 2, "deleted": 0}


async def test_on_look_goes_on_behind_what_is_known(services: Services) -> None:
    first, second, third = [await finished(services, prompt) for prompt in PROMPTS]
    handlers = LibraryHandlers(services)

    head = await handlers.on_look({}, event({**look(1), "limit": 2}))
    tail = await handlers.on_look({}, event({**look(2), "after": second}))

    assert (ids(head), head["counts"]["found"]) == ([third, second], 3)
    assert (ids(tail), tail["after"]) == ([first], second)


@pytest.mark.parametrize(
    "data",
    [None, "text", [], {"asked": True, "query": "x", "after": 7, "limit": 0}, {"asked": -1, "limit": 1e9}],
    ids=repr,
)
async def test_on_look_of_what_makes_no_sense_lists_the_first_page(services: Services, data: object) -> None:
    job_id = await finished(services)

    page = await LibraryHandlers(services).on_look({}, event(data))

    assert (page["asked"], page["after"], ids(page)) == (0, None, [job_id])


async def test_on_look_answers_with_no_more_than_a_few_pages(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[int] = []
    shelf = services._store.shelf

    def note(*args: Any, limit: int, **more: Any) -> Any:
        asked_for.append(limit)
        return shelf(*args, limit=limit, **more)

    monkeypatch.setattr(services._store, "shelf", note)
    await LibraryHandlers(services).on_look({}, event({**look(), "limit": 10**9}))

    assert asked_for == [MAX_AT_ONCE]


@pytest.mark.parametrize("data", [None, {}, {"job": "unknown"}, {"job": ["x"]}, {"job": "a\0b"}, "text"], ids=repr)
async def test_on_open_of_what_is_not_there_changes_nothing(services: Services, data: object) -> None:
    await finished(services)

    assert await LibraryHandlers(services).on_open({}, event(data)) == (gr.skip(), gr.skip(), gr.skip())


async def test_on_open_of_a_video_leaves_the_job_card_alone(services: Services) -> None:
    job_id = await finished(services)

    card, player, library = await LibraryHandlers(services).on_open({}, event({"job": job_id}))

    assert card == gr.skip()
    assert (player["job_id"], player["state"], player["is_missing"]) == (job_id, "succeeded", False)
    assert library["current"] == job_id


async def test_on_open_of_a_video_whose_file_is_gone_says_so(services: Services) -> None:
    """B16: nothing else breaks."""
    job_id = await finished(services)
    path = services.media_path(f"{job_id}.mp4")
    assert path is not None
    path.unlink()

    _, player, _ = await LibraryHandlers(services).on_open({}, event({"job": job_id}))

    assert player["is_missing"] is True
    await finished(services)


async def test_on_open_of_a_job_that_rests_shows_its_card_and_no_video(services: Services) -> None:
    """A7."""

    async def lose_the_answer(job_id: str) -> None:
        raise SubmitUnknownError("connection reset", provider="strict")

    services._providers["strict"].on_submit = lose_the_answer
    job_id = await services.submit(GenerationRequest("strict", Mode.TEXT, "lost"), owner=LOCAL_OWNER)
    assert [step async for _, step in services.watch(job_id)][-1]["state"] == "needs_attention"

    card, player, library = await LibraryHandlers(services).on_open({}, event({"job": job_id}))

    assert [job["job_id"] for job in card] == [job_id]
    assert (player, library["current"]) == (None, job_id)


async def test_marks_change_the_list_that_comes_back(services: Services) -> None:
    first, second = await finished(services, "one"), await finished(services, "two")
    handlers = LibraryHandlers(services)

    marked = await handlers.on_favourite({}, event({"job": first, "on": True, "look": look(1, favourites=True)}))
    assert ids(marked) == [first]
    assert marked["items"][0]["is_favourite"] is True
    gone = await handlers.on_discard({}, event({"job": first, "look": look(2)}))
    assert (ids(gone), gone["counts"]["deleted"], gone["problem"]) == ([second], 1, None)
    deleted = await handlers.on_look({}, event(look(3, deleted=True)))
    assert (ids(deleted), deleted["items"][0]["is_deleted"]) == ([first], True)
    back = await handlers.on_restore({}, event({"job": first, "look": look(4)}))
    assert (ids(back), back["counts"]["deleted"]) == ([second, first], 0)
    unmarked = await handlers.on_favourite({}, event({"job": first, "on": "yes", "look": look(5)}))
    assert not any(item["is_favourite"] for item in unmarked["items"])


@pytest.mark.parametrize("data", [None, {}, {"job": "unknown", "look": look(3)}, {"job": {}}], ids=repr)
async def test_marks_on_what_is_not_there_say_so(services: Services, data: object) -> None:
    job_id = await finished(services)
    handlers = LibraryHandlers(services)

    for handler in (handlers.on_favourite, handlers.on_discard, handlers.on_restore):
        page = await handler({}, event(data))
        assert page["problem"] == "This video is not in the library any more."
        assert ids(page) == [job_id]


async def test_a_mark_that_cannot_be_written_says_why_and_lists_what_is_there(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = await finished(services)

    def refuse(*_: object) -> bool:
        raise StoreError("The library could not be changed: the disk is full.")

    monkeypatch.setattr(services._store, "delete", refuse)
    page = await LibraryHandlers(services).on_discard({}, event({"job": job_id, "look": look(2)}))

    assert (page["problem"], ids(page)) == ("The library could not be changed: the disk is full.", [job_id])


async def test_in_public_nobody_sees_or_marks_a_strangers_video(start_services: Any) -> None:
    services = start_services({"SEEDANCE_PUBLIC": "on"})
    theirs = {"visitor": "somebody"}
    job_id = await finished(services, owner=services.owner_of("somebody"))
    handlers = LibraryHandlers(services)
    click = event({"job": job_id, "on": True, "look": look()})

    for stranger in ({"visitor": "another"}, {}, None):
        assert ids(await handlers.on_look(stranger, event(look()))) == []
        assert ids(await handlers.on_look(stranger, event({**look(), "after": job_id}))) == []
        assert (await handlers.on_open(stranger, click))[1] == gr.skip()
        for handler in (handlers.on_favourite, handlers.on_discard, handlers.on_restore):
            page = await handler(stranger, click)
            assert page["problem"] is not None and page["items"] == []
    assert ids(await handlers.on_look(theirs, event(look()))) == [job_id]
    assert (await handlers.on_open(theirs, click))[1]["is_favourite"] is False
    assert ids(await handlers.on_discard(theirs, click)) == []


async def test_a_video_tells_what_it_was_made_from_and_what_came_of_it(services: Services) -> None:
    parent = await finished(services, "the first one")
    request = GenerationRequest("strict", Mode.TEXT, "the second one")
    child = await services.submit(request, owner=LOCAL_OWNER, parent=parent)
    assert [step async for _, step in services.watch(child)][-1]["state"] == "succeeded"
    handlers = LibraryHandlers(services)

    page = await handlers.on_look({}, event(look()))
    made, first = page["items"]
    assert (made["parent"], made["children"]) == ({"job_id": parent, "prompt": "the first one"}, 0)
    assert (first["parent"], first["children"]) == (None, 1)
    assert ids(await handlers.on_look({}, event(look(2, parent=parent)))) == [child]
    await handlers.on_discard({}, event({"job": parent, "look": look(3)}))
    assert (await handlers.on_look({}, event(look(4))))["items"][0]["parent"] is None

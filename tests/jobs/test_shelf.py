"""The library's side of the store, on every engine: what is found, in which order, and whose marks count."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from seedance_ui.domain.job import JobState, SavedVideo
from seedance_ui.domain.library_query import LibraryQuery
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.jobs.shelf import LISTED_STATES
from seedance_ui.jobs.store import Store
from tests.scripted import QuickClock, make_job

VIDEO = SavedVideo("0" * 64, 1, 1280, 720, 8.0, True)
Put = Callable[..., str]


@pytest.fixture
def put(store: Store) -> Put:
    """Return a way to put a finished job into the store; its id is its number in the row of calls."""
    number = itertools.count(1)

    def add(prompt: str = "a lighthouse", *, mode: Mode = Mode.TEXT, provider: str = "scripted", **more: Any) -> str:
        request = GenerationRequest(provider=provider, mode=mode, prompt=prompt)
        job = replace(make_job(), job_id=f"job-{next(number)}", request=request, state=JobState.SUCCEEDED, video=VIDEO)
        return store.add(replace(job, **more), form_token=None).job_id

    return add


def found(store: Store, query: LibraryQuery | None = None, **of: Any) -> list[str]:
    """Return the ids that a query finds, and see that it counts them too."""
    query = query or LibraryQuery(**of)
    jobs = store.shelf("local", query, after=None, limit=100)
    finished = [job for job in jobs if job.state is JobState.SUCCEEDED]
    assert store.count_shelf("local", query) == (len(jobs), len(finished))
    return [job.job_id for job in jobs]


def test_shelf_lists_what_is_finished_or_rests_newest_first(store: Store, put: Put) -> None:
    ids = [put(state=state) for state in JobState]
    listed = [job_id for job_id, state in zip(ids, JobState, strict=True) if state in LISTED_STATES]
    assert found(store) == listed[::-1]
    assert found(store, oldest_first=True) == listed


def test_shelf_is_the_owners_only_and_nobody_has_none(store: Store, put: Put) -> None:
    put(owner="another")
    put(owner=None)
    assert found(store) == []
    assert store.shelf(None, LibraryQuery(), after=None, limit=9) == []
    assert store.count_shelf(None, LibraryQuery()) == (0, 0)


def test_search_finds_words_in_any_order_whatever_their_case_and_accents(store: Store, put: Put) -> None:
    cafe, night = put("Café at DUSK, slow push-in"), put("A street at night, Straße")
    assert found(store, search="dusk CAFE") == [cafe]
    assert found(store, search="STRASSE") == [night]
    assert found(store, search=" at ") == [night, cafe]
    assert found(store, search="caf push") == [cafe]
    assert found(store, search="cafe night") == []


@pytest.mark.parametrize("search", ["100%", "snake_case", "a/b\\c", "it's"])
def test_search_takes_every_sign_as_it_is(store: Store, put: Put, search: str) -> None:
    """What means anything in the database's patterns must not."""
    put("100x, snakeXcase, a-b-c, its")
    literal = put(f"before {search} after")
    assert found(store, search=search) == [literal]


def test_filters_hold_together(store: Store, put: Put) -> None:
    now = datetime(2026, 1, 31, tzinfo=timezone.utc)
    wanted = put("kite", mode=Mode.FRAMES, provider="aimlapi", favourite=True, created_at=now, parent="p")
    put("kite", provider="aimlapi", favourite=True, created_at=now, parent="p")
    put("kite", mode=Mode.FRAMES, favourite=True, created_at=now, parent="p")
    put("kite", mode=Mode.FRAMES, provider="aimlapi", created_at=now, parent="p")
    put("kite", mode=Mode.FRAMES, provider="aimlapi", favourite=True, created_at=now - timedelta(days=8), parent="p")
    put("kite", mode=Mode.FRAMES, provider="aimlapi", favourite=True, created_at=now)
    put("boat", mode=Mode.FRAMES, provider="aimlapi", favourite=True, created_at=now, parent="p")
    query = LibraryQuery("kite", Mode.FRAMES, "aimlapi", now - timedelta(days=7), favourites=True, parent="p")
    assert found(store, query) == [wanted]


@pytest.mark.parametrize("oldest_first", [False, True])
def test_pages_follow_each_other_without_gap_or_repetition(store: Store, put: Put, oldest_first: bool) -> None:
    ids = [put() for _ in range(7)]
    query, seen, after = LibraryQuery(oldest_first=oldest_first), [], None
    while page := store.shelf("local", query, after=after, limit=3):
        seen += [job.job_id for job in page]
        after = seen[-1]
        put()  # what is new while one reads on stands at the head, or at the end
        if len(seen) >= 7:
            break
    assert seen[:7] == (ids if oldest_first else ids[::-1])


def test_a_page_behind_somebody_elses_job_is_empty(store: Store, put: Put) -> None:
    put()
    other = put(owner="another")
    assert store.shelf("local", LibraryQuery(), after=other, limit=9) == []
    assert store.shelf("local", LibraryQuery(), after="unknown", limit=9) == []


def test_favourite_is_a_mark_without_an_event(store: Store, put: Put) -> None:
    job_id = put()
    events = store.events_after(job_id, 0)
    assert store.set_favourite(job_id, "local", True)
    assert found(store, favourites=True) == [job_id]
    assert store.get(job_id).favourite
    assert store.set_favourite(job_id, "local", False)
    assert found(store, favourites=True) == []
    assert store.events_after(job_id, 0) == events


def test_marks_are_for_the_owner(store: Store, put: Put) -> None:
    job_id, nobodys = put(), put(owner=None)
    for of, owner in ((job_id, "another"), (job_id, None), (nobodys, None), (nobodys, "local"), ("unknown", "local")):
        assert not store.set_favourite(of, owner, True)
        assert not store.delete(of, owner)
        assert not store.restore(of, owner)
        assert store.on_shelf(of, owner) is None
    assert found(store) == [job_id]


def test_deleted_leaves_the_list_and_comes_back(store: Store, put: Put, quick_clock: QuickClock) -> None:
    kept, job_id = put(), put(favourite=True)
    assert store.delete(job_id, "local")
    assert not store.delete(job_id, "local")
    assert store.get(job_id).deleted_at == quick_clock.now()
    assert (found(store), found(store, favourites=True), found(store, deleted=True)) == ([kept], [], [job_id])
    assert store.on_shelf(job_id, "local") is not None
    assert store.restore(job_id, "local")
    assert not store.restore(job_id, "local")
    assert (found(store), found(store, deleted=True)) == ([job_id, kept], [])


@pytest.mark.parametrize("state", sorted(set(JobState) - LISTED_STATES), ids=str)
def test_what_is_being_made_or_has_no_video_cannot_be_deleted(store: Store, put: Put, state: JobState) -> None:
    job_id = put(state=state)
    assert not store.delete(job_id, "local")
    assert store.get(job_id).deleted_at is None


def test_a_job_that_rested_deleted_is_shown_again_when_it_goes_on(store: Store, put: Put) -> None:
    """What it makes may be paid."""
    job_id = put(state=JobState.NEEDS_ATTENTION, video=None)
    assert store.delete(job_id, "local")
    assert store.purge(job_id, store.get(job_id).deleted_at)
    assert store.adopt(job_id, remote_id="late")
    assert store.get(job_id).deleted_at is None
    with store.engine.begin() as db:
        db.exec_driver_sql("UPDATE jobs SET state = 'succeeded'")
    assert store.delete(job_id, "local")
    assert store.purged_since(datetime(2000, 1, 1, tzinfo=timezone.utc)) == []
    assert found(store, deleted=True) == [job_id]


def test_purge_takes_only_what_is_still_deleted_since_then(store: Store, put: Put, quick_clock: QuickClock) -> None:
    job_id = put()
    long_ago = quick_clock.now()
    store.delete(job_id, "local")
    store.restore(job_id, "local")
    assert not store.purge(job_id, long_ago)
    quick_clock.time += timedelta(days=2)
    store.delete(job_id, "local")
    assert not store.purge(job_id, long_ago)
    assert store.deleted_until(long_ago) == []
    assert store.deleted_until(quick_clock.now()) == [(job_id, quick_clock.now())]
    assert store.purge(job_id, quick_clock.now())
    assert not store.restore(job_id, "local")
    assert found(store, deleted=True) == []
    assert store.on_shelf(job_id, "local") is None
    assert store.purged_since(long_ago) == [job_id]


def test_kin_is_what_stands_in_the_same_library(store: Store, put: Put) -> None:
    parent = put("the first one")
    children = [put(parent=parent) for _ in range(2)]
    put(parent=parent, owner="another")
    deleted = put(parent=parent)
    store.delete(deleted, "local")
    strangers = put("secret", owner="another")
    orphan = put(parent=strangers)
    kin = store.kin_of("local", store.shelf("local", LibraryQuery(), after=None, limit=9))
    assert kin.parents == {parent: "the first one"}
    assert kin.children == {parent: 2}
    assert found(store, parent=parent) == children[::-1]
    store.delete(parent, "local")
    assert store.kin_of("local", [store.get(children[0]), store.get(orphan)]).parents == {}

"""The composition root: what is refused before anything is sent, whose jobs are whose, what a restart keeps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from seedance_ui.config import Settings
from seedance_ui.domain.job import Job, JobUpdate
from seedance_ui.domain.pricing import Price
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.domain.variable import key
from seedance_ui.errors import (
    ConfigError,
    InsufficientBalanceError,
    InvalidRequestError,
    MissingKeyError,
    MovedOnError,
    NotAllowedError,
    PausedError,
    StoreError,
    StrayJobError,
    SubmitUnknownError,
)
from seedance_ui.jobs import admission
from seedance_ui.jobs.store import FormTokenReusedError
from seedance_ui.providers.base import ProviderInfo, Setup
from seedance_ui.services import LOCAL_OWNER, Services
from tests.scripted import QuickClock, ScriptedProvider, price

REQUEST = GenerationRequest(provider="scripted", mode=Mode.TEXT, prompt="a lighthouse")
Start = Callable[..., Any]


class FreeScripted(ScriptedProvider):
    """Needs no key."""

    info = ProviderInfo(id="scripted", label="Scripted", hint="")


@pytest.fixture
def start(data_dir: Path, finished_video: Path) -> Start:
    """Return a way to run the services, again and again on the same data."""

    @asynccontextmanager
    async def run(
        env: dict[str, str] | None = None, provider: type[ScriptedProvider] = FreeScripted, **more: Any
    ) -> AsyncIterator[Services]:
        class Finishing(provider):  # type: ignore[valid-type, misc]
            def __init__(self, setup: Any) -> None:
                super().__init__(setup)
                self.on_poll = self.finish(finished_video)

        settings = Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir), **(env or {})})
        services = Services(settings, providers={"scripted": Finishing}, clock=QuickClock(), **more)
        services.start()
        try:
            yield services
        finally:
            await asyncio.get_running_loop().run_in_executor(None, services.stop)

    return run


async def ended(services: Services, job_id: str) -> dict[str, Any]:
    snapshots = [snapshot async for _, snapshot in services.watch(job_id)]
    return dict(snapshots[-1])


async def test_submit_makes_a_video_and_lists_it(start: Start) -> None:
    async with start() as services:
        job_id = await services.submit(REQUEST, owner=LOCAL_OWNER)
        assert (await ended(services, job_id))["state"] == "succeeded"
        [item] = await services.library(LOCAL_OWNER)
    assert (item["job_id"], item["prompt"], item["seed"]) == (job_id, "a lighthouse", 7)
    assert (item["width_px"], item["height_px"], item["generate_audio"]) == (320, 240, False)


async def test_the_library_survives_a_restart(start: Start) -> None:
    async with start() as services:
        first = await services.submit(REQUEST, owner=LOCAL_OWNER)
        await ended(services, first)
    async with start() as services:
        second = await services.submit(replace(REQUEST, prompt="a harbour"), owner=LOCAL_OWNER)
        await ended(services, second)
        items = await services.library(LOCAL_OWNER)
        assert [item["job_id"] for item in items] == [second, first]
        assert all(services.media_path(f"{item['job_id']}{end}") for item in items for end in (".mp4", ".jpg"))


async def test_submit_of_a_request_with_problems_writes_nothing(start: Start) -> None:
    async with start() as services:
        with pytest.raises(InvalidRequestError, match="4–15"):
            await services.submit(replace(REQUEST, duration_s=99), owner=LOCAL_OWNER)
        with pytest.raises(InvalidRequestError, match="no provider 'nobody'"):
            await services.submit(replace(REQUEST, provider="nobody"), owner=LOCAL_OWNER)
        assert await services.count_by_state() == {}


async def test_submit_without_a_key_names_the_variable_and_the_way_on(start: Start) -> None:
    async with start(provider=ScriptedProvider) as services:
        [offer] = services.offers()
        assert (offer.available, offer.missing_variables) == (False, ("SCRIPTED_KEY",))
        with pytest.raises(MissingKeyError, match=r"SCRIPTED_KEY.*animatic"):
            await services.submit(REQUEST, owner=LOCAL_OWNER)
        assert await services.count_by_state() == {}


async def test_a_pause_refuses_new_paid_jobs_and_lets_running_ones_go_on(start: Start, data_dir: Path) -> None:
    """C11: by the setting, and by a file without a restart."""

    class Paid(ScriptedProvider):
        info = ProviderInfo(id="scripted", label="Scripted", hint="", variables=(key("AIMLAPI_KEY", "A key."),))

    with_key = {"AIMLAPI_KEY": "a-key"}
    async with start({**with_key, "SEEDANCE_PAUSE": "on"}, provider=Paid) as services:
        with pytest.raises(PausedError, match="Nothing was sent"):
            await services.submit(REQUEST, owner=LOCAL_OWNER)
    async with start(with_key, provider=Paid) as services:
        running = await services.submit(REQUEST, owner=LOCAL_OWNER)
        (data_dir / "PAUSE").touch()
        with pytest.raises(PausedError):
            await services.submit(replace(REQUEST, seed=1), owner=LOCAL_OWNER)
        assert (await ended(services, running))["state"] == "succeeded"
        (data_dir / "PAUSE").unlink()
        await services.submit(replace(REQUEST, seed=1), owner=LOCAL_OWNER)


async def test_a_pause_lets_free_jobs_begin(start: Start) -> None:
    async with start({"SEEDANCE_PAUSE": "on"}) as services:
        assert (await ended(services, await services.submit(REQUEST, owner=LOCAL_OWNER)))["state"] == "succeeded"


async def test_submit_on_a_full_disk_starts_nothing(start: Start) -> None:
    """B12: what exists stays."""
    async with start() as services:
        await ended(services, await services.submit(REQUEST, owner=LOCAL_OWNER))
    async with start(free_bytes=lambda path: 99_000_000) as services:
        with pytest.raises(StoreError, match="99 MB left.*nothing was charged"):
            await services.submit(REQUEST, owner=LOCAL_OWNER)
        assert await services.count_by_state() == {"succeeded": 1}
        assert len(await services.library(LOCAL_OWNER)) == 1


async def test_submit_into_a_line_that_is_full_is_refused(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "MAX_WAITING", 0)
    async with start() as services:
        with pytest.raises(StoreError, match="wait in line already.*nothing was charged"):
            await services.submit(REQUEST, owner=LOCAL_OWNER)


async def test_two_processes_on_one_database_run_each_job_once(start: Start, tmp_path: Path) -> None:
    """A9: the lock lies beside the database, not in the data directory."""
    url = {"DATABASE_URL": f"sqlite:///{tmp_path}/shared.sqlite3"}
    async with start(url) as first, start({**url, "SEEDANCE_DATA_DIR": str(tmp_path / "other")}) as second:
        job_ids = [await second.submit(replace(REQUEST, seed=n), owner=LOCAL_OWNER) for n in range(3)]
        for job_id in job_ids:
            assert (await ended(second, job_id))["state"] == "succeeded"
        ran = [len(services._providers["scripted"].submits) for services in (first, second)]
        assert sorted(ran) == [0, 3]


async def test_a_double_click_is_one_job(start: Start) -> None:
    """A6."""
    async with start() as services:
        clicks = (services.submit(REQUEST, owner=LOCAL_OWNER, form_token="t") for _ in range(20))
        assert len(set(await asyncio.gather(*clicks))) == 1
        with pytest.raises(FormTokenReusedError):
            await services.submit(replace(REQUEST, seed=1), owner=LOCAL_OWNER, form_token="t")
        assert sum((await services.count_by_state()).values()) == 1


async def test_visitors_of_a_public_app_see_only_their_own(start: Start) -> None:
    """G1, G2: the database knows a visitor by a digest only."""
    async with start({"SEEDANCE_PUBLIC": "on"}) as services:
        anna, ben = services.owner_of("anna's token"), services.owner_of("ben's token")
        assert anna is not None
        assert anna != ben
        assert len(anna) == 64
        job_id = await services.submit(REQUEST, owner=anna)
        await ended(services, job_id)
        assert [item["job_id"] for item in await services.library(anna)] == [job_id]
        assert await services.library(ben) == []
        assert await services.library(services.owner_of(None)) == []


async def test_everybody_at_home_is_the_same_owner(start: Start) -> None:
    async with start() as services:
        assert services.owner_of(None) == services.owner_of("a token") == LOCAL_OWNER


async def test_staged_jobs_are_those_that_are_not_final(start: Start) -> None:
    async def wait(job: Job) -> JobUpdate:
        return JobUpdate("running", "Generating")

    async with start() as services:
        done = await services.submit(REQUEST, owner=LOCAL_OWNER)
        await ended(services, done)
        services._providers["scripted"].on_poll = wait
        running = await services.submit(replace(REQUEST, prompt="a harbour"), owner=LOCAL_OWNER)
        assert [job["job_id"] for job in await services.staged_jobs(LOCAL_OWNER)] == [running]


async def test_similar_runs_give_the_next_one_a_range(start: Start) -> None:
    async def wait(job: Job) -> JobUpdate:
        return JobUpdate("running", "Generating")

    async with start() as services:
        provider = services._providers["scripted"]
        finish = provider.on_poll

        async def work_first(job: Job) -> JobUpdate:
            return await finish(job) if job.started_at else await wait(job)

        provider.on_poll = work_first
        for n in range(5):
            snapshot = await ended(services, await services.submit(replace(REQUEST, seed=n), owner=LOCAL_OWNER))
            assert snapshot["eta_s"] is None
        provider.on_poll = wait
        job_id = await services.submit(REQUEST, owner=LOCAL_OWNER)
        async for _, snapshot in services.watch(job_id):
            if snapshot["eta_s"] is not None:
                assert 0 <= snapshot["eta_s"]["low"] <= snapshot["eta_s"]["high"]
                break
        [staged] = await services.staged_jobs(LOCAL_OWNER)
        assert staged["usual"]["runs"] == 5
        assert staged["usual"]["range_s"] is not None


async def test_watch_of_an_unknown_job_ends_at_once(start: Start) -> None:
    async with start() as services:
        assert [snapshot async for snapshot in services.watch("0" * 32)] == []


def test_a_data_directory_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    settings = Settings.from_env({"SEEDANCE_DATA_DIR": str(tmp_path / "file" / "data")})
    with pytest.raises(ConfigError, match=r"cannot be written.*SEEDANCE_DATA_DIR"):
        Services(settings, providers={"scripted": FreeScripted})


async def test_a_provider_is_given_its_own_keys_only(start: Start) -> None:
    """D2."""
    given: list[Setup] = []

    class Keyed(ScriptedProvider):
        info = ProviderInfo(id="scripted", label="Scripted", hint="", variables=(key("AIMLAPI_KEY", "A key."),))

        def __init__(self, setup: Setup) -> None:
            super().__init__(setup)
            given.append(setup)

    async with start({"AIMLAPI_KEY": "mine", "SCENARIO_API_KEY": "another's"}, provider=Keyed):
        pass
    [setup] = given
    assert setup.keys == {"AIMLAPI_KEY": "mine"}
    assert "mine" not in repr(setup)


async def test_a_stray_job_behind_a_second_click_is_kept_as_well(start: Start) -> None:
    """The price question of one click started a paid job after another click of the same form was committed."""
    async with start() as services:
        first = await services.submit(REQUEST, owner=LOCAL_OWNER, form_token="t")
        await ended(services, first)

        services._providers["scripted"].estimate = stray
        kept = await services.submit(REQUEST, owner=LOCAL_OWNER, form_token="t")
        assert kept != first
        snapshot = await ended(services, kept)
        assert (snapshot["state"], snapshot["remote_id"]) == ("succeeded", "stray-1")


async def test_a_stray_job_behind_send_again_is_kept_and_nothing_else_is_sent(start: Start) -> None:
    async with start() as services:
        provider = services._providers["scripted"]
        lost = await lose_one(services)
        provider.estimate = stray
        kept = await services.send_again(lost, owner=LOCAL_OWNER)
        assert kept is not None
        snapshot = await ended(services, kept)
        assert (snapshot["state"], snapshot["remote_id"]) == ("succeeded", "stray-1")
        assert provider.submits == [lost]


async def stray(request: GenerationRequest) -> Price:
    """Answer a question about the price as Scenario would if it took the question for a request."""
    raise StrayJobError("a job began", provider="scripted", remote_id="stray-1")


async def lose_one(services: Services, *, owner: str | None = LOCAL_OWNER) -> str:
    """Return a job that rests, since its paid request got no answer, as no later one does."""
    never_answered(services._providers["scripted"])
    lost = await services.submit(REQUEST, owner=owner)
    assert (await ended(services, lost))["state"] == "needs_attention"
    return lost


def never_answered(provider: ScriptedProvider) -> None:
    """Let every paid request of a provider end without an answer."""

    async def lose(job_id: str) -> None:
        raise SubmitUnknownError("the connection ended", provider="scripted")

    provider.on_submit = lose


async def test_a_batch_is_one_intent_each_with_seeds_counted_up(start: Start) -> None:
    """A8."""
    async with start() as services:
        request = replace(REQUEST, seed=4_294_967_295)
        ids = await services.submit_batch(request, 3, owner=LOCAL_OWNER, form_token="t")
        assert await services.submit_batch(request, 3, owner=LOCAL_OWNER, form_token="t") == ids
        assert [(await ended(services, job_id))["state"] for job_id in ids] == ["succeeded"] * 3
        assert {item["seed"] for item in await services.library(LOCAL_OWNER)} == {4_294_967_295, 0, 1}


@pytest.mark.parametrize("count", [0, -1, 5])
async def test_a_batch_of_a_wrong_size_is_refused(start: Start, count: int) -> None:
    async with start() as services:
        with pytest.raises(InvalidRequestError, match="Choose 1 to 4"):
            await services.submit_batch(REQUEST, count, owner=LOCAL_OWNER)
        assert await services.count_by_state() == {}


async def test_send_again_is_a_new_job_of_the_same_request_for_its_owner_only(start: Start) -> None:
    """A7: the old one stays as it is."""
    async with start() as services:
        provider = services._providers["scripted"]
        lost = await lose_one(services)
        provider.on_submit = None
        assert await services.send_again(lost, owner="somebody else") is None
        again = await services.send_again(lost, owner=LOCAL_OWNER)
        assert again is not None and again != lost
        assert await services.send_again(lost, owner=LOCAL_OWNER) == again
        assert (await ended(services, again))["state"] == "succeeded"
        assert await services.send_again(again, owner=LOCAL_OWNER) is None
        assert await services.count_by_state() == {"needs_attention": 1, "succeeded": 1}
        assert provider.submits == [lost, again]


async def test_close_hides_a_job_from_the_stage_and_keeps_its_state(start: Start) -> None:
    """A7."""
    async with start() as services:
        lost = await lose_one(services)
        assert [job["job_id"] for job in await services.staged_jobs(LOCAL_OWNER)] == [lost]
        closed = await services.close(lost)
        assert closed is not None and closed["state"] == "needs_attention"
        assert await services.staged_jobs(LOCAL_OWNER) == []
        assert await services.close("0" * 32) is None


async def test_find_video_is_not_for_strangers(start: Start) -> None:
    async with start({"SEEDANCE_PUBLIC": "on"}) as services:
        with pytest.raises(NotAllowedError):
            await services.find_video("0" * 32, "remote-1")


async def test_run_made_from_another_keeps_its_parent_also_when_it_is_sent_again(start: Start) -> None:
    async with start() as services:
        parent = await services.submit(REQUEST, owner=LOCAL_OWNER)
        await ended(services, parent)
        never_answered(services._providers["scripted"])
        child = await services.submit(REQUEST, owner=LOCAL_OWNER, form_token="t", parent=parent)
        assert (await ended(services, child))["state"] == "needs_attention"
        again = await services.send_again(child, owner=LOCAL_OWNER)
        assert again is not None
        for job_id in (child, again):
            job = await services.job_of(job_id, LOCAL_OWNER)
            assert job is not None and job.parent == parent


async def test_nobody_descends_from_a_strangers_run(start: Start) -> None:
    async with start({"SEEDANCE_PUBLIC": "on"}) as services:
        theirs = await services.submit(REQUEST, owner="somebody else")
        for parent in (theirs, "0" * 32):
            mine = await services.submit(REQUEST, owner="me", parent=parent)
            job = await services.job_of(mine, "me")
            assert job is not None and job.parent is None


async def test_recipe_is_for_the_owner_of_a_run_only(start: Start) -> None:
    async with start({"SEEDANCE_PUBLIC": "on"}) as services:
        job_id = await services.submit(REQUEST, owner="me")
        nobodys = await services.submit(REQUEST, owner=None)
        assert await services.recipe(job_id, "me") == REQUEST
        assert await services.recipe(job_id, "somebody else") is None
        assert await services.recipe(job_id, None) is None
        assert await services.recipe(nobodys, None) is None
        assert await services.recipe("unknown", "me") is None
        await ended(services, job_id)
        assert await services.delete(job_id, owner="me")
        assert await services.recipe(job_id, "me") is None


async def test_send_again_of_a_job_that_turned_up_meanwhile_sends_nothing(start: Start) -> None:
    """A7: the search may find it while the price is asked for."""
    async with start() as services:
        provider = services._providers["scripted"]
        lost = await lose_one(services)
        ask = provider.estimate

        async def turns_up(request: GenerationRequest) -> Price:
            services._store.adopt_found(lost, remote_id="remote-late")
            return await ask(request)

        provider.estimate = turns_up
        with pytest.raises(MovedOnError, match="turned up meanwhile"):
            await services.send_again(lost, owner=LOCAL_OWNER)
        assert sum((await services.count_by_state()).values()) == 1


async def test_send_again_for_more_than_the_button_named_sends_nothing(start: Start) -> None:
    async with start() as services:
        provider = services._providers["scripted"]
        lost = await lose_one(services)

        async def dearer(request: GenerationRequest) -> Price:
            return price(2.6)

        provider.estimate = dearer
        with pytest.raises(MovedOnError, match=r"2\.60 USD now, not 2\.50 USD"):
            await services.send_again(lost, owner=LOCAL_OWNER)
        assert await services.count_by_state() == {"needs_attention": 1}


async def test_send_again_behind_a_refusal_is_another_wish_and_behind_anything_else_is_the_same(start: Start) -> None:
    """A7: it asks for no price then, and what was refused cost nothing."""
    async with start() as services:
        provider = services._providers["scripted"]
        lost = await lose_one(services)

        async def refuse(job_id: str) -> None:
            raise InsufficientBalanceError("no credit", provider="scripted")

        provider.on_submit = refuse
        refused = await services.send_again(lost, owner=LOCAL_OWNER)
        assert refused is not None
        assert (await ended(services, refused))["state"] == "failed"
        provider.on_submit = None
        made = await services.send_again(lost, owner=LOCAL_OWNER)
        assert made is not None and made != refused
        assert (await ended(services, made))["state"] == "succeeded"
        provider.estimate = stray
        assert await services.send_again(lost, owner=LOCAL_OWNER) == made
        assert provider.submits == [lost, refused, made]


async def test_send_again_behind_one_that_was_cancelled_unsent_is_another_wish(start: Start) -> None:
    async with start() as services:
        provider = services._providers["scripted"]
        lost = await lose_one(services)
        provider.on_submit, provider.on_upload = None, never
        cancelled = await services.send_again(lost, owner=LOCAL_OWNER)
        assert cancelled is not None
        await services.cancel(cancelled)
        assert (await ended(services, cancelled))["state"] == "cancelled"
        provider.on_upload = None
        made = await services.send_again(lost, owner=LOCAL_OWNER)
        assert made is not None and made != cancelled
        assert (await ended(services, made))["state"] == "succeeded"
        assert provider.submits == [lost, made]


async def never() -> None:
    """Wait for what does not come."""
    await asyncio.Event().wait()


async def test_send_again_of_nobodys_job_is_nobodys_to_ask(start: Start) -> None:
    async with start() as services:
        lost = await lose_one(services, owner=None)
        assert await services.send_again(lost, owner=None) is None


async def test_a_batch_is_refused_by_a_process_that_does_not_send(start: Start) -> None:
    """A8: with two processes on one SQLite file, only one of them can promise what a click for several promises."""
    async with start() as first, start() as second:
        await ended(first, await first.submit(REQUEST, owner=LOCAL_OWNER))
        with pytest.raises(StoreError, match="Another process"):
            await second.submit_batch(REQUEST, 2, owner=LOCAL_OWNER)
        one = await second.submit(REQUEST, owner=LOCAL_OWNER)
        assert (await ended(second, one))["state"] == "succeeded"

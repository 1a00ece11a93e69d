"""A finished run as one file: what leaves one installation is what comes into another, and nothing else."""

from __future__ import annotations

import asyncio
import json
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from seedance_ui.config import Settings
from seedance_ui.domain.job import Job, JobUpdate
from seedance_ui.domain.media import MediaFile, MediaKind, MediaLink
from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.domain.pricing import Cost
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.domain.shared_run import NOT_FOR_STRANGERS, NOT_HERE, PRIVATE_LINK
from seedance_ui.errors import MediaError, NotAllowedError
from seedance_ui.jobs.store import Store
from seedance_ui.providers.base import ProviderInfo
from seedance_ui.services import LOCAL_OWNER, Services
from tests.media_makers import make_mp3, make_video
from tests.scripted import QuickClock, ScriptedProvider
from tests.shared_runs import bring_in, everything_in, make_medium, pack, zip_run

PUBLIC_LINK = "https://media.example.com/clips/rain.mp4"
PLANTED = "sk-planted-key-0123"
PLACE = "Planted Street 7"


class Maker(ScriptedProvider):
    """Finishes at once, at a price that is told afterwards; takes links."""

    info = ProviderInfo(id="scripted", label="Scripted Video", hint="")

    def spec(self) -> ModelSpec:
        return replace(super().spec(), takes_links=True)

    async def poll(self, job: Job) -> JobUpdate:
        assert self.on_poll is not None
        return replace(await self.on_poll(job), cost=Cost(2.515968, "USD", "exact"))


@asynccontextmanager
async def installed(data_dir: Path, video: Path, **env: str) -> AsyncIterator[Services]:
    """Run an installation of its own."""

    class Finishing(Maker):
        def __init__(self, setup: Any) -> None:
            super().__init__(setup)
            self.on_poll = self.finish(video)

    settings = Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir), "AIMLAPI_KEY": PLANTED, **env})
    services = Services(settings, providers={"scripted": Finishing}, clock=QuickClock())
    services.start()
    try:
        yield services
    finally:
        await asyncio.get_running_loop().run_in_executor(None, services.stop)


async def finish(services: Services, request: GenerationRequest) -> str:
    job_id = await services.submit(request, owner=LOCAL_OWNER)
    assert [step async for _, step in services.watch(job_id)][-1]["state"] == "succeeded"
    return job_id


async def references(services: Services, tmp_path: Path) -> GenerationRequest:
    """Return a request with a photo that tells where it was taken, a clip, two links and a sound."""
    exif = Image.Exif()
    exif[0x010E] = PLACE
    Image.effect_noise((400, 320), 60).convert("RGB").save(tmp_path / "photo.jpg", exif=exif)
    photo = await services.take_in(tmp_path / "photo.jpg", "At home (secret).jpg")
    clip = await services.take_in(make_video(tmp_path / "clip.mp4", size=(640, 480)), "clip.mp4")
    beat = await services.take_in(make_mp3(tmp_path / "beat.mp3"), "beat.mp3")
    links = [MediaLink(PUBLIC_LINK, MediaKind.VIDEO), MediaLink(f"{PUBLIC_LINK}?Signature=s1gned", MediaKind.VIDEO)]
    prompt = f"@Image1 hums @Audio1. A sign says {PLANTED}."
    return GenerationRequest(
        "scripted", Mode.REFERENCES, prompt, seed=42, images=(photo,), videos=(clip, *links), audios=(beat,)
    )


def entries_of(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def content(request: GenerationRequest) -> dict[str, Any]:
    """Return a request without what is of one machine: the paths of its files."""
    data = request.to_json()
    for file in [*data["images"], *data["videos"], *data["audios"]]:
        file.pop("path", None)
    return data


async def test_a_run_goes_from_one_installation_to_another_with_everything_that_it_was_made_of(
    tmp_path: Path, finished_video: Path
) -> None:
    async with installed(tmp_path / "there", finished_video) as there:
        job_id = await finish(there, await references(there, tmp_path))
        packed = await pack(there, job_id)
        assert packed == await pack(there, job_id)
        original = await there.job_of(job_id, LOCAL_OWNER)
        assert original is not None
        assert (await bring_in(there, packed)).job_id == job_id  # where it was made, it is known
    entries = entries_of(packed)
    record = json.loads(entries["run.json"])

    assert set(entries) == {
        "run.json", "video.mp4", "poster.jpg", "media/image-1.jpg", "media/video-1.mp4", "media/audio-1.mp3"
    }  # fmt: skip
    assert entries["video.mp4"] == finished_video.read_bytes()
    assert (record["provider"], record["provider_label"], record["model"]) == ("scripted", "Scripted Video", "m")
    assert record["cost"] == {"amount": 2.515968, "unit": "USD", "kind": "exact"}
    left_out = {medium["place"]: medium["left_out"] for medium in record["media"] if medium["left_out"]}
    assert left_out == {"@Video3": PRIVATE_LINK}
    for private in (PLANTED, PLACE, "s1gned", str(tmp_path), job_id, str(original.remote_id), LOCAL_OWNER + '"'):
        assert private.encode() not in packed, private
    assert "At home (secret).jpg" in {medium["name"] for medium in record["media"]}

    async with installed(tmp_path / "here", finished_video) as here:
        first, second = await bring_in(here, packed), await bring_in(here, packed)
        assert (first.outcome, second) == ("imported", replace(first, outcome="known"))
        assert first.job_id != job_id
        job = await here.job_of(first.job_id, LOCAL_OWNER)
        assert job is not None and job.remote_id is None
        ours, theirs = content(job.request), content(original.request)
        gone = ours["videos"].pop()
        assert (gone["name"], theirs["videos"].pop()["url"]) == (
            "The link of @Video3",
            f"{PUBLIC_LINK}?Signature=s1gned",
        )
        assert ours == {**theirs, "prompt": theirs["prompt"].replace(PLANTED, "…")}
        for file, name in ((job.request.images[0], "image-1.jpg"), (job.request.videos[0], "video-1.mp4")):
            assert isinstance(file, MediaFile)
            assert file.path.read_bytes() == entries[f"media/{name}"]
        assert (job.cost, job.seed, job.video) == (original.cost, original.seed, original.video)
        assert (job.created_at, job.finished_at) == (original.created_at, original.finished_at)
        video = here.media_path(f"{first.job_id}.mp4")
        assert video is not None and video.read_bytes() == finished_video.read_bytes()
        assert here.media_path(f"{first.job_id}.jpg") and here.media_path(f"{first.job_id}-last.png")
        again = entries_of(await pack(here, first.job_id))
        assert {**again, "run.json": b""} == {**entries, "run.json": b""}
        assert json.loads(again["run.json"])["run_id"] == record["run_id"]


async def test_an_imported_run_was_never_sent_from_here(data_dir: Path, finished_video: Path) -> None:
    """Neither the runner nor the learnt times know it; what it cost is told as somebody else's."""
    async with installed(data_dir, finished_video) as services:
        packed = zip_run({"video.mp4": finished_video.read_bytes()}, provider="scripted")
        job_id = (await bring_in(services, packed)).job_id
        [item] = await services.library(LOCAL_OWNER)
        assert (item["job_id"], item["is_imported"], item["cost"]["amount"]) == (job_id, True, 2.52)
        assert (item["elapsed_s"], item["queued_s"], item["remote_id"]) == (92.0, 6.0, None)
        evidence = await services.evidence(job_id)
        assert evidence is not None and evidence["is_imported"] and not evidence["replies"]
        job = await services.job_of(job_id, LOCAL_OWNER)
        assert job is not None and services._store.past_runs_s(job.request) == []
        events = await services.events_after(job_id, 0)
        assert await services.staged_jobs(LOCAL_OWNER) == []
    async with installed(data_dir, finished_video) as services:  # what a start looks at again
        for verb in (services.cancel, services.check_again, services.try_now, services.close):
            snapshot = await verb(job_id)
            assert snapshot is not None and snapshot["state"] == "succeeded"
        assert await services.events_after(job_id, 0) == events


async def test_what_was_deleted_comes_back_with_its_zip_and_what_is_gone_for_good_comes_anew(
    data_dir: Path, finished_video: Path
) -> None:
    packed = zip_run({"video.mp4": finished_video.read_bytes()})
    async with installed(data_dir, finished_video) as services:
        first = await bring_in(services, packed)
        await services.delete(first.job_id, owner=LOCAL_OWNER)
        assert await bring_in(services, packed) == replace(first, outcome="restored")
        video = data_dir / "library" / f"{first.job_id}.mp4"
        video.unlink()
        assert await bring_in(services, packed) == replace(first, outcome="restored")
        assert video.read_bytes() == finished_video.read_bytes()
        assert len(await services.library(LOCAL_OWNER)) == 1

        await services.delete(first.job_id, owner=LOCAL_OWNER)
        [(_, deleted_at)] = services._store.deleted_until(services._clock.now())
        assert services._store.purge(first.job_id, deleted_at)
        anew = await bring_in(services, packed)
        assert (anew.outcome, anew.job_id != first.job_id) == ("imported", True)


async def test_what_goes_for_good_while_its_zip_comes_in_comes_anew(
    data_dir: Path, finished_video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = zip_run({"video.mp4": finished_video.read_bytes()})

    def restore(store: Store, job_id: str, owner: str | None, *, real: Any = Store.restore) -> bool:
        [(_, deleted_at)] = store.deleted_until(services._clock.now())
        assert store.purge(job_id, deleted_at)
        return bool(real(store, job_id, owner))

    async with installed(data_dir, finished_video) as services:
        first = await bring_in(services, packed)
        await services.delete(first.job_id, owner=LOCAL_OWNER)
        assert await services.export_run(first.job_id) is None
        monkeypatch.setattr(Store, "restore", restore)
        anew = await bring_in(services, packed)
        assert (anew.outcome, anew.job_id != first.job_id) == ("imported", True)


async def test_strangers_get_no_file_of_a_run_and_no_name_of_one(
    data_dir: Path, finished_video: Path, tmp_path: Path
) -> None:
    async with installed(data_dir, finished_video) as services:
        job_id = await finish(services, await references(services, tmp_path))
    async with installed(data_dir, finished_video, SEEDANCE_PUBLIC="on") as services:
        packed = await pack(services, job_id)
    entries = entries_of(packed)
    assert set(entries) == {"run.json", "video.mp4", "poster.jpg"}
    media = json.loads(entries["run.json"])["media"]
    assert {medium["name"] for medium in media} == {None}
    assert media[0]["left_out"] == NOT_FOR_STRANGERS


async def test_the_same_zip_twice_at_the_same_moment_is_one_run(data_dir: Path, finished_video: Path) -> None:
    packed = zip_run({"video.mp4": finished_video.read_bytes()})
    async with installed(data_dir, finished_video) as services:
        both = await asyncio.gather(bring_in(services, packed), bring_in(services, packed))
        assert len({one.job_id for one in both}) == 1
        assert sorted(one.outcome for one in both) == ["imported", "known"]
        assert [path.suffix for path in (data_dir / "library").glob("*.mp4")] == [".mp4"]
        assert list((data_dir / "imports").iterdir()) == []


async def test_nobody_takes_the_place_of_anothers_run_with_its_id(
    data_dir: Path, finished_video: Path, tmp_path: Path
) -> None:
    forged = make_video(tmp_path / "other.mp4", seconds=4).read_bytes()
    async with installed(data_dir, finished_video) as services:
        for video in (forged, finished_video.read_bytes()):
            assert (await bring_in(services, zip_run({"video.mp4": video}))).outcome == "imported"


async def test_a_file_that_did_not_come_along_keeps_its_place(data_dir: Path, finished_video: Path) -> None:
    packed = zip_run(
        {"video.mp4": finished_video.read_bytes()},
        mode="references",
        media=[make_medium("@Image1", "image", name="coat.png", left_out=NOT_HERE)],
    )
    async with installed(data_dir, finished_video) as services:
        job = await services.job_of((await bring_in(services, packed)).job_id, LOCAL_OWNER)
        assert job is not None
        [image] = job.request.images
        assert isinstance(image, MediaFile) and (image.name, image.path.exists()) == ("coat.png", False)
        record = json.loads(entries_of(await pack(services, job.job_id))["run.json"])
        assert record["media"][0]["left_out"] == NOT_HERE


async def test_what_is_not_finished_or_not_as_it_was_saved_is_not_exported(
    data_dir: Path, finished_video: Path
) -> None:
    async with installed(data_dir, finished_video) as services:
        job_id = await finish(services, GenerationRequest("scripted", Mode.TEXT, "A tram"))
        video = data_dir / "library" / f"{job_id}.mp4"
        video.write_bytes(video.read_bytes()[:-1] + b"x")
        with pytest.raises(MediaError, match="damaged"):
            await services.export_run(job_id)
        video.unlink()
        with pytest.raises(MediaError, match="not on disk any more"):
            await services.export_run(job_id)
        assert await services.export_run("0" * 32) is None


async def test_strangers_import_nothing(data_dir: Path, finished_video: Path) -> None:
    async with installed(data_dir, finished_video, SEEDANCE_PUBLIC="on") as services:
        before = everything_in(data_dir)
        with pytest.raises(NotAllowedError, match="own machine only"):
            await bring_in(services, zip_run({"video.mp4": finished_video.read_bytes()}))
        assert everything_in(data_dir) == before

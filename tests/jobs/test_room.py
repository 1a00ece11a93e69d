"""B12: no paid video is ordered that could not be saved, and none that was is lost for want of room."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seedance_ui.domain.job import Job, JobState, JobUpdate, Phase, RemoteVideo
from seedance_ui.domain.media import MediaFile
from seedance_ui.domain.sizes import expected_bytes
from seedance_ui.errors import StoreError
from seedance_ui.jobs.room import IMPORT_COPIES, MIN_FREE_BYTES, MIN_FREE_BYTES_PAID, SPARE, Room
from seedance_ui.library import Library
from seedance_ui.media.intake import Intake
from tests.fakes.server import FakeServer, Received, Reply, serve_range
from tests.media_makers import make_image
from tests.scripted import make_job
from tests.small_disk import mounted_disk

if TYPE_CHECKING:
    from tests.jobs.conftest import Bench

TWO_HOURS_S = 7200


@dataclass
class Disk:
    """A disk of a size that a test says."""

    free: int
    asked: list[Path] = field(default_factory=list)

    def free_bytes(self, path: Path) -> int:
        self.asked.append(path)
        return self.free


@pytest.fixture
def disk() -> Disk:
    return Disk(10**12)


@pytest.fixture
def intake(data_dir: Path) -> Intake:
    return Intake(data_dir / "uploads")


@pytest.fixture
def room(bench: Bench, intake: Intake, disk: Disk, data_dir: Path) -> Room:
    return Room(bench.store, intake, data_dir, disk.free_bytes, ["scripted"])


def request_of(**changes: Any) -> Any:
    return replace(make_job().request, **changes)


async def upload(intake: Intake, path: Path, *, color: str, age_s: float = TWO_HOURS_S) -> MediaFile:
    """Take a picture in, and let it lie for some time."""
    taken = await intake.take_in(make_image(path, color=color), name=path.name)
    then = time.time() - age_s
    os.utime(taken.path, (then, then))
    return taken


# Before the POST


@pytest.mark.parametrize(
    ("changes", "most"),
    [
        ({"duration_s": 4, "resolution": "480p"}, 5_000_000),
        ({"duration_s": 15}, 37_500_000),
        ({"duration_s": 0}, 37_500_000),
        ({"duration_s": 4, "resolution": "8K"}, 10_000_000),
    ],
    ids=["short", "long", "auto", "unknown-resolution"],
)
def test_expected_bytes_is_the_most_that_a_video_may_take(changes: dict[str, Any], most: int) -> None:
    assert expected_bytes([request_of(**changes)]) == most


def test_expected_bytes_is_above_what_a_noisy_video_takes(finished_video: Path) -> None:
    """Pure noise is the worst that an encoder is given; this is one second of it, though a small one."""
    assert finished_video.stat().st_size < expected_bytes([request_of(duration_s=1, resolution="480p")])


@pytest.mark.parametrize("free", [MIN_FREE_BYTES_PAID - 1, 0])
def test_a_paid_job_below_one_gigabyte_is_refused(room: Room, disk: Disk, free: int) -> None:
    disk.free = free
    with pytest.raises(StoreError, match="1000 MB are needed .* nothing was charged"):
        room.check_jobs([request_of()])


def test_a_paid_job_with_one_gigabyte_may_begin(room: Room, disk: Disk) -> None:
    disk.free = MIN_FREE_BYTES_PAID
    room.check_jobs([request_of(duration_s=15)])


def test_twice_what_all_paid_videos_on_their_way_may_take_must_be_free(room: Room, disk: Disk, bench: Bench) -> None:
    """Also those that wait, those that rest for a key, and all of this click."""
    request = request_of(duration_s=15)
    for _ in range(18):
        bench.store.add(replace(make_job(), request=request), form_token=None)
    resting = bench.store.claim_next("scripted", worker="w", lease_s=60)
    assert resting is not None
    bench.store.move(resting, state=JobState.NEEDS_KEY, phase=Phase.DONE)
    disk.free = SPARE * 37_500_000 * 20
    assert disk.free > MIN_FREE_BYTES_PAID
    room.check_jobs([request, request])
    disk.free -= 1
    with pytest.raises(StoreError, match="1500 MB are needed"):
        room.check_jobs([request, request])
    room.check_jobs([request_of(provider="free")])


def test_an_import_leaves_the_room_of_paid_videos(room: Room, disk: Disk, bench: Bench) -> None:
    disk.free = MIN_FREE_BYTES_PAID + IMPORT_COPIES * 10_000_000
    room.check_import(10_000_000)
    for _ in range(20):
        bench.store.add(replace(make_job(), request=request_of(duration_s=15)), form_token=None)
    with pytest.raises(StoreError, match="1530 MB are needed to import"):
        room.check_import(10_000_000)


def test_a_job_that_ended_needs_no_room(room: Room, disk: Disk, bench: Bench) -> None:
    request = request_of(duration_s=15)
    for _ in range(40):
        job = bench.store.add(replace(make_job(), request=request), form_token=None)
        bench.store.want_cancel(job.job_id)
    disk.free = MIN_FREE_BYTES_PAID
    room.check_jobs([request])


def test_a_free_job_and_a_file_need_little(room: Room, disk: Disk) -> None:
    disk.free = MIN_FREE_BYTES
    room.check_jobs([request_of(provider="free")])
    room.check_file()
    disk.free -= 1
    for check in (lambda: room.check_jobs([request_of(provider="free")]), room.check_file):
        with pytest.raises(StoreError, match="99 MB left"):
            check()


# What may go


async def test_uploads_go_first_but_none_that_a_job_may_need(
    room: Room, disk: Disk, bench: Bench, intake: Intake, tmp_path: Path
) -> None:
    """Nor one of a form that is open, and never a video."""
    unused = await upload(intake, tmp_path / "unused.png", color="red")
    waiting, resting, done = [
        await upload(intake, tmp_path / f"{color}.png", color=color) for color in ("blue", "green", "gold")
    ]
    young = await upload(intake, tmp_path / "young.png", color="white", age_s=60)
    in_use_again = await upload(intake, tmp_path / "again.png", color="gray")
    await intake.take_in(tmp_path / "again.png", name="again.png")
    jobs = [
        bench.store.add(replace(make_job(), request=request_of(images=(file,))), form_token=None)
        for file in (resting, done, waiting)
    ]
    first = bench.store.claim_next("scripted", worker="w", lease_s=60)
    assert first is not None
    bench.store.move(first, state=JobState.NEEDS_ATTENTION, phase=Phase.DONE)
    bench.store.want_cancel(jobs[1].job_id)
    video = bench.tools.library.video_path("a" * 32)
    video.write_bytes(b"paid")
    os.utime(video, (0, 0))

    disk.free = 0
    with pytest.raises(StoreError):
        room.check_jobs([request_of()])
    there = [file.path.exists() for file in (unused, done, waiting, resting, young, in_use_again)]
    assert there == [False, False, True, True, True, True]
    assert video.exists()


async def test_room_that_uploads_leave_is_used(room: Room, disk: Disk, intake: Intake, tmp_path: Path) -> None:
    unused = await upload(intake, tmp_path / "unused.png", color="red")
    assert room.make_room() == unused.size_bytes
    assert room.make_room() == 0


# While a video is being saved


class Videos(FakeServer):
    """Serves one finished video."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.content = content

    def handle(self, request: Received) -> Reply:
        return serve_range(request, self.content, "video/mp4")


@pytest.fixture
def video_url(bench: Bench, finished_video: Path) -> Iterator[str]:
    with Videos(finished_video.read_bytes()) as server:
        bench.provider.setup = replace(bench.provider.setup, base_url=server.origin)
        yield f"{server.origin}/video.mp4"


def finishing(url: str) -> Callable[[Job], Any]:
    async def poll(job: Job) -> JobUpdate:
        return JobUpdate("succeeded", "Ready", video=RemoteVideo(url))

    return poll


@pytest.fixture
def small_disk(tmp_path: Path, finished_video: Path) -> Iterator[Path]:
    """Return a disk of its own that takes one video and little more."""
    with mounted_disk(tmp_path / "small", size_kib=finished_video.stat().st_size // 1024 + 64) as path:
        yield path


async def test_a_real_disk_that_is_full_costs_no_video(
    bench: Bench, small_disk: Path, video_url: str, finished_video: Path, tmp_path: Path
) -> None:
    """B8: the job says what is wrong, tries again, makes room itself, and the video is saved whole."""
    library = Library(small_disk / "library")
    intake = Intake(small_disk / "uploads")
    unused = await upload(intake, tmp_path / "unused.png", color="red")
    with unused.path.open("ab") as filler:
        filler.write(b"\0" * 100_000)
    then = time.time() - TWO_HOURS_S
    os.utime(unused.path, (then, then))
    room = Room(bench.store, intake, small_disk, lambda path: 0, ["scripted"])
    bench.tools = replace(bench.tools, library=library, make_room=room.make_room)
    bench.provider.on_poll = finishing(video_url)
    job_id = bench.add()
    bench.start_runner()
    job = await bench.until(job_id)
    assert job.state is JobState.SUCCEEDED
    said = [snapshot["message"] for _, snapshot in bench.store.events_after(job_id, 0)]
    assert any("No space left on device" in message for message in said)
    assert bench.states(job_id)[-2:] == ["downloading", "succeeded"]
    assert library.video_path(job_id).read_bytes() == finished_video.read_bytes()
    assert not unused.path.exists()
    assert not list(library.directory.glob("*.part"))
    assert bench.provider.submits == [job_id]


async def test_a_disk_that_stays_full_fails_no_job(
    bench: Bench, video_url: str, finished_video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B8, B12: ENOSPC from the file layer, again and again; then there is room, and the video is there."""
    is_full, refused = True, 0
    loop, refused_often, fsync = asyncio.get_running_loop(), asyncio.Event(), os.fsync

    def fsync_of_a_full_disk(descriptor: int) -> None:
        nonlocal refused
        if is_full:
            refused += 1
            if refused == 3:
                loop.call_soon_threadsafe(refused_often.set)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(descriptor)

    asked: list[int] = []
    bench.tools = replace(bench.tools, make_room=lambda: asked.append(1) or 0)
    bench.provider.on_poll = finishing(video_url)
    monkeypatch.setattr(os, "fsync", fsync_of_a_full_disk)
    job_id = bench.add()
    bench.start_runner()
    await asyncio.wait_for(refused_often.wait(), 30)
    job = bench.store.get(job_id)
    assert job is not None
    assert job.state is JobState.DOWNLOADING
    # What came is not kept meanwhile, and not said to be: it is fetched anew.
    assert job.message.endswith("The video could not be saved: No space left on device.")
    assert job.error is not None
    assert job.error.detail == "The video could not be saved: No space left on device."
    is_full = False
    job = await bench.until(job_id)
    assert job.state is JobState.SUCCEEDED
    assert job.video is not None
    assert job.video.sha256 == hashlib.sha256(finished_video.read_bytes()).hexdigest()
    assert asked
    assert bench.provider.submits == [job_id]


def test_make_room_survives_a_disk_that_answers_nothing(room: Room, data_dir: Path) -> None:
    """It is called while a paid video is being saved, which must go on."""
    shutil.rmtree(data_dir / "uploads")
    assert room.make_room() == 0

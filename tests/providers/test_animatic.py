"""The real worker draws here; the shortest and smallest videos that the spec allows."""

from datetime import datetime, timezone
from pathlib import Path

import av
import pytest

from seedance_ui.domain.job import Job, JobState, LocalVideo, Phase
from seedance_ui.domain.media import MediaFile, MediaKind
from seedance_ui.domain.pricing import FREE
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.domain.validation import check_request
from seedance_ui.errors import BadRequestError
from seedance_ui.providers.animatic import Animatic, seed_of
from seedance_ui.providers.base import Handles, Setup


def make_request(**fields) -> GenerationRequest:
    usual = {"duration_s": 4, "resolution": "480p", "aspect_ratio": "1:1", "generate_audio": False}
    return GenerationRequest("animatic", **{"mode": Mode.TEXT, "prompt": "A fox at dawn.", **usual, **fields})


def make_job(request: GenerationRequest, job_id="job-1") -> Job:
    now = datetime(2026, 1, 1, tzinfo=timezone.utc)
    return Job(job_id, "local", request, JobState.RUNNING, Phase.GENERATING, "", now, FREE, remote_id=job_id)


async def finish(provider: Animatic, job: Job):
    updates = [await provider.poll(job)]
    while updates[-1].state == "running":
        updates.append(await provider.poll(job))
    return updates


@pytest.fixture
async def provider(tmp_path):
    provider = Animatic(Setup(tmp_path / "work"))
    yield provider
    await provider.close()


async def test_poll_draws_the_video_and_reports_progress(provider, tmp_path):
    job = make_job(make_request())
    submitted = await provider.submit(job, Handles())
    assert submitted.remote_id == job.job_id
    updates = await finish(provider, job)
    assert updates[0].message == "Drawing the storyboard"
    progress = [update.progress for update in updates]
    assert progress == sorted(progress)
    assert 0 < progress[-2] <= 1
    last = updates[-1]
    assert last.state == "succeeded"
    assert last.cost == FREE
    assert last.video == LocalVideo(tmp_path / "work" / "job-1.mp4")
    with av.open(str(last.video.path)) as container:
        video = container.streams.video[0]
        assert (video.width, video.height, video.frames) == (640, 640, 96)
        assert not container.streams.audio


async def test_poll_after_a_restart_takes_the_finished_file(tmp_path):
    work_dir = tmp_path / "work"
    work_dir.mkdir()
    (work_dir / "job-1.mp4").write_bytes(b"finished before the restart")
    provider = Animatic(Setup(work_dir))
    update = await provider.poll(make_job(make_request()))
    assert update.state == "succeeded"
    assert update.video.path.read_bytes() == b"finished before the restart"


async def test_poll_after_a_restart_draws_a_cut_off_video_again(tmp_path):
    job = make_job(make_request())
    first = Animatic(Setup(tmp_path))
    assert (await first.poll(job)).state == "running"
    await first.close()
    assert not (tmp_path / "job-1.mp4").exists()
    second = Animatic(Setup(tmp_path))
    updates = await finish(second, job)
    assert updates[-1].state == "succeeded"
    assert updates[-1].seed == seed_of("job-1", job.request)


async def test_cancel_stops_the_drawing_and_leaves_nothing(provider, tmp_path):
    job = make_job(make_request(duration_s=15))
    await provider.poll(job)
    assert await provider.cancel(job) is True
    assert list((tmp_path / "work").iterdir()) == []


async def test_poll_with_a_broken_file_fails_free_of_charge_and_names_it(provider, tmp_path):
    path = tmp_path / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\nno picture")
    file = MediaFile(path, MediaKind.IMAGE, "image/png", path.stat().st_size, "0" * 64, "broken.png", 640, 640)
    job = make_job(make_request(mode=Mode.REFERENCES, prompt="@Image1 waits", images=(file,)))
    last = (await finish(provider, job))[-1]
    assert last.state == "failed"
    assert (last.error.code, last.error.charged, last.error.asset) == ("render_failed", "no", "@Image1")
    assert "@Image1" in last.error.detail


def test_seed_of_is_the_one_asked_for_or_follows_from_the_job():
    assert seed_of("a", make_request(seed=7)) == 7
    assert seed_of("a", make_request(seed=0)) == 0
    drawn = seed_of("a", make_request())
    assert drawn == seed_of("a", make_request())
    assert drawn != seed_of("b", make_request())
    assert 0 <= drawn < 2**32


async def test_submit_without_a_size_is_refused(provider):
    with pytest.raises(BadRequestError, match="adaptive"):
        await provider.submit(make_job(make_request(aspect_ratio="adaptive")), Handles())


async def test_estimate_is_exactly_free(provider):
    assert (await provider.estimate(make_request())).cost == FREE


def test_spec_takes_auto_duration_and_media_without_a_prompt(tmp_path: Path):
    spec = Animatic(Setup(tmp_path)).spec()
    frame = MediaFile(tmp_path / "a.png", MediaKind.IMAGE, "image/png", 1000, "0" * 64, "a.png", 640, 640)
    request = make_request(mode=Mode.FRAMES, prompt="", first_frame=frame, duration_s=0)
    assert check_request(request, spec) == []

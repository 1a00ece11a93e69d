"""`Intake`: content-addressed copies, looked at once, refused without a trace (F8, F10, B12)."""

import asyncio
import errno
import hashlib
import os
import sys

import pytest

from seedance_ui.errors import MediaError, StoreError
from seedance_ui.media import intake as intake_module
from seedance_ui.media.intake import Intake
from tests.media_makers import make_image, wav_bytes


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "media"


@pytest.fixture
def counted_probes(monkeypatch):
    """Count the real probes, and how many ran at once."""
    counts = {"all": 0, "now": 0, "most": 0}

    async def counting(*args, **kwargs):
        counts["all"] += 1
        counts["now"] += 1
        counts["most"] = max(counts["most"], counts["now"])
        try:
            return await inspect(*args, **kwargs)
        finally:
            counts["now"] -= 1

    inspect = intake_module.inspect
    monkeypatch.setattr(intake_module, "inspect", counting)
    return counts


async def test_take_in_stores_bytes_under_their_digest(tmp_path, directory):
    upload = make_image(tmp_path / "upload.bin", format="PNG")
    file = await Intake(directory).take_in(upload, name="../../cat.jpg")
    digest = hashlib.sha256(file.path.read_bytes()).hexdigest()
    assert file.path == directory / f"{digest}.png"
    assert (file.sha256, file.name, file.mime) == (digest, "cat.jpg", "image/png")
    assert os.listdir(directory) == [f"{digest}.png"]


async def test_take_in_same_upload_is_looked_at_once(tmp_path, directory, counted_probes):
    upload = make_image(tmp_path / "upload.png")
    intake = Intake(directory)
    first = await intake.take_in(upload, name="a.png")
    again = await intake.take_in(upload, name="b.png")
    assert counted_probes["all"] == 1
    assert (again.path, again.name) == (first.path, "b.png")


async def test_take_in_same_content_elsewhere_is_stored_once(tmp_path, directory):
    intake = Intake(directory)
    first = await intake.take_in(make_image(tmp_path / "one.png"), name="one.png")
    second = await intake.take_in(make_image(tmp_path / "two.png"), name="two.png")
    assert first.path == second.path
    assert len(os.listdir(directory)) == 1


async def test_take_in_changed_upload_is_looked_at_again(tmp_path, directory):
    intake = Intake(directory)
    upload = make_image(tmp_path / "upload.png")
    first = await intake.take_in(upload, name="a.png")
    make_image(upload, size=(400, 400))
    assert (await intake.take_in(upload, name="a.png")).sha256 != first.sha256


async def test_take_in_stored_file_that_was_purged_is_stored_again(tmp_path, directory):
    intake = Intake(directory)
    upload = make_image(tmp_path / "upload.png")
    (await intake.take_in(upload, name="a.png")).path.unlink()
    assert (await intake.take_in(upload, name="a.png")).path.exists()


async def test_take_in_many_at_once_runs_two_probes(tmp_path, directory, counted_probes):
    uploads = [make_image(tmp_path / f"{index}.png", color=(index, 0, 0)) for index in range(12)]
    intake = Intake(directory)
    files = await asyncio.gather(*(intake.take_in(upload, name=upload.name) for upload in uploads))
    assert len({file.path for file in files}) == 12
    assert counted_probes["most"] == 2


def test_take_in_works_in_one_loop_after_another(tmp_path, directory):
    intake = Intake(directory)

    async def take_three(color: str):
        uploads = [make_image(tmp_path / f"{color}{n}.png", size=(100 + n, 100), color=color) for n in range(3)]
        return await asyncio.gather(*(intake.take_in(upload, name="a.png") for upload in uploads))

    asyncio.run(take_three("red"))
    asyncio.run(take_three("blue"))
    assert len(os.listdir(directory)) == 6


@pytest.mark.parametrize(
    "data", [b"hello", b"", wav_bytes(claimed_bytes=10**8), b"\xff\xd8\xff\xe0"], ids=["text", "empty", "wav", "jpeg"]
)
async def test_take_in_refused_file_leaves_nothing(tmp_path, directory, data):
    upload = tmp_path / "upload"
    upload.write_bytes(data)
    with pytest.raises(MediaError, match=r"^a\.x "):
        await Intake(directory).take_in(upload, name="a.x")
    assert os.listdir(directory) == []


async def test_take_in_too_large_file_is_refused_before_it_is_copied(tmp_path, directory):
    upload = tmp_path / "upload"
    with upload.open("wb") as file:
        file.truncate(200_000_001)
    with pytest.raises(MediaError, match=r"^a\.mp4 has 200 MB; the most is 200 MB"):
        await Intake(directory).take_in(upload, name="a.mp4")


async def test_take_in_missing_file_and_folder_are_refused(tmp_path, directory):
    with pytest.raises(MediaError, match="is not on the server any more"):
        await Intake(directory).take_in(tmp_path / "gone", name="a.png")
    with pytest.raises(MediaError, match="is not a file"):
        await Intake(directory).take_in(tmp_path, name="a.png")


@pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")
async def test_take_in_link_and_pipe_are_refused(tmp_path, directory):
    """F10: what a link points to is not the visitor's to name, and a pipe would never end."""
    link = tmp_path / "link.png"
    link.symlink_to(make_image(tmp_path / "secret.png"))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (link, pipe):
        with pytest.raises(MediaError, match="is not a file"):
            await Intake(directory).take_in(path, name="a.png")


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_open_regular_link_put_there_after_the_check_is_refused(tmp_path):
    link = tmp_path / "link.png"
    link.symlink_to(make_image(tmp_path / "secret.png"))
    with pytest.raises(MediaError, match="cannot be opened"):
        intake_module._open_regular(link, "a.png")


async def test_take_in_full_disk_is_our_fault_and_leaves_nothing(tmp_path, directory, monkeypatch):
    def no_space(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(StoreError, match=r"^The disk is full\. Nothing was started; what exists stays\."):
        await Intake(directory).take_in(make_image(tmp_path / "a.png"), name="a.png")
    assert os.listdir(directory) == []


async def test_take_in_cancelled_leaves_nothing(tmp_path, directory, monkeypatch):
    reached = asyncio.Event()

    async def stopped_midway(*args, **kwargs):
        reached.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(intake_module, "inspect", stopped_midway)
    task = asyncio.create_task(Intake(directory).take_in(make_image(tmp_path / "a.png"), name="a.png"))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert os.listdir(directory) == []


def test_intake_removes_what_a_crash_left_long_ago(directory):
    old, young = directory / ".unfinished-old", directory / ".unfinished-young"
    for left in (old, young):
        left.mkdir(parents=True)
        (left / "part").write_bytes(b"half")
    os.utime(old, (0, 0))
    Intake(directory)
    assert os.listdir(directory) == [young.name]

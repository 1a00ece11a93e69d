"""The worker process: results, limits, crashes, cancelling; nothing of ours is inherited (D1, F4)."""

import asyncio
import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from seedance_ui.errors import MediaError, StoreError
from seedance_ui.media import worker
from seedance_ui.media.worker import Limits, run_task

ROOT = Path(worker.__file__).parents[2]
ROOMY = Limits(memory_bytes=1024**3, cpu_s=20, wall_s=30.0)


@pytest.fixture(autouse=True)
def tasks(monkeypatch):
    names = ("echo", "refuse", "eat_memory", "spin", "crash", "raise_bug", "fill_disk", "hang", "sleep_past_wall_time")
    monkeypatch.setattr(worker, "TASKS", {name: f"tests.media.worker_tasks:{name}" for name in names})


def has_ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


async def test_run_task_returns_result_and_progress_whatever_is_printed():
    seen = []
    result = await run_task("echo", {"text": "日本語\n"}, limits=ROOMY, report=seen.append)
    assert result["args"] == {"text": "日本語\n"}
    assert seen == [0.25, 1.0]


async def test_run_task_environment_has_no_key_and_no_gradio(monkeypatch, tmp_path):
    monkeypatch.setenv("AIMLAPI_KEY", "planted-key")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "json.py").write_text("raise RuntimeError('imported from the working directory')")
    result = await run_task("echo", {}, limits=ROOMY)
    assert "planted-key" not in str(result["environment"])
    assert "PATH" not in result["environment"]
    assert not {"gradio", "httpx", "sqlalchemy", "asyncio"} & set(result["modules"])
    assert Path(result["cwd"]) == ROOT


async def test_run_task_media_error_keeps_its_sentence():
    with pytest.raises(MediaError, match=r"^a\.gif is a GIF\. Save it as PNG or JPEG\.$"):
        await run_task("refuse", {"name": "a.gif"}, limits=ROOMY)


@pytest.mark.parametrize(
    ("task", "limits", "sentence"),
    [
        pytest.param("eat_memory", ROOMY, "clip.mp4 takes too much memory", id="memory"),
        pytest.param("spin", Limits(1024**3, cpu_s=1, wall_s=30.0), "clip.mp4 took too long", id="cpu"),
        pytest.param("spin", Limits(1024**3, cpu_s=20, wall_s=0.5), "clip.mp4 took too long", id="wall"),
        pytest.param("crash", ROOMY, "clip.mp4 cannot be read or drawn", id="segfault"),
        pytest.param("raise_bug", ROOMY, "clip.mp4 cannot be read or drawn", id="our own bug"),
    ],
)
async def test_run_task_stopped_child_is_a_sentence(task, limits, sentence):
    with pytest.raises(MediaError, match=sentence) as caught:
        await run_task(task, {}, limits=limits, subject="clip.mp4")
    assert "Traceback" not in str(caught.value)


async def test_run_task_bug_is_logged_with_its_traceback(caplog):
    with pytest.raises(MediaError):
        await run_task("raise_bug", {}, limits=ROOMY)
    assert "a fault of ours" in caplog.text


async def test_run_task_full_disk_is_our_fault():
    with pytest.raises(StoreError, match="disk is full"):
        await run_task("fill_disk", {}, limits=ROOMY)


async def test_run_task_cancelled_kills_the_child_and_waits(tmp_path):
    started = tmp_path / "pid"
    running = asyncio.Event()
    task = asyncio.create_task(
        run_task("hang", {"started": str(started)}, limits=ROOMY, report=lambda value: value == 0.5 and running.set())
    )
    await asyncio.wait_for(running.wait(), 20)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert has_ended(int(started.read_text()))


def test_run_task_several_at_once_in_loops_of_other_threads():
    results = []

    def work():
        async def several():
            return await asyncio.gather(*(run_task("echo", {"n": n}, limits=ROOMY) for n in range(2)))

        results.extend(result["args"]["n"] for result in asyncio.run(several()))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [0, 0, 1, 1]


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_child_ends_when_its_parent_is_killed(tmp_path):
    """B2: kill -9 of the app leaves no process behind."""
    started = tmp_path / "pid"
    program = (
        "import asyncio\n"
        "from seedance_ui.media import worker\n"
        "worker.TASKS = {'hang': 'tests.media.worker_tasks:hang'}\n"
        f"arguments = {{'started': {str(started)!r}}}\n"
        "asyncio.run(worker.run_task('hang', arguments, limits=worker.PROBE_LIMITS,"
        " report=lambda value: value == 0.5 and print('running', flush=True)))\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE)
    assert parent.stdout.readline() == b"running\n"
    child = int(started.read_text())
    descriptor = os.pidfd_open(child) if hasattr(os, "pidfd_open") else None
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    if descriptor is None:
        pytest.skip("needs pidfd_open to wait for a process that is not ours")
    assert select.select([descriptor], [], [], 20)[0], "the child outlived its parent"
    os.close(descriptor)

"""The embedded provider: a storyboard drawn on this machine. Free, without a key; `media/storyboard` draws.

The file's place and the seed follow from the job's id, so that a poll after a restart goes on without any record:
a finished file is there, and one that was cut off is drawn again, frame by frame the same.
"""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

from seedance_ui.domain.job import Job, JobError, JobUpdate, LocalVideo
from seedance_ui.domain.mentions import parse_mentions
from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.domain.pricing import FREE, FREE_PRICE, Price
from seedance_ui.domain.request import AUTO_DURATION_S, GenerationRequest, Mode
from seedance_ui.errors import BadRequestError, MediaError, StoreError
from seedance_ui.media.worker import RENDER_LIMITS, path_argument, run_task
from seedance_ui.providers.base import Handles, Provider, ProviderInfo, Setup, Submitted
from seedance_ui.providers.code.gradio_client import write_gradio_client
from seedance_ui.providers.code.program import Program

_AUTO_SECONDS_S = 5
"""What Auto means here."""
_POLL_WAITS_S = 0.25
"""How long a poll waits for progress, so that nobody has to ask in a hurry."""

_SPEC = ModelSpec(
    provider="animatic",
    provider_label="The animatic",
    model="storyboard",
    auto_duration=True,
    prompt_optional_modes=(Mode.FRAMES, Mode.REFERENCES),
    jobs_at_once=1,
    poll_after_s=0.1,
    questions_per_s=None,
    # It can be drawn again at any time.
    retention_s=365 * 24 * 3600,
    can_cancel="always",
)


class _Render:
    """One storyboard that is being drawn."""

    def __init__(self) -> None:
        self.progress = 0.0
        self._changed = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    def report(self, progress: float) -> None:
        """Take the worker's word for how far it is."""
        self.progress = max(self.progress, progress)
        self._changed.set()

    async def wait_for_news(self, task: asyncio.Task[None]) -> None:
        """Return when there is progress, when the drawing has ended, or after a short while."""
        news = asyncio.ensure_future(self._changed.wait())
        try:
            await asyncio.wait((task, news), timeout=_POLL_WAITS_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()
        self._changed.clear()


class Animatic(Provider):
    """Draws a storyboard on this machine."""

    info = ProviderInfo(
        id="animatic",
        label="Animatic",
        hint="Draws a storyboard on this machine. No key, no charge, nothing leaves it.",
    )
    remote_id_is_job_id = True

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self._renders: dict[str, _Render] = {}

    def spec(self) -> ModelSpec:
        """Return what the storyboard can do."""
        return _SPEC

    async def estimate(self, request: GenerationRequest) -> Price:
        """Return zero, exactly."""
        return FREE_PRICE

    async def submit(self, job: Job, handles: Handles) -> Submitted:
        """Take the job; the first poll starts the drawing."""
        _size_of(job.request)
        return Submitted(job.job_id)

    async def poll(self, job: Job) -> JobUpdate:
        """Start the drawing where none runs, and say how far it is.

        The runner moves the finished file away and asks no more. Should it crash between the two, the next
        poll draws the same video again.

        Raises:
            StoreError: The disk is full; a later poll tries again.
        """
        job_id = job.remote_id or job.job_id
        seed = seed_of(job_id, job.request)
        render = self._renders.setdefault(job_id, _Render())
        if render.task is None:
            render.task = asyncio.create_task(self._draw(job_id, job.request, seed, render))
        await render.wait_for_news(render.task)
        if not render.task.done():
            return JobUpdate("running", "Drawing the storyboard", progress=render.progress, seed=seed)
        self._renders.pop(job_id, None)
        if render.task.cancelled():  # the app is about to stop; who cancels a job has taken its render away before
            raise StoreError("The drawing was interrupted; it starts again.")
        try:
            render.task.result()
        except MediaError as exc:
            return JobUpdate("failed", "The storyboard could not be drawn", error=_explain(exc), seed=seed)
        return JobUpdate("succeeded", "Ready", progress=1.0, video=LocalVideo(self._path(job_id)), cost=FREE, seed=seed)

    async def cancel(self, job: Job) -> bool:
        """Stop the drawing and remove what there is of it."""
        job_id = job.remote_id or job.job_id
        render = self._renders.pop(job_id, None)
        if render is not None:
            await _stop(render)
        path = self._path(job_id)
        await asyncio.to_thread(_remove, path, _part(path))
        return True

    def programs(self, request: GenerationRequest, app_url: str) -> tuple[Program, ...]:
        """Return the call of this app that makes the same storyboard."""
        return (write_gradio_client(request, app_url),)

    async def close(self) -> None:
        """Stop every drawing; a later poll of another process starts it again."""
        renders, self._renders = list(self._renders.values()), {}
        await asyncio.gather(*(_stop(render) for render in renders))

    def _path(self, job_id: str) -> Path:
        return self.setup.work_dir / f"{job_id}.mp4"

    async def _draw(self, job_id: str, request: GenerationRequest, seed: int, render: _Render) -> None:
        path = self._path(job_id)
        if await asyncio.to_thread(_is_there, path):
            return
        width_px, height_px = _size_of(request)
        args = {
            "request": request.to_json(),
            "seed": seed,
            "width_px": width_px,
            "height_px": height_px,
            "duration_s": _AUTO_SECONDS_S if request.duration_s == AUTO_DURATION_S else request.duration_s,
            "out": path_argument(path),
        }
        try:
            await run_task("storyboard", args, limits=RENDER_LIMITS, report=render.report, subject="The storyboard")
        except MediaError:  # a worker that was killed could not tidy up
            await asyncio.to_thread(_remove, _part(path))
            raise


def seed_of(job_id: str, request: GenerationRequest) -> int:
    """Return the seed asked for, or one that follows from the job's id: the same in every poll and after a restart."""
    if request.seed is not None:
        return request.seed
    return int.from_bytes(hashlib.sha256(job_id.encode()).digest()[:4], "big")


def _size_of(request: GenerationRequest) -> tuple[int, int]:
    size = _SPEC.output_px(request.resolution, request.aspect_ratio)
    if size is None:
        raise BadRequestError(
            f"The animatic has no size for {request.resolution!r} and {request.aspect_ratio!r}.", provider="animatic"
        )
    return size


def _is_there(path: Path) -> bool:
    """Return whether the finished file is there, and make sure that its directory is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.is_file()


def _part(path: Path) -> Path:
    """Return where the worker writes until the file is whole."""
    return path.with_name(path.name + ".part")


def _remove(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


async def _stop(render: _Render) -> None:
    if render.task is not None:
        render.task.cancel()
        await asyncio.wait({render.task})


def _explain(exc: MediaError) -> JobError:
    mentions = parse_mentions(str(exc))
    asset = exc.asset or (mentions[0].tag if mentions else None)
    return JobError(
        code="render_failed",
        title="The storyboard could not be drawn",
        detail=str(exc),
        charged="no",
        next_step=f"Replace {asset} and generate again." if asset else "Generate again, or change the files.",
        asset=asset,
    )

"""The named endpoints for `gradio_client` and agents: each makes one job and yields it until it ends.

Each call is a click: it has no form token, and a client that hangs up leaves its job running. Values come
as the client sent them; the engine checks them with the rules and the words of the page.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, get_type_hints

import gradio as gr
from gradio.data_classes import FileData
from gradio.events import api
from gradio.processing_utils import save_file_to_cache
from gradio.utils import get_upload_folder

from seedance_ui.domain.job import SnapshotJson
from seedance_ui.domain.request import Mode
from seedance_ui.errors import InvalidRequestError, SeedanceError
from seedance_ui.media.names import display_name
from seedance_ui.services import LOCAL_OWNER, Services
from seedance_ui.ui.form import FormValues, collect
from seedance_ui.ui.messages import endpoint_text
from seedance_ui.ui.widgets.frame_slots import FramePair
from seedance_ui.ui.widgets.html_widget import UploadedFile, is_uploaded

_AT_ONCE = 16
"""How many clients may watch at the same time: each holds one of Gradio's events."""

_Step = tuple[SnapshotJson, FileData | None]
_Endpoint = Callable[..., AsyncIterator[_Step]]


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The three functions, with the parameters that clients see."""

    services: Services

    async def text_to_video(
        self,
        prompt: str,
        provider: str = "animatic",
        duration_s: int = 8,
        resolution: str = "720p",
        aspect_ratio: str = "16:9",
        generate_audio: bool = True,
        seed: int | None = None,
    ) -> AsyncIterator[_Step]:
        """Make a video from words.

        Yields the job's snapshot at every event, and the video with the last one. `duration_s` is 4 to 15, or
        0 for Auto where the provider offers it; `seed` is 0 to 4294967295, or null for a random one.
        """
        form = _form(Mode.TEXT, prompt, provider, duration_s, resolution, aspect_ratio, generate_audio, seed)
        async for step in self._run(form):
            yield step

    async def frames_to_video(
        self,
        prompt: str,
        first_frame: FileData | None = None,
        last_frame: FileData | None = None,
        provider: str = "animatic",
        duration_s: int = 8,
        resolution: str = "720p",
        aspect_ratio: str = "16:9",
        generate_audio: bool = True,
        seed: int | None = None,
    ) -> AsyncIterator[_Step]:
        """Make a video that starts at a first frame and may end at a last one; otherwise as `text_to_video`."""
        form = _form(Mode.FRAMES, prompt, provider, duration_s, resolution, aspect_ratio, generate_audio, seed)
        frames = FramePair(first=_file(first_frame), last=_file(last_frame))
        async for step in self._run(form, frames=frames):
            yield step

    async def references_to_video(
        self,
        prompt: str,
        images: list[FileData] | None = None,
        videos: list[FileData] | None = None,
        audios: list[FileData] | None = None,
        provider: str = "animatic",
        duration_s: int = 8,
        resolution: str = "720p",
        aspect_ratio: str = "16:9",
        generate_audio: bool = True,
        seed: int | None = None,
    ) -> AsyncIterator[_Step]:
        """Make a video from references, which the prompt names as @Image1, @Video1, @Audio1.

        Otherwise as `text_to_video`.
        """
        form = _form(Mode.REFERENCES, prompt, provider, duration_s, resolution, aspect_ratio, generate_audio, seed)
        references = [file for files in (images, videos, audios) for file in _files(files)]
        async for step in self._run(form, references=references):
            yield step

    async def _run(
        self, form: dict[str, Any], *, frames: FramePair | None = None, references: Sequence[UploadedFile] = ()
    ) -> AsyncIterator[_Step]:
        services = self.services
        try:
            job_id = await self._submit(FormValues(**form, frames=frames or FramePair(), references=references))
        except SeedanceError as exc:
            raise gr.Error(endpoint_text(exc), print_exception=False) from exc
        async for _, snapshot in services.watch(job_id):
            yield snapshot, await _video(services, job_id) if snapshot["state"] == "succeeded" else None

    async def _submit(self, values: FormValues) -> str:
        collected = await collect(self.services, values)
        if collected.problems:
            raise InvalidRequestError(collected.problems)
        owner = None if self.services.is_public else LOCAL_OWNER
        return await self.services.submit(collected.request, owner=owner)


def add_endpoints(services: Services) -> None:
    """Add the endpoints to the page that is being built."""
    endpoints = Endpoints(services)
    for function in (endpoints.text_to_video, endpoints.frames_to_video, endpoints.references_to_video):
        api(
            _announced(function),
            api_name=function.__name__,
            concurrency_limit=_AT_ONCE,
            concurrency_id="api",
        )


def _announced(function: _Endpoint) -> _Endpoint:
    """Return an endpoint whose signature says what Gradio reads there: the type of one yield, not of the iterator."""

    async def endpoint(*args: Any, **kwargs: Any) -> AsyncIterator[_Step]:
        async for step in function(*args, **kwargs):
            yield step

    step_type = tuple[dict[str, Any], FileData | None]
    hints = {**get_type_hints(function), "return": step_type}
    signature = inspect.signature(function, eval_str=True).replace(return_annotation=step_type)
    endpoint.__doc__ = function.__doc__
    endpoint.__annotations__ = hints
    endpoint.__signature__ = signature  # type: ignore[attr-defined]  # read by inspect, unknown to type checkers
    return endpoint


def _form(
    mode: Mode,
    prompt: object,
    provider: object,
    duration_s: object,
    resolution: object,
    aspect_ratio: object,
    generate_audio: object,
    seed: object,
) -> dict[str, object]:
    """Return the fields of `FormValues` but the files."""
    return {
        "mode": mode.value,
        "prompt": prompt,
        "provider": provider,
        "duration_s": duration_s,
        "auto_duration": False,
        "resolution": resolution,
        "aspect_ratio": aspect_ratio,
        "generate_audio": generate_audio,
        "seed": seed,
    }


def _files(values: object) -> list[UploadedFile]:
    if values is None:
        return []
    if not isinstance(values, list):
        raise gr.Error("A list of files is wanted.", print_exception=False)
    return [file for value in values if (file := _file(value)) is not None]


def _file(value: object) -> UploadedFile | None:
    """Return a file that a client uploaded.

    Gradio checks only what is marked as a file of its own; an unmarked object comes through with any path.

    Raises:
        gr.Error: It is not in Gradio's upload folder.
    """
    if value is None:
        return None
    path = value.get("path") if isinstance(value, dict) else None
    if not isinstance(path, str) or not is_uploaded(path):
        raise gr.Error("A file is wanted that was uploaded here: use handle_file().", print_exception=False)
    name = value.get("orig_name") if isinstance(value, dict) else None
    return UploadedFile(path=path, name=display_name(name if isinstance(name, str) else path))


async def _video(services: Services, job_id: str) -> FileData | None:
    """Return a finished video; a copy in Gradio's cache, since it serves no file of the library."""
    path = services.media_path(f"{job_id}.mp4")
    if path is None:
        return None
    copy = await asyncio.to_thread(save_file_to_cache, str(path), get_upload_folder())
    return FileData(path=copy, orig_name=path.name, mime_type="video/mp4")

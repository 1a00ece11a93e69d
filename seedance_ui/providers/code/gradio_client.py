"""A request to this app itself, for the animatic: there is no other place where it is made."""

from __future__ import annotations

from typing import Any

from seedance_ui.domain.media import Reference, identity
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.providers.code.literals import python_string, write_value
from seedance_ui.providers.code.program import Program, video_name
from seedance_ui.providers.code.python import PYTHON
from seedance_ui.providers.code.recipe import Slot, named_media

_ENDPOINTS = {
    Mode.TEXT: "/text_to_video",
    Mode.FRAMES: "/frames_to_video",
    Mode.REFERENCES: "/references_to_video",
}


def write_gradio_client(request: GenerationRequest, app_url: str) -> Program:
    """Return a call of the endpoint that makes this request here.

    Args:
        request: It passed the checks.
        app_url: Where this app is, as its visitor sees it.
    """
    files = {identity(one.reference): one.file_name for one in named_media(request)}
    arguments = {
        "prompt": request.prompt,
        **_file_arguments(request, files),
        "provider": request.provider,
        "duration_s": request.duration_s,
        "resolution": request.resolution,
        "aspect_ratio": request.aspect_ratio,
        "generate_audio": request.generate_audio,
        "seed": request.seed,
        "api_name": _ENDPOINTS[request.mode],
    }
    lines = "\n".join(f"    {name}={write_value(value, PYTHON, 1)}," for name, value in arguments.items())
    names = "Client, handle_file" if files else "Client"
    beside = " Your files stand beside it." if files else ""
    code = f"""\
# The animatic is drawn by this app, so this asks the app. It costs nothing.{beside}
# Needs: pip install gradio_client
import shutil

from gradio_client import {names}

client = Client({python_string(app_url)})
snapshot, video = client.predict(
{lines}
)
print(snapshot["state"])
shutil.copy(video, {python_string(video_name(request.prompt))})
"""
    return Program("python", code, ())


def _file_arguments(request: GenerationRequest, files: dict[str, str]) -> dict[str, Any]:
    def handle(reference: Reference) -> Slot:
        return Slot(f"handle_file({python_string(files[identity(reference)])})")

    single = {"first_frame": request.first_frame, "last_frame": request.last_frame}
    several = {"images": request.images, "videos": request.videos, "audios": request.audios}
    return {
        **{name: handle(one) for name, one in single.items() if one is not None},
        **{name: [handle(one) for one in each] for name, each in several.items() if each},
    }

"""What the programs are tried with: requests of every shape, and two accounts, the app's and the program's."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from seedance_ui.domain.media import MediaFile, MediaKind, MediaLink
from seedance_ui.domain.request import AUTO_DURATION_S, GenerationRequest, Mode
from seedance_ui.providers.aimlapi import AimlApi
from seedance_ui.providers.base import Provider, Setup
from seedance_ui.providers.code.program import Program
from seedance_ui.providers.scenario import Scenario
from tests.fakes.aimlapi import GENERATIONS, FakeAimlApi
from tests.fakes.scenario import GENERATE, FakeScenario
from tests.fakes.server import FakeServer, Received
from tests.samples import text_request
from tests.scripted import make_job, no_report

VIDEO = b"the finished video" * 1000
NASTY = (
    "It's a \"kite\" \\n at $HOME, `id`, $(id), ${KEY}, %s\nEOF\n'EOF'\t</script> 雨の街 🏴‍☠️ \u202eback\u2028\x7f #{x}"
)
NASTY_NAME = "a \"b\" 'c' $HOME `id` 雨 🪁.png"
LANGUAGES = ("curl", "python", "javascript")
PAID = {"aimlapi": GENERATIONS, "scenario": GENERATE}
SIGNED = "https://files.example.com/walk.mp4?X-Amz-Signature=abc"

MakeFile = Callable[..., MediaFile]


def shapes(provider: str, file: MakeFile) -> dict[str, GenerationRequest]:
    """Return a request of every shape."""
    ratio = "adaptive" if provider == "scenario" else "9:16"
    text = text_request(provider=provider, prompt=NASTY, aspect_ratio=ratio, resolution="480p", seed=4294967295)
    links = {kind: MediaLink(f"https://example.com/{kind.value}?a=1&b=%22$x", kind) for kind in MediaKind}
    auto = AUTO_DURATION_S if provider == "scenario" else 15
    references = replace(text, mode=Mode.REFERENCES, prompt=f"{NASTY} @Image2 moves like @Video1", seed=None)
    return {
        "text": text,
        "frames": replace(
            text,
            mode=Mode.FRAMES,
            generate_audio=False,
            first_frame=file(NASTY_NAME, MediaKind.IMAGE),
            last_frame=file("-rf @noon.png", MediaKind.IMAGE),
        ),
        "references": replace(
            references,
            duration_s=auto,
            images=(file("image.png", MediaKind.IMAGE), file("image.png", MediaKind.IMAGE, b"another picture")),
            videos=(file("walk.mp4", MediaKind.VIDEO),),
            audios=(file("voice.mp3", MediaKind.AUDIO),),
        ),
        "links": replace(
            references,
            images=(file("image.png", MediaKind.IMAGE), links[MediaKind.IMAGE]),
            videos=(links[MediaKind.VIDEO], MediaLink(SIGNED, MediaKind.VIDEO)),
            audios=(links[MediaKind.AUDIO],),
        ),
    }


Fake = FakeAimlApi | FakeScenario


def make_fake(provider: str) -> Fake:
    return FakeAimlApi(VIDEO) if provider == "aimlapi" else FakeScenario(VIDEO)


def make_adapter(provider: str, fake: Fake, data_dir: Path, **more: Any) -> Provider:
    async def pause(_: float) -> None:
        await asyncio.sleep(0)

    kind = AimlApi if provider == "aimlapi" else Scenario
    environment = fake.settings()
    keys = {name: environment[name] for name in kind.info.key_variables}
    base_url = next(value for name, value in environment.items() if name.endswith("_BASE_URL"))
    hand_over = lambda job_id, file: f"https://here.example.com/handover/{file.name}"  # noqa: E731
    return kind(Setup(data_dir, keys=keys, base_url=base_url, pause=pause, hand_over=hand_over, **more))


async def send_by_app(adapter: Provider, request: GenerationRequest) -> None:
    job = replace(make_job(), request=request)
    await adapter.submit(job, await adapter.upload(job, no_report))


def program_of(adapter: Provider, request: GenerationRequest, language: str) -> Program:
    return next(one for one in adapter.programs(request, "http://here") if one.language == language)


def quickly(adapter: Provider, fake: Fake, program: Program) -> dict[str, str]:
    """Return what leads a program to a fake, and lets it wait for nothing."""
    there = next(value for name, value in fake.settings().items() if name.endswith("_BASE_URL"))
    waits = {
        "curl": ("sleep 15", "sleep 5", "sleep 1.5"),
        "python": ("time.sleep(15)", "time.sleep(5)", "time.sleep(1.5)"),
        "javascript": ("resolve, 15_000", "resolve, 5_000", "resolve, 1_500"),
    }[program.language]
    quick = {"curl": "sleep 0", "python": "time.sleep(0)", "javascript": "resolve, 0"}[program.language]
    return {adapter.info.public_base_url: there} | {wait: quick for wait in waits if wait in program.code}


def environment_for(adapter: Provider, fake: Fake, program: Program) -> dict[str, str]:
    known = {**fake.settings(), "SCENARIO_PROJECT_ID": "proj 1&2"}
    # What the app hands over by a link of its own, or what was signed.
    links = {"VIDEO_1_URL": "https://here.example.com/handover/walk.mp4", "VIDEO_2_URL": SIGNED}
    return {name: {**known, **links}[name] for name in program.variables}


def put_files_beside(directory: Path, request: GenerationRequest) -> None:
    """Give a person their files: the second of two of the same name is called so."""
    for file in request.media:
        if isinstance(file, MediaFile):
            target = directory / file.name
            if target.exists():
                target = directory / f"{target.stem} (2){target.suffix}"
            target.write_bytes(file.path.read_bytes())


def paid(provider: str, fake: FakeServer) -> Received:
    """Return the one paid request that came."""
    [request] = fake.requests("POST", re.escape(PAID[provider]))
    return request


def body_of(provider: str, fake: Fake) -> Any:
    """Return the paid body with each asset's kind, type and content in place of its id, as each account has its own."""
    body = paid(provider, fake).json()
    if not isinstance(fake, FakeScenario):
        return body
    assets = {
        asset_id: [one.kind, one.mime, hashlib.sha256(one.content).hexdigest()] for asset_id, one in fake.assets.items()
    }

    def named(value: Any) -> Any:
        return [named(item) for item in value] if isinstance(value, list) else assets.get(value, value)

    return {name: named(value) for name, value in body.items()}


def uploads_of(fake: FakeServer) -> list[Any]:
    """Return everything that was said about files, without its order: the app sends several at once."""
    sent = [json.dumps(one.json(), sort_keys=True) for one in fake.requests("POST", r"/v1/(assets|uploads)")]
    return sorted([*sent, *(hashlib.sha256(one.body).hexdigest() for one in fake.requests("PUT", ".*"))])

"""The handlers of the code drawer, called as functions over real services."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from seedance_ui.config import Settings
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.services import LOCAL_OWNER, Services
from seedance_ui.ui.code import CodeHandlers
from seedance_ui.ui.form import FormValues
from seedance_ui.ui.widgets.frame_slots import FramePair
from seedance_ui.ui.widgets.html_widget import UploadedFile
from tests.media_makers import make_image
from tests.scripted import QuickClock, Written

REQUEST = GenerationRequest(provider="scripted", mode=Mode.TEXT, prompt="a lighthouse")
ORIGIN = "https://demo.example.com:8443"


@pytest.fixture
def services(data_dir: Path) -> Iterator[Services]:
    made = Services(Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir)}), clock=QuickClock())
    yield made
    made.stop()


@pytest.fixture
def start(data_dir: Path) -> Iterator[Callable[..., Services]]:
    """Return a way to services that make jobs."""
    running: list[Services] = []

    def start_one(**env: str) -> Services:
        settings = Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir), **env})
        running.append(Services(settings, providers={"scripted": Written}, clock=QuickClock()))
        running[-1].start()
        return running[-1]

    yield start_one
    for services in running:
        services.stop()


def form(**changes: Any) -> list[Any]:
    """Return a form's values in their order, with what a page begins with."""
    first: dict[str, Any] = {
        "mode": "text", "prompt": "a lighthouse", "provider": "aimlapi", "duration_s": 8, "auto_duration": False,
        "resolution": "720p", "aspect_ratio": "16:9", "generate_audio": True, "seed": None, "frames": FramePair(),
        "references": [],
    }  # fmt: skip
    values = {**first, **changes}
    return [values.get(name) for name in FormValues.__dataclass_fields__]


def event(**data: Any) -> gr.EventData:
    return gr.EventData(None, {"origin": ORIGIN, **data})


async def test_on_form_writes_the_form_without_its_key(services: Services) -> None:
    """No key is set here: the code is for where there is one."""
    shown = await CodeHandlers(services).on_form(event(), *form(prompt="It's a kite"))
    assert (shown["about"], shown["problems"]) == ("form", [])
    assert shown["code"] is not None
    assert all("It's a kite" in program["code"] for program in shown["code"]["programs"])


async def test_on_form_says_what_is_missing_as_generate_would(services: Services, tmp_path: Path) -> None:
    handlers = CodeHandlers(services)
    shown = await handlers.on_form(event(), *form(prompt=""))
    assert shown["code"] is None
    assert shown["problems"] == ["Describe the video in a few words."]

    (tmp_path / "notes.png").write_text("Buy milk.")
    frames = FramePair(first=UploadedFile(str(tmp_path / "notes.png"), "notes.png"))
    shown = await handlers.on_form(event(), *form(mode="frames", frames=frames))
    assert shown["code"] is None
    assert "notes.png is a text file" in shown["problems"][0]


async def test_on_form_takes_the_files_of_the_chosen_tab(services: Services, tmp_path: Path) -> None:
    frames = FramePair(first=UploadedFile(str(make_image(tmp_path / "x.png", (640, 480))), "dawn.png"))
    shown = await CodeHandlers(services).on_form(event(), *form(mode="frames", frames=frames, provider="scenario"))
    assert shown["code"] is not None
    assert all("dawn.png" in program["code"] for program in shown["code"]["programs"])
    assert str(tmp_path) not in str(shown)


@pytest.mark.parametrize(
    ("origin", "named"),
    [
        (ORIGIN, ORIGIN),
        ("http://[::1]:7860", "http://[::1]:7860"),
        ('http://x");import os;("', "http://127.0.0.1:7860"),
        ("javascript:alert(1)", "http://127.0.0.1:7860"),
        (7, "http://127.0.0.1:7860"),
        (None, "http://127.0.0.1:7860"),
    ],
)
async def test_animatic_is_asked_where_the_page_is_if_that_is_an_address(
    services: Services, origin: object, named: str
) -> None:
    shown = await CodeHandlers(services).on_form(event(origin=origin), *form(provider="animatic"))
    assert shown["code"] is not None
    assert f'Client("{named}")' in shown["code"]["programs"][0]["code"]


async def test_on_job_writes_a_run_of_the_visitor(start: Callable[..., Services]) -> None:
    services = start()
    job_id = await services.submit(REQUEST, owner=LOCAL_OWNER)
    shown = await CodeHandlers(services).on_job(event(job=job_id), {})
    assert (shown["about"], shown["problems"]) == ("job", [])
    assert shown["code"] is not None and shown["code"]["is_drawn_here"]


@pytest.mark.parametrize("job_id", ["0" * 32, "../etc", 7, None, ["a"]])
async def test_on_job_of_nothing_that_is_theirs_shows_no_code(services: Services, job_id: object) -> None:
    shown = await CodeHandlers(services).on_job(event(job=job_id), {})
    assert shown["code"] is None
    assert len(shown["problems"]) == 1


async def test_on_job_of_another_visitor_shows_no_code(start: Callable[..., Services]) -> None:
    """G1."""
    services = start(SEEDANCE_PUBLIC="on")
    job_id = await services.submit(REQUEST, owner=services.owner_of("anna"))
    handlers = CodeHandlers(services)
    assert (await handlers.on_job(event(job=job_id), {"visitor": "anna"}))["code"] is not None
    for state in ({"visitor": "ben"}, {}, None, "anna"):
        assert (await handlers.on_job(event(job=job_id), state))["code"] is None


async def test_data_that_is_no_object_is_answered_too(services: Services) -> None:
    shown = await CodeHandlers(services).on_job(gr.EventData(None, "odd"), {})
    assert shown["code"] is None
    assert (await CodeHandlers(services).on_form(gr.EventData(None, None), *form()))["code"] is not None


@pytest.mark.parametrize(("sent", "known"), [("a1", "a1"), ("x" * 41, ""), (7, ""), (None, "")])
async def test_answer_carries_the_id_of_its_question(services: Services, sent: object, known: str) -> None:
    assert (await CodeHandlers(services).on_form(event(id=sent), *form()))["id"] == known
    assert (await CodeHandlers(services).on_job(event(id=sent), {}))["id"] == known

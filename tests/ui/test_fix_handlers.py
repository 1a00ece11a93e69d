"""The handlers behind `Fix it`, called as functions over real services."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from PIL import Image

from seedance_ui.domain.fixes import plan_fix
from seedance_ui.services import Services
from seedance_ui.ui.fix import FixHandlers, crop_of, facts_text
from seedance_ui.ui.form import FormValues
from seedance_ui.ui.quote import QuoteHandlers
from seedance_ui.ui.widgets.fix_dialog import FixAnswer, FixDialog, parse_wish
from seedance_ui.ui.widgets.frame_slots import FramePair
from seedance_ui.ui.widgets.html_widget import UploadedFile
from tests.media_makers import make_image, make_video
from tests.samples import STRICT, audio, video

FORM = FormValues("references", "a lighthouse", "strict", 8, False, "720p", "16:9", True, None, FramePair(), ())


@pytest.fixture
def uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return Gradio's upload folder."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    (tmp_path / "gradio").mkdir()
    return tmp_path / "gradio"


@pytest.fixture
def handlers(services: Services, uploads: Path) -> FixHandlers:
    return FixHandlers(services, FixDialog(place="references"))


def inputs(form: FormValues) -> list[Any]:
    return [getattr(form, name) for name in FormValues.__dataclass_fields__]


def event(**data: Any) -> Any:
    return SimpleNamespace(_data=data)


def uploaded(path: Path) -> UploadedFile:
    return UploadedFile(str(path), path.name)


async def test_look_names_the_cards_that_can_be_fixed(services: Services, uploads: Path) -> None:
    wide = uploaded(make_image(uploads / "wide.png", (1200, 300)))
    fine = uploaded(make_image(uploads / "fine.png", (1200, 800)))
    gif = uploaded(make_image(uploads / "moving.gif", (640, 360)))
    tiny = uploaded(make_image(uploads / "tiny.png", (80, 80)))

    form = replace(FORM, references=[fine, wide, gif, tiny])
    *_, tray, _ = await QuoteHandlers(services).on_change(*inputs(form))

    assert list(tray["fixes"]) == ["@Image2", "@Image3"]
    assert tray["problems"] == {
        "@Image2": "@Image2 is 1200\u00a0×\u00a0300 pixels; it is too wide (at most 5:2).",
        "@Image3": "moving.gif is a GIF. Save it as PNG or JPEG.",
        "@Image4": "@Image4 is 80\u00a0×\u00a080 pixels; each side must be 300–6000.",
    }


async def test_look_offers_a_crop_for_a_frame_of_another_shape(services: Services, uploads: Path) -> None:
    frame = uploaded(make_image(uploads / "square.png", (600, 600)))
    form = replace(FORM, mode="frames", frames=FramePair(first=frame))

    dock, _, frames, *_ = await QuoteHandlers(services).on_change(*inputs(form))

    assert frames["fixes"] == ["first_frame"]
    assert "but the video is 16:9" in frames["problems"]["first_frame"]
    [note] = dock["files"]
    assert (note["severity"], note["at_card"]) == ("warning", True)


async def test_on_fix_answers_with_the_copy_beside_its_source(handlers: FixHandlers, uploads: Path) -> None:
    clip = uploaded(make_video(uploads / "hall.mov", size=(1920, 1080), seconds=2.0, fps=10))
    form = replace(FORM, references=[clip])

    answer = await handlers.on_fix(event(id="wish", target="@Video1"), *inputs(form))

    assert isinstance(answer, FixAnswer) and answer.file is not None
    assert (answer.id, answer.error) == ("wish", None)
    assert answer.changes == ["Scaled down to 1280\u00a0×\u00a0720.", "Saved as MP4 (H.264)."]
    assert answer.before.startswith("1920 × 1080 · 2.0 s · ") and answer.after.startswith("1280 × 720 · 2.0 s · ")
    assert answer.file.orig_name == "hall.mp4"
    assert Path(answer.file.path).is_relative_to(uploads)
    assert (answer.crop_axis, answer.latest_start_s) == (None, 0.0)


async def test_on_fix_crops_where_the_person_says(handlers: FixHandlers, uploads: Path) -> None:
    path = uploads / "wide.png"
    strip = Image.new("RGB", (1600, 400), "white")
    strip.paste("red", (1400, 0, 1600, 400))
    strip.save(path)
    form = replace(FORM, references=[uploaded(path)])

    answer = await handlers.on_fix(event(id="w", target="@Image1", focus=1.0), *inputs(form))

    assert isinstance(answer, FixAnswer) and answer.file is not None
    assert (answer.crop_axis, answer.kept_part) == ("x", 0.625)
    with Image.open(answer.file.path) as copy:
        assert copy.getpixel((990, 5)) == (255, 0, 0)


async def test_on_fix_converts_what_could_not_be_taken_in(handlers: FixHandlers, uploads: Path) -> None:
    gif = uploaded(make_image(uploads / "moving.gif", (640, 360)))
    answer = await handlers.on_fix(event(id="w", target="@Image1"), *inputs(replace(FORM, references=[gif])))
    assert isinstance(answer, FixAnswer) and answer.file is not None
    assert answer.file.orig_name == "moving.png" and answer.changes == ["Saved as PNG."]


@pytest.mark.parametrize("provider", ["strict", "nobody", None])
async def test_on_fix_without_a_problem_says_so(handlers: FixHandlers, uploads: Path, provider: Any) -> None:
    fine = uploaded(make_image(uploads / "fine.png", (1200, 800)))
    form = replace(FORM, references=[fine], provider=provider)
    answer = await handlers.on_fix(event(id="w", target="@Image1"), *inputs(form))
    assert answer == FixAnswer(id="w", error="There is nothing to fix here any more.")


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"id": "", "target": "@Image1"},
        {"id": "w", "target": "@Image1", "focus": 2},
        {"id": 1, "target": "x"},
    ],
    ids=str,
)
async def test_on_fix_of_what_is_no_wish_changes_nothing(handlers: FixHandlers, data: Any) -> None:
    assert parse_wish(data) is None
    assert await handlers.on_fix(SimpleNamespace(_data=data), *inputs(FORM)) == gr.skip()


def test_facts_say_pixels_seconds_and_size() -> None:
    assert facts_text(video()) == "960 × 720 · 5.0 s · 5.0 MB"
    assert facts_text(audio()) == "5.0 s · 0.2 MB"


def test_crop_of_a_fix_that_crops_nothing_is_none() -> None:

    fix = plan_fix(video(width_px=1920, height_px=1080), video().kind, STRICT)
    assert fix is not None and crop_of(fix) == (None, 1.0)

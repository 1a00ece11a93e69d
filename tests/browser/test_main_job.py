"""From a prompt to a video that plays on the same page, in each tab."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from seedance_ui.domain.request import Mode
from seedance_ui.ui.examples import EXAMPLES
from tests.app_process import AppProcess
from tests.browser.studio_page import Studio, stream_kinds
from tests.media_makers import make_image, make_mp3, make_video


@pytest.fixture
def studio(studio_again: Studio) -> Studio:
    """Return one page for all of these: each click gives it another video."""
    return studio_again


def test_text_tab_prompt_becomes_a_video_that_plays_and_is_handed_out_under_its_words(studio: Studio) -> None:
    studio.prompt.fill("Shot 1: Ein Fluß & zwei Brücken, push in. Shot 2: A kite lands in the sand.")
    studio.make_it_quick()
    job_id = studio.generate()
    studio.expect_video_of(job_id)
    facts = studio.video_facts()
    assert (facts["videoWidth"], facts["videoHeight"]) == (864, 496)
    assert math.isclose(facts["duration"], 4, abs_tol=0.1)
    for attribute in ("playsinline", "loop", "controls"):
        expect(studio.video).to_have_attribute(attribute, "")
    video = studio.app.fetch(f"/media/{job_id}.mp4")
    assert stream_kinds(video) == ["audio", "video"]
    with studio.page.expect_download() as started:
        studio.player.get_by_role("button", name="Download").click()
    assert started.value.suggested_filename == "shot-1-ein-fluß-zwei-brucken-push-in-shot-2-a-kite-lands-in.mp4"
    assert started.value.path().read_bytes() == video


def test_text_tab_sound_off_makes_a_video_without_a_sound_stream(studio: Studio) -> None:
    studio.prompt.fill("Snow falls without a sound")
    studio.make_it_quick()
    studio.page.get_by_role("checkbox", name="Sound", exact=True).uncheck()
    job_id = studio.generate()
    studio.expect_video_of(job_id)
    assert stream_kinds(studio.app.fetch(f"/media/{job_id}.mp4")) == ["video"]
    expect(studio.player).to_contain_text("no sound")


def test_frames_tab_two_pictures_become_a_video_that_plays(studio: Studio, tmp_path: Path) -> None:
    studio.choose_tab(Mode.FRAMES)
    studio.add_frame("first", make_image(tmp_path / "dawn.png", (640, 480), "#204060"))
    studio.add_frame("last", make_image(tmp_path / "noon.png", (480, 640), "#f0c040"))
    studio.prompt.fill("The sun climbs")
    studio.make_it_quick()
    studio.radio("Aspect ratio", "9:16").check()
    studio.expect_video_of(studio.generate())
    facts = studio.video_facts()
    assert (facts["videoWidth"], facts["videoHeight"]) == (496, 864)
    screen = studio.video.locator("..").bounding_box()
    assert studio.video.bounding_box() == screen, "a tall video is shown whole"


def test_references_tab_image_video_and_audio_become_a_video_that_plays(studio: Studio, tmp_path: Path) -> None:
    studio.choose_tab(Mode.REFERENCES)
    studio.add_references(
        make_mp3(tmp_path / "beat.mp3"),
        make_video(tmp_path / "walk.mp4", size=(640, 480)),
        make_image(tmp_path / "coat.png", (400, 400)),
    )
    expect(studio.tags).to_have_text(["@Image1", "@Video1", "@Audio1"])
    studio.prompt.fill("The coat of @Image1 with the steps of @Video1, to the beat of @Audio1")
    studio.make_it_quick()
    studio.radio("Aspect ratio", "1:1").check()
    job_id = studio.generate()
    studio.expect_video_of(job_id)
    facts = studio.video_facts()
    assert (facts["videoWidth"], facts["videoHeight"]) == (640, 640)
    assert stream_kinds(studio.app.fetch(f"/media/{job_id}.mp4")) == ["audio", "video"]


def test_generate_clicked_twice_makes_one_job(studio: Studio, app: AppProcess) -> None:
    before = app.job_count()
    studio.prompt.fill("One click, one job")
    studio.make_it_quick()
    studio.expect_video_of(studio.job_made_by(studio.generate_button.dblclick))
    assert app.job_count() == before + 1


def test_second_half_of_a_double_click_sends_nothing_though_the_job_is_known_by_then(studio: Studio) -> None:
    """A6: a person's halves are a tenth of a second apart or more."""
    studio.prompt.fill("Clicked twice")
    studio.generate_button.hover()
    mouse = studio.page.mouse

    def press(count: int) -> None:
        mouse.down(click_count=count)
        mouse.up(click_count=count)

    studio.job_made_by(lambda: press(1))
    expect(studio.generate_button).to_have_text("Generate")
    studio.generate_button.hover()
    expect_nothing_sent(studio, lambda: press(2))


@pytest.mark.parametrize("where", ["on Generate", "in the prompt"])
def test_a_key_that_is_held_is_one_click(studio: Studio, where: str) -> None:
    studio.prompt.fill(f"Held {where}")
    keyboard = studio.page.keyboard
    if where == "on Generate":
        studio.generate_button.focus()
    else:
        studio.prompt.focus()
        keyboard.down("Control")
    studio.job_made_by(lambda: keyboard.down("Enter"))
    expect(studio.generate_button).to_have_text("Generate")
    expect_nothing_sent(studio, lambda: keyboard.down("Enter"))
    keyboard.up("Enter")
    keyboard.up("Control")
    expect(studio.prompt).to_have_value(f"Held {where}")


def expect_nothing_sent(studio: Studio, act: Callable[[], object]) -> None:
    """A click that counts says so within the page, before anything is sent."""
    sent = studio.page.evaluate_handle(
        "() => { const sent = []; document.addEventListener('seedance:sending', () => sent.push(1)); return sent; }"
    )
    act()
    assert sent.json_value() == []
    studio.cancel()


@pytest.mark.parametrize("mode", Mode)
def test_example_fills_the_form_and_generates_nothing(studio: Studio, app: AppProcess, mode: Mode) -> None:
    """Every one of the tab; the shortest one then makes a video."""
    before = app.job_count()
    studio.choose_tab(mode)
    examples = EXAMPLES[mode]
    assert len(examples) == 6
    for example in sorted(examples, key=lambda example: -example.duration_s):
        studio.example(example.title).click()
        expect(studio.prompt).to_have_value(example.prompt)
        expect(studio.page.get_by_role("spinbutton", name="Duration in seconds")).to_have_value(str(example.duration_s))
        expect(studio.radio("Resolution", example.resolution)).to_be_checked()
        expect(studio.radio("Aspect ratio", example.aspect_ratio)).to_be_checked()
        expect(studio.page.get_by_role("checkbox", name="Sound", exact=True)).to_be_checked(
            checked=example.generate_audio
        )
        seed = studio.page.get_by_role("spinbutton", name="Seed")
        expect(seed).to_have_value("" if example.seed is None else str(example.seed))
        shown = studio.frames if mode is Mode.FRAMES else studio.tray
        for medium in example.media:
            expect(shown).to_contain_text(Path(medium).name)
        expect(studio.frames.get_by_role("button", name="Remove")).to_have_count(
            len(example.media) if mode is Mode.FRAMES else 0
        )
        expect(studio.reference_cards).to_have_count(len(example.media) if mode is Mode.REFERENCES else 0)
    assert app.job_count() == before
    studio.make_it_quick()
    studio.expect_video_of(studio.generate())

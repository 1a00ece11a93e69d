"""What stops a request is said in a sentence where it can be mended, and nothing that was entered is lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Route, expect

from seedance_ui.domain.request import Mode
from tests.browser.events import HeldEvents
from tests.browser.studio_page import Studio
from tests.media_makers import make_image, make_mp3, make_video

PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nhttp://192.0.2.1/a.ts\n#EXTINF:4,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
"""A browser that plays it asks for its parts."""
CUT = b"a video that ends midway; see `cut_video`"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400"><script>alert(1)</script></svg>'


def cut_video(tmp_path: Path) -> bytes:
    data = make_video(tmp_path / "whole.mp4", size=(640, 480)).read_bytes()
    return data[: len(data) // 2]


def payload(name: str, mime: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": mime, "buffer": data}


@pytest.fixture
def studio(studio_again: Studio) -> Studio:
    """Return one page for all of these: the form is what they are about."""
    return studio_again


# Problems at their fields


def expect_problem_at_prompt(studio: Studio, sentence: str) -> None:
    before = studio.app.job_count()
    studio.generate_button.click()
    expect(studio.prompt).to_have_attribute("aria-invalid", "true")
    expect(studio.prompt).to_be_focused()
    expect(studio.prompt).to_have_accessible_description(re.compile(re.escape(sentence)))
    expect(studio.page.get_by_text(sentence)).to_be_visible()
    expect(studio.generate_button).to_have_attribute("aria-disabled", "false")
    assert studio.app.job_count() == before


def test_empty_prompt_is_a_problem_at_the_prompt_until_it_is_edited(studio: Studio) -> None:
    expect_problem_at_prompt(studio, "Describe the video in a few words.")
    expect(studio.page.get_by_role("button", name="1 thing to fix first")).to_be_visible()
    studio.prompt.press_sequentially("A")
    expect(studio.prompt).not_to_have_attribute("aria-invalid", "true")
    expect(studio.page.get_by_text("Describe the video in a few words.")).to_have_count(0)
    expect(studio.page.get_by_role("button", name="to fix first")).to_have_count(0)


def test_tag_in_the_text_tab_is_a_problem_at_the_prompt(studio: Studio) -> None:
    studio.prompt.fill("The coat of @Image1 in the rain")
    expect_problem_at_prompt(studio, "@Image1 means a file of the References tab.")
    expect(studio.prompt).to_have_value("The coat of @Image1 in the rain")


def test_prompt_that_is_too_long_is_kept_whole_and_a_problem_at_the_prompt(studio: Studio) -> None:
    studio.prompt.fill("sea " * 25_000)
    expect_problem_at_prompt(studio, "The prompt has 100,000 characters; The animatic takes at most 6,000.")
    assert len(studio.prompt.input_value()) == 100_000


def test_tag_of_a_third_image_among_two_is_a_problem_at_the_prompt(studio: Studio, tmp_path: Path) -> None:
    studio.choose_tab(Mode.REFERENCES)
    studio.add_references(make_image(tmp_path / "a.png", (400, 400)), make_image(tmp_path / "b.png", (400, 500)))
    expect(studio.tags).to_have_text(["@Image1", "@Image2"])
    studio.prompt.fill("@Image1 meets @Image3")
    expect_problem_at_prompt(studio, "@Image3 names no file. There is @Image1 to @Image2.")
    expect(studio.tags).to_have_text(["@Image1", "@Image2"])


def test_last_frame_without_a_first_is_a_problem_at_the_frames(studio: Studio, tmp_path: Path) -> None:
    before = studio.app.job_count()
    studio.choose_tab(Mode.FRAMES)
    studio.add_frame("last", make_image(tmp_path / "noon.png", (640, 480)))
    studio.prompt.fill("The sun climbs")
    studio.generate_button.click()
    expect(studio.page.get_by_text("A last frame needs a first frame.")).to_be_visible()
    expect(studio.slot("first").get_by_role("button", name="Add first frame")).to_be_focused()
    expect(studio.slot("last")).to_contain_text("noon.png")
    assert studio.app.job_count() == before


def test_audio_alone_is_a_problem_at_the_references(studio: Studio, tmp_path: Path) -> None:
    before = studio.app.job_count()
    studio.choose_tab(Mode.REFERENCES)
    studio.add_references(make_mp3(tmp_path / "beat.mp3"))
    expect(studio.tags).to_have_text(["@Audio1"])
    studio.prompt.fill("Dance to @Audio1")
    studio.generate_button.click()
    expect(studio.page.get_by_text("Audio needs an image or a video beside it.")).to_be_visible()
    focused = studio.page.locator("#references :focus")
    expect(focused).to_have_count(1)
    assert studio.app.job_count() == before


def test_seed_that_is_no_seed_is_a_problem_at_the_seed(studio: Studio) -> None:
    studio.prompt.fill("A die is cast")
    seed = studio.page.get_by_role("spinbutton", name="Seed")
    seed.fill("4294967296")
    studio.generate_button.click()
    expect(seed).to_be_focused()
    expect(seed).to_have_attribute("aria-invalid", "true")
    expect(seed).to_have_accessible_description(re.compile("The seed is 4294967296. Use a whole number"))


def test_answer_of_generate_leads_to_its_own_problem_not_to_an_older_one_of_a_closed_tab(
    studio: Studio, tmp_path: Path
) -> None:
    studio.choose_tab(Mode.REFERENCES)
    studio.add_references(make_mp3(tmp_path / "beat.mp3"))
    expect(studio.page.get_by_text("Audio needs an image or a video beside it.")).to_be_visible()
    studio.prompt.fill("A die is cast")
    seed = studio.page.get_by_role("spinbutton", name="Seed")
    seed.fill("4294967296")
    held = HeldEvents(studio, "A die is cast")
    studio.page.get_by_role("tab", name="Text").click()
    held.wait(1)  # what follows the tab, and the look behind it: until then the page knows of the audio
    studio.generate_button.click()
    held.wait(2)
    held.let_go(1)
    expect(seed).to_be_focused()
    held.let_go(0)
    studio.page.unroute_all()


# Files


BAD_PICTURES = {
    ("notes.png", b"Buy milk.\n"): "notes.png is a text file. Choose an image",
    ("logo.svg", DRAWING): "logo.svg is an SVG drawing. Save it as PNG or JPEG.",
    ("../../../etc/passwd.png", b"root:x:0"): "passwd.png is a text file.",
    ("\U0001f3ac\U0001f327.png", b"rain"): "\U0001f3ac\U0001f327.png is a text file.",
    ("n" * 396 + ".png", b"long"): " is a text file.",
    ("<img src=x onerror=alert(1)>.png", b"tag"): "<img src=x onerror=alert(1)>.png is a text file.",
    ("${6*7}.png", b"42"): "${6*7}.png is a text file.",
}
BAD_CLIPS = {
    ("n" * 396 + ".mp4", b""): " is empty (0 bytes). Choose the file again.",
    ("cut.mp4", CUT): "cut.mp4 ",
    ("clip.mp4", PLAYLIST): "clip.mp4 is a playlist. Save it as MP4.",
}


@pytest.mark.parametrize(
    ("mime", "files"), [("image/png", BAD_PICTURES), ("video/mp4", BAD_CLIPS)], ids=["pictures", "clips"]
)
def test_bad_files_get_a_sentence_on_their_cards_and_the_rest_is_kept(
    studio: Studio, tmp_path: Path, mime: str, files: dict[tuple[str, bytes], str]
) -> None:
    before = studio.app.job_count()
    studio.choose_tab(Mode.REFERENCES)
    studio.prompt.fill("A coat in the rain")
    studio.radio("Resolution", "480p").check()
    studio.add_references(make_image(tmp_path / "coat.png", (400, 400)))
    expect(studio.tags).to_have_text(["@Image1"])
    cut = cut_video(tmp_path)
    studio.add_references(*(payload(name, mime, cut if data is CUT else data) for name, data in files))
    for card, sentence in zip(studio.reference_cards.all()[1:], files.values(), strict=True):
        expect(card.locator(".problem")).to_contain_text(sentence)
        expect(card.locator(".problem")).to_be_visible()
        expect(card.get_by_role("button", name="Remove")).to_be_visible()
    studio.expect_no_sideways_scroll()
    expect(studio.prompt).to_have_value("A coat in the rain")
    expect(studio.radio("Resolution", "480p")).to_be_checked()
    expect(studio.reference_cards.first).to_contain_text("coat.png")
    expect(studio.reference_cards.first.locator(".problem")).to_be_hidden()
    assert studio.app.job_count() == before


def test_file_that_is_no_medium_is_refused_without_an_upload(studio: Studio) -> None:
    studio.choose_tab(Mode.REFERENCES)
    studio.add_references(payload("notes.txt", "text/plain", b"Buy milk.\n"))
    expect(studio.tray.get_by_text("notes.txt is not an image, a video or an audio file.").last).to_be_visible()
    expect(studio.tags).to_have_count(0)


def test_bad_file_stops_generate_and_its_removal_lets_it_go_on(studio: Studio, tmp_path: Path) -> None:
    before = studio.app.job_count()
    studio.choose_tab(Mode.REFERENCES)
    studio.prompt.fill("The coat of @Image1")
    studio.make_it_quick()
    studio.add_references(make_image(tmp_path / "coat.png", (400, 400)))
    studio.add_references(payload("notes.png", "image/png", b"Buy milk.\n"))
    expect(studio.reference_cards.last).to_contain_text("notes.png is a text file.")
    studio.generate_button.click()
    expect(studio.page.get_by_role("button", name="1 thing to fix first")).to_be_visible()
    expect(studio.generate_button).to_have_attribute("aria-disabled", "false")
    assert studio.app.job_count() == before
    studio.tray.get_by_role("button", name="Remove @Image2").click()
    expect(studio.page.get_by_role("button", name="to fix first")).to_have_count(0)
    studio.expect_video_of(studio.generate())


def test_frame_that_is_missing_stops_generate_while_its_tab_is_open(studio: Studio, tmp_path: Path) -> None:
    before, to_fix = studio.app.job_count(), studio.page.get_by_role("button", name="1 thing to fix first")
    held: list[Route] = []
    studio.choose_tab(Mode.FRAMES)
    studio.prompt.fill("The sun climbs")
    studio.add_frame("first", make_image(tmp_path / "dawn.png", (640, 480)))
    studio.page.route("**/gradio_api/upload*", lambda route: held.append(route))
    last = studio.slot("last")
    last.locator("input[type=file]").set_input_files(make_image(tmp_path / "noon.png", (640, 480)))
    expect(to_fix).to_be_visible()
    studio.prompt.press("Control+Enter")
    expect(last).to_be_focused()
    expect(studio.generate_button).to_have_attribute("aria-disabled", "false")
    expect(studio.frames.get_by_text("noon.png is still uploading.")).to_have_count(1)

    studio.choose_tab(Mode.TEXT)
    expect(to_fix).to_be_hidden()
    studio.prompt.fill("")
    expect_problem_at_prompt(studio, "Describe the video in a few words.")
    studio.prompt.fill("The sun climbs")
    studio.choose_tab(Mode.FRAMES)
    expect(to_fix).to_be_visible()

    held[0].fulfill(json=[])  # a server that took nothing
    again = last.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    studio.generate_button.click()
    expect(again).to_be_focused()
    expect(to_fix).to_be_visible()
    studio.page.unroute_all()
    again.click()
    expect(to_fix).to_be_hidden()
    assert studio.app.job_count() == before


def test_bad_first_frame_gets_a_sentence_in_its_slot(studio: Studio) -> None:
    studio.choose_tab(Mode.FRAMES)
    studio.prompt.fill("The sun climbs")
    studio.add_frame("first", payload("notes.png", "image/png", b"Buy milk.\n"))
    expect(studio.slot("first")).to_contain_text("notes.png is a text file.")
    expect(studio.prompt).to_have_value("The sun climbs")


def test_good_files_with_odd_names_become_part_of_a_video(studio: Studio, tmp_path: Path) -> None:
    picture = make_image(tmp_path / "picture.png", (400, 400)).read_bytes()
    names = ["../../../etc/passwd.png", "\U0001f3ac.png", "n" * 396 + ".png", "<b>x</b>${6*7}.png"]
    studio.choose_tab(Mode.REFERENCES)
    studio.add_references(*(payload(name, "image/png", picture) for name in names))
    expect(studio.tags).to_have_count(4)
    studio.expect_no_sideways_scroll()
    studio.prompt.fill("A wall of @Image1, @Image2, @Image3 and @Image4")
    studio.make_it_quick()
    studio.expect_video_of(studio.generate())
    kept = [path.name for path in (studio.app.data_dir / "uploads").iterdir()]
    assert kept
    assert [name for name in kept if not re.fullmatch(r"[0-9a-f]{64}\.\w{3,4}", name)] == []


def test_three_hundred_files_leave_nine_images_and_say_so(studio: Studio, tmp_path: Path) -> None:
    data = make_image(tmp_path / "dot.png", (300, 300)).read_bytes()
    studio.choose_tab(Mode.REFERENCES)
    studio.add_references(*(payload(f"{number}.png", "image/png", data) for number in range(300)))
    expect(studio.tags).to_have_count(9, timeout=20_000)
    expect(studio.tray.get_by_text("The tray holds 9 images.")).to_have_count(291)

import numpy as np
import pytest
from PIL import Image

from seedance_ui.media.storyboard import lettering
from seedance_ui.media.storyboard.lettering import Style


@pytest.mark.parametrize(
    "text",
    [
        "The quick brown fox, 0123456789 — “quotes” é ß ø",
        "Đặng Thùy Trâm",
        "Съешь ещё этих мягких булок",
        "Ξεσκεπάζω τὴν".replace("ὴ", "ή"),
        "镜头缓缓推近，灯塔的光。",
        "繁體中文也能讀",
        "カメラがゆっくり近づく、駅と桜",
        "카메라가 천천히",
    ],
    ids=["Latin", "Vietnamese", "Cyrillic", "Greek", "Chinese", "traditional", "Japanese", "Korean"],
)
def test_clean_covers_the_scripts_that_prompts_are_written_in(text):
    assert lettering.clean(text) == lettering.Cleaned(text, missing=False)


@pytest.mark.parametrize("text", ["สวัสดี", "مرحبا", "🦊", "हिन्दी"], ids=["Thai", "Arabic", "emoji", "Hindi"])
def test_clean_leaves_out_what_no_font_has_and_says_so(text):
    assert lettering.clean(f"before {text} after") == lettering.Cleaned("before after", missing=True)


def test_clean_with_invisible_letters_misses_nothing():
    assert lettering.clean("a\u200bb\ufe0f") == lettering.Cleaned("ab", missing=False)


def test_draw_line_draws_hanzi_and_not_the_box_for_a_missing_letter():
    style = Style(48)
    pictures = []
    for letter in "灯塔":
        mask = Image.new("L", (64, 64))
        lettering.draw_line(mask, (4, 52), letter, style)
        pictures.append(np.asarray(mask))
    assert all(picture.sum() > 255 * 100 for picture in pictures)
    assert not np.array_equal(*pictures)


def test_wrap_latin_breaks_between_words():
    lines = list(lettering.wrap("one two three four five six seven eight", Style(30), 200))
    assert len(lines) > 1
    assert " ".join(lines) == "one two three four five six seven eight"
    assert all(lettering.width_of(line, Style(30)) <= 200 for line in lines)


def test_wrap_chinese_never_starts_a_line_with_a_closing_mark():
    text = "海面上，只剩下灯塔的光。雨停了！谁在等？《远方》的船，回来了。"
    for width in range(60, 400, 7):
        lines = list(lettering.wrap(text, Style(28), width))
        assert "".join(lines) == text
        assert not any(line[0] in "，。！？》" for line in lines)
        assert not any(line[-1] == "《" for line in lines)


def test_wrap_breaks_a_word_that_is_wider_than_a_line():
    lines = list(lettering.wrap("a" * 100, Style(20), 150))
    assert "".join(lines) == "a" * 100
    assert all(lettering.width_of(line, Style(20)) <= 150 for line in lines)


def test_set_block_takes_the_largest_size_that_fits():
    short = lettering.set_block("A fox.", 600, 200, range(60, 19, -1))
    long = lettering.set_block("A fox runs over the hill. " * 6, 600, 200, range(60, 19, -1))
    assert short.style.size == 60
    assert 20 <= long.style.size < 60
    assert long.height <= 200


def test_set_block_with_too_much_text_ends_in_an_ellipsis():
    block = lettering.set_block("word " * 1200, 500, 150, range(40, 19, -1))
    assert block.style.size == 20
    assert block.height <= 150
    assert block.lines[-1].endswith("…")
    assert lettering.width_of(block.lines[-1], block.style) <= 500

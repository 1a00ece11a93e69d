"""`assets/language.js` in a browser: which language it chooses, and what becomes of Python's sentences."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from seedance_ui.domain.media import MediaKind, MediaLink
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.domain.validation import check_request
from seedance_ui.ui.languages import LANGUAGES_DIR, find_languages, head_html
from tests.samples import STRICT
from tests.ui.language_keys import ASSETS

HOST = "http://page.test"
"""Answered by the test itself: nothing asks a network for it."""

CHINESE: dict[str, Any] = json.loads((LANGUAGES_DIR / "zh.json").read_text(encoding="utf-8"))
SCRIPT = (ASSETS / "language.js").read_text(encoding="utf-8")


def open_page(context: BrowserContext, directory: Path = LANGUAGES_DIR) -> Page:
    """Return a page that has nothing but the script and the languages of a folder."""
    html = f"<!doctype html><body><p id=label>Prompt</p>{head_html(find_languages(directory))}<script>{SCRIPT}</script>"

    def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        is_file = name.endswith(".json")
        body = (directory / name).read_text(encoding="utf-8") if is_file else html
        route.fulfill(body=body, content_type="application/json" if is_file else "text/html; charset=utf-8")

    page = context.new_page()
    page.route(f"{HOST}/**", answer)
    page.goto(HOST)
    return page


@pytest.fixture(scope="module")
def chinese(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="zh-CN")
    yield open_page(context)
    context.close()


@pytest.fixture(scope="module")
def english(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en-US")
    yield open_page(context)
    context.close()


def test_language_is_the_first_that_the_browser_asks_for(browser: Browser) -> None:
    context = browser.new_context()
    page = open_page(context)
    for tags, lang in (
        (["zh-CN"], "zh-CN"),
        (["zh"], "zh-CN"),
        (["zh-Hans-SG"], "zh-CN"),
        (["fr-FR", "zh-CN", "en"], "zh-CN"),
        (["en-GB", "zh-CN"], "en"),
        (["fr-FR"], "en"),
    ):
        asked = f"{{get: () => {json.dumps(tags)}, configurable: true}}"
        page.add_init_script(f"Object.defineProperty(navigator, 'languages', {asked})")
        page.reload()
        found = page.evaluate("[navigator.languages, seedance.language.lang, document.documentElement.lang]")
        assert found == [tags, lang, lang]
    context.close()


def test_chosen_language_is_remembered_until_the_browsers_own_is_chosen(browser: Browser) -> None:
    context = browser.new_context(locale="en-US")
    page = open_page(context)
    page.evaluate("seedance.chooseLanguage('zh-CN')")
    page.reload()
    assert page.evaluate("[seedance.language.lang, seedance.t('Prompt')]") == ["zh-CN", "提示词"]
    page.evaluate("seedance.chooseLanguage('en')")
    page.reload()
    assert page.evaluate("[seedance.language.lang, localStorage.length]") == ["en", 0]
    context.close()


def test_third_language_is_one_file(browser: Browser, tmp_path: Path) -> None:
    marks = {"full_stop": ".", "between_sentences": " ", "between_items": ", "}
    meta = {"lang": "nl", "name": "Nederlands", "serves": ["nl"], **marks}
    file = {"meta": meta, "words": {"Prompt": "Opdracht"}, "sentences": {"{name} is {size}.": "{name} meet {size}."}}
    (tmp_path / "nl.json").write_text(json.dumps(file), encoding="utf-8")
    context = browser.new_context(locale="nl-BE")
    page = open_page(context, tmp_path)
    assert page.evaluate("seedance.languages.map(({name}) => name)") == ["English", "Nederlands"]
    said = page.evaluate("['Prompt', 'Seed'].map((words) => seedance.t(words))")
    assert said == ["Opdracht", "Seed"]  # what the file lacks is shown in English
    context.close()


def test_file_that_does_not_come_leaves_the_page_english(browser: Browser) -> None:
    context = browser.new_context(locale="zh-CN")
    context.route(f"{HOST}/**/zh.json", lambda route: route.fulfill(status=404))
    page = context.new_page()
    html = f"<!doctype html><body>{head_html(find_languages())}<script>{SCRIPT}</script>"
    page.route(HOST + "/", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(HOST)
    assert page.evaluate("[seedance.language.lang, seedance.t('Prompt')]") == ["en", "Prompt"]
    context.close()


SAMPLES = {
    "figure": "$2.52",
    "tag": "@Image1",
    "known": "Prompt",
    "list": "A, B",
    "say": "42",
    "subject": "The video",
    None: "42",
}


def _sample(key: str, said: str) -> tuple[str, str]:
    """Return an English sentence of a key, and what it should become."""
    hows = {name: how or None for name, how in re.findall(r"\{(\w+)(?::(\w+))?\}", said)}
    english, chinese = key, said
    for name, how in hows.items():
        value = SAMPLES[how]
        english = english.replace(f"{{{name}}}", value)
        becomes = {"known": "提示词", "list": "A、B", "subject": "视频"}.get(str(how), value)
        chinese = re.sub(rf"\{{{name}(:\w+)?\}}", becomes, chinese)
    return english, chinese


def test_every_sentence_is_found_by_its_own_pattern(chinese: Page) -> None:
    """No pattern takes a sentence that belongs to another one."""
    pairs = [_sample(*pair) for pair in CHINESE["sentences"].items()]
    said: list[str] = chinese.evaluate("(all) => all.map(seedance.say)", [english for english, _ in pairs])
    wrong = [(english, now, want) for (english, want), now in zip(pairs, said, strict=True) if now != want]
    assert wrong == []


def _problems() -> Mapping[str, list[str]]:
    """Return what the engine says of requests that are wrong in many ways, as the page gets it."""
    link = MediaLink("http://example.com/a b", MediaKind.IMAGE)
    odd: dict[str, Any] = {
        "duration_s": 99,
        "resolution": "8K",
        "aspect_ratio": "5:7",
        "generate_audio": "no",
        "seed": -1,
    }
    requests = {
        "text": GenerationRequest(provider="strict", mode=Mode.TEXT, prompt="@Image2 runs", **odd),
        "frames": GenerationRequest(provider="strict", mode=Mode.FRAMES, prompt="", last_frame=link, **odd),
        "references": GenerationRequest(
            provider="strict", mode=Mode.REFERENCES, prompt="@Image2 @Video3 @Image?", images=(link,), audios=(link,)
        ),
    }
    return {name: [each.message for each in check_request(request, STRICT)] for name, request in requests.items()}


def test_problems_of_the_engine_are_said_in_chinese(chinese: Page) -> None:
    for name, messages in _problems().items():
        assert messages, name
        for message in messages:
            said = chinese.evaluate("(text) => seedance.say(text)", message)
            assert said != message, f"{name}: {message}"
            left = said.replace("Strict Video", "")
            for word in (" is ", " the ", " of ", " takes ", " to ", " or ", " and "):
                assert word not in left.lower(), f"{message} became {said}"


@pytest.mark.parametrize(
    ("english", "chinese_words"),
    [
        ("8 s · 720p · Adaptive · storyboard", "8 秒 · 720p · 自适应 · 分镜"),
        ("About $2.52", "约 $2.52"),
        (
            "AIML API refused the key. It answered with status 401: bad key",
            "AIML API 拒绝了密钥。返回状态 401：bad key",
        ),
        ("The copy has 5 MB; the most is 4 MB.", "副本有 5 MB，最大为 4 MB。"),
        (
            "@Image2 names no file. There is @Image1 to @Image3, @Audio1.",
            "@Image2 没有对应的文件。现有 @Image1 到 @Image3、@Audio1。",
        ),
        ("Generation: 12.5 CU", "生成：12.5 CU"),
        ("3 videos × $0.50 = $1.50", "3 个视频 × $0.50 = $1.50"),
        ("2 videos · 8 s · 720p · Adaptive · storyboard", "2 个视频 · 8 秒 · 720p · 自适应 · 分镜"),
        (
            "Strict Video has no 1080p: the resolution is now 720p. Strict Video has no Auto duration: it is now 5 s.",
            "Strict Video 没有 1080p，分辨率现改为 720p。Strict Video 没有自动时长，现改为 5 秒。",
        ),
        (
            "AIML API needs AIMLAPI_KEY. The animatic works without a key. The provider is now Animatic.",
            "AIML API 需要 AIMLAPI_KEY。Animatic 无需密钥即可使用。服务商现为 Animatic。",
        ),
        ("media/image-2.png in this zip is no image.", "此 zip 中的 media/image-2.png 不是图片。"),
        ("Prompt is a GIF. Save it as PNG or JPEG.", "Prompt 是GIF。请保存为 PNG 或 JPEG。"),
    ],
    ids=[
        *("summary", "price", "title and detail", "copy", "list"),
        *("part of a price", "price of several", "several", "moved settings", "another provider", "import", "file"),
    ],
)
def test_sentences_are_put_together(chinese: Page, english: str, chinese_words: str) -> None:
    assert chinese.evaluate("(text) => seedance.say(text)", english) == chinese_words


@pytest.mark.parametrize(
    "words",
    [
        "Remove the person from the image.",
        "Your picture is blurred. Contact support.",
        "About your account: top up",
        "The input image may contain a real person.\nTry again  later.",
        "",
    ],
)
def test_words_of_a_provider_stay_as_they_are(chinese: Page, words: str) -> None:
    assert chinese.evaluate("(text) => seedance.say(text)", words) == words


def test_words_of_many_sentences_are_looked_up_a_few_at_a_time_and_once(chinese: Page) -> None:
    """Without a bound on a run of sentences it would be the square of their number, each a match of every template."""
    words = " ".join(f"{number}!" for number in range(150))
    looked_up, again, said = chinese.evaluate(
        """(text) => {
            const {set} = Map.prototype;
            let count = 0;
            Map.prototype.set = function (...entry) { count += 1; return set.apply(this, entry); };
            const said = seedance.say(text);
            const first = count;
            seedance.say(text);
            Map.prototype.set = set;
            return [first, count - first, said];
        }""",
        words,
    )
    assert said == words
    assert 150 <= looked_up <= 150 * 6 + 1
    assert again == 0


def test_english_page_changes_nothing(english: Page) -> None:
    words = "@Image2 names no file. There are no references yet."
    assert english.evaluate("(text) => [seedance.say(text), seedance.t('{count} found', {count: 3})]", words) == [
        words,
        "3 found",
    ]


def test_changes_of_the_page_leave_its_language_alone(chinese: Page) -> None:
    """Set again, even to what it was, it has the browser compute every style of the page anew."""
    writes = chinese.evaluate("""async () => {
        const frame = () => new Promise(requestAnimationFrame);
        const writes = [];
        const observer = new MutationObserver((seen) => writes.push(...seen));
        observer.observe(document.documentElement, {attributeFilter: ['lang']});
        for (let change = 0; change < 3; change += 1) {
            document.getElementById('label').append(' ');
            await frame();
            await frame();
        }
        return writes.length;
    }""")
    assert writes == 0

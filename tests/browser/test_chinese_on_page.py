"""The whole page in Chinese: no English words are left on it but names, units, code and what a person wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.app_process import AppProcess
from tests.browser.conftest import OpenStudio, running_app
from tests.browser.studio_page import FINISHES_WITHIN_MS

PROMPT = "一只猫在雨里跑，@Image2 和 @Video1"
NAMES = re.compile(
    r"Animatic|Scenario|AIML API|2\.0 Fast|English|Python|JavaScript|curl|\d+p|[A-Z]+(_[A-Z]+)+|[\d.]+ [kM]B"
)
"""What is the same in Chinese: names of the model, of providers, languages and variables, and units."""

LATIN = r"""() => {
  const found = new Set();
  const note = (text) => { if (/[A-Za-z]{2}/.test(text) && !/\p{Script=Han}/u.test(text)) found.add(text.trim()); };
  const skipped = 'script, style, svg, .prompt-tint, pre';
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!element.closest(skipped) && element.checkVisibility({visibilityProperty: true})) note(node.data);
  }
  for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-valuetext', 'data-note', 'data-unit'])
    for (const element of document.querySelectorAll(`[${name}]`))
      if (element.checkVisibility()) note(element.getAttribute(name));
  return [...found];
}"""
"""Visible texts, and what is read out or shown of attributes, without any Chinese letter."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    """Yield an app of this module's own: what other tests wrote into prompts is no word of the page."""
    yield from running_app(tmp_path_factory.mktemp("chinese-app"))


def english_words(page: Page) -> list[str]:
    """Return what is left of English on the page as it stands."""
    return [text for text in page.evaluate(LATIN) if not NAMES.fullmatch(text)]


def test_page_is_chinese_from_problems_to_library_and_switch_keeps_the_form(open_studio: OpenStudio) -> None:
    studio = open_studio(load=False, locale="zh-CN", reduced_motion="reduce")
    page = studio.page
    page.goto(studio.app.url)
    generate = page.get_by_role("button", name="生成", exact=True)
    prompt = page.get_by_role("textbox", name="提示词", exact=True)
    expect(generate).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")

    # Two problems, of the tray and of the prompt.
    page.get_by_role("tab", name="参考素材").click()
    prompt.fill(PROMPT)
    generate.click()
    expect(page.get_by_text("请至少添加一张图片或一个视频。")).to_be_visible()
    expect(page.get_by_text("@Image2 没有对应的文件。还没有参考素材。")).to_be_visible()
    assert english_words(page) == []

    # Another language and back: what was entered stays.
    page.get_by_role("button", name="语言：简体中文").click()
    page.get_by_role("button", name="English", exact=True).click()
    expect(page.get_by_role("textbox", name="Prompt")).to_have_value(PROMPT)
    expect(page.get_by_role("tab", name="References")).to_have_attribute("aria-selected", "true")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="Language: English").press("Enter")
    page.get_by_role("button", name="简体中文", exact=True).press("Enter")
    expect(prompt).to_have_value(PROMPT)

    # The guide: its snippets come in Chinese, with the tag as every language writes it.
    page.get_by_role("button", name="指南", exact=True).click()
    guide = page.get_by_role("dialog", name="提示词指南")
    expect(guide.get_by_role("button", name="@Image1 是主角。")).to_be_visible()
    assert english_words(page) == []
    guide.get_by_role("button", name="镜头缓慢推近。").click()
    expect(prompt).to_have_value(re.compile(r"@Video1。镜头缓慢推近。\s*$"))

    # The dialog of keys, and a run.
    page.get_by_role("button", name="密钥与限制").click()
    expect(page.get_by_role("dialog", name="密钥与限制")).to_be_visible()
    assert english_words(page) == []
    page.get_by_role("button", name="关闭", exact=True).click()
    page.get_by_role("tab", name="首尾帧").click()
    expect(page.get_by_role("button", name="添加首帧")).to_be_visible()
    assert english_words(page) == []
    # Long after the switch, what is set stays over a change of the tab.
    resolution = page.get_by_role("radiogroup", name="分辨率").get_by_role("radio", name="480p")
    resolution.check()
    seconds = page.get_by_role("spinbutton", name="时长（秒）")
    seconds.fill("4")
    seconds.press("Tab")
    page.get_by_role("tab", name="文字").click()
    expect(page.get_by_role("button", name="灯塔")).to_be_visible()
    expect(resolution).to_be_checked()
    expect(seconds).to_have_value("4")
    prompt.fill("一只猫在雨里跑")
    price = page.locator(".price-of")
    price.locator("summary").click()
    expect(price.get_by_text("在本机绘制：免费")).to_be_visible()
    assert english_words(page) == []
    generate.click()
    expect(studio.page.locator(".job-card[data-state=running]")).to_be_visible()
    expect(page.get_by_role("button", name="取消", exact=True)).to_be_visible()
    assert english_words(page) == []
    player = page.get_by_role("region", name="视频", exact=True)
    expect(player).to_be_visible(timeout=FINISHES_WITHIN_MS)
    expect(page.get_by_role("region", name="视频库").locator("li").first).to_be_visible()
    assert english_words(page) == []
    player.get_by_role("button", name="更多").click()
    expect(page.get_by_role("menuitem", name="分享为 zip")).to_be_visible()
    expect(page.get_by_role("button", name="导入生成")).to_be_visible()
    assert english_words(page) == []
    page.keyboard.press("Escape")
    player.get_by_role("button", name="复制代码").click()
    expect(page.get_by_role("dialog", name="这次生成的代码").get_by_role("tab", name="Python")).to_be_visible()
    assert english_words(page) == []

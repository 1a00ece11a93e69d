"""Barriers that axe-core finds: every rule that it runs by default, best practices included, and the size of targets.

`tools/install_axe.sh` brings it; without it the tests that need it are skipped. There is no list of exceptions.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page

SCRIPT = Path(sys.prefix) / "axe" / "node_modules" / "axe-core" / "axe.min.js"

needs_axe = pytest.mark.skipif(not SCRIPT.is_file(), reason="no axe-core, which tools/install_axe.sh installs from npm")

COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""All that a theme can break."""
EVERYTHING = {"rules": {"target-size": {"enabled": True}}}

_RUN = """async ({parts, options}) => {
    const context = parts.length ? {include: parts.map((part) => [part])} : document;
    const {violations} = await axe.run(context, {resultTypes: ['violations'], ...options});
    return violations.flatMap(({id, impact, nodes}) => nodes.map(({target, failureSummary}) =>
        `${id} (${impact}) at ${target.join(' ')}: ${failureSummary.replaceAll(/\\s+/g, ' ')}`));
}"""


def expect_no_barriers(page: Page, *parts: str) -> None:
    """See that the page as it is now, or some parts of it by selector, has no barrier in light and in dark."""
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    found: dict[str, list[str]] = {}
    for scheme, options in (("light", EVERYTHING), ("dark", COLOURS)):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function("(isDark) => document.body.classList.contains('dark') === isDark", arg=scheme == "dark")
        found[scheme] = page.evaluate(_RUN, {"parts": parts, "options": options})
    assert not any(found.values()), json.dumps(found, indent=1)

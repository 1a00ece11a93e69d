"""Questions about the whole page that no role answers: where the focus goes, how large things are, what moves."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page

MOST_STOPS = 300
"""More than the page has."""

_LISTEN = """() => {
    const accent = (() => {
        const probe = document.body.appendChild(document.createElement('i'));
        probe.style.color = 'var(--accent)';
        const {color} = getComputedStyle(probe);
        probe.remove();
        return color;
    })();
    const settings = document.querySelector('#provider');
    const isSetting = (element) => !(element.compareDocumentPosition(settings) & Node.DOCUMENT_POSITION_FOLLOWING);
    const places = [['.skip', 'skip link'], ['.top', 'header'], ['#mode-tabs [role=tablist]', 'tabs'],
        ['#mode-tabs', 'media'], ['#dock', 'Generate'], ['#stage', 'stage'], ['#library-panel', 'library']];
    const placeOf = (element) => {
        if (element.closest('#fields')) return isSetting(element) ? 'settings' : 'prompt';
        return places.find(([selector]) => element.closest(selector))?.[1] ?? 'elsewhere';
    };
    const isSeen = (element) => {
        const drawn = element.matches('.seg input') ? element.nextElementSibling : element;
        const {outlineStyle, outlineWidth, outlineColor, borderTopColor, boxShadow} = getComputedStyle(drawn);
        const isOutlined = outlineStyle === 'solid' && parseFloat(outlineWidth) >= 2 && outlineColor === accent;
        return isOutlined || (borderTopColor === accent && boxShadow.includes(accent));
    };
    window.focusWalk?.abort();
    window.focusWalk = new AbortController();
    window.stops = [];
    document.addEventListener('focusin', ({target}) => {
        const name = `${target.tagName} ${target.id} ${target.className} ${target.ariaLabel ?? target.textContent}`;
        stops.push({place: placeOf(target), name: name.replaceAll(/\\s+/g, ' ').slice(0, 90), is_seen: isSeen(target)});
    }, {signal: window.focusWalk.signal});
    document.body.tabIndex = -1;
    document.body.focus();
    stops.length = 0;
}"""

_IS_ROUND = """() => document.activeElement === document.body
    || stops.filter(({place}) => place === 'skip link').length > 1"""

_SMALL = """(least) => {
    const controls = [...document.querySelectorAll('main :is(button, a:not(.skip), input, select, textarea, summary)')];
    const isHit = (control, x, y) => {
        const top = document.elementFromPoint(x, y);
        return Boolean(top) && (control.contains(top) || top.closest('label')?.control === control);
    };
    const reach = (control, x, y, dx, dy) => {
        let steps = 0;
        while (steps < least && isHit(control, x + dx * (steps + 1), y + dy * (steps + 1))) steps += 1;
        return steps;
    };
    const small = [];
    for (const control of controls) {
        if (!control.checkVisibility({opacityProperty: false, visibilityProperty: true})) continue;
        control.scrollIntoView({block: 'center', behavior: 'instant'});
        const {left, top, width, height} = control.getBoundingClientRect();
        if (width < 2) continue;    // for those who do not see it
        const [x, y] = [left + width / 2, top + height / 2];
        const wide = reach(control, x, y, -1, 0) + reach(control, x, y, 1, 0) + 1;
        const high = reach(control, x, y, 0, -1) + reach(control, x, y, 0, 1) + 1;
        if (Math.min(wide, high) < least) {
            const name = control.ariaLabel ?? control.textContent;
            small.push(`${control.tagName} ${control.className} ${name}: ${wide} × ${high}`);
        }
    }
    return small;
}"""

_MOVING = """() => {
    const moves = (style) => style.animationName !== 'none'
        || (style.transitionProperty !== 'none' && style.transitionDuration.split(', ').some((time) => time !== '0s'));
    return [...document.querySelectorAll('*')]
        .filter((element) => ['', '::before', '::after'].some((part) => moves(getComputedStyle(element, part || null))))
        .map((element) => `${element.tagName} ${element.className}`);
}"""


@dataclass(frozen=True)
class Stop:
    """Something that the Tab key stops at."""

    place: str
    """The part of the page."""
    name: str
    is_seen: bool
    """Whether it shows that it has the focus, in the colour for it."""


def walk_by_tab(page: Page) -> list[Stop]:
    """Press Tab from the top of the page until it begins anew, and return where that stopped."""
    page.evaluate(_LISTEN)
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate(_IS_ROUND):
            break
    return [Stop(**stop) for stop in page.evaluate("() => stops")]


def small_targets(page: Page, least_px: int) -> list[str]:
    """Return each control that is not hit everywhere in a square of so many pixels around its middle."""
    return page.evaluate(_SMALL, least_px)


def moving_parts(page: Page) -> list[str]:
    """Return each element that moves by itself or would fade from one state to the next."""
    return page.evaluate(_MOVING)

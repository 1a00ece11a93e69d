"""How the page gets its look: Gradio's theme, our own style sheets and the scripts of the page.

Every colour stands once, as a custom property in `assets/style.css`; the theme only points there.
"""

from __future__ import annotations

from pathlib import Path

import gradio as gr

ASSETS_DIR = Path(__file__).resolve().parents[2] / "assets"
"""Fonts, pictures, style sheets and scripts."""

ASSETS_URL = "/page"
"""Where `ASSETS_DIR` is served. Not `/assets`: Gradio serves its own scripts there."""

FAVICON = ASSETS_DIR / "favicon.svg"

CSS_PATHS: tuple[Path, ...] = ()
"""For the mount's `css_paths`, and empty on purpose.

Gradio writes such rules a second time below `.gradio-container .contain` and drops the first writing of
those in a media query, so that no custom property of `:root` can depend on the width. `head_html` brings
the style sheets unchanged.
"""

_SCRIPTS = (
    "language.js",
    "connection.js",
    "page.js",
    "mentions.js",
    "prompt_history.js",
    "prompt_box.js",
    "prompt_insert.js",
    "prompt_tint.js",
    "prompt_menu.js",
    "remix.js",
    "settings.js",
    "problems.js",
)
"""Of the page itself, in this order; a widget brings its own."""

_COLOURS = {
    "body_background_fill": "--bg",
    "body_text_color": "--ink",
    "body_text_color_subdued": "--ink-3",
    "background_fill_primary": "--surface",
    "background_fill_secondary": "--inset",
    "block_background_fill": "--surface",
    "block_border_color": "--line",
    "block_label_text_color": "--ink",
    "block_title_text_color": "--ink",
    "block_info_text_color": "--ink-3",
    "border_color_primary": "--line",
    "border_color_accent": "--accent",
    "color_accent_soft": "--accent-soft",
    "link_text_color": "--accent-text",
    "link_text_color_hover": "--accent-text",
    "link_text_color_active": "--accent-text",
    "link_text_color_visited": "--accent-text",
    "input_background_fill": "--surface",
    "input_background_fill_focus": "--surface",
    "input_background_fill_hover": "--surface",
    "input_border_color": "--control",
    "input_border_color_focus": "--accent",
    "input_border_color_hover": "--control",
    "input_placeholder_color": "--ink-3",
    "checkbox_background_color": "--surface",
    "checkbox_background_color_hover": "--surface",
    "checkbox_background_color_focus": "--surface",
    "checkbox_background_color_selected": "--accent",
    "checkbox_border_color": "--control",
    "checkbox_border_color_hover": "--control",
    "checkbox_border_color_focus": "--accent",
    "checkbox_border_color_selected": "--accent",
    "checkbox_label_text_color": "--ink",
    "checkbox_label_text_color_selected": "--ink",
    "button_primary_background_fill": "--accent",
    "button_primary_background_fill_hover": "--accent-hover",
    "button_primary_border_color": "--accent",
    "button_primary_text_color": "--on-accent",
    "button_primary_text_color_hover": "--on-accent",
    "button_secondary_background_fill": "--surface",
    "button_secondary_background_fill_hover": "--inset",
    "button_secondary_border_color": "--control",
    "button_secondary_text_color": "--ink",
    "slider_color": "--accent",
    "loader_color": "--accent",
    "error_background_fill": "--bad-soft",
    "error_border_color": "--bad-line",
    "error_text_color": "--bad",
    "error_icon_color": "--bad",
}
"""Gradio's name of a colour to our custom property."""


def _build_theme() -> gr.themes.Base:
    """Return a theme whose colours are our custom properties, in both modes."""
    theme = gr.themes.Base(font=["Inter", "system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
    colours = {name + mode: f"var({token})" for name, token in _COLOURS.items() for mode in ("", "_dark")}
    return theme.set(
        **colours,
        body_text_size="14px",
        block_radius="16px",
        input_radius="10px",
        button_large_radius="10px",
        checkbox_border_radius="6px",
        block_label_text_size="13px",
        block_title_text_size="13px",
        block_title_text_weight="600",
        block_info_text_size="13px",
        layout_gap="0px",
        input_shadow="none",
        input_shadow_focus="none",
        checkbox_shadow="none",
    )


THEME = _build_theme()


def asset_url(path: str) -> str:
    """Return the address of a file below `ASSETS_DIR`."""
    return f"{ASSETS_URL}/{path}"


def head_html() -> str:
    """Return what the mount puts into the page's head: style sheets and scripts, inline.

    Inline, because Gradio adds the head by script when it starts: linked style sheets would arrive after
    the first paint.
    """
    page = (ASSETS_DIR / "style.css").read_text(encoding="utf-8")
    widgets = "\n".join(sheet.read_text(encoding="utf-8") for sheet in sorted((ASSETS_DIR / "widgets").glob("*.css")))
    # Nested for its weight; `style.css` says against what.
    css = f"{page}\n:root {{\n{widgets}\n}}"
    scripts = "\n".join((ASSETS_DIR / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    return f"<style>{css}</style><script>{scripts}</script>"

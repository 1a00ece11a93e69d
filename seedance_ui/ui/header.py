"""The header: the name, what each provider needs and allows, and the theme switch."""

from __future__ import annotations

import html
from collections.abc import Sequence

import gradio as gr

from seedance_ui.domain.media import MediaKind
from seedance_ui.services import Offer
from seedance_ui.ui.theme import ASSETS_DIR

_HEADER = """
<a class="skip" href="#prompt" data-act="to-prompt">Skip to the prompt</a>
<header class="top">
  <div class="brand"><svg class="ic" aria-hidden="true"><use href="#i-mark"></use></svg>
    <h1>Seedance playground</h1><small>2.0 Fast</small></div>
  <div class="top-right">
    <button type="button" class="btn ghost" data-act="keys" aria-haspopup="dialog" aria-label="Keys and limits">
      <svg class="ic" aria-hidden="true"><use href="#i-key"></use></svg>
      <span class="wide">Keys and limits</span></button>
    <button type="button" class="btn ghost square" data-act="theme" aria-label="Switch to the dark theme">
      <svg class="ic" aria-hidden="true"><use href="#i-theme"></use></svg></button>
  </div>
</header>
"""

_DIALOG = """
<dialog class="sheet" id="keys-dialog" aria-labelledby="keys-title">
  <div class="sheet-head"><div><h2 id="keys-title">Keys and limits</h2>
    <p>Keys are read from the environment or the .env file when the app starts.
      They stay on this machine and are never shown.</p></div>
    <button type="button" class="btn ghost square" data-act="close" aria-label="Close">
      <svg class="ic" aria-hidden="true"><use href="#i-x"></use></svg></button></div>
  <ul class="keys">{entries}</ul>
</dialog>
"""


def create_header(offers: Sequence[Offer]) -> gr.HTML:
    """Draw the header, with the icons that the whole page uses."""
    icons = (ASSETS_DIR / "icons.svg").read_text(encoding="utf-8")
    dialog = _DIALOG.format(entries="".join(_entry(offer) for offer in offers))
    return gr.HTML(html_template=icons + _HEADER + dialog, js_on_load=None, apply_default_css=False, elem_id="top")


def _entry(offer: Offer) -> str:
    """Return one provider of the dialog. Everything in it is our own text, and escaped all the same."""
    state = '<span class="is-set">Ready</span>' if offer.available else '<span class="is-off">Not available</span>'
    lines = [line for line in (_key_line(offer), _reason_line(offer), _limits_line(offer)) if line]
    if offer.info.docs_url:
        url = _escape(offer.info.docs_url)
        lines.append(
            f'<a href="{url}" target="_blank" rel="noreferrer">Documentation of {_escape(offer.info.label)}</a>'
        )
    paragraphs = "".join(f"<p>{line}</p>" for line in lines)
    return f'<li><div class="who"><b>{_escape(offer.info.label)}</b>{state}</div>{paragraphs}</li>'


def _key_line(offer: Offer) -> str:
    if not offer.info.needs_key:
        return "Needs no key and costs nothing."
    words = [
        f"<code>{_escape(name)}</code> is {'not set' if name in offer.missing_variables else 'set'}"
        for name in offer.info.key_variables
    ]
    return f"{', '.join(words)}."


def _reason_line(offer: Offer) -> str:
    """Return why a provider is not offered, where its keys are not the reason."""
    return "" if offer.missing_variables else _escape(offer.reason or "")


def _limits_line(offer: Offer) -> str:
    spec = offer.spec
    counts = spec.limits.max_count
    auto = " or Auto" if spec.auto_duration else ""
    return _escape(
        f"{spec.min_duration_s}–{spec.max_duration_s} s{auto} · {' and '.join(spec.resolutions)} · prompts up to "
        f"{spec.max_prompt_chars:,} characters · up to {counts[MediaKind.IMAGE]} images, {counts[MediaKind.VIDEO]} "
        f"videos and {counts[MediaKind.AUDIO]} audio files as references"
    )


def _escape(text: str) -> str:
    """Return text for a template of `gr.HTML`, which is also evaluated as JavaScript and as Handlebars."""
    escaped = html.escape(text)
    for char in "$`{}\\":
        escaped = escaped.replace(char, f"&#{ord(char)};")
    return escaped

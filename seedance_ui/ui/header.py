"""The header: the name, what each provider needs and allows, and the theme switch."""

from __future__ import annotations

import gradio as gr

from seedance_ui.services import Services
from seedance_ui.ui.keys import providers_json
from seedance_ui.ui.theme import ASSETS_DIR
from seedance_ui.ui.widgets.keys_dialog import KeysDialog

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


def create_header(services: Services) -> KeysDialog:
    """Draw the header, with the icons that the whole page uses; return the dialog that it opens."""
    icons = (ASSETS_DIR / "icons.svg").read_text(encoding="utf-8")
    gr.HTML(html_template=icons + _HEADER, js_on_load=None, apply_default_css=False, elem_id="top")
    return KeysDialog(providers_json(services), elem_id="keys")

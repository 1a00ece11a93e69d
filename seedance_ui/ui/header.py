"""The header: the name, what each provider needs and allows, the switches of language and theme."""

from __future__ import annotations

from dataclasses import dataclass

from seedance_ui.services import Services
from seedance_ui.ui.keys import providers_json
from seedance_ui.ui.theme import ASSETS_DIR
from seedance_ui.ui.widgets.html_widget import DisplayWidget
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
    <button type="button" class="btn ghost language" popovertarget="languages">
      <svg class="ic" aria-hidden="true"><use href="#i-globe"></use></svg><span class="wide"></span></button>
    <div class="language-menu" id="languages" popover role="group" aria-label="Language"></div>
    <button type="button" class="btn ghost square" data-act="theme" aria-label="Switch to the dark theme">
      <svg class="ic" aria-hidden="true"><use href="#i-theme"></use></svg></button>
  </div>
</header>
"""


class TopBar(DisplayWidget):
    """The header, with the icons that the whole page uses.

    Events: `leave` when another language was chosen, `come_back` when the page was loaded anew for it.
    """

    script = "language_switch"
    template = (ASSETS_DIR / "icons.svg").read_text(encoding="utf-8") + _HEADER


@dataclass(frozen=True, slots=True)
class Header:
    """The components of the header."""

    bar: TopBar
    keys: KeysDialog


def create_header(services: Services) -> Header:
    """Draw the header and the dialog that it opens."""
    return Header(TopBar(elem_id="top"), KeysDialog(providers_json(services), elem_id="keys"))

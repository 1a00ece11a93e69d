"""The dialog `Keys and limits`."""

from __future__ import annotations

from typing import Any, TypedDict

from seedance_ui.ui.widgets.html_widget import DisplayWidget

_MAX_ID_CHARS = 40


class VariableJson(TypedDict):
    """One key variable; its value is never here."""

    name: str
    is_set: bool


class ProviderJson(TypedDict):
    """One provider as the dialog shows it."""

    id: str
    label: str
    is_available: bool
    variables: list[VariableJson]
    """Its keys; none where visitors are strangers."""
    lines: list[str]
    """What it needs and allows, in sentences."""
    docs_url: str | None
    can_check: bool
    """Whether there is a key to ask about."""


class CheckResultJson(TypedDict):
    """What a provider said about its key."""

    id: str
    """Another one for each answer: the dialog tells a new answer from an old one by it."""
    provider: str
    ok: bool
    text: str


class KeysDialog(DisplayWidget):
    """Shows `ProviderJson`s; `result` takes a `CheckResultJson`. Event: `check` with `{"provider": id}`."""

    script = "keys_dialog"
    schema = {"type": "array"}
    template = """
      <dialog class="sheet" id="keys-dialog" aria-labelledby="keys-title">
        <div class="sheet-head"><div><h2 id="keys-title">Keys and limits</h2>
          <p>Keys are read from the environment or the .env file when the app starts.
            They stay on this machine and are never shown.</p></div>
          <button type="button" class="btn ghost square" data-act="close" aria-label="Close">
            <svg class="ic" aria-hidden="true"><use href="#i-x"></use></svg></button></div>
        <ul class="keys"></ul>
      </dialog>"""

    def __init__(
        self, value: list[ProviderJson] | None = None, *, result: CheckResultJson | None = None, **kwargs: Any
    ) -> None:
        """Make a dialog, closed."""
        super().__init__(value, result=result, **kwargs)


def parse_check(data: object) -> str | None:
    """Return the id of the provider that a browser asks about; None where that is not of the form."""
    provider = data.get("provider") if isinstance(data, dict) else None
    return provider if isinstance(provider, str) and 0 < len(provider) <= _MAX_ID_CHARS else None

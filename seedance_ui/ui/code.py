"""Code: the form, or a run, as programs for its provider."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

import gradio as gr

from seedance_ui.domain.validation import blocking
from seedance_ui.errors import InvalidRequestError, SeedanceError
from seedance_ui.services import Services
from seedance_ui.services.writing import CodeJson
from seedance_ui.ui import session
from seedance_ui.ui.form import FormValues, collect
from seedance_ui.ui.messages import MOVED_ON
from seedance_ui.ui.widgets.code_drawer import CodeDrawer, DrawerJson

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?|http://\[[0-9a-f:]{2,39}\](:[0-9]{1,5})?")

_DEFAULT_ORIGIN = "http://127.0.0.1:7860"

_MAX_ID_CHARS = 40


class CodeHandlers:
    """Write code for the visitor whose state comes in. Output: the drawer."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def on_form(self, event: gr.EventData, *inputs: Any) -> DrawerJson:
        """Write the form's request, or say what is missing in it."""
        try:
            collected = await collect(self._services, FormValues(*inputs))
            if collected.problems:
                others = blocking(self._services.check(collected.request))
                raise InvalidRequestError([*collected.problems, *others])
            return _shown("form", event, self._services.code_for_request(collected.request, app_url=_origin(event)))
        except InvalidRequestError as exc:
            return _shown("form", event, problems=[problem.message for problem in exc.problems])
        except SeedanceError as exc:
            return _shown("form", event, problems=[str(exc)])

    async def on_job(self, event: gr.EventData, state: object) -> DrawerJson:
        """Write the request of a job of theirs."""
        job_id = _data(event).get("job")
        owner = self._services.owner_of(session.read_visitor(state))
        code = None
        if isinstance(job_id, str):
            code = await self._services.code_of_job(job_id, owner=owner, app_url=_origin(event))
        return _shown("job", event, code) if code else _shown("job", event, problems=[MOVED_ON.next_step])


def wire_code(
    services: Services, inputs: Sequence[gr.components.Component], state: gr.BrowserState, private: dict[str, Any]
) -> CodeDrawer:
    """Add the drawer to the page that is being built.

    Args:
        services: The verbs.
        inputs: The form, in the order of `FormValues`.
        state: The visitor's.
        private: Options of the page's own events.
    """
    drawer = CodeDrawer(elem_id="code-drawer")
    handlers = CodeHandlers(services)
    for asked in (
        drawer.of_form(handlers.on_form, list(inputs), drawer, trigger_mode="multiple", **private),
        drawer.of_job(handlers.on_job, state, drawer, trigger_mode="multiple", **private),
    ):
        asked.failure(fn=None, js="() => window.seedance.noCode()", **private)
    return drawer


def _shown(
    about: Literal["form", "job"], event: gr.EventData, code: CodeJson | None = None, *, problems: Sequence[str] = ()
) -> DrawerJson:
    question = _data(event).get("id")
    known = question if isinstance(question, str) and len(question) <= _MAX_ID_CHARS else ""
    return {"id": known, "about": about, "code": code, "problems": list(problems)}


def _data(event: gr.EventData) -> dict[str, Any]:
    return event._data if isinstance(event._data, dict) else {}


def _origin(event: gr.EventData) -> str:
    """Return where the page says that it is, if it is an address; it goes into the visitor's own code only."""
    origin = _data(event).get("origin")
    return origin if isinstance(origin, str) and _ORIGIN.fullmatch(origin) else _DEFAULT_ORIGIN

"""Code: the form, or a run, as programs for its provider."""

from __future__ import annotations

import re
import secrets
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

_NO_ANSWER = "The page got no answer. Nothing was sent. Close this and try again."


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
            return _shown("form", self._services.code_for_request(collected.request, app_url=_origin(event)))
        except InvalidRequestError as exc:
            return _shown("form", problems=[problem.message for problem in exc.problems])
        except SeedanceError as exc:
            return _shown("form", problems=[str(exc)])

    async def on_job(self, event: gr.EventData, state: object) -> DrawerJson:
        """Write the request of a job of theirs."""
        job_id = event._data.get("job") if isinstance(event._data, dict) else None
        owner = self._services.owner_of(session.read_visitor(state))
        code = None
        if isinstance(job_id, str):
            code = await self._services.code_of_job(job_id, owner=owner, app_url=_origin(event))
        return _shown("job", code) if code else _shown("job", problems=[MOVED_ON.next_step])


def on_form_failure() -> DrawerJson:
    """Answer where `on_form` broke; the traceback is in the log."""
    return _shown("form", problems=[_NO_ANSWER])


def on_job_failure() -> DrawerJson:
    """Answer where `on_job` broke; the traceback is in the log."""
    return _shown("job", problems=[_NO_ANSWER])


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
    form_asked = drawer.of_form(handlers.on_form, list(inputs), drawer, trigger_mode="always_last", **private)
    form_asked.failure(on_form_failure, None, drawer, **private)
    job_asked = drawer.of_job(handlers.on_job, state, drawer, trigger_mode="always_last", **private)
    job_asked.failure(on_job_failure, None, drawer, **private)
    return drawer


def _shown(about: Literal["form", "job"], code: CodeJson | None = None, *, problems: Sequence[str] = ()) -> DrawerJson:
    return {"id": secrets.token_hex(8), "about": about, "code": code, "problems": list(problems)}


def _origin(event: gr.EventData) -> str:
    """Return where the page says that it is, if it is an address; it goes into the visitor's own code only."""
    origin = event._data.get("origin") if isinstance(event._data, dict) else None
    return origin if isinstance(origin, str) and _ORIGIN.fullmatch(origin) else _DEFAULT_ORIGIN

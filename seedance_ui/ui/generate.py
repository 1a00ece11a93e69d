"""What spends: the click on Generate, and the one on Send again. Each makes a job, or the page says why not."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import gradio as gr
from pydantic import TypeAdapter, ValidationError

from seedance_ui.domain.job import JobError
from seedance_ui.domain.pricing import FREE, Cost
from seedance_ui.domain.validation import Problem, blocking
from seedance_ui.errors import InvalidRequestError, SeedanceError
from seedance_ui.services import Services
from seedance_ui.ui import session
from seedance_ui.ui.form import Collected, FormValues, collect
from seedance_ui.ui.messages import MOVED_ON, problem_for
from seedance_ui.ui.widgets.dock import ReplyJson, problem_json

_MAX_TOKEN_CHARS = 64
_PRICE = TypeAdapter(Cost)


class GenerateHandlers:
    """Send a form, or once more what was sent before."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._labels = {offer.info.id: offer.info.label for offer in services.offers()}

    async def on_generate(self, *inputs: Any) -> tuple[object, ...]:
        """Send the form. Outputs: dock, job card, player, notice, the visitor's state.

        Args:
            *inputs: The form's values, then the visitor's state, the form token, and the price that stood there.
        """
        *form, state, raw_token, raw_price = inputs
        values, token, named = FormValues(*form), read_token(raw_token), read_price(raw_price)
        visitor = session.visitor_for(state, is_public=self._services.is_public, form_token=token)
        try:
            collected = await collect(self._services, values)
            job_ids = await self._send(collected, values, named, self._services.owner_of(visitor), token)
        except InvalidRequestError as exc:
            return _reply(problems=exc.problems, about=collected.about), gr.skip(), gr.skip(), None, gr.skip()
        except SeedanceError as exc:
            return _reply(), gr.skip(), gr.skip(), self._problem(exc, values), gr.skip()
        return _reply(sent=True), await self._services.just_made(job_ids), None, None, session.state_of(visitor)

    async def on_send_again(self, state: object, event: gr.EventData) -> tuple[object, ...]:
        """Send the request of a job that rests as a new job (A7). Outputs: job card, player, notice."""
        data = event._data if isinstance(event._data, dict) else {}
        job_id = data.get("job")
        owner = self._services.owner_of(session.read_visitor(state))
        if not isinstance(job_id, str):
            return gr.skip(), gr.skip(), gr.skip()
        try:
            made = await self._services.send_again(job_id, owner=owner)
        except SeedanceError as exc:
            problem = problem_for(exc, is_public=self._services.is_public)
            return gr.skip(), gr.skip(), problem
        return (await self._services.just_made([made]), None, None) if made else (gr.skip(), gr.skip(), MOVED_ON)

    def _problem(self, error: SeedanceError, values: FormValues) -> JobError:
        label = self._labels.get(str(values.provider), "The provider")
        return problem_for(error, provider_label=label, is_public=self._services.is_public)

    async def _send(
        self, collected: Collected, values: FormValues, named: Cost, owner: str | None, token: str | None
    ) -> Sequence[str]:
        if collected.problems:
            others = [collected.at_its_card(p) for p in blocking(self._services.check(collected.request, values.count))]
            raise InvalidRequestError(
                [*collected.problems, *(p for p in others if not _follows(p, collected.problems))]
            )
        return await self._services.submit_batch(
            collected.request,
            values.count,
            owner=owner,
            form_token=token,
            parent=values.known_parent(),
            named=named,
        )


def read_token(token: object) -> str | None:
    """Return the form token that the page made; None for anything else."""
    return token if isinstance(token, str) and 0 < len(token) <= _MAX_TOKEN_CHARS else None


def read_price(price: object) -> Cost:
    """Return the price that stood beside the button, as `Cost.to_json` wrote it; free for anything else."""
    try:
        return _PRICE.validate_json(price if isinstance(price, str) else "")
    except ValidationError:
        return FREE


def _follows(problem: Problem, unread: Sequence[Problem]) -> bool:
    """Whether a problem may be only that a file which was not taken in is missing from the request."""
    fields = {each.field for each in unread}
    return problem.field in fields or (problem.field == "prompt" and problem.asset is not None)


def _reply(*, problems: Sequence[Problem] = (), about: str | None = None, sent: bool = False) -> object:
    reply: ReplyJson = {
        "id": secrets.token_hex(8),
        "sent": sent,
        "about": about,
        "problems": [problem_json(problem) for problem in problems],
    }
    return gr.update(reply=reply)


def on_failure() -> tuple[object, JobError]:
    """Answer a click on Generate whose handler broke; the traceback is in the log. Outputs: dock, notice."""
    return _reply(), on_send_again_failure()


def on_send_again_failure() -> JobError:
    """Answer a click on Send again whose handler broke. Output: notice."""
    return problem_for(
        SeedanceError("The page got no answer to this click. If a job was made, it is here after a reload.")
    )

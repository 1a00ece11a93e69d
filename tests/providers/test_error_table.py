"""What each refusal of a paid request becomes for the person: the state of the job, the code, and whether it cost.

Bodies of Scenario: S-BL and S-SK (C), 401 and 404 G. Bodies of AIML API: AI-DOC (C). Texts of refusals: Ark's codes
(C*) and fal's (C), which both providers pass on.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from seedance_ui.config import Settings
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.providers.aimlapi import AimlApi
from seedance_ui.providers.scenario import Scenario
from seedance_ui.services import LOCAL_OWNER, Services
from tests.fakes import aimlapi, scenario
from tests.fakes.aimlapi import FakeAimlApi, refusal
from tests.fakes.scenario import FakeScenario
from tests.fakes.server import AcceptThen, Instead, Reply
from tests.scripted import QuickClock

PATHS = {"aimlapi": aimlapi.GENERATIONS, "scenario": scenario.GENERATE}


@dataclass(frozen=True)
class Row:
    """One line of the tables: an answer to the paid request, and what the job says of it."""

    reply: Reply
    code: str
    state: str = "failed"
    charged: str = "no"
    attempts: int = 1
    """How often the request is sent; each time it is answered like this."""
    asset: str | None = None


REFUSED = {
    "privacyinformation": "face",
    "The input image may contain real person.": "face",
    "may be related to copyright restrictions": "copyright",
    "OutputVideoSensitiveContentDetected.PolicyViolation": "copyright",
    "OutputAudioSensitiveContentDetected": "moderation_audio",
    "InputTextSensitiveContentDetected": "moderation",
    "content_policy_violation": "moderation",
}
UNKNOWN = {"code": "submit_unknown", "state": "needs_attention", "charged": "unknown"}

AIMLAPI_ROWS = (
    Row(refusal(400, "Body validation error! Expected integer, received string"), "bad_request"),
    Row(refusal(400, "image_urls[1]: could not be downloaded"), "bad_media", asset="@Image2"),
    Row(refusal(401, "This request requires a valid API key."), "key_refused"),
    Row(refusal(403, "You've run out of credits."), "no_credit"),
    Row(refusal(404, "Not found"), "bad_request"),
    Row(refusal(429, "Too Many Requests"), "rate_limited", attempts=3),
    *(Row(refusal(400, words), code) for words, code in REFUSED.items()),
    Row(refusal(500, "Internal server error"), **UNKNOWN),
    Row(Reply(502, b"<html>Bad gateway</html>", {"Content-Type": "text/html"}), **UNKNOWN),
    Row(refusal(503, "The model is under maintenance"), **UNKNOWN),
    Row(refusal(504, "Generation timeout"), **UNKNOWN),
    Row(Reply(200, b"odd"), **UNKNOWN),
)

SCENARIO_ROWS = (
    Row(Reply(400, {"reason": "Input prompt is required", "trace_id": "t"}), "bad_request"),
    Row(Reply(400, {"reason": "referenceImages[0]: no asset"}), "bad_media", asset="@Image1"),
    Row(Reply(401, b"Unauthorized", {"Content-Type": "text/plain"}), "key_refused"),
    Row(Reply(402, {"message": "Not enough creative units"}), "no_credit"),
    Row(Reply(403, {"message": "Out of credits"}), "no_credit"),
    Row(Reply(403, {"message": "Upgrade to the Max plan"}), "no_plan"),
    Row(Reply(403, {"message": "Forbidden"}), "key_refused"),
    Row(Reply(404, {"reason": "Model not found"}), "bad_request"),
    Row(Reply(404, {"message": "Project not found"}), "bad_request"),
    Row(Reply(429, {"reason": "cooldown", "remainingSeconds": 900}), "rate_limited", attempts=3),
    Row(Reply(429, {"details": {"actionName": "custom", "actionLimit": 4}}), "rate_limited", attempts=3),
    *(Row(Reply(400, {"reason": words}), code) for words, code in REFUSED.items()),
    *(Row(Reply(status, {"message": "x"}), **UNKNOWN) for status in (500, 502, 503, 504)),
    Row(Reply(200, b"odd"), **UNKNOWN),
)

CASES = [("aimlapi", row) for row in AIMLAPI_ROWS] + [("scenario", row) for row in SCENARIO_ROWS]


@pytest.fixture
def fakes() -> Iterator[dict[str, FakeAimlApi | FakeScenario]]:
    with ExitStack() as stack:
        yield {"aimlapi": stack.enter_context(FakeAimlApi()), "scenario": stack.enter_context(FakeScenario())}


@pytest.fixture
async def services(fakes: dict[str, FakeAimlApi | FakeScenario], data_dir: Path) -> AsyncIterator[Services]:
    env = {"SEEDANCE_DATA_DIR": str(data_dir)}
    for fake in fakes.values():
        env |= fake.settings()
    made = Services(Settings.from_env(env), providers={"aimlapi": AimlApi, "scenario": Scenario}, clock=QuickClock())
    made.start()
    yield made
    await asyncio.get_running_loop().run_in_executor(None, made.stop)


def case_name(value: object) -> str | None:
    return f"{value.reply.status} {value.reply.content().decode()[:60]}" if isinstance(value, Row) else None


@pytest.mark.parametrize(("provider", "row"), CASES, ids=case_name)
async def test_refused_paid_request_tells_what_happened_and_whether_it_cost(
    services: Services, fakes: dict[str, FakeAimlApi | FakeScenario], provider: str, row: Row
) -> None:
    """A4: every row, down to the job that a person sees."""
    request = GenerationRequest(provider=provider, mode=Mode.TEXT, prompt="A tram in the rain")
    await services.quote(request)  # a question for a price goes to the same door
    asked = len(fakes[provider].requests("POST", PATHS[provider]))
    fault = (AcceptThen if row.charged == "unknown" else Instead)(row.reply)
    fakes[provider].script("POST", PATHS[provider], *[fault] * row.attempts)

    job_id = await services.submit(request, owner=LOCAL_OWNER)
    snapshot: dict[str, Any] = dict([snapshot async for _, snapshot in services.watch(job_id)][-1])

    error = snapshot["error"]
    assert (snapshot["state"], error["code"], error["charged"]) == (row.state, row.code, row.charged)
    assert error["asset"] == row.asset
    assert error["next_step"].endswith(".")
    assert len(fakes[provider].requests("POST", PATHS[provider])) - asked == row.attempts
    assert len(fakes[provider].bill) == (1 if row.charged == "unknown" else 0)

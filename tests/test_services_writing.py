"""Code as a verb: for whom, of what, and what is in none of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from seedance_ui.config import Settings
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.errors import InvalidRequestError
from seedance_ui.services import LOCAL_OWNER, Services
from seedance_ui.services.writing import CodeJson
from tests.media_makers import make_image
from tests.scripted import QuickClock, Written

APP_URL = "http://127.0.0.1:7860"
TEXT = GenerationRequest(provider="aimlapi", mode=Mode.TEXT, prompt="a lighthouse")
SECRETS = {
    "AIMLAPI_KEY": "planted-aiml-key",
    "SCENARIO_API_KEY": "planted-key",
    "SCENARIO_API_SECRET": "planted-secret",
}
# A place that only this installation knows: nobody answers there.
NOWHERE = {"AIMLAPI_BASE_URL": "http://127.0.0.1:9", "SCENARIO_BASE_URL": "http://127.0.0.1:9/v1"}


@pytest.fixture
def services(data_dir: Path) -> Iterator[Services]:
    """Return services with every key, and addresses where nobody answers."""
    env = {"SEEDANCE_DATA_DIR": str(data_dir), "SCENARIO_PROJECT_ID": "planted-project", **SECRETS, **NOWHERE}
    made = Services(Settings.from_env(env), clock=QuickClock())
    yield made
    made.stop()


@pytest.fixture
def running(data_dir: Path) -> Iterator[Services]:
    """Return services that make jobs."""
    settings = Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir)})
    made = Services(settings, providers={"scripted": Written}, clock=QuickClock())
    made.start()
    yield made
    made.stop()


def languages(code: CodeJson | None) -> list[str]:
    assert code is not None
    return [program["language"] for program in code["programs"]]


async def test_code_of_a_request_names_what_must_be_set_where_it_runs(services: Services) -> None:
    code = services.code_for_request(TEXT, app_url=APP_URL)
    assert languages(code) == ["curl", "python", "javascript"]
    assert (code["provider_label"], code["is_drawn_here"]) == ("AIML API", False)
    assert (code["duration_s"], code["resolution"], code["variables"]) == (8, "720p", ["AIMLAPI_KEY"])

    scenario = services.code_for_request(replace(TEXT, provider="scenario"), app_url=APP_URL)
    assert scenario["variables"] == ["SCENARIO_API_KEY", "SCENARIO_API_SECRET", "SCENARIO_PROJECT_ID"]


async def test_code_for_the_animatic_asks_this_app(services: Services) -> None:
    code = services.code_for_request(replace(TEXT, provider="animatic"), app_url=APP_URL)
    assert languages(code) == ["python"]
    assert (code["is_drawn_here"], code["variables"]) == (True, [])
    assert f'Client("{APP_URL}")' in code["programs"][0]["code"]


async def test_code_holds_nothing_of_this_installation(services: Services, data_dir: Path, tmp_path: Path) -> None:
    """D1, D5."""
    picture = await services.take_in(make_image(tmp_path / "at home.png", (640, 480)), "at home.png")
    frames = replace(TEXT, mode=Mode.FRAMES, first_frame=picture)
    for provider in ("animatic", "aimlapi", "scenario"):
        for request in (replace(TEXT, provider=provider), replace(frames, provider=provider)):
            said = json.dumps(services.code_for_request(request, app_url=APP_URL))
            for secret in (*SECRETS.values(), "planted-project", "127.0.0.1:9", str(data_dir), str(tmp_path)):
                assert secret not in said
    assert "at home.png" in said


async def test_code_of_a_request_with_a_problem_is_refused_with_the_words_of_generate(services: Services) -> None:
    with pytest.raises(InvalidRequestError, match="Describe the video"):
        services.code_for_request(replace(TEXT, prompt=" "), app_url=APP_URL)
    with pytest.raises(InvalidRequestError, match="There is no provider 'nobody'"):
        services.code_for_request(replace(TEXT, provider="nobody"), app_url=APP_URL)


async def test_code_of_a_job_is_the_code_of_its_request_for_its_owner_only(running: Services) -> None:
    """G1."""
    request = replace(TEXT, provider="scripted")
    job_id = await running.submit(request, owner=LOCAL_OWNER)
    code = await running.code_of_job(job_id, owner=LOCAL_OWNER, app_url=APP_URL)
    assert code == running.code_for_request(request, app_url=APP_URL)
    assert languages(code) == ["python"]
    for other in (None, "", "somebody else"):
        assert await running.code_of_job(job_id, owner=other, app_url=APP_URL) is None
    assert await running.code_of_job("0" * 32, owner=LOCAL_OWNER, app_url=APP_URL) is None

    unlisted = await running.submit(replace(request, seed=1), owner=None)
    assert await running.code_of_job(unlisted, owner=None, app_url=APP_URL) is None

"""What every provider promises; a new one is tested by its line in `PROVIDERS`."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from seedance_ui.config import Settings
from seedance_ui.domain.job import JobState
from seedance_ui.domain.model_spec import OUTPUT_PX
from seedance_ui.domain.pricing import Cost
from seedance_ui.domain.request import AUTO_DURATION_S, GenerationRequest, Mode
from seedance_ui.domain.validation import blocking, check_request
from seedance_ui.errors import AuthenticationError, ProviderError
from seedance_ui.providers import PROVIDERS
from seedance_ui.providers.base import Handles, Provider, Setup
from seedance_ui.variables import KEY_VARIABLES, VARIABLES
from tests.samples import image, references_request, text_request
from tests.scripted import make_job

HOSTED = [provider for provider in PROVIDERS.values() if provider.info.needs_key]
each_provider = pytest.mark.parametrize("kind", PROVIDERS.values(), ids=PROVIDERS)
each_hosted = pytest.mark.parametrize("kind", HOSTED, ids=lambda kind: kind.info.id)

NOBODY = "http://127.0.0.1:9/v1"
"""Nothing listens there."""


def request_for(provider: Provider) -> GenerationRequest:
    """Return words alone, in settings that this provider takes."""
    spec = provider.spec()
    return text_request(
        provider=spec.provider,
        resolution=spec.default_resolution(),
        aspect_ratio=spec.default_aspect_ratio(Mode.TEXT),
        duration_s=spec.min_duration_s,
    )


@pytest.fixture
async def without_key(kind: type[Provider], data_dir: Path) -> AsyncIterator[Provider]:
    made = kind(Setup(data_dir / "work", base_url=NOBODY))
    yield made
    await made.close()


@pytest.fixture
async def with_key(kind: type[Provider], data_dir: Path) -> AsyncIterator[Provider]:
    keys = dict.fromkeys(kind.info.key_variables, "a-key")
    made = kind(Setup(data_dir / "work", keys=keys, base_url=NOBODY))
    yield made
    await made.close()


# Facts


@each_provider
def test_info_says_everything_that_the_page_shows(kind: type[Provider]) -> None:
    info = kind.info
    assert PROVIDERS[info.id] is kind
    assert info.id == info.id.lower()
    assert info.id.isalnum()
    assert info.label
    assert info.hint.endswith(".")
    assert "!" not in info.hint
    assert info.docs_url is None or info.docs_url.startswith("https://")


@each_provider
def test_key_variables_are_settings_and_secrets(kind: type[Provider]) -> None:
    known = {variable.name for variable in VARIABLES}
    assert set(kind.info.key_variables) <= known & set(KEY_VARIABLES)
    settings = Settings.from_env(dict.fromkeys(kind.info.key_variables, "planted-key"))
    assert not kind.info.missing_keys(settings.keys)
    assert "planted-key" not in repr(settings)


@each_hosted
def test_hosted_providers_say_where_they_are_described(kind: type[Provider]) -> None:
    assert kind.info.docs_url is not None
    assert kind.download_hosts


@each_provider
async def test_spec_is_whole_and_about_this_provider(without_key: Provider, kind: type[Provider]) -> None:
    spec = without_key.spec()
    assert spec.provider == kind.info.id
    assert spec.provider_label.lower().endswith(kind.info.label.lower())  # "The animatic takes 4–15 s"
    assert spec.model
    assert 1 <= spec.min_duration_s <= spec.max_duration_s
    assert sorted(spec.resolutions, key=lambda name: int(name.removesuffix("p"))) == list(spec.resolutions)
    assert spec.default_resolution() in spec.resolutions
    assert all(spec.default_aspect_ratio(mode) in spec.aspect_ratios for mode in spec.modes)
    assert {ratio for ratio in spec.aspect_ratios if ratio != "adaptive"} <= {ratio for _, ratio in OUTPUT_PX}
    assert set(spec.prompt_optional_modes) <= set(spec.modes) - {Mode.TEXT}
    assert spec.jobs_at_once >= 1
    assert spec.retention_s >= 3600


@each_hosted
async def test_hosted_providers_are_not_asked_too_often(without_key: Provider) -> None:
    assert without_key.spec().poll_after_s >= 5


@each_provider
async def test_the_page_begins_with_settings_that_pass_every_rule(without_key: Provider) -> None:
    request, spec = request_for(without_key), without_key.spec()
    assert blocking(check_request(request, spec)) == []
    auto = check_request(replace(request, duration_s=AUTO_DURATION_S), spec)
    assert bool(blocking(auto)) is not spec.auto_duration


@each_provider
async def test_every_provider_writes_its_request_as_programs(without_key: Provider, kind: type[Provider]) -> None:
    """Even without a key, since a program is run elsewhere; which keys it needs it says."""
    request = request_for(without_key)
    programs = without_key.programs(request, "http://127.0.0.1:7860")
    assert "python" in [program.language for program in programs]
    for program in programs:
        assert request.prompt in program.code
        assert set(program.variables) == set(kind.info.key_variables)
        assert all(variable in program.code for variable in program.variables)


# Without a key


@each_hosted
async def test_without_a_key_the_message_names_the_variables_and_the_way_on(without_key: Provider) -> None:
    message = without_key.info.missing_keys_message({})
    assert message is not None
    assert all(name in message for name in without_key.info.key_variables)
    assert "animatic" in message


@each_hosted
async def test_without_a_key_no_verb_breaks_in_another_way(without_key: Provider) -> None:
    """A job of yesterday whose key is gone today rests in `needs_key`; it does not break the runner."""
    job = replace(make_job(), request=request_for(without_key), remote_id="r1", state=JobState.RUNNING)
    with pytest.raises(AuthenticationError, match=without_key.info.key_variables[0]):
        await without_key.poll(job)
    with pytest.raises(AuthenticationError):
        await without_key.submit(job, Handles())
    with pytest.raises(AuthenticationError):
        await without_key.check_key()


@each_provider
async def test_estimate_is_a_cost_even_where_nobody_answers(with_key: Provider) -> None:
    cost = (await with_key.estimate(request_for(with_key))).cost
    assert isinstance(cost, Cost)
    assert cost.amount is None or cost.amount >= 0
    assert cost.is_free is not with_key.info.needs_key


@each_provider
async def test_a_price_says_what_it_consists_of_and_since_when_that_holds(with_key: Provider) -> None:
    price = await with_key.estimate(request_for(with_key))
    assert bool(price.parts) is (price.cost.amount is not None)
    assert all(part.amount >= 0 for part in price.parts)
    assert all((part.seconds is None) is (part.per_second is None) for part in price.parts)
    if price.parts and with_key.info.needs_key:
        assert price.basis.endswith(".") and "!" not in price.basis
        assert price.as_of is not None


# Money


@each_hosted
async def test_submit_where_nobody_answers_was_not_taken(with_key: Provider) -> None:
    """A3."""
    job = replace(make_job(), request=request_for(with_key))
    with pytest.raises(ProviderError):
        await with_key.submit(job, Handles())


@each_hosted
def test_an_adapter_has_no_retry_of_its_own(kind: type[Provider]) -> None:
    """A11: what is sent again, and when, is decided by http.py (questions) and by the runner (requests)."""
    tree = ast.parse(inspect.getsource(sys.modules[kind.__module__]))
    imports = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert not re.search(r"stamina|tenacity|httpx|requests|urllib3", " ".join(imports))
    submit = inspect.getsource(kind.submit)
    assert submit.count("submit(") == 2  # its own name, and one call
    assert "while " not in submit
    assert "for " not in submit.partition('"""')[2].rpartition('"""')[2]


@each_provider
async def test_what_a_provider_does_not_offer_is_a_problem_before_anything_is_asked(without_key: Provider) -> None:
    spec = without_key.spec()
    request = replace(request_for(without_key), resolution="8K", duration_s=99, aspect_ratio="2:1")
    assert {problem.field for problem in blocking(check_request(request, spec))} == {
        "resolution",
        "duration_s",
        "aspect_ratio",
    }
    too_many = references_request(images=tuple(image(f"{n}.png") for n in range(10)))
    assert any(problem.field == "references" for problem in blocking(check_request(too_many, spec)))

from __future__ import annotations

import inspect

import pytest

from seedance_ui import errors
from seedance_ui.domain.explain import explain
from seedance_ui.domain.validation import Problem

CLASSES = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.SeedanceError)]


def raised(kind: type[errors.SeedanceError]) -> errors.SeedanceError:
    """Return an error of a class, made as its constructor wants it."""
    if issubclass(kind, errors.InvalidRequestError):
        return kind([Problem("seed", "The seed is -1.")])
    if issubclass(kind, errors.StrayJobError):
        return kind("its words", provider="scenario", remote_id="job_1")
    if issubclass(kind, (errors.ProviderError, errors.SubmitUnknownError)):
        return kind("its words", provider="scenario")
    return kind("its words")


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_error_class_is_explained_in_words_of_its_own(kind: type[errors.SeedanceError]) -> None:
    meant = explain(raised(kind), provider_label="Scenario")

    others = {explain(raised(other), provider_label="Scenario").title for other in CLASSES if other is not kind}
    assert meant.title not in others
    assert meant.code.isidentifier()
    assert meant.charged in {"no", "yes", "unknown"}
    assert not meant.title.endswith(".")
    assert meant.next_step.endswith(".")
    assert "{" not in meant.title
    assert "!" not in meant.title + meant.next_step


def test_explain_names_the_provider_and_keeps_its_words() -> None:
    error = errors.BadRequestError("prompt {too} long", provider="aimlapi")

    meant = explain(error, provider_label="AIML API")

    assert meant.title == "AIML API did not accept this request"
    assert meant.detail == "prompt {too} long"
    assert meant.charged == "no"


def test_explain_names_the_file_where_it_is_known() -> None:
    assert explain(errors.MediaError("no picture", asset="@Image2"), provider_label="Scenario").asset == "@Image2"
    assert explain(errors.StoreError("disk full"), provider_label="Scenario").asset is None


def test_explain_a_class_without_words_of_its_own_takes_its_parents() -> None:
    class MaintenanceError(errors.ProviderUnavailableError):
        pass

    meant = explain(MaintenanceError("back at noon", provider="scenario"), provider_label="Scenario")

    assert (meant.code, meant.title) == ("provider_down", "Scenario cannot be reached")


def test_explain_a_refused_request_says_every_problem() -> None:
    error = errors.InvalidRequestError([Problem("seed", "The seed is -1."), Problem("prompt", "Say something.")])

    assert explain(error, provider_label="Scenario").detail == "The seed is -1. Say something."


def test_explain_an_unknown_submit_never_claims_that_it_was_free() -> None:
    error = errors.SubmitUnknownError("connection lost", provider="aimlapi")

    assert explain(error, provider_label="AIML API").charged == "unknown"


def test_explain_a_closer_code_takes_its_words_and_keeps_what_the_class_says_of_money() -> None:
    error = errors.ContentFilterError("OutputAudioSensitive", provider="scenario", code="moderation_audio")

    meant = explain(error, provider_label="Scenario")

    assert (meant.code, meant.charged) == ("moderation_audio", "no")
    assert meant.title == "Scenario declined the sound that was made for this video"
    assert meant.next_step.startswith("Generate again without sound")


def test_explain_a_code_that_nobody_words_keeps_the_words_of_the_class() -> None:
    error = errors.BadRequestError("no", provider="scenario", code="E4711", asset="@Image2")

    meant = explain(error, provider_label="Scenario")

    assert (meant.code, meant.asset) == ("bad_request", "@Image2")

"""Every program, run against the strict fakes: it sends what the app sends, once, and saves the video."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from seedance_ui.domain.media import MediaFile, MediaKind
from seedance_ui.providers.base import Provider
from seedance_ui.providers.scenario_assets import PART_BYTES
from tests.fakes.aimlapi import GENERATIONS
from tests.fakes.server import AcceptThenDrop, Instead, Reply
from tests.providers.code.world import (
    LANGUAGES,
    PAID,
    SIGNED,
    VIDEO,
    Fake,
    MakeFile,
    body_of,
    environment_for,
    make_adapter,
    make_fake,
    paid,
    program_of,
    put_files_beside,
    quickly,
    send_by_app,
    shapes,
    uploads_of,
)


@pytest.fixture
def make_file(tmp_path: Path) -> MakeFile:
    """Return a way to a checked file, kept as the app keeps it: under another name than the person's."""

    def make(name: str, kind: MediaKind, content: bytes | None = None) -> MediaFile:
        content = name.encode() if content is None else content
        path = tmp_path / "kept" / hashlib.sha256(content).hexdigest()
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        mime = {MediaKind.IMAGE: "image/png", MediaKind.VIDEO: "video/mp4", MediaKind.AUDIO: "audio/mpeg"}[kind]
        return MediaFile(path, kind, mime, len(content), path.name, name)

    return make


@pytest.fixture
def fakes(provider: str) -> Iterator[tuple[Fake, Fake]]:
    """Return one account for the app, and one for the program."""
    with make_fake(provider) as ours, make_fake(provider) as theirs:
        yield ours, theirs


@pytest.fixture
async def adapter(provider: str, fakes: tuple[Fake, Fake], data_dir: Path) -> AsyncIterator[Provider]:
    made = make_adapter(provider, fakes[0], data_dir)
    yield made
    await made.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shape", ["text", "frames", "references", "links"])
@pytest.mark.parametrize("provider", ["aimlapi", "scenario"])
async def test_program_sends_what_the_app_sends_and_saves_the_video(
    provider: str, shape: str, language: str, fakes: Any, adapter: Provider, make_file: MakeFile, run: Any
) -> None:
    ours, theirs = fakes
    request = shapes(provider, make_file)[shape]
    await send_by_app(adapter, request)
    program = program_of(adapter, request, language)
    put_files_beside(run.directory, request)
    environment = environment_for(adapter, theirs, program)

    await asyncio.to_thread(run, program, quickly(adapter, theirs, program), environment)

    assert body_of(provider, theirs) == body_of(provider, ours)
    assert uploads_of(theirs) == uploads_of(ours)
    for header in ("authorization", "content-type"):
        assert paid(provider, theirs).headers[header] == paid(provider, ours).headers[header]
    assert paid(provider, theirs).query == paid(provider, ours).query == {}
    assert len(theirs.bill) == 1
    [video] = run.directory.glob("*.mp4" if shape in ("text", "frames") else "it-s-a*.mp4")
    assert video.read_bytes() == VIDEO
    assert "This is the paid call: run it once." in program.code


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("provider", ["scenario"])
async def test_project_and_a_file_of_several_parts_go_as_the_app_sends_them(
    provider: str, language: str, fakes: Any, data_dir: Path, make_file: MakeFile, run: Any
) -> None:
    ours, theirs = fakes
    adapter = make_adapter(provider, ours, data_dir, project_id="proj 1&2" if language != "curl" else "proj_1")
    long = make_file("long.mp4", MediaKind.VIDEO, bytes(PART_BYTES) + b"the second part")
    request = replace(shapes(provider, make_file)["references"], images=(), videos=(long,), audios=(), prompt="x")
    await send_by_app(adapter, request)
    await adapter.close()
    program = program_of(adapter, request, language)
    put_files_beside(run.directory, request)
    environment = environment_for(adapter, theirs, program)
    environment["SCENARIO_PROJECT_ID"] = adapter.setup.project_id or ""

    await asyncio.to_thread(run, program, quickly(adapter, theirs, program), environment)

    assert body_of(provider, theirs) == body_of(provider, ours)
    assert uploads_of(theirs) == uploads_of(ours)
    assert len(theirs.requests("PUT", ".*")) == 2
    about_api = [one for one in theirs.received if one.path.startswith("/v1/")]
    assert {tuple(one.query.items()) for one in about_api} == {(("projectId", adapter.setup.project_id),)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("fault", [AcceptThenDrop(), Instead(Reply(503, {})), Instead(Reply(400, {"message": "No."}))])
@pytest.mark.parametrize("provider", ["scenario"])
async def test_paid_call_is_never_sent_a_second_time(
    provider: str, fault: Any, language: str, fakes: Any, adapter: Provider, make_file: MakeFile, run: Any
) -> None:
    _, theirs = fakes
    theirs.script("POST", re.escape(PAID[provider]), fault)
    program = program_of(adapter, shapes(provider, make_file)["text"], language)

    done = await asyncio.to_thread(
        run, program, quickly(adapter, theirs, program), environment_for(adapter, theirs, program), check=False
    )

    assert done.returncode != 0
    assert len(theirs.requests("POST", ".*")) == 1
    if isinstance(fault, Instead) and fault.reply.status == 400:
        assert "No." in done.stdout + done.stderr, "the provider's words are shown"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("provider", ["aimlapi"])
async def test_question_without_an_answer_is_asked_again(
    provider: str, language: str, fakes: Any, adapter: Provider, make_file: MakeFile, run: Any
) -> None:
    _, theirs = fakes
    theirs.script("GET", f"{GENERATIONS}|/v1/jobs/.*", Instead(Reply(502, b"<html>")), Instead(Reply(200, b"<html>")))
    program = program_of(adapter, shapes(provider, make_file)["text"], language)

    await asyncio.to_thread(run, program, quickly(adapter, theirs, program), environment_for(adapter, theirs, program))

    assert theirs.unscript() == 0
    assert len(theirs.bill) == 1
    assert [path.read_bytes() for path in run.directory.glob("*.mp4")] == [VIDEO]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("provider", ["aimlapi", "scenario"])
async def test_failed_job_ends_the_program_with_the_providers_words(
    provider: str, language: str, fakes: Any, adapter: Provider, make_file: MakeFile, run: Any
) -> None:
    _, theirs = fakes
    theirs.steps = ("queued", "error" if provider == "aimlapi" else "failure")
    program = program_of(adapter, shapes(provider, make_file)["text"], language)

    done = await asyncio.to_thread(
        run, program, quickly(adapter, theirs, program), environment_for(adapter, theirs, program), check=False
    )

    assert done.returncode != 0
    words = theirs.failure["message"] if isinstance(theirs.failure, dict) else theirs.failure
    assert words in done.stdout + done.stderr


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("missing", ["file", "key"])
@pytest.mark.parametrize("provider", ["aimlapi", "scenario"])
async def test_program_without_its_file_or_key_pays_nothing(
    provider: str, missing: str, language: str, fakes: Any, adapter: Provider, make_file: MakeFile, run: Any
) -> None:
    _, theirs = fakes
    request = shapes(provider, make_file)["references" if provider == "scenario" else "frames"]
    program = program_of(adapter, request, language)
    environment = environment_for(adapter, theirs, program)
    if missing == "key":
        put_files_beside(run.directory, request)
        del environment[adapter.info.key_variables[-1]]

    done = await asyncio.to_thread(run, program, quickly(adapter, theirs, program), environment, check=False)

    assert done.returncode != 0
    assert theirs.bill == []
    assert theirs.requests("POST", re.escape(PAID[provider])) == []


@pytest.mark.parametrize("shape", ["text", "frames", "references", "links"])
@pytest.mark.parametrize("provider", ["aimlapi", "scenario"])
async def test_program_holds_no_key_no_path_and_no_signed_link(
    provider: str, shape: str, fakes: Any, adapter: Provider, make_file: MakeFile, tmp_path: Path
) -> None:
    request = shapes(provider, make_file)[shape]
    programs = adapter.programs(request, "http://here")
    assert programs
    for program in programs:
        for secret in (*adapter.setup.keys.values(), str(tmp_path), fakes[0].origin, SIGNED, "handover"):
            assert secret not in program.code
        assert set(adapter.info.key_variables) <= set(program.variables)
        assert ("VIDEO_2_URL" in program.variables) is (shape == "links")
        assert ("the signed link of the form" in program.code) is (shape == "links")
        assert ("a link to walk.mp4" in program.code) is (shape == "references" and provider == "aimlapi")

"""The services' verbs behind `Fix it`: a copy keeps the rules of the provider, or there is none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from seedance_ui.config import Settings
from seedance_ui.domain.media import MediaKind
from seedance_ui.domain.model_spec import MediaLimits
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.errors import MediaError
from seedance_ui.providers import PROVIDERS
from seedance_ui.services import Services
from tests.media_makers import make_image, make_video
from tests.samples import STRICT


@pytest.fixture
async def services(data_dir: Path) -> AsyncIterator[Services]:
    settings = Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir), "SEEDANCE_PUBLIC_URL": "https://here.example"})
    services = Services(settings)
    yield services
    await asyncio.get_running_loop().run_in_executor(None, services.stop)


@pytest.mark.parametrize("provider_id", PROVIDERS)
async def test_fix_of_a_problem_leads_to_a_request_without_it(
    services: Services, tmp_path: Path, provider_id: str
) -> None:
    """At every provider there is."""
    wide = await services.take_in(make_image(tmp_path / "wide.png", (1600, 400)), "wide.png")
    clip = await services.take_in(make_video(tmp_path / "a.mov", size=(1920, 1080), seconds=2.0, fps=5), "a.mov")
    prompt = "@Image1 and @Video1"
    request = GenerationRequest(provider_id, Mode.REFERENCES, prompt, images=(wide,), videos=(clip,))
    while problems := [problem for problem in services.check(request) if problem.severity == "problem"]:
        fix = problems[0].fix
        assert fix is not None
        copy = await services.fix(fix, services.spec(provider_id))
        mine = {"images": (copy,)} if copy.kind is MediaKind.IMAGE else {"videos": (copy,)}
        request = replace(request, **mine)
        assert problems[0] not in services.check(request)
    assert request.images[0].width_px == 1000
    assert wide.path.exists() and clip.path.exists()


async def test_find_fix_of_a_refused_file_follows_the_slot(services: Services, tmp_path: Path) -> None:
    gif = make_image(tmp_path / "a.gif", (640, 360))
    fix = await services.find_fix(gif, "a.gif", MediaKind.IMAGE, STRICT)
    assert fix is not None and fix.mime == "image/png"
    assert await services.find_fix(gif, "a.gif", MediaKind.VIDEO, STRICT) is None
    (tmp_path / "a.txt").write_text("words")
    assert await services.find_fix(tmp_path / "a.txt", "a.txt", MediaKind.IMAGE, STRICT) is None


async def test_copy_that_would_be_refused_as_well_is_none(services: Services, tmp_path: Path) -> None:
    """The rules are asked once more about what came out; here they changed meanwhile."""
    file = await services.take_in(make_image(tmp_path / "wide.png", (1600, 400)), "wide.png")
    request = GenerationRequest("animatic", Mode.REFERENCES, "@Image1", images=(file,))
    [problem] = services.check(request)
    assert problem.fix is not None
    narrower = replace(STRICT, limits=MediaLimits(max_aspect=1.0))
    with pytest.raises(MediaError, match=r"^wide\.png could not be fixed\. The copy is 1000") as caught:
        await services.fix(problem.fix, narrower)
    assert caught.value.asset == "wide.png"

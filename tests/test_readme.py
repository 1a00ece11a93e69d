"""What the README says that a test can check, is checked."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from seedance_ui.domain.model_spec import ADAPTIVE, ASPECT_RATIOS, MAX_SEED
from seedance_ui.domain.request import AUTO_DURATION_S, GenerationRequest, Mode
from seedance_ui.domain.shared_run import MAX_RUN_BYTES
from seedance_ui.jobs.room import MIN_FREE_BYTES, MIN_FREE_BYTES_PAID
from seedance_ui.providers import PROVIDERS
from seedance_ui.providers.base import Provider, Setup
from seedance_ui.ui.messages import price_text
from seedance_ui.variables import VARIABLES
from tests.fakes.scenario import KEY, SECRET, FakeScenario

PRICES = {
    "animatic": "Free",
    "scenario": "exact, as in `40 CU`; with Auto or reference videos `About 40 CU`",
    "aimlapi": "estimate, as in `About $2.52`",
}
STOPPING = {"always": "always", "maybe": "we ask; it may refuse", "never": "not possible"}

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FRONT_MATTER = yaml.safe_load(README.split("---")[1])


def pinned(name: str) -> str:
    match = re.search(rf"^{name}==(\S+)", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert match is not None
    return match[1]


def test_front_matter_is_what_a_space_needs() -> None:
    assert FRONT_MATTER["sdk"] == "gradio"
    assert FRONT_MATTER["sdk_version"] == pinned("gradio")
    assert (ROOT / FRONT_MATTER["app_file"]).is_file()
    assert FRONT_MATTER["python_version"] == "3.11"
    assert len(FRONT_MATTER["short_description"]) <= 60


def test_every_variable_is_listed_with_unit_and_default() -> None:
    listed = re.findall(r"^\| `([A-Z_]+)` \| (.+) \| (.+) \|$", README, re.MULTILINE)
    assert listed == [(variable.name, variable.unit, variable.default) for variable in VARIABLES]


def test_every_command_is_a_target_of_make() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE)
    assert {"run", "test"} <= set(commands)
    assert set(commands) <= set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


def test_the_settings_table_is_what_the_default_provider_takes(tmp_path: Path) -> None:
    spec = PROVIDERS["animatic"](Setup(tmp_path)).spec()
    page = GenerationRequest(provider="animatic", mode=Mode.TEXT, prompt="")
    assert spec.auto_duration
    assert f"| Duration | {spec.min_duration_s}–{spec.max_duration_s} s; Auto where" in README
    assert f"(the animatic makes 5 s) | {page.duration_s} s |" in README
    assert f"| Resolution | {', '.join(spec.resolutions)} | {page.resolution} |" in README
    assert f"| Aspect ratio | {', '.join(ASPECT_RATIOS)}; Adaptive where" in README
    assert f"| {page.aspect_ratio}; with a first frame Adaptive |" in README
    assert f"| Seed | 0–{MAX_SEED}" in README


def provider_row(provider: Provider) -> str:
    """Return what the table of the README says about a provider."""
    info, spec = provider.info, provider.spec()
    cells = (
        info.label,
        ", ".join(f"`{name}`" for name in info.key_variables) or "none",
        "yes" if spec.auto_duration else "no",
        "yes" if ADAPTIVE in spec.aspect_ratios else "no",
        "optional with files" if spec.prompt_optional_modes else "always",
        PRICES[info.id],
        STOPPING[spec.can_cancel],
    )
    return f"| {' | '.join(cells)} |"


def test_the_table_of_providers_is_what_they_declare(tmp_path: Path) -> None:
    """Every difference that the table leaves out is none: the other facts of their models are the same."""
    providers = [make(Setup(tmp_path)) for make in PROVIDERS.values()]
    table = README.split("## Providers")[1].split("\n\n")[2].splitlines()
    assert table[2:] == [provider_row(provider) for provider in providers]
    assert (
        len({(one.spec().resolutions, one.spec().min_duration_s, one.spec().max_duration_s) for one in providers}) == 1
    )


async def test_the_prices_of_the_table_are_of_the_kind_that_providers_tell(
    tmp_path: Path, finished_video: Path
) -> None:
    request = GenerationRequest(provider="", mode=Mode.TEXT, prompt="A tram")
    with FakeScenario(finished_video.read_bytes()) as fake:
        keys = {"SCENARIO_API_KEY": KEY, "SCENARIO_API_SECRET": SECRET}
        setups = {"scenario": Setup(tmp_path, keys=keys, base_url=fake.base_url)}
        for name, make in PROVIDERS.items():
            provider = make(setups.get(name, Setup(tmp_path)))
            texts = [price_text((await provider.estimate(request)).cost)]
            if provider.spec().auto_duration:
                texts.append(price_text((await provider.estimate(replace(request, duration_s=AUTO_DURATION_S))).cost))
            await provider.close()
            assert all(text in PRICES[name] for text in texts), texts


def test_the_free_disk_limit_is_the_real_one() -> None:
    assert f"Below {MIN_FREE_BYTES // 1_000_000} MB of free disk nothing new is started" in README
    assert f"below {MIN_FREE_BYTES_PAID // 1_000_000_000} GB no paid video" in README


def test_the_largest_run_is_the_real_one() -> None:
    assert f"up to {MAX_RUN_BYTES // 1_000_000_000} GB, each byte checked" in README


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#]+)\)", README))
def test_links_and_pictures_lead_to_files(target: str) -> None:
    assert (ROOT / target).is_file()


@pytest.mark.parametrize("picture", sorted((ROOT / "assets" / "readme").glob("*")), ids=lambda path: path.name)
def test_pictures_are_light(picture: Path) -> None:
    assert picture.stat().st_size <= 300_000
    assert f"assets/readme/{picture.name}" in README

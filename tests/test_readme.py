"""What the README says that a test can check, is checked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from seedance_ui.domain.model_spec import ASPECT_RATIOS, MAX_SEED
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.providers import PROVIDERS
from seedance_ui.providers.base import Setup
from seedance_ui.services import MIN_FREE_BYTES
from seedance_ui.variables import VARIABLES

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


def test_both_commands_are_targets_of_make() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE):
        assert re.search(rf"^{command}:", makefile, re.MULTILINE), command


def test_the_settings_table_is_what_the_default_provider_takes(tmp_path: Path) -> None:
    spec = PROVIDERS["animatic"](Setup(tmp_path)).spec()
    page = GenerationRequest(provider="animatic", mode=Mode.TEXT, prompt="")
    assert spec.auto_duration
    assert f"| {spec.min_duration_s}–{spec.max_duration_s} s, or Auto" in README
    assert f"| Duration | 4–15 s, or Auto (the animatic makes 5 s) | {page.duration_s} s |" in README
    assert f"| Resolution | {', '.join(spec.resolutions)} | {page.resolution} |" in README
    assert f"| Aspect ratio | {', '.join(ASPECT_RATIOS)} | {page.aspect_ratio} |" in README
    assert f"| Seed | 0–{MAX_SEED}" in README


def test_the_free_disk_limit_is_the_real_one() -> None:
    assert f"Below {MIN_FREE_BYTES // 1_000_000} MB of free disk" in README


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#]+)\)", README))
def test_links_and_pictures_lead_to_files(target: str) -> None:
    assert (ROOT / target).is_file()


@pytest.mark.parametrize("picture", sorted((ROOT / "assets" / "readme").glob("*")), ids=lambda path: path.name)
def test_pictures_are_light(picture: Path) -> None:
    assert picture.stat().st_size <= 300_000
    assert f"assets/readme/{picture.name}" in README

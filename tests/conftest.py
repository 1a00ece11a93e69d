"""One house for every test: no environment of the person who runs it, no data of theirs, no way out of this machine.

The way out is shut in `pyproject.toml` (`--disable-socket --allow-hosts`): only loopback can be connected to, so that
no test can spend money. `test_house.py` proves it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Playwright, sync_playwright

from seedance_ui.variables import VARIABLES
from tests import without_stubs
from tests.chromium import launch_chromium
from tests.postgresql import PostgresqlMissingError, PostgresqlServer, running_postgresql

without_stubs.install()

# A busy machine is no failure: properties are about results, not about time.
settings.register_profile("no-deadline", deadline=None)
settings.load_profile("no-deadline")

PLATFORM_VARIABLES = ("SPACE_ID", "SPACE_HOST")
"""Set by Hugging Face Spaces, not by a person."""


HAS_FAILED = pytest.StashKey[bool]()
"""Of a test, once it has run and its fixtures are about to end."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that needs a browser, before tests are chosen by their marks.

    It has a second try: page, browser, app and encoder share the cores with another test's. No other test has one: what
    fails once about money or files has failed.
    """
    for item in items:
        if isinstance(item, pytest.Function) and "playwright" in item.fixturenames:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the fixtures of a test see at their end whether it failed."""
    report = yield
    item.stash[HAS_FAILED] = report.failed
    return report


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hide the settings and the data directory of whoever runs the tests."""
    for name in (*(variable.name for variable in VARIABLES), *PLATFORM_VARIABLES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg-data"))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    monkeypatch.setenv("GRADIO_ANALYTICS_ENABLED", "False")


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Return an empty data directory that nobody else uses."""
    directory = tmp_path / "data"
    directory.mkdir()
    return directory


@pytest.fixture(scope="session")
def profile_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the browsers of all modules keep their cache."""
    return tmp_path_factory.mktemp("profile")


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Yield Playwright, for one module: its event loop keeps every other one of this thread from running."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Yield a browser for pages that need a context of their own, such as a phone's or one in another language."""
    browser = launch_chromium(playwright)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """Return a PostgreSQL server that lives as long as the tests; skips where there can be none."""
    try:
        with running_postgresql() as server:
            yield server
    except PostgresqlMissingError as exc:
        pytest.skip(f"{exc}.")


@pytest.fixture
def postgresql_url(postgresql: PostgresqlServer) -> Iterator[str]:
    """Return the URL of an empty PostgreSQL database that nobody else uses."""
    with postgresql.fresh_database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, data_dir: Path) -> str:
    """Return the URL of an empty database that nobody else uses, on each engine in turn."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgresql_url")
    return f"sqlite:///{data_dir}/jobs.sqlite3"


@pytest.fixture(scope="session")
def finished_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one second of noise, 320 × 240 pixels: more than 10 kB of real H.264."""
    path = tmp_path_factory.mktemp("videos") / "finished.mp4"
    noise = np.random.default_rng(1)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for _ in range(24):
            frame = av.VideoFrame.from_ndarray(noise.integers(0, 255, (240, 320, 3), dtype=np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path

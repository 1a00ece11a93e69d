"""An address that cannot be had is said in one sentence, and so is an application that does not start."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from seedance_ui.config import Settings
from seedance_ui.errors import ConfigError, SeedanceError
from seedance_ui.services import Services
from seedance_ui.web.app import create_app
from seedance_ui.web.server import listen, serve


def test_listen_takes_a_free_port() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert listener.getsockname()[1] > 0


def test_listen_on_a_port_in_use_names_the_variable() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=rf"Port {port} is in use.*GRADIO_SERVER_PORT"):
            listen("127.0.0.1", port)


def test_listen_on_an_address_of_nobody_names_the_variable() -> None:
    with pytest.raises(ConfigError, match="GRADIO_SERVER_NAME"):
        listen("192.0.2.1", 0)


def test_serve_of_an_application_that_does_not_start_is_an_error() -> None:
    """Else the process would end as if all were well."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        raise OSError("no room for the runner")
        yield

    with listen("127.0.0.1", 0) as listener, pytest.raises(SeedanceError, match="reason"):
        serve(FastAPI(lifespan=lifespan), listener, behind_proxy=False)


def test_services_that_did_not_start_whole_are_stopped(data_dir: Path) -> None:
    services = Services(Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir)}))
    services.start()
    with pytest.raises(RuntimeError, match="threads can only be started once"), TestClient(create_app(services)):
        pytest.fail("it started twice")
    assert not services.is_running

"""An address that cannot be had is said in one sentence."""

from __future__ import annotations

import pytest

from seedance_ui.errors import ConfigError
from seedance_ui.web.server import listen


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

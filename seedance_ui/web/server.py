"""Serve an application until a signal."""

from __future__ import annotations

import errno
import logging
import socket
from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from seedance_ui.errors import ConfigError, SeedanceError
from seedance_ui.web.streams import EndableStreams

log = logging.getLogger(__name__)

STOP_WITHIN_S = 3
"""How long a shutdown waits for answers that are being written; open event streams end at once."""


class _Server(uvicorn.Server):
    """uvicorn, which first ends the streams that it would wait for."""

    def __init__(self, config: uvicorn.Config, streams: EndableStreams) -> None:
        super().__init__(config)
        self._streams = streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._streams.end()
        await super().shutdown(sockets)


def listen(host: str, port: int) -> socket.socket:
    """Return a bound socket.

    Raises:
        ConfigError: The address cannot be had; the message names the variables to change.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as exc:
        if exc.errno == errno.EADDRINUSE:
            raise ConfigError(
                f"Port {port} is in use, maybe by this app in another window. "
                "Stop that one, or set GRADIO_SERVER_PORT to another port."
            ) from exc
        raise ConfigError(
            f"The address {host!r}, port {port} cannot be had: {exc.strerror}. "
            "Check GRADIO_SERVER_NAME and GRADIO_SERVER_PORT."
        ) from exc


def serve(app: FastAPI, listener: socket.socket, *, behind_proxy: bool) -> None:
    """Answer on a bound socket until SIGINT or SIGTERM.

    Args:
        app: The whole application.
        listener: From `listen`.
        behind_proxy: Whether forwarded headers come from a proxy that is trusted (a Space's).

    Raises:
        SeedanceError: The application did not start; its reason is in the log.
    """
    host, port = listener.getsockname()[:2]
    streams = EndableStreams(app)
    config = uvicorn.Config(
        streams,
        log_level="warning",
        proxy_headers=behind_proxy,
        forwarded_allow_ips="*" if behind_proxy else "",
        timeout_graceful_shutdown=STOP_WITHIN_S,
        server_header=False,
    )
    shown = f"[{host}]" if ":" in host else host
    log.info("Seedance Playground is on http://%s:%d", shown, port)
    server = _Server(config, streams)
    with suppress(KeyboardInterrupt):  # uvicorn shuts down in order, and then raises Ctrl + C once more
        with suppress(SystemExit):  # its way to say that the application did not start; other versions only return
            server.run(sockets=[listener])
        if not server.started:
            raise SeedanceError("The reason stands above.")

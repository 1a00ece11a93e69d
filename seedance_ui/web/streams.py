"""Event streams that end with the server: ours and Gradio's.

A stream has no end of its own. uvicorn 0.54 waits for it, then cuts it and prints a traceback; where a library ends
its streams at a signal without closing the answer (sse-starlette 3.7), uvicorn prints an error.
"""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class EndableStreams:
    """ASGI middleware around everything, whose `end` ends every open event stream in order."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._ended = asyncio.Event()

    def end(self) -> None:
        """Let open streams, and those to come, end now; from the loop that serves them."""
        self._ended.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; at the end an open event stream believes that its client hung up, and is closed."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        stream = _Stream(receive, send, self._ended)
        await self._app(scope, stream.receive, stream.send)
        if stream.is_open and self._ended.is_set():
            await send({"type": "http.response.body", "body": b"", "more_body": False})


class _Stream:
    """One answer; `is_open` from the start to the end of an event stream."""

    def __init__(self, receive: Receive, send: Send, ended: asyncio.Event) -> None:
        self._receive = receive
        self._send = send
        self._ended = ended
        self.is_open = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            media_type = Headers(raw=message["headers"]).get("content-type", "")
            self.is_open = media_type.startswith("text/event-stream")
        elif not message.get("more_body", False):
            self.is_open = False
        await self._send(message)

    async def receive(self) -> Message:
        received = asyncio.ensure_future(self._receive())
        ended = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait((received, ended), return_when=asyncio.FIRST_COMPLETED)
            if self.is_open and not received.done():
                return {"type": "http.disconnect"}
            return await received
        finally:
            for task in (received, ended):
                task.cancel()

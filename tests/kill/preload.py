"""What every process under test is forked from: imports, a bundle of certificates and a first job are paid for once.

Imported by the fork server only: it changes what the whole process shares.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module

import httpx

from tests.kill import child as child
from tests.kill.warm_up import warm_up

LATE_IMPORTS = (
    "anyio._backends._asyncio",
    "h11",
    "httpcore",
    "psycopg",
    "pydantic.v1",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
)
"""What libraries import at the first use; half of what a process would cost."""

for name in LATE_IMPORTS:
    import_module(name)

_CONTEXT = httpx.create_ssl_context()  # 20 ms each, and nobody here speaks TLS
httpx._transports.default.create_ssl_context = lambda **_: _CONTEXT  # type: ignore[attr-defined]
httpx.create_ssl_context = lambda **_: _CONTEXT  # type: ignore[attr-defined]
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]  # sought in vain at every request, in every folder
warm_up()
gc.disable()  # none of them lives long
gc.freeze()  # a page that a collection touches is copied

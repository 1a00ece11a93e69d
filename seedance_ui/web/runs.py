"""A run as one file: out of this installation by its job's id, into it on one's own machine only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.requests import ClientDisconnect

from seedance_ui.errors import MediaError, NotAllowedError, SeedanceError
from seedance_ui.services import Services
from seedance_ui.web.ids import NO_STORE, found_or_404, known_form

IMPORT_PATH = "/api/import"


def create_run_router(services: Services) -> APIRouter:
    """Return the routes over these services."""
    router = APIRouter()

    @router.get("/api/jobs/{job_id}/run.zip")
    async def run_zip(job_id: str) -> Response:
        try:
            run = found_or_404(await services.export_run(known_form(job_id)))
        except MediaError as exc:
            raise HTTPException(404, str(exc)) from exc
        headers = {
            **NO_STORE,
            "Content-Disposition": "attachment",  # its name is the page's to give, which has the prompt
            "Content-Length": str(run.size_bytes),
            "X-Robots-Tag": "noindex",
        }
        return StreamingResponse(run.chunks(), media_type="application/zip", headers=headers)

    @router.post(IMPORT_PATH)
    async def import_run(request: Request) -> JSONResponse:
        size_bytes, stream = _announced(request), request.stream()
        try:
            imported = await services.import_run(stream, size_bytes)
        except NotAllowedError as exc:
            raise HTTPException(403, str(exc)) from exc
        except SeedanceError as exc:
            await _drain(stream)
            raise HTTPException(409, str(exc)) from exc
        except ClientDisconnect:
            return JSONResponse({"detail": "The connection broke. Nothing was imported."}, status_code=400)
        answer = {"job_id": imported.job_id, "outcome": imported.outcome}
        return JSONResponse(answer, status_code=201 if imported.outcome == "imported" else 200, headers=NO_STORE)

    return router


def _announced(request: Request) -> int:
    """Return how many bytes will come; the guard has seen to it that this is a number."""
    announced = request.headers.get("content-length")
    if announced is None:
        raise HTTPException(411, "The length of the file must be announced.")
    return int(announced)


async def _drain(stream: AsyncIterator[bytes]) -> None:
    """Let the rest come and go: a browser that is still sending reads no answer."""
    with suppress(ClientDisconnect):
        async for _ in stream:
            pass

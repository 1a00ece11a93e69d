"""Job status, events, media and health: the routes that the page and clients call beside Gradio.

A job id is the capability: it is unguessable, and every id that is not there gets the same 404.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Awaitable
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Query, Response
from fastapi.responses import FileResponse, JSONResponse
from pydantic import BaseModel, StringConstraints
from sse_starlette import EventSourceResponse, ServerSentEvent

from seedance_ui import __version__
from seedance_ui.domain.job import FINAL_STATES, JOB_ID, MAX_ASKED_ABOUT, RESTING_STATES, SnapshotJson
from seedance_ui.errors import SeedanceError
from seedance_ui.services import Services
from seedance_ui.web.ids import NO_STORE, found_or_404, known_form

RETRY_MS = 2000
"""How soon a browser comes back after its stream broke, in milliseconds."""

RESTING_RETRY_MS = 30_000
"""The same behind an event that leaves the job at rest: its stream ends, and would end again at once."""

PING_S = 15
"""How often a silent stream sends a comment, so that no proxy takes it for dead; in seconds."""

_MEDIA_NAME = re.compile(rf"{JOB_ID.pattern}(\.mp4|\.jpg|-last\.png)")
_TOKEN = re.compile(r"[0-9a-f]{32}")
_MEDIA_TYPES = {".mp4": "video/mp4", ".jpg": "image/jpeg", "-last.png": "image/png"}


class Found(BaseModel):
    """What a person found at the provider."""

    generation_id: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


def create_router(services: Services) -> APIRouter:
    """Return the routes over these services."""
    router = APIRouter()

    @router.get("/healthz")
    async def healthz() -> JSONResponse:
        jobs = await services.count_by_state()
        status = "read_only" if services.is_read_only else "ok" if services.is_running else "stopped"
        answer = {"status": status, "version": __version__, "jobs": jobs}
        return JSONResponse(answer, status_code=200 if services.is_running else 503, headers=NO_STORE)

    @router.get("/api/jobs")
    async def some_jobs(ids: Annotated[list[str] | None, Query(alias="id")] = None) -> JSONResponse:
        wanted = list(dict.fromkeys(ids or ()))
        if len(wanted) > MAX_ASKED_ABOUT:
            raise HTTPException(400, f"At most {MAX_ASKED_ABOUT} ids at once.")
        found = [await _snapshot(services, job_id) for job_id in wanted]
        return JSONResponse([snapshot for snapshot in found if snapshot], headers=NO_STORE)

    @router.get("/api/jobs/{job_id}")
    async def one_job(job_id: str) -> JSONResponse:
        return JSONResponse(found_or_404(await _snapshot(services, job_id)), headers=NO_STORE)

    @router.post("/api/jobs/{job_id}/cancel")
    async def cancel(job_id: str) -> JSONResponse:
        return await _done(services.cancel(known_form(job_id)))

    @router.post("/api/jobs/{job_id}/check-again")
    async def check_again(job_id: str) -> JSONResponse:
        return await _done(services.check_again(known_form(job_id)))

    @router.post("/api/jobs/{job_id}/find-video")
    async def find_video(job_id: str, found: Found) -> JSONResponse:
        return await _done(services.find_video(known_form(job_id), found.generation_id))

    @router.post("/api/jobs/{job_id}/try-now")
    async def try_now(job_id: str) -> JSONResponse:
        return await _done(services.try_now(known_form(job_id)))

    @router.post("/api/jobs/{job_id}/close")
    async def close(job_id: str) -> JSONResponse:
        return await _done(services.close(known_form(job_id)))

    @router.get("/api/jobs/{job_id}/events")
    async def events(job_id: str, last_event_id: Annotated[str | None, Header()] = None) -> Response:
        snapshot = found_or_404(await _snapshot(services, job_id))
        after = _seq(last_event_id)
        is_final = snapshot["state"] in FINAL_STATES
        if is_final and after and not await services.events_after(job_id, after):
            return Response(status_code=204)  # tells a browser's EventSource to stop coming back
        return EventSourceResponse(
            _stream(services, job_id, after), ping=PING_S, headers={**NO_STORE, "X-Accel-Buffering": "no"}
        )

    @router.get("/api/jobs/{job_id}/evidence.json")
    async def evidence(job_id: str) -> Response:
        found = found_or_404(await services.evidence(known_form(job_id)))
        headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="seedance-{job_id}.json"'}
        # Indented: people read it before they send it to anybody.
        return Response(json.dumps(found, indent=2), media_type="application/json", headers=headers)

    @router.get("/media/{name}")
    async def media(name: str) -> FileResponse:
        match = _MEDIA_NAME.fullmatch(name)
        path = services.media_path(name) if match else None
        if match is None or path is None:
            raise HTTPException(404)
        headers = {"Cache-Control": "private, max-age=86400, immutable", "X-Robots-Tag": "noindex"}
        return FileResponse(path, media_type=_MEDIA_TYPES[match[1]], headers=headers)

    @router.api_route("/handover/{token}", methods=["GET", "HEAD"])
    async def handover(token: str) -> FileResponse:
        file = await services.handed_over(token) if _TOKEN.fullmatch(token) else None
        if file is None:
            raise HTTPException(404)
        headers = {**NO_STORE, "X-Robots-Tag": "noindex"}
        return FileResponse(file.path, media_type=file.mime, headers=headers)

    return router


async def _snapshot(services: Services, job_id: str) -> SnapshotJson | None:
    return await services.snapshot(job_id) if JOB_ID.fullmatch(job_id) else None


async def _done(wish: Awaitable[SnapshotJson | None]) -> JSONResponse:
    """Answer with the job as it is after a person's wish; 409 with the words where it could not be done."""
    try:
        return JSONResponse(found_or_404(await wish), status_code=202, headers=NO_STORE)
    except SeedanceError as exc:
        raise HTTPException(409, str(exc)) from exc


def _seq(last_event_id: str | None) -> int:
    """Return where a stream goes on; what is not a number starts it over, which repeats but loses nothing."""
    return int(last_event_id) if last_event_id and re.fullmatch(r"[0-9]{1,9}", last_event_id) else 0


async def _stream(services: Services, job_id: str, after: int) -> AsyncIterator[ServerSentEvent]:
    async for seq, snapshot in services.watch(job_id, after=after):
        retry_ms = RESTING_RETRY_MS if snapshot["state"] in RESTING_STATES else RETRY_MS
        yield ServerSentEvent(json.dumps(snapshot), event="job", id=str(seq), retry=retry_ms)

"""The FastAPI application that Gradio is mounted on. Our own routes are registered first, and win."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from seedance_ui.services import Services
from seedance_ui.web.guard import Guard
from seedance_ui.web.routes import create_router
from seedance_ui.web.runs import create_run_router

ASSETS = Path(__file__).resolve().parents[2] / "assets"
"""Style sheets, scripts, fonts and example media; served below `/page`, since Gradio has an `/assets` of its own."""


def create_app(services: Services) -> FastAPI:
    """Return the application without its page: routes, static files and the guard around everything."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            services.start()
            yield
        finally:
            services.stop()

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.include_router(create_router(services))
    app.include_router(create_run_router(services))
    app.mount("/page", StaticFiles(directory=ASSETS), name="page")
    app.add_middleware(
        Guard,
        hosts=services.settings.allowed_hosts,
        allows_ip_hosts=services.settings.allows_ip_hosts,
        takes_runs=not services.is_public,
    )
    return app

"""Start Seedance Playground: read the settings, build the app, serve it. No logic."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import gradio as gr  # noqa: TID251 - the mount
from fastapi import FastAPI

from seedance_ui.config import Settings, read_environment
from seedance_ui.errors import SeedanceError
from seedance_ui.services import Services
from seedance_ui.ui import languages, theme
from seedance_ui.ui.build import build_ui
from seedance_ui.web.app import create_app
from seedance_ui.web.server import listen, serve


def create(settings: Settings) -> FastAPI:
    """Return the whole application: our routes, and the page mounted behind them."""
    services = Services(settings)
    app: FastAPI = gr.mount_gradio_app(
        create_app(services),
        build_ui(services),
        path="/",
        run_history=False,
        ssr_mode=False,
        show_error=False,
        enable_monitoring=False,
        mcp_server=False,
        footer_links=[],
        max_file_size="50mb",
        allowed_paths=[],
        blocked_paths=[str(settings.data_dir)],
        theme=theme.THEME,
        css_paths=theme.CSS_PATHS,
        head=languages.head_html(languages.find_languages()) + theme.head_html(),
        favicon_path=theme.FAVICON,
    )
    return app


def main() -> None:
    """Serve until a signal; a wrong setting or a port in use ends with one sentence."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        settings = Settings.from_env(read_environment(Path(".env")))
        with listen(settings.server_name, settings.server_port) as listener:
            serve(create(settings), listener, behind_proxy=settings.is_space)
    except SeedanceError as exc:
        sys.exit(f"Seedance Playground cannot start. {exc}")


if __name__ == "__main__":
    main()

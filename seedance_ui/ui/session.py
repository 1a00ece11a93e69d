"""Whose page this is: in public mode a random token in the browser, at home nobody asks."""

from __future__ import annotations

import hashlib
import secrets

import gradio as gr

from seedance_ui.domain.job import JOB_ID

_SECRET = "seedance-v1"  # noqa: S105 - Gradio hands it to every browser: it hides nothing, it only has to stay the same
_MAX_VISITOR_CHARS = 200
_VISITOR_BYTES = 32


def create_state() -> gr.BrowserState:
    """Return the state that a browser keeps over reloads and restarts."""
    return gr.BrowserState({}, storage_key="seedance-v1", secret=_SECRET)


def read_visitor(state: object) -> str | None:
    """Return the token that a browser sent; None where there is none, or something else."""
    visitor = state.get("visitor") if isinstance(state, dict) else None
    return visitor if isinstance(visitor, str) and 0 < len(visitor) <= _MAX_VISITOR_CHARS else None


def read_job_id(value: object) -> str | None:
    """Return the job that a browser names; None for what cannot be an id."""
    return value if isinstance(value, str) and JOB_ID.fullmatch(value) else None


def visitor_for(state: object, *, is_public: bool, form_token: str | None = None) -> str | None:
    """Return the visitor of a page or a click; in public mode one without a state is made a visitor.

    A click before the page has its state makes one of its form token, so that the same click, sent again, has the
    same owner and finds the same job (A6).
    """
    visitor = read_visitor(state)
    if not is_public or visitor is not None:
        return visitor
    if form_token is not None:
        return hashlib.sha256(f"visitor:{form_token}".encode()).hexdigest()
    return secrets.token_hex(_VISITOR_BYTES)


def state_of(visitor: str | None) -> dict[str, str]:
    """Return what the browser keeps. Never None: Gradio would keep the old value (an empty dict clears it)."""
    return {"visitor": visitor} if visitor else {}

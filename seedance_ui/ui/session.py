"""Whose page this is: in public mode a random token in the browser, at home nobody asks."""

from __future__ import annotations

import secrets

import gradio as gr

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


def visitor_for(state: object, *, is_public: bool) -> str | None:
    """Return the visitor of a click; a first click in public mode makes one."""
    visitor = read_visitor(state)
    return secrets.token_hex(_VISITOR_BYTES) if is_public and visitor is None else visitor


def state_of(visitor: str | None) -> dict[str, str]:
    """Return what the browser keeps. Never None: Gradio would keep the old value (an empty dict clears it)."""
    return {"visitor": visitor} if visitor else {}

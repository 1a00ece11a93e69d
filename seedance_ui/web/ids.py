"""What all routes by a job's id have in common: the same 404 for every id that is not there, and for what is none."""

from __future__ import annotations

from typing import TypeVar

from fastapi import HTTPException

from seedance_ui.domain.job import JOB_ID

NO_STORE = {"Cache-Control": "no-store"}

_NO_SUCH_JOB = "There is no such job."

T = TypeVar("T")


def known_form(job_id: str) -> str:
    """Return an id that could be one; anything malformed is as unknown as the rest."""
    if not JOB_ID.fullmatch(job_id):
        raise HTTPException(404, _NO_SUCH_JOB)
    return job_id


def found_or_404(what: T | None) -> T:
    """Return what was found of a job."""
    if what is None:
        raise HTTPException(404, _NO_SUCH_JOB)
    return what

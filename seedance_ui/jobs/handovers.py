"""Links under which a provider fetches one uploaded file, for as long as its job is not final.

They stand in the database beside the jobs, so that they outlive a restart and work on every replica. Calls
block for one transaction, as those of the store do.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from seedance_ui.domain.job import FINAL_STATES
from seedance_ui.domain.media import MediaFile
from seedance_ui.errors import StoreError
from seedance_ui.jobs.engine import READS_ONLY
from seedance_ui.jobs.schema import handovers, jobs

_FINAL = tuple(state.value for state in FINAL_STATES)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """One file behind a link."""

    path: Path
    mime: str


class Handovers:
    """Makes links and finds what is behind them; a `providers.base.HandOver`."""

    def __init__(self, engine: Engine, public_url: str) -> None:
        """Open nothing.

        Args:
            engine: The job database's.
            public_url: Where this app can be reached from outside, without a slash at the end.
        """
        self._engine = engine
        self._reader = engine.execution_options(**READS_ONLY)
        self._public_url = public_url

    def __call__(self, job_id: str, file: MediaFile) -> str:
        """Return the link to one file of a job: a new one, or the one that it has already.

        Raises:
            StoreError: It could not be written.
        """
        try:
            token = self._known_token(job_id, file) or self._new_token(job_id, file)
        except SQLAlchemyError as exc:
            raise StoreError(f"The link to a file could not be written: {type(exc).__name__}.") from exc
        return f"{self._public_url}/handover/{token}"

    def find(self, token: str) -> HandedOver | None:
        """Return the file behind a token; None for an unknown one, for a final job, and for a file that is gone.

        Raises:
            StoreError: The database does not answer.
        """
        still_needed = (
            select(handovers.c.path, handovers.c.mime)
            .join(jobs, jobs.c.job_id == handovers.c.job_id)
            .where(handovers.c.token == token, jobs.c.state.not_in(_FINAL))
        )
        try:
            with self._reader.connect() as db:
                row = db.execute(still_needed).first()
        except SQLAlchemyError as exc:
            raise StoreError(f"The links to files cannot be read: {type(exc).__name__}.") from exc
        found = HandedOver(Path(row.path), row.mime) if row else None
        return found if found and found.path.is_file() else None

    def _known_token(self, job_id: str, file: MediaFile) -> str | None:
        same = select(handovers.c.token).where(handovers.c.job_id == job_id, handovers.c.path == str(file.path))
        with self._reader.connect() as db:
            return db.execute(same).scalar()

    def _new_token(self, job_id: str, file: MediaFile) -> str:
        token = secrets.token_hex(16)
        row = {"token": token, "job_id": job_id, "path": str(file.path), "mime": file.mime}
        try:
            with self._engine.begin() as db:
                db.execute(insert(handovers).values(row))
        except IntegrityError:
            # Another walk of the same job was faster; its link is as good.
            if (known := self._known_token(job_id, file)) is None:
                raise
            return known
        return token

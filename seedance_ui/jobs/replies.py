"""The last answers of a provider about a job, redacted: heard during a walk, written with its next move (B18)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from seedance_ui.domain.redaction import Redactor
from seedance_ui.jobs.schema import job_replies
from seedance_ui.providers.replies import Exchange

MAX_REPLIES = 10
"""How many are kept of each job."""

MAX_WORDS_CHARS = 2000
"""How much is kept of each answer."""

_MAX_WHAT_CHARS = 300
_MAX_STATUS_CHARS = 64

PAID = "paid "
"""Begins `Reply.what` where the request costs money: that answer outlives any number of questions after it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of a provider, or what came in its place."""

    at: datetime
    """When it had come."""
    what: str
    """What it answers, without host and query: "paid POST /v2/video/generations"."""
    status: str
    """Of HTTP, or the name of what broke."""
    words: str
    """Its beginning, redacted; "" where nothing came."""


class Notes:
    """The answers about one job that are not written yet."""

    def __init__(self, redactor: Redactor, now: Callable[[], datetime], *, with_words: bool = True) -> None:
        """Begin with none.

        Args:
            redactor: What takes the secrets out.
            now: The time for records, in UTC.
            with_words: False for answers that are about other people's jobs as well: only their status is noted.
        """
        self._redactor = redactor
        self._now = now
        self._with_words = with_words
        self._unwritten: list[Reply] = []

    def hear(self, exchange: Exchange) -> None:
        """Note an exchange; nothing of it that is secret stays in memory."""
        what = f"{PAID if exchange.is_paid else ''}{exchange.what}"
        body = exchange.body if self._with_words else ""
        reply = Reply(
            at=self._now(),
            what=self._redactor.redact(what, max_chars=_MAX_WHAT_CHARS),
            status=exchange.status[:_MAX_STATUS_CHARS],
            words=self._redactor.redact(body, max_chars=MAX_WORDS_CHARS),
        )
        self._unwritten = _kept([*self._unwritten, reply])

    @property
    def unwritten(self) -> tuple[Reply, ...]:
        """What the next move is to write."""
        return tuple(self._unwritten)

    def forget(self, written: Sequence[Reply]) -> None:
        """Let go of what was committed."""
        self._unwritten = [reply for reply in self._unwritten if reply not in written]


def append_replies(db: Connection, job_id: str, replies: Sequence[Reply]) -> None:
    """Write what was heard, and let go of what is too old; inside of the caller's transaction."""
    if not replies:
        return
    of_job = job_replies.c.job_id == job_id
    last_seq = db.execute(select(func.coalesce(func.max(job_replies.c.seq), 0)).where(of_job)).scalar_one()
    rows = [{"job_id": job_id, "seq": last_seq + n, **asdict(reply)} for n, reply in enumerate(replies, start=1)]
    db.execute(insert(job_replies), rows)
    there = db.execute(select(job_replies.c.seq, job_replies.c.what).where(of_job).order_by(job_replies.c.seq)).all()
    kept = {there[n].seq for n in _places_kept([row.what for row in there])}
    if len(kept) < len(there):
        db.execute(delete(job_replies).where(of_job, job_replies.c.seq.not_in(kept)))


def read_replies(db: Connection, job_id: str) -> list[Reply]:
    """Return what is kept of a job, oldest first."""
    columns = (job_replies.c.at, job_replies.c.what, job_replies.c.status, job_replies.c.words)
    rows = db.execute(select(*columns).where(job_replies.c.job_id == job_id).order_by(job_replies.c.seq))
    return [Reply(**row) for row in rows.mappings()]


def _kept(replies: Sequence[Reply]) -> list[Reply]:
    return [replies[n] for n in _places_kept([reply.what for reply in replies])]


def _places_kept(whats: Sequence[str]) -> list[int]:
    """Return which of these answers are kept, oldest first: the latest, and before them those that cost money."""
    by_worth = sorted(range(len(whats)), key=lambda n: (whats[n].startswith(PAID), n), reverse=True)
    return sorted(by_worth[:MAX_REPLIES])

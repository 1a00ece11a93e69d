"""The composition root, and the verbs that the page and the routes call.

Settings go in; store, runner, providers and library come out wired. Nothing here knows Gradio or FastAPI.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from seedance_ui.config import Settings
from seedance_ui.domain.job import (
    ENDED_STATES,
    OPEN_STATES,
    RESTING_STATES,
    Job,
    JobState,
    SnapshotJson,
    build_snapshot,
)
from seedance_ui.domain.library_item import LibraryItemJson, build_library_item
from seedance_ui.domain.media import MediaFile
from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.domain.pricing import Cost
from seedance_ui.domain.redaction import Redactor
from seedance_ui.domain.request import GenerationRequest
from seedance_ui.domain.validation import Problem, blocking, check_request
from seedance_ui.errors import InvalidRequestError, NotAllowedError
from seedance_ui.jobs.admission import Admission
from seedance_ui.jobs.bell import Bell, wait_at_most
from seedance_ui.jobs.clock import Clock, SystemClock
from seedance_ui.jobs.engine import lock_of
from seedance_ui.jobs.evidence import EvidenceJson, build_evidence
from seedance_ui.jobs.handovers import HandedOver, Handovers
from seedance_ui.jobs.intents import Intents
from seedance_ui.jobs.opening import find_opening
from seedance_ui.jobs.room import Room
from seedance_ui.jobs.runner import LOOK_AGAIN_S, Runner
from seedance_ui.jobs.store import Store
from seedance_ui.jobs.tools import Tools
from seedance_ui.jobs.ways_on import WaysOn
from seedance_ui.library import Library, prepare_directory
from seedance_ui.media.intake import Intake
from seedance_ui.providers import PROVIDERS
from seedance_ui.providers.base import Provider, ProviderInfo, Setup
from seedance_ui.providers.offers import Offer, Offers

LOCAL_OWNER = "local"
"""Who owns every job on one's own machine."""

VIDEOS_VANISH = (
    "The disk of this Space is emptied when it restarts, and every video on it is gone then. "
    "Download what you want to keep."
)
"""B17: for a Space without a volume."""

MAX_BATCH = 4
"""How many videos one click may ask for."""


class Services:
    """Everything the app can do, for one set of settings."""

    def __init__(
        self,
        settings: Settings,
        *,
        providers: Mapping[str, type[Provider]] = PROVIDERS,
        clock: Clock | None = None,
        free_bytes: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
    ) -> None:
        """Wire the parts; nothing runs before `start`.

        Args:
            settings: What the owner decided.
            providers: Id to class, in the picker's order.
            clock: The machine's, unless a test brings one.
            free_bytes: How much room a path's disk has left.

        Raises:
            ConfigError: The data directory cannot be written.
            StoreError: The database cannot be opened.
        """
        self.settings = settings
        self.is_public = settings.is_public
        self._clock = clock or SystemClock()
        data_dir = settings.data_dir
        prepare_directory(data_dir)
        self._library = Library(data_dir / "library")
        self._intake = Intake(data_dir / "uploads")
        self._bell = Bell()
        opening = find_opening(settings.database_url, data_dir / "backups", now=self._clock.now, free_bytes=free_bytes)
        self._rescue = opening.rescue
        self._store = Store(opening.url, now=self._clock.now, bell=self._bell)
        self._executor = ThreadPoolExecutor(max_workers=4, thread_name_prefix="store")
        redactor = Redactor(settings.keys.values(), directories=(data_dir,))
        paid = [name for name, make in providers.items() if make.info.needs_key]
        room = Room(self._store, self._intake, data_dir, free_bytes, paid)
        self._tools = Tools(
            self._store, self._library, self._clock, self._executor, redactor=redactor, make_room=room.make_room
        )
        self._handovers = Handovers(self._store.engine, settings.public_url) if settings.public_url else None
        self._providers = {name: make(self._setup(name, make.info)) for name, make in providers.items()}
        lock = lock_of(settings.database_url)
        self._runner = Runner(self._providers, self._tools, lock=lock, backups=opening.backups)
        self._offers = Offers(self._providers, settings.keys, self.is_public)
        self._admission = Admission(self._store, data_dir, settings.is_paused, room, self._damage)
        self._intents = Intents(self._providers, self._runner, self._tools)
        self._ways_on = WaysOn(self._providers, self._runner, self._tools)

    def _setup(self, provider_id: str, info: ProviderInfo) -> Setup:
        """Return what one provider is given: its own keys, never another's (D2)."""
        settings = self.settings
        by_kind = {variable.kind: settings.provider_values.get(variable.name) for variable in info.variables}
        return Setup(
            work_dir=settings.data_dir / "work" / provider_id,
            keys={name: settings.keys[name] for name in info.key_variables if name in settings.keys},
            base_url=by_kind.get("base_url") or "",
            project_id=by_kind.get("project"),
            hand_over=self._handovers,
            pause=self._clock.sleep,
            now=self._clock.now,
        )

    def start(self) -> None:
        """Begin to walk jobs; what a dead process left goes on. Walks none where the database is damaged (B13)."""
        if not self.is_read_only:
            self._runner.start()

    @property
    def is_running(self) -> bool:
        """Whether jobs are walked."""
        return self._runner.is_running

    @property
    def is_read_only(self) -> bool:
        """Whether the database is damaged, so that what can be read is shown and nothing else is done (B13)."""
        return self._rescue is not None

    @property
    def keeps_files(self) -> bool:
        """Whether videos outlive a restart (B17)."""
        return not self.settings.is_ephemeral

    @property
    def trouble(self) -> str | None:
        """What every visitor must know: that nothing new can be made (B13), or that videos vanish (B17)."""
        return self._damage or (None if self.keeps_files else VIDEOS_VANISH)

    @property
    def _damage(self) -> str | None:
        if self._rescue is None:
            return None
        return self._rescue.for_visitors if self.is_public else self._rescue.for_owner

    def stop(self) -> None:
        """Let what is being sent arrive, and stop; a restart goes on from the table."""
        self._runner.stop()
        self._executor.shutdown()
        self._store.close()

    # -- who and what ------------------------------------------------------------------------------

    def owner_of(self, visitor: str | None) -> str | None:
        """Return whose jobs a visitor sees: everybody's at home; in public the token's SHA-256, or nobody's."""
        if not self.is_public:
            return LOCAL_OWNER
        return hashlib.sha256(visitor.encode()).hexdigest() if visitor else None

    def offers(self) -> tuple[Offer, ...]:
        """Return every provider in the picker's order."""
        return self._offers.all()

    def spec(self, provider_id: str) -> ModelSpec:
        """Return what the model can do at a provider of `offers`; strangers cannot make it fetch links (E5)."""
        return self._offers.spec(provider_id)

    # -- before a job ------------------------------------------------------------------------------

    async def take_in(self, path: str | Path, name: str) -> MediaFile:
        """Check a file that a person gave, and keep a copy of it.

        Raises:
            MediaError: It is not what it says, or cannot be read.
            StoreError: The disk would not take it.
        """
        await self._tools.blocking(self._admission.check_file)
        return await self._intake.take_in(Path(path), name=name)

    def check(self, request: GenerationRequest) -> list[Problem]:
        """Return what stops this request, then what may."""
        if request.provider not in self._providers:
            known = ", ".join(self._providers)
            return [Problem("provider", f"There is no provider {request.provider!r}. Choose one of: {known}.")]
        return check_request(request, self.spec(request.provider))

    async def quote(self, request: GenerationRequest) -> Cost:
        """Return the price of a request that passed the checks.

        Raises:
            MissingKeyError: The provider cannot be used here, so that it is not asked.
            StoreError: A job that the question started could not be committed.
        """
        self._offers.usable(request.provider)
        return await self._intents.quote(request, owner=self.owner_of(None))

    async def check_key(self, provider_id: str) -> None:
        """Ask a provider of `offers` whether its key is good; costs nothing.

        Raises:
            MissingKeyError: It cannot be used here.
            AuthenticationError: It refuses the key.
            ProviderError: It gave no usable answer.
        """
        self._offers.usable(provider_id)
        await self._runner.ask(self._providers[provider_id].check_key())

    async def submit(self, request: GenerationRequest, *, owner: str | None, form_token: str | None = None) -> str:
        """Commit the intent to run a request and return its job id; the runner does the rest.

        Args:
            request: What to make.
            owner: From `owner_of`; None makes a job that is never listed.
            form_token: The page's token for this click: the same token gives the same job (A6).

        Raises:
            InvalidRequestError: A rule is broken; no row was written.
            MissingKeyError: The provider cannot be used here.
            PausedError: The owner lets no new paid jobs begin (C11).
            StoreError: The intent could not be committed, or the disk is full; nothing was sent.
        """
        return (await self.submit_batch(request, 1, owner=owner, form_token=form_token))[0]

    async def submit_batch(
        self, request: GenerationRequest, count: int, *, owner: str | None, form_token: str | None = None
    ) -> list[str]:
        """Commit the intents of one click for several videos, all or none, and return their job ids.

        A seed is counted up from one to the next; without a seed each draws its own. After a crash those that
        were not sent yet are not sent by themselves: they rest, and the person is asked (A8).

        Args:
            request: What to make.
            count: 1 to `MAX_BATCH`.
            owner: As of `submit`.
            form_token: As of `submit`: the same token gives the same jobs.

        Raises:
            InvalidRequestError: A rule is broken, or the count is; no row was written.
            MissingKeyError: As of `submit`; also the other errors.
        """
        problems = blocking(self.check(request))
        if not 1 <= count <= MAX_BATCH:
            problems.append(Problem("count", f"{count!r} videos at once cannot be made. Choose 1 to {MAX_BATCH}."))
        if problems:
            raise InvalidRequestError(problems)
        offer = self._offers.usable(request.provider)
        requests = _variations(request, count, max_seed=offer.spec.max_seed)
        await self._tools.blocking(lambda: self._admission.check_jobs(requests, is_paid=offer.info.needs_key))
        return await self._intents.commit(requests, owner=owner, form_token=form_token)

    async def send_again(self, job_id: str, *, owner: str | None, form_token: str) -> str | None:
        """Make a new job of the request of one that rests, for its owner; None where that is nobody's to ask.

        The old job stays as it is: should it turn up at the provider after all, both videos are kept.

        Raises:
            InvalidRequestError: As of `submit`; also the other errors.
        """
        job = await self._tools.blocking(self._store.get, job_id)
        if job is None or job.owner != owner or job.state is not JobState.NEEDS_ATTENTION:
            return None
        return await self.submit(job.request, owner=owner, form_token=form_token)

    # -- jobs --------------------------------------------------------------------------------------

    async def snapshot(self, job_id: str) -> SnapshotJson | None:
        """Return a job as it is now; None for an unknown id."""
        return self._as_now(await self._tools.blocking(self._store.get, job_id))

    def _as_now(self, job: Job | None) -> SnapshotJson | None:
        return build_snapshot(job, self._clock.now()) if job else None

    async def cancel(self, job_id: str) -> SnapshotJson | None:
        """Note the wish to stop a job and return it as it is now, in every state; None for an unknown id."""
        job = await self._tools.blocking(self._store.want_cancel, job_id)
        self._runner.nudge(job_id)
        return self._as_now(job)

    async def check_again(self, job_id: str) -> SnapshotJson | None:
        """Ask the provider what became of a job that rests (A7); None for an unknown id.

        Raises:
            ProviderError: The provider cannot be asked now.
            StoreError: The answer could not be written.
        """
        return self._as_now(await self._ways_on.check_again(job_id))

    async def find_video(self, job_id: str, generation_id: str) -> SnapshotJson | None:
        """Take a generation ID that a person found at the provider as this job's; None for an unknown job.

        Raises:
            NotAllowedError: This is a public app: a stranger could name anybody's video.
            GenerationMismatchError: The provider's record of that ID is not of this job.
            ProviderError: The provider cannot be asked now, or knows no such ID.
            StoreError: The answer could not be written.
        """
        if self.is_public:
            raise NotAllowedError("A video can be looked for by its generation ID on one's own machine only.")
        return self._as_now(await self._ways_on.find_video(job_id, generation_id))

    async def close(self, job_id: str) -> SnapshotJson | None:
        """Hide a job that rests from the stage; its state stays. None for an unknown id.

        Raises:
            StoreError: It could not be written.
        """
        return self._as_now(await self._ways_on.put_away(job_id))

    async def try_now(self, job_id: str) -> SnapshotJson | None:
        """Let a job ask or save at once that would do so after a wait; None for an unknown id."""
        self._ways_on.try_now(job_id)
        return await self.snapshot(job_id)

    async def events_after(self, job_id: str, seq: int) -> list[tuple[int, SnapshotJson]]:
        """Return the numbered snapshots of a job behind `seq`, oldest first."""
        return await self._tools.blocking(self._store.events_after, job_id, seq)

    async def watch(self, job_id: str, *, after: int = 0) -> AsyncIterator[tuple[int, SnapshotJson]]:
        """Yield every numbered snapshot behind `after`, as they come, until the job ends or rests."""
        ended = {state.value for state in ENDED_STATES}
        with self._bell.listen(job_id) as rung:
            while True:
                rung.clear()
                # Looked at before the events: where it ends meanwhile, its last event is among them or still to come.
                latest = await self.snapshot(job_id)
                for seq, snapshot in await self.events_after(job_id, after):
                    yield seq, snapshot
                    after, latest = seq, snapshot
                if latest is None or latest["state"] in ended:
                    return
                # The time-out is for an event that another process wrote: its bell does not ring here.
                await wait_at_most(rung, LOOK_AGAIN_S)

    async def evidence(self, job_id: str) -> EvidenceJson | None:
        """Return what may be shown to a provider's support of a job (B18); None for an unknown id."""
        record = await self._tools.blocking(self._store.record_of, job_id)
        return build_evidence(record, self._tools.redactor, self._clock.now()) if record else None

    async def open_jobs(self, owner: str | None) -> list[SnapshotJson]:
        """Return an owner's jobs that are not final and were not put away, newest first."""
        on_stage = OPEN_STATES | RESTING_STATES
        jobs = await self._tools.blocking(lambda: self._store.jobs_of(owner, on_stage, limit=100, with_closed=False))
        return [build_snapshot(job, self._clock.now()) for job in jobs]

    async def count_by_state(self) -> dict[str, int]:
        """Return how many jobs there are in each state that has any."""
        return await self._tools.blocking(self._store.count_by_state)

    # -- finished videos ---------------------------------------------------------------------------

    async def library(self, owner: str | None, *, limit: int = 200) -> list[LibraryItemJson]:
        """Return an owner's finished videos and jobs that rest, closed ones too, newest first."""
        listed = RESTING_STATES | {JobState.SUCCEEDED}
        jobs = await self._tools.blocking(lambda: self._store.jobs_of(owner, listed, limit=limit))
        return await self._tools.blocking(lambda: [self._library_item(job) for job in jobs])

    def _library_item(self, job: Job) -> LibraryItemJson:
        """Look for a job's file too, which blocks."""
        return build_library_item(
            job,
            provider_label=self._label(job.request.provider),
            now=self._clock.now(),
            has_file=self._library.has_video(job.job_id),
        )

    def _label(self, provider_id: str) -> str:
        provider = self._providers.get(provider_id)
        return provider.info.label if provider else provider_id

    def media_path(self, name: str) -> Path | None:
        """Return the file behind a media URL (`<job_id>.mp4`, `.jpg`, `-last.png`); None where there is none."""
        path = self._library.directory / name
        return path if path.parent == self._library.directory and path.is_file() else None

    async def handed_over(self, token: str) -> HandedOver | None:
        """Return the uploaded file behind a link that a provider was given; None where there is none any more."""
        return await self._tools.blocking(self._handovers.find, token) if self._handovers else None


def _variations(request: GenerationRequest, count: int, *, max_seed: int) -> list[GenerationRequest]:
    """Return a request so many times, each with a seed of its own where there is one."""
    if request.seed is None:
        return [request] * count
    return [replace(request, seed=(request.seed + number) % (max_seed + 1)) for number in range(count)]

"""The composition root, and the verbs that the page and the routes call.

Settings go in; store, runner, providers and library come out wired. Nothing here knows Gradio or FastAPI.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from seedance_ui.config import Settings
from seedance_ui.domain.job import (
    ENDED_STATES,
    OPEN_STATES,
    RESTING_STATES,
    Job,
    JobState,
    Phase,
    SnapshotJson,
    build_snapshot,
)
from seedance_ui.domain.library_item import LibraryItemJson, build_library_item
from seedance_ui.domain.media import MediaFile
from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.domain.pricing import UNKNOWN_CU, Cost
from seedance_ui.domain.request import GenerationRequest
from seedance_ui.domain.validation import Problem, blocking, check_request
from seedance_ui.errors import InvalidRequestError, MissingKeyError, PausedError, StoreError, StrayJobError
from seedance_ui.jobs.bell import Bell, wait_at_most
from seedance_ui.jobs.clock import Clock, SystemClock
from seedance_ui.jobs.engine import lock_of
from seedance_ui.jobs.handovers import HandedOver, Handovers
from seedance_ui.jobs.runner import LOOK_AGAIN_S, Runner
from seedance_ui.jobs.schedule import usual_range_s
from seedance_ui.jobs.store import Store
from seedance_ui.jobs.tools import Tools
from seedance_ui.library import Library, prepare_directory
from seedance_ui.media.intake import Intake
from seedance_ui.providers import PROVIDERS
from seedance_ui.providers.base import Provider, ProviderInfo, Setup

log = logging.getLogger(__name__)

LOCAL_OWNER = "local"
"""Who owns every job on one's own machine."""

MIN_FREE_BYTES_PAID = 1_000_000_000
"""B12: below this much free disk a paid video might not be saved, so that none is ordered."""

MIN_FREE_BYTES = 100_000_000
"""Below this much free disk nothing new is started."""


PAUSE_FILE = "PAUSE"
"""A file of this name in the data directory refuses new paid jobs, without a restart."""

MAX_WAITING = 500
"""How many jobs may wait in line in all."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One provider, as this installation can offer it to its visitors."""

    info: ProviderInfo
    spec: ModelSpec
    missing_variables: tuple[str, ...]
    """Environment variables that are not set."""
    reason: str | None
    """Why it cannot be used here; None where it can."""

    @property
    def available(self) -> bool:
        """Whether a request may go there."""
        return self.reason is None


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
        self._free_bytes = free_bytes
        data_dir = settings.data_dir
        prepare_directory(data_dir)
        self._library = Library(data_dir / "library")
        self._intake = Intake(data_dir / "uploads")
        self._bell = Bell()
        self._store = Store(settings.database_url, now=self._clock.now, bell=self._bell)
        self._executor = ThreadPoolExecutor(max_workers=4, thread_name_prefix="store")
        self._tools = Tools(self._store, self._library, self._clock, self._executor)
        self._handovers = Handovers(self._store.engine, settings.public_url) if settings.public_url else None
        self._providers = {name: make(self._setup(name, make.info)) for name, make in providers.items()}
        self._runner = Runner(self._providers, self._tools, lock=lock_of(settings.database_url))

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
        """Begin to walk jobs; what a dead process left goes on."""
        self._runner.start()

    @property
    def is_running(self) -> bool:
        """Whether jobs are walked."""
        return self._runner.is_running

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
        return tuple(self._offer(name) for name in self._providers)

    def spec(self, provider_id: str) -> ModelSpec:
        """Return what the model can do at a provider of `offers`; strangers cannot make it fetch links (E5)."""
        spec = self._providers[provider_id].spec()
        return replace(spec, takes_links=False) if self.is_public else spec

    def _offer(self, provider_id: str) -> Offer:
        provider = self._providers[provider_id]
        info = provider.info
        reason = info.missing_keys_message(self.settings.keys)
        if info.needs_key and self.is_public:  # whether the owner has a key is nobody's business
            reason = f"{info.label} is not offered to visitors here: it would spend the owner's money."
        return Offer(info, self.spec(provider_id), info.missing_keys(self.settings.keys), reason)

    # -- before a job ------------------------------------------------------------------------------

    async def take_in(self, path: str | Path, name: str) -> MediaFile:
        """Check a file that a person gave, and keep a copy of it.

        Raises:
            MediaError: It is not what it says, or cannot be read.
            StoreError: The disk would not take it.
        """
        self._check_disk(MIN_FREE_BYTES)
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
        self._usable(request.provider)
        try:
            return await self._price(request)
        except StrayJobError as stray:
            await self._keep_stray(request, stray, owner=self.owner_of(None))
            return UNKNOWN_CU

    async def _price(self, request: GenerationRequest) -> Cost:
        return await self._runner.ask(self._providers[request.provider].estimate(request))

    async def _keep_stray(
        self,
        request: GenerationRequest,
        stray: StrayJobError,
        *,
        owner: str | None,
        form_token: str | None = None,
        variation: int = 0,
    ) -> str:
        """Commit a job that a question about its price started: it is paid, so that its video is kept."""
        log.error("%s", stray)
        job = replace(
            self._intent(request, owner, UNKNOWN_CU),
            state=JobState.RUNNING,
            phase=Phase.PROVIDER_QUEUE,
            message=f"{self._providers[request.provider].info.label} started this when it was asked for the price",
            remote_id=stray.remote_id,
            submitted_at=self._clock.now(),
        )
        job_id = await self._commit(job, form_token, variation)
        if job_id == job.job_id:
            return job_id
        # A second click of the same form was committed first. This one is paid too: it is kept as a job of its own.
        await self._tools.blocking(self._store.want_cancel, job_id)
        return await self._commit(job, None, variation)

    async def check_key(self, provider_id: str) -> None:
        """Ask a provider of `offers` whether its key is good; costs nothing.

        Raises:
            MissingKeyError: It cannot be used here.
            AuthenticationError: It refuses the key.
            ProviderError: It gave no usable answer.
        """
        self._usable(provider_id)
        await self._runner.ask(self._providers[provider_id].check_key())

    def _usable(self, provider_id: str) -> Offer:
        offer = self._offer(provider_id)
        if offer.reason is not None:
            raise MissingKeyError(offer.reason)
        return offer

    async def submit(
        self, request: GenerationRequest, *, owner: str | None, form_token: str | None = None, variation: int = 0
    ) -> str:
        """Commit the intent to run a request and return its job id; the runner does the rest.

        Args:
            request: What to make.
            owner: From `owner_of`; None makes a job that is never listed.
            form_token: The page's token for this click: the same token gives the same job (A6).
            variation: Which of several jobs of one click this is.

        Raises:
            InvalidRequestError: A rule is broken; no row was written.
            MissingKeyError: The provider cannot be used here.
            PausedError: The owner lets no new paid jobs begin (C11).
            StoreError: The intent could not be committed, or the disk is full; nothing was sent.
        """
        if problems := blocking(self.check(request)):
            raise InvalidRequestError(problems)
        offer = self._usable(request.provider)
        self._check_pause(offer)
        self._check_disk(MIN_FREE_BYTES_PAID if offer.info.needs_key else MIN_FREE_BYTES)
        await self._check_line()
        try:
            cost = await self._price(request)
        except StrayJobError as stray:
            # One click, one charge: this is the job that was asked for, and no second one is sent.
            return await self._keep_stray(request, stray, owner=owner, form_token=form_token, variation=variation)
        return await self._commit(self._intent(request, owner, cost), form_token, variation)

    async def _commit(self, job: Job, form_token: str | None, variation: int) -> str:
        past_runs_s = await self._tools.blocking(self._store.past_runs_s, job.request)
        job = replace(job, usual_s=usual_range_s(past_runs_s))
        token = hashlib.sha256(form_token.encode()).hexdigest() if form_token else None
        stored = await self._tools.blocking(lambda: self._store.add(job, form_token=token, variation=variation))
        self._runner.wake()
        return stored.job_id

    def _intent(self, request: GenerationRequest, owner: str | None, cost: Cost) -> Job:
        job_id = secrets.token_hex(16)
        return Job(
            job_id=job_id,
            owner=owner,
            request=request,
            state=JobState.QUEUED,
            phase=Phase.WAITING,
            message="Waiting",
            created_at=self._clock.now(),
            cost=cost,
            remote_id=job_id if self._providers[request.provider].remote_id_is_job_id else None,
            seed=request.seed,
        )

    def _check_pause(self, offer: Offer) -> None:
        paused = self.settings.is_paused or (self.settings.data_dir / PAUSE_FILE).exists()
        if paused and offer.info.needs_key:
            raise PausedError("The owner has paused new paid jobs; running ones go on. Nothing was sent.")

    async def _check_line(self) -> None:
        waiting = (await self.count_by_state()).get(JobState.QUEUED.value, 0)
        if waiting >= MAX_WAITING:
            raise StoreError(
                f"{waiting} videos wait in line already. Nothing was sent, nothing was charged. Try later."
            )

    def _check_disk(self, needed_bytes: int) -> None:
        free_bytes = self._free_bytes(self.settings.data_dir)
        if free_bytes < needed_bytes:
            raise StoreError(
                f"The disk has {free_bytes // 1_000_000} MB left; {needed_bytes // 1_000_000} MB are needed to save "
                "a video safely. Nothing was started, nothing was charged; what exists stays. Free some space."
            )

    # -- jobs --------------------------------------------------------------------------------------

    async def snapshot(self, job_id: str) -> SnapshotJson | None:
        """Return a job as it is now; None for an unknown id."""
        job = await self._tools.blocking(self._store.get, job_id)
        return build_snapshot(job, self._clock.now()) if job else None

    async def cancel(self, job_id: str) -> SnapshotJson | None:
        """Note the wish to stop a job and return it as it is now, in every state; None for an unknown id."""
        job = await self._tools.blocking(self._store.want_cancel, job_id)
        self._runner.nudge(job_id)
        return build_snapshot(job, self._clock.now()) if job else None

    async def events_after(self, job_id: str, seq: int) -> list[tuple[int, SnapshotJson]]:
        """Return the numbered snapshots of a job behind `seq`, oldest first."""
        return await self._tools.blocking(self._store.events_after, job_id, seq)

    async def watch(self, job_id: str, *, after: int = 0) -> AsyncIterator[tuple[int, SnapshotJson]]:
        """Yield every numbered snapshot behind `after`, as they come, until the job ends or rests."""
        ended = {state.value for state in ENDED_STATES}
        with self._bell.listen(job_id) as rung:
            while True:
                rung.clear()
                events = await self.events_after(job_id, after)
                for seq, snapshot in events:
                    yield seq, snapshot
                    after = seq
                latest = events[-1][1] if events else await self.snapshot(job_id)
                if latest is None or latest["state"] in ended:
                    return
                # The time-out is for an event that another process wrote: its bell does not ring here.
                await wait_at_most(rung, LOOK_AGAIN_S)

    async def open_jobs(self, owner: str | None) -> list[SnapshotJson]:
        """Return an owner's jobs that are not final, newest first."""
        jobs = await self._tools.blocking(lambda: self._store.jobs_of(owner, OPEN_STATES | RESTING_STATES, limit=100))
        return [build_snapshot(job, self._clock.now()) for job in jobs]

    async def count_by_state(self) -> dict[str, int]:
        """Return how many jobs there are in each state that has any."""
        return await self._tools.blocking(self._store.count_by_state)

    # -- finished videos ---------------------------------------------------------------------------

    async def library(self, owner: str | None, *, limit: int = 200) -> list[LibraryItemJson]:
        """Return an owner's finished videos, newest first."""
        jobs = await self._tools.blocking(lambda: self._store.jobs_of(owner, {JobState.SUCCEEDED}, limit=limit))
        return [
            build_library_item(job, provider_label=self._label(job.request.provider), now=self._clock.now())
            for job in jobs
        ]

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

"""One asyncio loop in a thread of its own: claim jobs, walk them, recover what a dead process left.

Who may run is decided by leases in the table; on SQLite by a file lock, since one process owns the file.
All durations in seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from filelock import FileLock, Timeout

from seedance_ui.domain.job import Job, JobState
from seedance_ui.errors import StoreError
from seedance_ui.jobs.backup import Backups
from seedance_ui.jobs.bell import wait_at_most
from seedance_ui.jobs.hold import Hold
from seedance_ui.jobs.leases import UnmovedLeases
from seedance_ui.jobs.left_behind import rest_orphan, rest_unsent
from seedance_ui.jobs.purge import Purge
from seedance_ui.jobs.reconciling import look_for, may_be_there
from seedance_ui.jobs.tools import Tools
from seedance_ui.jobs.walk import walk
from seedance_ui.providers.base import Provider

log = logging.getLogger(__name__)

LEASE_S = 60.0
"""How long a claimed job stays ours without a renewal."""

LOOK_AGAIN_S = 1.0
"""How often to look for work that nobody rang for: another process's job, a lease that ran out."""

HOUSE_AFTER_S = 30.0
"""How long after the start the first look is whether a backup is due, or a deleted video has to go."""

HOUSE_LOOK_S = 600.0
"""How often that is looked at; also how soon what failed is tried again."""

STOP_WITHIN_S = 4.0
"""How long a shutdown waits for requests that are on their way."""

_CANCEL_AGAIN_S = 1.0
"""After how long a walk that goes on although it was cancelled is cancelled again."""

T = TypeVar("T")


class Runner:
    """Walks every job of the table that this process may run."""

    def __init__(
        self,
        providers: Mapping[str, Provider],
        tools: Tools,
        *,
        lock: FileLock | None,
        backups: Backups | None = None,
        purge: Purge | None = None,
    ) -> None:
        self._providers = providers
        self._tools = tools
        self._lock = lock
        self._backups = backups
        chores = (backups.make_if_due if backups else None, purge.sweep if purge else None)
        self._chores: list[Callable[[], object]] = [chore for chore in chores if chore is not None]
        self.worker = secrets.token_urlsafe(12)
        """Who this process is in the table."""
        self._unmoved = UnmovedLeases(tools.clock.monotonic, lease_s=LEASE_S)
        self._walks: dict[str, tuple[Hold, asyncio.Task[None]]] = {}
        self._runs = False
        self._has_asked = threading.Event()
        """Set once it was tried to become the one that runs."""
        self._searches: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._run_thread, name="runner", daemon=True)

    # -- called from other threads -----------------------------------------------------------------

    def start(self) -> None:
        """Begin to walk; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is being sent, leave the rest as it stands, and return within a few seconds."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._begin_to_stop)
            self._thread.join()
        elif self._thread.ident is None:  # it was never started
            self._loop.close()

    def wake(self) -> None:
        """There is a new job."""
        self._tell(self._wake.set)

    def nudge(self, job_id: str) -> None:
        """A person wants something of this job."""
        self._tell(self._nudge, job_id)

    def _tell(self, what: Callable[..., object], *args: object) -> None:
        with contextlib.suppress(RuntimeError):  # stopped already: what was committed goes on after a restart
            self._loop.call_soon_threadsafe(what, *args)

    @property
    def is_running(self) -> bool:
        """Whether jobs are walked, or will be once another process lets go of them."""
        return self._thread.is_alive()

    def runs_here(self) -> bool:
        """Tell whether it is this process that walks the jobs, and not another one with the same SQLite file.

        Blocks for the moment after `start` in which nobody knows yet.
        """
        self._has_asked.wait(STOP_WITHIN_S)
        return self._runs and self.is_running

    async def ask(self, question: Coroutine[Any, Any, T]) -> T:
        """Run a provider's coroutine where its connections live, from any other loop.

        Raises:
            StoreError: No job is walked here now, so that nobody is asked anything.
        """
        if not self.is_running:
            question.close()
            raise StoreError("No job can be run here now, so that no provider is asked. Nothing was sent.")
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(question, self._loop))

    # -- on the runner's own loop ------------------------------------------------------------------

    def _run_thread(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._main())
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()

    async def _main(self) -> None:
        """Run until `stop`; nothing that breaks on the way ends this thread before."""
        beside: list[asyncio.Task[None]] = []
        try:
            if await self._become_the_runner():
                beside = [asyncio.ensure_future(work) for work in (self._keep_leases(), self._keep_house())]
                while not (self._stopping.is_set() or await self._unbroken(self._take_up_what_rests)):
                    await wait_at_most(self._stopping, LOOK_AGAIN_S)
                await self._serve()
        finally:
            for task in beside:
                task.cancel()
            await self._wind_down()
            if self._lock is not None and self._lock.is_locked:
                self._lock.release()

    async def _become_the_runner(self) -> bool:
        """Wait for the file lock, where there is one; False where the app stops first."""
        while not self._stopping.is_set():
            await self._unbroken(self._take_over)
            self._has_asked.set()
            if self._runs:
                return True
            await wait_at_most(self._stopping, LOOK_AGAIN_S)
        return False

    async def _take_over(self) -> None:
        if self._lock is not None:
            try:
                self._lock.acquire(blocking=False)
            except Timeout:
                log.debug("Another process runs the jobs of this database")
                return
            await self._tools.blocking(self._tools.store.drop_all_leases)
        self._runs = True

    async def _serve(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            await self._unbroken(self._take_work)
            await wait_at_most(self._wake, LOOK_AGAIN_S)

    async def _keep_leases(self) -> None:
        while not self._stopping.is_set():
            await self._unbroken(self._renew_leases)
            await self._unbroken(self._drop_unmoved_leases)
            await wait_at_most(self._stopping, LEASE_S / 3)

    async def _keep_house(self) -> None:
        """B13: a backup a day; and what was deleted a day ago goes. Not while everything begins."""
        await wait_at_most(self._stopping, HOUSE_AFTER_S)
        while not self._stopping.is_set():
            for chore in self._chores:
                await self._unbroken(partial(self._tools.blocking, chore))
            await wait_at_most(self._stopping, HOUSE_LOOK_S)

    async def _unbroken(self, work: Callable[[], Awaitable[object]]) -> bool:
        """Do some work, and return whether it was done; whatever breaks in it is logged, and it is done again soon."""
        try:
            await work()
            return True
        except StoreError as exc:
            log.error("The job database does not answer: %s", exc)
        except Exception:
            log.exception("The runner's work broke; it goes on")
        return False

    async def _take_up_what_rests(self) -> None:
        """At start, once: a key may have come meanwhile, and a provider may know by now what it took."""
        store = self._tools.store
        with_key = [name for name, one in self._providers.items() if not one.info.missing_keys(one.setup.keys)]
        for job_id in await self._tools.blocking(store.waiting_for_key, with_key):
            await self._tools.blocking(store.resume, job_id)
        for job in await self._tools.blocking(store.without_answer):
            self._search(job)

    async def _take_work(self) -> None:
        """Recover first, then fill each provider's free places, first come first served."""
        known = tuple(self._providers)
        while (job := await self._claim(self._tools.store.claim_unsent_of_batch)) is not None:
            await self._tools.blocking(rest_unsent, self._tools.store, job)
        while (job := await self._claim(self._tools.store.claim_orphan, known)) is not None:
            await self._tools.blocking(rest_orphan, self._tools.store, job)
        while (job := await self._claim(self._tools.store.claim_interrupted, known)) is not None:
            self._start_walk(job)
        for provider_id, provider in self._providers.items():
            while self._busy_at(provider_id) < provider.spec().jobs_at_once:
                if (job := await self._claim(self._tools.store.claim_next, provider_id)) is None:
                    break
                self._start_walk(job)
            await self._tools.blocking(self._tools.store.show_places, provider_id)

    async def _claim(self, claim: Callable[..., Job | None], *which: object) -> Job | None:
        walking = tuple(self._walks)
        return await self._tools.blocking(lambda: claim(*which, worker=self.worker, lease_s=LEASE_S, walking=walking))

    def _busy_at(self, provider_id: str) -> int:
        """Return how many places are taken there; a video that is being saved takes none."""
        jobs = (hold.job for hold, _ in self._walks.values())
        return sum(job.request.provider == provider_id and job.state is not JobState.DOWNLOADING for job in jobs)

    def _search(self, job: Job) -> None:
        """Look for a job that the provider may have taken, where it can be asked."""
        provider = self._providers.get(job.request.provider)
        if provider is None or not provider.can_be_asked or not may_be_there(job):
            return
        task = asyncio.ensure_future(self._look_for(job, provider))
        self._searches.add(task)
        task.add_done_callback(self._on_search_done)

    async def _look_for(self, job: Job, provider: Provider) -> None:
        """Begin once nothing is being sent there: what is found could be the answer that another job waits for."""
        waited_s = 0.0
        while self._is_sending_to(provider.info.id) and waited_s < LEASE_S:
            await self._tools.clock.sleep(LOOK_AGAIN_S)
            waited_s += LOOK_AGAIN_S
        await look_for(job, provider, self._tools)

    def _is_sending_to(self, provider_id: str) -> bool:
        jobs = (hold.job for hold, _ in self._walks.values())
        return any(job.request.provider == provider_id and job.state is JobState.SUBMITTING for job in jobs)

    def _on_search_done(self, task: asyncio.Task[None]) -> None:
        self._searches.discard(task)
        self._wake.set()

    def _start_walk(self, job: Job) -> None:
        hold = Hold(job, self._providers[job.request.provider], self._tools)
        task = asyncio.ensure_future(walk(hold))
        self._walks[job.job_id] = (hold, task)
        task.add_done_callback(lambda done: self._on_walk_done(job.job_id, done))

    def _on_walk_done(self, job_id: str, task: asyncio.Task[None]) -> None:
        """Free the place, unless it is another walk's by now."""
        if job_id in self._walks and self._walks[job_id][1] is task:
            hold, _ = self._walks.pop(job_id)
            if not self._stopping.is_set():
                self._search(hold.job)
        self._wake.set()

    async def _renew_leases(self) -> None:
        walking = tuple(self._walks)
        await self._tools.blocking(lambda: self._tools.store.renew_leases(walking, worker=self.worker, lease_s=LEASE_S))

    async def _drop_unmoved_leases(self) -> None:
        ahead = await self._tools.blocking(self._tools.store.leases_beyond, 2 * LEASE_S)
        if unmoved := self._unmoved.look(ahead):
            await self._tools.blocking(self._tools.store.drop_leases, unmoved)

    def _begin_to_stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        if self._backups is not None:
            self._backups.stop()

    def _nudge(self, job_id: str) -> None:
        if job_id in self._walks:
            self._walks[job_id][0].nudged.set()

    async def _wind_down(self) -> None:
        """Let requests that are on their way arrive, stop the rest; a restart goes on from the table."""
        holds = [hold for hold, _ in self._walks.values()]  # a walk that ends is forgotten there
        # First, so that none of them begins to send meanwhile. Whose request is on its way waits behind a shield.
        await _cancel([*(task for _, task in self._walks.values()), *self._searches], again_after_s=_CANCEL_AGAIN_S)
        sending = [hold.sending for hold in holds if hold.sending and not hold.sending.done()]
        if sending:
            await asyncio.wait(sending, timeout=STOP_WITHIN_S)
        await _cancel(sending)  # once: where its answer came in that moment, it goes on to write down the id
        for provider in self._providers.values():
            await provider.close()
        if self._runs:
            await self._unbroken(self._release_leases)

    async def _release_leases(self) -> None:
        """Let other processes take over at once."""
        await self._tools.blocking(lambda: self._tools.store.release_leases(worker=self.worker))


async def _cancel(tasks: Sequence[asyncio.Task[None]], *, again_after_s: float | None = None) -> None:
    """Cancel, and wait for the end; where that has no effect, again after so long, if a time is given.

    Until Python 3.12, `asyncio.wait_for` swallows a cancellation that comes when what it waits for has just ended
    (https://github.com/python/cpython/issues/86296, 2026-11-28): a walk would go on, and the process never leave.
    """
    while open_ones := [task for task in tasks if not task.done()]:
        for task in open_ones:
            task.cancel()
        await asyncio.wait(open_ones, timeout=again_after_s)
    await asyncio.gather(*tasks, return_exceptions=True)

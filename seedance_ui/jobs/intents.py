"""From a request to committed rows: the intent stands in the table before anything is sent (A1)."""

from __future__ import annotations

import hashlib
import itertools
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace

from seedance_ui.domain.batch import Quote
from seedance_ui.domain.job import Job, JobState, Phase
from seedance_ui.domain.pricing import NO_PRICE_CU, UNKNOWN_CU, Cost, Price
from seedance_ui.domain.request import GenerationRequest
from seedance_ui.errors import PriceRoseError, StoreError, StrayJobError
from seedance_ui.jobs.runner import LEASE_S, Runner
from seedance_ui.jobs.schedule import believable_runs_s, usual_range_s
from seedance_ui.jobs.tools import Tools
from seedance_ui.providers.base import Provider

log = logging.getLogger(__name__)


class Intents:
    """Prices requests and commits them as jobs; the runner does the rest."""

    def __init__(self, providers: Mapping[str, Provider], runner: Runner, tools: Tools) -> None:
        self._providers = providers
        self._runner = runner
        self._tools = tools

    async def quote(self, request: GenerationRequest, *, owner: str | None) -> Price:
        """Return the price of a request; where the question starts a job, that is kept as the owner's.

        Raises:
            ProviderError: The provider cannot be asked.
            StoreError: A job that the question started could not be committed.
        """
        try:
            return await self._price(request)
        except StrayJobError as stray:
            await self._keep_stray(request, stray, None, owner=owner, parent=None)
            return NO_PRICE_CU

    async def commit(
        self,
        requests: Sequence[GenerationRequest],
        *,
        owner: str | None,
        form_token: str | None,
        parent: str | None,
        named: Cost | None,
    ) -> list[str]:
        """Commit one click's requests, all or none, and return their job ids in order.

        Args:
            requests: At least one.
            owner: Whose jobs they are.
            form_token: The page's token for this click.
            parent: job_id of the run that they were made from.
            named: The price of all that stood beside the button; None where there was no button.

        Raises:
            PriceRoseError: It is higher now; nothing was written.
            ProviderError: A price cannot be had; nothing was written.
            StoreError: Nothing was written, so nothing may be sent.
        """
        try:
            prices = [await self._price(request) for request in requests]
        except StrayJobError as stray:
            # One click, one charge: this is the job that was asked for, and nothing else is sent.
            return [await self._keep_stray(requests[0], stray, form_token, owner=owner, parent=parent)]
        total = Quote(prices[0], len(prices)).total
        if named is not None and not total.is_within(named) and not await self._was_clicked(owner, form_token):
            raise _rose(total, named)
        batch = [
            replace(self._intent(request, owner, price.cost), batch=len(requests), parent=parent)
            for request, price in zip(requests, prices, strict=True)
        ]
        return await self._commit(batch, form_token)

    async def commit_again(self, job: Job) -> str:
        """Commit a new job of the request of one that rests, once, while it rests, and for no more than its price.

        Raises:
            MovedOnError: It does not rest any more, or (`PriceRoseError`) the price rose; nothing was written.
            ProviderError: As of `commit`; also `StoreError`.
        """
        form_token, made = await self._sent_again(job)
        if made is not None:
            return made.job_id
        try:
            cost = (await self._price(job.request)).cost
        except StrayJobError as stray:  # as of `commit`
            return await self._keep_stray(job.request, stray, form_token, owner=job.owner, parent=job.parent)
        if not cost.is_within(job.cost):
            raise _rose(cost, job.cost)
        again = replace(self._intent(job.request, job.owner, cost), parent=job.parent)
        return (await self._commit([again], form_token, while_rests=job.job_id))[0]

    async def _sent_again(self, job: Job) -> tuple[str, Job | None]:
        """Return the token of the wish to send a job again, and what was made of it already.

        What was refused or cancelled, and cost nothing, is no answer to that wish: the next one has another token.
        """
        wishes = (f"again-{job.job_id}-{number}" for number in itertools.count())
        while True:
            form_token = next(wishes)
            made = await self._tools.blocking(self._tools.store.made_by, job.owner, _hashed(form_token))
            if made is None or not _came_to_nothing(made):
                return form_token, made

    async def _price(self, request: GenerationRequest) -> Price:
        return await self._runner.ask(self._providers[request.provider].estimate(request))

    async def _was_clicked(self, owner: str | None, form_token: str | None) -> bool:
        """Whether a click made its jobs already: sent again, it gets them whatever they would cost now (A6)."""
        if form_token is None:
            return False
        return await self._tools.blocking(self._tools.store.made_by, owner, _hashed(form_token)) is not None

    async def _keep_stray(
        self,
        request: GenerationRequest,
        stray: StrayJobError,
        form_token: str | None,
        *,
        owner: str | None,
        parent: str | None,
    ) -> str:
        """Commit a job that a question about its price started: it is paid, so that its video is kept."""
        log.error("%s", stray)
        label = self._providers[request.provider].info.label
        job = replace(
            self._intent(request, owner, UNKNOWN_CU),
            parent=parent,
            state=JobState.RUNNING,
            phase=Phase.PROVIDER_QUEUE,
            message=f"{label} started this when it was asked for the price",
            remote_id=stray.remote_id,
            submitted_at=self._tools.clock.now(),
        )
        [job_id] = await self._commit([job], form_token)
        if job_id == job.job_id:
            return job_id
        # A second click of the same form was committed first. This one is paid too: it is kept as a job of its own.
        await self._tools.blocking(self._tools.store.want_cancel, job_id)
        return (await self._commit([job], None))[0]

    async def _commit(
        self, batch: Sequence[Job], form_token: str | None, *, while_rests: str | None = None
    ) -> list[str]:
        if len(batch) > 1 and not await self._tools.blocking(self._runner.runs_here):
            raise StoreError(
                "Another process of this app makes the videos here, and only that one takes several at once. "
                "Nothing was sent, nothing was charged."
            )
        store = self._tools.store
        past_runs_s = believable_runs_s(await self._tools.blocking(store.past_runs_s, batch[0].request))
        usual_s = usual_range_s(past_runs_s)
        batch = [replace(job, usual_s=usual_s, similar_runs=len(past_runs_s)) for job in batch]
        token = _hashed(form_token) if form_token else None
        stored = await self._tools.blocking(
            lambda: store.add_batch(
                batch, form_token=token, worker=self._runner.worker, lease_s=LEASE_S, while_rests=while_rests
            )
        )
        self._runner.wake()
        return [job.job_id for job in stored]

    def _intent(self, request: GenerationRequest, owner: str | None, cost: Cost) -> Job:
        job_id = secrets.token_hex(16)
        return Job(
            job_id=job_id,
            owner=owner,
            request=request,
            state=JobState.QUEUED,
            phase=Phase.WAITING,
            message="Waiting",
            created_at=self._tools.clock.now(),
            cost=cost,
            remote_id=job_id if self._providers[request.provider].remote_id_is_job_id else None,
            seed=request.seed,
        )


def _hashed(form_token: str) -> str:
    return hashlib.sha256(form_token.encode()).hexdigest()


def _came_to_nothing(job: Job) -> bool:
    return job.state in (JobState.FAILED, JobState.CANCELLED) and job.cost.is_free


def _rose(now: Cost, named: Cost) -> PriceRoseError:
    return PriceRoseError(f"The price is {now.in_words()} now, not {named.in_words()}. Nothing was sent.")

"""From a form to a committed job: files, checks, prices and the click itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from seedance_ui.domain.batch import Quote, variations
from seedance_ui.domain.job import Job, JobState
from seedance_ui.domain.media import MediaFile, MediaKind
from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.domain.pricing import Cost
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.domain.validation import Problem, blocking, check_count, check_prompt, check_request
from seedance_ui.errors import InvalidRequestError
from seedance_ui.providers.offers import Offer
from seedance_ui.services.parts import Parts


class Making(Parts):
    """The verbs before a job and the one that makes it."""

    def offers(self) -> tuple[Offer, ...]:
        """Return every provider in the picker's order."""
        return self._offers.all()

    def spec(self, provider_id: str) -> ModelSpec:
        """Return what the model can do at a provider of `offers`; strangers cannot make it fetch links (E5)."""
        return self._offers.spec(provider_id)

    async def take_in(self, path: str | Path, name: str) -> MediaFile:
        """Check a file that a person gave, and keep a copy of it.

        Raises:
            MediaError: It is not what it says, or cannot be read.
            StoreError: The disk would not take it.
        """
        await self._tools.blocking(self._admission.check_file)
        return await self._intake.take_in(Path(path), name=name)

    def check(self, request: GenerationRequest, count: object = 1) -> list[Problem]:
        """Return what stops so many videos of this request, then what may."""
        if request.provider not in self._providers:
            known = ", ".join(self._providers)
            return [Problem("provider", f"There is no provider {request.provider!r}. Choose one of: {known}.")]
        return [*check_count(count), *check_request(request, self.spec(request.provider))]

    def check_prompt(self, prompt: str, provider_id: str, mode: Mode, counts: Mapping[MediaKind, int]) -> list[Problem]:
        """Return what is wrong with a prompt that is still being written; nothing for an unknown provider.

        Args:
            prompt: The words so far.
            provider_id: Whose model would read them.
            mode: The tab they are for.
            counts: How many references of each kind there are.
        """
        return check_prompt(prompt, mode, counts, self.spec(provider_id)) if provider_id in self._providers else []

    async def quote(self, request: GenerationRequest, count: int = 1) -> Quote:
        """Return the price of so many videos of a request that passed the checks.

        Raises:
            MissingKeyError: The provider cannot be used here, so that it is not asked.
            StoreError: A job that the question started could not be committed.
        """
        self._offers.usable(request.provider)
        return Quote(await self._intents.quote(request, owner=self.owner_of(None)), count)

    async def check_key(self, provider_id: str) -> None:
        """Ask a provider of `offers` whether its key is good; costs nothing.

        Raises:
            MissingKeyError: It cannot be used here.
            AuthenticationError: It refuses the key.
            ProviderError: It gave no usable answer.
        """
        self._offers.usable(provider_id)
        await self._runner.ask(self._providers[provider_id].check_key())

    async def recipe(self, job_id: str, owner: str | None) -> GenerationRequest | None:
        """Return what an owner's job was made of; None for anybody else's, and for an unknown one."""
        job = await self.job_of(job_id, owner)
        return job.request if job else None

    async def job_of(self, job_id: str, owner: str | None) -> Job | None:
        """Return an owner's job; None for anybody else's, a deleted and an unknown one."""
        job = await self._tools.blocking(self._store.get, job_id) if owner is not None else None
        return job if job and job.owner == owner and job.deleted_at is None else None

    async def submit(
        self, request: GenerationRequest, *, owner: str | None, form_token: str | None = None, parent: str | None = None
    ) -> str:
        """Commit the intent to run a request and return its job id; the runner does the rest.

        Args:
            request: What to make.
            owner: From `owner_of`; None makes a job that is never listed.
            form_token: The page's token for this click: the same token gives the same job (A6).
            parent: job_id of the run that this one was made from; left out unless it is the owner's.

        Raises:
            InvalidRequestError: A rule is broken; no row was written.
            MissingKeyError: The provider cannot be used here.
            PausedError: The owner lets no new paid jobs begin (C11).
            StoreError: The intent could not be committed, or the disk is full; nothing was sent.
        """
        return (await self.submit_batch(request, 1, owner=owner, form_token=form_token, parent=parent))[0]

    async def submit_batch(
        self,
        request: GenerationRequest,
        count: int,
        *,
        owner: str | None,
        form_token: str | None = None,
        parent: str | None = None,
        named: Cost | None = None,
    ) -> list[str]:
        """Commit the intents of one click for several videos, all or none, and return their job ids.

        A seed is counted up from one to the next; without a seed each draws its own. After a crash those that
        were not sent yet are not sent by themselves: they rest, and the person is asked (A8).

        Args:
            request: What to make.
            count: 1 to `MAX_BATCH`; a value from outside is not believed.
            owner: As of `submit`.
            form_token: As of `submit`: the same token gives the same jobs.
            parent: As of `submit`.
            named: The price of all that stood beside the button; None where there was no button.

        Raises:
            PriceRoseError: They would cost more than that; nothing was written.
            InvalidRequestError: A rule is broken, or the count is; no row was written.
            MissingKeyError: As of `submit`; also the other errors.
        """
        requests = await self._admit(request, count)
        known = await self.job_of(parent, owner) if parent is not None else None
        return await self._intents.commit(
            requests,
            owner=owner,
            form_token=form_token,
            parent=known.job_id if known else None,
            named=named,
        )

    async def _admit(self, request: GenerationRequest, count: int) -> list[GenerationRequest]:
        """Return what a click asks for, once nothing stands against it."""
        if problems := blocking(self.check(request, count)):
            raise InvalidRequestError(problems)
        offer = self._offers.usable(request.provider)
        requests = variations(request, count, max_seed=offer.spec.max_seed)
        await self._tools.blocking(lambda: self._admission.check_jobs(requests, is_paid=offer.info.needs_key))
        return requests

    async def send_again(self, job_id: str, *, owner: str | None) -> str | None:
        """Make a new job of the request of one that rests, for its owner; None where that is nobody's to ask.

        The old job stays as it is: should it turn up at the provider after all, both videos are kept. It is sent again
        once, on every page and after a reload too: what was made of it then is what a second wish gets.

        Raises:
            InvalidRequestError: As of `submit`; also the other errors.
            MovedOnError: The old one turned up meanwhile, or the price is above the one that the button names.
        """
        job = await self.job_of(job_id, owner)
        if job is None or job.state is not JobState.NEEDS_ATTENTION:
            return None
        await self._admit(job.request, 1)
        return await self._intents.commit_again(job)

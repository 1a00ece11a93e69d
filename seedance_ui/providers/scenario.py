"""Seedance 2.0 Fast at Scenario.

Sources, collected until 2026-11-20: S-PAGE https://app.scenario.com/api/models/model_bytedance-seedance-2-0-fast/markdown
(it wins), S-SDK the package `scenario-sdk` 2.4.0, S-BL `scenario-labs/blender-plugin`, S-SK `scenario-labs/skills`,
S-DOC https://docs.scenario.com. C: confirmed there. G: guessed, never relied upon.
"""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from seedance_ui.domain.job import Job, JobUpdate, RemoteVideo
from seedance_ui.domain.model_spec import ADAPTIVE, ASPECT_RATIOS, ModelSpec
from seedance_ui.domain.pricing import NO_PRICE_CU, Price
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.domain.variable import Variable, key
from seedance_ui.errors import (
    AuthenticationError,
    BadRequestError,
    ProviderError,
    StrayJobError,
    SubmitUnknownError,
    UnexpectedResponseError,
)
from seedance_ui.providers import scenario_code
from seedance_ui.providers.base import Handles, Provider, ProviderInfo, ReportFiles, Setup, Submitted
from seedance_ui.providers.code import write_programs
from seedance_ui.providers.code.program import Program
from seedance_ui.providers.http import SUBMIT_WITHIN_S, Http, segment
from seedance_ui.providers.scenario_answers import (
    JobAnswer,
    JobsPage,
    RemoteJob,
    explain_refusal,
    is_same_job,
    job_id_in,
    parse_update,
    readable_jobs,
    update_of_taken,
)
from seedance_ui.providers.scenario_assets import Assets
from seedance_ui.providers.scenario_payload import build_payload
from seedance_ui.providers.scenario_price import dry_run_body, named_price, price_for, price_key

MODEL = "model_bytedance-seedance-2-0-fast"

GENERATE = f"/generate/custom/{MODEL}"

DRY_RUN_STATUS = 269
"""The only status of an answer to `?dryRun=true` that names a price and starts nothing. Source: S-SDK, S-BL (C)."""

PRICE_IS_FRESH = timedelta(hours=1)
"""How long a price is believed; none is documented (G)."""

_CLOCKS_DIFFER = timedelta(minutes=5)
"""How far the provider's clock may be from ours, at most."""

_TAKES_AT_MOST = timedelta(seconds=SUBMIT_WITHIN_S)
"""From the commit to send until the request has arrived."""

_MAX_PAGES = 20
"""Of 100 jobs each, when a lost job is looked for."""

log = logging.getLogger(__name__)


class Scenario(Provider):
    """Scenario's API: assets first, then one paid request, then questions about its job."""

    info: ClassVar[ProviderInfo] = ProviderInfo(
        id="scenario",
        label="Scenario",
        hint="Billed in creative units; shows the price before you generate.",
        variables=(
            key("SCENARIO_API_KEY", "Key of a Scenario account."),
            key("SCENARIO_API_SECRET", "Secret that belongs to SCENARIO_API_KEY."),
            Variable(
                "SCENARIO_PROJECT_ID",
                "text",
                "none",
                "Scenario project that pays; only for keys of a whole team.",
                kind="project",
            ),
            Variable(
                "SCENARIO_BASE_URL",
                "URL",
                "https://api.cloud.scenario.com/v1",
                "Where Scenario's API is.",
                kind="base_url",
            ),
        ),
        docs_url="https://app.scenario.com/api/models/model_bytedance-seedance-2-0-fast/markdown",
    )

    can_be_asked = True
    download_hosts: ClassVar[tuple[str, ...]] = ("cdn.cloud.scenario.com",)

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self._opened: tuple[Http, Assets] | None = None
        self._named: dict[str, tuple[datetime, Price]] = {}
        """By `price_key`: when a price was asked for, and which was named."""
        self._asking = asyncio.Lock()
        self._dry_runs_stopped = False

    def spec(self) -> ModelSpec:
        """Return what the model can do here. Source: S-PAGE (C); limits that it does not name: `MediaLimits`."""
        return ModelSpec(
            provider="scenario",
            provider_label="Scenario",
            model=MODEL,
            auto_duration=True,
            aspect_ratios=(ADAPTIVE, *ASPECT_RATIOS),
            prompt_optional_modes=(Mode.FRAMES, Mode.REFERENCES),
            tag_style="@image1",
            takes_links=True,
            can_cancel="maybe",
        )

    async def estimate(self, request: GenerationRequest) -> Price:
        """Ask for the price by a dry run, which is free; without an amount where there is none to be had.

        Raises:
            StrayJobError: The dry run started a job.
        """
        body = dry_run_body(request, self.spec())
        asked = price_key(body)
        async with self._asking:  # one at a time: the first that goes wrong is also the last
            asked_at, named = self._named.get(asked, (None, NO_PRICE_CU))
            if asked_at is None or self.setup.now() - asked_at >= PRICE_IS_FRESH:
                if self._dry_runs_stopped:
                    return NO_PRICE_CU
                try:
                    named = await self._dry_run(body)
                except StrayJobError:
                    raise
                except ProviderError as exc:
                    log.info("No price from Scenario: %s", exc)
                    return NO_PRICE_CU
                self._named[asked] = (self.setup.now(), named)
        return price_for(request, self.spec(), named)

    async def _dry_run(self, body: Mapping[str, Any]) -> Price:
        """Send the body with `dryRun` in the query: in the body it would be ignored, and paid (S-SDK, C)."""
        answer = await self._http.post(GENERATE, body, params={"dryRun": "true"})
        if answer.status == DRY_RUN_STATUS:
            return named_price(answer, asked_on=self.setup.now().date())
        self._dry_runs_stopped = True
        log.error("Scenario answered a dry run with status %d; no price is asked for any more", answer.status)
        remote_id = job_id_in(answer)
        if remote_id is None:
            return NO_PRICE_CU
        message = f"Scenario started the job {remote_id} when it was asked for a price."
        raise StrayJobError(message, provider=self.info.id, remote_id=remote_id)

    async def upload(self, job: Job, report: ReportFiles) -> Handles:
        """Make an asset of each file; the same content only once while this process lives."""
        return await self._assets.upload(job.request, report)

    async def submit(self, job: Job, handles: Handles) -> Submitted:
        """Send the paid request, once."""
        answer = await self._http.submit(GENERATE, build_payload(job.request, handles))
        remote_id = job_id_in(answer)
        if remote_id is None:
            raise SubmitUnknownError("The answer names no job.", provider=self.info.id)
        return Submitted(remote_id, update_of_taken(answer))

    async def poll(self, job: Job) -> JobUpdate:
        """Ask about a job; a success brings a fresh link to the video."""
        remote = await self._remote_job(job)
        update = parse_update(remote, job.request)
        if update.state != "succeeded":
            return update
        url = await self._video_url(remote)
        video = RemoteVideo(url) if url else None
        return JobUpdate("succeeded", update.message, progress=1.0, video=video, cost=update.cost, seed=update.seed)

    async def _remote_job(self, job: Job) -> RemoteJob:
        if job.remote_id is None:
            raise UnexpectedResponseError("This job has no ID at Scenario.", provider=self.info.id)
        remote = (await self._http.get(f"/jobs/{segment(job.remote_id)}")).parse(JobAnswer).job
        if remote.job_id != job.remote_id:  # B15: another's video must never be taken for this one
            raise UnexpectedResponseError("The answer is about another job.", provider=self.info.id)
        return remote

    async def _video_url(self, remote: RemoteJob) -> str | None:
        """Return where the video is now; None where that cannot be told yet (B9)."""
        for asset_id in (remote.metadata.asset_ids if remote.metadata else None) or ():
            try:
                asset = await self._assets.get(asset_id)
            except AuthenticationError:
                raise
            except ProviderError as exc:
                log.info("Asset %s gives no link yet: %s", asset_id, exc)
                continue
            if asset.url and (asset.mime_type is None or asset.mime_type.startswith("video/")):
                return asset.url
        return None

    async def cancel(self, job: Job) -> bool | None:
        """Ask to stop; most generation jobs are refused with 400 "Cannot cancel this type of job" (S-SK, C)."""
        try:
            await self._http.post(f"/jobs/{segment(job.remote_id or '')}/action", {"action": "cancel"})
        except BadRequestError:
            return False
        return parse_update(await self._remote_job(job), job.request).state == "cancelled" or None

    async def reconcile(self, job: Job, *, known: Collection[str] = ()) -> str | None:
        """Look through the account's jobs for exactly one with this input, made when this job was sent."""
        since, _ = _sent_between(job)
        found: set[str] = set()
        params = {"createdAfter": since.strftime("%Y-%m-%dT%H:%M:%S.000Z"), "pageSize": "100"}
        for _ in range(_MAX_PAGES):
            page = (await self._http.get("/jobs", params=params)).parse(JobsPage)
            rows = readable_jobs(page.jobs)
            found |= {one.job_id for one in rows if self._is_of(job, one, is_named=False)} - set(known)
            if page.next_pagination_token is None:
                return found.pop() if len(found) == 1 else None
            params["paginationToken"] = page.next_pagination_token
        return None

    async def is_record_of(self, job: Job, remote_id: str) -> bool:
        """Compare the input and the time of one job of the account with ours."""
        return self._is_of(job, await self._remote_job(replace(job, remote_id=remote_id)), is_named=True)

    def _is_of(self, job: Job, remote: RemoteJob, *, is_named: bool) -> bool:
        ours = build_payload(job.request, self._assets.known_handles(job.request))
        return is_same_job(ours, remote, *_sent_between(job), is_named=is_named)

    async def check_key(self) -> None:
        """Ask for the model's page: free, and unlike `/me` open to an API key (S-BL, C)."""
        await self._http.get(f"/models/{MODEL}")

    def programs(self, request: GenerationRequest, app_url: str) -> tuple[Program, ...]:
        """Return a request in every language; the project is named where this installation names one."""
        names_project = self.setup.project_id is not None
        return write_programs(scenario_code.recipe_of(request, self.info, GENERATE, names_project=names_project))

    async def close(self) -> None:
        """Close the connections."""
        if self._opened is not None:
            await self._opened[0].close()

    @property
    def _http(self) -> Http:
        return self._open()[0]

    @property
    def _assets(self) -> Assets:
        return self._open()[1]

    def _open(self) -> tuple[Http, Assets]:
        """Return the connection to one account, made at its first use.

        Raises:
            AuthenticationError: A key is not set.
        """
        if self._opened is None:
            if message := self.info.missing_keys_message(self.setup.keys):
                raise AuthenticationError(message, provider=self.info.id)
            public, secret = (self.setup.keys[name] for name in self.info.key_variables)
            token = base64.b64encode(f"{public}:{secret}".encode()).decode()
            http = Http(
                provider=self.info.id,
                base_url=self.setup.base_url,
                authorization=f"Basic {token}",
                secrets=(token, secret, public),
                explain=explain_refusal,
                # A query of every call. Source: S-SDK, S-BL (C).
                query={"projectId": self.setup.project_id} if self.setup.project_id else None,
            )
            self._opened = http, Assets(http, self.setup.pause)
        return self._opened


def _sent_between(job: Job) -> tuple[datetime, datetime | None]:
    """Return when Scenario may have made a job of this request, by its own clock.

    A job ends long after it was sent where the app was not running, and begins long before where it waited.
    """
    first, last = job.sent_at or job.created_at, job.sent_at or job.finished_at
    return first - _CLOCKS_DIFFER, None if last is None else last + _TAKES_AT_MOST + _CLOCKS_DIFFER

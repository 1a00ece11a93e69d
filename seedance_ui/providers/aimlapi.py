"""Seedance 2.0 Fast at AIML API.

Sources, collected until 2026-11-20: AI-PAGE the model's page at https://docs.aimlapi.com (it wins), AI-DOC its sources
in `aimlapi/api-docs` (Aug 2026). C: confirmed there. C*: second-hand. G: guessed, never relied upon.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, ClassVar

from seedance_ui.domain import mentions
from seedance_ui.domain.job import Job, JobUpdate
from seedance_ui.domain.media import MediaFile, MediaKind, MediaLink, Reference, identity
from seedance_ui.domain.model_spec import MediaLimits, ModelSpec
from seedance_ui.domain.pricing import Price, PricePart, part_by_seconds
from seedance_ui.domain.request import GenerationRequest
from seedance_ui.domain.variable import Variable, key
from seedance_ui.errors import AuthenticationError, MediaError, SubmitUnknownError, UnexpectedResponseError
from seedance_ui.providers import aimlapi_code
from seedance_ui.providers.aimlapi_answers import Balance, Generation, LogPage, parse_update, taken_id, update_of_taken
from seedance_ui.providers.base import Handles, Provider, ProviderInfo, ReportFiles, Setup, Submitted
from seedance_ui.providers.code import write_programs
from seedance_ui.providers.code.program import Program
from seedance_ui.providers.http import Http
from seedance_ui.providers.refusals import explain_answer

MODEL = "bytedance/seedance-2-0-fast"
"""The only one that the page allows. Source: AI-PAGE (C)."""

GENERATIONS = "/v2/video/generations"
"""POST starts a video, GET asks about one. Source: AI-PAGE (C)."""

USD_PER_S: Mapping[str, float] = MappingProxyType({"720p": 0.314496, "480p": 0.146})
"""US dollars a second of video.

720p: AI-PAGE's sample bills 2.515968 for 8 s (C), a user's bill 1.58 for 5 s (C*). 480p: fal's price × 1.3, which
fits at 720p (G).
"""

_PRICES_AS_OF = date(2026, 11, 20)

_BASIS: Mapping[str, str] = MappingProxyType(
    {
        "720p": "The sample on AIML API’s page of the model bills $2.515968 for 8 s at 720p, sound included.",
        "480p": "AIML API names no price for 480p. This one is worked out from fal’s, which AIML API follows at 720p.",
    }
)
"""Resolution to where its rate comes from, for people."""

_LIMITS = MediaLimits(video_area_px=(409_600, 927_408))
"""Reference videos "must be between ~480p (640x640) and ~720p (834x1112)". Source: AI-PAGE (C)."""

_CLOCKS_DIFFER = timedelta(minutes=10)
"""How far the provider's clock may be from ours, at most."""

_LOG_ROWS = 100
"""The most rows of one page of the log. Source: AI-DOC, logs-v2.json (C)."""

_MAX_PAGES = 20
"""Of the log, when a lost job is looked for; below its 200 requests a minute (AI-DOC, C)."""


def build_payload(request: GenerationRequest, handles: Handles) -> dict[str, Any]:
    """Return the body of the paid request. Source of the fields: AI-PAGE (C).

    Numbers are numbers: the page's own sample sends `"duration": "8"`, its schema says integer. What is not
    used is left out, since an empty array is below `minItems`.
    """
    payload: dict[str, Any] = {
        "model": MODEL,
        "prompt": mentions.render(request.prompt, "@Image1"),
        "duration": request.duration_s,
        "resolution": request.resolution,
        "aspect_ratio": request.aspect_ratio,
        "generate_audio": request.generate_audio,
    }
    if request.seed is not None:
        payload["seed"] = request.seed
    frames = {"image_url": request.first_frame, "last_image_url": request.last_frame}
    payload |= {name: handles.of([frame])[0] for name, frame in frames.items() if frame is not None}
    references = {"image_urls": request.images, "video_urls": request.videos, "audio_urls": request.audios}
    return payload | {name: handles.of(files) for name, files in references.items() if files}


def price_of(request: GenerationRequest) -> Price:
    """Return what a run costs at most, as far as it is known.

    ByteDance bills the seconds of reference videos as well, and then each second cheaper (COMFY, C); what AIML API
    makes of that is not known. The worst case is taken: seconds added, no discount. A link was never measured and
    counts as all the seconds that may come in.
    """
    rate = USD_PER_S[request.resolution]
    parts = [part_by_seconds("video", request.duration_s, rate)]
    if request.videos:
        parts.append(part_by_seconds("reference_videos", _seconds_in(request), rate, is_most=True))
    if request.generate_audio:
        parts.append(PricePart("sound", 0.0))
    return Price("USD", "estimate", tuple(parts), _BASIS[request.resolution], _PRICES_AS_OF)


def _seconds_in(request: GenerationRequest) -> float:
    if any(isinstance(one, MediaLink) for one in request.videos):
        return _LIMITS.max_total_s
    return sum(one.duration_s or 0.0 for one in request.videos if isinstance(one, MediaFile))


class AimlApi(Provider):
    """AIML API: images and sound in the body, videos by link, one paid request, then questions about it."""

    info: ClassVar[ProviderInfo] = ProviderInfo(
        id="aimlapi",
        label="AIML API",
        hint="Billed in US dollars; reference videos go by link.",
        variables=(
            key("AIMLAPI_KEY", "Key of an AIML API account."),
            Variable(
                "AIMLAPI_BASE_URL",
                "URL",
                "https://api.aimlapi.com",
                "Where AIML API's API is, without /v2.",
                kind="base_url",
            ),
        ),
        docs_url="https://docs.aimlapi.com/quickstart/setting-up",
    )

    can_be_asked = True
    download_hosts: ClassVar[tuple[str, ...]] = ("cdn.aimlapi.com",)

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self._opened: Http | None = None
        self._spec = ModelSpec(
            provider=self.info.id,
            provider_label=self.info.label,
            model=MODEL,
            tag_style="@Image1",
            takes_links=True,
            # Base64 in `video_urls`: "Only video URLs supported". Source: AI-DOC for `seedance-2-0` (C), Fast G.
            takes_local_videos=setup.hand_over is not None,
            limits=_LIMITS,
            can_cancel="never",  # no way is documented
        )

    def spec(self) -> ModelSpec:
        """Return what the model can do here. Source: AI-PAGE (C): no Auto, no adaptive, a prompt always."""
        return self._spec

    async def estimate(self, request: GenerationRequest) -> Price:
        """Compute the price; there is nobody to ask before the run."""
        return price_of(request)

    async def upload(self, job: Job, report: ReportFiles) -> Handles:
        """Turn each file into what stands for it in the body: a data URI, or for a video a link to this app.

        Raises:
            MediaError: A file cannot be read any more, or cannot go by link.
        """
        # One after another: nine images of 30 MB at once would be a lot of memory for nothing.
        return Handles({identity(one): await self._handle(job, one) for one in job.request.media})

    async def _handle(self, job: Job, reference: Reference) -> str:
        if isinstance(reference, MediaLink):
            return reference.url
        if reference.kind is not MediaKind.VIDEO:
            return await asyncio.to_thread(_data_uri, reference)
        if self.setup.hand_over is None:
            raise MediaError("AIML API takes videos only by link.", asset=reference.name)
        return await asyncio.to_thread(self.setup.hand_over, job.job_id, reference)

    async def submit(self, job: Job, handles: Handles) -> Submitted:
        """Send the paid request, once, under our own id: by it a lost one is found again (AI-DOC, C)."""
        answer = await self._http.submit(
            GENERATIONS, build_payload(job.request, handles), headers={"X-Client-Request-Id": job.job_id}
        )
        remote_id = taken_id(answer)
        if remote_id is None:
            raise SubmitUnknownError("The answer names no generation.", provider=self.info.id)
        return Submitted(remote_id, update_of_taken(answer, job.request))

    async def poll(self, job: Job) -> JobUpdate:
        """Ask about a generation; a success brings the link to its video."""
        if job.remote_id is None:
            raise UnexpectedResponseError("This job has no ID at AIML API.", provider=self.info.id)
        answer = await self._http.get(GENERATIONS, params={"generation_id": job.remote_id})
        generation = answer.parse(Generation)
        if generation.id != job.remote_id:  # B15: another's video must never be taken for this one
            raise UnexpectedResponseError("The answer is about another generation.", provider=self.info.id)
        return parse_update(generation, job.request)

    async def reconcile(self, job: Job, *, known: Collection[str] = ()) -> str | None:
        """Look through the account's log for the row with our id; rows may lag. Source: AI-DOC, usage-logs.md (C)."""
        found = await self._sent_as(job) - set(known)
        return found.pop() if len(found) == 1 else None

    async def is_record_of(self, job: Job, remote_id: str) -> bool:
        """Tell whether the account's log has this generation under our id: a row holds no prompt to compare (C)."""
        return remote_id in await self._sent_as(job)

    async def _sent_as(self, job: Job) -> set[str]:
        """Return the generations that the log says were sent as this job."""
        params = {
            "start": f"{job.created_at - _CLOCKS_DIFFER:%Y-%m-%dT%H:%M:%SZ}",
            # The later of the two: a clock that was set back must not make this end before it begins.
            "end": f"{max(self.setup.now(), job.created_at) + _CLOCKS_DIFFER:%Y-%m-%dT%H:%M:%SZ}",
            "model": MODEL,
            "limit": str(_LOG_ROWS),
        }
        found: set[str] = set()
        for page_number in range(_MAX_PAGES):
            offset = {"offset": str(page_number * _LOG_ROWS)}
            page = (await self._http.get("/v2/logs", params={**params, **offset})).parse(LogPage)
            found |= page.inference_ids_of(job.job_id)
            if not page.has_more:
                break
        return found

    async def check_key(self) -> None:
        """Ask for the account's balance, which costs nothing. Source: AI-DOC, billing-v2.json (C)."""
        (await self._http.get("/v2/billing")).parse(Balance)

    def programs(self, request: GenerationRequest, app_url: str) -> tuple[Program, ...]:
        """Return a request in every language."""
        return write_programs(aimlapi_code.recipe_of(request, build_payload, self.info, GENERATIONS))

    async def close(self) -> None:
        """Close the connections."""
        if self._opened is not None:
            await self._opened.close()

    @property
    def _http(self) -> Http:
        """The connection to the account, made at its first use.

        Raises:
            AuthenticationError: The key is not set.
        """
        if self._opened is None:
            if message := self.info.missing_keys_message(self.setup.keys):
                raise AuthenticationError(message, provider=self.info.id)
            [variable] = self.info.key_variables
            secret = self.setup.keys[variable]
            self._opened = Http(
                provider=self.info.id,
                base_url=self.setup.base_url,
                authorization=f"Bearer {secret}",
                secrets=(secret,),
                explain=explain_answer,
            )
        return self._opened


def _data_uri(file: MediaFile) -> str:
    """Return a file as it can stand in the body. Source: AI-PAGE says URL or base64 (C); this form of it G."""
    try:
        content = file.path.read_bytes()
    except OSError as exc:
        raise MediaError(f"{file.name!r} cannot be read: {exc.strerror}.", asset=file.name) from exc
    return f"data:{file.mime};base64,{base64.b64encode(content).decode('ascii')}"

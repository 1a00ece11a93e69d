"""Scenario's API as the reference and its SDK describe it, and strict: what the real one would refuse is refused.

Reference: https://app.scenario.com/api/models/model_bytedance-seedance-2-0-fast/markdown (2026-11-20); uploads, jobs
and assets as in the package `scenario-sdk` 2.4.0. What it takes money for is counted in `bill`.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from tests.fakes.server import FakeServer, Received, Reply, serve_range

MODEL = "model_bytedance-seedance-2-0-fast"
GENERATE = f"/v1/generate/custom/{MODEL}"
KEY, SECRET = "test-key", "test-secret"
AUTHORIZATION = "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()

EXAMPLE_BODY = {"duration": -1, "resolution": "720p", "aspectRatio": "adaptive", "generateAudio": True}
"""The reference's own example: it has neither a prompt nor media, and is taken all the same."""

STEPS = ("queued", "in-progress", "success")
"""What a job says of itself when it is asked again and again."""

PRICE_CU = 40

_KINDS = {"image": "image", "lastFrameImage": "image", "referenceImages": "image", "referenceVideos": "video",
          "referenceAudio": "audio"}  # fmt: skip
_MOST = {"referenceImages": 9, "referenceVideos": 3, "referenceAudio": 3}
_CHOICES = {
    "resolution": ("480p", "720p"),
    "aspectRatio": ("adaptive", "16:9", "4:3", "1:1", "3:4", "9:16", "21:9"),
}
_FIELDS = {"prompt", "duration", "generateAudio", "seed", *_KINDS, *_CHOICES}


class RefusedError(Exception):
    """The request is answered with a status and a reason."""

    def __init__(self, reason: str, status: int = 400, **more: Any) -> None:
        self.reply = Reply(status, {"reason": reason, "trace_id": "trace_1", **more})


@dataclass
class StoredAsset:
    """An asset as this account has it."""

    kind: str
    content: bytes
    mime: str


@dataclass
class StoredUpload:
    """A four-step upload on its way."""

    declared: dict[str, Any]
    parts: dict[int, bytes] = field(default_factory=dict)
    is_complete: bool = False
    looks: int = 0
    entity_id: str | None = None


@dataclass
class StoredJob:
    """A job that will be paid for."""

    job_id: str
    body: dict[str, Any]
    created_at: str
    steps: list[str]
    cost_cu: float
    asset_id: str | None = None
    error: str | None = None
    disable_refund: bool = False


class FakeScenario(FakeServer):
    """One account at Scenario."""

    def __init__(self, video: bytes = b"", port: int = 0) -> None:
        """Take the mp4 that every job makes."""
        super().__init__(port)
        self.base_url = f"{self.origin}/v1"
        self.video = video
        self.assets: dict[str, StoredAsset] = {}
        self.uploads: dict[str, StoredUpload] = {}
        self.jobs: dict[str, StoredJob] = {}
        self.bill: list[str] = []
        """The job id of every paid request."""
        self.steps: tuple[str, ...] = STEPS
        """What the next jobs say, one a question; the last one stays."""
        self.failure = "The model could not make this video."
        self.disable_refund = False
        self.upload_steps: tuple[str, ...] = ("validating", "validated", "imported")
        """What an upload says once it is complete, one a question; the last one stays."""
        self.upload_fails_with: str | None = None
        self.can_cancel = False
        self.cu_by_length: dict[int, float] = {}
        """Length in seconds to price, where it is not `PRICE_CU`; -1 is the one that only a run can tell."""
        self.dry_run_status = 269
        """Anything else is Scenario gone wrong: 200 runs the job."""
        self.link_uses = 1_000
        """How often a link to a video works before it has expired."""
        self._links: dict[str, tuple[str, int]] = {}
        self._numbers = itertools.count(1)

    # -- what a test looks at ----------------------------------------------------------------------

    def bodies(self) -> list[dict[str, Any]]:
        """Return the bodies of the paid requests, in their order."""
        return [self.jobs[job_id].body for job_id in self.bill]

    def settings(self) -> dict[str, str]:
        """Return the environment that leads here."""
        return {"SCENARIO_API_KEY": KEY, "SCENARIO_API_SECRET": SECRET, "SCENARIO_BASE_URL": self.base_url}

    def add_asset(self, kind: str, content: bytes = b"x", mime: str = "image/png") -> str:
        """Store an asset by another way than the API."""
        asset_id = f"asset_{next(self._numbers)}{secrets.token_hex(4)}"
        self.assets[asset_id] = StoredAsset(kind, content, mime)
        return asset_id

    # -- the API -----------------------------------------------------------------------------------

    def handle(self, request: Received) -> Reply:
        """Answer one request."""
        try:
            if request.path.startswith(("/storage/", "/cdn/")):
                return self._handle_storage(request)
            if request.headers.get("authorization") != AUTHORIZATION:
                return Reply(401, b"Unauthorized", {"Content-Type": "text/plain"})
            return self._route(request)
        except RefusedError as refused:
            return refused.reply

    def _route(self, request: Received) -> Reply:
        routes = {
            ("POST", GENERATE): self._generate,
            ("GET", f"/v1/models/{MODEL}"): self._show_model,
            ("POST", "/v1/assets"): self._post_asset,
            ("GET", r"/v1/assets/([^/]+)"): self._show_asset,
            ("POST", "/v1/uploads"): self._post_upload,
            ("GET", r"/v1/uploads/([^/]+)"): self._show_upload,
            ("POST", r"/v1/uploads/([^/]+)/action"): self._act_on_upload,
            ("GET", "/v1/jobs"): self._list_jobs,
            ("GET", r"/v1/jobs/([^/]+)"): self._show_job,
            ("POST", r"/v1/jobs/([^/]+)/action"): self._act_on_job,
        }
        for (method, path), answer in routes.items():
            if method == request.method and (found := re.fullmatch(path, request.path)):
                return answer(request, *found.groups())
        raise RefusedError("Not found", 404)

    # -- generate ----------------------------------------------------------------------------------

    def _generate(self, request: Received) -> Reply:
        is_dry = request.query.get("dryRun") == "true"
        _only(request.query, {"dryRun", "projectId"})
        body = _object(request)
        self._check_body(body, are_placeholders_fine=is_dry)
        cost_cu = self.cu_by_length.get(body.get("duration", -1), PRICE_CU)
        price = {
            "creativeUnitsCost": cost_cu,
            "creativeUnitsDiscount": 0,
            "costDetails": {"custom-generation": cost_cu},
        }
        if is_dry and self.dry_run_status == 269:
            return Reply(269, price)
        if is_dry and self.dry_run_status != 200:
            return Reply(self.dry_run_status, {})
        job_id = f"job_{next(self._numbers)}{secrets.token_hex(4)}"
        job = StoredJob(job_id, body, _now(), list(self.steps), cost_cu)
        self.jobs[job_id] = job
        self.bill.append(job_id)
        return Reply(200, {"job": _public(job, "queued"), **price})

    def _check_body(self, body: dict[str, Any], *, are_placeholders_fine: bool) -> None:
        _only(body, _FIELDS)
        for name, allowed in _CHOICES.items():
            if name in body and body[name] not in allowed:
                raise RefusedError(f"{name} must be one of {', '.join(allowed)}")
        duration = body.get("duration", -1)
        if not _is_whole(duration) or (duration != -1 and not 4 <= duration <= 15):
            raise RefusedError("duration must be -1 or a number from 4 to 15")
        if not isinstance(body.get("generateAudio", True), bool):
            raise RefusedError("generateAudio must be a boolean")
        if "seed" in body and not (_is_whole(body["seed"]) and 0 <= body["seed"] <= 4294967295):
            raise RefusedError("seed must be a number from 0 to 4294967295")
        prompt = body.get("prompt", "")
        if not isinstance(prompt, str) or len(prompt) > 6000:
            raise RefusedError("prompt must be a string of at most 6000 characters")
        self._check_media(body, are_placeholders_fine)
        has_pictures = any(name in body for name in ("image", "referenceImages", "referenceVideos"))
        if not prompt.strip() and not has_pictures and body != EXAMPLE_BODY:
            raise RefusedError("Input prompt is required")

    def _check_media(self, body: dict[str, Any], are_placeholders_fine: bool) -> None:
        for name, kind in _KINDS.items():
            if name not in body:
                continue
            most = _MOST.get(name)
            value = body[name]
            if most is not None and not (isinstance(value, list) and 1 <= len(value) <= most):
                raise RefusedError(f"{name} must be an array of 1 to {most} asset ids")
            for number, asset_id in enumerate(value if most else [value]):
                asset = self.assets.get(asset_id) if isinstance(asset_id, str) else None
                if (asset is None or asset.kind != kind) and not are_placeholders_fine:
                    raise RefusedError(f"{name}[{number}]: {asset_id!r} is no {kind} asset of this project", 404)
        if "lastFrameImage" in body and "image" not in body:
            raise RefusedError("lastFrameImage is only valid with image")
        if "image" in body and any(name in body for name in _MOST):
            raise RefusedError("image and reference media are mutually exclusive")
        if "referenceAudio" in body and not ("referenceImages" in body or "referenceVideos" in body):
            raise RefusedError("referenceAudio requires at least one reference image or video")

    def _show_model(self, request: Received) -> Reply:
        return Reply(200, {"model": {"id": MODEL, "inputs": [{"name": name} for name in sorted(_FIELDS)]}})

    # -- assets ------------------------------------------------------------------------------------

    def _post_asset(self, request: Received) -> Reply:
        body = _object(request)
        _only(body, {"name", "image", "hide"})
        found = re.fullmatch(r"data:(image/(?:jpeg|png|webp));base64,([A-Za-z0-9+/]+={0,2})", body.get("image", ""))
        if found is None or not isinstance(body.get("name"), str) or body.get("hide") is not True:
            raise RefusedError("image must be a data URI, with a name")
        if len(request.body) >= 6_000_000:
            raise RefusedError("Request Entity Too Large", 413)
        asset_id = self.add_asset("image", base64.b64decode(found[2], validate=True), found[1])
        return Reply(200, {"asset": {"id": asset_id, "mimeType": found[1]}})

    def _show_asset(self, request: Received, asset_id: str) -> Reply:
        asset = self.assets.get(asset_id)
        if asset is None:
            raise RefusedError("Asset not found", 404)
        link = secrets.token_hex(8)
        self._links[link] = (asset_id, self.link_uses)
        url = f"{self.origin}/cdn/{asset_id}.mp4?Policy=p&Signature={link}&Key-Pair-Id=k"
        return Reply(200, {"asset": {"id": asset_id, "url": url, "mimeType": asset.mime, "status": "success"}})

    def _post_upload(self, request: Received) -> Reply:
        body = _object(request)
        upload_id = f"upload_{next(self._numbers)}"
        if "url" in body:
            _only(body, {"url", "kind", "assetOptions"})
            if not body["url"].startswith("https://"):
                raise RefusedError("url must be https")
            self.uploads[upload_id] = StoredUpload(body, is_complete=True)
            return Reply(200, {"upload": {"id": upload_id, "status": "pending"}})
        _only(body, {"fileName", "fileSize", "contentType", "kind", "parts", "assetOptions"})
        kind_of_type = str(body.get("contentType")).split("/")[0]
        if not (_is_whole(body.get("fileSize")) and _is_whole(body.get("parts")) and body.get("kind") == kind_of_type):
            raise RefusedError("fileSize and parts must be numbers, kind must fit contentType")
        if body.get("assetOptions") != {"hide": True} or not body.get("fileName"):
            raise RefusedError("fileName and assetOptions are required")
        self.uploads[upload_id] = StoredUpload(body)
        parts = [
            {"number": n, "url": f"{self.origin}/storage/{upload_id}/{n}?X-Amz-Signature=s", "expires": _now()}
            for n in range(1, body["parts"] + 1)
        ]
        return Reply(200, {"upload": {"id": upload_id, "status": "pending", "parts": parts}})

    def _act_on_upload(self, request: Received, upload_id: str) -> Reply:
        upload = self._upload(upload_id)
        if _object(request) != {"action": "complete"}:
            raise RefusedError("action must be complete")
        content = b"".join(upload.parts[number] for number in sorted(upload.parts))
        if len(upload.parts) != upload.declared["parts"] or len(content) != upload.declared["fileSize"]:
            raise RefusedError("Some parts are missing")
        upload.is_complete = True
        return Reply(200, {"upload": {"id": upload_id, "status": "complete"}})

    def _show_upload(self, request: Received, upload_id: str) -> Reply:
        upload = self._upload(upload_id)
        shown: dict[str, Any] = {"id": upload_id, "status": "pending"}
        if upload.is_complete:
            upload.looks += 1
            shown["status"] = self.upload_steps[min(upload.looks, len(self.upload_steps)) - 1]
        if shown["status"] == "imported" and self.upload_fails_with is not None:
            shown |= {"status": "failed", "errorMessage": self.upload_fails_with}
        elif shown["status"] == "imported":
            content = b"".join(upload.parts[number] for number in sorted(upload.parts))
            mime = upload.declared.get("contentType", f"{upload.declared['kind']}/x")
            upload.entity_id = upload.entity_id or self.add_asset(upload.declared["kind"], content, mime)
            shown["entityId"] = upload.entity_id
        return Reply(200, {"upload": shown})

    def _upload(self, upload_id: str) -> StoredUpload:
        if upload_id not in self.uploads:
            raise RefusedError("Upload not found", 404)
        return self.uploads[upload_id]

    # -- storage and CDN: signed links, never our key ----------------------------------------------

    def _handle_storage(self, request: Received) -> Reply:
        if "authorization" in request.headers:
            return Reply(400, b"<Error><Code>InvalidArgument</Code></Error>", {"Content-Type": "application/xml"})
        if put := re.fullmatch(r"/storage/([^/]+)/(\d+)", request.path):
            upload = self._upload(put[1])
            is_typed = request.headers.get("content-type") == upload.declared["contentType"]
            if request.method != "PUT" or request.query.get("X-Amz-Signature") != "s" or not is_typed:
                return Reply(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
            upload.parts[int(put[2])] = request.body
            return Reply(200, b"")
        asset_id, uses = self._links.get(request.query.get("Signature", ""), ("", 0))
        if request.method != "GET" or uses <= 0 or request.path != f"/cdn/{asset_id}.mp4":
            return Reply(403, b"<Error><Code>AccessDenied</Code></Error>", {"Content-Type": "application/xml"})
        self._links[request.query["Signature"]] = (asset_id, uses - 1)
        return serve_range(request, self.assets[asset_id].content, self.assets[asset_id].mime)

    # -- jobs --------------------------------------------------------------------------------------

    def _show_job(self, request: Received, job_id: str) -> Reply:
        job = self._job(job_id)
        status = job.steps[0] if len(job.steps) == 1 else job.steps.pop(0)
        if status == "success" and job.asset_id is None:
            job.asset_id = self.add_asset("video", self.video, "video/mp4")
        if status == "failure":
            job.error, job.disable_refund = self.failure, self.disable_refund
        return Reply(200, {"job": _public(job, status)})

    def _list_jobs(self, request: Received) -> Reply:
        _only(request.query, {"createdAfter", "pageSize", "paginationToken", "projectId"})
        since = datetime.fromisoformat(request.query["createdAfter"].replace("Z", "+00:00"))
        rows = [job for job in self.jobs.values() if datetime.fromisoformat(job.created_at) >= since]
        start = int(request.query.get("paginationToken", "0"))
        size = min(100, int(request.query["pageSize"]))
        page: dict[str, Any] = {"jobs": [_public(job, job.steps[0]) for job in rows[start : start + size]]}
        if start + size < len(rows):
            page["nextPaginationToken"] = str(start + size)
        return Reply(200, page)

    def _act_on_job(self, request: Received, job_id: str) -> Reply:
        job = self._job(job_id)
        if _object(request) != {"action": "cancel"}:
            raise RefusedError("action must be cancel")
        if not self.can_cancel:
            raise RefusedError("Cannot cancel this type of job")
        job.steps = ["canceled"]
        return Reply(200, {"job": _public(job, "canceled")})

    def _job(self, job_id: str) -> StoredJob:
        if job_id not in self.jobs:
            raise RefusedError("Job not found", 404)
        return self.jobs[job_id]


def _public(job: StoredJob, status: str) -> dict[str, Any]:
    """Return a job as Scenario shows it."""
    metadata: dict[str, Any] = {"assetIds": [job.asset_id] if job.asset_id else [], "input": job.body}
    billing: dict[str, Any] = {"cuCost": job.cost_cu, "cuDiscount": 0}
    if job.error:
        metadata |= {"error": job.error, "hint": "Change the prompt and try again."}
        billing["disableRefund"] = job.disable_refund
    progress = {"queued": 0, "in-progress": 0.5, "success": 1}.get(status, 0)
    return {
        "jobId": job.job_id, "status": status, "progress": progress, "metadata": metadata, "billing": billing,
        "jobType": "custom", "createdAt": job.created_at, "updatedAt": _now(), "statusHistory": [],
    }  # fmt: skip


def _object(request: Received) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except ValueError as exc:
        raise RefusedError("The body is not JSON") from exc
    if not isinstance(body, dict) or request.headers.get("content-type") != "application/json":
        raise RefusedError("The body is not a JSON object")
    return body


def _only(given: Any, allowed: set[str]) -> None:
    if unknown := set(given) - allowed:
        raise RefusedError(f"Unknown: {', '.join(sorted(unknown))}")


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _now() -> str:
    return datetime.now(timezone.utc).isoformat()


def sha256(content: bytes) -> str:
    """Return the digest by which a test compares what was sent and what arrived."""
    return hashlib.sha256(content).hexdigest()

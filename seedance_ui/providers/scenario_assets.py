"""Scenario's assets: what stands for a file in the body of a request. Sizes in bytes, durations in seconds.

Sources: S-SDK, S-BL and S-DOC of `scenario.py`.
"""

from __future__ import annotations

import asyncio
import base64
import math
from collections import defaultdict
from collections.abc import Awaitable, Callable
from mimetypes import guess_extension
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from seedance_ui.domain.media import MediaFile, MediaKind, MediaLink, Reference, identity
from seedance_ui.domain.mentions import tag
from seedance_ui.domain.request import GenerationRequest
from seedance_ui.domain.verdicts import shown
from seedance_ui.errors import BadRequestError, MediaError, ProviderUnavailableError, UnexpectedResponseError
from seedance_ui.providers.answers import OR_NONE, RemoteId, Wire
from seedance_ui.providers.base import Handles, ReportFiles
from seedance_ui.providers.http import Http, segment

MAX_INLINE_BYTES = 3_500_000
"""Larger images go by the four steps. Source: S-BL's own limit (C); the gateway cuts at about 10 MB."""

PART_BYTES = 32 * 1024 * 1024
"""Of a multipart upload. Source: S-BL (C)."""

AT_ONCE = 4
"""Files on their way at the same time, of all jobs together."""

LOOK_AGAIN_S = 1.5
"""Between two questions about an upload. Source: S-BL (C)."""

MAX_LOOKS = 200
"""Five minutes; no limit is documented (G)."""


class Asset(Wire):
    """A stored file as Scenario shows it. Source: S-SDK (C)."""

    id: RemoteId
    url: Annotated[str | None, OR_NONE] = Field(default=None, repr=False)
    """Signed, and lives at least 24 hours (S-DOC, C)."""
    mime_type: Annotated[str | None, OR_NONE] = None


class _AssetAnswer(Wire):
    asset: Asset


class _NewAsset(Wire):
    id: RemoteId


class _NewAssetAnswer(Wire):
    asset: _NewAsset


class _Part(Wire):
    number: int
    url: str = Field(repr=False)


class _Upload(Wire):
    id: RemoteId
    status: str
    entity_id: Annotated[RemoteId | None, OR_NONE] = None
    error_message: Annotated[str | None, OR_NONE] = None
    parts: Annotated[list[_Part] | None, OR_NONE] = None


class _UploadAnswer(Wire):
    upload: _Upload


class Assets:
    """The assets of one account, as far as this process made them."""

    def __init__(self, http: Http, pause: Callable[[float], Awaitable[None]]) -> None:
        self._http = http
        self._pause = pause
        self._places = asyncio.Semaphore(AT_ONCE)
        self._ids: dict[str, str] = {}
        """SHA-256 of a file to the id of its asset."""
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(self, asset_id: str) -> Asset:
        """Ask about an asset; its link is fresh."""
        asset = (await self._http.get(f"/assets/{segment(asset_id)}")).parse(_AssetAnswer).asset
        if asset.id != asset_id:  # B15: another's video must never be taken for this one
            raise UnexpectedResponseError("The answer is about another asset.", provider="scenario")
        return asset

    def known_handles(self, request: GenerationRequest) -> Handles:
        """Return the handles of a request as far as they are known, "" for the others."""
        return Handles({identity(one): self._ids.get(identity(one), "") for one in request.media})

    async def upload(self, request: GenerationRequest, report: ReportFiles) -> Handles:
        """Make an asset of each file and link of a request, up to four at once, and report each.

        Raises:
            ProviderError: One could not be stored; the others are remembered.
            MediaError: A file is gone from the disk.
        """
        names = _names(request)
        tasks = {key: asyncio.ensure_future(self._handle(one, name)) for key, (one, name) in names.items()}
        for task in tasks.values():
            task.add_done_callback(lambda _: report(sum(each.done() for each in tasks.values()), len(tasks)))
        try:
            await asyncio.gather(*tasks.values())
        except UnexpectedResponseError as exc:
            # Nothing was paid yet: what is odd here is worth another try, and is never an open question.
            raise ProviderUnavailableError(str(exc), provider=exc.provider) from exc
        finally:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)
        return Handles({key: task.result() for key, task in tasks.items()})

    async def _handle(self, reference: Reference, name: str | None) -> str:
        if isinstance(reference, MediaLink):  # what is behind a link may change: never remembered
            async with self._places:
                return await self._import_link(reference, name)
        async with self._locks[reference.sha256], self._places:
            known = self._ids.get(reference.sha256)
            if known is None or not await self._exists(known):
                self._ids[reference.sha256] = await self._store(reference, name)
            return self._ids[reference.sha256]

    async def _exists(self, asset_id: str) -> bool:
        """Tell whether an asset of ours is still there: a person can delete it at Scenario."""
        try:
            await self.get(asset_id)
        except BadRequestError:
            return False
        return True

    async def _store(self, file: MediaFile, name: str | None) -> str:
        if goes_in_one_call(file):
            return await self._post_image(file)
        return await self._upload_parts(file, name)

    async def _post_image(self, file: MediaFile) -> str:
        """Send a small image in the body of one request."""
        content = await asyncio.to_thread(_read, file.path, 0, file.size_bytes)
        data_uri = f"data:{file.mime};base64,{base64.b64encode(content).decode()}"
        body = {"name": name_at_scenario(file), "image": data_uri, "hide": True}
        return (await self._http.post("/assets", body)).parse(_NewAssetAnswer).asset.id

    async def _upload_parts(self, file: MediaFile, name: str | None) -> str:
        """Create the upload, put its parts to presigned links, complete it, and wait until it is imported."""
        count = max(1, math.ceil(file.size_bytes / PART_BYTES))
        upload = await self._create(
            {
                "fileName": name_at_scenario(file),
                "fileSize": file.size_bytes,
                "contentType": file.mime,
                "kind": file.kind.value,
                "parts": count,
                "assetOptions": {"hide": True},
            }
        )
        parts = sorted(upload.parts or (), key=lambda part: part.number)
        if len(parts) != count:
            raise ProviderUnavailableError(
                f"Scenario offers {len(parts)} links for {count} parts.", provider="scenario"
            )
        for index, part in enumerate(parts):
            content = await asyncio.to_thread(_read, file.path, index * PART_BYTES, PART_BYTES)
            await self._http.put(part.url, content, content_type=file.mime)
        await self._http.post(f"/uploads/{segment(upload.id)}/action", {"action": "complete"})
        return await self._imported(upload.id, name)

    async def _import_link(self, link: MediaLink, name: str | None) -> str:
        """Let Scenario fetch a link itself."""
        upload = await self._create({"url": link.url, "kind": link.kind.value, "assetOptions": {"hide": True}})
        return await self._imported(upload.id, name)

    async def _create(self, body: dict[str, Any]) -> _Upload:
        return (await self._http.post("/uploads", body)).parse(_UploadAnswer).upload

    async def _imported(self, upload_id: str, name: str | None) -> str:
        """Wait until an upload has become an asset.

        Its words: pending, complete, validating, validated, imported, failed. Source: S-SDK (C); one that we do not
        know is waited out like the first four.
        """
        for _ in range(MAX_LOOKS):
            upload = (await self._http.get(f"/uploads/{segment(upload_id)}")).parse(_UploadAnswer).upload
            if upload.id != upload_id:  # another's file must never go into this video
                raise UnexpectedResponseError("The answer is about another upload.", provider="scenario")
            if upload.status == "imported" and upload.entity_id:
                return upload.entity_id
            if upload.status == "failed":
                words = shown(upload.error_message or "") or "Scenario could not read it."
                raise BadRequestError(words, provider="scenario", code="bad_media", asset=name)
            await self._pause(LOOK_AGAIN_S)
        raise ProviderUnavailableError("Scenario did not import a file within five minutes.", provider="scenario")


def _names(request: GenerationRequest) -> dict[str, tuple[Reference, str | None]]:
    """Return each content of a request once, with the tag it has in the prompt, if any."""
    names: dict[str, tuple[Reference, str | None]] = {identity(frame): (frame, None) for frame in request.frames}
    for kind, references in (
        (MediaKind.IMAGE, request.images),
        (MediaKind.VIDEO, request.videos),
        (MediaKind.AUDIO, request.audios),
    ):
        for number, reference in enumerate(references, start=1):
            names.setdefault(identity(reference), (reference, tag(kind, number)))
    return names


def goes_in_one_call(file: MediaFile) -> bool:
    """Tell whether a file fits into the body of one request; the four steps take the others."""
    return file.kind is MediaKind.IMAGE and file.size_bytes <= MAX_INLINE_BYTES


def name_at_scenario(file: MediaFile) -> str:
    """Return a name for the provider: a person's own file names are nobody's business."""
    return f"{file.kind.value}-{file.sha256[:12]}{guess_extension(file.mime) or ''}"


def _read(path: Path, offset: int, size_bytes: int) -> bytes:
    """Return a piece of a file. Blocks.

    Raises:
        MediaError: It cannot be read any more.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(size_bytes)
    except OSError as exc:
        raise MediaError(f"A file of this request cannot be read any more ({exc.strerror}). Add it again.") from exc

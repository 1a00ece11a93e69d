"""Zips of runs, built by hand: as an app exports them, or with anything wrong in them that a test wants."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import AsyncIterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from seedance_ui.domain.shared_run import FORMAT, FORMAT_VERSION
from seedance_ui.jobs.importing import Imported
from seedance_ui.services import Services

RUN_ID = "5eed" * 8


def make_record(files: Mapping[str, bytes], **changes: Any) -> dict[str, Any]:
    """Return the record of a run of words alone with these files beside it."""
    return {
        "format": FORMAT, "format_version": FORMAT_VERSION, "app_version": "0.1.0", "run_id": RUN_ID,
        "provider": "strict", "provider_label": "Strict Video", "model": "strict-1", "mode": "text",
        "prompt": "A tram in the rain", "seed": 7,
        "settings": {
            "duration_s": 6, "resolution": "480p", "aspect_ratio": "4:3", "generate_audio": False, "seed": None
        },
        "times": {
            "created_at": "2026-11-20T10:00:00+00:00", "started_at": "2026-11-20T10:00:06+00:00",
            "finished_at": "2026-11-20T10:01:32+00:00",
        },
        "cost": {"amount": 2.52, "unit": "USD", "kind": "exact"}, "media": [],
        "entries": [
            {"name": name, "size_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in files.items()
        ],
        **changes,
    }  # fmt: skip


def make_medium(place: str, kind: str, **changes: Any) -> dict[str, Any]:
    """Return what a record says of a file of the request."""
    return {"place": place, "kind": kind, "name": "a.png", "entry": None, "link": None, "left_out": None, **changes}


def zip_run(files: Mapping[str, bytes], **changes: Any) -> bytes:
    """Return a zip of these files with their record."""
    return zip_files({"run.json": json.dumps(make_record(files, **changes)).encode(), **files})


def zip_files(files: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """Return a zip of exactly these files."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


async def bring_in(services: Services, packed: bytes, *, announced: int | None = None) -> Imported:
    """Import a zip as the route does: in pieces."""

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(packed), 100_000):
            yield packed[at : at + 100_000]

    return await services.import_run(pieces(), len(packed) if announced is None else announced)


async def pack(services: Services, job_id: str) -> bytes:
    """Export a run."""
    run = await services.export_run(job_id)
    assert run is not None
    packed = b"".join(run.chunks())
    assert len(packed) == run.size_bytes
    return packed


def everything_in(data_dir: Path) -> dict[str, bytes]:
    """Return every file below a directory, but for the database's: what stands in that is asked of the store."""
    return {
        str(path.relative_to(data_dir)): path.read_bytes()
        for path in sorted(data_dir.rglob("*"))
        if path.is_file() and "sqlite3" not in path.name
    }

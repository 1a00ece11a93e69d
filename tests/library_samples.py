"""What the library's grid and the player are given, as a test wants it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

PROMPT = "Café at dusk: ${6*7} <b>x</b>, slow push-in"


def make_item(job_id: str, **changes: Any) -> dict[str, Any]:
    """Return a finished video as the page shows it."""
    return {
        "job_id": job_id, "prompt": PROMPT, "mode": "text", "provider": "aimlapi", "provider_label": "AIML API",
        "created_at": datetime.now(timezone.utc).isoformat(), "video_url": f"/media/{job_id}.mp4",
        "poster_url": f"/media/{job_id}.jpg", "last_frame_url": None, "duration_s": 8.0, "resolution": "720p",
        "aspect_ratio": "16:9", "width_px": 1280, "height_px": 720, "generate_audio": True, "seed": 48213,
        "state": "succeeded", "is_closed": False, "is_favourite": False, "is_deleted": False,
        "is_imported": False, "parent": None,
        "children": 0, "remote_id": None, "is_missing": False, "flag": None, "size_bytes": 6_400_000,
        "cost": {"amount": 2.52, "unit": "USD", "kind": "exact"}, "elapsed_s": 92.4, "queued_s": 6.1, **changes,
    }  # fmt: skip


def make_resting(job_id: str, **changes: Any) -> dict[str, Any]:
    """Return a job that rests: without a video."""
    none = dict.fromkeys(("video_url", "poster_url", "duration_s", "width_px", "height_px", "size_bytes"))
    return make_item(job_id, **{"state": "needs_attention", **none, **changes})


def make_page(*items: dict[str, Any], asked: int = 0, after: str | None = None, **more: Any) -> dict[str, Any]:
    """Return an answer to a question of the grid; `found`, `deleted` and `problem` where they are not the usual."""
    videos = sum(item["state"] == "succeeded" for item in items)
    found = more.get("found", len(items))
    counts = {"found": found, "videos": found - len(items) + videos, "deleted": more.get("deleted", 0)}
    return {"asked": asked, "after": after, "items": list(items), "counts": counts, "problem": more.get("problem")}

"""What a provider's words about a request or a job mean: the one place that reads them.

Providers say in free text why they decline; the table is `_REFUSALS`, read in lower case from top to bottom.
Sources: Ark's error codes, third-party notes of 2026-10-08 on docs.byteplus.com/en/docs/ModelArk/1299023 (C*);
fal's `content_policy_violation` (C, `@fal-ai/client` 1.10.1); the order and the loose words are ours (G).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from seedance_ui.domain import mentions
from seedance_ui.domain.job import FIRST_FRAME, LAST_FRAME, Charged, JobError
from seedance_ui.domain.media import MediaKind
from seedance_ui.domain.request import GenerationRequest

MAX_WORDS_CHARS = 500
"""A4: how much of a provider's own words is shown."""


@dataclass(frozen=True, slots=True)
class CloserWords:
    """What a code means beyond its error class."""

    title: str
    """May name the `{provider}`."""
    next_step: str


CLOSER_WORDS = {
    "face": CloserWords(
        "{provider} declined this because a file may show a real person",
        "Use a picture or video without a recognizable face, such as a drawing, then generate again.",
    ),
    "copyright": CloserWords(
        "{provider} declined this because it may be protected by copyright",
        "Take out names, characters and works that belong to others, then generate again.",
    ),
    "moderation_audio": CloserWords(
        "{provider} declined the sound that was made for this video",
        "Generate again without sound, or change what is said or heard.",
    ),
    "moderation": CloserWords(
        "{provider} declined this request after its safety check",
        "Change the words or the pictures, then generate again.",
    ),
    "bad_media": CloserWords(
        "{provider} cannot use one of the files",
        "Use another file in its place, then generate again.",
    ),
    "bad_resolution": CloserWords(
        "{provider} did not accept this resolution",
        "Choose a lower resolution, then generate again.",
    ),
    "bad_duration": CloserWords(
        "{provider} did not accept this length",
        "Choose a shorter length, then generate again.",
    ),
    "no_plan": CloserWords(
        "The {provider} account's plan does not include this model",
        "Change the plan at the provider, or choose another provider.",
    ),
    "generation_failed": CloserWords(
        "{provider} could not make this video",
        "Generate again. If it fails again, change the words or the files.",
    ),
}
"""Code to words, for codes that are closer than an error class."""

_REFUSALS = (
    ("face", re.compile(r"privacyinformation|real person|real face|likeness")),
    ("copyright", re.compile(r"copyright|policyviolation|intellectual")),
    ("moderation_audio", re.compile(r"outputaudio")),
    (
        "moderation",
        re.compile(r"sensitive|moderation|content_policy|contentsecurity|nsfw|\brisk|riskdetection|\bsafety"),
    ),
)
"""The first that is found decides: `InputImageSensitiveContentDetected.PrivacyInformation` is about a face."""

_SETTINGS = (
    ("bad_resolution", re.compile(r"\bresolution\b|\b(480|720|1080)p\b")),
    ("bad_duration", re.compile(r"\bduration\b")),
)
"""Settings that a provider's words may be about, where they name no file."""
_OF_A_FILE = re.compile(r"reference|\binput|\bclip|\bfile|upload")
"""A length or a size that is a file's, not the video's."""

_TAG = re.compile(r"(?<![\w@])@?(image|video|audio)([1-9]\d?)(?!\w|\.\w)", re.IGNORECASE)
"""image2, @Image2; not image2.png, which is a file's name."""
_ITEM = re.compile(r"(?:reference|\b)(image|video|audio)(?:_url)?s?(?:\[(\d{1,2})\]|\.(\d{1,2})\b)", re.IGNORECASE)
"""referenceImages[1], image_urls.1: counted from 0."""

_FRAMES = (
    (LAST_FRAME, re.compile(r"last[ _]?frame|last_image|end[ _]?frame", re.IGNORECASE)),
    (
        FIRST_FRAME,
        re.compile(r"first[ _]?frame|start[ _]?frame|\bimage_url\b(?!s)|[\[\"'`]image[\]\"'`]", re.IGNORECASE),
    ),
)
"""`lastFrameImage`, `last_image_url`; `image_url`, and Scenario's `image` where it stands as the name of a field."""

_LINK_QUERY = re.compile(r"(https?://[^\s?#\"'<>]+)\?[^\s\"'<>]*")


def refusal_code(words: str) -> str | None:
    """Return which refusal a provider's words are; None where they are none that we know."""
    text = words.lower()
    return next((code for code, pattern in _REFUSALS if pattern.search(text)), None)


def setting_code(words: str) -> str | None:
    """Return which setting a provider's words are about; None where they are about none that we know."""
    text = words.lower()
    if _OF_A_FILE.search(text):
        return None
    return next((code for code, pattern in _SETTINGS if pattern.search(text)), None)


def named_asset(words: str) -> str | None:
    """Return the file that a provider's words name ("@Image2", `LAST_FRAME`); None where they name none."""
    if frame := next((frame for frame, pattern in _FRAMES if pattern.search(words)), None):
        return frame
    if found := _ITEM.search(words):
        return mentions.tag(MediaKind(found[1].lower()), int(found[2] or found[3]) + 1)
    if found := _TAG.search(words):
        return mentions.tag(MediaKind(found[1].lower()), int(found[2]))
    return None


def shown(words: str) -> str:
    """Return a provider's words in one line, short enough for a person, and without the query of any link.

    Characters that cannot be seen are left out: some turn the direction of the text around them, and zero bytes and
    halves of characters cannot be stored by every database.
    """
    line = "".join(filter(str.isprintable, " ".join(words.split())))
    return _LINK_QUERY.sub(r"\1?…", line)[:MAX_WORDS_CHARS]


def failed_job(words: str, request: GenerationRequest, *, provider_label: str, charged: Charged) -> JobError:
    """Return why a job failed that its provider had taken.

    Args:
        words: Everything that the provider said about it.
        request: What it was about; only its own files can be named.
        provider_label: As people know it.
        charged: Whether the provider takes money for this failure.
    """
    asset = named_asset(words)
    if asset is not None and not _is_of(asset, request):
        asset = None
    code = refusal_code(words) or ("bad_media" if asset else "generation_failed")
    closer = CLOSER_WORDS[code]
    return JobError(
        code=code,
        title=closer.title.format(provider=provider_label),
        detail=shown(words) or "It gave no reason.",
        charged=charged,
        next_step=closer.next_step,
        asset=asset,
    )


def _is_of(asset: str, request: GenerationRequest) -> bool:
    """Whether a request has the file that is named."""
    frames = {FIRST_FRAME: request.first_frame, LAST_FRAME: request.last_frame}
    if asset in frames:
        return frames[asset] is not None
    return not mentions.unknown_mentions(asset, request.reference_counts())

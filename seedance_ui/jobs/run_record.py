"""Read the record of a run that came from elsewhere: every field has a type, a form and a limit, or all is refused."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from seedance_ui.domain.file_rules import MAX_LINK_CHARS
from seedance_ui.domain.media import MediaKind
from seedance_ui.domain.mentions import tag
from seedance_ui.domain.model_spec import MAX_SEED, MediaLimits
from seedance_ui.domain.request import Mode
from seedance_ui.domain.shared_run import FORMAT, FORMAT_VERSION, MEDIA, POSTER, VIDEO
from seedance_ui.errors import MediaError

MAX_PROMPT_CHARS = 20_000
"""More than any model reads."""

_COUNTS = MediaLimits().max_count
_PLACES = frozenset(
    {"first_frame", "last_frame"}
    | {tag(kind, number) for kind, most in _COUNTS.items() for number in range(1, most + 1)}
)
_EARLIEST = datetime(2000, 1, 1, tzinfo=timezone.utc)
_LATEST = datetime(2100, 1, 1, tzinfo=timezone.utc)


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("holds a character that no text has")
    return text


def _in_our_time(time: datetime) -> datetime:
    if not _EARLIEST <= time <= _LATEST:
        raise ValueError("is no time that a run can have")
    return time


def _known_place(place: str) -> str:
    if place not in _PLACES:
        raise ValueError("is no place in a request")
    return place


def _known_entry(name: str) -> str:
    if name not in (VIDEO, POSTER) and not MEDIA.fullmatch(name):
        raise ValueError("is no entry that a run has")
    return name


Text = Annotated[str, AfterValidator(_without_nul)]
Line = Annotated[Text, Field(max_length=200)]
Time = Annotated[AwareDatetime, AfterValidator(_in_our_time)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
EntryName = Annotated[str, AfterValidator(_known_entry)]
Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Settings(_Strict):
    """What was asked for. What a provider of another installation takes need not be what one takes here."""

    duration_s: Annotated[int, Field(ge=0, le=60)]
    resolution: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,12}$")]
    aspect_ratio: Annotated[str, Field(pattern=r"^(?:adaptive|[1-9][0-9]?:[1-9][0-9]?)$")]
    generate_audio: bool
    seed: Seed | None


class Times(_Strict):
    """In UTC, and in any order: the clock that gave them may have been set back meanwhile (B14)."""

    created_at: Time
    started_at: Time | None
    finished_at: Time | None


class Price(_Strict):
    """What it cost where it was made."""

    amount: Annotated[float, Field(ge=0, le=1_000_000)] | None
    unit: Literal["USD", "CU"]
    kind: Literal["estimate", "exact"]


class Medium(_Strict):
    """A file or link of the request, or why it is not here."""

    place: Annotated[str, AfterValidator(_known_place)]
    kind: Literal["image", "video", "audio"]
    name: Line | None
    entry: EntryName | None
    link: Annotated[Text, Field(max_length=MAX_LINK_CHARS, pattern=r"^https://")] | None
    left_out: Line | None

    @model_validator(mode="after")
    def _is_one_thing(self) -> Medium:
        if sum(one is not None for one in (self.entry, self.link, self.left_out)) != 1:
            raise ValueError("is a file, a link or neither, and only one of them")
        kind = self.place[1:-1].lower() if self.place.startswith("@") else "image"
        if kind != self.kind:
            raise ValueError("is of another kind than its place")
        return self


class Entry(_Strict):
    """A file beside the record."""

    name: EntryName
    size_bytes: Annotated[int, Field(ge=0)]
    sha256: Sha256


class Record(_Strict):
    """A whole record."""

    format: Literal["seedance-playground/run"]
    format_version: Literal[1]
    app_version: Line
    run_id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    provider: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
    provider_label: Line
    model: Line | None
    mode: Literal["text", "frames", "references"]
    prompt: Annotated[Text, Field(max_length=MAX_PROMPT_CHARS)]
    settings: Settings
    seed: Seed | None
    times: Times
    cost: Price
    media: Annotated[list[Medium], Field(max_length=2 + sum(_COUNTS.values()))]
    entries: Annotated[list[Entry], Field(max_length=4 + sum(_COUNTS.values()))]

    @model_validator(mode="after")
    def _fits_together(self) -> Record:
        places = [medium.place for medium in self.media]
        names = [entry.name for entry in self.entries]
        given = [medium.entry for medium in self.media if medium.entry is not None]
        if places != _expected_places(Mode(self.mode), places):
            raise ValueError("The files do not fit the mode.")
        if len(set(names)) < len(names) or len(set(given)) < len(given):
            raise ValueError("A file stands there twice.")
        if set(given) != {name for name in names if name.startswith("media/")}:
            raise ValueError("The files are not those of the request.")
        return self


class _Head(BaseModel):
    """What tells of a record that it is one, whatever else a later version has."""

    model_config = ConfigDict(strict=True)

    format: str
    format_version: int


def parse_record(raw: bytes) -> Record:
    """Return a record that is sound in itself.

    Raises:
        MediaError: It is none, one of a newer app, or something in it cannot be.
    """
    try:
        head = _Head.model_validate_json(raw)
    except ValidationError as exc:
        raise MediaError("The run.json of this zip is not the record of a run.") from exc
    if head.format != FORMAT:
        raise MediaError("The run.json of this zip is not the record of a run.")
    if head.format_version > FORMAT_VERSION:
        raise MediaError("This run was exported by a newer version of the app. Update this one to import it.")
    try:
        return Record.model_validate_json(raw)
    except ValidationError as exc:
        where = ".".join(str(step) for step in exc.errors()[0]["loc"]) or "the whole"
        raise MediaError(f"The run.json of this zip has something in it that no run has, in {where[:80]}.") from exc


def _expected_places(mode: Mode, places: list[str]) -> list[str]:
    """Return these places as a request of this mode has them: frames in order, references counted without a gap."""
    if mode is Mode.TEXT:
        return []
    if mode is Mode.FRAMES:
        return [place for place in ("first_frame", "last_frame") if place in places]
    counts = {kind: sum(place.startswith(f"@{kind.value.capitalize()}") for place in places) for kind in MediaKind}
    return [tag(kind, number) for kind in MediaKind for number in range(1, counts[kind] + 1)]

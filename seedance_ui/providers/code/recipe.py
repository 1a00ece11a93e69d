"""What a program must do, in no language: steps and values. Durations in seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from seedance_ui.domain.media import MediaFile, Reference, identity
from seedance_ui.domain.redaction import is_signed
from seedance_ui.domain.request import GenerationRequest
from seedance_ui.media.names import display_name
from seedance_ui.providers.base import Handles

Keys = tuple[str | int, ...]
"""The way to a value inside of JSON."""


class Slot(str):
    """Stands in a body for what the program finds out when it runs; its text is the name of the variable.

    Told from every other text by its class, so that no prompt can look like one.
    """


class FromEnvironment(str):
    """An argument whose value is in the environment variable of this name."""


@dataclass(frozen=True, slots=True)
class Auth:
    """How the API knows who calls."""

    scheme: Literal["Basic", "Bearer"]
    variables: tuple[str, ...]
    """The key; for Basic the key and its secret."""


@dataclass(frozen=True, slots=True)
class Helper:
    """A function that returns the handle of one file, written out in each language.

    It may use what every program has: `call(path, body)` in Python and JavaScript, `api path` with the answer in
    answer.json in curl.
    """

    name: str
    curl: str
    python: str
    javascript: str
    needs: tuple[Helper, ...] = ()
    """Helpers that it calls."""


@dataclass(frozen=True, slots=True)
class Material:
    """How one file or link becomes what stands for it in the body."""

    slot: Slot
    arguments: tuple[str, ...]
    """Of the helper; without one the only argument is the value."""
    helper: Helper | None = None
    reads_file: bool = False
    """Whether it needs a file beside the program."""
    note: str = ""
    """A comment behind it, on one line; empty for none."""


@dataclass(frozen=True, slots=True)
class Named:
    """A file or link of a request with its names in a program."""

    reference: Reference
    slot: Slot
    file_name: str
    """Of a file, unlike that of any other file of the request; empty for a link."""

    @property
    def link_variable(self) -> FromEnvironment:
        """The environment variable for a link that must not stand in the code."""
        return FromEnvironment(f"{self.slot.upper()}_URL")

    @property
    def link(self) -> str | FromEnvironment:
        """The link itself, or the variable for it where whoever reads the link could use somebody's signature."""
        url = "" if isinstance(self.reference, MediaFile) else self.reference.url
        return url if url and not is_signed(url) else self.link_variable

    @property
    def link_note(self) -> str:
        """What `link` must lead to, where it is a variable."""
        if not isinstance(self.link, FromEnvironment):
            return ""
        return f"a link to {self.file_name}" if self.file_name else "the signed link of the form"


@dataclass(frozen=True, slots=True)
class Recipe:
    """One paid request: what comes before it, and how its video is found."""

    base_url: str
    auth: Auth
    path: str
    """Where the body goes, behind `base_url`; so the other paths."""
    body: Mapping[str, Any]
    """As the adapter builds it, with slots for its files."""
    id_at: Keys
    """Where the answer names the job."""
    status_path: str
    """Where to ask about it; the ID goes behind it, or into `status_parameter`."""
    status_at: Keys
    done: str
    """The status of a job whose video is ready."""
    failed: tuple[str, ...]
    video_at: Keys
    """Where the answer links the video."""
    poll_after_s: int
    file_name: str
    """Of the video."""
    materials: tuple[Material, ...] = ()
    status_parameter: str | None = None
    asset_at: Keys = ()
    """Where the answer names the video's asset, whose own answer then has the link; empty where there are none."""
    asset_path: str = ""
    project: tuple[str, str] | None = None
    """A parameter of every call and its environment variable; the ID is then in the path."""

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that must be set."""
        project = (self.project[1],) if self.project else ()
        return (*self.auth.variables, *project, *self.secret_links)

    @property
    def secret_links(self) -> tuple[str, ...]:
        """The environment variables that hold links."""
        links = (one for each in self.materials for one in each.arguments if isinstance(one, FromEnvironment))
        return tuple(map(str, links))

    @property
    def helpers(self) -> tuple[Helper, ...]:
        """The helpers that its files need, each once, behind those that it calls."""
        used = (material.helper for material in self.materials if material.helper)
        return tuple(dict.fromkeys(one for helper in used for one in (*_needs(helper), helper)))

    @property
    def has_files(self) -> bool:
        """Whether there is anything to do before the paid call."""
        return bool(self.materials)

    @property
    def advice(self) -> str:
        """What to do about its files and links before the program runs, in sentences."""
        said = []
        if any(material.reads_file for material in self.materials):
            said.append("Your files, beside this program. They go as they are, place and camera data included.")
        if self.secret_links:
            said.append(f"Set {' and '.join(self.secret_links)} before you run it.")
        return " ".join(said) or "Hand over the links."


@dataclass(frozen=True, slots=True)
class Prepared:
    """The body of a request whose files are not sent yet, and what sends them."""

    body: Mapping[str, Any]
    materials: tuple[Material, ...] = field(default=())


def prepare(
    request: GenerationRequest,
    build_payload: Callable[[GenerationRequest, Handles], Mapping[str, Any]],
    plan: Callable[[Named], Material | str],
) -> Prepared:
    """Return a request's body by the adapter's own builder, and the steps for its files.

    Args:
        request: It passed the checks.
        build_payload: What builds the body of the POST.
        plan: Returns how a file or link is handed over, or what stands in the body where nothing need be done.
    """
    plans = {identity(one.reference): plan(one) for one in named_media(request)}
    handles = {key: each.slot if isinstance(each, Material) else each for key, each in plans.items()}
    materials = tuple(each for each in plans.values() if isinstance(each, Material))
    return Prepared(build_payload(request, Handles(handles)), materials)


def named_media(request: GenerationRequest) -> list[Named]:
    """Return every content of a request once, under its first name, with file names that differ."""
    places = [
        *(("first_frame", one) for one in (request.first_frame,) if one is not None),
        *(("last_frame", one) for one in (request.last_frame,) if one is not None),
        *((f"image_{n}", one) for n, one in enumerate(request.images, start=1)),
        *((f"video_{n}", one) for n, one in enumerate(request.videos, start=1)),
        *((f"audio_{n}", one) for n, one in enumerate(request.audios, start=1)),
    ]
    found: dict[str, Named] = {}
    taken: set[str] = set()
    for slot, reference in places:
        if identity(reference) not in found:
            name = _free_name(reference, taken)
            found[identity(reference)] = Named(reference, Slot(slot), name)
    return list(found.values())


def _free_name(reference: Reference, taken: set[str]) -> str:
    """Return the name of a file for people: two pasted pictures may both be called image.png."""
    if not isinstance(reference, MediaFile):
        return ""
    name = display_name(reference.name)
    stem, dot, extension = name.rpartition(".")
    number = 1
    free = name
    while free.casefold() in taken:  # as the disks of most people compare them
        number += 1
        free = f"{stem} ({number}).{extension}" if dot else f"{name} ({number})"
    taken.add(free.casefold())
    return free


def _needs(helper: Helper) -> Iterator[Helper]:
    for needed in helper.needs:
        yield from _needs(needed)
        yield needed

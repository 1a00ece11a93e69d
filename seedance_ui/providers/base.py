"""What every provider is: facts as data, and a few verbs.

An adapter has no retry of its own and never decides a job's state: it raises the errors of `errors.py`,
or returns what the provider said; the runner alone draws conclusions. Only the runner calls `submit`.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

from seedance_ui.domain.job import Job, JobUpdate
from seedance_ui.domain.media import MediaFile, Reference, identity
from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.domain.pricing import Price
from seedance_ui.domain.request import GenerationRequest
from seedance_ui.domain.variable import Variable

if TYPE_CHECKING:
    from seedance_ui.providers.code.program import Program


@dataclass(frozen=True, slots=True)
class ProviderInfo:
    """What the page, the README and the key messages say about a provider."""

    id: str
    """The key in `PROVIDERS`, and the value of `GenerationRequest.provider`."""
    label: str
    """As people know it: "AIML API"."""
    hint: str
    """One line under the provider picker."""
    variables: tuple[Variable, ...] = ()
    """The environment variables that are its own; a secret among them must be set."""
    docs_url: str | None = None

    @property
    def key_variables(self) -> tuple[str, ...]:
        """The names of its secrets; none where no key is needed."""
        return tuple(variable.name for variable in self.variables if variable.kind == "key")

    @property
    def public_base_url(self) -> str:
        """Where everybody finds its API, whatever this installation uses; empty where it has none."""
        return next((variable.default for variable in self.variables if variable.kind == "base_url"), "")

    @property
    def needs_key(self) -> bool:
        """Whether this provider costs somebody something."""
        return bool(self.key_variables)

    def missing_keys(self, keys: Collection[str]) -> tuple[str, ...]:
        """Return which of its key variables are not among those that are set."""
        return tuple(name for name in self.key_variables if name not in keys)

    def missing_keys_message(self, keys: Collection[str]) -> str | None:
        """Return what to set, and the way on without it; None where nothing is missing."""
        missing = self.missing_keys(keys)
        return f"{self.label} needs {' and '.join(missing)}. The animatic works without a key." if missing else None


@dataclass(frozen=True, slots=True)
class Submitted:
    """The provider has taken the request."""

    remote_id: str
    """Committed by the runner before anything else is done with this answer."""
    update: JobUpdate | None = None
    """What the answer also said about the job."""


@dataclass(frozen=True, slots=True)
class Handles:
    """What `upload` leaves for `submit`: the provider's name or link of each file."""

    by_identity: Mapping[str, str] = field(default_factory=dict)
    """`domain.media.identity` of a file or link to what stands for it in the body."""

    def of(self, references: Iterable[Reference]) -> list[str]:
        """Return the handles of these files, in their order."""
        return [self.by_identity[identity(reference)] for reference in references]


ReportFiles = Callable[[int, int], None]
"""Called with how many files are there, and of how many."""


class HandOver(Protocol):
    """Makes a link under which a provider can fetch one file of a job, until that job is final."""

    def __call__(self, job_id: str, file: MediaFile) -> str:
        """Return the link."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What the composition root gives to a provider."""

    work_dir: Path
    """A folder of its own for files that may be lost; on the same disk as the library."""
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Its own key variables, those that are set."""
    base_url: str = ""
    """Where its API is, without a slash at the end."""
    project_id: str | None = None
    """Which project of the account pays, where the provider has such."""
    hand_over: HandOver | None = None
    """None where this installation cannot be reached from outside."""
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    """Waits so many seconds."""
    now: Callable[[], datetime] = lambda: datetime.now(timezone.utc)
    """The time for records, in UTC."""


class Provider(ABC):
    """One video provider, made from a `Setup`."""

    info: ClassVar[ProviderInfo]

    download_hosts: ClassVar[tuple[str, ...]] = ()
    """Hosts of its finished videos, each with all names below it (E4); any other is noted when it first appears."""

    can_be_asked: ClassVar[bool] = False
    """Whether `reconcile` can look for a job whose request may have been taken (A7)."""

    remote_id_is_job_id: ClassVar[bool] = False
    """True where we choose the id ourselves: it is then written with the intent, and nothing can be paid twice."""

    def __init__(self, setup: Setup) -> None:
        """Take what is needed from `setup`; open nothing yet."""
        self.setup = setup

    @abstractmethod
    def spec(self) -> ModelSpec:
        """Return what the model can do here."""

    @abstractmethod
    async def estimate(self, request: GenerationRequest) -> Price:
        """Return the price of a request that passed the checks, in its parts; asks only where asking is free."""

    async def upload(self, job: Job, report: ReportFiles) -> Handles:
        """Send the files of a job; free, and safe to do again. The default has nothing to send."""
        return Handles()

    @abstractmethod
    async def submit(self, job: Job, handles: Handles) -> Submitted:
        """Send the paid request, once.

        Raises:
            ProviderError: It was provably not taken.
            SubmitUnknownError: It may have been taken.
        """

    @abstractmethod
    async def poll(self, job: Job) -> JobUpdate:
        """Ask about a job; any number of times, at any time, after any restart."""

    async def cancel(self, job: Job) -> bool | None:
        """Ask to stop a job; the default cannot.

        Returns:
            True only where the provider confirms that it stopped, False where it says that it cannot, None where
            neither is known yet.

        Raises:
            ProviderError: The provider cannot be asked now.
        """
        return False

    async def reconcile(self, job: Job, *, known: Collection[str] = ()) -> str | None:
        """Look for a job whose request may have been taken (A7); the default cannot.

        Args:
            job: It has no remote id.
            known: Remote ids of our other jobs, which are never the answer.

        Returns:
            The remote id where exactly one job of the provider is this one, else None.

        Raises:
            ProviderError: The provider cannot be asked now.
        """
        return None

    async def is_record_of(self, job: Job, remote_id: str) -> bool:
        """Tell whether the provider's record of an id is of this job; the default has no records (A7).

        Args:
            job: It has no remote id.
            remote_id: What a person found at the provider.

        Raises:
            ProviderError: The provider cannot be asked now.
        """
        return False

    async def check_key(self) -> None:
        """Ask whether the key is good, in a way that costs nothing; the default has none to check.

        Raises:
            AuthenticationError: The provider refuses it.
            ProviderError: The provider gave no usable answer.
        """
        return None

    def programs(self, request: GenerationRequest, app_url: str) -> tuple[Program, ...]:
        """Return a request as programs for this provider; the default has none.

        Args:
            request: It passed the checks.
            app_url: Where this app is, for a provider that is part of it.
        """
        return ()

    async def close(self) -> None:
        """Give back connections and processes. The default holds none."""
        return None

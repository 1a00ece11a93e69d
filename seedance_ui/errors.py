"""The error tree.

::

    SeedanceError
    ├ ConfigError ── MissingKeyError         names the variable and the keyless way on
    ├ InvalidRequestError(problems)          found before any provider is called
    ├ PausedError                            the owner lets no new paid jobs begin
    ├ NotAllowedError                        not here: a stranger could reach what is somebody else's
    ├ GenerationMismatchError                the ID that a person named is not this job's
    ├ ProviderError(provider, request_id)    the provider's API failed
    │  ├ AuthenticationError
    │  ├ InsufficientBalanceError
    │  ├ RateLimitError(retry_after_s)
    │  ├ BadRequestError
    │  ├ ContentFilterError
    │  ├ ProviderUnavailableError
    │  ├ UnexpectedResponseError
    │  └ StrayJobError(remote_id)            a price question started a paid job: it is kept
    ├ SubmitUnknownError(provider)           the request may have arrived: needs attention
    ├ MediaError(asset)                      a file cannot be read, or is not what it says
    └ StoreError                             our own fault; never makes a job failed
       ├ CommitUnknownError                  nobody says whether a job was written: it may be sent yet
       ├ LeaseLostError
       ├ MovedOnError                        a job is not any more what a person saw of it
       ├ RemoteIdTakenError
       └ ReadOnlyError                       the job database is damaged: nothing is written or sent

A provider's verdict on a job is data (`domain.job.JobUpdate`), not an exception. Messages say what
happened, the value with ``!r``, what is allowed and what to do; never a key, never a signed URL.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seedance_ui.domain.validation import Problem


class SeedanceError(Exception):
    """Whatever this project raises on purpose."""


class ConfigError(SeedanceError):
    """A setting is missing or wrong; the message names the key and the wanted form."""


class MissingKeyError(ConfigError):
    """A provider was asked for whose key is not set; names the variable and the keyless way on."""


class InvalidRequestError(SeedanceError):
    """The request breaks a rule; nothing was sent."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        """At least one, in the order of the form's fields."""
        super().__init__(" ".join(problem.message for problem in self.problems))


class PausedError(SeedanceError):
    """The owner lets no new paid jobs begin; nothing was sent."""


class NotAllowedError(SeedanceError):
    """This installation does not let its visitors do that."""


class GenerationMismatchError(SeedanceError):
    """The generation ID that a person named is not this job's; nothing was changed."""


class ProviderError(SeedanceError):
    """The provider's API failed."""

    def __init__(
        self,
        message: str,
        *,
        provider: str,
        request_id: str | None = None,
        code: str | None = None,
        asset: str | None = None,
    ) -> None:
        self.provider = provider
        """The provider's id, as in `PROVIDERS`."""
        self.request_id = request_id
        """The provider's own trace id, where it gave one."""
        self.code = code
        """A closer code than the class's own ("face", "copyright"), where the provider's words tell."""
        self.asset = asset
        """The tag of the file it is about, where the provider says."""
        super().__init__(message)


class AuthenticationError(ProviderError):
    """The provider refused the key."""


class InsufficientBalanceError(ProviderError):
    """The account at the provider has no credit left."""


class RateLimitError(ProviderError):
    """Too many requests; nothing was taken."""

    def __init__(
        self,
        message: str,
        *,
        provider: str,
        request_id: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        self.retry_after_s = retry_after_s
        """How long the provider asks us to wait, in seconds; None where it did not say."""
        super().__init__(message, provider=provider, request_id=request_id)


class BadRequestError(ProviderError):
    """The provider refused the request as it stands."""


class ContentFilterError(ProviderError):
    """The provider's safety check declined the prompt or a file."""


class ProviderUnavailableError(ProviderError):
    """The provider cannot be reached, or answers that it is down."""


class UnexpectedResponseError(ProviderError):
    """The answer is not of the documented form."""


class StrayJobError(ProviderError):
    """A question about the price started a paid job; it must be kept like any other."""

    def __init__(self, message: str, *, provider: str, remote_id: str) -> None:
        self.remote_id = remote_id
        """The provider's id of the job that it started."""
        super().__init__(message, provider=provider)


class SubmitUnknownError(SeedanceError):
    """A paid request may have arrived, and no answer tells; it is never sent again."""

    def __init__(self, message: str, *, provider: str) -> None:
        self.provider = provider
        """The provider's id, as in `PROVIDERS`."""
        super().__init__(message)


class MediaError(SeedanceError):
    """A file cannot be read, or is not what it says it is."""

    def __init__(self, message: str, *, asset: str | None = None) -> None:
        self.asset = asset
        """The tag of the file in the prompt ("@Image2"), or its display name; None where unknown."""
        super().__init__(message)


class TakenBackError(ProviderError):
    """The provider says behind its success that there is no video: whether it is paid is not clear any more."""


class StoreError(SeedanceError):
    """Our own record could not be read or written."""


class CommitUnknownError(StoreError):
    """The connection to the database ended at a commit, and it could not be asked: the job may be there and go on."""


class MovedOnError(StoreError):
    """What a person wanted of a job fits no more: it went on, or its price rose. Nothing was sent."""


class PriceRoseError(MovedOnError):
    """A click would cost more than the price that stood beside it. Nothing was sent."""


class RemoteIdTakenError(StoreError):
    """A provider's id for one job stands with another job here."""


class LeaseLostError(StoreError):
    """Another worker holds this job now: stop touching it."""


class ReadOnlyError(StoreError):
    """The job database is damaged: what can be read is shown, and nothing is written, sent or charged."""

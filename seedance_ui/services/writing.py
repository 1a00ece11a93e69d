"""A request as programs that run anywhere."""

from __future__ import annotations

from typing import TypedDict

from seedance_ui.domain.request import GenerationRequest
from seedance_ui.domain.validation import blocking
from seedance_ui.errors import InvalidRequestError
from seedance_ui.services.making import Making


class ProgramJson(TypedDict):
    """One program."""

    language: str
    """`curl`, `python` or `javascript`."""
    code: str


class CodeJson(TypedDict):
    """A request as programs for its provider. It holds no key, no signed link and no path of this machine (D5)."""

    provider_label: str
    is_drawn_here: bool
    """Whether the programs ask this app itself, which needs no key."""
    duration_s: int
    """0 leaves the length to the provider."""
    resolution: str
    variables: list[str]
    """Environment variables that must be set where a program runs."""
    programs: list[ProgramJson]
    """In the order in which they are shown; none where the provider has none."""


class Writing(Making):
    """The verbs that carry a request on to a person's own program. Whether a provider can be used here is not asked."""

    def code_for_request(self, request: GenerationRequest, *, app_url: str) -> CodeJson:
        """Return a request as programs that send exactly what `submit` would.

        Args:
            request: What to make.
            app_url: Where this app is, as its visitor sees it.

        Raises:
            InvalidRequestError: A rule is broken.
        """
        if problems := blocking(self.check(request)):
            raise InvalidRequestError(problems)
        return self._code(request, app_url)

    async def code_of_job(self, job_id: str, *, owner: str | None, app_url: str) -> CodeJson | None:
        """Return the request of a job as programs, for its owner; None where that is nobody's to ask."""
        job = await self._tools.blocking(self._store.get, job_id)
        if job is None or owner is None or job.owner != owner or job.request.provider not in self._providers:
            return None
        return self._code(job.request, app_url)

    def _code(self, request: GenerationRequest, app_url: str) -> CodeJson:
        provider = self._providers[request.provider]
        programs = provider.programs(request, app_url)
        variables = dict.fromkeys(variable for program in programs for variable in program.variables)
        return {
            "provider_label": provider.info.label,
            "is_drawn_here": not provider.info.needs_key,
            "duration_s": request.duration_s,
            "resolution": request.resolution,
            "variables": list(variables),
            "programs": [{"language": program.language, "code": program.code} for program in programs],
        }

"""Copies of files that break a rule; the files themselves stay as they are."""

from __future__ import annotations

from pathlib import Path

from seedance_ui.domain.file_rules import check_file
from seedance_ui.domain.fixes import Fix, plan_fix
from seedance_ui.domain.media import MediaFile, MediaKind
from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.errors import MediaError
from seedance_ui.services.parts import Parts

_COPY = "The copy"


class Fixing(Parts):
    """The verbs behind `Fix it`."""

    async def find_fix(self, path: str | Path, name: str, kind: MediaKind, spec: ModelSpec) -> Fix | None:
        """Return how a file that `take_in` refused could be copied for a slot for `kind`.

        None where it cannot be decoded here, or a copy makes no sense.
        """
        source = await self._fixer.measure(Path(path), name=name)
        return plan_fix(source, kind, spec) if source else None

    async def fix(self, fix: Fix, spec: ModelSpec) -> MediaFile:
        """Make the copy that a problem's `fix` plans, and return it as `take_in` would.

        Raises:
            MediaError: It cannot be made, or would be refused as well.
            StoreError: The disk would not take it.
        """
        await self._tools.blocking(self._admission.check_file)
        copy = await self._fixer.make(fix)
        for flaw in check_file(copy, fix.source.kind, spec):
            if flaw.severity == "problem":
                raise MediaError(
                    f"{fix.source.name} could not be fixed. " + f"{_COPY} {flaw.text}", asset=fix.source.name
                )
        return copy

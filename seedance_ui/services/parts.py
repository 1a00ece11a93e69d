"""Settings go in; store, runner, providers and library come out wired."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from seedance_ui.config import Settings
from seedance_ui.domain.redaction import Redactor
from seedance_ui.jobs.admission import Admission
from seedance_ui.jobs.bell import Bell
from seedance_ui.jobs.clock import Clock, SystemClock
from seedance_ui.jobs.engine import lock_of
from seedance_ui.jobs.handovers import Handovers
from seedance_ui.jobs.importing import Imports
from seedance_ui.jobs.intents import Intents
from seedance_ui.jobs.opening import find_opening
from seedance_ui.jobs.purge import Purge
from seedance_ui.jobs.room import Room
from seedance_ui.jobs.runner import Runner
from seedance_ui.jobs.store import Store
from seedance_ui.jobs.tools import Tools
from seedance_ui.jobs.ways_on import WaysOn
from seedance_ui.library import Library, prepare_directory
from seedance_ui.media.fix import Fixer
from seedance_ui.media.intake import Intake
from seedance_ui.providers import PROVIDERS
from seedance_ui.providers.base import Provider, ProviderInfo, Setup
from seedance_ui.providers.downloads import Downloader
from seedance_ui.providers.offers import Offers

LOCAL_OWNER = "local"
"""Who owns every job on one's own machine."""

VIDEOS_VANISH = (
    "The disk of this Space is emptied when it restarts, and every video on it is gone then. "
    "Download what you want to keep."
)
"""B17: for a Space without a volume."""


class Parts:
    """Everything that one set of settings makes, and its start and stop."""

    def __init__(
        self,
        settings: Settings,
        *,
        providers: Mapping[str, type[Provider]] = PROVIDERS,
        clock: Clock | None = None,
        free_bytes: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
    ) -> None:
        """Wire the parts; nothing runs before `start`.

        Args:
            settings: What the owner decided.
            providers: Id to class, in the picker's order.
            clock: The machine's, unless a test brings one.
            free_bytes: How much room a path's disk has left.

        Raises:
            ConfigError: The data directory cannot be written.
            StoreError: The database cannot be opened.
        """
        self.settings = settings
        self.is_public = settings.is_public
        self._clock = clock or SystemClock()
        data_dir = settings.data_dir
        prepare_directory(data_dir)
        self._library = Library(data_dir / "library")
        self._intake = Intake(data_dir / "uploads")
        self._fixer = Fixer(self._intake)
        self._bell = Bell()
        opening = find_opening(settings.database_url, data_dir / "backups", now=self._clock.now, free_bytes=free_bytes)
        self._rescue = opening.rescue
        self._store = Store(opening.url, now=self._clock.now, bell=self._bell)
        self._executor = ThreadPoolExecutor(max_workers=4, thread_name_prefix="store")
        redactor = Redactor(settings.keys.values(), directories=(data_dir,))
        paid = [name for name, make in providers.items() if make.info.needs_key]
        room = Room(self._store, self._intake, data_dir, free_bytes, paid)
        self._tools = Tools(
            self._store,
            self._library,
            self._clock,
            self._executor,
            downloader=Downloader(sleep=self._clock.sleep),
            redactor=redactor,
            make_room=room.make_room,
        )
        self._handovers = Handovers(self._store.engine, settings.public_url) if settings.public_url else None
        self._providers = {name: make(self._setup(name, make.info)) for name, make in providers.items()}
        lock = lock_of(settings.database_url)
        purge = Purge(self._store, self._library, self._clock)
        self._runner = Runner(self._providers, self._tools, lock=lock, backups=opening.backups, purge=purge)
        self._offers = Offers(self._providers, settings.keys, self.is_public)
        self._admission = Admission(self._store, data_dir, settings.is_paused, room, self._damage)
        self._intents = Intents(self._providers, self._runner, self._tools)
        self._imports = Imports(self._tools, self._intake, self._admission, data_dir / "imports")
        self._ways_on = WaysOn(self._providers, self._runner, self._tools)

    def _setup(self, provider_id: str, info: ProviderInfo) -> Setup:
        """Return what one provider is given: its own keys, never another's (D2)."""
        settings = self.settings
        by_kind = {variable.kind: settings.provider_values.get(variable.name) for variable in info.variables}
        return Setup(
            work_dir=settings.data_dir / "work" / provider_id,
            keys={name: settings.keys[name] for name in info.key_variables if name in settings.keys},
            base_url=by_kind.get("base_url") or "",
            project_id=by_kind.get("project"),
            hand_over=self._handovers,
            pause=self._clock.sleep,
            now=self._clock.now,
        )

    def start(self) -> None:
        """Begin to walk jobs; what a dead process left goes on. Nothing runs where the database is damaged (B13)."""
        if not self.is_read_only:
            self._imports.sweep()
            self._runner.start()

    @property
    def is_running(self) -> bool:
        """Whether jobs are walked."""
        return self._runner.is_running

    @property
    def is_read_only(self) -> bool:
        """Whether the database is damaged, so that what can be read is shown and nothing else is done (B13)."""
        return self._rescue is not None

    @property
    def keeps_files(self) -> bool:
        """Whether videos outlive a restart (B17)."""
        return not self.settings.is_ephemeral

    @property
    def trouble(self) -> str | None:
        """What every visitor must know: that nothing new can be made (B13), or that videos vanish (B17)."""
        return self._damage or (None if self.keeps_files else VIDEOS_VANISH)

    @property
    def _damage(self) -> str | None:
        if self._rescue is None:
            return None
        return self._rescue.for_visitors if self.is_public else self._rescue.for_owner

    def stop(self) -> None:
        """Let what is being sent arrive, and stop; a restart goes on from the table."""
        self._runner.stop()
        self._executor.shutdown()
        self._store.close()

    def owner_of(self, visitor: str | None) -> str | None:
        """Return whose jobs a visitor sees: everybody's at home; in public the token's SHA-256, or nobody's."""
        if not self.is_public:
            return LOCAL_OWNER
        return hashlib.sha256(visitor.encode()).hexdigest() if visitor else None

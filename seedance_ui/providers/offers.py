"""Which providers this installation can offer to its visitors, and why not the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.errors import MissingKeyError
from seedance_ui.providers.base import Provider, ProviderInfo


@dataclass(frozen=True, slots=True)
class Offer:
    """One provider, as this installation can offer it to its visitors."""

    info: ProviderInfo
    spec: ModelSpec
    missing_variables: tuple[str, ...]
    """Environment variables that are not set."""
    reason: str | None
    """Why it cannot be used here; None where it can."""
    can_be_asked: bool
    """Whether it can say what became of a request that it may have taken (A7)."""

    @property
    def available(self) -> bool:
        """Whether a request may go there."""
        return self.reason is None


@dataclass(frozen=True, slots=True)
class Offers:
    """The providers of one installation."""

    providers: Mapping[str, Provider]
    """Id to provider, in the picker's order."""
    keys: Collection[str]
    """The names of the key variables that are set."""
    is_public: bool
    """Whether visitors are strangers."""

    def all(self) -> tuple[Offer, ...]:
        """Return every provider in the picker's order."""
        return tuple(self._offer(name) for name in self.providers)

    def spec(self, provider_id: str) -> ModelSpec:
        """Return what the model can do at a provider; strangers cannot make it fetch links (E5)."""
        spec = self.providers[provider_id].spec()
        return replace(spec, takes_links=False) if self.is_public else spec

    def usable(self, provider_id: str) -> Offer:
        """Return the offer of a provider that a request may go to.

        Raises:
            MissingKeyError: It cannot be used here.
        """
        offer = self._offer(provider_id)
        if offer.reason is not None:
            raise MissingKeyError(offer.reason)
        return offer

    def _offer(self, provider_id: str) -> Offer:
        provider = self.providers[provider_id]
        info = provider.info
        reason = info.missing_keys_message(self.keys)
        if info.needs_key and self.is_public:  # whether the owner has a key is nobody's business
            reason = f"{info.label} is not offered to visitors here: it would spend the owner's money."
        missing = info.missing_keys(self.keys)
        return Offer(info, self.spec(provider_id), missing, reason, can_be_asked=provider.can_be_asked)

"""An environment variable, as data: declared by whoever needs it, read by `config.py` alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable, as `.env.example` and the README describe it."""

    name: str
    unit: str
    """Of its value: "US dollars a day", "URL", "on or off"."""
    default: str
    """What stands in for it when it is unset or empty; "none", or words where it follows from something else."""
    description: str
    kind: Literal["app", "key", "base_url", "project"] = "app"
    """Whether the app reads it itself, or a provider is given it: its secret, where its API is, who pays there."""


def key(name: str, description: str) -> Variable:
    """Return a provider's secret."""
    return Variable(name, "text", "none", description, kind="key")

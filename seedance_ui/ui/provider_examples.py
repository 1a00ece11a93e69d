"""Examples of a provider's own, from its reference, and what the page shows of them beside `examples.EXAMPLES`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from seedance_ui.domain.request import Mode
from seedance_ui.ui.examples import EXAMPLES, Example

_MONA_LISA = "https://raw.githubusercontent.com/aimlapi/api-docs/main/reference-files/mona_lisa_extended.jpg"
_SPOKEN = "https://storage.googleapis.com/falserverless/example_inputs/omnihuman_audio.mp3"

PROVIDER_EXAMPLES: Mapping[tuple[str, Mode], tuple[Example, ...]] = MappingProxyType(
    {
        ("aimlapi", Mode.FRAMES): (
            Example(
                title="Mona Lisa",
                thumbnail="examples/thumb-mona-lisa.jpg",
                prompt="Mona Lisa puts on glasses with her hands.",
                first_frame=_MONA_LISA,
            ),
        ),
        ("aimlapi", Mode.REFERENCES): (
            Example(
                title="Lip-sync",
                thumbnail="examples/thumb-lip-sync.jpg",
                prompt="The woman in @Image1 is speaking the audio from @Audio1.",
                images=(_MONA_LISA,),
                audios=(_SPOKEN,),
            ),
        ),
    }
)
"""A provider's own, by its id. Source: AIML API's page of the model at https://docs.aimlapi.com, 2026-11-20."""

_SHOWN = 6


def examples_for(mode: Mode, provider: str) -> tuple[Example, ...]:
    """Return six examples of a tab, a provider's own before those that work everywhere."""
    return (*PROVIDER_EXAMPLES.get((provider, mode), ()), *EXAMPLES[mode])[:_SHOWN]


def find_example(title: str | None) -> tuple[Mode, Example] | None:
    """Return an example and its tab by its title, which no other has; None where there is no such example."""
    shelves = (*EXAMPLES.items(), *((mode, own) for (_, mode), own in PROVIDER_EXAMPLES.items()))
    return next(((mode, one) for mode, some in shelves for one in some if one.title == title), None)

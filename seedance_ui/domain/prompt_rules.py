"""The rules for the words of a prompt and for the tags in them; `validation` is the only one who asks for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from seedance_ui.domain import mentions
from seedance_ui.domain.media import MediaKind
from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.domain.request import Mode

_MOST_TAGS_NAMED = 5
"""Of the tags that name no file; the others are counted."""

_UNSENDABLE = re.compile("[\x00\ud800-\udfff]")
"""No database keeps the first; the others are halves of a character, which UTF-8 has no bytes for."""


@dataclass(frozen=True, slots=True)
class PromptFlaw:
    """One thing that is wrong with a prompt."""

    text: str
    """What is wrong and what is allowed, in whole sentences."""
    tag: str | None = None
    """The tag it is about ("@Image2"), or None."""


def check_words(prompt: str, spec: ModelSpec) -> Iterator[PromptFlaw]:
    """Yield what is wrong with the characters of a prompt; that there are none is not."""
    length = len(prompt)
    if length > spec.max_prompt_chars:
        yield PromptFlaw(
            f"The prompt has {length:,} characters; {spec.provider_label} takes at most {spec.max_prompt_chars:,}."
        )
    if _UNSENDABLE.search(prompt):
        yield PromptFlaw("The prompt has a character that cannot be sent. Type that part again.")


def check_tags(prompt: str, mode: Mode, counts: Mapping[MediaKind, int], spec: ModelSpec) -> Iterator[PromptFlaw]:
    """Yield the tags that mean nothing, where so many references of each kind are there.

    A prompt that is too long is not searched: it can be of any length.
    """
    if len(prompt) > spec.max_prompt_chars:
        return
    if mode is Mode.REFERENCES:
        yield from _check_names(prompt, counts)
        return
    tags = list(dict.fromkeys(mention.tag for mention in mentions.parse_mentions(prompt)))
    if tags:
        yield PromptFlaw(
            f"{tags[0]} means a file of the References tab. Take it out of the prompt, or use that tab.", tag=tags[0]
        )


def _check_names(prompt: str, counts: Mapping[MediaKind, int]) -> Iterator[PromptFlaw]:
    unknown = mentions.unknown_mentions(prompt, counts)
    for name in unknown[:_MOST_TAGS_NAMED]:
        yield PromptFlaw(f"{_what_it_names(name)} {_what_there_is(counts)}", tag=name)
    more = len(unknown) - _MOST_TAGS_NAMED
    if more > 0:
        yield PromptFlaw(f"And {more} more {'tag names' if more == 1 else 'tags name'} no file.")


def _what_it_names(unknown: str) -> str:
    was_removed = unknown in (mentions.tag(kind, None) for kind in MediaKind)
    return f"{unknown} stood for a file that was removed." if was_removed else f"{unknown} names no file."


def _what_there_is(counts: Mapping[MediaKind, int]) -> str:
    there = [
        mentions.tag(kind, 1) if count == 1 else f"{mentions.tag(kind, 1)} to {mentions.tag(kind, count)}"
        for kind, count in counts.items()
        if count
    ]
    return f"There is {', '.join(there)}." if there else "There are no references yet."

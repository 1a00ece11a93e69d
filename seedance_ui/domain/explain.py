"""What an error means for a person: what happened, whether they were charged, what to do."""

from __future__ import annotations

from seedance_ui import errors
from seedance_ui.domain.job import Charged, JobError
from seedance_ui.domain.verdicts import CLOSER_WORDS

_MEANINGS: dict[type[errors.SeedanceError], tuple[str, str, Charged, str]] = {
    errors.AuthenticationError: (
        "key_refused",
        "{provider} refused the key",
        "no",
        "Check the key in the environment or the .env file, then start the app again.",
    ),
    errors.InsufficientBalanceError: (
        "no_credit",
        "The {provider} account has no credit left",
        "no",
        "Top up at the provider, then generate again.",
    ),
    errors.RateLimitError: (
        "rate_limited",
        "{provider} takes no more requests right now",
        "no",
        "Wait a minute, then generate again.",
    ),
    errors.BadRequestError: (
        "bad_request",
        "{provider} did not accept this request",
        "no",
        "Change what the provider names below, then generate again.",
    ),
    errors.ContentFilterError: (
        "moderation",
        "{provider} declined this request after its safety check",
        "no",
        "Change the words or the pictures, then generate again.",
    ),
    errors.ProviderUnavailableError: (
        "provider_down",
        "{provider} cannot be reached",
        "no",
        "Wait a little, then generate again.",
    ),
    errors.UnexpectedResponseError: (
        "odd_answer",
        "{provider} gave an answer that we do not understand",
        "unknown",
        "Look at your usage page at the provider, with the ID of this job.",
    ),
    errors.TakenBackError: (
        "taken_back",
        "{provider} made this video, and says otherwise now",
        "unknown",
        "Look at your usage page at the provider, with the ID of this job.",
    ),
    errors.StrayJobError: (
        "stray_job",
        "{provider} started a job instead of naming its price",
        "unknown",
        "The job is kept like any other, and its video will be in the library.",
    ),
    errors.SubmitUnknownError: (
        "submit_unknown",
        "We cannot tell whether {provider} took this request",
        "unknown",
        "It was sent once and will not be sent again by itself. Look at your usage page at the provider.",
    ),
    errors.MediaError: (
        "bad_media",
        "A file cannot be used",
        "no",
        "Use another file, then generate again.",
    ),
    errors.MissingKeyError: (
        "key_missing",
        "{provider} needs a key",
        "no",
        "Set the key in the environment or the .env file, or use the animatic.",
    ),
    errors.ConfigError: (
        "bad_setting",
        "A setting is missing or wrong",
        "no",
        "Change the setting, then start the app again.",
    ),
    errors.InvalidRequestError: (
        "bad_request",
        "This request needs a change first",
        "no",
        "Change the field that is marked.",
    ),
    errors.PausedError: (
        "paused",
        "New {provider} videos are paused here",
        "no",
        "Generate again when the pause is over, or use the animatic.",
    ),
    errors.NotAllowedError: (
        "not_allowed",
        "That cannot be done on a public page",
        "no",
        "Run the app on your own machine for that.",
    ),
    errors.GenerationMismatchError: (
        "wrong_generation",
        "That generation ID is not of this video",
        "no",
        "Copy the ID from your usage page at the provider, and try again.",
    ),
    errors.StoreError: (
        "cannot_save",
        "This machine could not save what is needed",
        "no",
        "Check the free disk space, then generate again.",
    ),
    errors.CommitUnknownError: (
        "commit_unknown",
        "We cannot tell whether this request was noted here",
        "unknown",
        "Leave the page open, and press Generate again, or Send again if it was that, once the app answers: the same "
        "click is never sent twice.",
    ),
    errors.MovedOnError: (
        "moved_on",
        "This job is not any more as it was shown",
        "no",
        "Look at it again, then choose.",
    ),
    errors.PriceRoseError: (
        "price_rose",
        "The price is above the one that stood there",
        "no",
        "Look at the new price, then generate again.",
    ),
    errors.RemoteIdTakenError: (
        "id_taken",
        "Another job here has this generation ID",
        "unknown",
        "Look at your usage page at the provider, with this ID.",
    ),
    errors.LeaseLostError: (
        "moved_on",
        "This job moved on elsewhere",
        "unknown",
        "Reload the page to see where it is now.",
    ),
    errors.ReadOnlyError: (
        "read_only",
        "Nothing new can be made before the list of jobs is repaired",
        "no",
        "Put the backup in place as it says, then generate again.",
    ),
    errors.ProviderError: (
        "provider_error",
        "{provider} reported an error",
        "unknown",
        "Look at your usage page at the provider.",
    ),
    errors.SeedanceError: (
        "internal",
        "Something went wrong here",
        "unknown",
        "Reload the page; your jobs and videos are kept.",
    ),
}


def explain(error: errors.SeedanceError, *, provider_label: str) -> JobError:
    """Return what an error means, in the words of its own code or of the nearest class that has any."""
    meaning = next(_MEANINGS[kind] for kind in type(error).__mro__ if kind in _MEANINGS)
    code, title, charged, next_step = meaning
    if isinstance(error, errors.ProviderError) and error.code in CLOSER_WORDS:
        closer = CLOSER_WORDS[error.code]
        code, title, next_step = error.code, closer.title, closer.next_step
    return JobError(
        code=code,
        title=title.format(provider=provider_label),
        detail=str(error),
        charged=charged,
        next_step=next_step,
        asset=getattr(error, "asset", None),
    )

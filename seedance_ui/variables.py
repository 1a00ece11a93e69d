"""The environment variables, as data: what `config.py` reads and `.env.example` and the README describe."""

from __future__ import annotations

from seedance_ui.domain.variable import Variable
from seedance_ui.providers import PROVIDERS

PROVIDER_VARIABLES = tuple(variable for provider in PROVIDERS.values() for variable in provider.info.variables)
"""What the providers declare, in the order of the picker."""

KEY_VARIABLES = tuple(variable.name for variable in PROVIDER_VARIABLES if variable.kind == "key")
"""Whose values are secrets."""

UNENFORCED_CAPS = ("SEEDANCE_DAILY_BUDGET_USD", "SEEDANCE_VISITOR_DAILY_JOBS", "SEEDANCE_MAX_JOB_USD")
"""Caps that are read and checked, and that limit nothing yet."""

_NOT_ENFORCED = "Not used yet: strangers cannot spend on the owner's keys at all, and at home it limits nothing."

VARIABLES = (
    *PROVIDER_VARIABLES,
    Variable(
        "SEEDANCE_DATA_DIR",
        "path of a directory",
        "the user's data directory; on a Space with a volume at /data, there",
        "Holds the database, the videos and the uploads.",
    ),
    Variable(
        "DATABASE_URL",
        "SQLAlchemy URL",
        "SQLite in the data directory",
        "Where jobs are kept; postgresql+psycopg://… lets several replicas share them.",
    ),
    Variable(
        "SEEDANCE_PUBLIC",
        "on or off",
        "on for a Space or when bound to anything but loopback, else off",
        "Whether visitors are strangers: each sees only their own jobs, and none can spend on the owner's keys.",
    ),
    Variable(
        "SEEDANCE_DAILY_BUDGET_USD",
        "US dollars a day (UTC)",
        "none",
        f"Meant as the most that all visitors together may spend. {_NOT_ENFORCED}",
    ),
    Variable(
        "SEEDANCE_VISITOR_DAILY_JOBS",
        "jobs a day (UTC)",
        "none",
        f"Meant as the most paid jobs of one visitor. {_NOT_ENFORCED}",
    ),
    Variable(
        "SEEDANCE_MAX_JOB_USD", "US dollars a job", "none", f"Meant as the most that a job may cost. {_NOT_ENFORCED}"
    ),
    Variable(
        "SEEDANCE_PAUSE",
        "on or off",
        "off",
        "Refuses new paid jobs while running ones go on. A file named PAUSE in the data directory does the same "
        "without a restart.",
    ),
    Variable(
        "SEEDANCE_PUBLIC_URL",
        "URL",
        "https://$SPACE_HOST on a Space, else none",
        "Where the outside reaches this app; AIML API fetches reference videos there.",
    ),
    Variable("GRADIO_SERVER_NAME", "host", "127.0.0.1 (0.0.0.0 on a Space)", "Address to listen on."),
    Variable("GRADIO_SERVER_PORT", "TCP port, 0–65535", "7860", "Port to listen on; 0 takes a free one."),
)
"""Every variable that a person may set. Beside these a Space sets SPACE_ID and SPACE_HOST itself."""


def render_env_example() -> str:
    """Return the text of `.env.example`."""
    head = (
        "# Settings of Seedance Playground. Copy this file to .env and fill in what you need.\n"
        "# Everything is optional: without a key the embedded animatic draws a storyboard video for free.\n"
        "# An empty value means the default. Variables of the real environment win over this file.\n"
    )
    entries = (
        f"\n# {variable.description}\n# Unit: {variable.unit}. Default: {variable.default}\n{variable.name}=\n"
        for variable in VARIABLES
    )
    return head + "".join(entries)

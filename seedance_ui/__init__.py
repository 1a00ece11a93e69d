"""Seedance Playground: try ByteDance's Seedance 2.0 Fast video model in a browser.

The rooms, and the direction of imports (a room imports only rooms to its right)::

    app > ui | web > services > jobs > library > providers > media > domain > errors

    app.py        the entry: load .env, build, serve. No logic.
    ui/           the page; the only room that imports gradio.
    web/          our own routes beside Gradio: job status, events, media, health.
    services/     the composition root and the verbs that ui/ and web/ call.
    jobs/         the table that is the state machine, and the loop that walks it.
    library.py    finished videos, posters and last frames on disk.
    providers/    one file a video provider; `PROVIDERS` is the list.
    media/        bytes: sniff, probe, stills, storyboard drawing, in a worker process.
    domain/       values and rules; pure.
    errors.py     the error tree.
    config.py     Settings; the only reader of the environment; imported by app and services.
    variables.py  the environment variables, as data.

Where to find things: a provider in `providers/<id>.py`, a rule in `domain/validation.py` (for one file:
`domain/file_rules.py`; for the words of a prompt: `domain/prompt_rules.py`), a tab in `ui/<tab>_tab.py`, a state in
`domain/job.py`.
"""

__version__ = "0.1.0"

"""Arrange the page and wire its events; everything else stands in the rooms beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from seedance_ui.domain.request import Mode
from seedance_ui.services import Services
from seedance_ui.ui import endpoints, session
from seedance_ui.ui.banners import create_banners
from seedance_ui.ui.code import wire_code
from seedance_ui.ui.dock import create_dock
from seedance_ui.ui.draft import wire_draft
from seedance_ui.ui.ending import run_at_end
from seedance_ui.ui.examples_panel import ExampleHandlers, strip_json
from seedance_ui.ui.fitting import FittingHandlers, on_auto
from seedance_ui.ui.fix import wire_fix
from seedance_ui.ui.frames_tab import FramesTab, create_frames_tab
from seedance_ui.ui.generate import GenerateHandlers, on_failure, on_send_again_failure
from seedance_ui.ui.header import Header, create_header
from seedance_ui.ui.keys import wire_keys
from seedance_ui.ui.library_panel import REFRESH_JS, VIDEO_SETTLED_JS, create_library_panel, wire_library
from seedance_ui.ui.memory import REMEMBER_JS, remembered_inputs, wire_memory
from seedance_ui.ui.offers import shown_offers
from seedance_ui.ui.page import Page
from seedance_ui.ui.prompt_box import PromptBox, create_prompt_box, wire_prompt
from seedance_ui.ui.quote import QuoteHandlers
from seedance_ui.ui.references_tab import ReferencesTab, create_references_tab
from seedance_ui.ui.runs import RunParts, create_compare_view, wire_runs
from seedance_ui.ui.seed import wire_seed
from seedance_ui.ui.settings_panel import SettingsPanel, create_settings_panel
from seedance_ui.ui.stage import StageHandlers, on_keep_seed, provider_facts
from seedance_ui.ui.text_tab import create_text_tab
from seedance_ui.ui.widgets.compare_view import CompareView
from seedance_ui.ui.widgets.dock import Dock
from seedance_ui.ui.widgets.example_strip import ExampleStrip
from seedance_ui.ui.widgets.job_card import JobCard
from seedance_ui.ui.widgets.library_grid import LibraryGrid
from seedance_ui.ui.widgets.notice import Notice
from seedance_ui.ui.widgets.player import Player

MAX_THREADS = 200
"""Gradio lets no more events run at the same time, async ones included."""

_LOOK_INTO_QUEUE_S = 0.05

_CACHE_SWEEP_S = (600, 3600)
"""How often Gradio's file cache is swept, and how old a file must be for it."""

_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
"""An event of the page: no part of the API, and no veil over what it will change.

Past Gradio's queue: its server closes the stream of answers behind the last pending event, and an event that is
posted before the browser has noticed is never answered (6.31; seen on about one page load in five).
"""

_LOOK_JS = "() => { window.seedance.formChanged(); }"
"""Asks for a look at the form once it has come to rest."""

_AS_KEPT_JS = "(...v) => { window.seedance.priceIsOld?.(); return window.seedance.formAsKept?.() ?? v; }"
"""No price stands while another provider or tab is asked for. While a form is put back, what follows them is fitted to
its settings, not to those of a new page."""

_BACK_JS = "() => { window.seedance.formIsBack(); window.seedance.formChanged(); }"
"""From here on the form is what stands there."""

_SEND_JS = "(...v) => window.seedance.click(v.slice(0, -2))"
"""Puts the form token and the price that stands there in the places of the last two inputs."""


@dataclass(frozen=True, slots=True)
class Composer:
    """The left side of the page."""

    tab_box: gr.Tabs
    tabs: Sequence[gr.Tab]
    mode: gr.Textbox
    parent: gr.Textbox
    """job_id of the run that was loaded into the form; empty for none."""
    frames: FramesTab
    references: ReferencesTab
    prompt: PromptBox
    examples: ExampleStrip
    settings: SettingsPanel
    dock: Dock

    @property
    def inputs(self) -> list[gr.components.Component]:
        """The form, in the order of `form.FormValues`."""
        files = [self.frames.frames, self.references.references]
        settings = self.settings
        more = [self.parent, settings.variations, settings.draft, settings.beneath]
        return [self.mode, self.prompt.prompt, *settings.values, *files, *more]

    @property
    def following(self) -> list[Any]:
        """What follows the provider and the tab, in the order of `fitting.follow_offer`."""
        return [self.examples, self.prompt.hint, *self.settings.fitted, self.settings.beneath]

    @property
    def filled(self) -> list[Any]:
        """What a finished run fills, in the order of `remix.Filling.outputs`."""
        settings = self.settings
        chosen = [settings.provider, *settings.fitted, settings.sound, settings.seed.seed]
        files = [self.frames.frames, self.references.references]
        return [self.tab_box, self.mode, self.prompt.prompt, *chosen, *files, self.parent]


@dataclass(frozen=True, slots=True)
class Stage:
    """The right side of the page, and the library."""

    notice: Notice
    card: JobCard
    player: Player
    compare: CompareView
    library: LibraryGrid


def build_ui(services: Services) -> gr.Blocks:
    """Return the page and its named endpoints."""
    offers = shown_offers(services)
    demo = Page(title="Seedance playground", analytics_enabled=False, delete_cache=_CACHE_SWEEP_S, fill_width=True)
    with demo:
        state = session.create_state()
        header = create_header(services)
        create_banners(services)
        with gr.Row(elem_id="studio", equal_height=False):
            composer = _create_composer(services)
            with gr.Column(elem_id="stage", min_width=0):
                notice = Notice(elem_id="notice")
                card = JobCard(elem_id="job-card", providers=provider_facts(offers), own_machine=not services.is_public)
                player = Player(elem_id="player")
        library = create_library_panel(offers, can_import=not services.is_public)
        stage = Stage(notice, card, player, create_compare_view(), library)
        _wire_form(services, composer, stage)
        _wire_settings(services, composer, stage, demo)
        wire_fix(services, composer.frames, composer.references, composer.inputs, _PRIVATE)
        _wire_generate(services, composer, stage, state)
        _wire_stage(services, composer, stage, state, demo)
        wire_runs(services, _run_parts(composer, stage, state), _PRIVATE)
        wire_code(services, composer.inputs, state, _PRIVATE)
        _wire_language(services, composer, header)
        wire_keys(services, header.keys, _PRIVATE)
        endpoints.add_endpoints(services)
    # A mounted page never "launches", and Gradio 6.31 checks the paths of incoming files only after a launch
    # (`_check_allowed` in its processing_utils.py): any file of this machine could be named.
    demo.has_launched = True
    demo.max_threads = MAX_THREADS
    demo.queue(max_size=256, default_concurrency_limit=32, api_open=False)
    _look_less_often(demo)
    return demo


def _look_less_often(demo: gr.Blocks) -> None:
    """Let Gradio's queue look for work as often as it does on Windows.

    Elsewhere Gradio 6.31 looks every millisecond, a tenth of a core for nothing; only the named endpoints use it.
    """
    demo._queue.sleep_when_free = demo._queue.progress_update_sleep_when_free = _LOOK_INTO_QUEUE_S


def _create_composer(services: Services) -> Composer:
    offers = shown_offers(services)
    with gr.Column(elem_id="composer", min_width=0):
        with gr.Tabs(elem_id="mode-tabs") as tab_box:
            text = create_text_tab()
            frames = create_frames_tab()
            references = create_references_tab()
        mode = gr.Textbox(Mode.TEXT.value, label="Mode", visible="hidden", elem_id="mode")
        parent = gr.Textbox("", label="Made from", visible="hidden", elem_id="parent")
        with gr.Column(elem_id="fields"):
            prompt = create_prompt_box(offers[0].spec)
            examples = ExampleStrip(strip_json(Mode.TEXT, offers[0].info.id), elem_id="examples")
            settings = create_settings_panel(offers)
        dock = create_dock(offers)
    tabs = (text, frames.tab, references.tab)
    return Composer(tab_box, tabs, mode, parent, frames, references, prompt, examples, settings, dock)


def _run_parts(composer: Composer, stage: Stage, state: gr.BrowserState) -> RunParts:
    return RunParts(
        form=composer.inputs,
        filled=composer.filled,
        mode=composer.mode,
        parent=composer.parent,
        frames=composer.frames.frames,
        references=composer.references.references,
        examples=composer.examples,
        notice=stage.notice,
        last_frames=composer.frames.last_frames,
        player=stage.player,
        library=stage.library,
        compare=stage.compare,
        state=state,
    )


def _wire_form(services: Services, composer: Composer, stage: Stage) -> None:
    settings, inputs = composer.settings, composer.inputs
    fitting, quote, examples = FittingHandlers(services), QuoteHandlers(services), ExampleHandlers(services)
    files = [composer.frames.frames, composer.references.references]
    for tab, mode in zip(composer.tabs, Mode, strict=True):
        tab.select(fn=None, js=f"() => '{mode.value}'", outputs=composer.mode, **_PRIVATE)
    # One event for both: of two, the answer to the older one could come last.
    chosen = gr.on(
        [composer.mode.change, settings.provider.input],
        fitting.on_choice,
        inputs,
        composer.following,
        trigger_mode="always_last",
        js=_AS_KEPT_JS,
        **_PRIVATE,
    )
    run_at_end(chosen, _LOOK_JS, _PRIVATE)
    chosen.then(fn=None, js=REMEMBER_JS, inputs=remembered_inputs(settings), **_PRIVATE)
    settings.auto_duration.change(on_auto, settings.auto_duration, settings.duration, **_PRIVATE)
    # Whatever can change the price or what the files' cards say; never the prompt.
    watched: list[Any] = [
        settings.duration,
        settings.auto_duration,
        settings.resolution,
        settings.aspect_ratio,
        settings.sound,
        settings.variations,
        *files,
    ]
    gr.on([component.change for component in watched], fn=None, js=_LOOK_JS, **_PRIVATE)
    filled = [*settings.fitted, settings.sound, settings.seed.seed, *files]
    picked = composer.examples.pick(examples.on_pick, settings.provider, filled, trigger_mode="multiple", **_PRIVATE)
    picked.then(fn=None, js=_LOOK_JS, **_PRIVATE)
    run_at_end(picked, "() => window.seedance.exampleAsked.settled()", _PRIVATE)
    prompt_form: list[Any] = [composer.mode, composer.prompt.prompt, settings.provider, composer.references.references]
    wire_prompt(services, composer.prompt, prompt_form, _PRIVATE)
    looked = composer.dock.look(
        quote.on_change,
        inputs,
        [composer.dock, stage.card, *files, stage.notice],
        trigger_mode="always_last",
        **_PRIVATE,
    )
    looked.then(fn=None, js="() => window.seedance.formLookedAt()", **_PRIVATE)
    looked.failure(fn=None, js="() => window.seedance.lookFailed()", **_PRIVATE)


def _wire_settings(services: Services, composer: Composer, stage: Stage, demo: gr.Blocks) -> None:
    settings = composer.settings
    wire_seed(services, settings.seed, settings.provider, _PRIVATE)
    brings_settings = [composer.examples.pick, stage.player.remix, stage.compare.remix]
    wire_draft(services, settings, brings_settings, _PRIVATE)
    wire_memory(services, settings, composer.following, demo, _PRIVATE)


def _wire_language(services: Services, composer: Composer, header: Header) -> None:
    """Keep the form while the page is loaded anew in another language."""
    inputs, settings = composer.inputs, composer.settings
    header.bar.leave(fn=None, js="(...values) => window.seedance.leaveForm(...values)", inputs=inputs, **_PRIVATE)
    kept = [composer.tab_box, *inputs]
    later = [at for at, part in enumerate(inputs) if any(part is moved for moved in settings.fitted)]
    back = header.bar.come_back(fn=None, js=f"() => window.seedance.keptForm({later})", outputs=kept, **_PRIVATE)
    fitting = FittingHandlers(services)
    fitted = back.then(fitting.on_choice, inputs, composer.following, js=_AS_KEPT_JS, **_PRIVATE)
    for ended in (fitted.then, fitted.failure):
        whole = ended(fn=None, js="() => window.seedance.keptForm()", outputs=kept, **_PRIVATE)
        whole.then(fn=None, js=_BACK_JS, **_PRIVATE)


def _wire_generate(services: Services, composer: Composer, stage: Stage, state: gr.BrowserState) -> None:
    # Never shown and never written: the browser puts something in their places (see `_SEND_JS`).
    token, price = gr.Textbox(visible=False), gr.Textbox(visible=False)
    handlers = GenerateHandlers(services)
    sent = composer.dock.generate(
        handlers.on_generate,
        [*composer.inputs, state, token, price],
        [composer.dock, stage.card, stage.player, stage.notice, state],
        js=_SEND_JS,
        **_PRIVATE,
    )
    sent.failure(on_failure, None, [composer.dock, stage.notice], **_PRIVATE)
    run_at_end(sent, "() => window.seedance.generateSettled()", _PRIVATE)
    again = stage.card.send_again(handlers.on_send_again, state, [stage.card, stage.player, stage.notice], **_PRIVATE)
    again.failure(on_send_again_failure, None, stage.notice, **_PRIVATE)
    run_at_end(again, "() => window.seedance.sendAgainSettled()", _PRIVATE)


def _wire_stage(services: Services, composer: Composer, stage: Stage, state: gr.BrowserState, demo: gr.Blocks) -> None:
    handlers = StageHandlers(services)
    demo.load(handlers.on_load, state, [stage.card, stage.library, state], **_PRIVATE)
    shown: list[Any] = [stage.player, stage.library]
    done = stage.card.done(handlers.on_done, state, shown, trigger_mode="multiple", **_PRIVATE)
    run_at_end(done, "() => { window.seedance.doneSettled(); window.seedance.refreshLibrary(); }", _PRIVATE)
    stage.card.relist(fn=None, js=REFRESH_JS, **_PRIVATE)
    played = stage.card.play(handlers.on_done, state, shown, trigger_mode="multiple", **_PRIVATE)
    run_at_end(played, VIDEO_SETTLED_JS, _PRIVATE)
    stage.card.closed(fn=None, js=REFRESH_JS, **_PRIVATE)
    wire_library(services, stage.library, stage.card, stage.player, state, _PRIVATE)
    stage.player.keep_seed(on_keep_seed, None, composer.settings.seed.seed, **_PRIVATE)

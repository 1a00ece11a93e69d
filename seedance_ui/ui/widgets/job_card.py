"""The stage: a card for each job of this visitor that is under way, rests or has just ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict

from seedance_ui.domain.job import MAX_ASKED_ABOUT
from seedance_ui.domain.remedies import REMEDIES
from seedance_ui.domain.staged import StagedJobJson
from seedance_ui.ui.widgets.html_widget import DisplayWidget


class ProviderFacts(TypedDict):
    """What the card says about a provider."""

    label: str
    can_cancel: Literal["always", "maybe", "never"]
    """Whether a video that was started can be stopped."""
    free: bool
    can_be_asked: bool
    """Whether it can say what became of a request that it may have taken."""


class Preview(TypedDict):
    """The video that the chosen settings would make."""

    width_px: int
    height_px: int
    duration_s: int
    """0: the provider decides."""
    sound: bool


DEFAULT_PREVIEW: Preview = {"width_px": 1280, "height_px": 720, "duration_s": 8, "sound": True}


class JobCard(DisplayWidget):
    """Shows a card for each job that its value names, newest first; without any, what will be here.

    A value is added to what is shown: a job leaves the stage by itself, when its video is shown by the player, when a
    person closes it, or with the next click on Generate once it has ended.

    Events, which come from the browser and are checked as such, each with `{"job": job_id}`: `done` once a job, when
    it is final, with its `state`, and `is_aside` where the player shows another video; `play` when a person wants to
    see that one; `relist` when a job came to rest or goes on; `closed` when the server has closed it; `send_again`.
    """

    script = "job_card"
    script_parts = (
        "job_words",
        "job_stream",
        "job_running",
        "job_ending",
        "job_remedies",
        "job_culprit",
        "job_ways",
        "job_told",
    )
    schema = {"type": "array"}
    template = """
      <div class="job-cards">
      <section class="job-card panel" role="status" aria-atomic="false" tabindex="-1">
        <p class="vh spoken"></p>
        <div class="empty" data-view="empty" aria-live="off">
          <div class="screen"><div class="frame"><p class="t">Your video plays here</p><p class="s"></p></div></div>
          <ul class="promises">
            <li><b>One click, one charge at most</b><span>The price stands beside Generate. A request that may
              have been taken is never sent again.</span></li>
            <li><b>About 90 seconds</b><span>Close the page if you like. The job goes on and is here when you
              return.</span></li>
            <li><b>Kept with its settings</b><span>Finished videos are saved to your library, ready to remix or
              compare.</span></li>
          </ul>
        </div>
        <div class="running" data-view="running" aria-live="off" hidden>
          <div class="screen slate">
            <div class="clock">
              <p class="t" aria-hidden="true"></p>
              <p class="big-time" role="timer" aria-live="off" aria-label="Elapsed">0:00</p>
              <p class="s left" aria-hidden="true"></p><p class="s words"></p>
            </div>
            <p class="s calm">You can close this page. The job keeps running.</p>
            <div class="bar" role="progressbar" aria-label="Progress" aria-valuemin="0" aria-valuemax="100">
              <i></i></div>
          </div>
          <div class="job-body">
            <div class="job-line"><p class="job-what"></p>
              <button type="button" class="btn small open-job" aria-expanded="false">Details</button></div>
            <ol class="stages" aria-label="Stages"></ol>
            <dl class="facts">
              <div><dt>Usually takes</dt><dd data-fact="usual"></dd><dd class="sub" data-fact="usual-of"></dd></div>
              <div><dt>In the queue</dt><dd data-fact="queue"></dd><dd class="sub" data-fact="elapsed"></dd></div>
              <div><dt>Price</dt><dd data-fact="cost"></dd><dd class="sub" data-fact="cost-by"></dd></div>
            </dl>
            <div class="trouble" hidden><p class="trouble-line">
              <svg class="ic" aria-hidden="true"><use href="#i-warn"></use></svg><span></span></p>
              <button type="button" class="btn try-now">Try now</button></div>
            <details class="log" hidden><summary></summary><ol></ol></details>
            <div class="job-foot"><button type="button" class="btn cancel-job">Cancel</button>
              <p class="truth"></p></div>
          </div>
        </div>
        <div class="ready" data-view="ready" aria-live="off" hidden>
          <div><b>Ready</b><p class="ready-what"></p></div>
          <button type="button" class="btn tonal watch-video">Watch</button>
        </div>
        <div class="ended alert" data-view="ended" aria-live="off" hidden>
          <div class="alert-head"><span class="badge"><svg class="ic" aria-hidden="true"><use></use></svg></span>
            <div><h2></h2><p class="what"></p><p class="which"></p><p class="about"></p></div></div>
          <div class="alert-main"><dl class="answer">
            <div><dt>Were you charged?</dt><dd><b class="charged"></b> <span class="charged-more"></span></dd></div>
            <div><dt>What to do</dt><dd class="next-step"></dd></div>
          </dl><span class="culprit" role="img" hidden></span></div>
          <div class="acts">
            <div class="remedies"></div>
            <button type="button" class="btn tonal check-again">Check again</button>
            <button type="button" class="btn find-video" aria-expanded="false">Find my video</button>
            <button type="button" class="btn send-again">Send again</button>
            <button type="button" class="btn close-job">Close</button></div>
          <form class="find-form" hidden novalidate><label><span class="label">Generation ID</span>
            <input type="text" class="generation-id" autocomplete="off" autocapitalize="off" spellcheck="false"
              maxlength="200"></label>
            <button type="submit" class="btn tonal">Find</button></form>
          <p class="outcome" aria-live="polite"></p>
          <div class="papers"><details><summary>Provider’s words</summary><p class="mono"></p></details>
            <a class="linkish evidence" download>Download evidence</a></div>
        </div>
      </section></div>
      <div class="tell" hidden><label><input type="checkbox" role="switch">Tell me when it is ready</label>
        <span class="tell-why" role="status"></span></div>"""

    def __init__(
        self,
        value: Sequence[StagedJobJson] | None = None,
        *,
        providers: Mapping[str, ProviderFacts] | None = None,
        preview: Preview | None = None,
        own_machine: bool = False,
        **kwargs: Any,
    ) -> None:
        """Make a card.

        Args:
            value: The jobs to show, newest first.
            providers: Provider id to what the card says about it.
            preview: The frame that the empty card draws.
            own_machine: Whether whoever looks at the page owns the provider accounts.
            **kwargs: For `gr.HTML`.
        """
        super().__init__(
            value,
            providers=dict(providers or {}),
            preview=preview or DEFAULT_PREVIEW,
            own_machine=own_machine,
            remedies={code: list(names) for code, names in REMEDIES.items()},
            most_ids=MAX_ASKED_ABOUT,
            **kwargs,
        )

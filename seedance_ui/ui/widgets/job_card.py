"""The job card: what happens to the newest job, told by the server's events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypedDict

from seedance_ui.ui.widgets.html_widget import HtmlWidget

_MAX_JOB_ID_CHARS = 200


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


class JobCard(HtmlWidget):
    """Follows the job whose id is the value; without one, shows what will be here.

    Events, which come from the browser and are checked as such: `done` once a job, when it is final, with
    `{"job": job_id, "state": state}`; a job that needs a person is shown with its ways on, and followed until it is
    final. With `{"job": job_id}`: `relist` when a job came to rest or goes on, `closed` when the server has closed it,
    `lost` when the server does not know it. `send_again` with `{"job": job_id, "token": form token}`.
    """

    script = "job_card"
    script_parts = ("job_words", "job_stream", "job_ending", "job_ways")
    schema = {"type": "string"}
    template = """
      <section class="job-card panel" role="status" aria-atomic="false" tabindex="-1">
        <p class="vh spoken"></p>
        <div class="empty" aria-live="off">
          <div class="screen"><div class="frame"><p class="t">Your video plays here</p><p class="s"></p></div></div>
          <ul class="promises">
            <li><b>One click, one charge at most</b><span>The price stands beside Generate. A request that may
              have been taken is never sent again.</span></li>
            <li><b>About 90 seconds</b><span>Close the page if you like. The job goes on and is here when you
              return.</span></li>
            <li><b>Kept with its settings</b><span>Finished videos are saved to your library, ready to watch and
              download.</span></li>
          </ul>
        </div>
        <div class="running" aria-live="off" hidden>
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
            <ol class="stages" aria-label="Stages"></ol>
            <dl class="facts">
              <div><dt>Usually takes</dt><dd data-fact="usual"></dd><dd class="sub" data-fact="usual-of"></dd></div>
              <div><dt>In the queue</dt><dd data-fact="queue"></dd><dd class="sub" data-fact="elapsed"></dd></div>
              <div><dt>Price</dt><dd data-fact="cost"></dd><dd class="sub" data-fact="cost-by"></dd></div>
            </dl>
            <div class="trouble" hidden><p class="trouble-line">
              <svg class="ic" aria-hidden="true"><use href="#i-warn"></use></svg><span></span></p>
              <button type="button" class="btn try-now">Try now</button></div>
            <div class="job-foot"><button type="button" class="btn cancel-job">Cancel</button>
              <p class="truth"></p></div>
          </div>
        </div>
        <div class="ended alert" aria-live="off" hidden>
          <div class="alert-head"><span class="badge"><svg class="ic" aria-hidden="true"><use></use></svg></span>
            <div><h2></h2><p class="what"></p><p class="which"></p></div></div>
          <dl class="answer">
            <div><dt>Were you charged?</dt><dd><b class="charged"></b> <span class="charged-more"></span></dd></div>
            <div><dt>What to do</dt><dd class="next-step"></dd></div>
          </dl>
          <div class="acts">
            <button type="button" class="btn tonal go-silent">Again without sound</button>
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
      </section>"""

    def __init__(
        self,
        value: str | None = None,
        *,
        providers: Mapping[str, ProviderFacts] | None = None,
        preview: Preview | None = None,
        own_machine: bool = False,
        **kwargs: Any,
    ) -> None:
        """Make a card.

        Args:
            value: job_id of the job to follow.
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
            **kwargs,
        )

    def preprocess(self, payload: object) -> str | None:
        """Return the client's job_id, which the caller must check against the owner."""
        return payload if isinstance(payload, str) and 0 < len(payload) <= _MAX_JOB_ID_CHARS else None

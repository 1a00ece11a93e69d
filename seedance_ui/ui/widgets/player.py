"""The player: a finished video with what it cost, how long it took and how it was made."""

from __future__ import annotations

from typing import Any

from seedance_ui.ui.widgets.html_widget import DisplayWidget


class Player(DisplayWidget):
    """Shows one library item (JSON), or nothing.

    Events, from the browser and checked as such: `keep_seed` with `{"seed": int}` when the seed shall be used for the
    next run; `remix`, `use_last` and `extend` with `{"job": job_id}` when the run, its last frame or its video shall
    go into the form. Compare is between this page's scripts until both runs are chosen.
    """

    script = "player"
    script_parts = ("menu",)
    template = """
      <section class="player panel" aria-label="Video" hidden>
        <div class="screen">
          <video controls playsinline loop preload="metadata"></video>
          <button type="button" class="btn unmute" hidden>
            <svg class="ic" aria-hidden="true"><use href="#i-sound"></use></svg><span>Turn sound on</span></button>
          <p class="missing" role="alert" hidden></p>
        </div>
        <div class="player-body">
          <div class="acts"><a class="btn tonal download" role="button">
            <svg class="ic" aria-hidden="true"><use href="#i-down"></use></svg>Download</a>
            <button type="button" class="btn use-last">
              <svg class="ic" aria-hidden="true"><use href="#i-last"></use></svg><span>Use last frame</span></button>
            <button type="button" class="btn remix">
              <svg class="ic" aria-hidden="true"><use href="#i-remix"></use></svg><span>Remix</span></button>
            <button type="button" class="btn compare-with">
              <svg class="ic" aria-hidden="true"><use href="#i-compare"></use></svg><span>Compare</span></button>
            <button type="button" class="btn" data-code="job">
              <svg class="ic" aria-hidden="true"><use href="#i-code"></use></svg><span>Copy code</span></button>
            <button type="button" class="btn more-acts" popovertarget="player-menu" aria-haspopup="menu">
              <svg class="ic" aria-hidden="true"><use href="#i-more"></use></svg><span>More</span></button>
            <div id="player-menu" class="act-menu" role="menu" aria-label="More" popover>
              <button type="button" role="menuitem" tabindex="-1" class="extend">
                <svg class="ic" aria-hidden="true"><use href="#i-extend"></use></svg><span>Extend</span></button>
              <a role="menuitem" tabindex="-1" class="share" download>
                <svg class="ic" aria-hidden="true"><use href="#i-share"></use></svg><span>Share as zip</span></a>
              <a role="menuitem" tabindex="-1" class="evidence" download>
                <svg class="ic" aria-hidden="true"><use href="#i-copy"></use></svg><span>Download evidence</span></a>
            </div></div>
          <p class="told hint" aria-live="polite"></p>
          <p class="flag" hidden><svg class="ic" aria-hidden="true"><use href="#i-warn"></use></svg><span></span></p>
          <p class="said"></p>
          <dl class="facts four">
            <div><dt>Charged</dt><dd data-fact="cost"></dd><dd class="sub" data-fact="cost-by"></dd></div>
            <div><dt>Ready in</dt><dd data-fact="time"></dd><dd class="sub" data-fact="queue"></dd></div>
            <div><dt>Video</dt><dd data-fact="video"></dd><dd class="sub" data-fact="file"></dd></div>
            <div><dt>Seed</dt><dd data-fact="seed"></dd>
              <dd class="sub"><button type="button" class="linkish keep-seed">Keep for the next run</button></dd></div>
          </dl>
        </div>
      </section>"""

    def __init__(self, value: dict[str, Any] | None = None, **kwargs: Any) -> None:
        """Make a player for a library item."""
        super().__init__(value, **kwargs)

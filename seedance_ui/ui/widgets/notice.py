"""A problem that belongs to no field."""

from __future__ import annotations

from typing import Any

from seedance_ui.domain.job import JobError
from seedance_ui.ui.widgets.html_widget import DisplayWidget


class Notice(DisplayWidget):
    """Shows what happened, whether it cost anything and what to do; nothing without a value."""

    script = "notice"
    template = """
      <section class="panel alert bad" role="alert" hidden>
        <div class="alert-head">
          <span class="badge"><svg class="ic" aria-hidden="true"><use href="#i-stop"></use></svg></span>
          <div><h2></h2><p class="detail"></p></div>
        </div>
        <dl class="answer">
          <div><dt>Were you charged?</dt><dd><b class="charged"></b></dd></div>
          <div><dt>What to do</dt><dd class="next"></dd></div>
        </dl>
        <div class="acts"><button type="button" class="btn">Close</button></div>
      </section>"""

    def postprocess(self, value: Any) -> Any:
        """Return a `JobError` as JSON, and nothing as nothing."""
        return value.to_json() if isinstance(value, JobError) else None

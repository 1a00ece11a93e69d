"""The composition root, and the verbs that the page and the routes call. Nothing here knows Gradio or FastAPI."""

from __future__ import annotations

from seedance_ui.domain.batch import MAX_BATCH
from seedance_ui.services.fixing import Fixing
from seedance_ui.services.following import Following
from seedance_ui.services.making import Making
from seedance_ui.services.parts import LOCAL_OWNER
from seedance_ui.services.sharing import Sharing
from seedance_ui.services.showing import Showing
from seedance_ui.services.writing import Writing

__all__ = ["LOCAL_OWNER", "MAX_BATCH", "Services"]


class Services(Writing, Making, Fixing, Following, Showing, Sharing):
    """Everything the app can do, for one set of settings."""

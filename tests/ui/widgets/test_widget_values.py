"""What crosses between the widgets and Python, without a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from gradio.data_classes import FileData
from gradio.exceptions import InvalidPathError
from gradio.utils import get_upload_folder

from seedance_ui.ui.widgets.frame_slots import FrameFiles, FramePair, FrameSlots
from seedance_ui.ui.widgets.html_widget import HtmlWidget, UploadedFile
from seedance_ui.ui.widgets.job_card import JobCard
from seedance_ui.ui.widgets.library_grid import LibraryGrid
from seedance_ui.ui.widgets.player import Player
from seedance_ui.ui.widgets.reference_tray import ReferenceFiles, ReferenceTray

WIDGETS = (ReferenceTray, FrameSlots, JobCard, Player, LibraryGrid)


@pytest.mark.parametrize("widget", WIDGETS)
def test_widget_template_holds_nothing_that_gradio_would_evaluate(widget: type[HtmlWidget]):
    assert not re.search(r"\$\{|`|\{\{", widget.template)


@pytest.mark.parametrize("widget", WIDGETS)
def test_widget_configuration_is_plain_json(widget: type[HtmlWidget]):
    """A watched prop must not be taken for an event: its listener would drag the whole app along."""
    json.dumps(widget().get_config())


@pytest.mark.parametrize(
    ("widget", "event"),
    [(JobCard, "done"), (JobCard, "play"), (Player, "keep_seed"), (LibraryGrid, "open")],
)
def test_widget_event_can_be_listened_to(widget: type[HtmlWidget], event: str):
    assert callable(getattr(widget(), event))


def test_tray_keeps_order_names_and_bytes(tmp_path: Path):
    (tmp_path / "b.png").write_bytes(b"first")
    (tmp_path / "a.png").write_bytes(b"second")
    tray = ReferenceTray()
    wire = tray.postprocess([(str(tmp_path / "b.png"), "1.png"), UploadedFile(str(tmp_path / "a.png"), "2.png")])
    files = tray.preprocess(wire)
    assert [(file.name, Path(file.path).read_bytes()) for file in files] == [("1.png", b"first"), ("2.png", b"second")]
    assert tray.preprocess(tray.postprocess(None)) == tray.preprocess(None) == []


def test_tray_file_that_is_gone_comes_through_to_be_told_at_its_card():
    swept = str(Path(get_upload_folder()) / "0123" / "swept.png")
    assert ReferenceTray().preprocess(ReferenceFiles(root=[FileData(path=swept)])) == [UploadedFile(swept, "swept.png")]


@pytest.mark.parametrize(
    "path", [__file__, "https://example.com/a.png", "a\x00.png", "x" * 10_000], ids=lambda p: p[:9]
)
def test_tray_file_that_was_not_uploaded_is_refused_even_as_a_stream(path: str):
    for is_stream in (True, False):
        with pytest.raises(InvalidPathError):
            ReferenceTray().preprocess(ReferenceFiles(root=[FileData(path=path, is_stream=is_stream)]))


def test_slots_pass_either_frame_alone(tmp_path: Path):
    path = tmp_path / "end.png"
    path.write_bytes(b"x")
    slots = FrameSlots()
    pair = slots.preprocess(slots.postprocess(FramePair(last=UploadedFile(str(path), "end.png"))))
    assert pair.first is None
    assert pair.last.name == "end.png"
    assert slots.preprocess(None) == slots.preprocess(FrameFiles()) == FramePair()


@pytest.mark.parametrize("payload", [None, "", 7, ["a"], {"job": "a"}, "a" * 201])
def test_card_reads_nothing_but_a_short_string(payload: object):
    assert JobCard().preprocess(payload) is None


@pytest.mark.parametrize("widget", [Player, LibraryGrid])
def test_display_widget_ignores_what_a_browser_sends(widget: type[HtmlWidget]):
    assert widget().preprocess([{"job_id": "forged"}]) is None

"""Links to uploaded files: unguessable, one file each, until the job is final, over any restart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from seedance_ui.domain.job import JobState
from seedance_ui.domain.media import MediaFile
from seedance_ui.errors import StoreError
from seedance_ui.jobs.bell import Bell
from seedance_ui.jobs.handovers import HandedOver, Handovers
from seedance_ui.jobs.store import Store
from tests.samples import video
from tests.scripted import QuickClock, make_job

OUTSIDE = "https://example.org/app"


@pytest.fixture
def clip(tmp_path: Path) -> MediaFile:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"a clip")
    return replace(video(), path=path)


@pytest.fixture
def add(store: Store) -> Callable[[], str]:
    return lambda: store.add(make_job(), form_token=None, variation=0).job_id


def token_of(link: str) -> str:
    base, _, token = link.rpartition("/")
    assert base == f"{OUTSIDE}/handover"
    assert len(bytes.fromhex(token)) == 16
    return token


def test_a_link_leads_to_its_file(store: Store, add: Callable[[], str], clip: MediaFile) -> None:
    hand_over = Handovers(store.engine, OUTSIDE)
    assert hand_over.find(token_of(hand_over(add(), clip))) == HandedOver(clip.path, "video/mp4")
    assert hand_over.find("0" * 32) is None


def test_the_same_file_of_a_job_has_the_same_link_after_a_restart(
    store: Store, add: Callable[[], str], clip: MediaFile, database_url: str
) -> None:
    job_id, other_id = add(), add()
    link = Handovers(store.engine, OUTSIDE)(job_id, clip)
    again = Store(database_url, now=QuickClock().now, bell=Bell())
    hand_over = Handovers(again.engine, OUTSIDE)
    assert hand_over(job_id, clip) == link
    assert hand_over.find(token_of(link)) is not None
    assert len({link, hand_over(other_id, clip), hand_over(job_id, replace(clip, path=clip.path.parent / "b"))}) == 3
    again.close()


@pytest.mark.parametrize("state", JobState)
def test_a_link_ends_with_its_job(store: Store, add: Callable[[], str], clip: MediaFile, state: JobState) -> None:
    """A job that rests may still be taken up, so that its provider may still need the file."""
    hand_over = Handovers(store.engine, OUTSIDE)
    job_id = add()
    token = token_of(hand_over(job_id, clip))
    job = store.get(job_id)
    assert job is not None
    store.move(job, state=state)
    is_final = state in (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED)
    assert (hand_over.find(token) is None) is is_final


def test_a_link_to_a_file_that_was_deleted_leads_nowhere(store: Store, add: Callable[[], str], clip: MediaFile) -> None:
    hand_over = Handovers(store.engine, OUTSIDE)
    token = token_of(hand_over(add(), clip))
    clip.path.unlink()
    assert hand_over.find(token) is None


def test_a_link_that_cannot_be_written_is_our_own_fault(store: Store, clip: MediaFile) -> None:
    with store.engine.begin() as db:
        db.exec_driver_sql("DROP TABLE handovers")
    hand_over = Handovers(store.engine, OUTSIDE)
    with pytest.raises(StoreError, match="could not be written"):
        hand_over("1" * 32, clip)
    with pytest.raises(StoreError, match="cannot be read"):
        hand_over.find("1" * 32)

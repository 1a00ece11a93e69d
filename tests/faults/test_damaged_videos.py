"""Videos that come whole by their length and are damaged inside (B6): what the box walk sees, and what it cannot.

It reads the names and sizes of boxes, durations, what the tracks hold, and where their chunks begin. So it cannot see

- the payload of `mdat`, which is nearly all of a video: pictures and sound themselves have no checksum in an MP4;
- what stands in other boxes: codec settings (`stsd`), lengths and order of samples (`stsz`, `stts`, `stsc`, `ctts`,
  `stss`), edit lists, titles, and in `mvhd` and `tkhd` whatever is no duration;
- the name of a box that a player can do without, which then counts as unknown;
- the name of the sound's `trak` or `hdlr`: the video then counts as silent;
- offsets that are wrong, and inside the file all the same.

What it cannot see is kept as it came, with its SHA-256: it may play with a fault in one picture, and it was paid.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from seedance_ui.errors import MediaError
from seedance_ui.library import Library
from seedance_ui.media.mp4 import Box, walk_boxes
from tests.fakes.server import Instead, Reply
from tests.faults.world import Phase, World
from tests.media_makers import make_video

NAMES_THAT_MATTER = {
    b"ftyp", b"moov", b"mdat", b"trak", b"mdia", b"hdlr", b"minf", b"stbl", b"stsd", b"stts", b"stsc", b"stsz", b"stco",
}  # fmt: skip
Keeps = Callable[[bytes], bool]


@pytest.fixture(scope="module", params=["moov last", "moov first"])
def video(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return three seconds with sound."""
    options = {"movflags": "+faststart"} if request.param == "moov first" else {}
    path = tmp_path_factory.mktemp("videos") / "whole.mp4"
    return make_video(path, size=(640, 480), seconds=3.0, sound=True, options=options).read_bytes()


@pytest.fixture
def keeps(tmp_path: Path) -> Keeps:
    """Return a way to hand a file to a real library; True where it is taken for a whole video."""
    library = Library(tmp_path / "library")

    def keep(content: bytes) -> bool:
        part = library.directory / "job.part"
        part.write_bytes(content)
        try:
            library.keep("job", part)
        except MediaError:
            assert not library.video_path("job").exists()
            return False
        assert library.video_path("job").read_bytes() == content
        library.video_path("job").unlink()
        return True

    return keep


def boxes_of(video: bytes, tmp_path: Path) -> list[Box]:
    path = tmp_path / "whole.mp4"
    path.write_bytes(video)
    with path.open("rb") as file:
        return list(walk_boxes(file, len(video), "it"))


def flipped(video: bytes, at: int) -> bytes:
    return video[:at] + bytes([video[at] ^ 0xFF]) + video[at + 1 :]


async def test_video_in_fragments_that_is_cut_between_them_is_fetched_again(
    world: World, provider: str, tmp_path: Path
) -> None:
    """B6: the server tells no length, and closes the connection at any border of the file."""
    options = {"movflags": "+frag_keyframe+empty_moov", "frag_duration": "500000"}
    whole = make_video(tmp_path / "parts.mp4", size=(640, 480), seconds=3.0, sound=True, options=options).read_bytes()
    ends = [box.end for box in boxes_of(whole, tmp_path) if not box.path][:-1]
    as_video = {"Content-Type": "video/mp4"}
    cuts = [Instead(Reply(200, whole[:end], as_video, promise_length=False)) for end in ends]
    request = await world.priced(world.text())
    world.break_at(Phase.DOWNLOAD, *cuts, Instead(Reply(200, whole, as_video, promise_length=False)))
    snapshot = await world.run(request)
    path = world.services.media_path(f"{snapshot['job_id']}.mp4")
    assert path is not None
    assert path.read_bytes() == whole


@pytest.mark.parametrize("provider", ["aimlapi"])
@pytest.mark.parametrize("kind", ["a few bytes behind it", "no end of its own"])
async def test_odd_end_of_a_video_is_taken_where_the_promised_length_was_met(
    world: World, tmp_path: Path, kind: str
) -> None:
    """B6: a valid video is not refused for ever."""
    options = {"movflags": "+frag_keyframe+empty_moov", "frag_duration": "500000"}
    whole = make_video(tmp_path / "parts.mp4", size=(640, 480), seconds=3.0, sound=True, options=options).read_bytes()
    boxes = [box for box in boxes_of(whole, tmp_path) if not box.path]
    odd = whole[: boxes[-1].start] if kind == "no end of its own" else world.fake.video + bytes(7)
    request = await world.priced(world.text())
    world.break_at(Phase.DOWNLOAD, Instead(Reply(200, odd, {"Content-Type": "video/mp4"})))
    snapshot = await world.run(request)
    path = world.services.media_path(f"{snapshot['job_id']}.mp4")
    assert path is not None
    assert path.read_bytes() == odd


def test_whole_video_is_kept(video: bytes, keeps: Keeps) -> None:
    assert keeps(video)


@pytest.mark.parametrize("kind", ["cut", "zeros at its end", "shifted"])
def test_video_that_ends_at_any_percent_is_never_kept(video: bytes, keeps: Keeps, kind: str) -> None:
    """B6: cut, filled up to its length as a full disk leaves it, or with a hole in the middle."""
    for percent in range(100):
        at = len(video) * percent // 100
        damaged = {
            "cut": video[:at],
            "zeros at its end": video[:at] + bytes(len(video) - at),
            "shifted": video[:at] + video[at + 1 :],
        }[kind]
        # Zeros that begin inside the last box's payload are payload like any other.
        assert not keeps(damaged) or (kind == "zeros at its end" and is_in_mdat(video, at)), percent


def is_in_mdat(video: bytes, at: int) -> bool:
    return video.rindex(b"mdat") < at and video.rindex(b"moov") < at


def test_flip_at_any_percent_is_seen_or_is_payload(video: bytes, keeps: Keeps, tmp_path: Path) -> None:
    """B6: what is kept in spite of a flipped byte has it in a box's body."""
    boxes = boxes_of(video, tmp_path)
    for percent in range(100):
        at = len(video) * percent // 100
        innermost = [box for box in boxes if box.start <= at < box.end][-1]
        is_body = at >= innermost.body
        is_name_of_no_matter = at >= innermost.start + 4 and innermost.kind not in NAMES_THAT_MATTER
        assert not keeps(flipped(video, at)) or is_body or is_name_of_no_matter, percent


def test_flip_in_the_name_or_size_of_a_box_that_matters_is_always_seen(
    video: bytes, keeps: Keeps, tmp_path: Path
) -> None:
    """B6: every byte of every such header, and of any other the first, which stands for 16 MB and more."""
    boxes = boxes_of(video, tmp_path)
    _, sound = (box for box in boxes if box.kind == b"trak")
    for box in boxes:
        is_optional = box.kind in (b"trak", b"hdlr") and sound.start <= box.start < sound.end
        for at in range(box.start, box.body):
            if at == box.start or (box.kind in NAMES_THAT_MATTER and not (is_optional and at >= box.start + 4)):
                assert not keeps(flipped(video, at)), (box.kind, at - box.start)


def test_flip_of_a_chunk_offset_out_of_the_file_is_seen(video: bytes, keeps: Keeps, tmp_path: Path) -> None:
    offsets = [box for box in boxes_of(video, tmp_path) if box.kind == b"stco"]
    assert offsets
    for box in offsets:
        assert not keeps(flipped(video, box.body + 4))  # the highest byte of their number
        assert not keeps(flipped(video, box.body + 8))  # the highest byte of the first of them


@pytest.mark.parametrize("name", [b"moov", b"mdat", b"stco", b"ftyp"])
async def test_damaged_download_is_fetched_again(world: World, provider: str, name: bytes) -> None:
    """B6: never a success, never a failure; the next whole one is kept."""
    damaged = flipped(world.fake.video, world.fake.video.rindex(name))
    request = await world.priced(world.text())
    world.break_at(Phase.DOWNLOAD, Instead(Reply(200, damaged, {"Content-Type": "video/mp4"})))
    downloads = world.sent(Phase.DOWNLOAD)
    assert world.is_saved(await world.run(request))
    assert world.sent(Phase.DOWNLOAD) - downloads == 2

"""The bounded box walk (F6, B6): whole files pass, cut and damaged ones end as a sentence."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedance_ui.errors import MediaError
from seedance_ui.media import mp4
from seedance_ui.media.mp4 import check_finished_video, check_mp4
from seedance_ui.media.wav import check_wav
from tests.media_makers import box, make_video, mp4_skeleton, wav_bytes

CLIP_OPTIONS = {
    "plain": {},
    "faststart": {"movflags": "+faststart"},
    "fragmented": {"movflags": "+frag_keyframe+empty_moov"},
}
FRAGMENT_OPTIONS = {
    "all in fragments": {"movflags": "+frag_keyframe+empty_moov", "frag_duration": "500000"},
    "the first part in the moov": {"movflags": "+frag_keyframe", "frag_duration": "500000"},
}


@pytest.fixture(scope="module", params=["plain", "faststart"])
def clip(request, tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    return make_video(path, sound=True, options=CLIP_OPTIONS[request.param]).read_bytes()


@pytest.fixture
def write(tmp_path):
    def write_bytes(data: bytes):
        path = tmp_path / "file.mp4"
        path.write_bytes(data)
        return path

    return write_bytes


@pytest.mark.parametrize("suffix", ["mp4", "mov"])
def test_check_mp4_whole_file_returns_facts(tmp_path, suffix):
    path = make_video(tmp_path / f"a.{suffix}", seconds=2.0, sound=True)
    facts = check_mp4(path)
    assert facts.size_bytes == path.stat().st_size
    assert facts.duration_s == pytest.approx(2.0, abs=0.1)
    assert (facts.track_count, facts.has_video, facts.has_audio) == (2, True, True)


def test_check_mp4_fragmented_file_need_not_say_its_duration(tmp_path):
    facts = check_mp4(make_video(tmp_path / "a.mp4", options=CLIP_OPTIONS["fragmented"]))
    assert facts.has_video
    assert facts.duration_s is None


@pytest.mark.parametrize("percent", range(100))
def test_check_mp4_cut_anywhere_is_refused(clip, write, percent):
    with pytest.raises(MediaError):
        check_mp4(write(clip[: len(clip) * percent // 100]))


def test_check_mp4_cut_of_each_last_byte_is_refused(clip, write):
    for missing in range(1, 20):
        with pytest.raises(MediaError):
            check_mp4(write(clip[:-missing]))


@settings(max_examples=300)
@given(data=st.data())
def test_check_mp4_flipped_bytes_end_in_facts_or_a_sentence(tmp_path_factory, data):
    whole = mp4_skeleton(handlers=(b"vide", b"soun"))
    flips = data.draw(st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)), min_size=1, max_size=8))
    damaged = bytearray(whole)
    for at, value in flips:
        damaged[at] = value
    path = tmp_path_factory.getbasetemp() / "flipped.mp4"
    path.write_bytes(damaged)
    try:
        facts = check_mp4(path)
    except MediaError as exc:
        assert str(exc).startswith("This video ")
    else:
        assert facts.duration_s is not None and 0 < facts.duration_s <= mp4.MAX_DURATION_S


def resize(data: bytes, kind: bytes, size: int) -> bytes:
    """Give the first box of a kind another 32-bit size."""
    at = data.index(kind) - 4
    return data[:at] + struct.pack(">I", size) + data[at + 4 :]


def nest(depth: int) -> bytes:
    nested = b""
    for _ in range(depth):
        nested = box(b"moov", nested)
    return nested


WHOLE = mp4_skeleton()
BROKEN = {
    "zero bytes": b"",
    "a web page": b"<!doctype html>" * 1000,
    "size 0": resize(WHOLE, b"mdat", 0),
    "size 1 without a 64-bit size": resize(WHOLE, b"moov", 1),
    "size 7": resize(WHOLE, b"mvhd", 7),
    "size 2^32 - 1": resize(WHOLE, b"mdat", 2**32 - 1),
    "size 2^63": WHOLE + struct.pack(">I4sQ", 1, b"free", 2**63),
    "size 2^64 - 1": WHOLE + struct.pack(">I4sQ", 1, b"free", 2**64 - 1),
    "child larger than its parent": resize(WHOLE, b"trak", 10_000),
    "500 levels": WHOLE + nest(500),
    "200,000 boxes": WHOLE + box(b"free") * 200_000,
    "no mdat": WHOLE[: WHOLE.index(b"mdat") - 4],
    "no tracks": mp4_skeleton(handlers=()),
    "zero seconds": mp4_skeleton(duration=0),
    "10^9 seconds": mp4_skeleton(duration=10**9, timescale=1),
    "no timescale": mp4_skeleton(timescale=0),
    "unknown duration": mp4_skeleton(duration=0xFFFFFFFF),
    "no ftyp": WHOLE[WHOLE.index(b"moov") - 4 :],
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_check_mp4_broken_structure_is_refused(write, data):
    with pytest.raises(MediaError, match=r"^clip\.mp4 .+\.$"):
        check_mp4(write(data), name="clip.mp4")


def test_check_mp4_64_bit_sizes_and_times_are_read(write):
    times = bytes(4 + 8 + 8)
    mvhd = box(b"mvhd", b"\1" + times[1:] + struct.pack(">IQ", 1000, 4000) + bytes(80))
    trak = box(b"trak", box(b"mdia", box(b"hdlr", bytes(8) + b"vide" + bytes(13))))
    mdat = struct.pack(">I4sQ", 1, b"mdat", 16 + 32) + bytes(32)
    facts = check_mp4(write(box(b"ftyp", b"isom", bytes(4)) + box(b"moov", mvhd, trak) + mdat))
    assert facts.duration_s == 4.0


@pytest.mark.parametrize("options", CLIP_OPTIONS.values(), ids=CLIP_OPTIONS)
def test_check_finished_video_takes_a_whole_video_with_picture(tmp_path, options):
    path = make_video(tmp_path / "a.mp4", size=(640, 480), seconds=3.0, sound=True, options=options)
    assert check_finished_video(path).has_video


def borders(data: bytes, path) -> list[mp4.Box]:
    path.write_bytes(data)
    with path.open("rb") as file:
        return [one for one in mp4.walk_boxes(file, len(data), "it") if not one.path]


@pytest.mark.parametrize("options", FRAGMENT_OPTIONS.values(), ids=FRAGMENT_OPTIONS)
def test_check_finished_video_cut_between_two_fragments_is_refused(tmp_path, write, options):
    """B6: such a file need not say how long it is; its `mfra`, or a length that was promised, tells that it ends."""
    clip = make_video(tmp_path / "a.mp4", size=(640, 480), seconds=3.0, sound=True, options=options).read_bytes()
    boxes = borders(clip, tmp_path / "walked.mp4")
    assert [one.kind for one in boxes].count(b"moof") > 2
    assert boxes[-1].kind == b"mfra"
    for one in boxes[:-1]:
        with pytest.raises(MediaError):
            check_finished_video(write(clip[: one.end]))
    assert check_finished_video(write(clip)).has_video
    assert check_finished_video(write(clip[: boxes[-1].start]), is_all=True).has_video


@pytest.mark.parametrize("count", range(1, 12))
def test_check_finished_video_stray_bytes_behind_it_need_a_length_that_was_met(clip, write, count):
    """B6: fewer than a box has; else they may be the beginning of one."""
    path = write(clip + b"\0\0\0\x10free1234"[:count])
    with pytest.raises(MediaError):
        check_finished_video(path)
    if count < 8:
        assert check_finished_video(path, is_all=True).has_audio
    else:
        with pytest.raises(MediaError):
            check_finished_video(path, is_all=True)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        pytest.param(mp4_skeleton(), "has only", id="stub"),
        pytest.param(mp4_skeleton(handlers=(b"soun",), mdat=bytes(10_000)), "has no picture", id="sound only"),
        pytest.param(mp4_skeleton(mdat=bytes(10_000)), "is damaged: it does not say where", id="no tables"),
        pytest.param(b'{"error": "expired"}' * 1000, "is cut off or damaged", id="json"),
    ],
)
def test_check_finished_video_other_answer_is_refused(write, data, sentence):
    with pytest.raises(MediaError, match=f"^The video {sentence}"):
        check_finished_video(write(data))


def test_check_wav_whole_file_passes(write):
    check_wav(write(wav_bytes()), name="a.wav")


@pytest.mark.parametrize(
    "data",
    [
        wav_bytes(claimed_bytes=10**8),
        wav_bytes(claimed_bytes=0xFFFFFFFF),
        wav_bytes()[:-2],
        wav_bytes(seconds=0),
        b"RIFF\4\0\0\0WAVE",
        b"RIFF\4\0\0\0WAVE" + b"junk\0\0\0\0" * 5000,
    ],
    ids=["100 MB claimed", "4 GB claimed", "cut", "no sound", "no chunks", "many chunks"],
)
def test_check_wav_lying_header_is_refused(write, data):
    with pytest.raises(MediaError, match=r"^a\.wav .+\.$"):
        check_wav(write(data), name="a.wav")

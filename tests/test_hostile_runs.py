"""Zips that are no run, or more than one: each is refused in words of its own, and leaves nothing behind."""

from __future__ import annotations

import json
import shutil
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedance_ui.config import Settings
from seedance_ui.domain.shared_run import MAX_RUN_BYTES
from seedance_ui.errors import MediaError, StoreError
from seedance_ui.jobs.importing import _unpack
from seedance_ui.jobs.room import MIN_FREE_BYTES_PAID
from seedance_ui.jobs.run_archive import MAX_RECORD_BYTES
from seedance_ui.media.stored_zip import measure_part, zip_chunks
from seedance_ui.services import Services
from tests.media_makers import mp4_skeleton, wav_bytes
from tests.shared_runs import bring_in, everything_in, make_medium, make_record, zip_files, zip_run


@dataclass
class Landing:
    """An installation that is attacked, and the video of a whole run."""

    services: Services
    data_dir: Path
    video: bytes

    def run(self, more: dict[str, bytes] | None = None, **changes: Any) -> bytes:
        """Return a run as it should be, or with changes in its record."""
        return zip_run({"video.mp4": self.video, **(more or {})}, **changes)

    def raw(self, files: dict[str, bytes], **options: Any) -> bytes:
        """Return a zip with a sound record and these files, told of or not."""
        record = json.dumps(make_record({"video.mp4": self.video})).encode()
        return zip_files({"run.json": record, "video.mp4": self.video, **files}, **options)

    def with_settings(self, **changes: Any) -> bytes:
        return self.run(settings={**make_record({})["settings"], **changes})

    def state(self) -> tuple[dict[str, bytes], dict[str, int]]:
        return everything_in(self.data_dir), self.services._store.count_by_state()


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory, finished_video: Path) -> Iterator[Landing]:
    data_dir = tmp_path_factory.mktemp("attacked")
    services = Services(Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir)}))
    yield Landing(services, data_dir, finished_video.read_bytes())
    services.stop()


def special(at: Landing, name: str, attributes: int) -> bytes:
    """Return a run with an entry that is no plain file."""
    packed = BytesIO(at.run())
    with zipfile.ZipFile(packed, "a") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = attributes << 16
        archive.writestr(info, b"/etc/passwd")
    return packed.getvalue()


def twice(at: Landing) -> bytes:
    record = json.dumps(make_record({"video.mp4": at.video})).encode()
    parts = [measure_part(name, data) for name, data in (("run.json", record), *[("video.mp4", at.video)] * 2)]
    return b"".join(zip_chunks(parts))


def index_at(packed: bytes, name: str) -> int:
    """Return where the table of contents has an entry."""
    return packed.rindex(b"PK\1\2", 0, packed.rindex(name.encode()))


def patched(packed: bytes, at: int, fmt: str, *values: int) -> bytes:
    data = bytearray(packed)
    struct.pack_into(fmt, data, at, *values)
    return bytes(data)


def encrypted(at: Landing) -> bytes:
    packed = at.run()
    return patched(packed, index_at(packed, "video.mp4") + 8, "<H", 1)


def claiming(at: Landing, size_bytes: int) -> bytes:
    """Return a run whose table of contents says another size of the video, unpacked and packed."""
    packed = at.run()
    return patched(packed, index_at(packed, "video.mp4") + 20, "<LL", size_bytes, size_bytes)


def overlapping(at: Landing) -> bytes:
    """Return a run in which a second entry has the same bytes as the first: how a small file becomes a large one."""
    packed = at.run({"poster.jpg": b"x" * 1000})
    video = packed[index_at(packed, "video.mp4") :]
    return patched(packed, index_at(packed, "poster.jpg") + 42, "<L", struct.unpack_from("<L", video, 42)[0])


def numerous(at: Landing) -> bytes:
    return zip_files({f"media/image-{number}.png": b"" for number in range(21)})


def nested(at: Landing) -> bytes:
    return zip_files({"run.json": b"[" * 200_000, "video.mp4": at.video})


def padded(data: bytes) -> bytes:
    return data + b"\0\0\x40\0free" + bytes(0x3FF8)


def picture_and(second: bytes) -> Callable[[Landing], bytes]:
    """Return a maker of a run with a good picture, and this in the place of another."""

    def make(at: Landing) -> bytes:
        good = (Path(__file__).parents[1] / "assets" / "examples" / "thumb-tea.jpg").read_bytes()
        media = {"media/image-1.jpg": good, "media/image-2.png": second}
        told = [make_medium(f"@Image{number}", "image", entry=name) for number, name in enumerate(media, start=1)]
        return at.run(media, mode="references", media=told)

    return make


HOSTILE: dict[str, tuple[Callable[[Landing], bytes], str]] = {
    "no zip": (lambda at: b"no zip at all" * 9, "This file is no zip, or not a whole one."),
    "almost nothing": (lambda at: b"PK\5\6", "This file is no zip."),
    "cut": (lambda at: at.run()[:-30], "This file is no zip, or not a whole one."),
    "program before it": (lambda at: b"MZ" + at.run(), "its table of contents is not where it should be"),
    "comment behind it": (
        lambda at: patched(at.run(), len(at.run()) - 2, "<H", 3) + b"abc", "This file is no zip, or not a whole one."
    ),
    "way out": (lambda at: at.raw({"../../evil.mp4": b"x"}), r"holds '\.\./\.\./evil\.mp4', which no run has"),
    "absolute path": (lambda at: at.raw({"/etc/passwd": b"x"}), "holds '/etc/passwd', which no run has"),
    "person's name": (lambda at: at.raw({"media/holiday.jpg": b"x"}), "holds 'media/holiday.jpg', which no run has"),
    "folder": (lambda at: at.raw({"media/": b""}), "holds 'media/', which no run has"),
    "name behind a NUL": (
        lambda at: at.raw({"poster.jpgXevil": b"x"}).replace(b"poster.jpgX", b"poster.jpg\0"), "which no run has"
    ),
    "link": (lambda at: special(at, "poster.jpg", 0o120777), "poster.jpg in this zip is not a plain file"),
    "device": (lambda at: special(at, "poster.jpg", 0o060644), "poster.jpg in this zip is not a plain file"),
    "same name twice": (twice, "holds video.mp4 twice"),
    "encrypted": (encrypted, "video.mp4 in this zip is encrypted"),
    "unknown packing": (lambda at: at.raw({}, compression=zipfile.ZIP_BZIP2), "packed in a way that is not read here"),
    "bomb": (
        lambda at: zip_files({"run.json": b" " * 250_000, "video.mp4": at.video}, zipfile.ZIP_DEFLATED),
        "packed more tightly than any real file",
    ),
    "claims to be huge": (lambda at: claiming(at, 600_000_000), "has 600,000,000 bytes; the most is 500,000,000"),
    "claims another size": (lambda at: claiming(at, 20_000), "damaged: it cannot be read to its end"),
    "entries share bytes": (overlapping, "damaged"),
    "many entries": (numerous, "holds 21 files; a run has 20 at most"),
    "long record": (
        lambda at: zip_files({"run.json": b" " * 300_000, "video.mp4": at.video}), "the most is 256,000"
    ),
    "no record": (lambda at: zip_files({"video.mp4": at.video}), "it has no run.json"),
    "no video": (lambda at: zip_files({"run.json": b"{}"}), "it has no video.mp4"),
    "record of nothing": (lambda at: zip_files({"run.json": b"{}", "video.mp4": at.video}), "not the record of a run"),
    "record without end": (nested, "not the record of a run"),
    "another format": (lambda at: at.run(format="another"), "not the record of a run"),
    "newer format": (lambda at: at.run(format_version=2), "exported by a newer version of the app"),
    "unknown field": (lambda at: at.run(owner="local"), "something in it that no run has, in owner"),
    "no number": (
        lambda at: at.run(cost={"amount": float("nan"), "unit": "USD", "kind": "exact"}), "no run has, in cost.amount"
    ),
    "number as text": (lambda at: at.with_settings(duration_s="8"), "no run has, in settings.duration_s"),
    "seed beyond": (lambda at: at.run(seed=2**32), "no run has, in seed"),
    "markup for a ratio": (lambda at: at.with_settings(aspect_ratio="<b>"), "no run has, in settings.aspect_ratio"),
    "provider as a path": (lambda at: at.run(provider="../x"), "no run has, in provider"),
    "NUL in the prompt": (lambda at: at.run(prompt="a\0b"), "no run has, in prompt"),
    "time without zone": (
        lambda at: at.run(times={"created_at": "2026-01-01T00:00:00", "started_at": None, "finished_at": None}),
        "no run has, in times.created_at",
    ),
    "time before computers": (
        lambda at: at.run(times={**make_record({})["times"], "finished_at": "1899-11-19T00:00:00Z"}),
        "no run has, in times.finished_at",
    ),
    "media in a run of words": (
        lambda at: at.run(media=[make_medium("@Image1", "image", left_out="gone")]), "no run has, in the whole"
    ),
    "a link that is a command": (
        lambda at: at.run(mode="references", media=[make_medium("@Image1", "image", link="javascript:x")]),
        "no run has, in media.0.link",
    ),
    "file that nobody told of": (lambda at: at.raw({"poster.jpg": b"x"}), "poster.jpg, which its run.json does not"),
    "other bytes than told": (
        lambda at: at.run(entries=[{"name": "video.mp4", "size_bytes": len(at.video), "sha256": "0" * 64}]),
        "video.mp4 in this zip is not the file that its run.json tells of",
    ),
    "page for a video": (lambda at: zip_run({"video.mp4": b"<html>" * 9000}), "The video is"),
    "video cut off": (lambda at: zip_run({"video.mp4": at.video[:-5000]}), "The video is"),
    "video that nobody can play": (lambda at: zip_run({"video.mp4": padded(mp4_skeleton())}), "The video"),
    "page for a picture": (picture_and(b"<html></html>"), "is a web page"),
    "sound for a picture": (picture_and(wav_bytes(2.0)), "media/image-2.png in this zip is no image"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_zip_is_refused_whole(landing: Landing, name: str) -> None:
    make, words = HOSTILE[name]
    before = landing.state()
    with pytest.raises(MediaError, match=words):
        await bring_in(landing.services, make(landing))
    assert landing.state() == before


async def test_a_file_that_the_record_tells_of_and_that_is_not_there_is_missed(landing: Landing) -> None:
    told = make_record({"video.mp4": landing.video, "poster.jpg": b"x"})
    packed = zip_files({"run.json": json.dumps(told).encode(), "video.mp4": landing.video})
    before = landing.state()
    with pytest.raises(MediaError, match="This zip is incomplete: poster.jpg is missing"):
        await bring_in(landing.services, packed)
    assert landing.state() == before


@pytest.mark.parametrize(("off", "words"), [(1, "Not all of the file came"), (-1, "More came than was announced")])
async def test_what_comes_is_what_was_announced(landing: Landing, off: int, words: str) -> None:
    packed, before = landing.run(), landing.state()
    with pytest.raises(MediaError, match=words):
        await bring_in(landing.services, packed, announced=len(packed) + off)
    with pytest.raises(MediaError, match="A run has 1,000 MB at most; this one has 1,001 MB"):
        await bring_in(landing.services, packed, announced=MAX_RUN_BYTES + 1)
    assert landing.state() == before


async def test_no_room_is_said_before_a_byte_is_read(tmp_path: Path, finished_video: Path) -> None:
    settings = Settings.from_env({"SEEDANCE_DATA_DIR": str(tmp_path)})
    services = Services(settings, free_bytes=lambda path: MIN_FREE_BYTES_PAID)
    try:
        with pytest.raises(StoreError, match="The disk has 1000 MB left.*to import this run"):
            await bring_in(services, zip_run({"video.mp4": finished_video.read_bytes()}))
        assert not (tmp_path / "imports").exists()
    finally:
        services.stop()


SMALL = zip_run({"video.mp4": b"moving pictures" * 9, "poster.jpg": b"a still" * 9})


@given(at=st.integers(0, len(SMALL) - 1), data=st.binary(max_size=30), drop=st.integers(0, 60))
def test_a_zip_with_anything_else_in_it_is_taken_apart_or_refused(
    tmp_path_factory: pytest.TempPathFactory, at: int, data: bytes, drop: int
) -> None:
    """Never another exception, and never more than the record may be."""
    folder = tmp_path_factory.mktemp("mutated")
    (folder / "run.zip").write_bytes(SMALL[:at] + data + SMALL[at + drop :])
    try:
        record, files = _unpack(folder / "run.zip", folder)
    except MediaError as exc:
        assert str(exc).startswith(("This ", "The run.json", "video.mp4 in", "poster.jpg in", "run.json in"))
    else:
        assert {entry.name: entry.sha256 for entry in record.entries} == {
            name: file.sha256 for name, file in files.items()
        }
    assert sum(path.stat().st_size for path in folder.glob("*.part")) < MAX_RECORD_BYTES
    shutil.rmtree(folder)

"""Draw a request's storyboard into an mp4. Runs in the worker process."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

import numpy as np

from seedance_ui.domain import mentions
from seedance_ui.domain.media import MediaFile, MediaKind, MediaLink
from seedance_ui.domain.model_spec import FPS
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.media.storyboard import media_files, sound
from seedance_ui.media.storyboard.camera import Move, find_move
from seedance_ui.media.storyboard.card import Bar, Caption, Card, Clock
from seedance_ui.media.storyboard.encode import Samples, open_writer
from seedance_ui.media.storyboard.noise import Random
from seedance_ui.media.storyboard.panels import Panels, Reference, Strip
from seedance_ui.media.storyboard.planes import Canvas
from seedance_ui.media.storyboard.scenes import FirstToLast, Landscape, References, Scene
from seedance_ui.media.storyboard.shots import Shot, plan_shots
from seedance_ui.media.storyboard.words import Setting, read_setting

_REPORT_EVERY_FRAMES = 6
_VIDEO_SOUND_GAIN = 0.8
"""A clip's own sound stays behind an audio file."""


class Drawn(TypedDict):
    """What was written."""

    width_px: int
    height_px: int
    frames: int
    duration_s: float
    has_audio: bool


def draw_storyboard(args: dict[str, Any], report: Callable[[float], None]) -> Drawn:
    """Draw the storyboard of a request.

    Args:
        args: `request` as `GenerationRequest.to_json` gives it, `seed`, `width_px` and `height_px` (even),
            `duration_s` (whole seconds), and `out`, the path of the mp4.
        report: Called with 0 to 1 as frames are written.

    Raises:
        MediaError: A reference cannot be read.
    """
    request = GenerationRequest.from_json(args["request"])
    size = (int(args["width_px"]), int(args["height_px"]))
    duration_s = int(args["duration_s"])
    out = Path(args["out"])
    partial = out.with_name(out.name + ".part")
    board = Storyboard(request, int(args["seed"]), size, duration_s)
    try:
        board.write(partial, report)
        _sync(partial)  # a power cut must not leave an empty file under the final name
        os.replace(partial, out)
    finally:
        partial.unlink(missing_ok=True)
    return {
        "width_px": size[0],
        "height_px": size[1],
        "frames": board.frames,
        "duration_s": board.frames / FPS,
        "has_audio": request.generate_audio,
    }


@dataclass(frozen=True, slots=True)
class _Named:
    """What one shot names."""

    visuals: list[Reference]
    audios: list[Reference]


class Storyboard:
    """One request, planned; `write` draws it."""

    def __init__(self, request: GenerationRequest, seed: int, size: tuple[int, int], duration_s: int) -> None:
        self.frames = duration_s * FPS
        self._request, self._size, self._duration_s = request, size, duration_s
        self._seed = seed
        self._look, self._shots = plan_shots(request.prompt, self.frames)
        self._visuals = _references(MediaKind.IMAGE, request.images) + _references(MediaKind.VIDEO, request.videos)
        self._audios = _references(MediaKind.AUDIO, request.audios)
        self._named = [_find_named(shot.text, self._visuals, self._audios) for shot in self._shots]
        self._settings = [self._read_setting(shot) for shot in self._shots]
        self._moves = [self._find_move(shot) for shot in self._shots]

    def write(self, path: Path, report: Callable[[float], None]) -> None:
        """Draw every frame and encode it."""
        clock = Clock(self._size)
        bar = Bar(self._size, [shot.start + shot.frames for shot in self._shots])
        track = self._make_sound() if self._request.generate_audio else None
        with open_writer(path, self._size, track) as writer:
            whole = self._open_frames()
            for shot in self._shots:
                scene = whole or self._open_scene(shot)
                card = self._make_card(shot)
                for index in range(shot.frames):
                    frame = shot.start + index
                    canvas = Canvas(*self._size)
                    if whole is None:
                        scene.draw(canvas, index, shot.frames)
                    else:
                        scene.draw(canvas, frame, self.frames)
                    card.draw(canvas, index, shot.frames)
                    clock.draw(canvas, frame)
                    bar.draw(canvas, frame)
                    writer.write(canvas)
                    if (frame + 1) % _REPORT_EVERY_FRAMES == 0:
                        report((frame + 1) / self.frames)

    def _random(self, number: int) -> Random:
        words = zlib.crc32(self._request.prompt.encode())
        return np.random.default_rng([self._seed, words, number])

    def _read_setting(self, shot: Shot) -> Setting:
        """Return the place of a shot; where its words name none, all shots share the prompt's."""
        return read_setting(f"{shot.text}", f"{self._look} {self._request.prompt}", self._random(0))

    def _find_move(self, shot: Shot) -> Move:
        choice = int(self._random(shot.number).integers(1024))
        move = find_move(shot.text, choice)
        return move if move.label else find_move(self._look, choice)

    def _open_frames(self) -> Scene | None:
        """Return the one scene of mode frames, which goes through all shots; a link never comes this far."""
        first, last = self._request.first_frame, self._request.last_frame
        if self._request.mode is not Mode.FRAMES or not isinstance(first, MediaFile):
            return None
        return FirstToLast(
            media_files.open_source(first, "The first frame", self._size),
            media_files.open_source(last, "The last frame", self._size) if isinstance(last, MediaFile) else None,
            self._moves[0],
            with_words=bool(self._request.prompt.strip()),
        )

    def _open_scene(self, shot: Shot) -> Scene:
        index = shot.number - 1
        move = self._moves[index]
        named = self._named[index].visuals
        if not self._visuals:
            return Landscape(self._settings[index], move, self._size, self._random(shot.number))
        everywhere = [reference for one in self._named for reference in one.visuals]
        rest = [reference for reference in self._visuals if reference not in everywhere]
        if not everywhere:
            named, rest = self._visuals, []
        return References(
            Panels(named, self._size) if named else None,
            None if named else Landscape(self._settings[index], move, self._size, self._random(shot.number)),
            Strip(rest, self._size) if rest else None,
            move,
            self._size,
        )

    def _make_card(self, shot: Shot) -> Card:
        named = self._named[shot.number - 1]
        tags = " ".join(reference.tag for reference in named.visuals + named.audios)
        details = "  ·  ".join(part for part in (tags, self._moves[shot.number - 1].label) if part)
        caption = Caption(shot.text, shot.number, len(self._shots), details)
        if self._request.mode is Mode.TEXT:
            return Card(caption, self._size)
        return Card(caption, self._size, room=0.26, largest=3.2)

    def _make_sound(self) -> Samples:
        tracks = self._reference_tracks()
        if tracks:
            return sound.mix_tracks(tracks, self._duration_s)
        starts_s = [shot.start / FPS for shot in self._shots]
        return sound.make_bed(self._duration_s, starts_s, self._settings[0].light.minor, self._random(0))

    def _reference_tracks(self) -> list[sound.Track]:
        """Return the sound of the references: each starts with the first shot that names it, else at once."""
        tracks = []
        for reference in self._audios + [item for item in self._visuals if item.file.kind is MediaKind.VIDEO]:
            shots = [
                shot
                for shot, named in zip(self._shots, self._named, strict=True)
                if reference in named.audios or reference in named.visuals
            ]
            is_clip = reference.file.kind is MediaKind.VIDEO
            if is_clip and not shots and any(named.visuals for named in self._named):
                continue  # It stands still in the strip.
            start_s = shots[0].start / FPS if shots else 0.0
            most_s = shots[0].frames / FPS if is_clip and shots else self._duration_s - start_s
            samples = media_files.load_sound(reference.file, reference.tag, most_s)
            if samples is not None and samples.size:
                tracks.append(sound.Track(samples, start_s, _VIDEO_SOUND_GAIN if is_clip else 1.0))
        return tracks


def _sync(path: Path) -> None:
    with path.open("rb+") as written:
        os.fsync(written.fileno())


def _references(kind: MediaKind, files: Sequence[MediaFile | MediaLink]) -> list[Reference]:
    """Return what there is to draw; a link never comes this far, and is not fetched if it does."""
    return [
        Reference(file, mentions.tag(kind, number))
        for number, file in enumerate(files, start=1)
        if isinstance(file, MediaFile)
    ]


def _find_named(text: str, visuals: list[Reference], audios: list[Reference]) -> _Named:
    """Return the references that a text names, each once, in its order."""
    order = list(dict.fromkeys(mention.tag for mention in mentions.parse_mentions(text)))
    by_tag = {reference.tag: reference for reference in visuals + audios}
    named = [by_tag[tag] for tag in order if tag in by_tag]
    return _Named([item for item in named if item in visuals], [item for item in named if item in audios])

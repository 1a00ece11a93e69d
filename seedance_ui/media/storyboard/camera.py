"""Camera words, and where the camera stands at a moment.

A framing never leaves its picture: `zoom` is 1 or more, and `x` and `y` are shares of the room that the zoom leaves.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from seedance_ui.media.storyboard.planes import Box

_REST_ZOOM = 1.16
"""Where the camera stands when nothing moves it: there is room to every side."""


@dataclass(frozen=True, slots=True)
class Framing:
    """What part of a picture is seen."""

    zoom: float = 1.0
    """1 is the whole picture."""
    x: float = 0.0
    """-1 is the left edge of the room, 1 the right one."""
    y: float = 0.0
    """-1 is the top edge of the room, 1 the bottom one."""

    def box(self, width: float, height: float) -> Box:
        """Return the part that is seen of a picture of width × height pixels."""
        seen_w, seen_h = width / self.zoom, height / self.zoom
        left = (width - seen_w) / 2 * (1 + self.x)
        top = (height - seen_h) / 2 * (1 + self.y)
        return left, top, left + seen_w, top + seen_h


@dataclass(frozen=True, slots=True)
class Move:
    """One shot's camera: two framings, and how it goes from one to the other."""

    start: Framing
    end: Framing
    label: str = ""
    """As the words call it; empty where no word asked for it."""
    travel: float = 1.0
    """1: the camera travels, and what is near goes by faster. 0: it turns or zooms where it stands."""
    orbit: bool = False
    """What is near and what is far slide against each other."""
    sway: float = 0.0
    """How much a hand shakes, as a share of the room."""

    def at(self, t: float, depth: float = 1.0) -> Framing:
        """Return the framing at a moment.

        Args:
            t: 0 at the start of the shot, 1 at its end.
            depth: 1 is near, 0 as far as the sky.
        """
        eased = _ease(t)
        zoom = self.start.zoom + (self.end.zoom - self.start.zoom) * eased
        x = self.start.x + (self.end.x - self.start.x) * eased
        y = self.start.y + (self.end.y - self.start.y) * eased
        if self.sway:
            x += self.sway * (math.sin(t * 9.1) + 0.6 * math.sin(t * 21.7 + 1.3) - 0.6 * math.sin(1.3))
            y += self.sway * (math.sin(t * 11.9 + 0.7) + 0.5 * math.sin(t * 26.3) - math.sin(0.7))
        share = 1 - (1 - depth) * self.travel
        slide = (depth - 0.5) * 2 if self.orbit else share
        zoom = _REST_ZOOM * (zoom / _REST_ZOOM) ** share
        return Framing(max(1.0, zoom), _clamp(x * slide), _clamp(y * share))


def _ease(t: float) -> float:
    """Return a start and an end that are soft, with a steady pace between."""
    return 0.55 * t + 0.45 * t * t * (3 - 2 * t)


def _clamp(value: float) -> float:
    return max(-1.0, min(1.0, value))


_PUSH = (Framing(1.06), Framing(1.36))
_SIDE_ZOOM = 1.26
_WORDS: tuple[tuple[str, str, str], ...] = (
    ("handheld", "Handheld", r"hand-?\s?held|shaky|手持|晃动"),
    (
        "static",
        "Locked off",
        r"static (?:shot|camera|frame)|locked[- ]?(?:off|down|shot|camera)\b|(?<=camera )locked|static\b|tripod"
        r"|fixed camera|固定|静止镜头|定机位",
    ),
    ("orbit", "Orbit", r"(?<!in )orbit\w*|arc (?:shot|around)|circl(?:es|ing) around|环绕|绕着?拍|旋转镜头"),
    ("pan_left", "Pan left", r"pan(?:s|ning)?(?:\s+\w+){0,2}?\s+(?:to the )?left|左摇|向左摇|镜头左移"),
    ("pan_right", "Pan right", r"pan(?:s|ning)?(?:\s+\w+){0,2}?\s+(?:to the )?right|右摇|向右摇|镜头右移"),
    ("tilt_up", "Tilt up", r"tilt(?:s|ing)?(?:\s+\w+){0,2}?\s+up\w*|上摇|仰拍|向上摇"),
    ("tilt_down", "Tilt down", r"tilt(?:s|ing)?(?:\s+\w+){0,2}?\s+down\w*|下摇|俯摇|向下摇"),
    (
        "crane_down",
        "Crane down",
        r"(?:crane|boom|pedestal)(?:s|ing)?(?:\s+\w+){0,2}?\s+down\w*"
        r"|(?:(?<=camera )|(?<=drone ))descend\w*|镜头下降|降镜",
    ),
    (
        "crane_up",
        "Crane up",
        r"cran(?:e|es|ing)\s+(?:shot|up\w*|over|move\w*)|crane\W*$|(?:boom|pedestal)(?:s|ing)?\s+up\w*"
        r"|(?:(?<=camera )|(?<=drone ))(?:rises|ascends)|镜头升起|镜头上升|升镜",
    ),
    (
        "truck_left",
        "Track left",
        r"(?:truck|track|dolly|(?<=camera )slid|(?<=camera )mov)(?:s|es|ing|e)?\s+(?:to the )?left|左移",
    ),
    (
        "truck_right",
        "Track right",
        r"(?:truck|track|dolly|(?<=camera )slid|(?<=camera )mov)(?:s|es|ing|e)?\s+(?:to the )?right|右移",
    ),
    ("zoom_out", "Zoom out", r"zoom(?:s|ing)?(?:\s+\w+){0,2}?\s+(?:out|back)|拉远变焦|变焦拉远"),
    ("zoom_in", "Zoom in", r"zoom\w*|变焦"),
    (
        "pull",
        "Pull back",
        r"(?:pull|dolly|track|(?<=camera )mov)(?:s|es|ing|e)?(?:\s+\w+ly)?\s+(?:back\w*|out|away)"
        r"|拉远|拉镜|后拉|镜头拉|拉出",
    ),
    (
        "push",
        "Push in",
        r"(?:push|dolly|track|(?<=camera )mov|(?<=camera )creep)(?:s|es|ing|e)?(?:\s+\w+ly)?"
        r"\s+(?:in(?:to|ward)?\b|forward\w*|closer|toward\w*)"
        r"|dolly\b|推近|推进|推镜|镜头推|前推|缓推|慢推|推向|推至",
    ),
    (
        "truck_right",
        "Tracking",
        r"tracking\b|(?<=camera )(?:tracks|follows)|follow(?:ing)? shot|跟拍|镜头跟随|横移",
    ),
    (
        "pan_right",
        "Pan",
        r"(?:(?<=camera )|(?<=slow )|(?<=slowly )|(?<=whip ))pan\w*|panning|pan (?:shot|across|over)|摇镜|横摇",
    ),
)
_PATTERNS = tuple((key, label, re.compile(rf"(?<![A-Za-z])(?:{words})", re.IGNORECASE)) for key, label, words in _WORDS)
_SINGLE = (
    ("push", "Push in", re.compile(r"(?:^|[，,。；;、\s])推(?:$|[，,。；;、\s])")),
    ("pull", "Pull back", re.compile(r"(?:^|[，,。；;、\s])拉(?:$|[，,。；;、\s])")),
)

_MOVES: dict[str, Move] = {
    "static": Move(Framing(_REST_ZOOM), Framing(_REST_ZOOM)),
    "handheld": Move(Framing(1.18), Framing(1.21), sway=0.16, travel=0.5),
    "orbit": Move(Framing(1.24, -0.85), Framing(1.24, 0.85), orbit=True),
    "pan_left": Move(Framing(_SIDE_ZOOM, 0.92), Framing(_SIDE_ZOOM, -0.92), travel=0.25),
    "pan_right": Move(Framing(_SIDE_ZOOM, -0.92), Framing(_SIDE_ZOOM, 0.92), travel=0.25),
    "tilt_up": Move(Framing(_SIDE_ZOOM, 0, 0.92), Framing(_SIDE_ZOOM, 0, -0.92), travel=0.25),
    "tilt_down": Move(Framing(_SIDE_ZOOM, 0, -0.92), Framing(_SIDE_ZOOM, 0, 0.92), travel=0.25),
    "crane_up": Move(Framing(_SIDE_ZOOM, 0, 0.92), Framing(_SIDE_ZOOM, 0, -0.92)),
    "crane_down": Move(Framing(_SIDE_ZOOM, 0, -0.92), Framing(_SIDE_ZOOM, 0, 0.92)),
    "truck_left": Move(Framing(_SIDE_ZOOM, 0.92), Framing(_SIDE_ZOOM, -0.92)),
    "truck_right": Move(Framing(_SIDE_ZOOM, -0.92), Framing(_SIDE_ZOOM, 0.92)),
    "zoom_in": Move(Framing(1.04), Framing(1.42), travel=0.0),
    "zoom_out": Move(Framing(1.42), Framing(1.04), travel=0.0),
    "push": Move(*_PUSH),
    "pull": Move(_PUSH[1], _PUSH[0]),
}
_QUIET = (
    Move(Framing(1.10), Framing(1.20)),
    Move(Framing(1.20), Framing(1.10)),
    Move(Framing(1.18, -0.4), Framing(1.18, 0.4)),
    Move(Framing(1.18, 0.4), Framing(1.18, -0.4)),
)
"""Where no word asks for a move: a slow drift, so that the frame breathes."""


def find_move(text: str, choice: int = 0) -> Move:
    """Return the move that the first camera word asks for, together with the first of the other kind.

    Args:
        text: A shot's words.
        choice: Picks one of the quiet moves where no word asks for one.
    """
    found = sorted(
        (match.start(), index, key, label)
        for index, (key, label, pattern) in enumerate(_PATTERNS + _SINGLE)
        if (match := pattern.search(text))
    )
    found = [hit for at, hit in enumerate(found) if hit[0] not in [other[0] for other in found[:at]]]
    if not found:
        return _QUIET[choice % len(_QUIET)]
    _, _, key, label = found[0]
    move = _with_label(_MOVES[key], label)
    for _, _, other_key, other_label in found[1:]:
        other = _MOVES[other_key]
        if _slides(move) != _slides(other) and not (move.sway or other.sway or move == other):
            return _combine(move, other, f"{label}, {other_label.lower()}")
        if other.sway and not move.sway:
            return _combine(move, other, f"{label}, {other_label.lower()}")
    return move


def drop_camera_words(text: str) -> str:
    """Return a text without the words that only speak about the camera."""
    for _, _, pattern in _PATTERNS + _SINGLE:
        text = pattern.sub(" ", text)
    return text


def _slides(move: Move) -> bool:
    return (move.start.x, move.start.y) != (move.end.x, move.end.y)


def _with_label(move: Move, label: str) -> Move:
    return Move(move.start, move.end, label, move.travel, move.orbit, move.sway)


def _combine(move: Move, other: Move, label: str) -> Move:
    slide, zoom = (move, other) if _slides(move) else (other, move)
    if not _slides(slide):
        slide = move
    return Move(
        Framing(zoom.start.zoom, slide.start.x, slide.start.y),
        Framing(zoom.end.zoom, slide.end.x, slide.end.y),
        label,
        max(move.travel, other.travel),
        move.orbit or other.orbit,
        max(move.sway, other.sway),
    )

"""Place and light, read from the words of a prompt; where no word tells, the seed does.

Colours are sRGB as floats 0 to 1. The first word found decides: places and lights are listed from the
particular to the general.
"""

from __future__ import annotations

import colorsys
import re
from dataclasses import dataclass

import numpy as np

from seedance_ui.media.storyboard.noise import Random
from seedance_ui.media.storyboard.planes import FloatArray


def _rgb(code: str) -> FloatArray:
    return np.array([int(code[at : at + 2], 16) for at in (0, 2, 4)], np.float32) / 255


@dataclass(frozen=True, slots=True)
class Light:
    """The colours of an hour and a weather."""

    zenith: FloatArray
    middle: FloatArray
    horizon: FloatArray
    lamp: FloatArray
    """The sun, the moon, or whatever shines."""
    haze: FloatArray
    """What distance turns everything into."""
    near: FloatArray
    """What is close to the camera, against the light."""
    lamp_height: float = 0.08
    """Above the horizon, as a share of the picture's height."""
    glow: float = 1.0
    """How far the lamp's light spreads."""
    stars: float = 0.0
    clouds: float = 0.6
    minor: bool = False
    """Whether the music sounds in minor."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a shot's background shows."""

    place: str
    """One of `PLACES`."""
    light: Light
    air: str
    """What floats: dust, rain, snow, embers, bubbles or fireflies."""


def _light(codes: str, **facts: float | bool) -> Light:
    zenith, middle, horizon, lamp, haze, near = (_rgb(code) for code in codes.split())
    return Light(zenith, middle, horizon, lamp, haze, near, **facts)  # type: ignore[arg-type]


LIGHTS: dict[str, Light] = {
    "neon": _light(
        "07071c 231049 a52a7c ff6db8 3b1d66 07060f", lamp_height=0.12, glow=1.2, stars=0.1, clouds=0.5, minor=True
    ),
    "ember": _light("16090c 6a2117 ee7430 ffc27a 7d3020 120607", lamp_height=0.06, glow=1.5, clouds=0.9, minor=True),
    "storm": _light("141b22 36434d 8c999c dfe8e8 5f6d74 0b1013", lamp_height=0.2, glow=0.9, clouds=1.0, minor=True),
    "mist": _light("6d8087 9aabad d8ded8 fdfcf2 b5c2bf 1f2a2a", lamp_height=0.16, glow=1.3, clouds=0.4),
    "aurora": _light(
        "040b1e 0a2a45 2f7d7c c9fff0 17405a 030911", lamp_height=0.3, glow=0.7, stars=0.9, clouds=0.0, minor=True
    ),
    "night": _light(
        "040818 0d1c3e 2d4b74 e3ecff 223a60 03060e", lamp_height=0.3, glow=0.7, stars=0.9, clouds=0.35, minor=True
    ),
    "dawn": _light("26365f 8a6d9b f7b892 ffe2be c58f95 191829", lamp_height=0.05, glow=1.2, stars=0.12),
    "golden": _light("35486c c4895f ffd391 fff1c9 d39a6c 22151a", lamp_height=0.09, glow=1.3),
    "dusk": _light("12183a 583a70 f2845c ffc18c 8b4f69 0c0b19", lamp_height=0.03, glow=1.2, stars=0.25, minor=True),
    "winter": _light("49688a 9db8cc e6edf0 fffaf0 b6c9d6 1d2c3c", lamp_height=0.14, glow=1.0, clouds=0.5),
    "day": _light("2a679f 79afd3 dfecec fff8e2 9dbfd0 14303a", lamp_height=0.34, glow=0.9, clouds=0.8),
    "deep": _light("1f86a0 0d5273 072b4c bdf5f0 0c4a6b 021423", lamp_height=0.62, glow=1.0, clouds=0.0, minor=True),
    "lamp": _light("1c1412 3d2a20 8a5a36 ffd59a 5a3c28 0e0a09", lamp_height=0.3, glow=1.3, clouds=0.0),
}
"""By name. Six colours: zenith, middle, horizon, lamp, haze, near."""

_LIGHT_WORDS: tuple[tuple[str, str], ...] = (
    ("neon", r"neon|cyberpunk|synthwave|hologra\w*|arcade|nightclub|霓虹|赛博朋克|ネオン"),
    ("ember", r"fire\b|flames?|lava|volcano|explosion|battle|war\b|mars\b|apocaly\w*|火焰|火山|熔岩|战场|爆炸"),
    ("aurora", r"aurora|northern lights|极光|オーロラ"),
    ("deep", r"underwater|coral|deep sea|jellyfish|whales?\b|submarine|海底|水下|珊瑚|水母"),
    ("dawn", r"dawn|sunrise|daybreak|morning|first light|黎明|清晨|日出|拂晓|朝阳|夜明け"),
    ("dusk", r"dusk|sunset|twilight|evening|blue hour|黄昏|傍晚|日落|夕阳|暮色|夕暮れ"),
    ("golden", r"golden hour|golden light|golden|autumn|honey|amber|warm light|秋|金色|暖光"),
    ("night", r"night\w*|midnight|moon\w*|stars?\b|starry|dark\b|夜|月光|月亮|星空|深夜"),
    ("storm", r"storm\w*|thunder\w*|rain\w*|overcast|grey|gray|noir|hurricane|暴风|雨|雷|阴天|乌云"),
    ("mist", r"fog\w*|mist\w*|haze|hazy|smoke|雾|烟|霭"),
    ("winter", r"snow\w*|winter|ice|icy|frost\w*|arctic|glacier|blizzard|雪|冬|冰"),
    ("lamp", r"candle\w*|lantern|fireplace|lamp\w*|indoors?|interior|café|cafe|烛光|灯笼|室内"),
    ("day", r"noon|midday|sunny|daylight|bright|blue sky|summer|spring|正午|阳光|白天|晴|夏|春"),
)
_PLACE_WORDS: tuple[tuple[str, str], ...] = (
    ("deep", r"underwater|coral|deep sea|jellyfish|whales?\b|submarine|海底|水下|珊瑚|水母"),
    (
        "space",
        r"space(?:ship|craft|walk)?\b|galax\w*|nebula|planets?\b|cosmos|astronaut|orbit(?:al)? station"
        r"|宇宙|太空|银河|星系|星球",
    ),
    ("desert", r"desert|dunes?|sahara|sand\b|camel|canyon|mars\b|沙漠|沙丘|戈壁|砂漠"),
    (
        "sea",
        r"sea\b|seas\b|oceans?|waves?\b|beach|coast\w*|lighthouse|harbou?r|ships?\b|boats?\b|sail\w*|surf\w*|lake|island"
        r"|shore\w*|海|波浪|沙滩|灯塔|湖|船|岛|港",
    ),
    (
        "city",
        r"city|cities|street|neon|skyline|skyscraper\w*|downtown|tokyo|shanghai|new york|hong kong|cyberpunk|alley"
        r"|traffic|taxi|rooftop\w*|urban|subway|城市|街|都市|高楼|大厦|上海|东京|霓虹|小巷|地铁",
    ),
    (
        "forest",
        r"forest|woods?\b|woodland|jungle|trees?\b|pines?\b|fox|deer|bears?\b|wolf|森林|树林|树|竹林|丛林|狐狸|鹿",
    ),
    (
        "room",
        r"rooms?\b|kitchen|coffee|tea\b|cup\b|table|desk|office|bedroom|window|indoors?|interior|library|books?\b|café|cafe"
        r"|restaurant|bakery|cooks?|cooking|房间|厨房|咖啡|茶|杯|桌|窗|书|室内|餐厅",
    ),
    (
        "stage",
        r"stage|studio|spotlight|dance\w*|singer|concert|portrait|theatre|theater|product|perfume|watch\b|sneakers?|bottle"
        r"|close-?up|舞台|舞者|演唱|人像|特写|产品|香水",
    ),
    (
        "mountains",
        r"mountains?|peaks?\b|alps?|himalaya\w*|summit|cliffs?|valley|snow\w*|glacier|hik\w*|climb\w*|eagle|山|峰|峡谷|雪",
    ),
    (
        "meadow",
        r"meadow|fields?\b|grass\w*|farm\w*|flowers?|hills?\b|prairie|village|garden|horses?\b|wheat|草原|田野|花|农|山坡|马|村|麦",
    ),
)
_AIR_WORDS: tuple[tuple[str, str], ...] = (
    ("snow", r"snow\w*|blizzard|winter|雪|冬"),
    ("rain", r"rain\w*|storm\w*|downpour|drizzle|雨|暴风"),
    ("embers", r"fire\b|flames?|lava|volcano|embers?|sparks?|battle|火|熔岩"),
    ("bubbles", r"underwater|coral|deep sea|jellyfish|海底|水下"),
    ("fireflies", r"firefl\w*|magic\w*|fairy|enchanted|萤火|魔法|童话"),
)
PLACES = tuple(name for name, _ in _PLACE_WORDS)

_USUAL_LIGHT = {"city": "neon", "space": "night", "deep": "deep", "desert": "golden", "room": "lamp", "stage": "dusk"}
_USUAL_PLACE = {"neon": "city", "deep": "deep", "lamp": "room", "aurora": "mountains", "winter": "mountains"}
_DRAWN_PLACES = ("mountains", "sea", "desert", "forest", "meadow")
_DRAWN_LIGHTS = ("dawn", "golden", "dusk", "night", "mist")
_USUAL_AIR = {"city": "bokeh", "forest": "fireflies", "deep": "bubbles", "space": "none"}


def read_setting(shot: str, prompt: str, rng: Random) -> Setting:
    """Return where and when a shot plays: by its own words, else by the prompt's, else by chance."""
    place = _first(_PLACE_WORDS, shot) or _first(_PLACE_WORDS, prompt)
    light = _first(_LIGHT_WORDS, shot) or _first(_LIGHT_WORDS, prompt)
    drawn_place, drawn_light = str(rng.choice(_DRAWN_PLACES)), str(rng.choice(_DRAWN_LIGHTS))
    place = place or _USUAL_PLACE.get(light or "", drawn_place)
    light = light or _USUAL_LIGHT.get(place, drawn_light)
    air = _first(_AIR_WORDS, shot) or _first(_AIR_WORDS, prompt) or _USUAL_AIR.get(place, "dust")
    return Setting(place, _vary(LIGHTS[light], float(rng.normal(0, 0.014)), float(rng.normal(0, 0.05))), air)


def _compile(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z])(?:{words})", re.IGNORECASE)


_COMPILED = {words: _compile(words) for table in (_LIGHT_WORDS, _PLACE_WORDS, _AIR_WORDS) for _, words in table}


def _first(table: tuple[tuple[str, str], ...], text: str) -> str | None:
    """Return the name whose word stands first in the text; the table's order decides a tie."""
    hits = [
        (match.start(), order, name)
        for order, (name, words) in enumerate(table)
        if (match := _COMPILED[words].search(text))
    ]
    return min(hits)[2] if hits else None


def _vary(light: Light, hue: float, lift: float) -> Light:
    """Return the light with a slightly other hue and height, so that two seeds do not share a sky."""

    def turned(colour: FloatArray) -> FloatArray:
        h, s, v = colorsys.rgb_to_hsv(*(float(c) for c in colour))
        return np.array(colorsys.hsv_to_rgb((h + hue) % 1, s, v), np.float32)

    return Light(
        turned(light.zenith),
        turned(light.middle),
        turned(light.horizon),
        turned(light.lamp),
        turned(light.haze),
        turned(light.near),
        max(0.02, light.lamp_height + lift * light.lamp_height * 4),
        light.glow,
        light.stars,
        light.clouds,
        light.minor,
    )

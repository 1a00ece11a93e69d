"""What a person can start from: six requests a tab, with their media and thumbnails.

Data only, in the order in which the page shows it. The files were drawn by `tools/make_examples.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from seedance_ui.domain.request import Mode


@dataclass(frozen=True, slots=True)
class Example:
    """One request to start from; what is left out is as the page starts. Media are paths below assets/, or links."""

    title: str
    """One to three words, under the thumbnail."""
    thumbnail: str
    """320 × 160 pixels, shown at half that."""
    prompt: str
    """With canonical tags (`@Image1`) where references are named."""
    duration_s: int = 8
    resolution: str = "720p"
    aspect_ratio: str = "16:9"
    """Width to height; one that every provider offers."""
    generate_audio: bool = True
    seed: int | None = None
    """None lets the provider draw one."""
    first_frame: str | None = None
    last_frame: str | None = None
    images: tuple[str, ...] = ()
    """In the order of their tags: the first is `@Image1`."""
    videos: tuple[str, ...] = ()
    audios: tuple[str, ...] = ()

    @property
    def media(self) -> tuple[str, ...]:
        """Every file and link that goes into the request: frames, then references; the thumbnail is none of them."""
        frames = (frame for frame in (self.first_frame, self.last_frame) if frame is not None)
        return (*frames, *self.images, *self.videos, *self.audios)


_TEXT = (
    Example(
        title="Lighthouse",
        thumbnail="examples/thumb-lighthouse.jpg",
        prompt=(
            "The lamp of a red and white lighthouse turns slowly, its beam sweeping through sea mist while long waves "
            "break at the foot of the cliff. A black headland at dusk, one lit window in the keeper's hut, open water "
            "to the horizon. Slow push in towards the lamp. Violet sky fading to amber, soft haze, fine film grain. "
            "Distant surf, gulls and a single foghorn, no music."
        ),
    ),
    Example(
        title="Neon rain",
        thumbnail="examples/thumb-neon-rain.jpg",
        prompt=(
            "A figure in a long dark coat walks away under a red umbrella, each step breaking the neon in the "
            "puddles. A narrow street at night, glowing signs stacked on both sides, steam drifting from a grate. Low "
            "camera tracks from behind at walking pace. Magenta and cyan light, wet reflections, shallow depth of "
            "field. Rain on cloth, the hum of the signs, a train far away, no music."
        ),
        duration_s=6,
        aspect_ratio="9:16",
    ),
    Example(
        title="Caravan",
        thumbnail="examples/thumb-caravan.jpg",
        prompt=(
            "Shot 1: Six camels cross the crest of a dune in single file, sand smoking off the edge under their feet; "
            "pan left with the line. Shot 2: Close on a brass bell swinging at a camel's neck; tilt up to the rider's "
            "scarf against the low sun. An endless ochre desert, warm haze, long shadows, anamorphic 35 mm look. "
            "Wind, soft hoofbeats and the bell, no music."
        ),
        duration_s=10,
        aspect_ratio="21:9",
    ),
    Example(
        title="Tea, close up",
        thumbnail="examples/thumb-tea.jpg",
        prompt=(
            "Amber tea streams into a white porcelain cup, swirls once and settles; steam curls up through the light. "
            "A dark wooden table at a rainy window, blurred street lamps outside. Orbit slowly to the right around "
            "the cup, macro lens, shallow focus. Warm lamplight, deep browns, crisp highlights on the rim. The "
            "pouring, a faint clink of china, rain on glass, no music."
        ),
        duration_s=5,
        aspect_ratio="1:1",
    ),
    Example(
        title="Forest",
        thumbnail="examples/thumb-forest.jpg",
        prompt=(
            "清晨，一只小鹿从雾中缓步走出，停下，竖起耳朵，呼出的白气在冷空气里散开。高大的冷杉林，阳光斜穿薄雾，"
            "苔藓上挂满露珠。镜头缓缓向前推进。青绿色调，柔和逆光，电影质感，细腻颗粒。"
            "远处鸟鸣，枝叶轻响，无音乐，无字幕。"
        ),
    ),
    Example(
        title="First light",
        thumbnail="examples/thumb-first-light.jpg",
        prompt=(
            "The first sun touches the highest summit and runs down the snow like poured gold, while a sea of cloud "
            "flows between the dark ridges below. High mountains before dawn, the last stars fading. The camera tilts "
            "up slowly from the valley mist to the peak. Time-lapse, violet shadows, rose light, crystal-clear air."
        ),
        duration_s=7,
        resolution="480p",
        aspect_ratio="21:9",
        generate_audio=False,
        seed=2026,
    ),
)

_FRAMES = (
    Example(
        title="Nightfall",
        thumbnail="examples/thumb-nightfall.jpg",
        prompt=(
            "Time-lapse: the amber horizon drains away, stars come out one by one, and the lighthouse beam brightens "
            "as it sweeps over the darkening waves. Cliff, tower and hut stay exactly where they are. Static camera, "
            "locked off. An even, gradual change of light, soft sea haze. Surf, a rising wind, a far foghorn, no "
            "music."
        ),
        first_frame="examples/lighthouse-dusk.jpg",
        last_frame="examples/lighthouse-night.jpg",
    ),
    Example(
        title="Open door",
        thumbnail="examples/thumb-open-door.jpg",
        prompt=(
            "The green door unlatches by itself and swings open; daylight spills across the floorboards and dust "
            "drifts up into it. A dim, empty room, and a summer garden beyond the sill. Static camera. Cool shadows "
            "meeting warm light, painterly and calm. A latch clicks, old hinges creak, then birdsong and a light "
            "breeze, no music."
        ),
        duration_s=5,
        aspect_ratio="1:1",
        first_frame="examples/door-closed.jpg",
        last_frame="examples/door-open.jpg",
    ),
    Example(
        title="Old tree",
        thumbnail="examples/thumb-old-tree.jpg",
        prompt=(
            "The seedling grows without a cut: the stem thickens into bark, branches fork and reach out, green leaves "
            "fill the crown, turn orange and begin to fall. One round hill through a hundred springs and autumns, "
            "clouds racing above it. The camera pulls back slowly as the tree rises. Time-lapse, storybook colours, "
            "warm backlight. Wind swelling through leaves, a gentle piano."
        ),
        duration_s=10,
        first_frame="examples/hill-seedling.jpg",
        last_frame="examples/hill-tree.jpg",
    ),
    Example(
        title="City lights",
        thumbnail="examples/thumb-city-lights.jpg",
        prompt=(
            "Clouds stream away, the sky deepens from blue to violet, and windows light up in waves, tower after "
            "tower, until their gold trembles in the river. A skyline across calm water; the buildings do not move. "
            "Pan right slowly along the far bank. Hyperlapse, clean air, rich blues."
        ),
        duration_s=6,
        resolution="480p",
        aspect_ratio="21:9",
        generate_audio=False,
        first_frame="examples/city-day.jpg",
        last_frame="examples/city-night.jpg",
    ),
    Example(
        title="Paper boat",
        thumbnail="examples/thumb-paper-boat.jpg",
        prompt=(
            "A white paper boat bobs once, catches the current and sails away down the winding brook until it is a "
            "speck below the rising sun. Reeds lean in from both banks, light dances on the ripples. The camera tilts "
            "up gently to follow it. Soft morning haze, storybook calm. Trickling water, reeds rustling, one skylark, "
            "no music."
        ),
        aspect_ratio="9:16",
        first_frame="examples/boat-near.jpg",
        last_frame="examples/boat-far.jpg",
    ),
    Example(
        title="Balloons",
        thumbnail="examples/thumb-balloons.jpg",
        prompt=(
            "The red balloon fires its burner, glows from inside and rises past the others, which drift slowly in the "
            "same wind. Mist pours through the valleys underneath, the sun clears the ridge. Orbit left around the "
            "balloons, steady as a drone. Early gold light, pastel sky, deep distance. The roar of the burner, then "
            "silence and wind, no music."
        ),
        first_frame="examples/balloons.jpg",
    ),
)

_REFERENCES = (
    Example(
        title="Little robot",
        thumbnail="examples/thumb-little-robot.jpg",
        prompt=(
            "Shot 1: The robot of @Image1 waddles along the path through the forest of @Image2, looking up at the "
            "firs; the camera tracks beside it. Shot 2: Close-up, it stops, its eyes glow brighter, and it says in "
            'English, "So this is what quiet sounds like." Push in to its face. Keep the design of @Image1 and the '
            "fog and light of @Image2. Small servo sounds, birdsong, no music."
        ),
        duration_s=10,
        images=("examples/robot.jpg", "examples/forest.jpg"),
    ),
    Example(
        title="Amber bottle",
        thumbnail="examples/thumb-amber-bottle.jpg",
        prompt=(
            "The bottle of @Image1 stands half buried on a dune crest while fine sand streams around it and the low "
            "sun burns through the glass. The desert, light and colours of @Image2, without the camels. Orbit right "
            "around the bottle at ground level. Luxury product film, golden backlight, razor-sharp label. The melody "
            "of @Audio1, a breath of wind, no voice."
        ),
        duration_s=6,
        aspect_ratio="1:1",
        images=("examples/bottle.jpg", "examples/dunes.jpg"),
        audios=("examples/melody.mp3",),
    ),
    Example(
        title="Same flight",
        thumbnail="examples/thumb-same-flight.jpg",
        prompt=(
            "A white seagull flies with exactly the motion of @Video1: a low glide, one full loop, a climb to the "
            "upper right. The composition, skyline and river of @Image1. Wide static camera, the bird small against "
            "the towers. Crisp midday light, clean flat colours. Wingbeats, one cry, faint city noise, no music."
        ),
        duration_s=5,
        aspect_ratio="21:9",
        images=("examples/city-day.jpg",),
        videos=("examples/paper-plane.mp4",),
    ),
    Example(
        title="Rain walk",
        thumbnail="examples/thumb-rain-walk.jpg",
        prompt=(
            "The figure of @Image1, yellow raincoat and red umbrella, walks away down the street of @Image2; every "
            "step lands on the beat of @Audio1, splashes neon out of a puddle, and the signs pulse with it. Tilt up "
            "from the boots to the towers. Wet asphalt, magenta and cyan glow, music-video energy. The drums of "
            "@Audio1 over rain."
        ),
        aspect_ratio="9:16",
        images=("examples/walker.jpg", "examples/neon-street.jpg"),
        audios=("examples/beat.mp3",),
    ),
    Example(
        title="Kite swap",
        thumbnail="examples/thumb-kite-swap.jpg",
        prompt=(
            "Strictly edit @Video1: replace the white paper plane with the red kite of @Image1, its ribbon tail "
            "trailing behind. Same flight path, same loop, same timing. Keep the hills, clouds, light and camera "
            "exactly as they are. Diegetic sound only: paper fluttering in the wind."
        ),
        duration_s=5,
        images=("examples/kite.jpg",),
        videos=("examples/paper-plane.mp4",),
    ),
    Example(
        title="Train goes on",
        thumbnail="examples/thumb-train-goes-on.jpg",
        prompt=(
            "Extend @Video1 forward: the steam train rolls on across the viaduct, clouds slide over the moon, and "
            "rain sets in as it vanishes to the right, leaving smoke above the arches. Same palette, light and speed. "
            "Pan right with it at the end. The rain of @Audio1, wheels on rails, one long whistle, no music."
        ),
        duration_s=7,
        videos=("examples/train.mp4",),
        audios=("examples/rain.mp3",),
    ),
)

EXAMPLES: Mapping[Mode, tuple[Example, ...]] = MappingProxyType(
    {Mode.TEXT: _TEXT, Mode.FRAMES: _FRAMES, Mode.REFERENCES: _REFERENCES}
)
"""Six a mode."""

"""How to write a prompt for Seedance 2.0: advice, one example a section, and words to put into a prompt.

Data only; `ui/widgets/prompt_guide.py` shows it. Every string is a key of the page's languages, whole as it stands.

What is said of the model comes from these, read on 2026-11-28; the words and the examples are our own:

- the official "Dreamina Seedance 2.0 series prompt guide" (`SOURCE_URL`, updated 2026-04-23), by its summaries in
  `likw99/agent-skills` and `Emily2040/seedance-2.0`, since the page itself is drawn by script (C*): the order of a
  prompt, numbered shots, exact words in double quotes, a job for every reference, editing and extending a video;
- `scenario-labs/skills` (C): one camera move a shot, dialogue with its speaker and language, short bans in place of a
  negative prompt, sound that the model adds by itself;
- notes on https://docs.byteplus.com/en/docs/ModelArk/1520757 of 2026-10-08 (C*): the length and languages of a prompt;
- https://docs.aimlapi.com, page of `bytedance/seedance-2-0-fast` (C): reference audio is used as it is;
- `references/audio-guide.md` of `Emily2040/seedance-2.0` (G, by trial): short lines stay with the lips.
"""

from __future__ import annotations

from dataclasses import dataclass

from seedance_ui.domain.request import Mode

SOURCE_URL = "https://docs.byteplus.com/en/docs/ModelArk/2222480"
"""The official guide."""


@dataclass(frozen=True, slots=True)
class GuideSection:
    """One thing to know about prompts."""

    title: str
    advice: str
    """One to three sentences."""
    example: str
    """A good prompt, or the part of one that the section is about."""
    snippets: tuple[str, ...] = ()
    """Words for the prompt. At `{caret}` one goes on writing; `{image}`, `{video}`, `{audio}` stand for a tag."""
    mode: Mode | None = None
    """The tab that it is for; None for all of them."""


GUIDE = (
    GuideSection(
        title="What to write",
        advice=(
            "Begin with who or what moves, and how. Then the place, the camera, the light and the look, and the sound. "
            "Up to about 1,000 English words or 500 Chinese characters are read; Japanese, Indonesian, Spanish and "
            "Portuguese work too."
        ),
        example=(
            "A fox trots along a frozen river, stops and listens. Bare birches, first snow. The camera tracks beside "
            "it at walking pace. Low winter sun, long blue shadows. Paws on ice, a distant crow, no music."
        ),
    ),
    GuideSection(
        title="Between the frames",
        advice=(
            "The pictures show how the video begins and ends. Say what moves from the one to the other, what the "
            "camera does, and what stays as it is."
        ),
        example=(
            "The tide comes in over the sand and lifts the boat; the pier stays exactly where it is. Static camera. "
            "Small waves, gulls, no music."
        ),
        snippets=(
            "Everything else stays exactly where it is.",
            "An even, gradual change without a cut.",
            "Time-lapse: {caret}",
        ),
        mode=Mode.FRAMES,
    ),
    GuideSection(
        title="A job for every file",
        advice=(
            "Say what each file is for: the character, the place, the motion, the voice. Four or five files work best. "
            "A reference gives likeness and world; to open with exactly one picture, use First & last frame. "
            "Audio is used as it is: a man’s voice stays one."
        ),
        example=(
            "The dancer of @Image1 crosses the square of @Image2 with exactly the motion of @Video1, on the beat of "
            "@Audio1."
        ),
        snippets=(
            "{image} is the main character.",
            "The place and the light of {image}.",
            "The composition of {image}.",
            "The clothes of {image}.",
            "Exactly the motion of {video}.",
            "The camera movement of {video}.",
            "The voice of {audio}.",
            "Every cut falls on the beat of {audio}.",
        ),
        mode=Mode.REFERENCES,
    ),
    GuideSection(
        title="Edit or extend a video",
        advice="Say what changes and that the rest is kept, or how the video goes on.",
        example="Strictly edit @Video1: replace the white paper plane with a red kite. Keep everything else.",
        snippets=(
            "Strictly edit {video}: replace {caret} and keep everything else.",
            "Remove {caret} from {video} and keep everything else.",
            "Extend {video} forward: {caret}",
        ),
        mode=Mode.REFERENCES,
    ),
    GuideSection(
        title="Shots",
        advice=(
            "Number the shots in the order of events; about three fit into 15 seconds. Shots are kept better than "
            "exact seconds."
        ),
        example=(
            "Shot 1: Close-up of a hand that lights a paper lantern. Shot 2: The lantern rises above the roofs, tilt "
            "up. Shot 3: Wide shot of a hundred lanterns in the night sky."
        ),
        snippets=(
            "Shot 1: {caret}",
            "Shot 2: {caret}",
            "Shot 3: {caret}",
            "Wide shot of {caret}",
            "Close-up of {caret}",
            "One continuous shot, no cut.",
        ),
    ),
    GuideSection(
        title="Camera",
        advice="One move in each shot. Say which way, and how fast.",
        example="A potter shapes a bowl on the wheel. Slow push in to her hands.",
        snippets=(
            "Slow push in.",
            "Slow pull back.",
            "Slow pan to the left.",
            "Slow pan to the right.",
            "Tilt up slowly.",
            "Orbit slowly around the subject.",
            "Tracking shot at walking pace.",
            "Handheld camera at eye level.",
            "Static camera, locked off.",
        ),
    ),
    GuideSection(
        title="Light and look",
        advice="Say where the light comes from, its colour and the time of day. Then name one look.",
        example="A kitchen at dawn, soft light from the window on the left, pale blue shadows, fine film grain.",
        snippets=(
            "Low golden sun from behind.",
            "Soft light from a window on the left.",
            "Overcast sky, even light.",
            "Neon signs, wet reflections.",
            "One candle, deep shadows.",
            "Shallow depth of field, fine film grain.",
        ),
    ),
    GuideSection(
        title="Dialogue",
        advice=(
            "Put what is said into double quotes, and say who speaks and in which language. One language in a clip. "
            "Short lines stay in time with the lips."
        ),
        example='An old sailor looks up from his net and says in English, "The wind has turned."',
        snippets=(
            'She says in English, "{caret}"',
            'He whispers in English, "{caret}"',
            'A calm voice-over says in English, "{caret}"',
            "Nobody speaks.",
        ),
    ),
    GuideSection(
        title="Sound",
        advice="The model adds sound and music by itself. Name what is heard, and say so if there is no music.",
        example="Rain taps on a tin roof, a kettle begins to whistle. Diegetic sound only, no music.",
        snippets=(
            "Diegetic sound only, no music.",
            "Wind, distant birds, no music.",
            "Footsteps on wet stone.",
            "Soft piano, no voice.",
        ),
    ),
    GuideSection(
        title="Words in the picture",
        advice="Put the exact words into double quotes and say where they appear. Short, common words come out best.",
        example='The frame darkens slowly, and the words "First snow" fade in at the centre in thin white letters.',
        snippets=(
            'The words "{caret}" fade in at the centre.',
            'A sign reads "{caret}"',
            "Subtitles at the bottom, in time with the voice.",
        ),
    ),
    GuideSection(
        title="What to leave out",
        advice="There is no field for what you do not want. Short bans in the prompt work.",
        example="A market at noon, seen from a balcony. No subtitles, no logo, no watermark.",
        snippets=("No subtitles.", "No logo, no watermark.", "No people."),
    ),
)
"""In the page's order; the widget puts what is for the chosen tab first."""

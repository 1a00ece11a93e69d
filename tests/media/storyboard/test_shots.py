import pytest

from seedance_ui.media.storyboard.shots import plan_shots, split_prompt


@pytest.mark.parametrize(
    ("prompt", "texts"),
    [
        ("Shot 1: A fox wakes. Shot 2: It runs.", ("A fox wakes.", "It runs.")),
        ("[Shot 1] A fox wakes [Shot 2] It runs", ("A fox wakes", "It runs")),
        ("Shot 1 (0-4 s): a\nShot 2 (4-8 s): b", ("a", "b")),
        ("镜头1：狐狸醒来。镜头2：它奔跑。", ("狐狸醒来。", "它奔跑。")),
        ("镜头一：狐狸醒来；镜头二：它奔跑。", ("狐狸醒来；", "它奔跑。")),
        ("第一个镜头：黎明。第二个镜头：夜晚。", ("黎明。", "夜晚。")),
        ("A fox wakes. It runs!  Where to?", ("A fox wakes.", "It runs!", "Where to?")),
        ("狐狸醒来。它奔跑！去哪里？", ("狐狸醒来。", "它奔跑！", "去哪里？")),
        ("A lens of 3.5 mm. Mr. Fox waits.", ("A lens of 3.5 mm.", "Mr. Fox waits.")),
        ("A fox wakes. Slow push in.", ("A fox wakes. Slow push in.",)),
        ("one fox, no stop", ("one fox, no stop",)),
        ("A screenshot 1: stays", ("A screenshot 1: stays",)),
        ("", ("",)),
        ("   \n ", ("",)),
    ],
    ids=[
        "marked",
        "bracketed",
        "with times",
        "Chinese digits",
        "Chinese numerals",
        "ordinal",
        "sentences",
        "Chinese sentences",
        "decimals and titles",
        "camera note",
        "one",
        "inside a word",
        "empty",
        "blank",
    ],
)
def test_split_prompt_cuts_where_a_reader_would(prompt, texts):
    assert split_prompt(prompt)[1] == texts


def test_split_prompt_keeps_what_stands_before_the_first_shot():
    assert split_prompt("Film noir, rain. Shot 1: A door.") == ("Film noir, rain.", ("A door.",))


def test_plan_shots_fills_every_frame_once():
    _, shots = plan_shots("Shot 1: short. Shot 2: " + "long words " * 20 + "Shot 3: end.", 360)
    assert [shot.number for shot in shots] == [1, 2, 3]
    assert shots[0].start == 0
    assert all(a.start + a.frames == b.start for a, b in zip(shots, shots[1:], strict=False))
    assert sum(shot.frames for shot in shots) == 360
    assert shots[1].frames > shots[0].frames


def test_plan_shots_with_too_many_sentences_joins_neighbours_and_loses_no_word():
    prompt = " ".join(f"Sentence number {n}." for n in range(30))
    _, shots = plan_shots(prompt, 120)
    assert len(shots) == 3
    assert " ".join(shot.text for shot in shots) == prompt

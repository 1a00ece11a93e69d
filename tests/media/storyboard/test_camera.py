import pytest

from seedance_ui.media.storyboard.camera import Framing, find_move


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("slow push in on her face", "Push in"),
        ("the camera pulls back", "Pull back"),
        ("pull out to reveal", "Pull back"),
        ("the camera pans slowly to the left", "Pan left"),
        ("pan right", "Pan right"),
        ("tilt up to the sky", "Tilt up"),
        ("tilts down", "Tilt down"),
        ("orbit around the statue", "Orbit"),
        ("slow zoom in", "Zoom in"),
        ("zoom out", "Zoom out"),
        ("dolly in", "Push in"),
        ("dolly out", "Pull back"),
        ("crane shot over the crowd", "Crane up"),
        ("handheld", "Handheld"),
        ("locked-off static shot", "Locked off"),
        ("镜头缓缓推近", "Push in"),
        ("镜头拉远", "Pull back"),
        ("推，", "Push in"),
        ("左摇", "Pan left"),
        ("右摇", "Pan right"),
        ("环绕拍摄", "Orbit"),
        ("固定镜头", "Locked off"),
        ("a pancake on a plate, rightly so", ""),
        ("a man walks home", ""),
        ("the climbers descend, and cranes fly over train tracks", ""),
        ("a locked door; she moves toward it and pulls a key out", ""),
        ("太阳升起，她推开门", ""),
        ("slow zoom out", "Zoom out"),
        ("the camera moves forward", "Push in"),
        ("the camera follows her", "Tracking"),
    ],
)
def test_find_move_reads_camera_words(words, label):
    assert find_move(words).label == label


def test_find_move_with_two_kinds_of_words_does_both():
    move = find_move("pan left while we push in")
    assert move.label == "Pan left, push in"
    assert move.end.x < move.start.x
    assert move.end.zoom > move.start.zoom


@pytest.mark.parametrize("words", ["push in", "pull back", "pan left", "tilt up", "orbit", "handheld", "crane up", ""])
def test_move_never_leaves_the_picture(words):
    move = find_move(words)
    for step in range(101):
        for depth in (0.0, 0.3, 0.65, 1.0):
            left, top, right, bottom = move.at(step / 100, depth).box(1480, 836)
            assert -1e-6 <= left < right <= 1480 + 1e-6
            assert -1e-6 <= top < bottom <= 836 + 1e-6


def test_move_at_shows_near_things_passing_faster():
    move = find_move("tracking left")
    assert abs(move.at(1.0, depth=1.0).x) > abs(move.at(1.0, depth=0.2).x)


def test_move_at_static_stands_still():
    move = find_move("static shot")
    assert move.at(0.0) == move.at(0.5) == move.at(1.0)


def test_framing_box_of_the_whole_picture_is_the_picture():
    assert Framing().box(1280, 720) == (0, 0, 1280, 720)

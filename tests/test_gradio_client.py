"""The named endpoints as agents use them: the real app, asked by `gradio_client`."""

from __future__ import annotations

import ast
import json
import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from seedance_ui.domain.media import MediaFile, MediaKind
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.providers.code.gradio_client import write_gradio_client
from tests.app_process import AppProcess
from tests.media_makers import make_image, make_mp3, make_video

QUICK = {"duration_s": 4, "resolution": "480p"}
NAMES = ["/text_to_video", "/frames_to_video", "/references_to_video"]
STATES_TO_A_VIDEO = ["queued", "submitting", "running", "succeeded"]
"""In this order, each at least once; `uploading` and `downloading` may stand between them."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    app = AppProcess(tmp_path_factory.mktemp("app"))
    app.start()
    yield app
    app.stop()
    assert "Traceback" not in app.text(), app.text()


@pytest.fixture(scope="module")
def client(app: AppProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    downloads = tmp_path_factory.mktemp("downloads")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
        client = Client(app.url, verbose=False, analytics_enabled=False, download_files=str(downloads))
    yield client
    client.close()


def run(client: Client, api_name: str, **values: Any) -> list[tuple[dict[str, Any], Any]]:
    """Return every step that an endpoint yields, and see that they tell one job from its start to its video."""
    job = client.submit(api_name=api_name, **values)
    job.result(timeout=100)
    steps = job.outputs()
    states = [snapshot["state"] for snapshot, _ in steps]
    assert list(dict.fromkeys(state for state in states if state in STATES_TO_A_VIDEO)) == STATES_TO_A_VIDEO
    assert states.count("succeeded") == 1
    assert len({snapshot["job_id"] for snapshot, _ in steps}) == 1
    assert [video for _, video in steps[:-1]] == [None] * (len(steps) - 1)
    return steps


def measure(path: str) -> tuple[int, int, float, list[str]]:
    """Return width, height, seconds and kinds of streams of a file."""
    with av.open(path) as container:
        picture = container.streams.video[0]
        seconds = float(container.duration / av.time_base)
        return picture.width, picture.height, seconds, sorted(stream.type for stream in container.streams)


def test_client_sees_three_endpoints_and_their_defaults(client: Client) -> None:
    api = client.view_api(return_format="dict", print_info=False)
    assert list(api["named_endpoints"]) == NAMES
    assert api["unnamed_endpoints"] == {}
    settings = {
        "provider": "animatic",
        "duration_s": 8,
        "resolution": "720p",
        "aspect_ratio": "16:9",
        "generate_audio": True,
        "seed": None,
    }
    files = {"/text_to_video": [], "/frames_to_video": ["first_frame", "last_frame"]}
    files["/references_to_video"] = ["images", "videos", "audios"]
    for name in NAMES:
        parameters = {each["parameter_name"]: each for each in api["named_endpoints"][name]["parameters"]}
        assert list(parameters) == ["prompt", *files[name], *settings]
        assert not parameters["prompt"]["parameter_has_default"]
        assert {key: parameters[key]["parameter_default"] for key in settings} == settings


def test_text_to_video_with_nothing_but_a_prompt_makes_the_default_video(client: Client, app: AppProcess) -> None:
    snapshot, video = run(client, "/text_to_video", prompt="A kite over the sea")[-1]
    width, height, seconds, kinds = measure(video)
    assert (width, height, kinds) == (1280, 720, ["audio", "video"])
    assert math.isclose(seconds, 8, abs_tol=0.1)
    assert app.fetch(snapshot["video_url"]) == Path(video).read_bytes()
    assert app.snapshot(snapshot["job_id"]) == snapshot


def test_text_to_video_yields_every_event_that_the_stream_has(client: Client, app: AppProcess) -> None:
    steps = run(client, "/text_to_video", prompt="A kite in the rain", generate_audio=False, seed=7, **QUICK)
    job_id = steps[-1][0]["job_id"]
    lines = app.fetch(f"/api/jobs/{job_id}/events").decode().splitlines()
    assert len(steps) == sum(line.startswith("data:") for line in lines)
    assert steps[0][0]["state"] == "queued"
    width, height, seconds, kinds = measure(steps[-1][1])
    assert (width, height, kinds) == (864, 496, ["video"])
    assert math.isclose(seconds, 4, abs_tol=0.1)


def test_same_request_and_seed_give_the_same_video(client: Client) -> None:
    videos = [run(client, "/text_to_video", prompt="Twice the same", seed=2026, **QUICK)[-1][1] for _ in range(2)]
    assert Path(videos[0]).read_bytes() == Path(videos[1]).read_bytes()


def test_frames_to_video_takes_a_first_and_a_last_frame(client: Client, tmp_path: Path) -> None:
    first = make_image(tmp_path / "dawn.png", (640, 480), "#204060")
    last = make_image(tmp_path / "noon.png", (480, 640), "#f0c040")
    files = {"first_frame": handle_file(first), "last_frame": handle_file(last)}
    steps = run(client, "/frames_to_video", prompt="The sun climbs", aspect_ratio="3:4", **files, **QUICK)
    assert measure(steps[-1][1])[:2] == (560, 752)
    assert steps[-1][0]["mode"] == "frames"


def test_references_to_video_takes_images_videos_and_audio(client: Client, tmp_path: Path) -> None:
    files = {
        "images": [handle_file(make_image(tmp_path / "coat.png", (400, 400)))],
        "videos": [handle_file(make_video(tmp_path / "walk.mp4", size=(640, 480)))],
        "audios": [handle_file(make_mp3(tmp_path / "beat.mp3"))],
    }
    prompt = "The coat of @Image1 with the steps of @Video1, to the beat of @Audio1"
    steps = run(client, "/references_to_video", prompt=prompt, aspect_ratio="1:1", **files, **QUICK)
    assert measure(steps[-1][1])[:2] == (640, 640)
    assert measure(steps[-1][1])[3] == ["audio", "video"]


def code_of(request: GenerationRequest, app: AppProcess) -> str:
    return write_gradio_client(request, app.url).code


def test_code_of_the_animatic_makes_what_was_asked_for(app: AppProcess, tmp_path: Path) -> None:
    """The program that the page's Code shows, run in a folder with the person's files."""
    picture = make_image(tmp_path / 'it\'s a "coat" 雨.png', (400, 400))
    sound = make_mp3(tmp_path / "beat.mp3")
    request = GenerationRequest(
        provider="animatic",
        mode=Mode.REFERENCES,
        prompt="Snow on \\ it's $HOME",
        images=(MediaFile(picture, MediaKind.IMAGE, "image/png", picture.stat().st_size, "0", picture.name),),
        audios=(MediaFile(sound, MediaKind.AUDIO, "audio/mpeg", sound.stat().st_size, "1", sound.name),),
        resolution="480p",
        aspect_ratio="1:1",
        duration_s=4,
        seed=7,
    )
    done = subprocess.run([sys.executable, "-c", code_of(request, app)], cwd=tmp_path, capture_output=True, timeout=100)
    assert done.returncode == 0, done.stderr.decode()
    assert measure(str(tmp_path / "snow-on-it-s-home.mp4"))[:2] == (640, 640)


@pytest.mark.parametrize("mode", Mode, ids=lambda mode: mode.value)
def test_code_of_the_animatic_names_every_parameter_of_its_endpoint(
    client: Client, app: AppProcess, mode: Mode
) -> None:
    """So that what was asked for, and no default, is what is made."""
    each = {kind: MediaFile(Path("x"), kind, "", 1, kind.value, f"a.{kind.value}") for kind in MediaKind}
    frames = {"first_frame": each[MediaKind.IMAGE], "last_frame": each[MediaKind.IMAGE]}
    lists = {"images": MediaKind.IMAGE, "videos": MediaKind.VIDEO, "audios": MediaKind.AUDIO}
    references = {name: (each[kind],) for name, kind in lists.items()}
    files = {Mode.TEXT: {}, Mode.FRAMES: frames, Mode.REFERENCES: references}[mode]
    code = code_of(GenerationRequest(provider="animatic", mode=mode, prompt="x", **files), app)
    [call] = [
        node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call) and "predict" in ast.dump(node.func)
    ]
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    api_name = ast.literal_eval(named.pop("api_name"))
    api = client.view_api(return_format="dict", print_info=False)
    assert list(named) == [each["parameter_name"] for each in api["named_endpoints"][api_name]["parameters"]]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"duration_s": 4.5}, "The duration is 4.5. Choose whole seconds, 4–15."),
        ({"duration_s": 99}, "The duration is 99 s. The animatic takes 4–15 s."),
        ({"duration_s": "8"}, "The duration is '8'. Choose whole seconds, 4–15."),
        ({"resolution": "8K"}, "The resolution is '8K'. The animatic takes 480p, 720p."),
        ({"aspect_ratio": "adaptive"}, "The aspect ratio is 'adaptive'."),
        ({"generate_audio": "yes"}, "Sound is 'yes'. It is either on or off."),
        ({"seed": -1}, "The seed is -1. Use a whole number, 0–4294967295, or none."),
        ({"seed": 1.5}, "The seed is 1.5."),
        ({"provider": "nobody"}, "There is no provider 'nobody'. Choose one of: animatic"),
        ({"prompt": " "}, "Describe the video in a few words."),
        ({"prompt": "The coat of @Image1"}, "@Image1 means a file of the References tab."),
        ({"prompt": "sea " * 25_000}, "The prompt has 100,000 characters; The animatic takes at most 6,000."),
    ],
    ids=lambda value: next(f"{key}={str(each)[:20]}" for key, each in value.items()) if isinstance(value, dict) else "",
)
def test_bad_value_is_an_error_with_the_sentence_of_the_page_and_makes_no_job(
    client: Client, app: AppProcess, values: dict[str, Any], sentence: str
) -> None:
    before = app.job_count()
    with pytest.raises(AppError) as caught:
        client.predict(api_name="/text_to_video", **{"prompt": "A kite", **values})
    assert sentence in str(caught.value)
    assert app.job_count() == before


def test_last_frame_without_a_first_is_an_error_and_makes_no_job(
    client: Client, app: AppProcess, tmp_path: Path
) -> None:
    before = app.job_count()
    last = handle_file(make_image(tmp_path / "noon.png"))
    with pytest.raises(AppError, match="A last frame needs a first frame"):
        client.predict(prompt="The sun climbs", last_frame=last, api_name="/frames_to_video")
    assert app.job_count() == before


def test_text_file_named_png_is_an_error_and_makes_no_job(client: Client, app: AppProcess, tmp_path: Path) -> None:
    before = app.job_count()
    (tmp_path / "notes.png").write_text("Buy milk.")
    with pytest.raises(AppError, match=r"notes\.png is a text file"):
        client.predict(prompt="@Image1", images=[handle_file(tmp_path / "notes.png")], api_name="/references_to_video")
    assert app.job_count() == before


def test_client_that_hangs_up_leaves_its_job_running(client: Client, app: AppProcess) -> None:
    job = client.submit(prompt="Left alone", api_name="/text_to_video", **QUICK)
    job_id = next(iter(job))[0]["job_id"]
    job.cancel()
    events = app.fetch(f"/api/jobs/{job_id}/events")  # complete when the job has ended
    told = [json.loads(line[5:]) for line in events.splitlines() if line.startswith(b"data:")]
    assert told[-1]["state"] == "succeeded"

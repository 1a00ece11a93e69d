"""Every shape of a request at both hosted providers: clicked together on the page, held to the reference where it
arrives, and played.

The fakes refuse what the references forbid. What is compared here is written down from the references once more, key
by key: the body of the one paid request, the bytes of each file in it, the video that comes back, and its price.
"""

from __future__ import annotations

import base64
import re
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from PIL import Image
from playwright.sync_api import expect

from seedance_ui.domain.request import Mode
from tests.app_process import AppProcess
from tests.browser.conftest import PATIENCE_MS, KeepStudio, running_app
from tests.browser.studio_page import Studio
from tests.fakes import aimlapi, scenario
from tests.fakes.aimlapi import FakeAimlApi
from tests.fakes.scenario import FakeScenario
from tests.fakes.server import Received, Reply
from tests.media_makers import box, make_image, make_mp3, make_video

CAMERA = "A camera that nobody should hear of"
MUXER = b"Lavf"
"""Stands in the metadata of every clip that FFmpeg wrote."""

QUOTED_CU = scenario.PRICE_CU - 9
"""Scenario's price before the run; the bill names another one, so that the page cannot mix them up."""


@dataclass(frozen=True)
class Shape:
    """One row of what a request can be, with the files by their names."""

    mode: Mode
    prompt: str
    """As a person types it, with the page's tags."""
    frames: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    videos: tuple[str, ...] = ()
    audios: tuple[str, ...] = ()
    sound: bool = True
    seed: int | None = None

    @property
    def references(self) -> tuple[str, ...]:
        return self.images + self.videos + self.audios


IMAGES = tuple(f"{number}.png" for number in range(1, 10))
VIDEOS = ("wide.mp4", "classic.mp4", "square.mp4")
AUDIOS = ("kick.mp3", "snare.mp3", "hat.mp3")

SHAPES = {
    "text": Shape(Mode.TEXT, 'A tram in the rain, "Endstation!" in German', seed=0),
    "first frame": Shape(Mode.FRAMES, "The camera moves in", frames=("1.png",), sound=False),
    "first and last frame": Shape(Mode.FRAMES, "From dawn to dusk", frames=("1.png", "2.png"), seed=4294967295),
    "nine images": Shape(Mode.REFERENCES, "@Image9 wears the coat of @Image1", images=IMAGES, sound=False),
    "three videos": Shape(Mode.REFERENCES, "@Image1 walks as in @Video3", images=IMAGES[2:3], videos=VIDEOS),
    "three audio": Shape(Mode.REFERENCES, "@Image1 to @Audio1, @Audio2 and @Audio3", images=IMAGES[3:4], audios=AUDIOS),
    "lip-sync": Shape(
        Mode.REFERENCES, "The woman in @Image1 speaks @Audio1", images=IMAGES[4:5], audios=AUDIOS[1:2], seed=7
    ),
}


class BillingScenario(FakeScenario):
    """Bills another price than it quotes, as the real one may."""

    def _generate(self, request: Received) -> Reply:
        reply = super()._generate(request)
        is_quote = reply.status == self.dry_run_status
        return replace(reply, body={**reply.body, "creativeUnitsCost": QUOTED_CU}) if is_quote else reply


class FetchingAimlApi(FakeAimlApi):
    """Fetches the videos of a request when it takes it, as the real one does."""

    def __init__(self, video: bytes = b"") -> None:
        super().__init__(video)
        self.fetched: dict[str, bytes] = {}
        """Link to what stood behind it."""

    def _generate(self, request: Received) -> Reply:
        reply = super()._generate(request)
        for link in request.json().get("video_urls", []):
            with urlopen(link, timeout=PATIENCE_MS / 1000) as answer:
                assert answer.headers["Content-Type"] == "video/mp4"
                self.fetched[link] = answer.read()
        return reply


@pytest.fixture(scope="module")
def at_aimlapi() -> Iterator[FetchingAimlApi]:
    with FetchingAimlApi() as fake:
        fake.steps = ("completed",)
        yield fake


@pytest.fixture(scope="module")
def at_scenario() -> Iterator[BillingScenario]:
    with BillingScenario() as fake:
        fake.steps = ("success",)
        yield fake


@pytest.fixture(scope="module")
def app(
    tmp_path_factory: pytest.TempPathFactory, at_aimlapi: FetchingAimlApi, at_scenario: BillingScenario
) -> Iterator[AppProcess]:
    """Yield an app with both keys, whose files AIML API can fetch where the app is."""
    port = free_port()
    yield from running_app(
        tmp_path_factory.mktemp("app"),
        GRADIO_SERVER_PORT=str(port),
        SEEDANCE_PUBLIC_URL=f"http://127.0.0.1:{port}",
        **at_aimlapi.settings(),
        **at_scenario.settings(),
    )


@pytest.fixture(scope="module")
def page(keep_studio: KeepStudio) -> Studio:
    """Return the one page of this module."""
    return keep_studio()[0]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with the files of every shape; no two have the same content."""
    directory = tmp_path_factory.mktemp("media")
    exif = Image.Exif()
    exif[0x010F] = CAMERA
    for number, name in enumerate(IMAGES):
        make_image(directory / name, (320 + number, 300), color=(20 * number, 90, 140), exif=exif)
    for name, size in zip(VIDEOS, ((864, 496), (752, 560), (640, 640)), strict=True):
        make_video(directory / name, size=size)
    for number, name in enumerate(AUDIOS):
        make_mp3(directory / name, 2.0 + number / 2)
    return directory


def free_port() -> int:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def fill_in(page: Studio, shape: Shape, files: Path) -> None:
    """Upload and choose what a shape consists of, on a form that nobody has touched."""
    page.reload()
    page.choose_tab(shape.mode)
    for which, name in zip(("first", "last"), shape.frames, strict=False):
        page.add_frame(which, files / name)
    if shape.references:
        page.add_references(*(files / name for name in shape.references))
        expect(page.tags).to_have_text(
            [
                f"@{kind}{number}"
                for kind, names in (("Image", shape.images), ("Video", shape.videos), ("Audio", shape.audios))
                for number in range(1, len(names) + 1)
            ]
        )
    page.prompt.fill(shape.prompt)
    page.make_it_quick()
    page.radio("Aspect ratio", "9:16").check()
    page.page.get_by_role("checkbox", name="Sound", exact=True).set_checked(shape.sound)
    if shape.seed is not None:
        page.page.get_by_role("spinbutton", name="Seed").fill(str(shape.seed))


def choose_provider(page: Studio, provider: str, hint: str) -> None:
    """Let another provider make what stands in the form."""
    page.choose_provider(provider)
    expect(page.page.locator("#provider-hint")).to_contain_text(hint)


def generate(page: Studio, video: bytes, cost: str) -> None:
    """Generate, and see the very video that was served play under the price that was reported."""
    page.expect_video_of(page.generate())
    source = page.video.get_attribute("src")
    assert source is not None
    assert page.app.fetch(source) == video
    expect(page.player.locator("[data-fact=cost]")).to_have_text(cost)


def expect_clean_copy(sent: bytes, original: Path) -> None:
    """See that what arrived is the file's picture or sound, to the last bit, and nothing that a camera wrote."""
    content = original.read_bytes()
    if original.suffix == ".png":
        copy = original.with_name(f"sent-{original.name}")
        copy.write_bytes(sent)
        with Image.open(copy) as arrived, Image.open(original) as ours:
            assert (arrived.size, arrived.tobytes()) == (ours.size, ours.tobytes())
            assert (arrived.format, dict(arrived.getexif())) == ("PNG", {})
        assert CAMERA.encode() in content
        assert CAMERA.encode() not in sent
    elif original.suffix == ".mp4":
        metadata = content.index(b"udta")  # the last box
        assert MUXER in content[metadata:]
        assert sent == content[:metadata] + b"free" + bytes(len(content) - metadata - 4)
    else:
        assert sent == content


def expect_clean_copies(sent: list[bytes], files: Path, names: tuple[str, ...]) -> None:
    for content, name in zip(sent, names, strict=True):
        expect_clean_copy(content, files / name)


def from_data_uri(uri: str, mime: str) -> bytes:
    head, _, data = uri.partition(",")
    assert head == f"data:{mime};base64"
    return base64.b64decode(data, validate=True)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_shape_arrives_at_both_providers_as_described_and_plays(
    page: Studio,
    at_aimlapi: FetchingAimlApi,
    at_scenario: BillingScenario,
    files: Path,
    finished_video: Path,
    shape: Shape,
) -> None:
    """One form, sent to one provider and then to the other: neither hears of what the other one got."""
    fill_in(page, shape, files)
    video = finished_video.read_bytes()
    at_aimlapi.video = video + box(b"free", b"aimlapi", shape.prompt.encode())
    paid, paid_elsewhere = len(at_aimlapi.bill), list(at_scenario.bill)
    choose_provider(page, "AIML API", "Billed in US dollars")
    generate(page, at_aimlapi.video, "$1.26")
    assert len(at_aimlapi.requests("POST", aimlapi.GENERATIONS)) == len(at_aimlapi.bill) == paid + 1
    assert at_scenario.bill == paid_elsewhere
    expect_shape_at_aimlapi(at_aimlapi, page.app.url, shape, files)

    at_scenario.video = video + box(b"free", b"scenario", shape.prompt.encode())
    paid, paid_elsewhere = len(at_scenario.bill), list(at_aimlapi.bill)
    choose_provider(page, "Scenario", "Billed in creative units")
    generate(page, at_scenario.video, f"{scenario.PRICE_CU} CU")
    sent = [one for one in at_scenario.requests("POST", scenario.GENERATE) if one.query != {"dryRun": "true"}]
    assert len(sent) == len(at_scenario.bill) == paid + 1
    assert at_aimlapi.bill == paid_elsewhere
    assert sent[-1].query == {}
    expect_shape_at_scenario(at_scenario, sent[-1].json(), shape, files)


def expect_shape_at_aimlapi(at_aimlapi: FetchingAimlApi, app_url: str, shape: Shape, files: Path) -> None:
    """The page of the model at docs.aimlapi.com: images and sound as data URIs, videos by links, no upload."""
    body = at_aimlapi.requests("POST", aimlapi.GENERATIONS)[-1].json()
    frames = [body.pop(name) for name in ("image_url", "last_image_url")[: len(shape.frames)]]
    images, videos, audios = (
        body.pop(name) if names else []
        for name, names in (
            ("image_urls", shape.images), ("video_urls", shape.videos), ("audio_urls", shape.audios),
        )
    )  # fmt: skip
    assert body == {
        "model": "bytedance/seedance-2-0-fast",
        "prompt": shape.prompt,
        "duration": 4,
        "resolution": "480p",
        "aspect_ratio": "9:16",
        "generate_audio": shape.sound,
        **({} if shape.seed is None else {"seed": shape.seed}),
    }
    expect_clean_copies(
        [from_data_uri(uri, "image/png") for uri in frames + images], files, shape.frames + shape.images
    )
    expect_clean_copies([from_data_uri(uri, "audio/mpeg") for uri in audios], files, shape.audios)
    assert all(re.fullmatch(re.escape(app_url) + r"/handover/[\w-]{20,}", link) for link in videos)
    expect_clean_copies([at_aimlapi.fetched[link] for link in videos], files, shape.videos)


def expect_shape_at_scenario(at_scenario: BillingScenario, body: dict[str, Any], shape: Shape, files: Path) -> None:
    """The page of the model at app.scenario.com: every file an asset first, references always arrays of their ids."""
    frames = [body.pop(name) for name in ("image", "lastFrameImage")[: len(shape.frames)]]
    images, videos, audios = (
        body.pop(name) if names else []
        for name, names in (
            ("referenceImages", shape.images), ("referenceVideos", shape.videos), ("referenceAudio", shape.audios),
        )
    )  # fmt: skip
    assert body == {
        "prompt": re.sub("@(Image|Video|Audio)", lambda tag: tag[0].lower(), shape.prompt),
        "duration": 4,
        "resolution": "480p",
        "aspectRatio": "9:16",
        "generateAudio": shape.sound,
        **({} if shape.seed is None else {"seed": shape.seed}),
    }
    for ids, names, mime in (
        (frames + images, shape.frames + shape.images, "image/png"),
        (videos, shape.videos, "video/mp4"),
        (audios, shape.audios, "audio/mpeg"),
    ):
        assets = [at_scenario.assets[asset_id] for asset_id in ids]
        assert {asset.mime for asset in assets} <= {mime}
        expect_clean_copies([asset.content for asset in assets], files, names)

"""References that a person gives as a link: kept as they are, checked in form, never fetched."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedance_ui.domain.file_rules import MAX_LINK_CHARS
from seedance_ui.domain.media import MediaFile, MediaKind, MediaLink, Reference, identity, reference_from_json
from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.domain.request import GenerationRequest
from seedance_ui.domain.validation import blocking, check_request
from tests.samples import LENIENT, STRICT, audio, frames_request, image, references_request, text_request, video

TAKES_LINKS = replace(STRICT, takes_links=True)
LINK = "https://example.com/clip.mp4"
LINKS = st.builds(MediaLink, url=st.text(), kind=st.sampled_from(MediaKind))


def through_json(request: GenerationRequest) -> GenerationRequest:
    return GenerationRequest.from_json(json.loads(json.dumps(request.to_json())))


def problems(spec: ModelSpec = TAKES_LINKS, **references: Any) -> list[tuple[str | None, str]]:
    request = references_request(**{"images": (), **references})
    return [(problem.asset, problem.message) for problem in blocking(check_request(request, spec))]


# JSON


@given(LINKS)
def test_a_link_comes_back_from_json_as_it_was(link: MediaLink) -> None:
    assert reference_from_json(json.loads(json.dumps(link.to_json()))) == link


@pytest.mark.parametrize("file", [image(), video(), audio()], ids=lambda file: file.kind.value)
def test_a_file_comes_back_from_json_as_a_file(file: MediaFile) -> None:
    assert reference_from_json(json.loads(json.dumps(file.to_json()))) == file


@given(st.lists(LINKS, max_size=3).map(tuple), st.lists(LINKS, max_size=3).map(tuple))
def test_a_request_keeps_links_and_files_in_their_order(
    before: tuple[MediaLink, ...], after: tuple[MediaLink, ...]
) -> None:
    request = references_request(images=(*before, image(), *after), videos=(*after, video()), audios=(audio(), *before))
    assert through_json(request) == request
    assert through_json(request).fingerprint() == request.fingerprint()


@given(LINKS, st.none() | LINKS | st.just(image()))
def test_a_request_keeps_frames_that_are_links(first: MediaLink, last: Reference | None) -> None:
    request = frames_request(first_frame=first, last_frame=last)
    assert through_json(request) == request
    assert through_json(request).fingerprint() == request.fingerprint()


def test_a_fingerprint_tells_links_apart_by_their_address() -> None:
    def fingerprint(*videos: Reference) -> str:
        return references_request(videos=videos).fingerprint()

    one, other = MediaLink(LINK, MediaKind.VIDEO), MediaLink(f"{LINK}?v=2", MediaKind.VIDEO)
    assert len({fingerprint(one), fingerprint(other), fingerprint(video()), fingerprint(one, other)}) == 4
    assert fingerprint(one) == fingerprint(MediaLink(LINK, MediaKind.VIDEO))
    picture = MediaLink("https://example.com/a.jpg", MediaKind.IMAGE)
    assert frames_request(first_frame=picture).fingerprint() != frames_request().fingerprint()


def test_the_identity_of_a_link_is_its_address_and_of_a_file_its_content() -> None:
    assert identity(MediaLink(LINK, MediaKind.VIDEO)) == LINK
    assert identity(video("a.mp4")) == identity(replace(video("a.mp4"), name="renamed.mp4")) != identity(video("b.mp4"))


# Checks


@pytest.mark.parametrize(
    "url",
    [
        LINK,
        "https://example.com",
        "https://example.com:443/a",
        "https://example.com/a%20b.mp4?token=x&y=[1]#t=3",
        "https://EXAMPLE.com/a.mp4",
        "https://1.2.3.4/a.mp4",
        "https://xn--bcher-kva.example/a",
        f"https://example.com/{'a' * (MAX_LINK_CHARS - 20)}",
    ],
    ids=lambda url: url[:60],
)
def test_a_plain_https_link_passes(url: str) -> None:
    assert problems(videos=(MediaLink(url, MediaKind.VIDEO),)) == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "clip.mp4",
        "example.com/clip.mp4",
        "http://example.com/clip.mp4",
        "ftp://example.com/clip.mp4",
        "file:///etc/passwd",
        "data:video/mp4;base64,AAAA",
        "javascript:alert(1)",
        "https://",
        "https:///clip.mp4",
        "https://localhost/clip.mp4",
        "https://example.com:8443/clip.mp4",
        "https://example.com:x/clip.mp4",
        "https://user:secret@example.com/clip.mp4",
        "https://example.com/a b.mp4",
        "https://example.com/a\nb.mp4",
        "https://example.com/é.mp4",
        "https://[::1/clip.mp4",
        f"https://example.com/{'a' * MAX_LINK_CHARS}",
    ],
    ids=lambda url: ascii(url)[:60],
)
def test_any_other_link_is_a_problem_at_its_tag(url: str) -> None:
    links = (MediaLink(LINK, MediaKind.VIDEO), MediaLink(url, MediaKind.VIDEO))
    [(asset, message)] = problems(videos=links)
    assert asset == "@Video2"
    assert message.startswith("@Video2 is no link that can be used.")
    assert "https://example.com/file" in message


def test_a_link_in_a_slot_of_another_kind_is_a_problem() -> None:
    assert [asset for asset, _ in problems(images=(MediaLink(LINK, MediaKind.VIDEO),))] == ["@Image1"]


@pytest.mark.parametrize("spec", [STRICT, LENIENT], ids=lambda spec: spec.provider)
def test_a_provider_that_takes_files_only_says_so(spec: ModelSpec) -> None:
    [(asset, message)] = problems(spec, videos=(MediaLink(LINK, MediaKind.VIDEO),))
    assert asset == "@Video1"
    assert message == f"@Video1 is a link. {spec.provider_label} takes only files here. Add the file itself."


@pytest.mark.parametrize(
    ("frames", "field", "said"),
    [
        (
            {"first_frame": MediaLink(LINK, MediaKind.VIDEO)},
            "first_frame",
            "must look like https://example.com/file.jpg.",
        ),
        ({"last_frame": MediaLink("http://example.com/a.jpg", MediaKind.IMAGE)}, "last_frame", "The last frame is no"),
    ],
    ids=["another kind", "not https"],
)
def test_a_frame_that_is_a_link_is_checked_in_form(frames: dict[str, Any], field: str, said: str) -> None:
    [problem] = blocking(check_request(frames_request(**frames), TAKES_LINKS))
    assert (problem.field, problem.asset) == (field, None)
    assert said in problem.message


def test_frames_may_be_links_where_references_may() -> None:
    request = frames_request(
        first_frame=MediaLink("https://example.com/a.jpg", MediaKind.IMAGE),
        last_frame=MediaLink("https://example.com/b", MediaKind.IMAGE),
    )
    assert check_request(request, TAKES_LINKS) == []
    assert [problem.field for problem in blocking(check_request(request, STRICT))] == ["first_frame", "last_frame"]


def test_links_count_like_files() -> None:
    links = tuple(MediaLink(f"{LINK}?{n}", MediaKind.VIDEO) for n in range(4))
    [(asset, message)] = problems(videos=links)
    assert (asset, "4 videos" in message) == (None, True)


def test_sound_alone_needs_a_picture_also_when_it_is_a_link() -> None:
    [(_, message)] = problems(audios=(MediaLink(LINK, MediaKind.AUDIO),))
    assert message == "Audio needs an image or a video beside it."


def test_the_length_of_a_link_is_not_guessed() -> None:
    """Nothing was measured: the seconds together are those of the files."""
    link = MediaLink(LINK, MediaKind.VIDEO)
    assert problems(videos=(video(duration_s=15.0), link)) == []
    assert "together" in problems(videos=(video(duration_s=15.0), video("b.mp4"), link))[0][1]


def test_a_link_in_words_alone_is_a_file_too_many() -> None:
    request = text_request(videos=(MediaLink(LINK, MediaKind.VIDEO),))
    assert [problem.field for problem in blocking(check_request(request, TAKES_LINKS))] == ["mode"]


def test_a_local_video_is_a_problem_where_videos_go_by_link_only_and_a_link_is_the_way_out() -> None:
    spec = replace(TAKES_LINKS, takes_local_videos=False)
    [(asset, message)] = problems(spec, videos=(MediaLink(LINK, MediaKind.VIDEO), video()))
    assert asset == "@Video2"
    assert "Paste an https link" in message
    assert "SEEDANCE_PUBLIC_URL" in message

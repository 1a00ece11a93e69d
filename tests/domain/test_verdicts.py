from __future__ import annotations

import pytest

from seedance_ui.domain.job import Charged
from seedance_ui.domain.verdicts import CLOSER_WORDS, failed_job, named_asset, refusal_code, setting_code, shown
from tests.samples import frames_request, image, references_request, text_request


@pytest.mark.parametrize(
    ("words", "code"),
    [
        # Seen, Ark 400: github.com/vm0-ai/vm0 issue 31359 (C)
        ("The request failed because the input image may contain real person. Request id: 02", "face"),
        ("InputImageSensitiveContentDetected.PrivacyInformation", "face"),
        ("The likeness of a public figure", "face"),
        ("OutputVideoSensitiveContentDetected.PolicyViolation", "copyright"),
        ("May infringe intellectual property", "copyright"),
        ("OutputAudioSensitiveContentDetected", "moderation_audio"),
        ("InputTextSensitiveContentDetected", "moderation"),
        ("content_policy_violation", "moderation"),
        ("InputTextRiskDetection", "moderation"),
        ("ContentSecurityDetectionError", "moderation"),
        ("Flagged as NSFW", "moderation"),
        ("Rejected by our safety system", "moderation"),
        ("The server has no disk left", None),
        ("A brisk walk is too long", None),
        ("", None),
    ],
)
def test_refusal_code_reads_from_the_closest_to_the_widest(words: str, code: str | None) -> None:
    assert refusal_code(words) == code


@pytest.mark.parametrize(
    ("words", "asset"),
    [
        ("image2 is too dark", "@Image2"),
        ("see @Video1.", "@Video1"),
        ("@audio3", "@Audio3"),
        ("referenceImages[1] is not an asset", "@Image2"),
        ("Expected a url at image_urls.0", "@Image1"),
        ("`video_urls[2]`: too long", "@Video3"),
        ("image2.png is too dark", None),
        ("image 1024x768", None),
        ("images are refused", None),
        ("myimage2", None),
        ("last_image_url could not be fetched", "last frame"),
        ("`lastFrameImage` is not an asset", "last frame"),
        ("Invalid image_url", "first frame"),
        ("The first frame may contain a real person", "first frame"),
        ("Field 'image' is not an asset", "first frame"),
        ("image_urls is empty", None),
    ],
)
def test_named_asset_reads_tags_and_fields(words: str, asset: str | None) -> None:
    assert named_asset(words) == asset


def test_shown_words_are_one_short_line_without_signatures() -> None:
    words = "Cannot read\n https://cdn.example.com/a.png?Signature=abc&x=1  now " + "x" * 600

    text = shown(words)

    assert text.startswith("Cannot read https://cdn.example.com/a.png?… now xxx")
    assert len(text) == 500


@pytest.mark.parametrize("charged", ["no", "unknown"])
def test_failed_job_names_a_file_of_this_request_only(charged: Charged) -> None:
    two = references_request(images=(image("a.png"), image("b.png")))

    about_two = failed_job("image2 may contain real person", two, provider_label="Scenario", charged=charged)
    about_three = failed_job("image3 is broken", two, provider_label="Scenario", charged=charged)

    assert (about_two.code, about_two.asset, about_two.charged) == ("face", "@Image2", charged)
    assert (about_three.code, about_three.asset) == ("generation_failed", None)


def test_failed_job_about_a_broken_file_says_which() -> None:
    error = failed_job("image1 cannot be decoded", references_request(), provider_label="Scenario", charged="no")

    assert (error.code, error.asset) == ("bad_media", "@Image1")
    assert error.detail == "image1 cannot be decoded"


def test_failed_job_names_a_frame_only_where_the_request_has_it() -> None:
    words = "last_image_url may contain real person"

    both = failed_job(words, frames_request(last_frame=image("b.png")), provider_label="AIML API", charged="no")
    first_only = failed_job(words, frames_request(), provider_label="AIML API", charged="no")

    assert (both.code, both.asset) == ("face", "last frame")
    assert first_only.asset is None


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Unsupported resolution: 720p", "bad_resolution"),
        ("duration must be one of 5, 10", "bad_duration"),
        ("The reference video has a duration of 20 s", None),
        ("The request is odd", None),
    ],
)
def test_setting_code_reads_settings_of_the_video_only(words: str, code: str | None) -> None:
    assert setting_code(words) == code


def test_failed_job_without_words_says_so() -> None:
    error = failed_job(" ", text_request(), provider_label="Scenario", charged="no")

    assert (error.title, error.detail) == ("Scenario could not make this video", "It gave no reason.")


def test_failed_job_for_the_sound_offers_to_go_without() -> None:
    error = failed_job("OutputAudioSensitiveContent", text_request(), provider_label="AIML API", charged="no")

    assert error.code == "moderation_audio"
    assert error.next_step.startswith("Generate again without sound")


def test_closer_words_follow_the_style_of_all_words() -> None:
    for words in CLOSER_WORDS.values():
        assert not words.title.endswith(".")
        assert words.next_step.endswith(".")
        assert "!" not in words.title + words.next_step

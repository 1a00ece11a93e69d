"""D5, D7: what must not leave is taken out of a text, however it is written there."""

from __future__ import annotations

import base64
import json
import string
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from seedance_ui.domain.redaction import MARK, MAX_READ_CHARS, MAX_VALUE_CHARS, Redactor, is_signed

KEY = "sk-live+Zq7/9x=Tt"
DATA = Path("/srv/seedance/data")
REDACTOR = Redactor([KEY, "second-key-42"], [DATA])

KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=4, max_size=40)
WORDS = st.text(st.characters(exclude_categories=()), max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


def redact(text: str, redactor: Redactor = REDACTOR) -> str:
    return redactor.redact(text, max_chars=2000)


def every_percent(key: str) -> str:
    return "".join(f"%{ord(char):02X}" for char in key)


def every_escape(key: str) -> str:
    return "".join(f"\\u{ord(char):04x}" for char in key)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "url": lambda key: quote(key, safe=""),
    "url in lower case": lambda key: "".join(c if c.isalnum() else f"%{ord(c):02x}" for c in key),
    "url twice": lambda key: quote(quote(key, safe=""), safe=""),
    "url in full": every_percent,
    "json": lambda key: json.dumps(key)[1:-1],
    "json with escaped slashes": lambda key: json.dumps(key)[1:-1].replace("/", "\\/"),
    "json in full": every_escape,
}


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS.keys())
@given(key=KEYS, before=WORDS, after=WORDS)
@example(key=KEY, before="", after="")
@example(key="\\\"'%", before="%", after="\\")
def test_a_key_is_found_in_every_spelling(spell: Callable[[str], str], key: str, before: str, after: str) -> None:
    written = spell(key)
    clean = Redactor([key]).blot(f"{before} {written} {after}")
    assert written not in clean
    assert MARK in clean


@given(
    key=st.text(st.sampled_from(string.ascii_letters + string.digits + "+/=-_"), min_size=8, max_size=40),
    data=st.data(),
)
def test_a_key_is_found_inside_of_base64(key: str, data: st.DataObject) -> None:
    """With any neighbours, so at each of the three places where it may begin, and in both alphabets."""
    before, after = data.draw(st.binary(max_size=8)), data.draw(st.binary(max_size=8))
    raw = before + key.encode() + after
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        encoded = encode(raw).decode()
        for written in (encoded, quote(encoded, safe=""), encoded.rstrip("=")):
            left = max(map(unquote, Redactor([key]).blot(written).split(MARK)), key=len)
            assert len(left) <= len(encode(before + after)) + 6


@given(key=KEYS, value=JSON, place=st.sampled_from(["name", "value", "item", "inside"]))
def test_a_key_is_found_anywhere_in_json_which_stays_json(key: str, value: object, place: str) -> None:
    planted = {
        "name": {key: value},
        "value": {"message": key, "more": value},
        "item": [value, [key]],
        "inside": {"deep": [{"words": f"The key {key} is odd", "more": value}]},
    }[place]
    for text in (json.dumps(planted), json.dumps(planted, ensure_ascii=False)):
        clean = Redactor([key]).redact(text, max_chars=MAX_READ_CHARS)
        assert key not in clean
        assert json.dumps(key)[1:-1] not in clean


@given(value=JSON)
def test_json_without_secrets_keeps_its_shape(value: object) -> None:
    """Names, lists, numbers and short words of it stay as they are, as far as UTF-8 can hold them."""
    plain = json.loads(json.dumps(value).encode("utf-8", "replace"))
    clean = redact(json.dumps({"value": plain}), Redactor())
    assert _shape(json.loads(clean)["value"]) == _shape(plain)


def _shape(value: object) -> object:
    if isinstance(value, dict):
        return sorted(map(str, (_shape(item) for item in value.values()))), len(value)
    if isinstance(value, list):
        return [_shape(item) for item in value]
    return type(value).__name__


@given(text=WORDS | JSON.map(json.dumps))
def test_what_comes_back_can_be_stored_anywhere(text: str) -> None:
    """No half characters and no NUL: a database that refused them would refuse the paid id beside them."""
    clean = redact(text)
    assert "\x00" not in clean
    assert clean.encode("utf-8").decode("utf-8") == clean


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Get https://u:p@cdn.example.com/a/b.mp4?Signature=1&x=2 now", "Get https://…@cdn.example.com/a/b.mp4… now"),
        ("https://cdn.example.com/a.mp4#token", "https://cdn.example.com/a.mp4…"),
        ("https://cdn.example.com?x=/a", "https://cdn.example.com…"),
        ("https://cdn.example.com/a;jsessionid=1/b", "https://cdn.example.com/a…"),
        ("https://cdn.example.com/a.mp4.", "https://cdn.example.com/a.mp4."),
        (r'no json: "https:\/\/cdn.example.com\/a?Signature=1"', r'no json: "https:\/\/cdn.example.com\/a…"'),
        ("cdn.example.com/v?X-Amz-Signature=ab&x=1", "cdn.example.com/v?X-Amz-Signature=…&x=1"),
        ("v%3Fsignature%3Dabc", "v%3Fsignature%3D…"),
        ("access_token=abc, sig=def", "access_token=… sig=…"),
        ("https://app.example.com/handover/0123456789abcdef", "https://app.example.com/handover/…"),
        ("u=https%3A%2F%2Fa%2Fhandover%2F0123", "u=https%3A%2F%2Fa%2Fhandover%2F…"),
        ("data:image/png;base64,AAAA+/== is too large", "data:image/png… is too large"),
        ("data: one, two", "data: one, two"),
        ("Authorization: Basic Zm9v was refused", "Authorization: … was refused"),
        ("authorization=abc", "authorization=…"),
        ("Set-Cookie: a=b; c", "Set-Cookie: … c"),
        ("Bearer abcdef1 was refused", "Bearer … was refused"),
        ("Basic authentication failed on the basic plan", "Basic authentication failed on the basic plan"),
        ("cannot open '/srv/seedance/data/uploads/a.png'", "cannot open '…'"),
        ("/home/jo/a.png /Users/jo/a.png ~/a.png /root/a.png", "… … … …"),
        (r"C:\Users\jo\a.png C:\\Users\\jo\\a.png C:/Users/jo", "… … …"),
        ("file:///home/jo/a.png", "file://…"),
        ("see /v1/jobs/home/page", "see /v1/jobs/home/page"),
        ("from 203.0.113.7:443 and [2001:db8::1]:80, ::1, fe80::1%eth0", "from …:443 and […]:80, …, …"),
        ("at 12:30:45, version 1.2.3, std::vector, 999.1.1.1", "at 12:30:45, version 1.2.3, std::vector, 999.1.1.1"),
    ],
)  # fmt: skip
def test_words_lose_what_is_private_and_keep_the_rest(text: str, clean: str) -> None:
    assert redact(text) == clean


def test_names_of_secrets_in_json_hide_any_value() -> None:
    body = {"Authorization": "x", "apiKey": "x", "nextPaginationToken": "x", "Set-Cookie": "x", "tokens": {"input": 3}}
    assert list(json.loads(redact(json.dumps(body))).values()) == [MARK, MARK, MARK, MARK, {"input": 3}]


def test_a_long_value_in_json_hides_nothing_behind_it() -> None:
    body = {"prompt": "p" * 6000, "status": "failure"}
    clean = json.loads(redact(json.dumps(body)))
    assert clean == {"prompt": "p" * MAX_VALUE_CHARS + MARK, "status": "failure"}


def test_a_number_that_is_a_key_is_no_number_any_more() -> None:
    assert "123456789" not in redact('{"n": 123456789}', Redactor(["123456789"]))


@pytest.mark.parametrize("at", [MAX_READ_CHARS - 5, MAX_READ_CHARS, 1995, 1999], ids=str)
def test_a_cut_leaves_no_half_of_a_key(at: int) -> None:
    """At the end of what is read, also where a long data URI before it shrinks to nothing."""
    uri = "data:image/png;base64,"
    text = (uri + "A" * at)[:at] + " " + KEY + " rest" * 1000
    clean = redact(text)
    assert len(clean) <= 2001
    assert KEY[:4] not in clean


def test_a_key_that_is_too_short_to_be_one_spoils_nothing() -> None:
    assert redact("an id", Redactor(["i", ""], [Path("/")])) == "an id"


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "a:",
        "1.",
        "0:",
        "%",
        "\\",
        "data:",
        "data:a/a",
        "x-amz-",
        "basic ",
        "http://",
        "x_",
        "a.",
        "[",
        " ",
        "token",
    ],
)
def test_a_hostile_answer_costs_no_time(piece: str) -> None:
    """2 MB of what a pattern likes best: patterns are linear, or this would take minutes."""
    before = time.process_time()
    redact(piece * (2_000_000 // len(piece)))
    assert time.process_time() - before < 5


@pytest.mark.parametrize(
    ("url", "signed"),
    [
        ("https://cdn.example.com/a.mp4?Policy=p&Signature=s&Key-Pair-Id=k", True),
        ("https://bucket.example.com/a.png?X-Amz-Signature=abc", True),
        ("https://example.com/a.mp3?access_token=abc", True),
        ("https://example.com/handover/0123456789abcdef", True),
        ("https://example.com/a.png", False),
        ("https://example.com/a.png?width=640&v=3", False),
        ("https://example.com/signature.png", False),
    ],
)
def test_signed_links_are_told_from_open_ones(url: str, signed: bool) -> None:
    assert is_signed(url) is signed

"""What a search holds to be the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedance_ui.domain.folding import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Café at DUSK", "cafe at dusk"),
        ("Cafe\u0301", "cafe"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("ﬁlm", "film"),
        (" two\n\twords\u00a0here ", "two words here"),
        ("日本 さくら", "日本 さくら"),
        ("", ""),
    ],
)
def test_fold_drops_case_accents_and_wide_gaps(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_fold_of_what_is_folded_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_fold_does_not_mind_case(text: str) -> None:
    assert fold(text.upper()) == fold(text.lower())

"""Tokens of what newsrooms do not write."""

from __future__ import annotations

import pytest

from nlp.pipeline import load


@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("🚛КГД: 5", ["🚛", "КГД", ":", "5"]),
        ("⚡️Сырым 🚛️Syrym", ["⚡️", "Сырым", "🚛️", "Syrym"]),
        ("Сырым🚛 №5", ["Сырым", "🚛", "№", "5"]),
        ("👨‍👩‍👧Сырым", ["👨‍👩‍👧", "Сырым"]),
    ],
)
def test_a_picture_is_no_part_of_a_word(lang: str, text: str, words: list[str]) -> None:
    doc = load(lang).make_doc(text)
    letters = [token.text for token in doc if any(one.isalnum() for one in token.text)]
    assert letters == [word for word in words if any(one.isalnum() for one in word)]
    assert doc.text == text


def test_a_picture_leaves_the_other_words_as_they_are() -> None:
    text, make_doc = "They can't go, don't they?", load("en").make_doc
    assert [token.norm_ for token in make_doc("⚡️" + text)][1:] == [token.norm_ for token in make_doc(text)]
    assert [token.norm_ for token in make_doc("y" * 2000 + " " + text)][1:] == [t.norm_ for t in make_doc(text)]


@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
def test_a_name_behind_a_picture_is_found(lang: str) -> None:
    doc = load(lang)("⚡️Сырым: 5 км. 🚛Сырым!")
    assert [span._.entity_id for span in doc.ents] == ["crossing.syrym"] * 2

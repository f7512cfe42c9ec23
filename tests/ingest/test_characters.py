"""What is stored and shown has no character that breaks a file or a terminal."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.characters import clean


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Иван \ud83d X", "Иван \ufffd X"),
        ("\x1b[31mСрочно\x1b[0m: пост закрыт", "Срочно: пост закрыт"),
        ("\x1b]0;x\x07", "]0;x"),
        ("a\r\nb\rc\n\td", "a\nb\nc\n\td"),
        ("a\x0bb\x85c\x1fd", "a b c d"),
        ("a\x00\x08\x7f\x9bb\ufffe", "ab"),
        ("Қазақ 🚛 «ёлка»\u2028", "Қазақ 🚛 «ёлка»\u2028"),
    ],
)
def test_what_becomes_of_them(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text(st.characters(codec=None, categories=["L", "Cc", "Cs", "Co", "Zs"])))
@example("\ud83d\ude9b\x1b\x1b[[0m0m")
def test_any_text_can_be_stored(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert {char for char in cleaned if unicodedata.category(char) == "Cc"} <= {"\n", "\t"}
    assert clean(cleaned) == cleaned

"""What changed between two wordings: nothing lost on either side, readable, and quick whatever the texts are."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kezek.revision_diff import revision_diff

WORDS = st.lists(
    st.sampled_from(["фура", "стоит", "стоит.", " ", "\n", "700", "—", "e\u0301", "\r\n", "\u2028", ","])
).map("".join)
ANY = st.text() | WORDS


@given(before=ANY, after=ANY)
def test_both_sides_can_be_put_together_again(before: str, after: str) -> None:
    parts = revision_diff(before, after)
    assert "".join(text for kind, text in parts if kind != "new") == before
    assert "".join(text for kind, text in parts if kind != "gone") == after
    kinds = [kind for kind, _ in parts]
    assert all(one != two for one, two in zip(kinds, kinds[1:], strict=False))
    assert ("new", "gone") not in list(zip(kinds, kinds[1:], strict=False)), "what went stands before what came"
    assert all(text for _, text in parts)


def test_a_changed_word_is_a_changed_word() -> None:
    before = "Очередь растёт.\nНа Сырыме стоят 700 фур, говорят водители.\nКонец."
    after = "Очередь растёт.\nНа Сырыме стоят 900 фур, говорят водители.\nКонец."
    assert revision_diff(before, after) == [
        ("same", "Очередь растёт.\nНа Сырыме стоят "),
        ("gone", "700"),
        ("new", "900"),
        ("same", " фур, говорят водители.\nКонец."),
    ]


def test_a_sentence_that_was_put_in_is_new_as_a_whole() -> None:
    before = "Очередь растёт. Водители ждут."
    assert revision_diff(before, "Очередь растёт. Виновата таможня. Водители ждут.") == [
        ("same", "Очередь растёт. "),
        ("new", "Виновата таможня. "),
        ("same", "Водители ждут."),
    ]


def test_another_sentence_is_not_patched_together_from_small_words() -> None:
    before = "Таможня и пограничники объяснили затор на посту проверкой грузов."
    after = "Снегопад на перевале и гололёд закрыли трассу."
    assert revision_diff(before, after) == [("gone", before), ("new", after)]


ARTICLE = "".join(
    f"Абзац {n}. На посту номер {n * 7} стоят {n * 13} фур и ждут. Водители говорят, что в очереди на границе {n} суток.\n"
    for n in range(900)
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ARTICLE, ARTICLE.replace("стоят 13 фур", "стояли 14 фур")),
        (ARTICLE, "\n".join(reversed(ARTICLE.split("\n")))),
        (ARTICLE.replace("\n", " "), ARTICLE.replace("\n", " ").replace("на границе 4", "у поста 4")),
        (ARTICLE.replace("\n", " ").replace(".", ""), ARTICLE.replace("\n", " ").replace(".", "").replace("и", "й")),
        ("да нет " * 15_000, "нет да да " * 10_000),
        ("a\n" * 50_000, "b\na\n" * 25_000),
        ("x" * 100_000, "y" * 100_000),
        (" " * 100_000, "\n" * 100_000),
        ("." * 100_000, ". " * 50_000),
        (". " * 50_000, ".\n" * 50_000),
        (" ".join(map(str, range(20_000))), " ".join(map(str, range(20_000, 0, -1)))),
        ("\n".join(map(str, range(20_000))), "\n".join(map(str, range(20_000, 0, -1)))),
    ],
)
def test_a_hundred_kilobytes_take_a_moment(before: str, after: str) -> None:
    began = time.process_time()
    parts = revision_diff(before, after)
    assert time.process_time() - began < 3
    assert "".join(text for kind, text in parts if kind != "new") == before
    assert "".join(text for kind, text in parts if kind != "gone") == after


def test_small_edits_of_a_long_text_stay_small() -> None:
    edited = ARTICLE.replace("фур и ждут", "грузовиков и ждут", 1)[::-1].replace("воток", "войоб", 1)[::-1]
    edited = edited.replace("на границе 450 суток", "на границе уже 450 суток")
    for glue in ("\n", " "):
        parts = revision_diff(ARTICLE.replace("\n", glue), edited.replace("\n", glue))
        assert sum(len(text) for kind, text in parts if kind != "same") < 60

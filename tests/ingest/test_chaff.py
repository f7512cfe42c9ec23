"""Lines that are none of the article's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chaff import without_chaff

ONE = "Очередь грузовиков у пункта пропуска растёт третий день подряд, рассказали водители."
TWO = "Таможня винит погоду, а перевозчики — проверки, которых раньше не было."


@pytest.mark.parametrize(
    "label",
    ["Читайте также:", "Lire aussi :", "Czytaj więcej", "DON'T MISS", "Most read in Football", "Реклама", "Тағы оқыңыз:",
     "Story Continued Below", "Table of Contents", "3 min read", "Время чтения: 2 минуты", "Материалы по теме", "Пікірлер"],
)  # fmt: skip
def test_a_label_is_dropped_wherever_it_stands(label: str) -> None:
    assert without_chaff([label, ONE, label, TWO, label], None) == [ONE, TWO]


@pytest.mark.parametrize(
    "stamp",
    ["10.11.2025 17:59", "November 20, 2019 - 11:28 AMT", "12 қыркүйек 2025, 14:30", "Updated: December 09, 2025", "By Ann Lee",
     "Анна Ким", "sexta-feira, 22 de outubro de 2010 às 20:13"],
)  # fmt: skip
def test_the_date_and_the_author_above_are_no_text(stamp: str) -> None:
    assert without_chaff([stamp, ONE, TWO], "Ann Lee, Анна Ким") == [ONE, TWO]


@pytest.mark.parametrize(
    "line",
    ["Нашли ошибку? Выделите её.", "Теги: граница, фуры", "Подписывайтесь на наш Telegram-канал", "ann@example.org", "© 2025 Вестник",
     "Follow us on Facebook", "The post Trucks wait appeared first on Example.", "Ann Lee is a reporter who lives in Oral.",
     "Қате таптыңыз ба?", "Tags: border, trucks", "twitter.com/annlee"],
)  # fmt: skip
def test_the_imprint_below_is_no_text(line: str) -> None:
    assert without_chaff([ONE, TWO, line], "Ann Lee") == [ONE, TWO]


@pytest.mark.parametrize(
    "line",
    ["«Читайте также», — посоветовал он.", "Источник: Вестник", "Source: customs service", "1 октября очередь выросла вдвое.",
     "Ann Lee: And how long do they wait?", "По теме высказалась и таможня: проверок больше не станет.",
     "Подписи под обращением собирают водители.", "Реклама очередей не сократила"],
)  # fmt: skip
def test_what_only_looks_like_it_is_kept(line: str) -> None:
    assert without_chaff([ONE, line, TWO, line], "Ann Lee") == [ONE, line, TWO, line]


@pytest.mark.parametrize(
    "line",
    ["Больше новостей ждём к вечеру. «Причина затора — проверки на той стороне», — заявил вице-министр.",
     "Увидели интересное и водители: «Нас не пускают из-за сбоя», — сказал Петров.",
     "Ann Lee asked the drivers why. “They check every single box,” one of them said.",
     "Все новости о посту — слухи, считает таможня: «Мы работаем, как и работали»."],
)  # fmt: skip
def test_a_line_that_quotes_somebody_is_kept_whatever_it_begins_with(line: str) -> None:
    assert without_chaff([ONE, TWO, line], "Ann Lee") == [ONE, TWO, line]
    assert without_chaff([ONE, line, TWO], "Ann Lee") == [ONE, line, TWO]


def test_the_imprint_may_name_the_outlet_in_quotation_marks() -> None:
    assert without_chaff([ONE, TWO, "Подписывайтесь на «Вестник степи» в Telegram."], None) == [ONE, TWO]


def test_of_the_lines_below_only_the_author_s_life_is_left_out() -> None:
    life = "Ann Lee is a reporter who lives in Oral."
    assert without_chaff([ONE, life, TWO, "В Сырыме ждут одни сутки."], "Ann Lee") == [
        ONE,
        TWO,
        "В Сырыме ждут одни сутки.",
    ]
    assert without_chaff([ONE, TWO, life, "© 2025 Вестник"], "Ann Lee") == [ONE, TWO]


def test_an_article_of_one_line_is_kept_whatever_it_is() -> None:
    assert without_chaff(["© 2025 Вестник"], None) == ["© 2025 Вестник"]


@given(st.lists(st.text(max_size=40)), st.none() | st.text(max_size=20))
def test_lines_are_only_ever_left_out(lines: list[str], authors: str | None) -> None:
    rest = iter(lines)
    assert all(line in rest for line in without_chaff(lines, authors))

"""Names in the reader's script."""

import pytest

from kezek.names import NAMES, display_name, in_latin


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("Серик Жумангарин", "Serik Zhumangarin"),
        ("Ерлан Сағатов", "Yerlan Saghatov"),
        ("Алексеев, Щукин и Цой", "Alekseyev, Shchukin i Tsoy"),
        ("Пётр Хрущёв", "Pyotr Khrushchev"),
        ("Подъячев Объезд", "Podyachev Obyezd"),
        ("Жақсыбеков Әнуар Өскемен", "Zhaqsybekov Anuar Oskemen"),
        ("Һәм Ұлытау Үйгентас Іле Шыңжаң", "Ham Ulytau Uygentas Ile Shyngzhang"),
        ("ЖШС «ЩИТ» Щит", "ZHSHS «SHCHIT» Shchit"),
        ("Ж. Я. Юсупов", "Zh. Ya. Yusupov"),
        ("Кожевников и\u0306", "Kozhevnikov y"),
        ("Запоріжжя Єнакієве ґанок", "Zaporizhzhya Yenakiyeve ganok"),
        ("FTS of Russia", "FTS of Russia"),
        ("Kolea Trans ТОО", "Kolea Trans TOO"),
        ("中国海关", "中国海关"),
        ("", ""),
    ],
)
def test_cyrillic_in_latin_letters(name: str, latin: str) -> None:
    assert in_latin(name) == latin


def test_every_cyrillic_letter_of_the_three_languages_has_latin_ones() -> None:
    letters = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі"
    assert in_latin(letters + letters.upper()).isascii()


def test_the_knowledge_base_knows_better() -> None:
    known = {"en": "State Revenue Committee", "ru": "КГД", "kk": "МКК"}
    shown = {choice: display_name("комитет", **known, choice=choice) for choice in NAMES}
    assert shown == known


def test_without_a_name_in_the_language() -> None:
    nothing = {"en": None, "ru": "", "kk": None}
    assert display_name("Ерлан Сағатов", **nothing, choice="en") == "Yerlan Saghatov"
    assert display_name("Ерлан Сағатов", **nothing, choice="ru") == "Ерлан Сағатов"
    assert display_name("Ерлан Сағатов", **nothing, choice="kk") == "Ерлан Сағатов"
    assert display_name("", **nothing, choice="en") == ""

"""What quotes somebody, and what only stands in quotation marks."""

import pytest

from ingest.quotation import has_quotation, has_reported_speech


@pytest.mark.parametrize(
    "line",
    [
        "«Причина затора — проверки на российской стороне», — заявил вице-министр.",
        "Водитель Петров сказал: «Нас не пускают третьи сутки».",
        "Министр назвал это «временным затором из-за проверок».",
        "„Wir warten seit Tagen“, said the driver.",
        '"They check every box," a driver told us.',
        "«Бізді үш тәулік ұстап тұр» деді жүргізуші.",
        "— Пускают по сорок фур за смену, — рассказал водитель Игорь.",
        "«Проверяют каждый ящик, потому мы и стоим, — сказал он",
    ],
)
def test_reported_speech(line: str) -> None:
    assert has_quotation(line)
    assert has_reported_speech(line)


@pytest.mark.parametrize(
    "line", ["Подписывайтесь на «Вестник степи»", "Фуры у «Маштаково». Фото: «Вестник»", "Теги: фуры", ""]
)
def test_names_in_quotation_marks_are_no_quotation(line: str) -> None:
    assert not has_quotation(line)


@pytest.mark.parametrize(
    "line", ["«Когда откроют границу и кто виноват»", "Кадр из фильма «Граница проходит через всех нас»"]
)
def test_a_title_in_quotation_marks_is_said_by_nobody(line: str) -> None:
    assert has_quotation(line)
    assert not has_reported_speech(line)

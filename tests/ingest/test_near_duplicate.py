"""Copies of one agency line, and texts that only share its topic."""

import hashlib

import numpy as np
import pytest

from ingest.near_duplicate import THRESHOLD, nearest, signature, signatures, similarity

AGENCY = (
    "МОСКВА, 1 октября. /Вестник/. Оформление грузов на российско-казахстанской границе не замедлилось, дополнительных "
    "проверок для транспорта из Казахстана никто не вводил, сообщили в Федеральной таможенной службе.\n"
    "«Все посты на этом участке работают в обычном режиме, время оформления не изменилось», — сказал собеседник "
    "агентства. Он добавил, что рост числа машин связан с сезоном перевозок урожая."
)
COPY = (
    "Оформление грузов на российско-казахстанской границе не замедлилось, дополнительных проверок для транспорта из "
    "Казахстана никто не вводил. Об этом «Вестнику» рассказали в таможне.\n"
    "«Все посты на этом участке работают в обычном режиме, время оформления не изменилось», — приводит агентство слова "
    "собеседника. Рост числа машин связан с сезоном перевозок урожая."
)
SAME_TOPIC = (
    "Федеральная таможенная служба признала, что оформление на казахстанском направлении идёт дольше. Причина — проверки "
    "против незаконного ввоза товаров, говорится в ответе ведомства.\n"
    "Перевозчики жалуются на очереди: у поста «Маштаково» стоят до 300 машин, водители ждут по трое суток."
)
DENIAL_ELSEWHERE = (
    "Комитет государственных доходов опроверг сообщения об особых досмотрах машин, которые следуют в Россию. Рост числа "
    "грузовиков в комитете объяснили сезоном: через границу везут урожай и товары к распродажам."
)
KAZAKH = "Мемлекеттік кірістер комитеті шекарада ерекше тексеру жоқ екенін мәлімдеді. Кезек маусымға байланысты."
KAZAKH_COPY = (
    "Шекарада ерекше тексеру жоқ екенін мәлімдеді Мемлекеттік кірістер комитеті. Кезек маусымға байланысты, дейді."
)


def test_a_reworded_copy_is_near_and_the_same_topic_is_not() -> None:
    assert similarity(signature(AGENCY), signature(COPY)) >= THRESHOLD
    for other in (SAME_TOPIC, DENIAL_ELSEWHERE, KAZAKH):
        assert similarity(signature(AGENCY), signature(other)) < THRESHOLD / 2


def test_nearest_names_the_original_or_nobody() -> None:
    known = signatures([signature(text) for text in (SAME_TOPIC, AGENCY, DENIAL_ELSEWHERE)])
    copy, other = signatures([signature(COPY), signature(KAZAKH)])
    assert nearest(copy, known) == 1
    assert nearest(other, known) is None
    assert nearest(copy, known[:0]) is None


def test_of_equal_copies_the_first_wins() -> None:
    copy, *known = signatures([signature(COPY), signature(AGENCY), signature(AGENCY)])
    assert nearest(copy, np.array(known)) == 0


def test_case_marks_and_yo_do_not_matter() -> None:
    assert signature("Ещё РАЗ: очередь — растёт!") == signature("еще раз очередь растет")


def test_kazakh_words_in_another_order_are_a_copy() -> None:
    assert similarity(signature(KAZAKH), signature(KAZAKH_COPY)) >= THRESHOLD


@pytest.mark.parametrize("empty", ["", " … — !"])
def test_no_words_are_like_nothing(empty: str) -> None:
    assert signature(empty) == b""
    assert similarity(signature(empty), signature(empty)) == similarity(signature(empty), signature(AGENCY)) == 0


def test_the_signature_is_the_same_on_every_machine() -> None:
    mark = signature(AGENCY)
    assert len(mark) == 512
    assert hashlib.sha256(mark).hexdigest()[:16] == "9634920599cb388f"

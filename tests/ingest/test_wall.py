"""Walls, and short texts that only use a wall's words."""

import pytest

from ingest.wall import wall

BRIEF = "На пункте пропуска «Маштаково» ведутся технические работы, сообщили в КГД. В очереди более 300 грузовиков."


@pytest.mark.parametrize(
    "text",
    [
        "Ведутся технические работы",
        "В настоящее время на сайте ведутся технические работы. Приносим извинения за временные неудобства!",
        "Сайт закрыт на обновление.\nПриносим свои извинения за доставленные неудобства.",
    ],
)
def test_a_notice_of_the_site_is_a_wall(text: str) -> None:
    assert wall(["Вестник"], text) == "an error of the server"


@pytest.mark.parametrize(
    "text",
    [
        BRIEF,
        "«Мы приносим извинения за временные неудобства», — сказал представитель ведомства.",
        "Ведутся технические работы. " + BRIEF * 5,
    ],
)
def test_the_words_of_a_notice_within_a_sentence_or_a_longer_text_are_none(text: str) -> None:
    assert wall(["Вестник"], text) is None


@pytest.mark.parametrize("title", ["Доступ закрыт", "Ведутся технические работы", "Access denied", "Загрузка"])
def test_the_title_of_a_declared_article_is_no_wall(title: str) -> None:
    assert wall([title], BRIEF) is not None
    assert wall([title], BRIEF, declared_article=True) is None


@pytest.mark.parametrize(
    "text",
    [
        "Verifying you are human. This may take a few seconds.",
        "example.org needs to review the security of your connection before proceeding. Cloudflare Ray ID: 1",
        "Подтвердите, что запросы отправляли вы, а не робот",
    ],
)
def test_a_challenge_is_a_wall_whatever_the_page_declares(text: str) -> None:
    assert wall(["Вестник"], text, declared_article=True) is not None

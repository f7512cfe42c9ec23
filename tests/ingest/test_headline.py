"""The title as readers see it."""

import pytest

from ingest.headline import headline
from ingest.html_page import read_html
from ingest.page_metadata import page_metadata

ITEM = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "%s"}</script>'


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Фуры встали | Вестник</title>", "<h1>Фуры встали</h1>", "Фуры встали"),
        ("<title>Фуры встали: СЕО | Вестник</title>", "<h1>Фуры встали на границе</h1>", "Фуры встали на границе"),
        ('<meta property="og:site_name" content="Вестник"><title>Фуры встали - Вестник</title>', "", "Фуры встали"),
        ("<title>Trucks queue - Politics - Example</title>", "", "Trucks queue"),
        ('<meta property="og:title" content="Trucks queue"><title>Trucks queue - Example.org</title>', "", "Trucks queue"),
        ("<title>Trucks queue at the border | Example</title>", "<h1>Example</h1><h1>Trucks queue at the border</h1>", "Trucks queue at the border"),
        ("<title>Фуры — не проблема: таможня</title>", "", "Фуры — не проблема: таможня"),
        ("<title>Фуры встали</title>", "<aside><h1>Фуры встали сегодня</h1></aside>", "Фуры встали"),
        ("", "<h1>Фуры<br>встали <button>Слушать</button></h1>", "Фуры встали"),
        ('<meta property="og:title" content="Фуры встали">', "<h1>Лента новостей</h1><h1>Погода</h1>", "Фуры встали"),
        ("", "<p>текст</p>", ""),
        # a heading that says something else than og:title and JSON-LD, which agree
        ('<meta property="og:title" content="Узень: фуры встали">' + ITEM % "Узень: фуры встали", "<h1>Фуры встали</h1>", "Узень: фуры встали"),
        ('<meta property="og:title" content="Фуры встали надолго, гово…">' + ITEM % "Фуры встали надолго, гово…", "<h1>Фуры встали надолго, говорят водители</h1>", "Фуры встали надолго, говорят водители"),
        # the site's name first, in several words, with a colon in the title, known by its address or its account alone
        ("<title>Example » Фуры встали надолго</title>", "", "Фуры встали надолго"),
        ('<meta name="twitter:site" content="@dalavesti"><title>Граница : фуры встали — и надолго | Дала | Dala Vesti</title>', "", "Граница : фуры встали — и надолго"),
        ("<title>Трижды – о границе – Example</title>", "", "Трижды – о границе"),
        # a site that nothing names
        ("<title>Фуры встали на границе | Вестник степи</title>", "", "Фуры встали на границе"),
        ("<title>Вестник степи | Фуры встали на границе</title>", "<div><b>Фуры встали на границе</b></div>", "Фуры встали на границе"),
        # a kicker and a badge in the heading
        ('<meta property="og:title" content="Фуры встали"><title>Фуры встали</title>', "<h1><span>Граница</span> Фуры встали</h1>", "Фуры встали"),
        ('<meta property="og:title" content="Фуры встали: водители ждут">', "<h1><span>Фуры встали:</span><span>водители ждут</span></h1>", "Фуры встали: водители ждут"),
        # no first-level heading
        ("<title>Фуры встали | СЕО</title>", "<div class='post-title'>Фуры встали у поста</div><p>т</p>", "Фуры встали у поста"),
        ("<title>Фуры встали на границе | СЕО</title>", "<h2>Погода</h2><h2>Фуры встали на границе</h2><p>т</p>", "Фуры встали на границе"),
        ('<meta property="og:title" content="Пост &amp;laquo;Сырым&amp;raquo; закрыт">', "", "Пост «Сырым» закрыт"),
    ],
)  # fmt: skip
def test_headline(head: str, body: str, title: str) -> None:
    page = read_html(f"<html><head>{head}</head><body>{body}<p>x</p></body></html>".encode(), "https://example.org/1")
    assert headline(page, page_metadata(page)) == title


def test_a_title_of_thousands_of_parts_costs_no_time() -> None:
    title = " - ".join(f"слово{number}" for number in range(3000))
    page = read_html(f"<title>{title}</title><p>x</p>".encode(), "https://example.org/1")
    assert headline(page, page_metadata(page)).startswith("слово0 - слово1")

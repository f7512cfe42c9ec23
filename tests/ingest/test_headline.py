"""The title as readers see it."""

import pytest

from ingest.headline import headline
from ingest.html_page import read_html
from ingest.page_metadata import page_metadata


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
    ],
)  # fmt: skip
def test_headline(head: str, body: str, title: str) -> None:
    page = read_html(f"<html><head>{head}</head><body>{body}<p>x</p></body></html>".encode(), "https://example.org/1")
    assert headline(page, page_metadata(page)) == title

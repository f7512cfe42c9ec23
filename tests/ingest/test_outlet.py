"""Strict selectors: a page that changed is an alarm that names the selector."""

from datetime import date

import pytest

from ingest.errors import LayoutError
from ingest.outlet import Outlet

URL = "https://example.org/1"
PAGE = (
    "<html lang='ru'><head><link rel='canonical' href='/1'><meta property='published' content='2025-10-01 14:30'></head>"
    "<body><p>вне статьи</p><main class='wide story'><h1>Фуры встали</h1><p class='lead'>Кто виноват?</p>"
    "<span class='who'>Автор: Анна Ким</span><div class='text'><p>Один.</p><blockquote><p>Два.</p></blockquote>"
    "<div class='ad'>Реклама</div></div></main><p>подвал</p></body></html>"
)


class Sample(Outlet):
    parser_id = "sample"
    hosts = ("example.org",)
    since = date(2025, 1, 1)
    container = ("main", {"class": "story"})
    title = "h1"
    lead = "p.lead"
    published = "meta[property=published] @content"
    author = "span.who"
    author_prefix = "Автор:"
    body = "div.text"
    paragraphs = "p, blockquote"
    drop = ("div.ad",)


class Lines(Sample):
    paragraphs = ""


def test_an_outlet_reads_its_page() -> None:
    article = Sample().read(PAGE, URL, timezone="Asia/Almaty")
    assert (article.title, article.lead, article.author, article.lang) == (
        "Фуры встали",
        "Кто виноват?",
        "Анна Ким",
        "ru",
    )
    assert article.text == "Один.\nДва."
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2025-10-01T14:30:00+05:00"
    assert (article.published_precision, article.published_from) == ("minute", "selector")
    assert (article.canonical_url, article.extractor) == ("https://example.org/1", "sample")


def test_paragraphs_set_apart_by_line_breaks() -> None:
    page = PAGE.replace("<p>Один.</p>", "Один.<br><br>\nПолтора &amp; больше.<br>")
    assert Lines().read(page, URL).text == "Один.\nПолтора & больше.\nДва."


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("<h1>Фуры встали</h1>", "<h2>Фуры встали</h2>", r"'title' \(h1\) matches nothing"),
        ("<h1>", "<h1>Ещё</h1><h1>", r"'title' \(h1\) matches 2 times"),
        ("<main class='wide story'>", "<main class='wide'>", r"'title' \(h1\) matches nothing"),
        ("content='2025-10-01 14:30'", "content='скоро'", r"'published' .* no date"),
        ("content='2025-10-01 14:30'", "value='2025-10-01'", r"'published' .* has no content"),
        ("<div class='text'>", "<div class='texts'>", r"'body' \(div.text\) matches 0 times"),
        ("<p>Один.</p>", "<section>Один.</section>", r"'paragraphs' .* leaves 4 letters of the body unread"),
        ("<div class='ad'>", "<div class='ads'>", r"'paragraphs' .* leaves 7 letters"),
        ("<span class='who'>", "<span class='who'>X</span><span class='who'>", r"'author' .* matches 2 times"),
    ],
)
def test_what_no_longer_matches_is_named(old: str, new: str, problem: str) -> None:
    assert old in PAGE
    with pytest.raises(LayoutError, match=f"sample: {problem}.*https://example.org/1"):
        Sample().read(PAGE.replace(old, new), URL)


def test_an_article_may_have_no_author_and_no_lead() -> None:
    page = PAGE.replace("<span class='who'>Автор: Анна Ким</span>", "").replace("<p class='lead'>Кто виноват?</p>", "")
    article = Sample().read(page, URL)
    assert (article.author, article.lead) == (None, "")


class Opening(Sample):
    lead = "div.text > p:first-child:has(> b)"
    drop = ("div.ad", "div.ad b")


def test_only_the_lead_that_was_read_is_taken_out_of_the_body() -> None:
    opening = PAGE.replace("<p class='lead'>Кто виноват?</p>", "").replace(
        "<div class='text'>", "<div class='text'><div class='ad'>Реклама <b>ещё</b></div><p><b>Важное.</b></p>"
    )
    article = Opening().read(opening, URL)
    assert (article.lead, article.text) == ("", "Важное.\nОдин.\nДва.")
    article = Opening().read(opening.replace("<div class='ad'>Реклама <b>ещё</b></div>", ""), URL)
    assert (article.lead, article.text) == ("Важное.", "Один.\nДва.")


class Together(Sample):
    several_authors = True
    clock = "UTC"


def test_several_authors_where_the_outlet_has_them_and_a_clock_of_its_own() -> None:
    page = PAGE.replace(
        "<span class='who'>", "<span class='who'>Ия Ли</span><span class='who'> </span><span class='who'>"
    )
    article = Together().read(page.replace("Автор: ", ""), URL, timezone="Asia/Almaty")
    assert article.author == "Ия Ли, Анна Ким"
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2025-10-01T14:30:00+00:00"


def test_a_lead_that_holds_the_body_is_an_alarm() -> None:
    page = PAGE.replace("<p class='lead'>Кто виноват?</p>", "<div class='lead'>Кто виноват?").replace(
        "</main>", "</div></main>"
    )

    class Wide(Sample):
        lead = "div.lead"

    with pytest.raises(LayoutError, match="'body' .* stands in the lead"):
        Wide().read(page, URL)


@pytest.mark.parametrize("canonical", ["/", "https://example.org/news/", "https://example.org/news"])
def test_the_address_of_the_front_page_or_a_section_is_not_the_article_s(canonical: str) -> None:
    page = PAGE.replace("href='/1'", f"href='{canonical}'")
    assert Sample().read(page, "https://example.org/news/1").canonical_url is None


@pytest.mark.parametrize(
    "box",
    [
        "<div class='ad'><blockquote>«Нас не пускают»</blockquote></div>",
        "<blockquote class='ad'>«Нас не пускают»</blockquote>",
    ],
)
def test_a_quote_in_a_box_that_is_dropped_is_an_alarm(box: str) -> None:
    class Dropping(Sample):
        drop = (".ad",)

    with pytest.raises(LayoutError, match=r"'drop' \(.ad\) would take a blockquote out of the body"):
        Dropping().read(PAGE.replace("<p>Один.</p>", f"<p>Один.</p>{box}"), URL)


def test_the_empty_frame_of_an_embedded_post_may_be_dropped() -> None:
    class Framed(Sample):
        frames = ("blockquote.post:not(:has(p:nth-of-type(2)))",)

    frame = "<div class='ad'><blockquote class='post'><p>Публикация от @anna</p></blockquote></div>"
    page = PAGE.replace("<p>Один.</p>", f"<p>Один.</p>{frame}")
    assert Framed().read(page, URL).text == "Один.\nДва."
    with pytest.raises(LayoutError, match="would take a blockquote"):
        Framed().read(page.replace("<p>Публикация", "<p>«Нас не пускают»</p><p>Публикация"), URL)

"""Every outlet's class on a stored page of its site, and what a careful reader took from that page."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from ingest.article import article_json
from ingest.errors import LayoutError
from ingest.html_page import html_text
from ingest.outlet import Outlet
from ingest.outlets import layouts, parser_of_host
from ingest.parse import GENERIC, parse_article

PAGES = Path(__file__).parent / "pages"


@dataclass(frozen=True)
class Stored:
    """A page as it was served, and what it says."""

    name: str
    body: bytes
    expected: dict[str, Any]

    def parse(self, parser: str | None = None) -> Any:
        return parse_article(
            self.body,
            self.expected["article"]["url"],
            self.expected["content_type"],
            parser=parser,
            timezone=self.expected["timezone"],
        )


STORED = [
    Stored(path.stem, path.read_bytes(), json.loads(path.with_suffix(".json").read_text("utf-8")))
    for path in sorted(PAGES.glob("*.html"))
]


@pytest.mark.parametrize("page", STORED, ids=lambda page: page.name)
def test_the_outlet_s_class_reads_its_page(page: Stored) -> None:
    article = page.parse()
    assert article_json(article) == page.expected["article"]
    assert article.lead == page.expected["lead"]
    assert article.published_precision == page.expected["precision"]
    assert article.extractor == page.expected["parser"]


@pytest.mark.parametrize("page", STORED, ids=lambda page: page.name)
def test_the_generic_reader_reads_the_same_text(page: Stored) -> None:
    """Where the expected file says `"generic": false`, the outlet's own class sees more (a lead, a box with a quote, a clock in
    UTC) or less (boxes of other news); then half of the lines are asked for."""
    article = page.parse(parser=GENERIC)
    expected = page.expected["article"]
    whole = (
        [page.expected["lead"], *expected["text"].split("\n")]
        if page.expected["lead"]
        else expected["text"].split("\n")
    )
    if not page.expected.get("generic", True):
        assert 2 * len(set(whole) & set(article.words.split("\n"))) >= len(whole)
        return
    assert article.words.split("\n") == whole
    assert article.title == expected["title"]
    assert article_json(article)["published"] == expected["published"]


def test_every_outlet_has_a_stored_page() -> None:
    assert {page.expected["parser"] for page in STORED} == set(layouts())


def test_hosts_are_claimed_once() -> None:
    claims: dict[str, set[str]] = {}
    for name, outlets in layouts().items():
        for outlet in outlets:
            for host in outlet.hosts:
                claims.setdefault(host, set()).add(name)
    assert all(len(names) == 1 for names in claims.values())
    assert parser_of_host("vestnik-agency.example") == "vestnik"
    assert parser_of_host("example.org") is None


@pytest.mark.parametrize("page", STORED, ids=lambda page: page.name)
def test_a_page_of_another_outlet_is_an_alarm(page: Stored) -> None:
    other = next(name for name in layouts() if name != page.expected["parser"])
    assert page.parse().layout_problem is None
    assert page.parse(parser=other).layout_problem.startswith(f"{other}: ")


@pytest.mark.parametrize("page", STORED, ids=lambda page: page.name)
def test_words_in_a_box_that_no_selector_names_are_an_alarm(page: Stored) -> None:
    """Neither read silently nor lost silently: whatever an editor puts into the body tomorrow."""
    url = page.expected["article"]["url"]
    html = html_text(page.body, url, page.expected["content_type"]).text
    outlet = next(outlet for outlet in layouts()[page.expected["parser"]] if _reads(outlet, html, url))
    if not outlet.paragraphs:
        pytest.skip("its paragraphs are lines: every word of the body is read")
    soup = BeautifulSoup(html, "lxml")
    box = soup.new_tag("section", attrs={"class": "new-box"})
    box.string = "Слова новой врезки"
    soup.select(outlet.body)[0].insert(0, box)
    with pytest.raises(LayoutError, match="leaves 16 letters of the body unread"):
        outlet.read(str(soup), url)


def test_an_embedded_post_on_a_page_of_rbc_is_text() -> None:
    stored = next(page for page in STORED if page.name == "rbc")
    old = "<blockquote>"
    html = stored.body.decode().replace(
        old, "<blockquote class='twitter-tweet'>«Мы ждём пятый день»</blockquote><blockquote>"
    )
    article = parse_article(html.encode(), stored.expected["article"]["url"], parser="rbc")
    assert (article.extractor, article.layout_problem) == ("rbc", None)
    assert "«Мы ждём пятый день»" in article.text.split("\n")


@pytest.mark.parametrize("page", STORED, ids=lambda page: page.name)
def test_a_quote_in_a_figure_is_read_by_one_reader_or_the_other(page: Stored) -> None:
    """No class loses it: it reads the figure, or leaves the page to the generic reader and says so."""
    url = page.expected["article"]["url"]
    said = "«Мы ждём пятый день, и никто ничего не объясняет», — сказал водитель из Самары."
    soup = BeautifulSoup(html_text(page.body, url, page.expected["content_type"]).text, "lxml")
    outlet = next(outlet for outlet in layouts()[page.expected["parser"]] if _reads(outlet, str(soup), url))
    figure = BeautifulSoup(f"<figure><blockquote><p>{said}</p></blockquote></figure>", "lxml").figure
    assert figure is not None
    block = soup.select(outlet.body)[0].select(outlet.paragraphs or "br")[0]
    block.insert_after(figure)
    article = parse_article(str(soup).encode(), url, "text/html; charset=utf-8", timezone=page.expected["timezone"])
    assert said in article.text


def _reads(outlet: Outlet, html: str, url: str) -> bool:
    try:
        outlet.read(html, url)
    except LayoutError:
        return False
    return True

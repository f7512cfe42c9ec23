"""The outlets' own classes on real pages of their sites, where ../shared is at hand: text, title, date, author."""

import gzip
import json
from pathlib import Path

import pytest

from ingest.parse import parse_article


@pytest.mark.parametrize(
    ("name", "parser", "published", "author"),
    [
        ("rugold-4235c4ef", "ura_news", "2017-12-20T19:15:00+05:00", "Иван Антонов"),
        ("rugold-4958df07", "mk", "2020-02-18T05:46:51+03:00", None),
        ("rugold-c6e6d8c0", "mk", "2020-09-23T20:12:38+03:00", "Дмитрий Попов"),
    ],
)
def test_a_real_page_is_read_by_its_outlet_s_class(
    shared: Path, name: str, parser: str, published: str, author: str | None
) -> None:
    articles = shared / "real" / "articles"
    gold = json.loads((articles / "gold" / f"{name}.json").read_text("utf-8"))
    article = parse_article(gzip.decompress((articles / "html" / f"{name}.html.gz").read_bytes()), gold["url"])
    assert (article.extractor, article.layout_problem) == (parser, None)
    assert article.title == gold["title"]
    assert article.published_at is not None
    assert article.published_at.isoformat() == published
    assert article.author == author
    lines = article.words.split("\n")
    missed = [line for line in gold["text"].split("\n") if line.strip() and " ".join(line.split()) not in lines]
    assert missed == []
    assert len(lines) <= len(gold["text"].split("\n")) + 1, "at most a line that points to another article"


def test_a_page_of_an_older_layout_is_left_to_the_generic_reader_and_says_so(shared: Path) -> None:
    articles = shared / "real" / "articles"
    page = gzip.decompress((articles / "html" / "rugold-f34cc159.html.gz").read_bytes())
    article = parse_article(page, "https://tass.ru/moskva/8836033")
    assert article.layout_problem is not None
    assert article.layout_problem.startswith("tass: 'title'")
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2020-06-29T00:16:15+03:00"

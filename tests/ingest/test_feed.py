"""Feeds: the real ones by count and first item, the broken ones, and whatever bytes."""

from __future__ import annotations

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.charset import decode
from ingest.errors import EmptyBodyError, NotHtmlError, ParseError
from ingest.feed import Item, feed_of, parse_feed, reach

URL = "https://delo.example/rss/all.xml"


def test_as_many_items_as_the_real_feeds_have(shared: Path) -> None:
    folder = shared / "real" / "feeds"
    counted = 0
    for expected in json.loads((folder / "expected.json").read_text()):
        if expected["root"] not in ("rss", "RDF", "feed"):
            continue
        body = (folder / expected["file"]).read_bytes()
        items = parse_feed(body, URL)
        # The list counts a channel's <image> as an item; the feed's own tags tell.
        images = len(re.findall(rb"<image[\s>]", body))
        assert len(items) == expected["items"] - images, expected["file"]
        assert len(items) == len(re.findall(rb"<(?:item|entry)[\s>]", body)), expected["file"]
        counted += 1
    assert counted == 31


@pytest.mark.parametrize(
    ("name", "title", "at"),
    [
        ("chardet__KOI8-R__aviaport.ru.xml", "под Харьковом", datetime(2006, 1, 2, 14, 25, tzinfo=UTC)),
        ("chardet__iso-8859-5-russian__newsru.com.xml", "В Турции", datetime(2006, 1, 3, 16, 57, tzinfo=UTC)),
        ("v2__testdata__encoding_WINDOWS-1251.xml", "Цитата", datetime(2018, 3, 21, 7, 27, 32, tzinfo=UTC)),
    ],
)
def test_encodings_and_dates_of_real_feeds(shared: Path, name: str, title: str, at: datetime) -> None:
    items = parse_feed((shared / "real" / "feeds" / name).read_bytes(), URL)
    assert items[0].published_at == at
    assert title in items[0].title
    assert all("�" not in item.title for item in items)
    assert all(item.url and item.url.startswith("http") for item in items)


def test_one_feed_in_five_encodings_is_one_feed(shared: Path) -> None:
    folder = shared / "real" / "feeds"
    readings = [parse_feed(path.read_bytes(), URL) for path in sorted(folder.glob("chardet__*aif.ru.health.xml"))]
    assert len(readings) == 4
    assert all(reading == readings[0] for reading in readings)


def _rss(*items: str, head: str = '<?xml version="1.0" encoding="utf-8"?>') -> bytes:
    return f'{head}<rss version="2.0"><channel><title>Дело</title>{"".join(items)}</channel></rss>'.encode()


def _item(date: str, link: str = "/n/1") -> str:
    return f"<item><title> Кезек\n ұзарды </title><link>{link}</link>{date}</item>"


@pytest.mark.parametrize(
    ("date", "at", "precision"),
    [
        ("<pubDate>Wed, 01 Oct 2025 09:05:00 +0500</pubDate>", datetime(2025, 10, 1, 4, 5, tzinfo=UTC), "second"),
        ("<pubDate>Wed, 01 Oct 2025 04:05:00 GMT</pubDate>", datetime(2025, 10, 1, 4, 5, tzinfo=UTC), "second"),
        ("<pubDate>2025-10-01 09:05:00</pubDate>", datetime(2025, 10, 1, 4, 5, tzinfo=UTC), "second"),
        ("<pubDate>1 октября 2025, 09:05</pubDate>", datetime(2025, 10, 1, 4, 5, tzinfo=UTC), "minute"),
        ("<pubDate>2025-10-01</pubDate>", datetime(2025, 9, 30, 19, tzinfo=UTC), "day"),
        ("<pubDate>скоро</pubDate>", None, None),
        ("<pubDate></pubDate>", None, None),
        ("", None, None),
    ],
)
def test_dates(date: str, at: datetime | None, precision: str | None) -> None:
    (item,) = parse_feed(_rss(_item(date)), URL, timezone="Asia/Almaty")
    assert (item.published_at, item.precision) == (at, precision)
    assert item.title == "Кезек ұзарды"


def test_an_atom_entry_that_only_says_when_it_changed() -> None:
    entry = '<entry><title>x</title><link href="n/2#top"/><updated>2025-10-01T00:00:00Z</updated></entry>'
    (item,) = parse_feed(f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>'.encode(), URL)
    assert item == Item("https://delo.example/rss/n/2", "x", datetime(2025, 10, 1, tzinfo=UTC), "second", "updated")


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/n/1", "https://delo.example/n/1"),
        ("http://other.example/n?a=1&amp;b=2#c", "http://other.example/n?a=1&b=2"),
        ("http://other.example/n?a=1&b=2", "http://other.example/n?a=1&b=2"),
        ("http://other.example/n?a=1&amp;amp;b=2", "http://other.example/n?a=1&b=2"),
        ("<![CDATA[http://other.example/n?a=1&b=2]]>", "http://other.example/n?a=1&b=2"),
        ("http://[broken/", None),
        ("mailto:desk@delo.example", None),
        ("", None),
    ],
)
def test_links(link: str, url: str | None) -> None:
    (item,) = parse_feed(_rss(_item("", link)), URL)
    assert item.url == url


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("n/1", "https://delo.example/n/1"),
        ("/n/1", "https://delo.example/n/1"),
        ("www.delo.example/n/1", "https://www.delo.example/n/1"),
        ("delo.example/n/1", "https://delo.example/n/1"),
        ("//delo.example/n/1", "https://delo.example/n/1"),
        ("<![CDATA[\n https://delo.example/n/1 \n]]>", "https://delo.example/n/1"),
    ],
)
def test_links_of_rss_are_relative_to_its_site(link: str, url: str) -> None:
    body = f"<rss version='2.0'><channel><link>http://delo.example/</link>{_item('', link)}</channel></rss>"
    assert parse_feed(body.encode(), URL)[0].url == url


def test_an_identifier_that_is_an_address_is_the_link() -> None:
    guids = (
        "<guid>https://delo.example/n/1</guid>",
        '<guid isPermaLink="true">/n/2</guid>',
        '<guid isPermaLink="false">3</guid>',
        "<guid>https://delo.example/n/9</guid><link>/n/4</link>",
        "<link>/n/4</link><guid>https://delo.example/n/9</guid>",
    )
    items = parse_feed(_rss(*(f"<item><title>x</title>{guid}</item>" for guid in guids)), URL)
    assert [item.url and item.url[-1] for item in items] == ["1", "2", None, "4", "4"]


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("К &amp; К", "К & К"),
        ("К &amp;amp; К", "К & К"),
        ("&amp;laquo;Жол&amp;raquo;&amp;nbsp;— бос", "«Жол» — бос"),
        ("<![CDATA[<b>Кезек</b> 5 < 6 &mdash; жол]]>", "Кезек 5 < 6 — жол"),
        ("&lt;a href='x'&gt;Кезек&lt;/a&gt;&lt;br/&gt;жол", "Кезек жол"),
        ("R&D және AT&T", "R&D және AT&T"),
        ("&#1050;езек&#x2026;", "Кезек…"),
        ("Ке\x07зек", "Кезек"),
    ],
)
def test_titles_are_plain_text(written: str, title: str) -> None:
    assert parse_feed(_rss(f"<item><title>{written}</title><link>/n/1</link></item>"), URL)[0].title == title


DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'


@pytest.mark.parametrize(
    ("dates", "day", "dated_from"),
    [
        ("<dc:date>2025-10-01T09:05Z</dc:date>", 1, "published"),
        ("<pubDate>скоро</pubDate><dc:date>2025-10-01T09:05Z</dc:date>", 1, "published"),
        ("<dcterms:created>2025-10-01T09:05Z</dcterms:created>", 1, "published"),
        ("<dcterms:modified>2025-10-02T09:05Z</dcterms:modified>", 2, "updated"),
        (
            "<pubDate>Wed, 01 Oct 2025 09:05 GMT</pubDate><dcterms:modified>2025-10-02</dcterms:modified>",
            1,
            "published",
        ),
    ],
)
def test_which_date_is_the_publication(dates: str, day: int, dated_from: str) -> None:
    body = f"<rss version='2.0' {DC}><channel>{_item(dates)}</channel></rss>"
    (item,) = parse_feed(body.encode(), URL)
    assert item.published_at and item.published_at.day == day
    assert item.dated_from == dated_from


def test_a_date_that_cant_be_read_is_told() -> None:
    (item,) = parse_feed(_rss(_item("<pubDate>31 сентября 2025</pubDate>")), URL)
    assert (item.published_at, item.unread_date) == (None, "31 сентября 2025")


def test_old_and_other_formats() -> None:
    atom = '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>x</title><link rel="alternate" href="/n/1"/>'
    atom += "<issued>2025-10-01T09:05:00+05:00</issued><modified>2025-10-02T09:05:00+05:00</modified></entry></feed>"
    cdf = '<CHANNEL HREF="/"><ITEM HREF="/n/1" LASTMOD="2025-10-01T04:05Z"><TITLE>x</TITLE></ITEM></CHANNEL>'
    json_feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {"id": "1", "url": "/n/1", "title": "x", "date_published": "2025-10-01T09:05:00+05:00"},
            {"id": "https://delo.example/n/2", "date_modified": "2025-10-01"},
            {"id": 3},
        ],
    }
    at = datetime(2025, 10, 1, 4, 5, tzinfo=UTC)
    url = "https://delo.example/n/1"
    assert parse_feed(atom.encode(), URL) == [Item(url, "x", at, "second", "published")]
    assert parse_feed(cdf.encode(), URL) == [Item(url, "x", at, "minute", "updated")]
    one, two, three = parse_feed(json.dumps(json_feed).encode(), URL, "application/feed+json")
    assert one == Item(url, "x", at, "second", "published")
    assert (two.url, two.precision, two.dated_from) == ("https://delo.example/n/2", "day", "updated")
    assert three.url is None


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "mac-cyrillic", "kz1048"]
)
def test_more_encodings(encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding.replace("mac-", "x-mac-")}"?>'
    title = "Очередь на границе" if encoding == "mac-cyrillic" else "Шекарада жүк көліктерінің кезегі ұзарды"
    body = _rss(f"<item><title>{title}</title><link>/n/1</link></item>" * 3, head=head).decode().encode(encoding)
    assert [item.title for item in parse_feed(body, URL)] == [title] * 3
    assert parse_feed(gzip.compress(body), URL)[0].title == title


@pytest.mark.parametrize(
    "before", ["<b>Warning</b>: mysql_connect() in <b>/www/rss.php</b><br />", "<html><body><pre>", "\n \ufeff"]
)
def test_what_stands_before_a_feed_does_not_cost_its_items(before: str) -> None:
    body = before.encode() + _rss(*(_item("", f"/n/{n}") for n in range(4))) + b"</body></html>"
    assert [item.url and item.url[-1] for item in parse_feed(body, URL)] == ["0", "1", "2", "3"]


def test_a_feed_that_is_cut_off_gives_what_is_there() -> None:
    whole = _rss(*(_item("<pubDate>Wed, 01 Oct 2025 09:05:00 +0500</pubDate>", f"/n/{n}") for n in range(9)))
    for length in range(70, len(whole), 7):
        feed = feed_of(whole[:length], URL)
        assert whole[:length].count(b"</item>") <= len(feed.items) <= whole[:length].count(b"<item>"), length
        assert feed.broken_off == (b"</channel>" not in whole[:length]), length
    packed = gzip.compress(whole)
    assert feed_of(packed[: len(packed) - 9], URL).broken_off
    assert not feed_of(packed, URL).broken_off


def test_which_real_feeds_break_off(shared: Path) -> None:
    folder = shared / "real" / "feeds"
    names = [
        one["file"]
        for one in json.loads((folder / "expected.json").read_text())
        if one["root"] in ("rss", "RDF", "feed")
    ]
    cut = [name for name in names if feed_of((folder / name).read_bytes(), URL).broken_off]
    assert cut == ["chardet__windows-1251-russian__intertat.ru.xml"]


def test_what_the_bytes_are_outweighs_what_is_declared() -> None:
    feed = _rss(_item(""), head='<?xml version="1.0" encoding="windows-1251"?>')
    assert parse_feed(feed, URL, "text/xml")[0].title == "Кезек ұзарды"
    russian = _rss("<item><title>Очередь на границе выросла</title></item>" * 3, head="")
    koi = russian.decode().encode("koi8-r")
    assert decode(koi, "text/xml; charset=koi8-r").encoding == "koi8-r"
    assert parse_feed(koi, URL, "text/xml; charset=koi8-r")[0].title == "Очередь на границе выросла"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", EmptyBodyError),
        (b"<html><body><h1>Not a feed</h1></body></html>", NotHtmlError),
        (b"/etc/hostname", NotHtmlError),
        (b"\x00\x01\x02", NotHtmlError),
        (b'{"items": []}', NotHtmlError),
        (b'{"version": "https://jsonfeed.org/version/1", "items": [1]}', NotHtmlError),
        (b"{" * 100_000, NotHtmlError),
        (b"\x1f\x8b\x08broken", NotHtmlError),
    ],
)
def test_what_is_no_feed(body: bytes, error: type[ParseError]) -> None:
    with pytest.raises(error):
        parse_feed(body, URL)


def test_entities_are_neither_loaded_nor_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret words")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    for declared in (f'<!ENTITY e SYSTEM "file://{secret}">', f'<!ENTITY l0 "lol">{laughs}<!ENTITY e "&l11;">'):
        body = _rss("<item><title>&e;</title><link>/n/1</link></item>", head=f"<!DOCTYPE rss [{declared}]>")
        items = parse_feed(body, URL)
        assert "secret" not in repr(items)
        assert len(repr(items)) < 1000


def test_how_far_back_a_feed_is_whole() -> None:
    now = datetime(2025, 10, 1, tzinfo=UTC)
    hours = [now - timedelta(hours=count) for count in range(6)]
    items = [Item(None, "", at) for at in hours]
    pinned = Item(None, "", now - timedelta(days=90))
    undated = Item(None, "", None)
    assert reach(items) == hours[-1]
    assert reach(items[::-1]) == hours[-1]
    assert reach([pinned, undated, *items]) == hours[-1]
    assert reach([undated]) is None
    # An item that only names its day may be the last of many of that day.
    assert reach([*items, Item(None, "", now - timedelta(days=1), "day")]) == now
    assert reach([]) is None


def test_an_old_item_at_the_end_of_a_feed_says_nothing() -> None:
    now = datetime(2025, 10, 1, tzinfo=UTC)

    def back(*days: float) -> timedelta | None:
        items = [Item(None, "", now - timedelta(days=count)) for count in days]
        assert reach(items[::-1]) == reach(items)
        at = reach(items)
        return None if at is None else now - at

    assert back(0, 0.1, 0.2, 0.3, 2000) == timedelta(days=0.3)
    assert back(0, 0.1, 0.2, 0.3, 20) == timedelta(days=20), "a feed may pause"
    assert back(0, 9, 18, 30, 70) == timedelta(days=70), "one that is slow"
    assert back(0, 2000) == timedelta(days=2000), "too few to tell"


PIECES = st.sampled_from(
    [
        b'<rss version="2.0"><channel>',
        b"<item>",
        b"<link>",
        b"</link>",
        b"<pubDate>Mon, 99 Foo 99999 99:99:99 +9999</pubDate>",
        b"<pubDate>0001-01-01T00:00:00+23:59</pubDate>",
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry xml:base="http://[x">',
        b'<link href="http://[::1" rel="alternate"/>',
        b"<updated>9999-12-31T23:59:60-23:59</updated>",
        b"<![CDATA[",
        b"<![foo[",
        b"<!DOCTYPE rss [<!ENTITY a '&a;'>]>",
        b"&a;&#0;&#xFFFFFFFF;",
        b'<?xml version="1.0" encoding="utf-7"?>',
        b"\xfe\xff\x00<",
        b"<georss:point>x y</georss:point>",
        b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": ',
        b"<dc:date>02-Oct-99 9:5</dc:date>",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.binary(max_size=20), max_size=10).map(b"".join))
def test_whatever_the_bytes_only_our_own_errors(body: bytes) -> None:
    try:
        items = parse_feed(body, URL)
    except ParseError:
        return
    assert all(item.published_at is None or item.published_at.tzinfo for item in items)

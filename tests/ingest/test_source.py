"""The sources file: what it gives, and that every error says where."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ingest
from ingest.errors import SourceError
from ingest.source import Source, get_source, load_sources, parse_sources

GOOD = '''# the sources
[[source]]
id = "gudok"
name = "Гудок"
kind = "outlet"
side = "RU"
country = "RU"
languages = ["ru"]
home = "https://gudok.example/"
timezone = "Europe/Moscow"
feeds = [
  "https://gudok.example/rss",
]
archive = "https://gudok.example/%Y/%m/%d/"
article = "/news/[0-9]+"
verified = """
[[source]]  is only text here
id = "x"
"""

[[source]]
id = "jol-habar"
name = "Жол хабар"
kind = "channel"
side = "KZ"
country = "KZ"
languages = ["kk", "ru"]
home = "https://t.me/jol_habar"
channel = "jol_habar"
'''


def test_a_file_by_id_in_its_order(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(GOOD, encoding="utf-8")
    sources = load_sources(path)
    assert list(sources) == ["gudok", "jol-habar"]
    gudok = sources["gudok"]
    assert gudok.feeds == ("https://gudok.example/rss",)
    assert gudok.zone.key == "Europe/Moscow"
    assert gudok.is_article("https://gudok.example/news/12")
    assert not gudok.is_article("https://gudok.example/about")
    assert sources["jol-habar"].channel == "jol_habar"


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ('side = "RU"', 'side = "EU"', 6, "gudok"),
        ('side = "RU"', 'sid = "RU"', 6, "did you mean 'side'"),
        ('name = "Гудок"\n', 'name = "Гудок"\nnames = 1\n', 5, "did you mean 'name'"),
        ('timezone = "Europe/Moscow"', 'timezone = "Europe/Moskow"', 10, "time zone"),
        ('"/news/[0-9]+"', '"/news/[0-9+"', 15, "regular expression"),
        ("%Y/%m/%d/", "today/", 14, "strftime"),
        ('"https://gudok.example/rss"', '"gudok.example/rss"', 11, "feeds"),
        ('channel = "jol_habar"', "", 21, "needs a channel"),
        ('channel = "jol_habar"', 'channel = "@jol"', 29, "channel"),
        ('id = "jol-habar"', 'id = "gudok"', 22, "twice"),
        ('id = "jol-habar"', "id = ", 22, "no TOML"),
        ('id = "jol-habar"', "", 21, "id"),
        ('channel = "jol_habar"', 'channel = "jol_habar"\nrobots_override = "yes"', 30, "robots_override"),
        ("# the sources", "title = 1", 1, "unknown key 'title'"),
        ("%Y/%m/%d/", "%Y/%B/", 14, "%B"),
        ("%Y/%m/%d/", "%Y/{n}/", 14, "{n}"),
        ('gudok.example/rss"', 'gudok.example/rss/{"', 11, "feeds"),
        ('"/news/[0-9]+"', '"/(?P<year>[0-9]{4})/"', 15, "not year and month"),
    ],
)
def test_errors_name_file_and_line(old: str, new: str, line: int, says: str) -> None:
    assert GOOD.count(old) == 1
    with pytest.raises(SourceError) as caught:
        parse_sources(GOOD.replace(old, new), "the/sources.toml")
    message = str(caught.value)
    assert message.startswith(f"the/sources.toml, line {line}: "), message
    assert says in message


def test_one_address_or_a_list_of_them() -> None:
    several = GOOD.replace(
        'archive = "https://gudok.example/%Y/%m/%d/"',
        'archive = ["https://gudok.example/ru/%Y/%m/", "https://gudok.example/kk/%Y/%m/[page/{page}]"]\n'
        'sitemaps = "https://gudok.example/map-%Y-%-m.xml"',
    )
    source = parse_sources(several, "s.toml")["gudok"]
    assert len(source.archive) == 2
    assert source.sitemaps == ("https://gudok.example/map-%Y-%-m.xml",)
    with pytest.raises(SourceError, match=r"line 15: source 'gudok', sitemaps: .* is paged"):
        parse_sources(several.replace("map-%Y-%-m", "map-{page}"), "s.toml")


@pytest.mark.parametrize(
    ("article", "url", "days"),
    [
        ("/news/", "/news/2025/10/03/kezek", None),
        ("/(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/(?P<day>[0-9]{2})/", "/2025/10/03/kezek", ((10, 3), (10, 3))),
        ("/(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})/", "/20251003/1.html", ((10, 3), (10, 3))),
        ("/(?P<day>[0-9]{2})-(?P<month>[0-9]{2})-(?P<year>[0-9]{2})/", "/03-10-25/", ((10, 3), (10, 3))),
        ("/(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/", "/2025/10/kezek", ((10, 1), (10, 31))),
        ("/(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/", "/2025/13/kezek", None),
        ("/(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/", "/0001/01/kezek", None),
        ("/(?:(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/)?n", "/n", None),
    ],
)
def test_the_days_that_an_address_names(
    article: str, url: str, days: tuple[tuple[int, int], tuple[int, int]] | None
) -> None:
    source = parse_sources(GOOD.replace("/news/[0-9]+", article), "s.toml")["gudok"]
    named = source.days_in(f"https://gudok.example{url}")
    assert named == (days and (date(2025, *days[0]), date(2025, *days[1])))


def test_a_channel_is_read_once() -> None:
    again = GOOD + GOOD[GOOD.rindex("[[source]]") :].replace('"jol-habar"', '"other"').replace(
        '"jol_habar"', '"JOL_habar"'
    )
    with pytest.raises(SourceError, match=r"line 38: the channel 'JOL_habar' is already 'jol-habar'"):
        parse_sources(again, "s.toml")


@pytest.mark.parametrize("text", ["", "source = 1", "[source]\nid = 'x'", "source = []", "source = [1]"])
def test_a_file_without_sources(text: str) -> None:
    with pytest.raises(SourceError, match=r"^s\.toml, line 1: "):
        parse_sources(text, "s.toml")


def test_inline_tables_are_read_too() -> None:
    with pytest.raises(SourceError, match=r"line 1: source 'x', "):
        parse_sources('source = [{id = "x", kind = "outlet"}]', "s.toml")


def test_files_that_cant_be_read(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="can't be read"):
        load_sources(tmp_path / "none.toml")
    (tmp_path / "cp1251.toml").write_bytes("# очередь".encode("cp1251"))
    with pytest.raises(SourceError, match="not UTF-8"):
        load_sources(tmp_path / "cp1251.toml")


def test_near_ids_are_offered() -> None:
    sources = parse_sources(GOOD, "s.toml")
    assert get_source(sources, "gudok").id == "gudok"
    with pytest.raises(SourceError, match=r"did you mean jol-habar\?"):
        get_source(sources, "jol_habar")
    with pytest.raises(SourceError, match="among the 2 sources"):
        get_source(sources, "zzzz")


def test_a_source_does_not_change() -> None:
    source = parse_sources(GOOD, "s.toml")["gudok"]
    with pytest.raises(ValueError, match="frozen"):
        source.id = "x"
    assert isinstance(source, Source)
    assert hash(source) == hash(parse_sources(GOOD, "s.toml")["gudok"])


def test_the_real_sources_are_sound() -> None:
    sources = load_sources(Path(ingest.__file__).parent / "sources.toml")
    kinds = [source.kind for source in sources.values()]
    assert kinds.count("outlet") >= 25
    assert kinds.count("channel") >= 15
    assert all(source.verified for source in sources.values()), "each says what was checked"
    assert {source.side for source in sources.values()} >= {"KZ", "RU", "OTHER"}


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*GOOD.splitlines(), '"""', "[[source]]", "id = 1", "[x.y]", "\0"]), max_size=20))
def test_whatever_the_lines_only_our_own_error(lines: list[str]) -> None:
    try:
        sources = parse_sources("\n".join(lines), "s.toml")
    except SourceError as error:
        assert re.match(r"s\.toml, line \d+: ", str(error))
        return
    assert all(source.id == key for key, source in sources.items())


def test_a_reason_to_override_robots_is_for_the_source_s_own_host() -> None:
    source = Source(
        id="x", name="X", kind="outlet", side="KZ", country="KZ", languages=("ru",), home="https://www.x.example/",
        feeds=("https://x.example/rss",),
    )  # fmt: skip
    assert source.is_own("https://x.example/1") and source.is_own("http://kaz.x.example/1")
    assert not any(
        map(source.is_own, ("https://ax.example/1", "https://x.example.org/1", "ftp://x.example/1", "http://["))
    )


def test_a_misspelt_key_is_named_before_the_one_that_is_missing() -> None:
    text = '[[source]]\nid = "x"\nname = "X"\nkind = "outlet"\nlangauges = ["ru"]\n'
    with pytest.raises(SourceError, match=r"line 5: source 'x', langauges: unknown key \(did you mean 'languages'"):
        parse_sources(text, "s.toml")

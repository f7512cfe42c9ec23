"""The explorer: every page, its filters and links, what it refuses, and what it never does with other people's words."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html as lxml_html

from ingest.errors import InputError, WarehouseError
from kezek.explore.app import explorer
from kezek.explore.guard import HEADERS
from kezek.explore.marks import Span, paragraphs, pieces
from kezek.explore.pages import PAGES
from kezek.explore.queue import drawings
from kezek.explore.state import view_of
from tests.conftest import REPOSITORY
from tests.kezek.explored import HOSTILE, Client, hostile_warehouse, published_stories
from tests.warehouse.stories import COPY, EDITED, ENGLISH_PAGE, RUSSIAN
from tests.warehouse.world import DAY
from warehouse.connection import open_warehouse
from warehouse.latest import Latest


def client_of(path: Path) -> Iterator[Client]:
    latest = Latest(path)
    try:
        yield Client(explorer(latest))
    finally:
        latest.close()


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published_stories(tmp_path_factory.mktemp("stories"))


@pytest.fixture(scope="module")
def claim_ids(stories: Path) -> dict[tuple[str, str, str], str]:
    """By document, cause and stance."""
    with open_warehouse(stories, read_only=True) as warehouse:
        rows = warehouse.rows("SELECT * FROM claims")
    return {(row["document_id"], row["cause"], row["stance"]): row["claim_id"] for row in rows}


@pytest.fixture(scope="module")
def client(stories: Path, claim_ids: dict[tuple[str, str, str], str]) -> Iterator[Client]:
    """The explorer on the stories; one process opens a file only once, so that all else was read before."""
    yield from client_of(stories)


def page(client: Client, path: str, status: int = 200) -> Any:
    answer = client.get(path)
    assert answer.status_code == status, answer.text[-600:]
    return lxml_html.fromstring(answer.text)


def words(element: Any) -> str:
    return re.sub(r"\s+", " ", element.text_content()).strip()


def claims(shown: Any) -> list[str]:
    return [words(one) for one in shown.xpath("//section[@class='results']//article/blockquote")]


def test_the_list_filters_and_counts(client: Client) -> None:
    shown = page(client, "/")
    assert "6 claims in 6 documents of 2 sources" in words(shown)
    assert len(claims(shown)) == 6
    for query, number in (
        ("q=очередями", 4),
        ("q=queue+trucks", 1),
        ("q=«виноваты+проверки»", 4),
        ("q=очередь&in=evidence", 0),
        ("from=2025-10-03&to=2025-10-04", 2),
        ("side=RU", 1),
        ("outlet=RU&lang=kk", 1),
        ("cause=tightened_checks&stance=denies&blames=RU", 1),
        ("speaker=mintrans-kz", 3),
        ("crossing=syrym", 2),
        ("source=fura", 2),
        ("state=gone", 1),
        ("state=all", 8),
    ):
        assert len(claims(page(client, f"/?{query}"))) == number, query
    assert words(page(client, "/?q=жүктің").xpath("//mark[contains(@class, 'hit')]")[0]) == "жүк"


def test_every_state_is_in_the_links(client: Client) -> None:
    shown = page(client, "/?cause=tightened_checks&side=KZ&names=kk&q=граница")
    chips = {words(one): parse_qs(urlsplit(one.get("href")).query) for one in shown.xpath("//ul[@class='chips']//a")}
    assert chips["Cause: Tightened checks ×"] == {"side": ["KZ"], "names": ["kk"], "q": ["граница"]}
    claim = shown.xpath("//article/h3/a/@href")[0]
    assert parse_qs(urlsplit(claim).query) == {"names": ["kk"], "q": ["граница"]}
    for choice in ("cause", "side"):
        assert shown.xpath(f"//select[@id='{choice}']/option[@selected]/@value") == [
            {"cause": "tightened_checks", "side": "KZ"}[choice]
        ]
    fields = shown.xpath("//form[@action='/']//*[self::input or self::select][@id]/@id")
    assert set(fields) == set(shown.xpath("//form[@action='/']//label/@for"))


def test_nothing_found_says_what_to_loosen(client: Client) -> None:
    shown = page(client, "/?lang=kk&blames=RU&names=ru")
    assert "Without language: Kazakh 4 claims" in words(shown)
    assert "Without blamed: Russia 1 claim" in words(shown)
    assert "We did not see it".lower() in words(shown).lower()
    assert "Without words: жираф" in words(page(client, "/?q=жираф&lang=kk"))


def test_a_claim_shows_its_article_and_its_way_back(client: Client, claim_ids: dict[tuple[str, str, str], str]) -> None:
    claim_id = claim_ids[RUSSIAN.document_id, "tightened_checks", "asserts"]
    shown = page(client, f"/claims/{claim_id}?q=фура")
    text = shown.xpath("//article[@class='text']//div[@class='words']")[0]
    assert words(text) == RUSSIAN.text
    evidence = "".join(one.text_content() for one in text.xpath(".//mark[contains(@class, 'evidence')]"))
    assert evidence == "Минтранс Казахстана заявил, что виноваты проверки России."
    assert text.xpath("string(.//mark[contains(@class, 'cause')])") == "виноваты проверки России"
    assert text.xpath("string(.//mark[@class='hit'])") == "фур"
    said = words(shown)
    for part in (
        "Tightened checks asserts, blames Russia",
        "2025-10-01/shelk.warc.gz at byte 77",
        "ab" * 32,
        f"kezek trace {claim_id}",
        "Revision 1 current",
        "Carried by others Граница",
        "superseded",
        "The speaker changed position",
        "By the same speaker",
    ):
        assert part in said, part
    assert f"/documents/{COPY.document_id}" in shown.xpath("//section[@aria-labelledby='carriers']//a/@href")
    (out,) = shown.xpath("//article[@class='text']//a[@rel]")
    assert (out.get("href"), out.get("rel")) == (RUSSIAN.url, "noopener noreferrer external")


def test_what_no_longer_stands_is_told_so(client: Client, claim_ids: dict[tuple[str, str, str], str]) -> None:
    banners = {
        cause: words(page(client, f"/claims/{claim_id}").xpath("//p[@class='banner']")[0])
        for (_, cause, stance), claim_id in claim_ids.items()
        if cause in ("weather", "politics")
    }
    assert banners["weather"].startswith("Superseded: a newer reading of the same revision (m2,")
    assert banners["politics"].startswith("The document was found deleted 2025-10-09 12:00 UTC: 404.")
    edited = page(client, f"/claims/{claim_ids[EDITED.document_id, 'tightened_checks', 'asserts']}")
    assert words(edited.xpath("//p[@class='banner']")[0]).startswith("Edited away: this was read in revision 1")


def test_revisions_are_compared(client: Client) -> None:
    shown = page(client, f"/documents/{EDITED.document_id}")
    assert "сообщил" in words(shown)
    assert "None." in words(shown.xpath("//section[@aria-labelledby='beside']")[0])
    compared = [one for one in shown.xpath("//*[@class='compare']/a/@href") if "revision=2" in one]
    shown = page(client, compared[0])
    assert [words(one) for one in shown.xpath("//del | //ins")] == ["taken out", "put in", "заявил", "сообщил"]
    assert "This is revision 1" in words(page(client, f"/documents/{EDITED.document_id}?revision=1"))
    page(client, f"/documents/{EDITED.document_id}?revision=3", 404)


def test_names_come_in_the_readers_script(client: Client) -> None:
    for names, name in (("en", "Kedyen"), ("ru", "Кеден"), ("kk", "Кеден")):
        shown = words(page(client, f"/speakers?names={names}&q=кеден"))
        assert name in shown or "Keden" in shown
    assert page(client, "/?names=kk").xpath("//nav[@class='names']/a[@aria-current]/text()") == ["kk"]
    assert {"names=ru"} == {
        urlsplit(one).query for one in page(client, "/?names=ru").xpath("//nav[@aria-label='Pages']//a/@href")
    }


def test_the_other_pages_say_what_they_are_for(client: Client) -> None:
    assert "Минтранс Казахстана" in words(page(client, "/speakers?names=ru"))
    assert "Nobody of that name" in words(page(client, "/speakers?q=жираф"))
    crossing = page(client, "/crossings/syrym")
    assert len(crossing.xpath("//svg/rect | //*[name()='svg']/*[name()='rect']")) == 3
    assert "700 vehicles" in words(crossing)
    assert "1 asserts, since 1 Oct 2025" in words(page(client, "/contested"))
    assert "1 denies, since 6 Oct 2025" in words(page(client, "/contested"))
    assert "turned round" in words(page(client, "/changes?kind=stance&speaker=mintrans-kz"))
    assert "All changes" in words(page(client, "/changes?kind=blames"))
    assert "0.50 · low confidence" in words(page(client, "/review"))
    sources = words(page(client, "/sources"))
    assert "2025-10-01 00:00 UTC to 2025-10-01 12:00 UTC LayoutError" in sources
    assert "None: every interval" in words(page(client, "/sources?source=shelk"))


def test_what_can_not_be_asked_is_one_sentence(client: Client) -> None:
    for path, status, sentence in (
        ("/?from=2025-13-01", 400, "'2025-13-01' is no date"),
        ("/?from=2025-10-02&to=2025-10-01", 400, "before they begin"),
        ("/?cause=nonsense", 400, "The parameter 'cause' is 'nonsense'"),
        ("/?side=XX", 400, "'side'"),
        ("/?state=x", 400, "'state'"),
        ("/?names=de", 400, "'names'"),
        ("/?page=-1", 400, "no page '-1'"),
        ("/?page=0", 400, "no page '0'"),
        ("/?page=１", 400, "no page"),
        ("/?page=9", 404, "There is no page 9: the last is 1."),
        ("/?cause=weather&cause=politics", 400, "there twice"),
        ("/?evil=1", 400, "no parameter 'evil'"),
        ("/?q=%00", 400, "nobody types"),
        ("/?q=" + "a" * 250, 400, "200 characters"),
        ("/?q=" + "a" * 1000, 400, "300 characters"),
        ("/?q=" + "a" * 20_000, 400, "longer than 8192 bytes"),
        ("/claims/0000000000000000", 404, "There is no claim"),
        ("/claims/%D0%B0", 404, "nothing at this address"),
        ("/documents/x", 404, "There is no document 'x'"),
        ("/crossings/x", 404, "No document names a crossing 'x'"),
        ("/static/../app.py", 404, "nothing at this address"),
        ("/static/%2e%2e/app.py", 404, "nothing at this address"),
        ("/nothing", 404, "nothing at this address"),
    ):
        shown = page(client, path, status)
        assert sentence in words(shown.xpath("//p[contains(@class, 'sorry')]")[0]), path


def test_it_only_shows_and_only_here(client: Client) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        answer = client.request(method, "/")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert client.request("HEAD", "/").status_code == 200
    for host, status in (
        ("127.0.0.1:8766", 200),
        ("localhost:8766", 200),
        ("[::1]:8766", 200),
        ("127.0.0.1", 403),
        ("127.0.0.1:80", 403),
        ("evil.example:8766", 403),
        ("localhost.evil.example:8766", 403),
        ("", 403),
    ):
        assert client.get("/sources", headers={"host": host}).status_code == status, host
    for path in ("/", "/nothing", "/?page=x", "/static/explore.css", "/static/none"):
        answer = client.get(path)
        for name, value in HEADERS:
            assert answer.headers.get_list(name.decode(), split_commas=False) == [value.decode()], (path, name)


def test_a_page_has_nothing_inline(client: Client, claim_ids: dict[tuple[str, str, str], str]) -> None:
    paths = [path for path in PAGES if "{" not in path]
    paths += ["/crossings/syrym", f"/claims/{next(iter(claim_ids.values()))}", f"/documents/{ENGLISH_PAGE.document_id}"]
    for path in paths:
        shown = page(client, path)
        assert not shown.xpath("//style | //*[@style] | //script[not(@src)] | //*[@onclick]"), path
        assert len(shown.xpath("//main")) == len(shown.xpath("//h1")) == 1, path
        levels = [int(one.tag[1]) for one in shown.xpath("//h1 | //h2 | //h3")]
        assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False)), (path, levels)
        assert len(set(shown.xpath("//@id"))) == len(shown.xpath("//@id")), path


def test_other_peoples_words_do_nothing(tmp_path: Path) -> None:
    for client in client_of(hostile_warehouse(tmp_path)):
        shown = page(client, "/?state=all")
        links = set(shown.xpath("//main//a/@href"))
        paths = {one for one in links if one.startswith("/")} | {path for path in PAGES if "{" not in path}
        paths |= {
            one
            for one in page(client, next(iter(one for one in links if "/claims/" in one))).xpath("//main//a/@href")
            if one.startswith("/")
        }
        assert any("/documents/" in one for one in paths)
        for path in sorted(paths):
            shown = lxml_html.fromstring(client.get(path).text)
            seen = " ".join([shown.text_content(), *shown.xpath("//@title | //@aria-label | //@alt | //@placeholder")])
            assert "\u202e" not in seen, path
            assert not shown.xpath("//script[not(@src)] | //img | //iframe | //*[@onerror]"), path
            for href in shown.xpath("//a/@href"):
                assert urlsplit(href).scheme in ("", "http", "https"), (path, href)
        assert "<script>alert(1)</script>" in words(page(client, "/"))
        assert page(client, f"/?speaker={HOSTILE[:200]}".replace("#", "%23").replace("&", "%26")) is not None


def test_a_new_night_is_seen_at_the_next_click(tmp_path: Path) -> None:
    path = published_stories(tmp_path)
    for client in client_of(path):
        assert "6 claims" in words(page(client, "/"))
        other = tmp_path / "other.duckdb"
        other.write_bytes(path.read_bytes())
        with open_warehouse(other) as warehouse:  # the explorer's own file stays as it is meanwhile
            warehouse.execute("DELETE FROM claims WHERE cause = 'politics'")
        other.replace(path)
        assert "5 claims" in words(page(client, "/"))
        path.unlink()
        assert "There is no warehouse" in words(page(client, "/", 503))
        path.write_bytes(b"no warehouse")
        assert "is no DuckDB file" in words(page(client, "/", 503))


def test_a_question_has_an_end(stories: Path, tmp_path: Path) -> None:
    latest = Latest(Path(shutil.copy(stories, tmp_path)), timeout_seconds=0.3)
    started = time.monotonic()
    with pytest.raises(WarehouseError, match=r"longer than 0\.3 seconds"):
        latest.ask(lambda warehouse: warehouse.value("SELECT count(*) FROM range(100000000) a, range(100000) b"))
    assert time.monotonic() - started < 5
    assert latest.ask(lambda warehouse: warehouse.value("SELECT count(*) FROM claims")) == 8
    with pytest.raises(WarehouseError):
        latest.ask(lambda warehouse: warehouse.execute("DELETE FROM claims"))
    latest.close()


def explore(home: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "kezek.cli", "explore", *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "KEZEK_HOME": str(home), "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_command_serves_until_ctrl_c(stories: Path) -> None:
    with explore(stories.parent, "--port", "0") as serving:
        assert serving.stdout is not None
        line = serving.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/ shows 6 claims", line)
        assert found, line
        taken = found[1]
        with explore(stories.parent, "--port", taken) as second:
            _, complaint = second.communicate(timeout=60)
        assert (second.returncode, complaint.count("\n")) == (2, 1)
        assert f"port {taken} can't be served: Address already in use." in complaint
        with socket.create_connection(("127.0.0.1", int(taken)), 5) as plain:
            plain.sendall(b"GET / HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n")
            answer = b"".join(iter(lambda: plain.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 403 ")
        serving.send_signal(signal.SIGINT)
        _, said = serving.communicate(timeout=30)
        assert (serving.returncode, said) == (0, "Ended.\n")


def test_in_a_container_it_listens_elsewhere_and_still_answers_to_loopbacks_name_only(stories: Path) -> None:
    serving = explore(stories.parent, "--host", "127.0.0.2", "--port", "0")
    try:
        assert serving.stdout is not None
        port = int(serving.stdout.readline().split("/ shows")[0].rpartition(":")[2])

        def status(name: str) -> bytes:
            deadline = time.monotonic() + 30
            while True:  # the line is told before the first request is taken
                try:
                    with socket.create_connection(("127.0.0.2", port), 5) as plain:
                        plain.sendall(f"GET / HTTP/1.1\r\nHost: {name}:{port}\r\nConnection: close\r\n\r\n".encode())
                        return b"".join(iter(lambda: plain.recv(65536), b"")).split()[1]
                except ConnectionRefusedError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.05)

        assert {name: status(name) for name in ("127.0.0.1", "127.0.0.2")} == {"127.0.0.1": b"200", "127.0.0.2": b"403"}
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), 5)
    finally:
        serving.kill()
        serving.communicate(timeout=30)


def test_without_a_warehouse_nothing_is_served(tmp_path: Path) -> None:
    with explore(tmp_path, "--port", "0") as trying:
        out, complaint = trying.communicate(timeout=60)
    assert (trying.returncode, out) == (2, "")
    assert complaint.startswith("kezek: There is no warehouse at")


def test_marks_may_overlap_and_reach_too_far() -> None:
    found = pieces("abcdef", [Span(1, 4, "evidence"), Span(2, 3, "cause"), Span(3, 99, "hit"), Span(9, 12, "hit")])
    assert [(one.text, one.kinds) for one in found] == [
        ("a", ""), ("b", "evidence"), ("c", "cause evidence"), ("d", "evidence hit"), ("ef", "hit"),
    ]  # fmt: skip
    lines = paragraphs("one\n\ntwo\u202e", [Span(2, 7, "evidence")])
    assert [[(piece.text, piece.kinds) for piece in line] for line in lines] == [
        [("on", ""), ("e", "evidence")],
        [("tw", "evidence"), ("o", "")],
    ]


def test_a_drawing_has_a_bar_a_day() -> None:
    day = DAY.date()
    (one,) = drawings(
        [
            {"metric": "vehicles", "day": day, "low": 0.0, "high": 0.0, "figures": 1},
            {"metric": "vehicles", "day": day.replace(day=5), "low": 50.0, "high": 100.0, "figures": 2},
        ]
    )
    assert (one["days"], one["most"]) == (5, 100)
    assert [(bar["x"], bar["y"], bar["tall"]) for bar in one["bars"]] == [(0, 77, 3), (4, 0, 40)]
    assert drawings([]) == []


def test_a_view_is_strict() -> None:
    view = view_of("/", [("q", " a b "), ("side", ""), ("names", "ru")], ["q", "side"])
    assert dict(view.parameters) == {"q": "a b", "names": "ru"}
    assert view.here(page=3) == "/?q=a+b&names=ru&page=3"
    assert view.to("/speakers", q="x&y=1") == "/speakers?names=ru&q=x%26y%3D1"
    with pytest.raises(InputError):
        replace(view, parameters={"page": "1e3"}).page  # noqa: B018

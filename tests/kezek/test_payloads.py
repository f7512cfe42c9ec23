"""What the web can write does nothing anywhere: hostile words go in by a real load and come out of every door as words."""

import csv
import io
import json
import re
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from ingest.errors import WarehouseError
from kezek.cli import app
from kezek.explore.app import explorer
from kezek.settings import Settings
from kezek.summary import print_summary
from tests.kezek.payloads import LONE_SURROGATE, PAYLOADS, REPLAYED, hostile_home, load_hostile
from tests.warehouse.world import document, fetch
from warehouse.connection import open_warehouse
from warehouse.latest import Latest
from warehouse.load import load_readings
from warehouse.quality import find
from warehouse.reading import Reading

STEERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Characters that a terminal obeys."""
HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""The same for a browser, to which a carriage return is a blank."""
REORDERS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
FORMULA = tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return hostile_home(tmp_path_factory.mktemp("hostile"))


@pytest.fixture
def kezek(home: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """The command line in this process: what it prints."""
    for name, value in home.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str) -> str:
        capsys.readouterr()
        app(list(arguments), standalone_mode=False)
        return capsys.readouterr().out

    return run


@pytest.fixture(scope="module")
def claim_ids(home: Settings) -> list[str]:
    """A claim of each page that was replayed: its bytes are in the archive."""
    with open_warehouse(home.published, read_only=True) as warehouse:
        rows = warehouse.rows("SELECT claim_id, url FROM claims WHERE evidence_field = 'text'")
    return [row["claim_id"] for row in rows if row["url"].startswith(REPLAYED)]


def test_there_are_thirty_and_they_are_different() -> None:
    assert len(set(PAYLOADS.values())) == len(PAYLOADS) >= 30


def test_all_of_them_were_loaded_as_they_are_and_nothing_contradicts_itself(home: Settings) -> None:
    with open_warehouse(home.published, read_only=True) as warehouse:
        for table, columns in {
            "claims": ("speaker", "cause", "title", "url", "speaker_role", "relayed_by", "pattern", "source_name"),
            "documents": ("title", "url", "author", "forwarded_url", "gone_reason"),
            "observations": ("place", "speaker"),
            "mentions": ("surface", "role"),
            "fetches": ("url", "error", "content_type"),
            "coverage": ("stop_reason",),
            "unparsed": ("url", "error"),
        }.items():
            for column in columns:
                rows = warehouse.rows(f"SELECT DISTINCT {column} AS value FROM {table}")
                assert set(PAYLOADS.values()) <= {row["value"] for row in rows}, (table, column)
        assert {f"Альянс {payload}" for payload in PAYLOADS.values()} <= {
            row["name"] for row in warehouse.rows("SELECT name FROM entities")
        }
        assert [one for one in find(warehouse) if one.blocking] == []


def test_postgres_keeps_them_as_they_are(request: pytest.FixtureRequest) -> None:
    payloads = {name: payload for name, payload in PAYLOADS.items() if "\x00" not in payload}
    server = request.getfixturevalue("postgres")
    with open_warehouse(server.create("payloads")) as warehouse:
        load_hostile(warehouse, payloads)
        rows = warehouse.rows("SELECT speaker, evidence, title, cause, source_name, url FROM claims")
        assert {row["speaker"] for row in rows} == set(payloads.values())
        assert {row["title"] for row in rows} == set(payloads.values())
        assert {row["source_name"] for row in rows} == set(payloads.values())
        assert [one for one in find(warehouse) if one.blocking] == []
    server.drop("payloads")


@pytest.mark.parametrize(
    ("engine", "words"), [("duckdb", LONE_SURROGATE), ("postgres", LONE_SURROGATE), ("postgres", PAYLOADS["nul"])]
)
def test_what_a_database_can_not_hold_is_refused_whole(
    words: str, engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue("postgres")
    address = tmp_path / "kezek.duckdb" if engine == "duckdb" else server.create("refused_words")
    with open_warehouse(address) as warehouse:
        with pytest.raises(WarehouseError) as raised:
            load_readings(
                warehouse,
                fetches=[fetch("one", document().published_at)],  # type: ignore[arg-type]
                readings=[Reading(document(title=words), document().published_at)],  # type: ignore[arg-type]
            )
        assert len(str(raised.value).splitlines()) == 1
        assert warehouse.value("SELECT count(*) FROM fetches") == 0
    if engine == "postgres":
        server.drop("refused_words")


# The terminal.


def steered(printed: str) -> list[str]:
    """Lines with a character that a terminal obeys, but for tabs."""
    return [line for line in printed.split("\n") if STEERS.search(line)]


def test_tables_in_the_terminal(kezek: Any) -> None:
    for sql in (
        "SELECT speaker, cause, title, source_name, url, evidence FROM claims WHERE length(speaker) < 200 AND cause <> 'weather'",
        "SELECT name, names, toml FROM proposals WHERE length(name) < 200",
        "SELECT DISTINCT cause FROM contested",
    ):
        printed = kezek("query", sql)
        assert steered(printed) == []
        assert not REORDERS.search(printed)


@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("quality",),
        ("entities", "propose", "--documents", "1", "--sources", "1"),
        ("entities", "propose", "--documents", "1", "--sources", "1", "--format", "toml"),
        ("sources", "shelk"),
        ("schema",),
    ],
    ids=" ".join,
)
def test_what_a_command_prints_steers_no_terminal(kezek: Any, command: tuple[str, ...]) -> None:
    printed = kezek(*command)
    assert printed
    assert steered(printed) == []
    assert not REORDERS.search(printed)


def test_the_summary_of_a_run(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    print_summary(home, {})
    printed = capsys.readouterr().out
    assert "[bold red]x[/]" in printed
    assert steered(printed) == []
    assert not REORDERS.search(printed)


def test_a_trace_of_bytes_that_are_there(kezek: Any, claim_ids: list[str]) -> None:
    assert len(claim_ids) == len(PAYLOADS)
    for claim_id in claim_ids:
        printed = kezek("trace", claim_id)
        assert "✗" not in printed
        assert steered(printed) == []
        assert not REORDERS.search(printed)


def test_a_trace_of_hostile_names_without_bytes(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    from kezek.trace import follow
    from kezek.trace_view import show

    with open_warehouse(home.published, read_only=True) as warehouse:
        rows = warehouse.rows(
            "SELECT claim_id AS id FROM claims WHERE source <> 'shelk' AND revision = 1 AND cause <> 'weather' "
            "UNION ALL SELECT entity_id FROM entities WHERE NOT known "
            "UNION ALL SELECT document_id FROM documents WHERE source_id <> 'shelk' "
            "UNION ALL SELECT observation_id FROM observations WHERE place = ?",
            [PAYLOADS["clipboard"]],
        )
    for row in rows[::9]:
        show(follow(home, row["id"]))
    printed = capsys.readouterr().out
    assert steered(printed) == []
    assert not REORDERS.search(printed)


# Files for programs and people.


def test_json_of_a_question_is_json(kezek: Any) -> None:
    printed = kezek("query", "SELECT DISTINCT speaker FROM claims", "--format", "json")
    assert {json.loads(line)["speaker"] for line in printed.split("\n") if line} >= set(PAYLOADS.values())
    assert steered(printed) == []


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def runs(cell: str) -> bool:
    """Whether a spreadsheet might calculate the cell."""
    if re.fullmatch(r"-?[0-9.]+(e[+-][0-9]+)?", cell):
        return False
    return cell.lstrip(" \u00a0\x00\"'").startswith(FORMULA) and not cell.startswith("'")


def test_csv_of_a_question_calculates_nothing(kezek: Any) -> None:
    printed = kezek("query", "SELECT DISTINCT speaker, title, evidence, url FROM claims", "--format", "csv")
    rows = cells(printed)
    assert {len(row) for row in rows} == {4}
    assert not [cell for row in rows for cell in row if runs(cell)]


def test_csv_files_calculate_nothing_and_lose_no_row(kezek: Any, tmp_path: Path, home: Settings) -> None:
    kezek("export", str(tmp_path / "out"), "--format", "csv")
    with open_warehouse(home.published, read_only=True) as warehouse:
        for path in (tmp_path / "out").glob("*.csv"):
            header, *rows = cells(path.read_text(encoding="utf-8"))
            assert len(rows) == warehouse.value(f"SELECT count(*) FROM {path.stem}"), path.stem
            assert {len(row) for row in rows} <= {len(header)}
            assert not [cell for row in rows for cell in row if runs(cell)]


def test_parquet_is_the_same_byte_for_byte(kezek: Any, tmp_path: Path, home: Settings) -> None:
    kezek("export", str(tmp_path / "out"), "--only", "claims,documents,entities,mentions,fetches")
    with open_warehouse(home.published, read_only=True) as warehouse:
        for name, key in (("claims", "claim_id"), ("entities", "entity_id"), ("fetches", "fetch_id")):
            written = pq.read_table(tmp_path / "out" / f"{name}.parquet").sort_by(key)
            held = warehouse.arrow(f"SELECT * FROM {name}").sort_by(key)
            for column in held.column_names:
                if pa.types.is_string(held[column].type):
                    assert written[column].to_pylist() == held[column].to_pylist(), (name, column)


def test_proposals_are_toml_whatever_they_are_called(kezek: Any) -> None:
    ask = ("entities", "propose", "--documents", "1", "--sources", "1", "--format")
    proposed = [json.loads(line) for line in kezek(*ask, "json").split("\n") if line]
    assert len(proposed) >= 30  # names of the same letters are one
    entries = [one for group in tomllib.loads(kezek(*ask, "toml")).values() for one in group]
    assert len(entries) == len(proposed)
    assert "evil" not in {entry["id"] for entry in entries}


# Pages in a browser.


class Page(HTMLParser):
    """The elements of a page, as a browser's tokenizer sees them."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words = ""
        """All that is shown. An option's value, which is not, has a name as the warehouse has it."""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attributes}))

    def handle_data(self, data: str) -> None:
        self.words += data


NEVER = {"iframe", "object", "embed", "base", "animate", "noscript", "textarea"}
HARMLESS_LINK = re.compile(r"https?://|[#/?]|data:image/")


def assert_harmless(page: Page, scripts: int) -> None:
    """Nothing in it that runs, or leads to what runs."""
    tags = [tag for tag, _ in page.elements]
    assert not NEVER & set(tags)
    assert tags.count("script") == scripts
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        for name in ("href", "src", "action", "formaction", "xlink:href"):
            if attributes.get(name):
                assert HARMLESS_LINK.match(attributes[name]), (tag, attributes)
        if tag == "meta":
            assert attributes.get("http-equiv", "").lower() in ("", "content-security-policy")
        assert not re.search(r"pwn|evil|expression|url\(", attributes.get("style", ""))


def test_the_report_is_words_only(home: Settings) -> None:
    text = Path(home.report).read_text(encoding="utf-8")
    page = Page(text)
    assert_harmless(page, [tag for tag, _ in page.elements].count("script"))
    scripts = re.findall(r"<script\b[^>]*>(.*?)</script>", text, re.DOTALL)
    assert len(scripts) == [tag for tag, _ in page.elements].count("script")
    assert len(scripts) <= 3
    assert not [one for one in scripts if re.search(r"pwn\(|</|<!--", one)]
    assert "1337" not in text
    assert not HIDDEN.search(text)
    assert not REORDERS.search(text)
    assert len(text.encode()) < 3_000_000


@pytest.fixture(scope="module")
def browser(home: Settings) -> Iterator[TestClient]:
    latest = Latest(home.published)
    try:
        yield TestClient(explorer(latest), base_url="http://127.0.0.1:8766", raise_server_exceptions=False)
    finally:
        latest.close()


def crawl(browser: TestClient, most: int) -> Iterator[tuple[str, str]]:
    """The pages of the explorer, each kind of address in turn, by following its own links."""
    waiting: dict[str, list[str]] = {"": ["/"]}
    seen = {"/"}
    for _ in range(most):
        kind = next((name for name, found in waiting.items() if found), None)
        if kind is None:
            return
        address = waiting[kind].pop()
        waiting[kind] = waiting.pop(kind)
        answer = browser.get(address)
        assert answer.status_code == 200, (address, answer.text[-300:])
        yield address, answer.text
        for tag, attributes in Page(answer.text).elements:
            link = attributes.get("href", "")
            if tag == "a" and link.startswith("/") and link not in seen:
                seen.add(link)
                waiting.setdefault(re.sub(r"/[a-z][0-9a-f]{15}.*|=.*", "", link), []).append(link)


def test_the_explorer_shows_words_only(browser: TestClient) -> None:
    kinds = set()
    for address, text in crawl(browser, 60):
        page = Page(text)
        assert_harmless(page, scripts=[tag for tag, _ in page.elements].count("script"))
        assert all(attributes.get("src") for tag, attributes in page.elements if tag == "script"), address
        assert "1337" not in text
        assert not HIDDEN.search(page.words), address
        assert not REORDERS.search(page.words), address
        kinds.add(re.split(r"[/?]", address)[1])
    assert {"", "claims", "documents", "speakers", "contested", "changes", "sources"} <= kinds


@pytest.mark.parametrize("name", PAYLOADS)
def test_what_is_searched_for_is_words_too(browser: TestClient, name: str) -> None:
    for where in ("/", "/speakers"):
        answer = browser.get(where, params={"q": PAYLOADS[name][:300]})
        assert answer.status_code in (200, 400), (where, answer.text[-300:])
        assert_harmless(Page(answer.text), [tag for tag, _ in Page(answer.text).elements].count("script"))
        assert not re.search(r"<script[^>]*>[^<]", answer.text)
        assert "1337" not in answer.text

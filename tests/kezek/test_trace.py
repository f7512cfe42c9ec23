"""The way back is the way there: the same parser, the same words, every broken link named, a terminal nobody else steers."""

from __future__ import annotations

import atexit
import io
import json
import shutil
import sys
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from rich.console import Console

from ingest.document import Document
from ingest.errors import ArchiveError, InputError
from kezek import cli, steps, trace_view
from kezek.settings import Settings
from kezek.summary import print_blame_table
from kezek.trace import DocumentTrace, EntityTrace, FetchTrace, follow, trace, trace_json
from kezek.trace_view import show
from nlp.annotation import Claim
from tests.ingest.small_web import article, preview
from tests.warehouse.world import MODEL, annotation, claim, day
from warehouse.analysis import blame_table
from warehouse.connection import open_warehouse
from warehouse.load_annotations import load_annotations
from warehouse.state import unannotated

TEXT = (
    "Очередь на границе растёт третий день, водители ждут на Сырыме. "
    "Минтранс Казахстана заявил, что виноваты проверки России. На Сырыме стоят 700 фур.\n"
    "Водители рассказывают, что стоят по несколько суток и что очередь почти не движется."
)
LATER = TEXT.replace("Казахстана заявил", "Казахстана считает").replace("третий", "пятый")
ARTICLE = "https://delovoy-shelk.example/news/1"
SOURCES = """
[[source]]
id = "shelk"
name = "Шёлк\\u001b]0;x"
kind = "outlet"
side = "KZ"
country = "KZ"
languages = ["ru"]
home = "https://delovoy-shelk.example/"
feeds = ["https://delovoy-shelk.example/rss"]
parser = "generic"
timezone = "Asia/Almaty"

[[source]]
id = "kpp"
name = "КПП"
kind = "channel"
side = "KZ"
country = "KZ"
languages = ["ru"]
home = "https://t.me/kpp_news"
channel = "kpp_news"
"""


@cache
def _landed(url: str, *bodies: str, **environment: str) -> tuple[Path, str]:
    """The page replayed into a warehouse, wording after wording, each with one claim; the folder, and the first claim's id."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    settings = _settings(folder, **environment)
    for number, body in enumerate(bodies, 1):
        saved = folder / f"saved{number}"
        saved.mkdir()
        (saved / "page.html").write_text(body, encoding="utf-8")
        line = {"file": "page.html", "url": url, "content_type": "text/html; charset=utf-8"}
        line["fetched_at"] = f"2025-10-0{number}T12:00:00Z"
        (saved / "manifest.jsonl").write_text(json.dumps(line) + "\n")
        steps.replay(settings, saved)
        with open_warehouse(settings.warehouse) as warehouse:
            (document,) = unannotated(warehouse, MODEL)
            load_annotations(warehouse, [annotation(document, _claim(document))], day(number))
    with open_warehouse(settings.warehouse) as warehouse:
        claim_id = warehouse.value("SELECT claim_id FROM claims ORDER BY revision")
    steps.publish_now(settings)
    return folder, claim_id


def _settings(folder: Path, **environment: str) -> Settings:
    (folder / "sources.toml").write_text(SOURCES, encoding="utf-8")
    return Settings.from_environment(
        {"KEZEK_HOME": str(folder / "data"), "KEZEK_SOURCES": str(folder / "sources.toml"), **environment}
    )


def landed(tmp_path: Path, url: str, *bodies: str, **environment: str) -> tuple[Settings, str]:
    """A warehouse of one's own with the page in it, wording after wording, each with one claim; the id of the first."""
    folder, claim_id = _landed(url, *bodies, **environment)
    shutil.copytree(folder / "data", tmp_path / "data")
    return _settings(tmp_path, **environment), claim_id


def _claim(document: Document) -> Claim:
    return claim(document, speaker="Минтранс\x1b[2J")


def page(text: str = TEXT, published: str = "2025-10-01T10:00:00+05:00", title: str = "Очередь") -> str:
    body = article(title, text, published, ARTICLE).body
    assert isinstance(body, str)
    return body


def change(settings: Settings, sql: str) -> None:
    """A row of the analysts' file is no longer what it was."""
    with open_warehouse(settings.published) as warehouse:
        assert warehouse.change(sql) > 0


def only(settings: Settings, sql: str) -> str:
    with open_warehouse(settings.published, read_only=True) as warehouse:
        return str(warehouse.value(sql))


def kezek(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of `kezek ARGUMENTS`."""
    monkeypatch.setenv("KEZEK_HOME", str(settings.home))
    monkeypatch.setenv("KEZEK_SOURCES", str(settings.sources))
    monkeypatch.setattr(sys, "argv", ["kezek", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    captured = capsys.readouterr()
    return int(stopped.value.code or 0), captured.out, captured.err


def test_a_page_is_read_again_by_its_sources_parser(tmp_path: Path) -> None:
    settings, claim_id = landed(tmp_path, ARTICLE, page())
    found = trace(settings, claim_id)  # the host's own parser knows no such page
    assert found.row["evidence"] in found.text
    assert [link.whole for link in found.proof.links] == [True] * 7


def test_a_post_of_another_channel_host_is_read_again_as_a_post(tmp_path: Path) -> None:
    body = preview("kpp_news", [(1, "2025-10-01T10:00:00+00:00", TEXT.replace("\n", " "))]).body
    assert isinstance(body, str)
    settings, claim_id = landed(
        tmp_path, "https://previews.example/s/kpp_news", body, KEZEK_CHANNEL_HOST="previews.example"
    )
    assert trace(settings, claim_id).title == ""
    assert trace(replace(settings, channel_host="t.me"), claim_id).title == ""


def test_a_day_is_shown_as_a_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings, claim_id = landed(tmp_path, ARTICLE, page(published="2025-10-01"))
    show(follow(settings, claim_id))
    assert "published 2025-10-01, the day only\n" in capsys.readouterr().out


def test_every_kind_of_id_leads_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, claim_id = landed(tmp_path, ARTICLE, page())
    for kind in ("observation", "mention"):
        found = trace(settings, only(settings, f"SELECT {kind}_id FROM {kind}s"))
        assert found.text[found.mark.start : found.mark.end] == found.mark.words
    document = follow(settings, only(settings, "SELECT document_id FROM documents"))
    assert isinstance(document, DocumentTrace)
    assert [row["claim_id"] for row in document.revisions[0].claims] == [claim_id]
    ministry = follow(settings, "mintrans-kz")
    assert isinstance(ministry, EntityTrace)
    assert [row["claim_id"] for row in ministry.statements] == [claim_id]
    fetch = follow(settings, only(settings, "SELECT fetch_id FROM fetches"))
    assert isinstance(fetch, FetchTrace)
    assert [row["document_id"] for row in fetch.documents] == [document.id]
    assert follow(settings, claim_id[:8]).id == claim_id
    for one in (claim_id, document.id, ministry.id, fetch.id):
        status, out, err = kezek(settings, monkeypatch, capsys, "trace", one, "--json")
        told = json.loads(out)
        assert (status, err, told["id"], told["whole"], told["problem"]) == (0, "", one, True, None)
        assert told == trace_json(follow(settings, one))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["c000"], "'c000' is no id of"),
        ([" "], "'' is no id of"),
        (["s"], "'s' can be several things: "),
        (["syrym", "--revision", "1"], "--revision is for documents"),
        (["CLAIM", "--revision", "1"], "--revision is for documents"),
        (["DOCUMENT", "--revision", "7"], "has no revision 7: it has 1."),
    ],
)
def test_an_id_that_does_not_fit_is_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    says: str,
) -> None:
    settings, claim_id = landed(tmp_path, ARTICLE, page())
    with open_warehouse(settings.published) as warehouse:
        warehouse.execute(
            "INSERT INTO entities (entity_id, name, label, side, known) SELECT 'syr', name, label, side, known FROM entities WHERE entity_id = 'syrym'"
        )
        document_id = warehouse.value("SELECT document_id FROM documents")
    named = [{"CLAIM": claim_id, "DOCUMENT": document_id}.get(one, one) for one in arguments]
    status, out, err = kezek(settings, monkeypatch, capsys, "trace", *named)
    assert (status, out) == (2, "")
    assert says in err
    assert len(err.splitlines()) == 1


def lost(settings: Settings) -> None:
    (Path(settings.archive) / only(settings, "SELECT warc_file FROM claims")).unlink()


def cut_off(settings: Settings) -> None:
    file = Path(settings.archive) / only(settings, "SELECT warc_file FROM claims")
    file.write_bytes(file.read_bytes()[: int(only(settings, "SELECT warc_offset FROM claims")) + 100])


def overwritten(settings: Settings) -> None:
    file = Path(settings.archive) / only(settings, "SELECT warc_file FROM claims")
    offset = int(only(settings, "SELECT warc_offset FROM claims"))
    whole = file.read_bytes()
    file.write_bytes(whole[: offset + 60] + bytes(40) + whole[offset + 100 :])


def other_hash(settings: Settings) -> None:
    change(settings, "UPDATE claims SET body_sha256 = repeat('0', 64)")


def other_words(settings: Settings) -> None:
    change(settings, "UPDATE documents SET text = text || '!'")


def no_fetch(settings: Settings) -> None:
    change(settings, "UPDATE documents SET fetch_id = 'f0'")


def no_source(settings: Settings) -> None:
    change(settings, "DELETE FROM sources WHERE source_id = 'shelk'")


def moved(settings: Settings) -> None:
    change(settings, "UPDATE claims SET evidence_start = evidence_start + 1, evidence_end = evidence_end + 1")


def not_an_article(settings: Settings) -> None:
    change(settings, "UPDATE documents SET kind = 'post'")


@pytest.mark.parametrize(
    ("damage", "link", "word"),
    [
        (lost, "record", "can't be opened"),
        (cut_off, "record", "cut off"),
        (overwritten, "record", "can't be read"),
        (other_hash, "hash", "have the SHA-256"),
        (other_words, "revision", "not those that its hash names"),
        (no_fetch, "fetch", "no such fetch"),
        (no_source, "source", "no such source"),
        (moved, "sentence", "not in its place"),
        (not_an_article, "words", "no longer read as they did"),
    ],
)
def test_a_broken_link_is_shown_where_it_breaks(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    damage: object,
    link: str,
    word: str,
) -> None:
    settings, claim_id = landed(tmp_path, ARTICLE, page())
    assert callable(damage)
    damage(settings)
    status, out, err = kezek(settings, monkeypatch, capsys, "trace", claim_id)
    assert status == 2
    assert f"is broken at its {link}: " in err and word in err and len(err.splitlines()) == 1
    signs = [line.split()[:2] for line in out.splitlines() if line[:1] in ("✓", "✗", "·")]
    assert [name for _, name in signs] == ["source", "revision", "fetch", "record", "hash", "words", "sentence"]
    assert [name for sign, name in signs if sign == "✗"] == [link]
    before = [sign for sign, name in signs][: [name for _, name in signs].index(link)]
    assert before == ["✓"] * len(before), "the links before the break stand"
    assert "“Минтранс Казахстана заявил, что виноваты проверки России.”" in out, "what was quoted"
    assert "╭" not in out, "no text is shown as proven"
    with pytest.raises(ArchiveError, match=link):
        trace(settings, claim_id)
    status, out, err = kezek(settings, monkeypatch, capsys, "trace", claim_id, "--json")
    told = json.loads(out)
    assert (status, told["whole"]) == (2, False)
    assert told["problem"] in err
    if damage is not moved and damage is not other_hash:
        assert follow(settings, only(settings, "SELECT document_id FROM documents")).problem


def test_bytes_under_another_record_are_noticed(tmp_path: Path) -> None:
    settings, claim_id = landed(tmp_path, ARTICLE, page(), page(LATER))
    change(
        settings,
        "UPDATE claims SET warc_file = other.warc_file, warc_offset = other.warc_offset FROM claims AS other "
        "WHERE claims.revision = 1 AND other.revision = 2",
    )
    assert "broken at its hash" in (follow(settings, claim_id).problem or "")


def test_a_document_shows_what_changed_and_what_became_of_its_claims(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, claim_id = landed(tmp_path, ARTICLE, page(), page(LATER))
    document_id = only(settings, "SELECT document_id FROM documents")
    found = follow(settings, document_id)
    assert isinstance(found, DocumentTrace)
    first, second = found.revisions
    assert [part for part in second.changes if part[0] != "same"] == [
        ("gone", "третий"),
        ("new", "пятый"),
        ("gone", "заявил"),
        ("new", "считает"),
    ]
    assert first.changes == ()
    (was,), (now,) = first.claims, second.claims
    assert was["fate"] == (
        f"the page reads otherwise since revision 2, first seen 2025-10-02 12:00:00 UTC; there it is made again as {now['claim_id']}"
    )
    assert now["fate"] is None
    status, out, _ = kezek(settings, monkeypatch, capsys, "trace", document_id)
    assert status == 0
    assert "revision 1 of 2" in out and "revision 2 of 2, the current one" in out
    assert "[-третий-]{+пятый+}" in out
    status, alone, _ = kezek(settings, monkeypatch, capsys, "trace", document_id, "--revision", "1")
    assert "revision 1 of 2" in alone and "revision 2 of 2" not in alone and "третий день" in alone
    status, out, _ = kezek(settings, monkeypatch, capsys, "trace", claim_id)
    assert was["fate"].partition(";")[0] in " ".join(out.split())
    assert "no longer has these words" in out and "[-заявил-]{+считает+}" in out
    assert "[[Минтранс Казахстана заявил, что виноваты проверки России.]]" in " ".join(out.replace("│", "").split())
    assert json.loads(json.dumps(trace_json(follow(settings, claim_id))))["change"]["parts"][1] == ["gone", "третий"]


def test_a_superseded_claim_says_by_which_model_and_when(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings, claim_id = landed(tmp_path, ARTICLE, page())
    with open_warehouse(settings.warehouse) as warehouse:
        (document,) = unannotated(warehouse, "m2")
        load_annotations(warehouse, [annotation(document, model="m2")], day(2))
    steps.publish_now(settings)
    show(follow(settings, claim_id))
    assert "superseded: model m2 no longer found it, 2025-10-02 12:00:00 UTC\n" in capsys.readouterr().out


def test_it_fits_eighty_columns_and_cuts_no_headline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    long = "Очередь на границе растёт, и никто не говорит, когда она кончится, " * 2 + "сообщили в пятницу вечером"
    settings, claim_id = landed(tmp_path, ARTICLE, page(title=long), page(LATER, title=long))
    for one in (claim_id, only(settings, "SELECT document_id FROM documents"), "mintrans-kz"):
        console = Console(width=80, highlight=False, file=io.StringIO())
        monkeypatch.setattr(trace_view, "out", console)
        show(follow(settings, one))
        assert isinstance(console.file, io.StringIO)
        lines = console.file.getvalue().splitlines()
        assert all(len(line) <= 80 or max(map(len, line.split())) > 60 for line in lines)
        said = " ".join(" ".join(lines).replace("│", " ").split())
        assert one == "mintrans-kz" or "сообщили в пятницу вечером" in said


def test_colours_mark_the_sentence_the_change_and_the_break(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, claim_id = landed(tmp_path, ARTICLE, page(), page(LATER))

    def coloured() -> str:
        console = Console(width=120, force_terminal=True, color_system="standard", file=io.StringIO(), highlight=False)
        monkeypatch.setattr(trace_view, "out", console)
        show(follow(settings, claim_id))
        assert isinstance(console.file, io.StringIO)
        return console.file.getvalue()

    said = coloured()
    assert "\x1b[30;43mМинтранс" in said, "black on yellow"
    assert "\x1b[9;31mтретий" in said, "red, struck through"
    assert "\x1b[32mпятый" in said, "green"
    assert "[[" not in said and "{+" not in said
    lost(settings)
    assert "\x1b[1;31m✗ record" in coloured()


def test_what_the_web_said_does_not_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = " \x1b]0;owned\x9b2J [bold]"
    body = preview("kpp_news", [(1, "2025-10-01T10:00:00+00:00", TEXT.replace("\n", " "))]).body
    assert isinstance(body, str)
    settings, claim_id = landed(tmp_path, "https://t.me/s/kpp_news", body)
    found = trace(settings, claim_id)
    words = replace(found.proof.words or pytest.fail(), title="Очередь" + hostile, text=found.text + hostile)
    mark = replace(found.mark, field="title", start=0, end=3)
    for marked in (found.mark, mark):
        row = {**found.row, "evidence_field": marked.field}
        show(replace(found, proof=replace(found.proof, words=words), row=row, mark=marked, fate=hostile))
    document = follow(settings, found.row["document_id"])
    assert isinstance(document, DocumentTrace)
    (one,) = document.revisions
    changes = (("gone", hostile), ("new", hostile), ("same", hostile))
    show(replace(document, revisions=(replace(one, revision={**one.revision, "title": hostile}, changes=changes),)))
    entity = follow(settings, "mintrans-kz")
    assert isinstance(entity, EntityTrace)
    show(replace(entity, row={**entity.row, "name": hostile, "name_ru": hostile, "role": hostile}))
    with open_warehouse(settings.published, read_only=True) as warehouse:
        rows = blame_table(warehouse)
    assert any("\x1b" in row["speaker"] for row in rows)
    print_blame_table(rows)
    said = capsys.readouterr().out
    assert said.count("\ufffd]0;owned\ufffd2J [bold]") >= 11
    assert not {"\x1b", "\x07", "\x9b"} & set(said)


def test_trace_wants_something_with_words_of_its_own(tmp_path: Path) -> None:
    settings, _ = landed(tmp_path, ARTICLE, page())
    with pytest.raises(InputError, match="is no claim, observation or mention, but an entity"):
        trace(settings, "mintrans-kz")

"""The way back is the way there: the same parser, the same words, and a terminal that nobody else steers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.document import Document
from kezek import steps
from kezek.settings import Settings
from kezek.summary import print_blame_table
from kezek.trace import print_trace, show, trace
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


def landed(tmp_path: Path, url: str, body: str, **environment: str) -> tuple[Settings, str]:
    """The page replayed into a warehouse, with one claim of its first document; the claim's id."""
    (tmp_path / "sources.toml").write_text(SOURCES, encoding="utf-8")
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "page.html").write_text(body, encoding="utf-8")
    line = {"file": "page.html", "url": url, "content_type": "text/html; charset=utf-8"}
    (folder / "manifest.jsonl").write_text(json.dumps(line) + "\n")
    settings = Settings.from_environment(
        {"KEZEK_HOME": str(tmp_path / "data"), "KEZEK_SOURCES": str(tmp_path / "sources.toml"), **environment}
    )
    steps.replay(settings, folder)
    with open_warehouse(settings.warehouse) as warehouse:
        (document,) = unannotated(warehouse, MODEL)
        load_annotations(warehouse, [annotation(document, _claim(document))], day(1))
        claim_id = warehouse.value("SELECT claim_id FROM claims")
    steps.publish_now(settings)
    return settings, claim_id


def _claim(document: Document) -> Claim:
    return claim(document, speaker="Минтранс\x1b[2J")


def test_a_page_is_read_again_by_its_sources_parser(tmp_path: Path) -> None:
    body = article("Очередь", TEXT, "2025-10-01T10:00:00+05:00", ARTICLE).body
    assert isinstance(body, str)
    settings, claim_id = landed(tmp_path, ARTICLE, body)
    found = trace(settings, claim_id)  # the host's own parser knows no such page
    assert found.claim["evidence"] in found.text


def test_a_post_of_another_channel_host_is_read_again_as_a_post(tmp_path: Path) -> None:
    body = preview("kpp_news", [(1, "2025-10-01T10:00:00+00:00", TEXT.replace("\n", " "))]).body
    assert isinstance(body, str)
    settings, claim_id = landed(
        tmp_path, "https://previews.example/s/kpp_news", body, KEZEK_CHANNEL_HOST="previews.example"
    )
    assert trace(settings, claim_id).title == ""
    assert trace(replace(settings, channel_host="t.me"), claim_id).title == ""


def test_a_day_is_shown_as_a_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = article("Очередь", TEXT, "2025-10-01", ARTICLE).body
    assert isinstance(body, str)
    settings, claim_id = landed(tmp_path, ARTICLE, body)
    print_trace(settings, claim_id)
    (published,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("published"))
    assert published.split(maxsplit=1)[1] == "2025-10-01, the day only"


def test_what_the_web_said_does_not_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = preview("kpp_news", [(1, "2025-10-01T10:00:00+00:00", TEXT.replace("\n", " "))]).body
    assert isinstance(body, str)
    settings, claim_id = landed(tmp_path, "https://t.me/s/kpp_news", body)
    found = trace(settings, claim_id)
    for field in ("title", "text"):
        hostile = {**found.claim, "evidence_field": field}
        show(replace(found, title="Очередь \x1b]0;owned\x07", text=found.text + " \x1b]0;owned\x9b2J", claim=hostile))
    with open_warehouse(settings.published, read_only=True) as warehouse:
        rows = blame_table(warehouse)
    assert any("\x1b" in row["speaker"] for row in rows)
    print_blame_table(rows)
    said = capsys.readouterr().out
    assert said.count("\ufffd]0;owned\ufffd") == 5, "the panel's title and the text, once with the headline"
    assert "\x1b" not in said
    assert "\x07" not in said
    assert "\x9b" not in said

"""`kezek entities propose`: what the curator sees, as a table, as TOML that loads, as JSON."""

import json
import shutil
from pathlib import Path

import pytest

from kezek.entities import print_proposals
from kezek.settings import Settings
from nlp.annotation import Annotation, Mention
from nlp.knowledge import FOLDER, read_knowledge
from tests.warehouse.world import SOURCES, day, document, fetch
from warehouse.connection import open_warehouse
from warehouse.load import load_annotations, load_readings, load_sources
from warehouse.reading import Reading


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A published warehouse in which three documents of two sources name a union nobody knows."""
    made = Settings.from_environment({"KEZEK_HOME": str(tmp_path)})
    with open_warehouse(made.published) as warehouse:
        load_sources(warehouse, SOURCES)
        for name, source_id in (("one", "shelk"), ("two", "shelk"), ("three", "fura")):
            page = document(name, f"{name}: Союз «Дорога» ждёт.", source_id)
            load_readings(warehouse, fetches=[fetch(name, day(1), source_id)], readings=[Reading(page, day(1))])
            start = page.text.index("Союз")
            named = Mention("Союз «Дорога»", "ORG", "Союз «Дорога»", "text", start, start + 13)
            said = Annotation(page.document_id, page.content_sha256, "ru", "m1", mentions=(named,))
            load_annotations(warehouse, [said], day(2))
    return made


def test_a_table_for_the_eye(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    print_proposals(settings, "table", min_documents=3, min_sources=2)
    shown = capsys.readouterr().out
    assert "Союз «Дорога»" in shown
    assert "1 name;" in shown
    print_proposals(settings, "table", min_documents=4, min_sources=2)
    assert "0 names;" in capsys.readouterr().out


def test_toml_that_the_knowledge_base_loads(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    print_proposals(settings, "toml", min_documents=3, min_sources=2)
    folder = tmp_path / "knowledge"
    shutil.copytree(FOLDER, folder)
    (folder / "new.toml").write_text(capsys.readouterr().out, encoding="utf-8")
    assert read_knowledge(folder)["agency.soyuz-doroga"].ru == "Союз «Дорога»"


def test_json_for_programs(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    print_proposals(settings, "json", min_documents=3, min_sources=2)
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["names"] == [{"name": "Союз «Дорога»", "lang": "ru", "documents": 3}]

"""`kezek entities`: what the curator sees, as a table, as TOML that loads, as JSON; what is wrong with the files."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from ingest.errors import KnowledgeError
from kezek import steps
from kezek.dates import day_bounds
from kezek.entities import check, print_proposals
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


def test_the_curators_files_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check()
    assert f"{len(read_knowledge(FOLDER))} entities" in capsys.readouterr().out
    for name, text in (
        ("one.toml", '[[entity]]\nid = "agency.union"\nlabel = "ORG"\nside = "KZ"\nru = "Союз"\n'),
        ("dismissed.csv", "label,name,why\nORG,Совет,x\nORG,Клуб,x\n"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    check(tmp_path)
    assert capsys.readouterr().out == "The knowledge base has 1 entity, the list of the dismissed 2 names.\n"


@pytest.mark.parametrize(("file", "line"), [("places.toml", "[entity]"), ("dismissed.csv", "ORG,Союз")])
def test_a_fault_in_the_curators_files_is_named(tmp_path: Path, file: str, line: str) -> None:
    folder = tmp_path / "knowledge"
    shutil.copytree(FOLDER, folder)
    with (folder / file).open("a", encoding="utf-8") as text:
        text.write(line + "\n")
    with pytest.raises(KnowledgeError, match=rf"^{file}.* line \d+"):
        check(folder)


def test_a_night_does_not_begin_with_a_bad_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "dismissed.csv"
    path.write_text("label,name,why\nFIRM,Союз,x\n", encoding="utf-8")
    monkeypatch.setattr("nlp.proposals.DISMISSED", path)
    settings = Settings.from_environment({"KEZEK_HOME": str(tmp_path / "data")})
    with pytest.raises(KnowledgeError, match="line 2"):
        steps.plan_night(settings, *day_bounds(date(2025, 10, 1)))
    with pytest.raises(KnowledgeError, match="line 2"):
        steps.replay(settings, tmp_path)
    assert not settings.home.exists()

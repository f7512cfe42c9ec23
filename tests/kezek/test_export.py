"""`kezek export`: every row in a file, every file in the manifest, the folder changed whole or not at all."""

from __future__ import annotations

import csv
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ingest.errors import InputError
from kezek.export import MANIFEST, export, verify
from kezek.forms import ExportFormat
from kezek.settings import Settings
from tests.conftest import REPOSITORY
from tests.kezek.small_warehouse import FORMULA, fill
from warehouse.connection import open_warehouse

PARQUET, CSV = ExportFormat.parquet, ExportFormat.csv


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A data folder with a small published warehouse."""
    made = Settings.from_environment({"KEZEK_HOME": str(tmp_path_factory.mktemp("home"))})
    with open_warehouse(made.published) as warehouse:
        fill(warehouse)
    return made


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_parquet_holds_every_row_with_types_and_comments(settings: Settings, tmp_path: Path) -> None:
    done = export(settings, tmp_path / "out", PARQUET)
    manifest = json.loads((tmp_path / "out" / MANIFEST).read_text(encoding="utf-8"))
    assert names(tmp_path / "out") == sorted([MANIFEST, *(file["file"] for file in manifest["files"])])
    with open_warehouse(settings.published, read_only=True) as warehouse:
        for file in manifest["files"]:
            table = pq.read_table(tmp_path / "out" / file["file"])
            assert table.num_rows == file["rows"] == warehouse.value(f"SELECT count(*) FROM {file['name']}")
            assert table.schema.names == [column["name"] for column in file["columns"]]
            assert [field.metadata[b"comment"].decode() for field in table.schema] == [
                column["comment"] for column in file["columns"]
            ]
        claims = pq.read_table(tmp_path / "out" / "claims.parquet")
        assert claims.to_pylist() == warehouse.rows("SELECT * FROM claims")
    assert (done.files, done.rows) == (len(manifest["files"]), sum(file["rows"] for file in manifest["files"]))
    assert {"kezek_version", "schema_version", "exported_at", "days", "models", "sources", "notice"} <= set(manifest)
    assert "belong to their publishers" in manifest["notice"]
    assert manifest["left_out"] == ["documents.signature"]
    assert verify(tmp_path / "out") == []


def test_csv_is_safe_and_for_excel_has_a_mark(settings: Settings, tmp_path: Path) -> None:
    export(settings, tmp_path / "out", CSV, only=["documents", "claims"], texts=False, excel=True)
    assert names(tmp_path / "out") == ["claims.csv", "documents.csv", MANIFEST]
    assert (tmp_path / "out" / "documents.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "out" / "documents.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert "'" + FORMULA in {row["title"] for row in rows}
    assert FORMULA not in {row["title"] for row in rows}
    assert "text" not in rows[0]
    assert json.loads(rows[0]["links"]) == ["https://example.org/a"]
    with (tmp_path / "out" / "claims.csv").open(encoding="utf-8-sig", newline="") as file:
        claims = list(csv.DictReader(file))
    assert {(row["evidence"][:9], row["confidence"], row["hedged"]) for row in claims} == {
        ("Минтранс ", "0.8", "false")
    }


def test_an_earlier_export_is_replaced_and_nothing_else(settings: Settings, tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    export(settings, target, PARQUET)
    export(settings, target, CSV, only=["claims"])
    assert names(target) == ["claims.csv", MANIFEST]
    (target / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"'notes\.txt'"):
        export(settings, target, PARQUET)
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / MANIFEST).write_text('{"format": "another program"}')
    for place in (foreign, foreign / MANIFEST, foreign / MANIFEST / "below"):
        with pytest.raises(InputError):
            export(settings, place, PARQUET)
    with pytest.raises(InputError, match="no table nope"):
        export(settings, target.with_name("new"), PARQUET, only=["nope"])
    assert names(tmp_path) == ["foreign", "out"]
    assert names(target) == ["claims.csv", MANIFEST, "notes.txt"]


def test_what_a_killed_export_left_is_put_right(settings: Settings, tmp_path: Path) -> None:
    target = tmp_path / "a[b]"
    export(settings, target, PARQUET, only=["sources"])
    target.rename(tmp_path / ".a[b].77.old")  # killed between the two moves
    (tmp_path / ".a[b].77.part").mkdir()
    with pytest.raises(InputError, match="no table nope"):
        export(settings, target, PARQUET, only=["nope"])
    assert (names(tmp_path), names(target)) == (["a[b]"], [MANIFEST, "sources.parquet"])


@pytest.mark.parametrize("earlier", [False, True])
def test_a_full_disk_leaves_nothing_half(settings: Settings, tmp_path: Path, earlier: bool) -> None:
    target = tmp_path / "out"
    if earlier:
        export(settings, target, PARQUET, only=["sources"])
    before = names(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "kezek.cli", "export", str(target)],
        cwd=REPOSITORY,
        env={**os.environ, "KEZEK_HOME": str(settings.home)},
        capture_output=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000)),
    )
    assert done.returncode == 2
    assert "can't be written" in done.stderr.decode()
    assert len(done.stderr.splitlines()) == 1
    assert names(tmp_path) == before
    assert not earlier or verify(target) == []


def test_verify_names_each_file_that_is_not_what_it_was(settings: Settings, tmp_path: Path) -> None:
    target = tmp_path / "out"
    with pytest.raises(InputError, match="holds no export"):
        verify(target)
    export(settings, target, PARQUET, only=["claims", "sources", "coverage"])
    whole = (target / "claims.parquet").read_bytes()
    (target / "claims.parquet").write_bytes(whole[:-1] + b"x")
    (target / "sources.parquet").write_bytes(b"short")
    (target / "coverage.parquet").unlink()
    (target / "more.txt").touch()
    assert [complaint.split()[0] for complaint in verify(target)] == [
        "claims.parquet", "coverage.parquet", "sources.parquet", "more.txt"
    ]  # fmt: skip
    for file in ("../../secret", "/etc/passwd", "", 7):
        (target / MANIFEST).write_text(
            json.dumps({"format": "kezek-export/1", "files": [{"file": file, "bytes": 1, "sha256": "a"}]})
        )
        with pytest.raises(InputError, match="was changed"):
            verify(target)


def test_the_command_says_what_it_did(settings: Settings, tmp_path: Path) -> None:
    def kezek(*arguments: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, "-m", "kezek.cli", "export", *arguments],
            cwd=tmp_path,
            env={**os.environ, "KEZEK_HOME": str(settings.home), "PYTHONPATH": str(REPOSITORY)},
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout, done.stderr

    status, out, _ = kezek("--only", "claims, current_claims")
    assert (status, "2 files" in out) == (0, True)
    assert kezek("kezek-export", "--verify")[0] == 0
    (tmp_path / "kezek-export" / "claims.parquet").unlink()
    status, _, err = kezek("--verify")
    assert (status, err) == (1, "claims.parquet is missing.\n")
    assert kezek("--excel")[0] == 2

"""Files that the steps hand to each other: in a folder, or in any place that fsspec opens."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from ingest import handover


@pytest.fixture(params=["folder", "elsewhere"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "spool") if request.param == "folder" else f"memory://{uuid.uuid4()}/spool"


def test_what_is_written_is_read_again_and_replaced(root: str) -> None:
    place = f"{root}/nightly/2025-10-01/plans/a.json"
    assert not handover.exists(place)
    handover.write(place, b"one")
    handover.write(place, "два".encode())
    assert handover.read(place).decode() == "два"
    assert handover.size(place) == 6
    assert handover.exists(place)


def test_a_file_that_was_made_here_moves_there(root: str) -> None:
    place = f"{root}/spools/a.jsonl"
    part = handover.part_of(place)
    part.write_bytes(b"whole")
    assert not handover.exists(place)
    handover.move(part, place)
    assert handover.read(place) == b"whole"
    assert not part.exists()


def test_what_is_removed_is_gone_and_removing_nothing_is_fine(root: str) -> None:
    place = f"{root}/a"
    handover.write(place, b"1")
    handover.remove(place)
    handover.remove(place)
    assert not handover.exists(place)
    with pytest.raises(OSError):
        handover.read(place)


def test_no_half_file_is_left_behind(tmp_path: Path) -> None:
    handover.write(tmp_path / "a", b"1")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_folder_that_may_not_be_made_is_an_oserror(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError):
        handover.write(tmp_path / "file" / "a", b"1")

"""Agency copies are linked to the earliest, across sources and nights, and only then."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.document import Document, document_id
from ingest.interval import Interval
from kezek import copies
from kezek.copies import WINDOW, likeness
from warehouse.connection import Warehouse, open_warehouse
from warehouse.load import load_readings
from warehouse.reading import Reading
from warehouse.schema import migrate
from warehouse.state import Original, originals

LINE = (
    "Очередей грузового транспорта на казахстанских пунктах пропуска нет, сообщила во вторник пресс-служба комитета, "
    "все посты работают в штатном режиме, дополнительных проверок не проводится."
)
NIGHT = datetime(2025, 10, 1, 8, tzinfo=UTC)


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    with open_warehouse(tmp_path / "w.duckdb") as opened:
        migrate(opened)
        yield opened


def article(source: str, text: str, hours: float) -> Document:
    return Document(
        document_id=document_id(source, text[:40]),
        title="",
        text=text,
        source_id=source,
        url=f"https://{source}.example/1",
        published_at=NIGHT + timedelta(hours=hours),
    )


def test_copies_of_one_night_lead_to_the_earliest(warehouse: Warehouse) -> None:
    first, second = article("agency", LINE, 0), article("daily", "АСТАНА. " + LINE, 1)
    third = article("city", LINE + " Подробности позже.", 2)
    found = likeness(warehouse, [third, second, first])
    assert found[first.document_id, first.content_sha256].near_duplicate_of is None
    assert found[second.document_id, second.content_sha256].near_duplicate_of == first.document_id
    assert found[third.document_id, third.content_sha256].near_duplicate_of == first.document_id


def test_the_original_may_be_in_the_warehouse_already(warehouse: Warehouse) -> None:
    first, second, late = article("agency", LINE, 0), article("daily", LINE, 20), article("city", LINE, 24 * 5)
    mark = likeness(warehouse, [first])[first.document_id, first.content_sha256].signature
    load_readings(warehouse, readings=[Reading(first, NIGHT, mark)])
    found = likeness(warehouse, [second, late])
    assert found[second.document_id, second.content_sha256].near_duplicate_of == first.document_id
    assert found[late.document_id, late.content_sha256].near_duplicate_of is None


def test_a_source_does_not_copy_itself(warehouse: Warehouse) -> None:
    today, tomorrow = article("city", LINE, 0), article("city", "Снова: " + LINE, 24)
    found = likeness(warehouse, [today, tomorrow])
    assert all(one.near_duplicate_of is None for one in found.values())


def test_short_posts_are_nobodys_copies(warehouse: Warehouse) -> None:
    assert likeness(warehouse, [article("a", "Стоим, очередь 5 км", 0), article("b", "Стоим, очередь 5 км", 1)]) == {}


def test_one_wrong_date_does_not_call_up_all_history(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    first, wrong, late = (
        article("agency", LINE, 0),
        article("old", LINE, -24 * 9000),
        article("future", LINE, 24 * 9000),
    )
    mark = likeness(warehouse, [first])[first.document_id, first.content_sha256].signature
    load_readings(warehouse, readings=[Reading(first, NIGHT, mark)])
    asked: list[Interval] = []

    def noted(warehouse: Warehouse, interval: Interval) -> list[Original]:
        asked.append(interval)
        return originals(warehouse, interval)

    monkeypatch.setattr(copies, "originals", noted)
    second, third = article("daily", LINE, 20), article("city", LINE, 60)
    found = likeness(warehouse, [third, late, second, wrong])
    assert {
        one.document_id: found[one.document_id, one.content_sha256].near_duplicate_of for one in (second, third)
    } == {
        second.document_id: first.document_id,
        third.document_id: first.document_id,
    }
    assert all(found[one.document_id, one.content_sha256].near_duplicate_of is None for one in (wrong, late))
    assert sum((interval.end - interval.start for interval in asked), timedelta()) < 4 * WINDOW


def test_a_chain_of_nights_is_one_search(warehouse: Warehouse) -> None:
    lines = [article(f"source{n}", LINE, n * WINDOW / timedelta(hours=1)) for n in range(4)]
    found = likeness(warehouse, lines)
    originals_found = [found[one.document_id, one.content_sha256].near_duplicate_of for one in lines]
    assert originals_found == [None, lines[0].document_id, None, lines[2].document_id], "three days, to the microsecond"

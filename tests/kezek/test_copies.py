"""Agency copies are linked to the earliest, across sources and nights, and only then; whatever was loaded first."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.document import Document, document_id
from ingest.interval import Interval
from kezek import copies
from kezek.copies import WINDOW, link_copies
from warehouse.connection import Warehouse, open_warehouse
from warehouse.links import Signed, signed
from warehouse.load import load_readings
from warehouse.reading import Reading
from warehouse.schema import migrate

LINE = (
    "Очередей грузового транспорта на казахстанских пунктах пропуска нет, сообщила во вторник пресс-служба комитета, "
    "все посты работают в штатном режиме, дополнительных проверок не проводится."
)
OTHER = (
    "Фуры стоят у поста Маштаково четвёртые сутки, рассказали водители каравана из Оренбурга: досматривают каждую машину, "
    "выгружают товар, а причину задержки никто не называет, очередь растёт."
)
BOTH = LINE + " " + OTHER
NIGHT = datetime(2025, 10, 1, 8, tzinfo=UTC)


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    with open_warehouse(tmp_path / "w.duckdb") as opened:
        migrate(opened)
        yield opened


def article(source: str, text: str, hours: float | None, number: int = 1) -> Document:
    return Document(
        document_id=document_id(source, f"{number} {text[:40]}"),
        title="",
        text=text,
        source_id=source,
        url=f"https://{source}.example/{number}",
        published_at=None if hours is None else NIGHT + timedelta(hours=hours),
    )


def load(warehouse: Warehouse, *documents: Document, seen: datetime = NIGHT) -> None:
    load_readings(warehouse, readings=[Reading(one, seen) for one in documents])
    link_copies(warehouse)


def links(warehouse: Warehouse) -> dict[str, str | None]:
    """Who copies whom, by document_id; the two revisions of one document say the same."""
    rows = warehouse.rows("SELECT DISTINCT document_id, near_duplicate_of FROM documents")
    found = {row["document_id"]: row["near_duplicate_of"] for row in rows}
    assert len(found) == len(rows)
    return found


def copied(warehouse: Warehouse, *documents: Document) -> list[str | None]:
    found = links(warehouse)
    return [found[one.document_id] for one in documents]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_copies_lead_to_the_earliest_whenever_it_is_loaded(warehouse: Warehouse, order: Sequence[int]) -> None:
    lines = [
        article("agency", LINE, 0),
        article("daily", "АСТАНА. " + LINE, 20),
        article("city", LINE + " Подробности позже.", 40),
    ]
    for number in order:
        load(warehouse, lines[number])
    assert copied(warehouse, *lines) == [None, lines[0].document_id, lines[0].document_id]
    assert link_copies(warehouse).nothing


def test_a_line_that_turns_out_to_be_a_copy_passes_its_copies_on(warehouse: Warehouse) -> None:
    """The third is too late for the first, and stands alone once the second is nobody's original any more."""
    lines = [article("agency", LINE, 0), article("daily", LINE, 48), article("city", LINE, 96)]
    load(warehouse, lines[2], lines[1])
    assert copied(warehouse, *lines[1:]) == [None, lines[1].document_id]
    load(warehouse, lines[0])
    assert copied(warehouse, *lines) == [None, lines[0].document_id, None]


def test_an_outlet_does_not_copy_itself(warehouse: Warehouse) -> None:
    today, tomorrow = article("daily", LINE, 0), article("daily", LINE, 20, 2)
    load(warehouse, tomorrow, today)
    assert copied(warehouse, today, tomorrow) == [None, None]


def test_short_posts_and_undated_ones_are_nobodys_copies(warehouse: Warehouse) -> None:
    short = [article("a", "Стоим, очередь 5 км", 0), article("b", "Стоим, очередь 5 км", 1)]
    undated = [article("c", LINE, None), article("d", LINE, None)]
    load(warehouse, *short, *undated)
    assert copied(warehouse, *short, *undated) == [None] * 4
    load(warehouse, article("c", LINE, 0), article("d", LINE, 1), seen=NIGHT + timedelta(days=1))
    assert copied(warehouse, *undated) == [None, undated[0].document_id], "the page says its date by now"


def test_the_first_sight_says_whose_copy_it_is(warehouse: Warehouse) -> None:
    line, edited = article("agency", LINE, 0), article("daily", OTHER, 1)
    load(warehouse, line, edited)
    taken_over = replace(edited, text=LINE)
    load(warehouse, taken_over, seen=NIGHT + timedelta(days=1))
    assert copied(warehouse, edited) == [None]
    load(warehouse, taken_over, seen=NIGHT - timedelta(hours=1))
    assert copied(warehouse, edited) == [line.document_id], "it was so from the first, as an older look shows"


def test_one_wrong_date_does_not_call_up_all_history(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [article("agency", LINE, 0), article("daily", LINE, 20), article("city", LINE, 60)]
    load(warehouse, lines[0])
    asked: list[Interval] = []

    def noted(warehouse: Warehouse, interval: Interval) -> list[Signed]:
        asked.append(interval)
        return signed(warehouse, interval)

    monkeypatch.setattr(copies, "signed", noted)
    wrong = [article("old", LINE, -24 * 9000), article("future", LINE, 24 * 9000)]
    load(warehouse, *lines[1:], *wrong)
    assert copied(warehouse, *lines, *wrong) == [None, lines[0].document_id, lines[0].document_id, None, None]
    assert sum((interval.end - interval.start for interval in asked), timedelta()) <= 3 * 3 * WINDOW


def test_a_chain_of_nights(warehouse: Warehouse) -> None:
    lines = [article(f"source{n}", LINE, n * WINDOW / timedelta(hours=1)) for n in range(4)]
    load(warehouse, *lines)
    assert copied(warehouse, *lines) == [None, lines[0].document_id, None, lines[2].document_id], (
        "three days, to the microsecond"
    )


DOCUMENTS = st.lists(
    st.tuples(
        st.sampled_from(["agency", "daily", "city", "channel"]),
        st.sampled_from([LINE, "АСТАНА. " + LINE, OTHER, BOTH, "Стоим, очередь 5 км"]),
        st.integers(-10, 10).map(lambda step: step * 18),
    ),
    min_size=2,
    max_size=9,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=DOCUMENTS, data=st.data())
def test_links_hang_on_the_documents_alone(
    warehouse: Warehouse, found: list[tuple[str, str, int]], data: st.DataObject
) -> None:
    documents = [article(source, text, hours, number) for number, (source, text, hours) in enumerate(found)]
    warehouse.execute("DELETE FROM documents")
    load(warehouse, *documents)
    at_once = links(warehouse)
    warehouse.execute("DELETE FROM documents")
    left = data.draw(st.permutations(documents))
    while left:  # three loads, or fewer
        size = data.draw(st.integers(1 + len(documents) // 3, 9))
        load(warehouse, *left[:size])
        left = left[size:]
    assert links(warehouse) == at_once

"""When a claim was said, by the day that stands beside the verb of saying."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ingest.document import Document
from nlp.claims import extract
from nlp.pipeline import read

PUBLISHED = datetime(2025, 11, 20, 9, 30, tzinfo=UTC)  # a Thursday


@pytest.mark.parametrize(
    ("lang", "text", "day"),
    [
        ("en", "Trucks are stuck at the border because of repairs, carriers said on Monday.", 17),
        ("ru", "Во вторник перевозчики заявили, что фуры стоят на границе из-за ремонта моста.", 18),
        ("ru", "Фуры стоят на границе из-за ремонта моста, сообщили 15 ноября перевозчики.", 15),
        (
            "kk",
            "Шекарада жүк көліктерінің кезегі жөндеу салдарынан пайда болды, деп хабарлады кеше тасымалдаушылар.",
            19,
        ),
        ("en", "Carriers said the queue at the border was caused by repairs that began on Monday.", None),
        ("en", "Trucks are stuck at the border because of repairs, carriers said.", None),
    ],
)
def test_the_day_beside_the_verb_of_saying_is_when_it_was_said(lang: str, text: str, day: int | None) -> None:
    document = Document("d", "", text, published_at=PUBLISHED)
    (doc,) = read([document], lang)
    found = extract(doc, document)
    assert found
    assert {one.said_at for one in found} == {datetime(2025, 11, day, tzinfo=UTC) if day else None}

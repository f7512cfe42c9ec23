"""Documents come in as JSON lines; a line that does not fit is named by its number."""

from datetime import UTC, datetime

import pytest

from ingest.errors import InputError
from kezek.jsonl import read_documents


def test_a_line_becomes_a_document() -> None:
    line = '{"id": "x1", "lang": "ru", "kind": "post", "source": "t.me/a", "published_at": "2025-10-02", "title": "", "text": "Стоим."}'
    (document,) = read_documents([line, "", "  \n"])
    assert document.document_id == "x1"
    assert document.lang == "ru"
    assert document.kind == "post"
    assert document.source_name == "t.me/a"
    assert document.published_at == datetime(2025, 10, 2, tzinfo=UTC)
    assert document.published_precision == "day"


def test_what_is_not_said_is_not_invented() -> None:
    (document,) = read_documents(['{"id": "x1", "text": "Queue."}'])
    assert document.lang is None
    assert document.published_at is None
    assert document.title == ""


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "line 2"),
        ("[]", "line 2"),
        ('{"text": "no id"}', "id"),
        ('{"id": "a", "text": 5}', "text"),
        ('{"id": "a", "text": "b", "published_at": "yesterday-ish"}', "published_at"),
        ('{"id": "a", "text": "b", "kind": "poem"}', "kind"),
    ],
)
def test_a_line_that_does_not_fit_is_named(line: str, words: str) -> None:
    good = '{"id": "x1", "text": "Queue."}'
    with pytest.raises(InputError, match=words) as caught:
        list(read_documents([good, line]))
    assert "line 2" in str(caught.value)

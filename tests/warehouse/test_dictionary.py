"""docs/schema.md and the README say what the database's own comments say, on both engines."""

import pytest

from ingest.errors import InputError
from tests.conftest import REPOSITORY
from warehouse.connection import Warehouse
from warehouse.dictionary import data_dictionary, markdown, relation_named, relations, relations_of, section
from warehouse.state import counts


def test_the_documentation_is_the_schema(warehouse: Warehouse) -> None:
    text = data_dictionary()
    for table in counts(warehouse):
        assert f"### `{table}`" in text
    assert "| `claim_id` | text | Stable hash of document, revision, cause, stance and speaker. |" in text
    assert "None" not in text
    assert markdown(relations_of(warehouse)) == text, "both engines carry the same comments and types"
    assert (REPOSITORY / "docs" / "schema.md").read_text(encoding="utf-8") == text


def test_everything_has_a_meaning_in_a_line_and_every_view_a_question() -> None:
    for one in relations():
        assert one.meaning and "\n" not in one.meaning, one.name
        assert all(column.meaning for column in one.columns), one.name
        if one.kind == "view":
            assert one.question and one.question.endswith("?"), one.name
            assert f"\n\nQuestion: *{one.question}*\n\n| column" in section(one)


def test_the_readme_asks_the_questions_that_the_views_answer() -> None:
    lines = (REPOSITORY / "README.md").read_text(encoding="utf-8").splitlines()
    start = lines.index("| view | question |") + 2
    told = dict(line.strip("| ").replace("`", "").split(" | ") for line in lines[start : lines.index("", start)])
    questions = {one.name: one.question for one in relations() if one.kind == "view"}
    assert told == {name: questions[name] for name in told}
    assert set(questions) - set(told) <= {"current_revisions", "stories"}, "the two that the others are built of"


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("claim", "claims"),
        ("queue", "queue_timeline"),
        ("narratives", "narratives_daily"),
        ("documets", "documents"),
        ("", ""),
    ],
)
def test_an_unknown_name_is_told_the_nearest(name: str, nearest: str) -> None:
    with pytest.raises(InputError, match=f"no table or view '{name}'; the nearest is {nearest}"):
        relation_named(name)


def test_one_can_be_asked_for() -> None:
    assert relation_named(" CLAIMS").name == "claims"
    assert section(relation_named("contested")) in data_dictionary()

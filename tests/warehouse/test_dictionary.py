"""docs/schema.md says what the database's own comments say."""

from tests.conftest import REPOSITORY
from warehouse.connection import Warehouse
from warehouse.dictionary import data_dictionary
from warehouse.state import counts


def test_the_documentation_is_the_schema(warehouse: Warehouse) -> None:
    text = data_dictionary()
    for table in counts(warehouse):
        assert f"### `{table}`" in text
    assert "| `claim_id` | text | Stable hash of document, revision, cause, stance and speaker. |" in text
    assert "None" not in text
    assert (REPOSITORY / "docs" / "schema.md").read_text(encoding="utf-8") == text

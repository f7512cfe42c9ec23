"""The house has one-way stairs: ingest → nlp → warehouse; kezek joins, dags schedules, nothing looks back."""

from importlinter.cli import lint_imports

from tests.conftest import REPOSITORY


def test_import_rules_hold() -> None:
    assert lint_imports(config_filename=str(REPOSITORY / "pyproject.toml"), no_cache=True) == 0

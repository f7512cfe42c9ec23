"""The house has one-way stairs: ingest → nlp → warehouse; kezek joins, dags schedules, nothing looks back."""

import ast
import tomllib
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from tests.conftest import REPOSITORY

PACKAGES = ("ingest", "nlp", "warehouse", "kezek", "infra", "dags")


def imports(package: str) -> Iterator[tuple[Path, str]]:
    """Every file of the package with the full name of every module, or name in one, that it imports anywhere."""
    for path in sorted((REPOSITORY / package).rglob("*.py")):
        yield from ((path, name) for name in _names(path, ast.walk(ast.parse(path.read_bytes()))))


def at_load(path: Path) -> set[str]:
    """What the file imports outside any block, so that it can't be loaded without."""
    return set(_names(path, ast.parse(path.read_bytes()).body))


def _names(path: Path, nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert not node.level, f"{path} has a relative import"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_import_rules_hold() -> None:
    assert lint_imports(config_filename=str(REPOSITORY / "pyproject.toml"), no_cache=True) == 0


@pytest.mark.parametrize("package", PACKAGES)
def test_nobody_imports_the_dags(package: str) -> None:
    assert [(path, name) for path, name in imports(package) if name.partition(".")[0] == "dags"] == []


@pytest.mark.parametrize("package", ["nlp", "warehouse", "kezek", "dags"])
def test_only_ingest_asks_for_an_address(package: str) -> None:
    """Import-linter knows the standard library by its first names only, and urllib.parse is nobody's secret."""
    assert [(path, name) for path, name in imports(package) if name.startswith("urllib.request")] == []


def test_what_is_imported_is_declared_and_shipped() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == set(PACKAGES)
    requirements = project["project"]["dependencies"]
    declared = {_name(requirement) for requirement in requirements}
    declared |= {
        "apache-airflow-core",
        "sqlalchemy",
    }  # what apache-airflow is made of, and what its own tables are asked with
    extras = project["project"]["optional-dependencies"].values()
    optional = {_name(requirement) for extra in extras for requirement in extra} - declared
    wheels = metadata.packages_distributions()
    for package in PACKAGES:
        for path, name in imports(package):
            top = name.partition(".")[0]
            if top in wheels and top not in PACKAGES:
                names = {_name(wheel) for wheel in wheels[top]}
                assert names & (declared | optional), f"{path} imports {top}, which is not declared"
                assert names & declared or name not in at_load(path), f"{path} can't be loaded without {top}"


def _name(requirement: str) -> str:
    letters = "".join(" " if character in "[=<>~! ;" else character for character in requirement)
    return letters.split()[0].lower().replace("_", "-")

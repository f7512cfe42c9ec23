"""What was thought through once about a version of the warehouse, and need not be again at the next click."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar, cast

from warehouse import browse
from warehouse.browse import Choices
from warehouse.connection import Row, Warehouse
from warehouse.latest import Latest

T = TypeVar("T")


class Memory:
    """Answers that hold for the whole warehouse, kept until a newer one is published. Ask it inside a question only."""

    def __init__(self, latest: Latest) -> None:
        self._latest: Final = latest
        self._version: object = None
        self._known: dict[Callable[[Warehouse], object], object] = {}

    def choices(self, warehouse: Warehouse) -> Choices:
        """What claims can be filtered by."""
        return self._once(browse.choices, warehouse)

    def crossings(self, warehouse: Warehouse) -> list[Row]:
        """All crossings that are named."""
        return self._once(browse.crossings, warehouse)

    def contested(self, warehouse: Warehouse) -> list[Row]:
        """All contested causes."""
        return self._once(browse.contested, warehouse)

    def changes(self, warehouse: Warehouse) -> list[Row]:
        """All changes of position, by the ids of their claims."""
        return self._once(browse.position_changes, warehouse)

    def review(self, warehouse: Warehouse) -> list[Row]:
        """All doubtful claims, by their ids."""
        return self._once(browse.review, warehouse)

    def _once(self, question: Callable[[Warehouse], T], warehouse: Warehouse) -> T:
        if self._version != self._latest.version:
            self._known.clear()
            self._version = self._latest.version
        if question not in self._known:
            self._known[question] = question(warehouse)
        return cast(T, self._known[question])

"""What a load changed, table by table: the proof that a second run adds nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LoadCount:
    """Rows inserted and updated, by table; `skipped` counts what was left out, by reason. Zeros are left out."""

    inserted: Mapping[str, int] = field(default_factory=dict)
    updated: Mapping[str, int] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: LoadCount) -> LoadCount:
        return LoadCount(
            _sum(self.inserted, other.inserted),
            _sum(self.updated, other.updated),
            _sum(self.skipped, other.skipped),
        )

    @property
    def nothing(self) -> bool:
        """True where not one row was inserted or updated."""
        return not self.inserted and not self.updated


def counted(table: str, inserted: int, updated: int) -> LoadCount:
    """A LoadCount of one table."""
    return LoadCount({table: inserted} if inserted else {}, {table: updated} if updated else {})


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: number for name, number in (Counter(one) + Counter(other)).items() if number}

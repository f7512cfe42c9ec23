"""The knowledge base: crossings, places, agencies, officials and outlets, in TOML that an analyst can edit.

Every `*.toml` beside this file holds `[[entity]]` tables:

    id = "crossing.syrym"            unique, stable: the warehouse keys on it
    label = "CHECKPOINT"             PERSON, ORG, PLACE, CHECKPOINT or LAW
    side = "KZ"                      KZ, RU, CN, OTHER or UNKNOWN
    ru = "Сырым"                     the name in each language, in dictionary form (at least one of the three)
    kk = "Сырым"
    en = "Syrym"
    aliases.ru = ["…"]               other spellings of the same thing, in dictionary form
    wikidata = "Q…"                  where it is sure
    pair = "crossing.mashtakovo"     for a crossing: the post across the border
    role = "minister of …"           for a person: the office held during the episode
    needs_context = true             the name is also an ordinary word or surname: it counts in quotes or beside a head
                                     word («пункт пропуска», «газета») only
    town = true                      a crossing named like its town: without quotes, head word or another crossing beside
                                     it, the name is the town's (PLACE)

`knowledge()` raises KnowledgeError, naming file and entry, for anything else.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.errors import KnowledgeError
from nlp.annotation import Label

FOLDER = Path(__file__).parent
Side = Literal["KZ", "RU", "CN", "OTHER", "UNKNOWN"]


class Known(BaseModel):
    """One entity of the knowledge base."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z]+(\.[a-z0-9-]+)+$")
    label: Label
    side: Side
    ru: str = ""
    kk: str = ""
    en: str = ""
    aliases: Mapping[Literal["ru", "kk", "en"], tuple[str, ...]] = {}
    wikidata: str | None = Field(default=None, pattern=r"^Q\d+$")
    pair: str | None = None
    role: str = ""
    needs_context: bool = False
    town: bool = False

    def names(self, lang: str) -> Iterator[str]:
        """The name in `lang` and its aliases, the name first."""
        name = {"ru": self.ru, "kk": self.kk, "en": self.en}[lang]
        if name:
            yield name
        for language, aliases in self.aliases.items():
            if language == lang:
                yield from (alias for alias in aliases if alias != name)


def read_knowledge(folder: Path) -> dict[str, Known]:
    """The entities of all TOML files in `folder` by id. Raises KnowledgeError naming file and entry."""
    found: dict[str, Known] = {}
    spoken: dict[tuple[str, str], str] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            rows = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise KnowledgeError(f"{path.name} is no TOML: {error}") from error
        if set(rows) != {"entity"} or not isinstance(rows["entity"], list):
            raise KnowledgeError(f"{path.name}: only [[entity]] tables are expected, found {', '.join(sorted(rows))}")
        for number, row in enumerate(rows["entity"], start=1):
            where = f"{path.name}, entry {number} ({row.get('id', 'without id')})"
            try:
                known = Known.model_validate(row)
            except ValidationError as error:
                first = error.errors()[0]
                raise KnowledgeError(
                    f"{where}: {'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
                ) from error
            if known.id in found:
                raise KnowledgeError(f"{where}: this id stands twice")
            if not (known.ru or known.kk or known.en):
                raise KnowledgeError(f"{where}: it has no name")
            for lang in ("ru", "kk", "en"):
                for name in known.names(lang):
                    other = spoken.setdefault((lang, name), known.id)
                    if other != known.id:
                        raise KnowledgeError(f"{where}: the {lang} name {name!r} is also that of {other}")
            found[known.id] = known
    for known in found.values():
        if known.pair is not None and known.pair not in found:
            raise KnowledgeError(f"entry {known.id}: its pair {known.pair} is not in the knowledge base")
    return found


@cache
def knowledge() -> dict[str, Known]:
    """The shipped knowledge base by id."""
    return read_knowledge(FOLDER)

"""The knowledge base: crossings, places, agencies, officials and outlets, in TOML that an analyst can edit.

Every `*.toml` beside this file holds `[[entity]]` tables:

    id = "crossing.syrym"            unique, stable: the warehouse keys on it; its first part tells the label
    label = "CHECKPOINT"             PERSON, ORG, PLACE, CHECKPOINT or LAW
    side = "KZ"                      KZ, RU, CN, OTHER or UNKNOWN
    ru = "Сырым"                     the name in each language, in dictionary form (at least one of the three)
    kk = "Сырым"
    en = "Syrym"
    aliases.ru = ["…"]               other spellings of the same thing, in dictionary form
    latin = ["Jaisañ"]               the Kazakh name in Latin script; it counts in all three languages
    wikidata = "Q…"                  where it is sure
    pair = "crossing.mashtakovo"     for a crossing: the post across the border, which names this one back
    national = { KZ = "agency.…" }   for an office that countries have by the same name, side UNKNOWN: the id of each one's
    role = "minister of …"           for a person: the office held during the episode
    note = "…"                       for a reader: what is not sure, what changed when; no rule reads it
    needs_context = true             the name is also an ordinary word or surname: it counts in quotes or beside a head
                                     word («пункт пропуска», «газета») only; ["kk"]: so in these languages
    common_surname = true            for a person: the surname alone is many people's, it names this one with the first
                                     name only
    town = true                      a crossing named like its town: without quotes, head word or another crossing beside
                                     it, the name is the town's (PLACE)

`knowledge()` raises KnowledgeError, naming file and line, for anything else: an unknown key or side, a Wikidata id that
is none or stands twice, a name that two entities share (case and ё aside), a word that mixes Cyrillic and Latin letters,
a pair that does not point back or is of the same country, a `national` of another side.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.errors import KnowledgeError
from nlp.annotation import Label

FOLDER = Path(__file__).parent
Side = Literal["KZ", "RU", "CN", "OTHER", "UNKNOWN"]
NAME_LANGUAGES: tuple[Literal["ru", "kk", "en"], ...] = ("ru", "kk", "en")
LABEL_OF_ID: Mapping[str, Label] = {
    "agency": "ORG",
    "crossing": "CHECKPOINT",
    "law": "LAW",
    "outlet": "ORG",
    "person": "PERSON",
    "place": "PLACE",
}
"""The first part of an id → the label that goes with it."""
_HEADER = re.compile(r"\s*\[\[\s*entity\s*\]\]")
_SINGLE = re.compile(r"\s*(?:\[entity\]{1,2}|\[\[entity\])\s*(?:#|$)")
_DOUBLE = "an entity begins with [[entity]], in double brackets"
_PLACE = re.compile(r"line (\d+), column (\d+)")
_TYPOGRAPHIC = tuple("«»“”„‘’")
_NOT_CLOSED = "a quote is not closed"
_TOML_SAYS = {
    r"Illegal character '\n'": _NOT_CLOSED,
    "Unterminated string": _NOT_CLOSED,
    'Expected "\'"': _NOT_CLOSED,
    "Cannot overwrite a value": "this key stands twice in its entity",
    "Expected newline or end of document after a statement": "something stands behind the value; a quote inside of quotes "
    'is written \\"',
    "Invalid value": "a value is a text in quotes, a list in [], true or false",
    "Unclosed array": "a comma or ] is missing in a list",
}
"""What tomllib says of the commonest mistakes → the same for who edits the file."""
_KEY_SAYS = {
    "id": "wanted are small Latin letters, a dot, and small Latin letters, digits or hyphens, like crossing.syrym",
    "wikidata": "a Wikidata id is like Q232",
    "needs_context": "true, false or a list of languages is wanted",
}
_KIND_SAYS = {
    "bool_type": "true or false is wanted",
    "dict_type": "it has parts, like aliases.ru or national.KZ, and no value of its own",
    "list_type": 'a list is wanted, like ["…"]',
    "string_type": "a text in quotes is wanted",
}
"""The kinds of pydantic's errors in the words of who edits the file; `_KEY_SAYS` is for keys with a form of their own."""
_MIXED = re.compile(r"\w*(?:[A-Za-z\u00c0-\u024f][\u0400-\u052f]|[\u0400-\u052f][A-Za-z\u00c0-\u024f])\w*")
"""A word in which a Cyrillic and a Latin letter stand side by side."""


class Known(BaseModel):
    """One entity of the knowledge base."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: str = Field(pattern=r"^[a-z]+(\.[a-z0-9-]+)+$")
    label: Label
    side: Side
    ru: str = ""
    kk: str = ""
    en: str = ""
    aliases: Mapping[Literal["ru", "kk", "en"], list[str]] = {}
    latin: list[str] = []
    wikidata: str | None = Field(default=None, pattern=r"^Q[1-9]\d*$")
    pair: str | None = None
    national: Mapping[str, str] = {}
    role: str = ""
    note: str = ""
    needs_context: bool | list[Literal["ru", "kk", "en"]] = False
    common_surname: bool = False
    town: bool = False

    def names(self, lang: str) -> Iterator[str]:
        """The name in `lang`, its aliases and the Kazakh name in Latin script, the name first."""
        name = {"ru": self.ru, "kk": self.kk, "en": self.en}[lang]
        if name:
            yield name
        for language, aliases in self.aliases.items():
            if language == lang:
                yield from aliases
        yield from (spelling for spelling in self.latin if spelling != name)

    def wants_context(self, lang: str) -> bool:
        """Whether the names count in texts of `lang` in quotes or beside a head word only."""
        return self.needs_context if isinstance(self.needs_context, bool) else lang in self.needs_context


@dataclass(frozen=True, slots=True)
class _Row:
    """An `[[entity]]` table and where its file writes it: `lines` are those of the table, `first` is the number of its
    header."""

    file: str
    first: int
    lines: tuple[str, ...]
    table: dict[str, Any]

    def error(self, key: str, says: str) -> KnowledgeError:
        """The error that `says` of `key`, which stands in this table or is missing from it."""
        keys = [line.split("=")[0].strip() for line in self.lines]
        wanted = next((one for one in (key, key.split(".")[0]) if one in keys), None)
        line = self.first + (keys.index(wanted) if wanted else 0)
        return KnowledgeError(f"{self.file}, line {line} ({self.table.get('id', 'without id')}): {says}")


def read_knowledge(folder: Path) -> dict[str, Known]:
    """The entities of all TOML files in `folder` by id. Raises KnowledgeError naming file and line."""
    found: dict[str, Known] = {}
    rows: dict[str, _Row] = {}
    spoken: dict[tuple[str, str], str] = {}
    items: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        for row in _rows(path):
            known = _known(row)
            if known.id in found:
                first = rows[known.id]
                raise row.error("id", f"this id stands twice, first in {first.file}, line {first.first}")
            _names_fit(row, known, spoken)
            if known.wikidata and items.setdefault(known.wikidata, known.id) != known.id:
                raise row.error("wikidata", f"the Wikidata id {known.wikidata} is also that of {items[known.wikidata]}")
            found[known.id], rows[known.id] = known, row
    for known in found.values():
        if known.pair is not None:
            _pair_fits(rows[known.id], known, found.get(known.pair))
        for side, other in known.national.items():
            _is_national(rows[known.id], known, side, found.get(other))
    return found


def _rows(path: Path) -> Iterator[_Row]:
    file = shown_path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise KnowledgeError(f"{file} is no TOML: it is not UTF-8, {error.reason} (at byte {error.start})") from error
    lines = text.splitlines()
    single = next((number for number, line in enumerate(lines, 1) if _SINGLE.match(line)), None)
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        says = f"{_DOUBLE} (at line {single})" if single else _toml_says(str(error), lines)
        raise KnowledgeError(f"{file} is no TOML: {says}") from error
    if single and isinstance(tables.get("entity"), dict):
        raise KnowledgeError(f"{file}, line {single}: {_DOUBLE}")
    if set(tables) != {"entity"} or not isinstance(tables["entity"], list):
        raise KnowledgeError(f"{file}: only [[entity]] tables are expected, found {', '.join(sorted(tables))}")
    starts = [i for i, line in enumerate(lines) if _HEADER.match(line)]
    if len(starts) != len(tables["entity"]):
        raise KnowledgeError(f"{file}: each entity wants an [[entity]] line of its own, and no other text one")
    for start, end, table in zip(starts, [*starts[1:], len(lines)], tables["entity"], strict=True):
        yield _Row(file, start + 1, tuple(lines[start:end]), table)


def _toml_says(message: str, lines: list[str]) -> str:
    """tomllib's `message` in an editor's words, where it is a common one, with its place as it stands."""
    said, place, where = message.partition(" (at ")
    at = _PLACE.match(where)
    if said == "Invalid value" and at and lines[int(at[1]) - 1][int(at[2]) - 1 :].startswith(_TYPOGRAPHIC):
        said = 'straight quotes are wanted, "…"'
    return _TOML_SAYS.get(said, said) + place + where


def _known(row: _Row) -> Known:
    try:
        known = Known.model_validate(row.table)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][: 2 if first["loc"][0] in {"aliases", "national"} else 1])
        raise row.error(where, f"{where}: {_value_says(where, first)}") from error
    label = LABEL_OF_ID.get(known.id.split(".")[0])
    if label is None:
        raise row.error("id", f"an id begins with {', '.join(LABEL_OF_ID)}")
    if known.label != label:
        raise row.error("label", f"an id that begins so wants the label {label}")
    for key, only in (("pair", "CHECKPOINT"), ("town", "CHECKPOINT"), ("role", "PERSON"), ("common_surname", "PERSON")):
        if getattr(known, key) and label != only:
            raise row.error(key, f"only a {only} has a {key}")
    if not (known.ru or known.kk or known.en):
        raise row.error("id", "it has no name")
    return known


def _value_says(key: str, error: Mapping[str, Any]) -> str:
    """pydantic's `error` in an editor's words."""
    kind = error["type"]
    if kind == "extra_forbidden":
        return f"there is no such key; the keys are {', '.join(Known.model_fields)}"
    if kind == "literal_error" and key != "needs_context":
        return f"one of {error['ctx']['expected']} is wanted"
    if kind == "missing":
        return "it is missing"
    return _KEY_SAYS.get(key) or _KIND_SAYS.get(kind, error["msg"])


def _names_fit(row: _Row, known: Known, spoken: dict[tuple[str, str], str]) -> None:
    for lang in NAME_LANGUAGES:
        names = list(known.names(lang))
        for i, name in enumerate(names):
            main = i == 0 and name == getattr(known, lang)
            key = lang if main else "latin" if name in known.latin else f"aliases.{lang}"
            if not name.strip() or " ".join(name.split()) != name:
                raise row.error(key, f"the {lang} name {name!r} is empty or has spaces too many")
            if mixed := _MIXED.search(name):
                raise row.error(key, f"{mixed.group()!r} mixes Cyrillic and Latin letters")
            if name in names[:i]:
                raise row.error(key, f"the {lang} name {name!r} stands twice")
            other = spoken.setdefault((lang, folded(name)), known.id)
            if other != known.id:
                raise row.error(key, f"the {lang} name {name!r} is also that of {other}")


def _pair_fits(row: _Row, known: Known, other: Known | None) -> None:
    if other is None:
        raise row.error("pair", f"its pair {known.pair} is not in the knowledge base")
    if other.pair != known.id:
        raise row.error("pair", f"its pair {known.pair} names {other.pair or 'none'} as pair, not {known.id}")
    if known.side == other.side and known.side != "OTHER":
        raise row.error("pair", f"its pair {known.pair} is of the same side, {known.side}")


def _is_national(row: _Row, known: Known, side: str, other: Known | None) -> None:
    if known.label != "ORG" or known.side != "UNKNOWN":
        raise row.error("national", "only an ORG of the side UNKNOWN has a national")
    if other is None or side == "UNKNOWN" or (other.label, other.side) != ("ORG", side):
        raise row.error("national", f"{known.national[side]} is no ORG of the side {side}")


def shown_path(path: Path) -> str:
    """`path` as an error names it: a shipped file from the repository's root, another by its name."""
    return f"nlp/knowledge/{path.name}" if path.parent == FOLDER else path.name


def folded(name: str) -> str:
    """`name` as names are compared: lower case, ё as е."""
    return name.casefold().replace("ё", "е")


@cache
def knowledge() -> dict[str, Known]:
    """The shipped knowledge base by id."""
    return read_knowledge(FOLDER)

"""Names that recur in the documents and are not in the knowledge base, each as a row for a curator with TOML to paste.

A name is proposed where it stands in several documents of several sources. Its spellings come together where one
skeleton stands for them (`nlp.skeleton`: Сагатов, Сағатов, Sagatov), acronyms and short names only letter by letter;
inflected or shortened forms stay apart. Nothing is merged into an entity that is known: the nearest one is named, and
the curator decides whether the name is new or another spelling of that. What the curator wants to see no more stands in
`nlp/knowledge/dismissed.csv`.
"""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher, get_close_matches
from itertools import count
from pathlib import Path
from typing import Literal, get_args

from ingest.errors import KnowledgeError
from nlp.annotation import Label
from nlp.knowledge import FOLDER, NAME_LANGUAGES, Known, folded, knowledge, shown_path
from nlp.skeleton import skeleton

PROPOSED: tuple[Label, ...] = ("PERSON", "ORG", "CHECKPOINT")
"""The labels that are proposed: places and laws are left to gazetteers."""
DISMISSED = FOLDER / "dismissed.csv"
"""Names that a curator looked at and does not want; no .toml, for it changes nothing of what is read."""
MIN_DOCUMENTS = 3
MIN_SOURCES = 2
EXAMPLES = 5
LONGEST = 80
"""Characters of a name: what is longer is a sentence."""
_COLUMNS = ["label", "name", "why"]
_SEMICOLONS = "commas are wanted between the fields, not semicolons"
_CSV_SAYS = {
    "unexpected end of data": "a quote is not closed",
    "',' expected after '\"'": "quotes inside of quotes are written twice",
}
"""The words of the module csv in a curator's words."""
_SHORT = 5
_NEAR = 0.75
_ANOTHER_SPELLING = 0.9
_PREFIX: Mapping[Label, str] = {"PERSON": "person", "ORG": "agency", "CHECKPOINT": "crossing"}
_LANGUAGE_ORDER = {lang: place for place, lang in enumerate(NAME_LANGUAGES)}
_READABLE = dict(zip("абвгдезийклмнопрстуфыэәғқңөұүһі", "abvgdeziiklmnoprstufyeagqnouuhi", strict=True)) | {
    "ё": "yo", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu", "я": "ya",
}  # fmt: skip
_AFTER_VOWEL = re.compile(r"(?<![^\W\dаеёиоуыэюяәіөұү])е")


@dataclass(frozen=True, slots=True)
class Sighting:
    """A name in a document: a row of `mentions` with its document's source and language. `entity_id` is an id of the
    knowledge base, or None; `role` the job title beside the name, in dictionary form."""

    name: str
    label: Label
    document_id: str
    source_id: str
    lang: Literal["ru", "kk", "en"]
    side: str = "UNKNOWN"
    entity_id: str | None = None
    role: str = ""


@dataclass(frozen=True, slots=True)
class NameForm:
    """A spelling in documents of one language, and in how many of them."""

    name: str
    lang: Literal["ru", "kk", "en"]
    documents: int


@dataclass(frozen=True, slots=True)
class Nearest:
    """The entity of the knowledge base whose spelling `name` is nearest; `likeness` 1.0 is the same skeleton."""

    entity_id: str
    name: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """A name for a curator to take or leave.

    `names` are its spellings, the commonest first; `examples` up to `EXAMPLES` document ids; `side` what the texts agree
    on, else UNKNOWN; `role` likewise, for a person, else ""; `toml` an entry for a file of the knowledge base, with what speaks against it in comments.
    """

    id: str
    label: Label
    names: tuple[NameForm, ...]
    documents: int
    sources: int
    side: str
    role: str
    examples: tuple[str, ...]
    nearest: Nearest | None
    toml: str


def proposals(
    sightings: Iterable[Sighting],
    base: Mapping[str, Known] | None = None,
    *,
    dismissed: Collection[tuple[str, str]] | None = None,
    sources: Collection[str] = (),
    min_documents: int = MIN_DOCUMENTS,
    min_sources: int = MIN_SOURCES,
) -> list[Proposal]:
    """The names to propose for `base` (the shipped knowledge base), those in most documents first, without the
    `dismissed` ones, each a label and a name (the shipped list), in whatever spelling, and without the `sources`: an
    outlet that is read is no agency.

    The order of `sightings` and repeated ones make no difference. Copies of one text count as several documents unless
    they come under one document_id. Raises KnowledgeError where the list of the dismissed is not readable.
    """
    entities = knowledge() if base is None else base
    spelling = _Spellings(entities)
    unwanted = {(label, _key(name)) for label, name in (read_dismissed() if dismissed is None else dismissed)}
    unwanted |= {("ORG", key) for name in sources for key in _source_keys(name)}
    groups: dict[tuple[Label, str], list[Sighting]] = defaultdict(list)
    for one in sightings:
        if one.label in PROPOSED and one.entity_id not in entities and _is_name(one) and not spelling.knows(one.name):
            groups[one.label, _key(one.name)].append(one)
    recurring = [
        group
        for key, group in groups.items()
        if key not in unwanted
        and len({one.document_id for one in group}) >= min_documents
        and len({one.source_id for one in group}) >= min_sources
    ]
    recurring.sort(key=_weight)
    taken = set(entities)
    found = []
    for group in recurring:
        found.append(_proposal(group, spelling, taken))
        taken.add(found[-1].id)
    return found


def read_dismissed(path: Path | None = None) -> list[tuple[str, str]]:
    """(label, name) of each line of `path` (the shipped list): CSV in UTF-8, with a byte order mark or without, of the
    columns label, name, why, of which the last is for readers. A label that is never proposed is none the worse.

    Raises KnowledgeError, naming file and line, for other columns, an unknown label, an empty name, a name that stands
    twice under its label.
    """
    path = path or DISMISSED
    found: list[tuple[str, str]] = []
    lines_of: dict[tuple[str, str], int] = {}
    line = 0
    with path.open(encoding="utf-8-sig", newline="") as text:
        rows = csv.reader(text, strict=True)
        try:
            if says := _misfit_header(next(rows, [])):
                raise KnowledgeError(f"{shown_path(path)}, line 1: {says}.")
            line = rows.line_num
            for row in rows:
                line = rows.line_num
                if not row:
                    continue
                if says := _misfit(row):
                    raise KnowledgeError(f"{shown_path(path)}, line {line}: {says}.")
                label, name = row[0].strip(), row[1].strip()
                first = lines_of.setdefault((label, folded(name)), line)
                if first != line:
                    raise KnowledgeError(
                        f"{shown_path(path)}, line {line}: {label} {name} stands in line {first} already."
                    )
                found.append((label, name))
        except csv.Error as error:
            raise KnowledgeError(
                f"{shown_path(path)}, after line {line}: {_CSV_SAYS.get(str(error), error)}."
            ) from error
        except UnicodeDecodeError as error:
            raise KnowledgeError(f"{shown_path(path)} is not UTF-8 (in Excel: save as “CSV UTF-8”).") from error
    return found


def _misfit_header(row: list[str]) -> str:
    if row == _COLUMNS:
        return ""
    return _SEMICOLONS if ";" in "".join(row) else f"its columns must be {','.join(_COLUMNS)}"


def _misfit(row: list[str]) -> str:
    """What is wrong with a line of the dismissed, or ""."""
    if ";" in row[0]:
        return _SEMICOLONS
    if len(row) != len(_COLUMNS):
        quotes = "; a name or reason with a comma wants quotes" if len(row) > len(_COLUMNS) else ""
        return f"{len(row)} field{'s' * (len(row) > 1)}, wanted are {len(_COLUMNS)}: {','.join(_COLUMNS)}{quotes}"
    if row[0].strip() not in get_args(Label):
        return f"{row[0]!r} is no label; labels are {', '.join(get_args(Label))}"
    return "" if row[1].strip() else "the name is empty"


def _is_name(one: Sighting) -> bool:
    """Whether `one` can name somebody by itself: no bare surname, no common noun, no sentence."""
    if len(one.name) > LONGEST or not any(letter.isupper() for letter in one.name):
        return False
    return one.label != "PERSON" or len(one.name.split()) > 1


def _key(name: str) -> str:
    bones = skeleton(name)
    return folded(name) if len(bones) < _SHORT or name.isupper() else bones


def _source_keys(source: str) -> set[str]:
    """What `_key` may give for a source's name, with the place in brackets that is no part of it and without."""
    return {key for name in (source, source.partition(" (")[0]) for key in (folded(name), skeleton(name))}


def _weight(group: list[Sighting]) -> tuple[int, int, str, str]:
    documents, sources = {one.document_id for one in group}, {one.source_id for one in group}
    return -len(documents), -len(sources), _forms(group)[0].name, group[0].label


def _forms(group: list[Sighting]) -> tuple[NameForm, ...]:
    counted = Counter((name, lang) for name, lang, _ in {(one.name, one.lang, one.document_id) for one in group})
    forms = [NameForm(name, lang, count) for (name, lang), count in counted.items()]
    return tuple(sorted(forms, key=lambda form: (-form.documents, _LANGUAGE_ORDER[form.lang], form.name)))


class _Spellings:
    """The names of the knowledge base, to be found by spelling."""

    def __init__(self, base: Mapping[str, Known]) -> None:
        self._folded: set[str] = set()
        self._bones: dict[Label, dict[str, tuple[str, str]]] = defaultdict(dict)
        for known in base.values():
            for lang in NAME_LANGUAGES:
                for name in known.names(lang):
                    self._folded.add(folded(name))
                    self._bones[known.label].setdefault(skeleton(name), (known.id, name))

    def knows(self, name: str) -> bool:
        """Whether an entity has just this name, in whatever language."""
        return folded(name) in self._folded

    def nearest(self, label: Label, names: Iterable[str]) -> Nearest | None:
        """The entity of `label` with the spelling nearest to any of `names`, or None where none is near."""
        best: Nearest | None = None
        bones = self._bones[label]
        for wanted in sorted({skeleton(name) for name in names}):
            for near in get_close_matches(wanted, bones, n=1, cutoff=_NEAR):
                likeness = round(SequenceMatcher(None, near, wanted).ratio(), 2)
                if best is None or likeness > best.likeness:
                    best = Nearest(*bones[near], likeness)
        return best


def _proposal(group: list[Sighting], spelling: _Spellings, taken: set[str]) -> Proposal:
    label, forms = group[0].label, _forms(group)
    documents = sorted({one.document_id for one in group})
    sides = {one.side for one in group} - {"UNKNOWN"}
    made = Proposal(
        id=next(one for one in _ids(label, forms[0].name) if one not in taken),
        label=label,
        names=forms,
        documents=len(documents),
        sources=len({one.source_id for one in group}),
        side=sides.pop() if len(sides) == 1 else "UNKNOWN",
        role=_role(group, forms[0].lang) if label == "PERSON" else "",
        examples=tuple(documents[:EXAMPLES]),
        nearest=spelling.nearest(label, (form.name for form in forms)),
        toml="",
    )
    return replace(made, toml="\n".join([*_doubts(made), *_entry(made)]) + "\n")


def _role(group: list[Sighting], first: str) -> str:
    """The role that the texts of one language agree on, of the language `first` if they tell any, in its commonest
    spelling; else ""."""
    for lang in (first, *NAME_LANGUAGES):
        told = {(one.role, one.document_id) for one in group if one.role and one.lang == lang}
        if told:
            spelt = Counter(role for role, _ in told)
            return min(spelt, key=lambda role: (-spelt[role], role)) if len(set(map(folded, spelt))) == 1 else ""
    return ""


def _ids(label: Label, name: str) -> Iterator[str]:
    """Ids for `name`, the shortest first: person.sagatov, person.yerlan-sagatov, person.yerlan-sagatov-2."""
    slugs = [_slug(word) for word in name.split()]
    whole = "-".join(slug for slug in slugs if slug) or "name"
    if label == "PERSON" and slugs[-1]:
        yield f"{_PREFIX[label]}.{slugs[-1]}"
    yield f"{_PREFIX[label]}.{whole}"
    yield from (f"{_PREFIX[label]}.{whole}-{number}" for number in count(2))


def _slug(word: str) -> str:
    latin = "".join(_READABLE.get(letter, letter) for letter in _AFTER_VOWEL.sub("ye", word.casefold()))
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"[^\x00-\x7f]", "", unicodedata.normalize("NFKD", latin))).strip("-")


def _doubts(made: Proposal) -> Iterator[str]:
    yield f"# {made.documents} documents of {made.sources} sources: {', '.join(made.examples)}"
    if made.nearest is not None:
        near = made.nearest
        yield f"# nearest known: {near.entity_id} ({near.name}), likeness {near.likeness:.2f}"
        if near.likeness >= _ANOTHER_SPELLING:
            lang = made.names[0].lang
            names = [form.name for form in made.names if form.lang == lang]
            yield f"# if it is another spelling of that, this goes there instead: aliases.{lang} = {_strings(names)}"
    if made.side == "UNKNOWN":
        yield "# side: the texts show none, or several"


def _entry(made: Proposal) -> Iterator[str]:
    yield "[[entity]]"
    for key, value in (("id", made.id), ("label", made.label), ("side", made.side)):
        yield f"{key} = {_string(value)}"
    names = {lang: [form.name for form in made.names if form.lang == lang] for lang in NAME_LANGUAGES}
    yield from (f"{lang} = {_string(spelt[0])}" for lang, spelt in names.items() if spelt)
    yield from (f"aliases.{lang} = {_strings(spelt[1:])}" for lang, spelt in names.items() if len(spelt) > 1)
    if made.role:
        yield f"role = {_string(made.role)}"
    if made.label == "PERSON":
        yield "common_surname = true"  # until the curator knows better: a wrong namesake costs more than a missed surname


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _strings(texts: list[str]) -> str:
    return f"[{', '.join(_string(text) for text in texts)}]"

"""A topic file, read, checked and compiled: words for the delay, the sides and the causes, by language."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ingest.errors import InputError, KnowledgeError
from nlp.claims.term import any_of, compile_terms

TOPICS = Path(__file__).parent.parent / "topics"
BLAMES = ("KZ", "RU", "CN", "BOTH", "TRADE", "OTHER", "NONE")


class SideEntry(BaseModel):
    """Words of one side: `of` tell whose a speaker is, `acts` and `names` whom a cause blames."""

    model_config = ConfigDict(extra="forbid")
    of: dict[str, list[str]] = {}
    acts: dict[str, list[str]] = {}
    names: dict[str, list[str]] = {}


class CauseEntry(BaseModel):
    """One cause of a topic file."""

    model_config = ConfigDict(extra="forbid")
    code: str
    label: str
    blames: str
    over: list[str]
    statement: bool = False
    hides: list[str] = []
    telling: bool = False
    admits: bool = False
    at_place: bool = False
    explains: list[str] = []
    strong: dict[str, list[str]] = {}
    weak: dict[str, list[str]] = {}


class TopicFile(BaseModel):
    """A topic file as it is written."""

    model_config = ConfigDict(extra="forbid")
    id: str
    title: str
    delay: dict[str, list[str]]
    place: dict[str, list[str]]
    vehicles: dict[str, list[str]]
    objects: dict[str, list[str]]
    sides: dict[str, SideEntry]
    causes: list[CauseEntry]


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause code; `blames` is a side, NONE, or "actor": the side whose words stand with it."""

    code: str
    label: str
    blames: str
    over: frozenset[str]
    statement: bool
    hides: frozenset[str]
    telling: bool
    admits: bool
    at_place: bool
    explains: frozenset[str]


@dataclass(frozen=True, slots=True)
class Words:
    """A topic's compiled words of one language."""

    delay: re.Pattern[str]
    delay_expression: str
    place: re.Pattern[str]
    vehicles: re.Pattern[str]
    objects: re.Pattern[str]
    strong: tuple[tuple[str, re.Pattern[str]], ...]
    weak: tuple[tuple[str, re.Pattern[str]], ...]
    of: Mapping[str, re.Pattern[str]]
    acts: Mapping[str, re.Pattern[str]]
    names: Mapping[str, re.Pattern[str]]
    statements: frozenset[str]
    """The codes of causes that say that there is no delay: a "no" belongs to their words."""


@dataclass(frozen=True, slots=True, eq=False)
class Topic:
    """What delay is asked about, with its causes in the order of the file and the words by language."""

    id: str
    title: str
    causes: Mapping[str, Cause]
    words: Mapping[str, Words]
    digest: str
    """Of the file's bytes: another one after every edit."""


class _WordsByLanguage(Mapping[str, Words]):
    """The words of each language, compiled when they are first asked for: that takes a second a language."""

    def __init__(self, file: str, entries: TopicFile) -> None:
        self._file, self._entries = file, entries
        self._compiled: dict[str, Words] = {}

    def __getitem__(self, lang: str) -> Words:
        if lang not in self._entries.delay:
            raise KeyError(lang)
        if lang not in self._compiled:
            self._compiled[lang] = _words(self._file, self._entries, lang)
        return self._compiled[lang]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries.delay)

    def __len__(self) -> int:
        return len(self._entries.delay)


def load_topic(path: Path, *, own: bool = False) -> Topic:
    """The topic of a file. Raises KnowledgeError, naming file and entry, where it can't be used; the terms of kezek's `own`
    files, which its tests have compiled, are looked at when they are asked for."""
    try:
        written = path.read_bytes()
        entries = TopicFile.model_validate(tomllib.loads(written.decode("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise KnowledgeError(f"{path.name}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise KnowledgeError(f"{path.name}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    codes = [cause.code for cause in entries.causes]
    for cause in entries.causes:
        if codes.count(cause.code) > 1:
            raise KnowledgeError(f"{path.name}: the cause {cause.code} stands twice")
        if cause.blames not in (*BLAMES, "actor"):
            raise KnowledgeError(f"{path.name}: cause {cause.code}: blames {cause.blames!r} is no side")
        unknown = {*cause.over, *cause.hides, *cause.explains} - set(codes)
        if unknown:
            raise KnowledgeError(f"{path.name}: cause {cause.code}: unknown codes {', '.join(sorted(unknown))}")
    words = _WordsByLanguage(path.name, entries)
    return Topic(
        id=entries.id,
        title=entries.title,
        causes={
            cause.code: Cause(
                cause.code,
                cause.label,
                cause.blames,
                frozenset(cause.over),
                cause.statement,
                frozenset(cause.hides),
                cause.telling,
                cause.admits,
                cause.at_place,
                frozenset(cause.explains),
            )
            for cause in entries.causes
        },
        words=words if own else dict(words),
        digest=hashlib.sha256(written).hexdigest()[:8],
    )


def _words(file: str, entries: TopicFile, lang: str) -> Words:
    def compiled(entry: str, terms: Mapping[str, list[str]]) -> re.Pattern[str]:
        try:
            return compile_terms(terms.get(lang, []))
        except (KnowledgeError, re.error) as error:
            raise KnowledgeError(f"{file}: {entry}.{lang}: {error}") from error

    return Words(
        delay=compiled("delay", entries.delay),
        delay_expression=any_of(entries.delay[lang]),
        place=compiled("place", entries.place),
        vehicles=compiled("vehicles", entries.vehicles),
        objects=compiled("objects", entries.objects),
        strong=tuple((cause.code, compiled(f"{cause.code}.strong", cause.strong)) for cause in entries.causes),
        weak=tuple((cause.code, compiled(f"{cause.code}.weak", cause.weak)) for cause in entries.causes),
        of={side: compiled(f"sides.{side}.of", words.of) for side, words in entries.sides.items()},
        names={side: compiled(f"sides.{side}.names", words.names) for side, words in entries.sides.items()},
        acts={side: compiled(f"sides.{side}.acts", words.acts) for side, words in entries.sides.items()},
        statements=frozenset(cause.code for cause in entries.causes if cause.statement),
    )


@cache
def topic_named(name: str) -> Topic:
    """The topic that kezek brings under `name`, or that of the file `name`; read once.

    Raises InputError where there is neither, KnowledgeError where the file can't be used.
    """
    brought = {path.stem: path for path in sorted(TOPICS.glob("*.toml"))}
    path = brought.get(name, Path(name))
    if not path.is_file():
        raise InputError(f"there is no topic {name!r}: kezek brings {', '.join(brought)}; else name a TOML file.")
    return load_topic(path, own=name in brought)


def border() -> Topic:
    """The topic that kezek is made for: truck queues at the Kazakh-Russian border."""
    return topic_named("border")

"""A language's pattern file, read, checked and compiled: causal links, denials, speech frames, speakers, signs."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from ingest.errors import KnowledgeError
from nlp.claims.fold import fold
from nlp.claims.term import LOOSE, TIGHT, any_of, compile_terms
from nlp.claims.topic import Topic

PATTERNS = Path(__file__).parent.parent / "patterns"
WHO = "\N{CYRILLIC LETTER MULTIOCULAR O}"
"""The letter that stands for a speaker in text that frames are matched against; no text of ours has it."""
Side = Literal["after", "before", "previous"]


class LinkEntry(BaseModel):
    """A causal link or a denial."""

    model_config = ConfigDict(extra="forbid")
    name: str
    anchor: str
    side: Side
    example: str
    span: str
    weak: bool = False
    needs_code: bool = False
    needs_negation: bool = False
    near: bool = False
    short: bool = False
    inclusive: bool = False


class RefusalEntry(BaseModel):
    """A denial of what was said just before."""

    model_config = ConfigDict(extra="forbid")
    name: str
    anchor: str
    example: str


class SpeechEntry(BaseModel):
    """The speech verbs."""

    model_config = ConfigDict(extra="forbid")
    verbs: list[str]


class FrameEntry(BaseModel):
    """Where a speaker stands beside a speech verb."""

    model_config = ConfigDict(extra="forbid")
    name: str
    match: str
    example: str
    who: str
    refers: Literal["", "previous"] = ""
    subject: bool = False
    carries: bool = False


class GroupEntry(BaseModel):
    """An unnamed group of speakers."""

    model_config = ConfigDict(extra="forbid")
    match: str
    name: str


class SpeakersEntry(BaseModel):
    """Words for speakers."""

    model_config = ConfigDict(extra="forbid")
    groups: list[GroupEntry]
    persons: list[str]
    bodies: list[str]
    again: list[str]
    press: list[str]
    titles: list[str]
    outlets: list[str]
    things: list[str]
    officials: list[str]
    attributes: list[str] = []
    people: list[str] = []
    apart: list[str] = []
    cited: list[str] = []
    inner: Literal["first", "last"]
    modifiers: Literal["before", "both"]


class SignsEntry(BaseModel):
    """Other signs."""

    model_config = ConfigDict(extra="forbid")
    hedges: list[str]
    plans: list[str]
    history: list[str]
    negations: list[str]
    only: list[str]
    towards: list[str]
    oblique: list[str]
    inside: list[str]
    contrast: list[str]
    tails: list[str]
    lists: list[str]
    trim: list[str]


class LanguageFile(BaseModel):
    """A pattern file as it is written."""

    model_config = ConfigDict(extra="forbid")
    lang: str
    cause: list[LinkEntry]
    denial: list[LinkEntry]
    refusal: list[RefusalEntry]
    speech: SpeechEntry
    frame: list[FrameEntry]
    speakers: SpeakersEntry
    signs: SignsEntry


@dataclass(frozen=True, slots=True)
class Link:
    """A compiled causal link or denial; the fields are those of `LinkEntry`."""

    name: str
    anchor: re.Pattern[str]
    side: Side
    weak: bool
    needs_code: bool
    needs_negation: bool
    near: bool
    short: bool
    inclusive: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """A compiled speech frame: its group `who` is the speaker, in masked text."""

    name: str
    match: re.Pattern[str]
    refers: str
    subject: bool
    carries: bool


@dataclass(frozen=True, slots=True)
class Patterns:
    """All that a language knows about claims, compiled for one topic."""

    lang: str
    causes: tuple[Link, ...]
    denials: tuple[Link, ...]
    refusals: tuple[tuple[str, re.Pattern[str]], ...]
    say: re.Pattern[str]
    frames: tuple[Frame, ...]
    groups: tuple[tuple[str, re.Pattern[str]], ...]
    persons: re.Pattern[str]
    bodies: re.Pattern[str]
    again: re.Pattern[str]
    press: re.Pattern[str]
    titles: re.Pattern[str]
    outlets: re.Pattern[str]
    things: re.Pattern[str]
    officials: re.Pattern[str]
    attributes: re.Pattern[str] | None
    people: re.Pattern[str] | None
    apart: re.Pattern[str] | None
    cited: re.Pattern[str] | None
    inner: str
    modifiers: str
    hedges: re.Pattern[str]
    plans: re.Pattern[str]
    history: re.Pattern[str]
    negations: re.Pattern[str]
    only: re.Pattern[str]
    towards: re.Pattern[str]
    oblique: re.Pattern[str]
    inside: frozenset[str]
    contrast: re.Pattern[str]
    tails: re.Pattern[str]
    lists: re.Pattern[str]
    trim: re.Pattern[str]


def read_language(path: Path) -> LanguageFile:
    """A pattern file, checked. Raises KnowledgeError, naming file and entry, where it can't be used."""
    try:
        return LanguageFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise KnowledgeError(f"{path.name}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise KnowledgeError(f"{path.name}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def load_patterns(path: Path, topic: Topic) -> Patterns:
    """The patterns of a file, compiled for `topic`. Raises KnowledgeError, naming file and entry."""
    entries = read_language(path)
    if entries.lang not in topic.words:
        raise KnowledgeError(f"{path.name}: the topic {topic.id} has no words for the language {entries.lang}")
    say = any_of(entries.speech.verbs)
    places = {
        "delay": topic.words[entries.lang].delay_expression,
        "say": say,
        "who": f"(?P<who>{WHO}+)",
        "aside": r"[^.;!?:]{2,140}?",
    }

    def compiled(entry: str, *terms: str, tight: bool = False) -> re.Pattern[str]:
        try:
            return compile_terms(terms, places, TIGHT if tight else LOOSE)
        except (KnowledgeError, re.error) as error:
            raise KnowledgeError(f"{path.name}: {entry}: {error}") from error

    def link(kind: str, entry: LinkEntry) -> Link:
        return Link(
            entry.name,
            compiled(f"{kind} {entry.name}", entry.anchor),
            entry.side,
            entry.weak,
            entry.needs_code,
            entry.needs_negation,
            entry.near,
            entry.short,
            entry.inclusive,
        )

    def literally(marks: list[str]) -> re.Pattern[str]:
        return re.compile("|".join(re.escape(fold(mark)) for mark in sorted(marks, key=len, reverse=True)))

    speakers, signs = entries.speakers, entries.signs
    trim = "|".join(re.escape(fold(word)) for word in sorted(signs.trim, key=len, reverse=True))
    return Patterns(
        lang=entries.lang,
        causes=tuple(link("cause", entry) for entry in entries.cause),
        denials=tuple(link("denial", entry) for entry in entries.denial),
        refusals=tuple((one.name, compiled(f"refusal {one.name}", one.anchor)) for one in entries.refusal),
        say=re.compile(say),
        frames=tuple(
            Frame(one.name, compiled(f"frame {one.name}", one.match, tight=True), one.refers, one.subject, one.carries)
            for one in entries.frame
        ),
        groups=tuple((one.name, compiled(f"group {one.name}", one.match)) for one in speakers.groups),
        persons=compiled("speakers.persons", *speakers.persons),
        bodies=compiled("speakers.bodies", *speakers.bodies),
        titles=compiled("speakers.titles", *speakers.titles),
        outlets=compiled("speakers.outlets", *speakers.outlets),
        again=compiled("speakers.again", *speakers.again),
        press=compiled("speakers.press", *speakers.press),
        officials=compiled("speakers.officials", *speakers.officials),
        things=compiled("speakers.things", *speakers.things),
        attributes=compiled("speakers.attributes", *speakers.attributes) if speakers.attributes else None,
        people=compiled("speakers.people", *speakers.people) if speakers.people else None,
        apart=compiled("speakers.apart", *speakers.apart) if speakers.apart else None,
        cited=compiled("speakers.cited", *speakers.cited) if speakers.cited else None,
        inner=speakers.inner,
        modifiers=speakers.modifiers,
        hedges=compiled("signs.hedges", *signs.hedges),
        plans=compiled("signs.plans", *signs.plans),
        history=compiled("signs.history", *signs.history),
        negations=compiled("signs.negations", *signs.negations),
        only=compiled("signs.only", *signs.only),
        towards=compiled("signs.towards", *signs.towards),
        inside=frozenset(signs.inside),
        oblique=compiled("signs.oblique", *signs.oblique),
        contrast=literally(signs.contrast),
        tails=literally(signs.tails),
        lists=literally(signs.lists),
        trim=re.compile(rf"^(?:(?:{trim})\b[\s,:—-]*)+"),
    )


@cache
def patterns_for(lang: str, topic: Topic) -> Patterns:
    """The patterns of `lang`, compiled once for a topic."""
    return load_patterns(PATTERNS / f"{lang}.toml", topic)

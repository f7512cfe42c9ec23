"""The word lists of one language, read from its `language.toml`: everything the rules know that is not code."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ingest.errors import KnowledgeError

HERE = Path(__file__).parent


class Lexicon(BaseModel):
    """Word lists of one language. Words are lower case; stems end where an inflected form may go on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stop_words: tuple[str, ...] = ()
    abbreviations: tuple[str, ...]
    """Tokens after which a full stop does not end a sentence, without that full stop."""
    numbers: Mapping[str, float]
    """Number words in their forms (or stems) and what they count."""
    multipliers: Mapping[str, float]
    """Words that multiply the number before them: thousand, тыс., мың."""
    roles: Mapping[str, tuple[str, ...]]
    """Job title in dictionary form → other forms that name the same job, e.g. feminine or short."""
    acting: Mapping[str, str] = {}
    """Before a job title, what says that it is held for the time being → a regular expression of it, case aside."""
    title_adjectives: tuple[str, ...] = ()
    """Stems of adjectives that begin a job title: первый заместитель, генеральный директор."""
    organisation_heads: tuple[str, ...]
    """Stems of words that make a name an organisation: министерств, committee, комитет."""
    place_heads: tuple[str, ...]
    """Stems of words that make a name a place: област, region, облыс."""
    checkpoint_heads: tuple[str, ...]
    """Stems of words beside which a name is a border crossing."""
    outlet_heads: tuple[str, ...]
    """Stems of words beside which a quoted name is an outlet."""
    first_names: tuple[str, ...] = ()
    """People's first names; with a capital after one, two words are a person."""
    outlet_names: tuple[str, ...] = ()
    """Words that end an outlet's or a firm's name: Steppe Herald, Zhol Alliance, «Степные новости»."""
    org_nouns: tuple[str, ...] = ()
    """Words before a name, a comma between or none, by which it is an organisation's: the contractor, Tobyl Qurylys."""
    no_names: tuple[str, ...] = ()
    """Stems of words with a capital that name nobody: Интернет."""
    beside_names: Mapping[str, tuple[str, ...]] = {}
    """`place_before`, `place_after`, `street_before`, `street_after`: regular expressions of the word beside a crossing's
    name by which it is a village, a river or a street: «посёлок Аксай», Ilek River; `crossing_before`, `crossing_after`:
    those by which a name that is also a town's is the crossing's: at Troitsk."""
    conjunctions: tuple[str, ...]
    """Words that set two names or titles side by side."""
    pronouns: Mapping[str, tuple[str, ...]]
    """`person`: third person pronouns that may stand for a person; `organisation`: for an organisation."""
    law_patterns: tuple[str, ...]
    """Regular expressions of named or numbered acts."""
    nationalities: Mapping[str, tuple[str, ...]]
    """Side (KZ, RU, CN, OTHER) → stems of the adjectives and peoples that show it."""
    role_sides: Mapping[str, tuple[str, ...]] = {}
    """Side → beginnings of job titles that only that side has: вице-министр, аким."""
    not_in_names: tuple[str, ...] = ()
    """Stems of adjectives that stand before an organisation's name without being a part of it."""
    measures: Mapping[str, tuple[str, ...]]
    """Regular expressions: `vehicles`, `kilometres`, `hours`, `days`: what a sentence says that measures a delay so;
    `waiting`: what speaks of standing, waiting or a queue; `passing`: of getting past a border; `changes`: what stands right
    before (ends in `<`) or right after (begins with `>`) two figures of two times; `range_from`, `range_to`,
    `range_between`, `range_and`: words of ranges."""
    units: Mapping[str, tuple[str, ...]]
    """Metric (vehicles, kilometres, hours, days, weeks) → regular expressions of its unit words."""

    def nationality(self, word: str) -> str:
        """The side whose adjective or people `word`, in lower case, is (казахстанский, Russians), or ""."""
        return next((side for side, stems in self.nationalities.items() if word.startswith(stems)), "")


@cache
def lexicon(lang: str) -> Lexicon:
    """The word lists of `lang`. Raises KnowledgeError naming the file where an entry does not fit."""
    path = HERE / lang / "language.toml"
    try:
        return Lexicon.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise KnowledgeError(f"the word lists of language {lang!r} can't be read from {path.name}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise KnowledgeError(f"{lang}/{path.name}: entry {where}: {first['msg']}") from error

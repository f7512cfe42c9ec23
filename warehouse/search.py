"""What a reader types into the search box, as conditions in SQL: words in any of their forms, phrases word for word.

A word's stem is looked for at the beginning of words, in any case, е and ё alike. The pattern spells each letter in both
cases, for engines differ in what they know of letters beyond ASCII; `~` wants the whole value in DuckDB and a part of it
in PostgreSQL, so that a pattern spans the value from end to end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import snowballstemmer

MOST_CHARACTERS: Final = 200
MOST_WORDS: Final = 12

_LETTERS: Final = "0-9A-Za-zÀ-ÖØ-öø-ÿА-Яа-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі"
_BEFORE: Final = f"(?s)^(?:.*[^{_LETTERS}])?"
_BETWEEN: Final = f"[^{_LETTERS}]+"
_AFTER: Final = f"(?:[^{_LETTERS}].*)?$"
_WORD: Final = re.compile(f"[{_LETTERS}]+")
_QUOTED: Final = re.compile(r'["“”„«»]([^"“”„«»]*)["“”„«»]')
_KAZAKH: Final = frozenset("әғқңөұүһі")
_SHORT: Final = 3
_LEAST_STEM: Final = 4
"""Letters that are left of a word without its Kazakh ending; one fewer where the word is Kazakh beyond doubt."""
_RUSSIAN: Final = snowballstemmer.stemmer("russian")
_ENGLISH: Final = snowballstemmer.stemmer("english")
# Endings of Kazakh nouns from the outside in: case and possession, then the plural. Longest first.
_KAZAKH_CASES: Final = tuple(
    sorted(
        [
            "ның",
            "нің",
            "дың",
            "дің",
            "тың",
            "тін",
            "тің",
            "ны",
            "ні",
            "ды",
            "ді",
            "ты",
            "ті",
            "на",
            "не",
            "да",
            "де",
            "та",
            "те",
            "дан",
            "ден",
            "тан",
            "тен",
            "нан",
            "нен",
            "ға",
            "ге",
            "қа",
            "ке",
            "мен",
            "бен",
            "пен",
            "ында",
            "інде",
            "ынан",
            "інен",
            "ына",
            "іне",
            "ын",
            "ін",
            "сында",
            "сінде",
            "сынан",
            "сінен",
            "сына",
            "сіне",
            "сын",
            "сін",
            "сының",
            "сінің",
            "сы",
            "сі",
            "ы",
            "і",
            "дағы",
            "дегі",
            "тағы",
            "тегі",
            "ындағы",
            "індегі",
        ],
        key=len,
        reverse=True,
    )
)
_KAZAKH_PLURALS: Final = ("лар", "лер", "дар", "дер", "тар", "тер")


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that must be there: `pattern` finds it in any text; `kazakh`, if there is one, in a Kazakh text too."""

    pattern: str
    kazakh: str | None = None


def terms(query: str) -> list[Term]:
    """The words and "quoted phrases" of a query. Raises ValueError (one sentence) for one that is too long."""
    if len(query) > MOST_CHARACTERS:
        raise ValueError(f"The search is longer than {MOST_CHARACTERS} characters.")
    found = list(_terms(query))
    if len(found) > MOST_WORDS:
        raise ValueError(f"The search has more than {MOST_WORDS} words.")
    return found


def stems(word: str) -> tuple[str, str | None]:
    """The letters with which all forms of a word begin, and, where the word may be Kazakh, those of its Kazakh forms.

    A word with letters that only Kazakh has is Kazakh and nothing else.
    """
    word = word.lower()
    if not word.isalpha() or len(word) < _SHORT:
        return word, None
    if word.isascii():
        stem = _ENGLISH.stemWord(word)  # writes i for y: policy and policies begin with polic
        return _beginning(word, stem[:-1] if stem.endswith("i") and len(stem) > _SHORT else stem), None
    if _KAZAKH & set(word):
        return _kazakh_stem(word, _LEAST_STEM - 1), None
    kazakh = _kazakh_stem(word, _LEAST_STEM)
    russian = _beginning(word, _RUSSIAN.stemWord(word.replace("ё", "е")))
    return russian, kazakh if not kazakh.startswith(russian) else None


def condition(term: Term, columns: tuple[str, ...], lang: str, name: str) -> tuple[str, dict[str, object]]:
    """The term as SQL over `columns`, and its parameters, which are called `name` and more; `lang` is the column that
    says in which language they are."""
    parameters: dict[str, object] = {name: term.pattern}
    either = [f"{column} ~ ${name}" for column in columns]
    if term.kazakh is not None:
        parameters[f"{name}_kk"] = term.kazakh
        either.append(f"({lang} = 'kk' AND ({' OR '.join(f'{column} ~ ${name}_kk' for column in columns)}))")
    return f"({' OR '.join(either)})", parameters


def marks(query: str) -> re.Pattern[str] | None:
    """A pattern for the words of the query in a text that is shown, whatever its language; None for no words."""
    parts = [
        part
        for term in terms(query)
        for pattern in (term.pattern, term.kazakh)
        if pattern is not None
        for part in (pattern.removeprefix(_BEFORE).removesuffix(_AFTER).removesuffix(".*"),)
    ]
    if not parts:
        return None
    return re.compile(f"(?<![{_LETTERS}])(?:{'|'.join(parts)})[{_LETTERS}]*")


def _terms(query: str) -> Iterator[Term]:
    for phrase in _QUOTED.findall(query):
        if words := _WORD.findall(phrase.lower()):
            yield Term(_BEFORE + _BETWEEN.join(map(_spelt, words)) + _AFTER)
    for word in _WORD.findall(_QUOTED.sub(" ", query)):
        stem, kazakh = stems(word)
        yield Term(_begins(stem), None if kazakh is None else _begins(kazakh))


def _begins(stem: str) -> str:
    """Words that begin with the stem; figures and very short words only by themselves."""
    return _BEFORE + _spelt(stem) + (_AFTER if len(stem) < _SHORT or not stem.isalpha() else ".*")


def _spelt(word: str) -> str:
    return "".join("[ЕеЁё]" if one in "её" else f"[{one.upper()}{one}]" if one.isalpha() else one for one in word)


def _beginning(word: str, stem: str) -> str:
    """What word and stem have in common from the left, and never less than three letters."""
    length = next((n for n, (a, b) in enumerate(zip(word, stem, strict=False)) if not _alike(a, b)), len(stem))
    return word[: max(length, _SHORT)]


def _alike(one: str, other: str) -> bool:
    return one == other or {one, other} == {"е", "ё"}


def _kazakh_stem(word: str, least: int) -> str:
    for endings in (_KAZAKH_CASES, _KAZAKH_PLURALS):
        ending = next((one for one in endings if word.endswith(one) and len(word) - len(one) >= least), "")
        word = word.removesuffix(ending)
    return word

"""Finds the names of the knowledge base in a Doc, in whatever case they stand, the longest at each place.

Names of all three languages are looked for in each: "State Revenue Committee" and «Серік Жұманғарин» in a Russian
sentence, «КГД» in an English one. Of names as long as each other that of the Doc's own language wins.

A word of an alias that is written with a capital wants a capital in the text (but for the first word of an office of
several: «комитет государственных доходов»), an acronym wants capitals; a name that is
also an ordinary word (`needs_context`) counts in quotes or beside a head word only.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import eq
from types import ModuleType

from spacy.language import Language
from spacy.tokens import Doc, Token

import nlp.languages.en.names as en_names
import nlp.languages.kk.names as kk_names
import nlp.languages.ru.names as ru_names
from nlp.candidates import words_in
from nlp.knowledge import Known, folded, knowledge
from nlp.languages.kk.latin import is_latin
from nlp.languages.lexicon import lexicon

NAMES: dict[str, ModuleType] = {"ru": ru_names, "kk": kk_names, "en": en_names}
"""The naming rules of each language."""
OPENING = frozenset("«“„\"'‘")
CLOSING = frozenset("»”\"'’")


@dataclass(frozen=True, slots=True)
class Match:
    """Tokens `start` to `end` of a Doc are the name `name` (as the knowledge base writes it) of `known`.

    `weak`: it is a crossing's name that is also an ordinary word, without quotes or head word; other crossings around may
    bear it out.
    """

    start: int
    end: int
    name: str
    known: Known
    surname: bool = False
    weak: bool = False


@dataclass(frozen=True, slots=True)
class _Alias:
    name: str
    lang: str
    words: tuple[str, ...]
    keys: tuple[frozenset[str], ...]
    known: Known
    surname: bool = False


_Index = dict[str, list[_Alias]]
"""Key of a name's first word → the names that begin so."""
_KAZAKH_LETTER = re.compile("[әғқңөұүһі]", re.I)


class Matcher:
    """The names of the knowledge base, ready to be looked for in Docs of one language."""

    def __init__(self, nlp: Language) -> None:
        self.lang = str(nlp.lang)
        self._nlp = nlp
        self._own = _index(nlp, self.lang)
        self._foreign: dict[str, _Index] = {}
        self._begins = lru_cache(maxsize=50_000)(self._may_begin)

    def __call__(self, doc: Doc) -> list[Match]:
        """The matches in `doc` that need nothing to bear them out, left to right, none over another."""
        return [match for match in self.all(doc) if not match.weak]

    def all(self, doc: Doc) -> list[Match]:
        """The matches in `doc`, the weak ones too."""
        found: list[Match] = []
        end = 0
        for i, word in enumerate(words_in(doc)):
            if i >= end and self._begins(word) and (match := self._at(doc, i)) is not None:
                found.append(match)
                end = match.end
        return found

    def _may_begin(self, word: str) -> bool:
        """Whether any name begins with `word`; most words are asked about again and again."""
        indexes = [(self.lang, self._own)]
        if word[0].isupper():
            indexes += [(lang, self._index(lang)) for lang in _languages_beside(self.lang, word[0])]
        if not any(map(str.isalnum, word)):
            return False
        return any(not index.keys().isdisjoint(NAMES[lang].token_keys(word)) for lang, index in indexes)

    def _index(self, lang: str) -> _Index:
        if lang not in self._foreign:
            self._foreign[lang] = _index(self._nlp, lang)
        return self._foreign[lang]

    def _at(self, doc: Doc, start: int) -> Match | None:
        words = words_in(doc)
        text = words[start]
        best, weak = self._best(doc, words, start, self._own, self.lang, None), False
        if text[0].isupper():
            for lang in _languages_beside(self.lang, text[0]):
                best = self._best(doc, words, start, self._index(lang), lang, best)
        if best is None and text[0].isupper():
            best, weak = self._best(doc, words, start, self._own, self.lang, None, weak=True), True
        if best is None:
            return None
        return Match(start, start + len(best.words), self._written(best), best.known, best.surname, weak)

    def _written(self, alias: _Alias) -> str:
        """The name in the Doc's language; a Russian one stays as it is in a Kazakh text, an outlet's everywhere."""
        stays = (alias.lang, self.lang) == ("ru", "kk") or alias.known.id.startswith("outlet.")
        return alias.name if alias.lang == self.lang or stays else next(alias.known.names(self.lang), alias.name)

    def _best(
        self,
        doc: Doc,
        words: Sequence[str],
        start: int,
        index: _Index,
        lang: str,
        best: _Alias | None,
        weak: bool = False,
    ) -> _Alias | None:
        """The longest alias of `index` at `start`, of these the most like the text; `best` if none is longer than it."""
        rank = (len(best.words), len(best.words)) if best is not None else (0, 0)
        for key in NAMES[lang].token_keys(words[start]):
            for alias in index.get(key, ()):
                size = len(alias.words)
                if size < rank[0]:
                    break  # the longest come first
                here = words[start : start + size]
                exact = sum(map(eq, alias.words, here))
                if (size, exact) > rank and len(here) == size and self._fits(doc, here, start, alias, weak):
                    best, rank = alias, (size, exact)
        return best

    def _foreign_script(self, doc: Doc, alias: _Alias) -> bool:
        return alias.lang != self.lang or (self.lang == "kk" and not is_latin(token.text for token in doc))

    def _fits(self, doc: Doc, here: Sequence[str], start: int, alias: _Alias, weak: bool) -> bool:
        """Whether `here`, the words of `doc` from `start` on, are those of `alias`."""
        end = start + len(here)
        if weak and alias.known.label != "CHECKPOINT":
            return False
        names = NAMES[alias.lang]
        lower = alias.known.id.startswith("agency.") and len(alias.words) > 1
        for i, (text, word, keys) in enumerate(zip(here, alias.words, alias.keys, strict=True)):
            if keys.isdisjoint(names.token_keys(text)):
                return False
            if not _case_fits(word, text) and not (lower and not i and word[1:].islower()):
                return False
        if alias.known.label == "PLACE" and _in_a_longer_name(doc, start, end) and self._foreign_script(doc, alias):
            return False
        if not weak and (alias.known.wants_context(self.lang) or self._wants_context(alias)):
            return _in_quotes(doc, start, end) or _beside_head(doc[start], self.lang, alias.known.label)
        return True

    def _wants_context(self, alias: _Alias) -> bool:
        """Whether a name of another language is an ordinary word there, or may be one here: «Хабар», news in Kazakh."""
        one_word_outlet = len(alias.words) == 1 and alias.known.id.startswith("outlet.") and not alias.name.isascii()
        return alias.lang != self.lang and (one_word_outlet or alias.known.wants_context(alias.lang))


def _languages_beside(lang: str, letter: str) -> tuple[str, ...]:
    """The other languages whose names a word that begins with `letter` may be, in a text in `lang`."""
    if "\u0400" <= letter <= "\u052f":
        return tuple(other for other in ("ru", "kk") if other != lang)
    return ("en",) if lang != "en" else ()


def _index(nlp: Language, lang: str) -> _Index:
    """The names in `lang` for Docs of `nlp`, longest first; of another language those that its own does not have too.

    A Kazakh name that counts in a Russian text has a letter that Russian has not: others may be Russian words.
    """
    own = str(nlp.lang)
    index: _Index = defaultdict(list)
    for known in knowledge().values():
        spoken = {folded(name) for name in _spoken(known, own)} if own != lang else set()
        for name in _spoken(known, lang):
            if folded(name) in spoken or ((own, lang) == ("ru", "kk") and not _KAZAKH_LETTER.search(name)):
                continue
            words = _words(nlp, name)
            keys = tuple(NAMES[lang].alias_keys(word) for word in words)
            alias = _Alias(name, lang, words, keys, known, known.label == "PERSON" and len(words) == 1)
            for key in alias.keys[0]:
                index[key].append(alias)
    for aliases in index.values():
        aliases.sort(key=lambda alias: -len(alias.words))
    return dict(index)


def _words(nlp: Language, name: str) -> tuple[str, ...]:
    """The tokens of `name`; the tokenizer is asked only where there are more than letters and spaces."""
    if name.replace(" ", "").isalpha():
        return tuple(name.split())
    return tuple(token.text for token in nlp.make_doc(name) if not token.is_space)


def _spoken(known: Known, lang: str) -> list[str]:
    """The names of `known` in `lang`, and the bare surnames of a person."""
    names = list(known.names(lang))
    if known.label == "PERSON" and not known.common_surname:
        names += sorted({name.split()[-1] for name in names if len(name.split()) == 2})
    return names


def stands_for_a_crossing(doc: Doc, start: int, end: int) -> bool:
    """Whether the words around a name that is also a town's show that a crossing is meant."""
    return _in_quotes(doc, start, end) or _beside_head(doc[start], str(doc.lang_), "CHECKPOINT")


def _in_a_longer_name(doc: Doc, start: int, end: int) -> bool:
    """Whether a Latin name goes on before or after: Astana Hub, China News Service."""
    beside = [doc[i].text[0] for i in (start - 1, end) if 0 <= i < len(doc)]
    return doc[start].text[0] < "\u0250" and any(letter.isupper() and letter < "\u0250" for letter in beside)


def _case_fits(word: str, text: str) -> bool:
    if word[0].isupper() and not text[0].isupper():
        return False
    if word.isupper() and word.isalpha() and len(word) > 1:
        return text.split("-")[0].isupper()
    return True


def _in_quotes(doc: Doc, start: int, end: int) -> bool:
    return start > 0 and end < len(doc) and doc[start - 1].text in OPENING and doc[end].text in CLOSING


def _beside_head(token: Token, lang: str, label: str) -> bool:
    words = lexicon(lang)
    heads = words.checkpoint_heads if label == "CHECKPOINT" else words.outlet_heads
    doc, near = token.doc, []
    before = [doc[i] for i in range(token.i - 1, max(token.i - 4, -1), -1) if not doc[i].is_punct][:2]
    after = [doc[i] for i in range(token.i + 1, min(token.i + 4, len(doc))) if not doc[i].is_punct][:2]
    near = before if lang == "ru" else [*before, *after]
    if label == "CHECKPOINT" and (dash := _across_dash(token)) is not None:
        near.append(dash)
        if dash.text[0].isupper():
            return True
    return any(one.text.casefold().startswith(tuple(heads)) for one in near)


def _across_dash(token: Token) -> Token | None:
    """The word across a dash: the two posts of a crossing are often written so, «Аксай – Илек»."""
    doc = token.doc
    for step in (1, -1):
        dash, far = token.i + step, token.i + 2 * step
        if 0 <= far < len(doc) and doc[dash].text in {"–", "—", "-"} and not doc[far].is_punct:
            return doc[far]
    return None


@cache
def _matchers() -> dict[str, Matcher]:
    return {}


def matcher(nlp: Language) -> Matcher:
    """The matcher of the language of `nlp`, built once a process."""
    made = _matchers()
    lang = str(nlp.lang)
    if lang not in made:
        made[lang] = Matcher(nlp)
    return made[lang]

"""Names that Russian grammar shows: offices as whole noun phrases, crossings beside their head word, regions in a row."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from spacy.tokens import Doc, Span, Token

from nlp.candidates import Candidate, end_of, first_of, inside_quotes
from nlp.languages.lexicon import lexicon
from nlp.languages.ru.morphology import parses
from nlp.languages.ru.names import QUOTES, agreeing, fold

_WORDS = lexicon("ru")
_GENERIC_HEADS = ("ассоциаци", "компани", "союз", "фирм", "холдинг", "групп", "перевозчик", "площадк", "оператор", "платформ",
                  "портал", "издани", "газет", "канал", "телеканал", "журнал", "сайт", "агентств", "telegram-канал",
                  "телеграм-канал", "паблик", "чат", "ао", "тоо", "ооо", "нк", "зао", "пао", "оао", "ип", "ассоц", "маркетплейс", "нпп", "нао", "фонд", "корпораци", "парти",
                  "сервис", "движени")  # fmt: skip
_REPORTS = ("пишет", "пишут", "сообщает", "передает", "цитирует", "рассказал", "утверждает")
_CITED = ("со ссылкой на", ", со ссылкой на")
_MINISTRY = re.compile(
    r"Мин(?:цифр|транс|сельхоз|пром|эк|фин|здрав|природ|строй|энерго|торг|юст|обр|нац|водресурс|туризм)\w*"
)
_MINISTRIES = (
    "минтранс",
    "минсельхоз",
    "минпром",
    "минэк",
    "минфин",
    "миндор",
    "минздрав",
    "минприроды",
    "мвд",
    "мчс",
    "гибдд",
    "гаи",
    "умвд",
)
_ABROAD = ("посольств", "консульств", "генконсульств", "представительств", "торгпредств")
_REGIONAL = ("управлени", "департамент", "таможн", "инспекци", "комитет", "агентств", "комисси", "прокуратур")
_CHECKPOINT_WORDS = (
    "пост",
    "пункт",
    "кпп",
    "мапп",
    "дапп",
    "переход",
    "погранпереход",
    "автопереход",
    "погранпункт",
    "автопункт",
)


def _case(token: Token) -> str:
    return next(iter(token.morph.get("Case", [])), "")


def organisations(doc: Doc, named: Collection[int], people: Collection[int]) -> Iterator[Candidate]:
    """Offices as noun phrases: «пограничное управление ФСБ по Саратовской области».

    `named` are the tokens that the knowledge base or the model takes for names, `people` those of persons. A phrase
    counts where it holds such a token, a capital or an acronym.
    """
    yield from _of_a_region(doc)
    for token in doc:
        if token.pos_ not in {"NOUN", "PROPN"} or token.i in people:
            continue
        if not _is_head(token):
            continue
        start, end = _left(token), _right(token, people)
        if token.i in named and end == token.i + 1 and start == token.i:
            continue
        inner = [one for one in doc[start:end] if one.i in named or one.text[0].isupper() and one.i > first_of(token)]
        preposition = next((i for i in range(start, end) if doc[i].text.casefold() == "по"), end)
        of_a_region = preposition + 1 < end and doc[preposition + 1].text[0].isupper()
        if of_a_region and start == token.i and all(one.i > preposition for one in inner):
            continue
        if inner and any(one.i != token.i or token.text[0].isupper() for one in inner) and end - start > 1:
            yield Candidate(doc[start:end], "ORG", rank=3)


def _of_a_region(doc: Doc) -> Iterator[Candidate]:
    """Ministries by their short names, a region's with it: Минцифры, Минтранс Псковской области."""
    for token in doc:
        if _MINISTRY.fullmatch(token.text):
            yield Candidate(doc[token.i : token.i + 1], "ORG", rank=2)
    for token in doc[:-2]:
        if fold(token.text).startswith(_MINISTRIES) and token.text[0].isupper():
            adjective, region = token.nbor(), token.nbor(2)
            if adjective.text[0].isupper() and (
                fold(region.text) in {"области", "края", "района"}
                or (fold(adjective.text).endswith("ой") and _case(region) == "Gen" and region.text[0].isupper())
            ):
                yield Candidate(doc[token.i : token.i + 3], "ORG", rank=6)


def _is_head(token: Token) -> bool:
    """Whether `token` is the head word of an office: a stem of the list and at most one letter more (союз, no союзник)."""
    lemma = fold(token.lemma_)
    if token.text.isupper():
        return False
    return any(lemma.startswith(stem) and len(lemma) <= len(stem) + 1 for stem in _WORDS.organisation_heads)


def _left(head: Token) -> int:
    start = head.i
    while start > first_of(head):
        before = head.doc[start - 1]
        if before.pos_ != "ADJ" or fold(before.text).startswith(_WORDS.not_in_names) or _case(before) != _case(head):
            break
        start -= 1
    return start


def _right(head: Token, people: Collection[int]) -> int:
    doc, end = head.doc, head.i + 1
    i, by_preposition = end, False
    while i < end_of(head) and i not in people:
        token = doc[i]
        text = token.text
        if text in {"«", "“", "„"}:
            closing = next((j for j in range(i + 1, min(i + 8, end_of(head))) if doc[j].text in {"»", "”", "“"}), None)
            named_so = fold(head.lemma_).startswith((*_GENERIC_HEADS, "палат"))
            return end if closing is None or named_so else closing + 1
        if (
            text.casefold() == "по"
            and not by_preposition
            and fold(head.lemma_).startswith(_REGIONAL)
            and i + 1 < end_of(head)
            and _case(doc[i + 1]) in {"Dat", "Loc", "Acc"}
        ):
            by_preposition = True
        elif (
            text.casefold() == "и"
            and i + 1 < end_of(head)
            and _attribute(doc[i + 1], by_preposition)
            and _attribute(doc[i - 1], by_preposition)
        ):
            pass
        elif _attribute(token, by_preposition):
            end = i + 1
        elif text == "в" and fold(head.lemma_).startswith(_ABROAD) and i > head.i + 1:
            return i + 2 if i + 1 < end_of(head) and doc[i + 1].text[0].isupper() else end
        else:
            break
        i += 1
    return end


def _attribute(token: Token, by_preposition: bool) -> bool:
    if token.text.isupper() and token.text.isalpha() and len(token.text) > 1:
        return True
    if token.pos_ not in {"NOUN", "PROPN", "ADJ"}:
        return False
    return _case(token) in ({"Gen", "Dat", "Loc"} if by_preposition else {"Gen"}) or "Fixd" in str(
        parses(token.text.casefold())[0].tag if parses(token.text.casefold()) else ""
    )


def quoted_names(doc: Doc) -> Iterator[Candidate]:
    """«X» after a word that says what it is: a company, an outlet, a crossing."""
    for start, end in inside_quotes(doc):
        before = [fold(token.text) for token in doc[max(start - 5, first_of(doc[start])) : start - 1]]
        after = " ".join(fold(token.text) for token in doc[end + 1 : end + 4])
        if (fold(doc[end - 1].text) in _WORDS.outlet_names and end - start > 1) or after.startswith(_CITED):
            yield Candidate(doc[start:end], "ORG", rank=4)
            continue
        if not before:
            continue
        near = before[-3:] if before[-1] in {"пропуска", "пункта"} else before[-2:]
        if any(word.startswith(_CHECKPOINT_WORDS) for word in near) and end - start <= 4:
            yield Candidate(doc[start:end], "CHECKPOINT", rank=2)
        elif (
            before[-1].startswith((*_GENERIC_HEADS, *_REPORTS))
            or before[-2:] == ["ссылкой", "на"]
            or (len(before) > 1 and before[-2].startswith(_GENERIC_HEADS))
        ):
            yield Candidate(doc[start:end], "ORG", rank=4)


def crossings(doc: Doc) -> Iterator[Candidate]:
    """A capitalised word after «пост», «пункт пропуска», «КПП»."""
    for token in doc:
        if not fold(token.text).startswith(_CHECKPOINT_WORDS) or not token.is_alpha:
            continue
        i = token.i + 1
        while i < end_of(token) and fold(doc[i].text) in {"пропуска", "мапп", "кпп"}:
            i += 1
        if (
            i < end_of(token)
            and doc[i].text[0].isupper()
            and doc[i].text[1:].islower()
            and doc[i].pos_ in {"PROPN", "NOUN", "ADJ"}
        ):
            yield Candidate(doc[i : i + 1], "CHECKPOINT", rank=1)


def places(doc: Doc) -> Iterator[Candidate]:
    """Regions and districts as noun phrases, each of a row: «Самарской и Саратовской областей»."""
    for token in doc:
        if token.pos_ not in {"NOUN", "PROPN"} or fold(token.lemma_) not in {"область", "район", "край", "округ"}:
            continue
        adjectives: list[Token] = []
        i = token.i - 1
        while i >= first_of(token):
            one = doc[i]
            if one.text[0].isupper() and _region_adjective(one):
                adjectives.insert(0, one)
            elif not (adjectives and (fold(one.text) in {"и", ","})):
                break
            i -= 1
        gender = "femn" if fold(token.lemma_).startswith("область") else "masc"
        head = "область" if gender == "femn" else fold(token.lemma_)
        for one in adjectives:
            last = one is adjectives[-1]
            span = doc[one.i : token.i + 1] if last else doc[one.i : one.i + 1]
            yield Candidate(span, "PLACE", rank=3, name=f"{agreeing(one, gender, 'sing')} {head}")


def _region_adjective(token: Token) -> bool:
    """Самарской, Саратовском; no noun whose case ends alike: Аким."""
    endings = ("ой", "ая", "ую", "ий", "ом", "ого", "ему", "ым", "им", "их", "ых", "ому", "ие", "ые")
    return fold(token.text).endswith(endings) and any(
        one.tag.POS == "ADJF" or not one.is_known for one in parses(token.text.casefold())
    )


def quotes_off(span: Span) -> Span:
    """The quoted name at the end of an organisation whose head word only says what it is: ТОО «X» → X."""
    doc = span.doc
    opening = next((token.i for token in span if token.text in {"«", "“", "„"}), None)
    if opening is not None and span[-1].text not in QUOTES and span.end < len(doc) and doc[span.end].text in QUOTES:
        span = doc[span.start : span.end + 1]
    if opening is None or span[-1].text not in QUOTES:
        return span
    generic = any(fold(token.text).startswith((*_GENERIC_HEADS, "палат")) for token in doc[span.start : opening])
    if opening == span.start or generic or opening == span.end - 2:
        return doc[opening + 1 : span.end - 1]
    return span

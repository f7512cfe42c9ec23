"""Who is meant: a bare surname, a job title, a word for an office, a pronoun → the entity named before.

All functions read a Doc of `nlp.pipeline.load` and give the entity Span that names the referent (its `._.name`,
`._.role`, `._.side`, `._.entity_id` say who it is), or None where nothing before fits: they do not guess forward.

- `resolve(token)`, also `doc._.resolve(token)`: tries the four below in turn by what the token is.
- `resolve_surname(token)`: the person of the document with that surname, wherever the full name stands.
- `resolve_role(token)`: «министр», "the minister", «министр»: the last person before with that job title; the last
  person before whose title holds the word.
- `resolve_office(token)`: «ведомство», "the committee", «комитет», "it": the last office before whose name has that
  head word; for a word that fits any office (ведомство, мекеме, agency) the last office.
- `resolve_pronoun(token)`: «он», "he", «ол»: of the last four people of that sex before it the last subject, else the
  last person.
"""

from __future__ import annotations

from spacy.tokens import Doc, Span, Token

from nlp.languages.kk.stemmer import stem, strip_case
from nlp.languages.lexicon import lexicon
from nlp.languages.ru.morphology import parses
from nlp.languages.ru.names import fold
from nlp.linker import NAMES
from nlp.roles import is_role

_ANY_OFFICE = {
    "ru": ("ведомств", "организаци", "служб"),
    "en": ("agency", "service", "ministry", "office", "department", "authority"),
    "kk": ("ведомство", "мекеме", "орган", "қызмет"),
}
_SOFTENED = {"к": "г", "қ": "ғ"}
"""A Kazakh word's last letter before an ending that begins with a vowel: министрлік, министрлігі."""
_SEX = {
    "m": frozenset({"он", "его", "ему", "нему", "he", "him", "his"}),
    "f": frozenset({"она", "её", "ее", "ей", "неё", "нее", "she", "her"}),
}
_WOMEN = (
    "ова",
    "ева",
    "ёва",
    "ина",
    "ская",
    "цкая",
    "овна",
    "евна",
    "қызы",
    "кызы",
    "ova",
    "eva",
    "yeva",
    "skaya",
    "kyzy",
)
_MEN = (
    "ов",
    "ев",
    "ёв",
    "ский",
    "цкий",
    "ович",
    "евич",
    "ұлы",
    "улы",
    "ov",
    "ev",
    "yev",
    "sky",
    "skiy",
    "uly",
    "ovich",
)
_WOMENS_NAMES = frozenset(
    [
        "anna",
        "maria",
        "elena",
        "olga",
        "irina",
        "natalia",
        "svetlana",
        "tatiana",
        "yulia",
        "katarzyna",
        "magdalena",
        "ilze",
        "iryna",
        "oksana",
        "galina",
        "larisa",
        "ekaterina",
        "aizhan",
        "aigerim",
        "aigul",
        "gulnara",
        "dinara",
        "saule",
        "asel",
        "assel",
        "madina",
        "zhanna",
        "mary",
        "elizabeth",
        "susan",
        "marina",
        "nina",
        "vera",
    ]
)
_SUBJECTS = {"nsubj", "nsubjpass", "nsubj:pass", "ROOT"}


def _before(token: Token, label: str) -> list[Span]:
    """Entities with `label` that end before `token`, the nearest first."""
    return [span for span in reversed(token.doc.ents) if span.label_ == label and span.end <= token.i]


def _key(token: Token) -> str:
    if token.doc.lang_ == "kk":
        return stem(token.text)
    return fold(token.lemma_ or token.text)


def resolve_surname(token: Token) -> Span | None:
    """The person whose full name ends in this surname; the first full mention of the document."""
    names = NAMES[token.doc.lang_]
    keys = names.token_keys(token.text)
    for span in token.doc.ents:
        words = span._.name.split()
        if span.label_ == "PERSON" and len(words) > 1 and names.alias_keys(words[-1]) & keys:
            return span
    return None


def resolve_role(token: Token) -> Span | None:
    """The last person before `token` whose job title has this head word."""
    if not is_role(token):
        return None
    keys = _titles(token)
    for span in _before(token, "PERSON"):
        words = span._.role.casefold().replace("ё", "е").replace("-", " ").split()
        if token.doc.lang_ == "kk":
            words = [stem(word) for word in words]
        if keys.intersection(words) or keys.intersection(fold(span._.role).split()):
            return span
    return None


def _titles(token: Token) -> set[str]:
    """The words by which the job title of `token` may be called: замминистра, вице-министр."""
    key = _key(token)
    groups = ({fold(title), *map(fold, others)} for title, others in lexicon(token.doc.lang_).roles.items())
    return {key}.union(*(group for group in groups if key in group and token.doc.lang_ != "kk"))


def resolve_office(token: Token) -> Span | None:
    """The last office before `token` whose name has this head word, or any office for a word that fits all."""
    lang, key = token.doc.lang_, _key(token)
    if lang == "kk":
        key = stem(strip_case(token.text))
        key = key[:-1] + _SOFTENED.get(key[-1:], key[-1:])
    heads = lexicon(lang).organisation_heads
    if not key.startswith(heads) and not stem(key).startswith(heads) and not key.startswith(_ANY_OFFICE[lang]):
        return None
    offices = [span for span in _before(token, "ORG") if not (span._.entity_id or "").startswith("outlet.")]
    for span in offices:
        words = span._.name.casefold().replace("ё", "е").split()
        if any(word[:5] == key[:5] for word in words) or (
            lang == "ru" and key[:4] == "мини" and words[0].startswith("мин")
        ):
            return span
        if _called(span).startswith(key[:6]):
            return span
    if key.startswith((*_ANY_OFFICE[lang], "комитет", "committee")):
        return next((span for span in offices if span._.entity_id or len(span) > 1), offices[0] if offices else None)
    return None


def _called(span: Span) -> str:
    """The word before an office's name that says what it is, quotes passed over: компания «Вектор»."""
    i = span.start - 1
    while i >= 0 and span.doc[i].is_quote:
        i -= 1
    return _key(span.doc[i]) if i >= 0 else ""


def resolve_pronoun(token: Token) -> Span | None:
    """The last person before `token` that is a subject, of the last four; the last person where none is, or where the
    language has no parse (kk). He and she are of their sex."""
    words = lexicon(token.doc.lang_).pronouns
    if token.text.casefold() not in words.get("person", ()):
        return None
    wanted = next((sex for sex, words in _SEX.items() if token.text.casefold() in words), "")
    people = [span for span in _before(token, "PERSON") if not wanted or sex_of(span) in {"", wanted}]
    nearest = people[:4]
    subject = next((span for span in nearest if span.root.dep_ in _SUBJECTS), None)
    return subject or (people[0] if people else None)


def sex_of(person: Span) -> str:
    """ "f" or "m" by a person's first name and surname, "" where they do not tell."""
    name = fold(person._.name)
    first, last = name.split()[0], name.split()[-1]
    known = {
        str(one.tag.gender) for one in parses(first) if "Name" in one.tag and one.tag.case == "nomn" and one.is_known
    }
    if len(known) == 1 and known <= {"masc", "femn"}:
        return "f" if "femn" in known else "m"
    if last.endswith(_WOMEN):
        return "f"
    return "m" if last.endswith(_MEN) else "f" if first in _WOMENS_NAMES else ""


def resolve(token: Token) -> Span | None:
    """Who or what `token` stands for, or None."""
    for span in token.doc.ents:
        if span.start <= token.i < span.end and span.label_ in {"PERSON", "ORG"}:
            return span
    return resolve_pronoun(token) or resolve_role(token) or resolve_surname(token) or resolve_office(token)


def _resolve_in(doc: Doc, token: Token) -> Span | None:
    return resolve(token)


Doc.set_extension("resolve", method=_resolve_in, force=True)

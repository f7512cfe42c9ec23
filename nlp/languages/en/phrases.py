"""Names that English capitals show: offices with their head word, crossings before theirs."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from spacy.tokens import Doc, Span, Token

from nlp.candidates import Candidate, end_of, first_of
from nlp.languages.lexicon import lexicon

_WORDS = lexicon("en")
_LINKS = frozenset({"of", "and", "for", "on", "the", "&"})
_LOWER_HEADS = frozenset(
    {
        "customs",
        "office",
        "department",
        "directorate",
        "police",
        "chamber",
        "akimat",
        "bureau",
        "inspectorate",
        "consulate",
    }
)
_WANT_A_WORD = frozenset({"office", "department", "directorate", "bureau", "inspectorate"})
_LOWER_WORDS = frozenset(
    {
        "customs",
        "police",
        "border",
        "tax",
        "migration",
        "roads",
        "regional",
        "city",
        "district",
        "transport",
        "traffic",
        "state",
        "revenue",
    }
)
_NO_OFFICE = frozenset(
    {
        "post",
        "posts",
        "checkpoint",
        "officers",
        "officials",
        "officer",
        "official",
        "clearance",
        "terminal",
        "control",
        "union",
        "code",
        "duties",
    }
)
_PEOPLES = tuple(stem for stems in _WORDS.nationalities.values() for stem in stems)
_CROSSING = frozenset({"crossing", "checkpoint", "post", "crossings", "checkpoints"})


def _plain(token: Token) -> bool:
    """A common noun that only begins its sentence with a capital: Members of the Eurasian Economic Union."""
    return (
        token.i == first_of(token)
        and token.tag_ in {"NN", "NNS"}
        and token.text.casefold() not in _WORDS.organisation_heads
    )


def _capital(token: Token) -> bool:
    return token.text[0].isupper() and (token.is_alpha or "-" in token.text or "." in token.text)


def runs(doc: Doc) -> Iterator[Span]:
    """Runs of capitalised words, linked by of, and, for; a possessive or a comma ends one."""
    i = 0
    while i < len(doc):
        token = doc[i]
        if not _capital(token) or token.text.casefold() in _WORDS.not_in_names or token.is_stop or _plain(token):
            i += 1
            continue
        end = i + 1
        while end < end_of(token):
            if _capital(doc[end]):
                end += 1
            elif doc[end].text in _LINKS and (far := _next_capital(doc, end, end_of(token))):
                end = far
            else:
                break
        yield doc[i:end]
        i = end


def _next_capital(doc: Doc, start: int, stop: int) -> int | None:
    for i in range(start + 1, min(start + 3, stop)):
        if _capital(doc[i]):
            return i
        if doc[i].text not in _LINKS:
            return None
    return None


def organisations(doc: Doc, named: Collection[int], people: Collection[int]) -> Iterator[Candidate]:
    """Runs of capitals that end or begin with an office's head word, below the headline."""
    yield from _with_lower_head(doc)
    for run in runs(doc):
        if run.start_char < doc._.title_length:
            continue
        for part in _parts(run):
            heads = [i for i, token in enumerate(part) if token.text.casefold() in _WORDS.organisation_heads]
            if not heads or len(part) < 2 or any(token.i in people for token in part):
                continue
            linked = any(token.text == "of" for token in part)
            whole = linked or part[-1].text.casefold() in _WORDS.outlet_names
            end = part.end if whole or heads[-1] == len(part) - 1 else part.start + heads[-1] + 1
            if linked and end < len(doc) and doc[end].text in {"'s", "’s"} and part.start < end - 2:
                end = max(i for i in range(part.start, end) if doc[i].text == "of")
            yield Candidate(doc[part.start : end], "ORG", rank=3)


def _with_lower_head(doc: Doc) -> Iterator[Candidate]:
    """A place's office whose words are written small: Troitsk customs, Kostanay chamber of entrepreneurs."""
    for token in doc:
        if token.text not in _LOWER_HEADS or token.i == first_of(token):
            continue
        start, end = token.i, token.i + 1
        while start > first_of(token) and doc[start - 1].text in _LOWER_WORDS:
            start -= 1
        first = start
        while start > first_of(token) and _capital(doc[start - 1]) and doc[start - 1].tag_ != "DT":
            start -= 1
        if (
            start == first
            or doc[start].is_stop
            or any(one.text.casefold().startswith(_PEOPLES) for one in doc[start:first])
        ):
            continue
        if first == token.i and token.text in _WANT_A_WORD:
            continue
        if end < len(doc) and (doc[end].text in _LOWER_HEADS or doc[end].text in _NO_OFFICE):
            continue
        if token.text == "chamber" and end + 1 < len(doc) and doc[end].text == "of":
            end += 2
        yield Candidate(doc[start:end], "ORG", rank=3)


def _parts(run: Span) -> Iterator[Span]:
    """The run cut at `and` unless the head word comes after it (Ministry of Trade and Integration stays)."""
    yield run


def crossings(doc: Doc) -> Iterator[Candidate]:
    """Capitalised words right before crossing, checkpoint, post."""
    for token in doc:
        if token.text.casefold() not in _CROSSING or token.i == first_of(token):
            continue
        end = token.i
        while end > first_of(token) and doc[end - 1].text.casefold() in {"border", "road", "car", "customs"}:
            end -= 1
        start = end
        while start > first_of(token) and _capital(doc[start - 1]) and doc[start - 1].pos_ == "PROPN":
            start -= 1
        if start < end and doc[start].ent_type_ not in {"NORP", "PERSON"}:
            yield Candidate(doc[start:end], "CHECKPOINT", rank=2)


def places(doc: Doc) -> Iterator[Candidate]:
    """Capitalised words right before region, oblast, district."""
    for token in doc:
        if token.text.casefold() not in _WORDS.place_heads:
            continue
        start = token.i
        while start > first_of(token) and _capital(doc[start - 1]) and doc[start - 1].pos_ in {"PROPN", "NOUN"}:
            start -= 1
        if start < token.i and doc[start].ent_type_ != "NORP":
            yield Candidate(doc[start : token.i + 1], "PLACE", rank=3)


def quoted_names(doc: Doc) -> Iterator[Candidate]:
    """English does not quote names."""
    yield from ()


def quotes_off(span: Span) -> Span:
    """The name without the article before, the quotes around and the possessive after it."""
    doc, start, end = span.doc, span.start, span.end
    while start < end - 1 and (doc[start].text.casefold() in {"the", "a", "an"} or doc[start].is_punct):
        start += 1
    while end - 1 > start and (doc[end - 1].text in {"'s", "’s", "'", "’"} or doc[end - 1].is_punct):
        end -= 1
    return doc[start:end]

"""Kazakh names as a spaCy component: `doc.ents` in the labels of KazNERD, sentence by sentence."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import minibatch

from ingest.errors import ModelError
from nlp.languages.kk.latin import cyrillic, is_latin
from nlp.languages.kk.network import Floats, Network, keys
from nlp.sentences import LONGEST

NAMES = ("GPE", "LAW", "LOCATION", "ORGANISATION", "PERSON", "POSITION")
"""The labels that are given out; the network knows more of KazNERD's, so that it does not take a date for a name."""
SHIPPED = Path(__file__).parent.parent.parent / "models" / "kk_ner"
WEIGHTS = "weights.npz"
_TOGETHER = 128
"""Sentences that are read at once."""
_KEPT_WORDS = 40_000
"""Words whose reading is kept, 20 MB; `_TOGETHER` of the longest sentences have fewer."""


class KazakhNames:
    """Finds names and calls them by the labels of `NAMES`."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._known: dict[str, int] = {}
        self._read: Floats = np.zeros((_KEPT_WORDS, network.width), np.float32)

    @classmethod
    def from_folder(cls, folder: Path) -> KazakhNames:
        """The recogniser of `folder`, as training wrote it. Raises ModelError where it is missing or of another kind."""
        file = folder / WEIGHTS
        if not file.is_file():
            raise ModelError(
                f"the Kazakh weights are missing: {file} (made by `python -m nlp.training.kk_ner --data …`)"
            )
        try:
            return cls(Network.restored(file))
        except (OSError, EOFError, BadZipFile, zlib.error) as error:
            raise ModelError(f"the Kazakh weights in {file} can't be read: {error}") from error
        except (KeyError, ValueError) as error:
            raise ModelError(f"the Kazakh weights in {file} are of another network: {error}") from error

    def __call__(self, doc: Doc) -> Doc:
        return next(self._several([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 32, **_: Any) -> Iterator[Doc]:
        """The Docs of `stream` with their names."""
        for docs in minibatch(stream, batch_size):  # type: ignore[no-untyped-call]
            yield from self._several(list(docs))

    def _several(self, docs: Sequence[Doc]) -> Iterator[Doc]:
        places = [list(_sentences(doc)) for doc in docs]
        tagged = iter(self.tags([_words(doc, place) for doc, own in zip(docs, places, strict=True) for place in own]))
        for doc, own in zip(docs, places, strict=True):
            doc.set_ents(
                [
                    Span(doc, place[start], place[end - 1] + 1, label=label)
                    for place in own
                    for start, end, label in spans(next(tagged))
                    if label in NAMES
                ]
            )
            yield doc

    def tags(self, sentences: Sequence[Sequence[str]]) -> list[list[str]]:
        """The tags of IOB2 of each of `sentences`, given as words."""
        out: list[list[str]] = [[] for _ in sentences]
        order = sorted((i for i in range(len(sentences)) if sentences[i]), key=lambda i: len(sentences[i]))
        names = self._network.tags.names
        for begin in range(0, len(order), _TOGETHER):
            chosen = order[begin : begin + _TOGETHER]
            rows = self._network.scores(self._words_read([sentences[i] for i in chosen]))
            for i, best in zip(chosen, self._network.best(rows), strict=True):
                out[i] = [names[tag] for tag in best]
        return out

    def _words_read(self, sentences: Sequence[Sequence[str]]) -> list[Floats]:
        """What the network makes of each word, words × width for each sentence; words seen before are remembered."""
        words = {word for sentence in sentences for word in sentence}
        new = sorted(words - self._known.keys())
        if len(self._known) + len(new) > _KEPT_WORDS:
            self._known.clear()
            new = sorted(words)
        if new:
            begin = len(self._known)
            self._read[begin : begin + len(new)] = self._network.words.predict(np.stack([keys(word) for word in new]))
            self._known.update((word, begin + place) for place, word in enumerate(new))
        return [self._read[[self._known[word] for word in sentence]] for sentence in sentences]


@Language.factory("kazakh_ner", default_config={"folder": None})
def make_names(nlp: Language, name: str, folder: str | None) -> KazakhNames:
    """The spaCy factory; the weights are the shipped ones or those of `folder`. Raises ModelError where they are missing."""
    return KazakhNames.from_folder(SHIPPED if folder is None else Path(folder))


def spans(tags: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """(start, end, label) of each name in the tags of a sentence; an I- without its beginning begins a name."""
    start, label = 0, ""
    for place, tag in enumerate([*tags, "O"]):
        if label and tag != f"I-{label}":
            yield start, place, label
            label = ""
        if tag != "O" and not label:
            start, label = place, tag[2:]


def _sentences(doc: Doc) -> Iterator[list[int]]:
    """The places of the words of each sentence, blanks left out; none is longer than `LONGEST`."""
    place: list[int] = []
    known = doc.has_annotation("SENT_START")
    for token in doc:
        if place and ((known and token.is_sent_start) or len(place) >= LONGEST):
            yield place
            place = []
        if not token.is_space:
            place.append(token.i)
    if place:
        yield place


def _words(doc: Doc, place: Sequence[int]) -> list[str]:
    """The words at `place`; those of a sentence in Latin letters in Cyrillic ones, as the network was taught."""
    words = [doc[i].text for i in place]
    return [cyrillic(word) for word in words] if is_latin(words) else words

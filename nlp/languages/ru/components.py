"""Russian as spaCy components: razdel's tokens, slovnet's morphology, syntax and names, pymorphy3's lemmas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

import numpy as np
import razdel
from spacy.attrs import DEP, HEAD, IS_SPACE, LEMMA, MORPH, POS, SENT_START  # type: ignore[import-not-found]
from spacy.language import Language
from spacy.parts_of_speech import IDS as POS_IDS  # type: ignore[import-not-found]
from spacy.parts_of_speech import SPACE
from spacy.tokens import Doc, Span
from spacy.util import filter_spans, get_words_and_spaces, registry
from spacy.vocab import Vocab

from nlp.languages.ru.morphology import lemma
from nlp.languages.ru.weights import weights
from nlp.tokenizers import LONGEST_WORD, PICTURES

_LABELS = {"PER": "PERSON", "ORG": "ORG", "LOC": "PLACE"}


class RazdelTokenizer:
    """razdel's tokens as a spaCy tokenizer: «из-за» is one token, whitespace other than one space a token."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        words, spaces = get_words_and_spaces(list(self._words(text)), text)
        return Doc(self.vocab, words=words, spaces=spaces)

    @staticmethod
    def _words(text: str) -> Iterator[str]:
        for chunk in text.split():
            if len(chunk) > LONGEST_WORD:
                yield chunk
            elif PICTURES.search(chunk):
                for piece in PICTURES.split(chunk):
                    yield from [piece] if PICTURES.match(piece) else (token.text for token in razdel.tokenize(piece))
            else:
                yield from (token.text for token in razdel.tokenize(chunk))

    def to_bytes(self, **kwargs: Any) -> bytes:
        """Nothing to store."""
        return b""

    def from_bytes(self, data: bytes, **kwargs: Any) -> RazdelTokenizer:
        """Nothing to load."""
        return self

    def to_disk(self, path: Any, **kwargs: Any) -> None:
        """Nothing to store."""

    def from_disk(self, path: Any, **kwargs: Any) -> RazdelTokenizer:
        """Nothing to load."""
        return self


@registry.tokenizers("kezek.Razdel.v1")  # type: ignore[untyped-decorator]
def make_tokenizer() -> Callable[[Language], RazdelTokenizer]:
    """For configs: razdel's tokenizer."""
    return lambda nlp: RazdelTokenizer(nlp.vocab)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """Tokens `start` to `end` of the Doc at `place` of a batch; `indexes` and `words` are those that are no whitespace."""

    place: int
    start: int
    end: int
    indexes: list[int]
    words: list[str]


def _sentences(docs: Sequence[Doc]) -> list[_Sentence]:
    """The sentences of `docs`, but for those of whitespace alone."""
    found = []
    for place, doc in enumerate(docs):
        words = [token.text for token in doc]
        marks, spaces = doc.to_array([SENT_START, IS_SPACE]).reshape(-1, 2).T.tolist()
        starts = [i for i, mark in enumerate(marks) if mark == 1 or not i]
        for start, end in pairwise([*starts, len(doc)]):
            indexes = [i for i in range(start, end) if not spaces[i]]
            if indexes:
                found.append(_Sentence(place, start, end, indexes, [words[i] for i in indexes]))
    return found


class _Batched:
    """A component that tags all the sentences of several Docs at once."""

    def __call__(self, doc: Doc) -> Doc:
        self.tag([doc])
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 64) -> Iterator[Doc]:
        """The Docs of `stream`, tagged, `batch_size` at a time."""
        docs = iter(stream)
        while batch := list(islice(docs, batch_size)):
            self.tag(batch)
            yield from batch

    def tag(self, docs: Sequence[Doc]) -> None:
        """Tags each of `docs` in place."""
        raise NotImplementedError


class SlovnetMorph(_Batched):
    """Sets `pos_`, `morph` (Universal Dependencies) and `lemma_`."""

    def __init__(self, vocab: Vocab) -> None:
        self._vocab = vocab
        self._tags: dict[str, tuple[int, int, str, str]] = {}

    def tag(self, docs: Sequence[Doc]) -> None:
        """Tags each of `docs` in place."""
        sentences = _sentences(docs)
        values = [np.zeros((len(doc), 3), dtype="uint64") for doc in docs]
        for sentence, tags in zip(sentences, weights().morph([one.words for one in sentences]), strict=True):
            rows = values[sentence.place]
            for i, word, tag in zip(sentence.indexes, sentence.words, tags, strict=True):
                pos, morph, pos_name, case = self._read(tag)
                rows[i] = pos, morph, self._vocab.strings.add(lemma(word, pos_name, case))
        for doc, rows in zip(docs, values, strict=True):
            for token in doc:
                if token.is_space:
                    rows[token.i] = SPACE, 0, token.orth
            doc.from_array([POS, MORPH, LEMMA], rows)  # type: ignore[arg-type]

    def _read(self, tag: str) -> tuple[int, int, str, str]:
        """(part of speech, key of the features, part of speech, case) of slovnet's tag."""
        if tag not in self._tags:
            pos, _, features = tag.partition("|")
            case = next((one[5:] for one in features.split("|") if one.startswith("Case=")), "")
            self._tags[tag] = (POS_IDS[pos], self._vocab.morphology.add(features), pos, case)
        return self._tags[tag]


def tree(heads: list[int]) -> list[int]:
    """`heads` (0 = root, else 1-based) as 0-based heads of one tree: a second root or a cycle hangs from the first.

    slovnet takes the likeliest head of every word by itself, so now and then the heads make no tree.
    """
    count = len(heads)
    fixed = [head - 1 if 0 < head <= count else i for i, head in enumerate(heads)]
    roots = [i for i, head in enumerate(fixed) if head == i]
    root = roots[0] if roots else 0
    fixed[root] = root
    for i in roots[1:]:
        fixed[i] = root
    sure = {root}
    for i in range(count):
        path: list[int] = []
        node = i
        while node not in sure and node not in path:
            path.append(node)
            node = fixed[node]
        if node not in sure:
            fixed[node] = root
        sure.update(path)
    return fixed


class SlovnetSyntax(_Batched):
    """Sets `head` and `dep_` (Universal Dependencies). Sentence boundaries stay as they are."""

    def tag(self, docs: Sequence[Doc]) -> None:
        """Parses each of `docs` in place."""
        sentences = _sentences(docs)
        heads = [np.zeros(len(doc), dtype="int64") for doc in docs]
        labels = [np.full(len(doc), doc.vocab.strings.add("dep"), dtype="uint64") for doc in docs]
        parsed = weights().syntax([one.words for one in sentences])
        for sentence, (head_ids, relations) in zip(sentences, parsed, strict=True):
            fixed = tree(head_ids)
            indexes, strings = sentence.indexes, docs[sentence.place].vocab.strings
            root = next(i for position, i in enumerate(indexes) if fixed[position] == position)
            heads[sentence.place][sentence.start : sentence.end] = root - np.arange(sentence.start, sentence.end)
            for i, head, relation in zip(indexes, fixed, relations, strict=True):
                heads[sentence.place][i] = indexes[head] - i
                relation = "parataxis" if relation == "root" else relation
                labels[sentence.place][i] = strings.add("ROOT" if i == root else relation)
        for doc, offsets, label in zip(docs, heads, labels, strict=True):
            doc.from_array([HEAD, DEP], np.stack([offsets.astype("uint64"), label], axis=1))  # type: ignore[arg-type]


class SlovnetNames(_Batched):
    """Sets `doc.ents` with PERSON, ORG, PLACE from slovnet's PER, ORG, LOC."""

    def tag(self, docs: Sequence[Doc]) -> None:
        """Sets the entities of each of `docs`."""
        spans: list[list[Span]] = [[] for _ in docs]
        sentences = _sentences(docs)
        for sentence, tags in zip(sentences, weights().ner([one.words for one in sentences]), strict=True):
            start = None
            for position, tag in enumerate([*tags, "O"]):
                if start is not None and not tag.startswith("I-"):
                    first, last = sentence.indexes[start], sentence.indexes[position - 1]
                    spans[sentence.place].append(
                        Span(docs[sentence.place], first, last + 1, label=_LABELS[tags[start][2:]])
                    )
                    start = None
                if tag.startswith("B-"):
                    start = position
        for doc, found in zip(docs, spans, strict=True):
            doc.set_ents(filter_spans(found))


@Language.factory("slovnet_morph")
def make_morph(nlp: Language, name: str) -> SlovnetMorph:
    """The spaCy factory. Raises ModelError where the weights are missing."""
    weights()
    return SlovnetMorph(nlp.vocab)


@Language.factory("slovnet_syntax")
def make_syntax(nlp: Language, name: str) -> SlovnetSyntax:
    """The spaCy factory. Raises ModelError where the weights are missing."""
    weights()
    return SlovnetSyntax()


@Language.factory("slovnet_ner")
def make_ner(nlp: Language, name: str) -> SlovnetNames:
    """The spaCy factory. Raises ModelError where the weights are missing."""
    weights()
    return SlovnetNames()

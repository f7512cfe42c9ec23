"""Russian as spaCy components: razdel's tokens, slovnet's morphology, syntax and names, pymorphy3's lemmas."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import razdel
from spacy.attrs import DEP, HEAD  # type: ignore[import-not-found]
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans, get_words_and_spaces, registry
from spacy.vocab import Vocab

from nlp.languages.ru.morphology import lemma
from nlp.languages.ru.weights import weights
from nlp.tokenizers import LONGEST_WORD

_LABELS = {"PER": "PERSON", "ORG": "ORG", "LOC": "PLACE"}
_SENTENCES = 64


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


def _batches(doc: Doc) -> Iterator[tuple[list[list[int]], list[list[str]]]]:
    """Token indexes and words of sentence batches, without whitespace tokens."""
    indexes = ([token.i for token in sentence if not token.is_space] for sentence in doc.sents)
    filled = (sentence for sentence in indexes if sentence)
    while batch := list(islice(filled, _SENTENCES)):
        yield batch, [[doc[i].text for i in sentence] for sentence in batch]


def _decoded(infer: Any, words: list[list[str]]) -> list[Any]:
    return list(infer.decoder(infer.process(infer.encoder(words))))


class SlovnetMorph:
    """Sets `pos_`, `morph` (Universal Dependencies) and `lemma_`."""

    def __call__(self, doc: Doc) -> Doc:
        for indexes, words in _batches(doc):
            for sentence, tags in zip(indexes, _decoded(weights().morph, words), strict=True):
                for i, tag in zip(sentence, tags, strict=True):
                    pos, _, features = tag.partition("|")
                    token = doc[i]
                    token.pos_ = pos
                    token.set_morph(features)  # type: ignore[attr-defined]
                    case = token.morph.get("Case", [])
                    token.lemma_ = lemma(token.text, pos, case[0] if case else "")
        for token in doc:
            if token.is_space:
                token.pos_, token.lemma_ = "SPACE", token.text
        return doc


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


class SlovnetSyntax:
    """Sets `head` and `dep_` (Universal Dependencies). Sentence boundaries stay as they are."""

    def __call__(self, doc: Doc) -> Doc:
        heads = np.zeros(len(doc), dtype="int64")
        labels = np.full(len(doc), doc.vocab.strings.add("dep"), dtype="uint64")
        for indexes, words in _batches(doc):
            parsed = _decoded(weights().syntax, words)
            for sentence, (_, head_ids, relations) in zip(indexes, parsed, strict=True):
                fixed = tree([int(head) for head in head_ids])
                root = next(i for position, i in enumerate(sentence) if fixed[position] == position)
                for token in doc[sentence[0]].sent:
                    heads[token.i] = root - token.i
                for i, head, relation in zip(sentence, fixed, relations, strict=True):
                    heads[i] = sentence[head] - i
                    relation = "parataxis" if relation == "root" else relation
                    labels[i] = doc.vocab.strings.add("ROOT" if i == root else relation)
        doc.from_array([HEAD, DEP], np.stack([heads.astype("uint64"), labels], axis=1))  # type: ignore[arg-type]
        return doc


class SlovnetNames:
    """Sets `doc.ents` with PERSON, ORG, PLACE from slovnet's PER, ORG, LOC."""

    def __call__(self, doc: Doc) -> Doc:
        spans: list[Span] = []
        for indexes, words in _batches(doc):
            for sentence, tags in zip(indexes, _decoded(weights().ner, words), strict=True):
                start = None
                for position, tag in enumerate([*tags, "O"]):
                    if start is not None and not tag.startswith("I-"):
                        label = _LABELS[tags[start][2:]]
                        spans.append(Span(doc, sentence[start], sentence[position - 1] + 1, label=label))
                        start = None
                    if tag.startswith("B-"):
                        start = position
        doc.set_ents(filter_spans(spans))
        return doc


@Language.factory("slovnet_morph")
def make_morph(nlp: Language, name: str) -> SlovnetMorph:
    """The spaCy factory. Raises ModelError where the weights are missing."""
    weights()
    return SlovnetMorph()


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

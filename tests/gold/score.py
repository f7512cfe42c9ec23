"""How well extracted claims, observations and entities fit the annotated ones: the measures of the claim guide.

All are micro-averaged over documents. Claims of one document with the same cause, stance and speaker count once.

cause_stance    F1 of the (cause, stance) pairs of a document
speaker         F1 of claims: pairs as above whose speakers match
denials         as cause_stance, of the claims that deny
blames          accuracy on claims that have the right cause and stance
side            accuracy of the speaker's side on claims that have the right speaker too
cause_text      F1 of the words of the cause, a mean over the claims that have the right cause and stance
observations    F1 of (metric, low, high)
entities        F1 of (name, label)
false_alarms    share of the documents without claims that got any
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tests.gold.names import paired, same_body, same_group, same_person, words

Row = Mapping[str, Any]
MEASURES = (
    "cause_stance", "speaker", "denials", "blames", "side", "cause_text", "observations", "entities", "false_alarms",
)  # fmt: skip

BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)


@dataclass(slots=True)
class Tally:
    """What was counted over some documents; a share's `found` are all that were asked."""

    right: Counter[str] = field(default_factory=Counter)
    wanted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    documents: int = 0

    def value(self, measure: str) -> float | None:
        """The measure from 0 to 1; None where there was nothing to measure."""
        every = self.wanted[measure] + self.found[measure]
        return 2 * self.right[measure] / every if every else None

    def count(self, measure: str, right: float, wanted: int, found: int) -> None:
        self.right[measure] += right  # type: ignore[assignment]  # a mean of F1 has fractions
        self.wanted[measure] += wanted
        self.found[measure] += found

    def ask(self, measure: str, right: float) -> None:
        """One more answer to a yes-or-no question, or one more part of a mean."""
        self.count(measure, right, 1, 1)


def scored(gold: Iterable[Row], found: Iterable[Row]) -> dict[str, Tally]:
    """The tallies by language of the gold documents, and under "all"; a document that was not found counts as empty."""
    by_id = {row["id"]: row for row in found}
    tallies: dict[str, Tally] = defaultdict(Tally)
    for row in gold:
        for lang in (row["lang"], "all"):
            _document(tallies[lang], row, by_id.get(row["id"], {}))
    return dict(tallies)


@dataclass(frozen=True, slots=True)
class Bin:
    """The claims whose confidence lies from `low` up to `high`: how many, what they promise, and how many are right."""

    low: float
    high: float
    claims: int
    confidence: float
    right: float


def reliability(gold: Iterable[Row], found: Iterable[Row], bins: Sequence[float] = BINS) -> list[Bin]:
    """How often a claim with some confidence is right: its cause and stance are annotated in its document."""
    keys = {row["id"]: set(_grouped(row["claims"])) for row in gold}
    told = [
        (float(claim["confidence"]), (claim["cause"], claim["stance"]) in keys[row["id"]])
        for row in found
        if row["id"] in keys
        for claim in row["claims"]
    ]
    made = []
    for low, high in pairwise(bins):
        inside = [one for one in told if low <= one[0] < high]
        if inside:
            sums = [sum(column) / len(inside) for column in zip(*inside, strict=True)]
            made.append(Bin(low, high, len(inside), *sums))
    return made


def miscalibration(bins: Sequence[Bin]) -> float:
    """The expected calibration error: how far confidence and truth are apart, a mean over the claims; 0 without claims."""
    every = sum(one.claims for one in bins)
    return sum(one.claims * abs(one.confidence - one.right) for one in bins) / every if every else 0.0


def _document(tally: Tally, gold: Row, found: Row) -> None:
    tally.documents += 1
    wanted, claims = _once(gold["claims"]), _once(found.get("claims", ()))
    _claims(tally, wanted, claims)
    if not wanted:
        tally.ask("false_alarms", bool(claims))
    figures = [Counter(map(_figure, row.get("observations", ()))) for row in (gold, found)]
    tally.count("observations", (figures[0] & figures[1]).total(), figures[0].total(), figures[1].total())
    names = {(tuple(words(one["name"])), one["label"]): one for one in reversed(found.get("entities", ()))}
    entities = gold["entities"], list(names.values())
    tally.count("entities", len(paired(*entities, _same_entity)), len(entities[0]), len(entities[1]))


def _claims(tally: Tally, wanted: Sequence[Row], found: Sequence[Row]) -> None:
    groups = _grouped(wanted), _grouped(found)
    for measure, deniers in (("cause_stance", False), ("denials", True)):
        keys = [{key for key in group if not deniers or key[1] == "denies"} for group in groups]
        tally.count(measure, len(keys[0] & keys[1]), len(keys[0]), len(keys[1]))
    spoken = 0
    for key in groups[0].keys() & groups[1].keys():
        left, right = groups[0][key], groups[1][key]
        pairs = paired(left, right, same_speaker)
        spoken += len(pairs)
        for i, j in pairs.items():
            tally.ask("side", left[i]["speaker_side"] == right[j]["speaker_side"])
        for i, j in (pairs | _rest(left, right, pairs)).items():
            tally.ask("blames", left[i]["blames"] == right[j]["blames"])
            tally.ask("cause_text", _likeness(left[i]["cause_text"], right[j]["cause_text"]))
    tally.count("speaker", spoken, len(wanted), len(found))


def _rest(left: Sequence[Row], right: Sequence[Row], pairs: Mapping[int, int]) -> dict[int, int]:
    """The other rows of one cause and stance, paired by the best likeness of the cause's words, the earlier first."""
    free = [
        (_likeness(left[i]["cause_text"], right[j]["cause_text"]), i, j)
        for i in range(len(left))
        for j in range(len(right))
        if i not in pairs and j not in pairs.values()
    ]
    found: dict[int, int] = {}
    for _, i, j in sorted(free, key=lambda one: (-one[0], one[1], one[2])):
        if i not in found and j not in found.values():
            found[i] = j
    return found


def same_speaker(gold: Row, found: Row) -> bool:
    """Whether the speaker is the annotated one, by the annotated kind of speaker."""
    match gold["speaker_kind"]:
        case "outlet":
            return not words(found["speaker"])
        case "person":
            return same_person(gold["speaker"], found["speaker"])
        case "organisation":
            return same_body(gold["speaker"], found["speaker"])
    return found["speaker_kind"] == "unnamed" and same_group(gold["speaker"], found["speaker"])


def _same_entity(one: Row, other: Row) -> bool:
    same = same_person if one["label"] == "PERSON" else same_body
    return bool(one["label"] == other["label"]) and same(one["name"], other["name"])


def _once(claims: Iterable[Row]) -> list[Row]:
    found: dict[Hashable, Row] = {}
    for one in claims:
        found.setdefault((one["cause"], one["stance"], tuple(words(one["speaker"]))), one)
    return list(found.values())


def _grouped(claims: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for one in claims:
        groups[one["cause"], one["stance"]].append(one)
    return groups


def _figure(one: Row) -> tuple[str, float, float]:
    return one["metric"], float(one["low"]), float(one["high"])


def _likeness(one: str, other: str) -> float:
    left, right = Counter(words(one)), Counter(words(other))
    return 2 * (left & right).total() / (left.total() + right.total()) if left & right else 0.0

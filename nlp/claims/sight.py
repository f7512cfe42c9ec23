"""What is seen of a sentence and a cause, by name: what the rules say, the words, and what stands around.

Nothing here knows a language, a topic, a name of anybody or a number; what stands farther than a few sentences away is
looked at only where the topic's own words stand in it, so that a paragraph about something else changes nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from nlp.claims.candidate import Candidate, Scene
from nlp.claims.hit import CLAUSE_MARK, Hit
from nlp.claims.language import Patterns
from nlp.claims.topic import Topic

Seen = dict[str, float]

NAME, NUMBER = "@", "#"
"""What stands for every name and every number."""
STEM = 6
"""Letters of a word that are looked at."""
NEAR = 3
"""Sentences to either side in which a delay, its place and what waits are looked for."""
WORD = 0.6
"""What one word weighs beside what the rules say."""
_WINDOW = 5
"""Words to either side of a cause that are looked at one by one."""
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_SHORT = 6
"""Words of a sentence that says little."""


class Stems:
    """The beginnings of a sentence's words, with their places; names and numbers are made one each."""

    def __init__(self, scene: Scene) -> None:
        self.starts: list[int] = []
        self.stems: list[str] = []
        for found in _WORD.finditer(scene.sentence.folded):
            at = found.start()
            one = NAME if any(start <= at < end for start, end in scene.names) else _stem(found.group())
            if one in (NAME, NUMBER) and self.stems and self.stems[-1] == one:
                continue
            self.starts.append(at)
            self.stems.append(one)

    def between(self, start: int, end: int) -> list[str]:
        """The stems of the words that begin from `start` to before `end`."""
        return self.stems[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def count(self, start: int, end: int) -> int:
        """How many words begin from `start` to before `end`."""
        return bisect_left(self.starts, end) - bisect_left(self.starts, start)

    def places(self, feature: str) -> list[int]:
        """Where the words of a feature ("word …", "words … …") begin."""
        wanted = feature.split()[1:]
        size = len(wanted)
        return [self.starts[k] for k in range(len(self.stems) - size + 1) if self.stems[k : k + size] == wanted]


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    return NUMBER if word[0].isdigit() else word[:STEM]


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen of one sentence: `words` stand for every cause, `of` holds by code what is seen of that cause alone."""

    words: tuple[str, ...]
    of: dict[str, Seen]


class Looking:
    """What is seen of the sentences of a document; `candidates` are what the rules make of them."""

    def __init__(
        self, scenes: Sequence[Scene], candidates: Iterable[Candidate], topic: Topic, patterns: Patterns, post: bool
    ) -> None:
        self.scenes, self.topic, self.patterns, self.post = scenes, topic, patterns, post
        self.stems = [Stems(scene) for scene in scenes]
        self.rules: dict[tuple[int, str], list[Candidate]] = {}
        place = {scene.sentence.index: i for i, scene in enumerate(scenes)}
        for one in candidates:
            self.rules.setdefault((place[one.sentence.index], one.cause), []).append(one)
        self.kept = {key for key, found in self.rules.items() if any(not one.rejected for one in found)}
        self.hits = [_by_code(scene.hits) for scene in scenes]
        self.in_title = {
            hit.code for scene in scenes if scene.sentence.field == "title" for hit in scene.hits if hit.strong
        }

    def sight(self, i: int) -> Sight:
        """What tells which causes the sentence at `i` names."""
        stems, signs, anchors = self.stems[i].stems, list(self._signs(i)), _anchors(self.scenes[i])
        words = {f"word {one}" for one in stems if one not in (NAME, NUMBER)}
        words.update(f"words {first} {second}" for first, second in zip(stems, stems[1:], strict=False))
        return Sight(tuple(sorted(words)), {code: self._of(i, code, signs, anchors) for code in self.topic.causes})

    def beside(self, i: int) -> Iterator[tuple[str, int]]:
        """The sentences before and after, in the same field."""
        for which, j in (("before", i - 1), ("after", i + 1)):
            if 0 <= j < len(self.scenes) and self.scenes[j].sentence.field == self.scenes[i].sentence.field:
                yield which, j

    def place(self, i: int, code: str) -> tuple[int, int] | None:
        """(start, end) of the words that name the cause: strong ones, else weak ones, else those that a rule points at."""
        own = self.hits[i].get(code, [])
        if own:
            best = max([hit for hit in own if hit.strong] or own, key=lambda hit: hit.end - hit.start)
            return best.start, best.end
        return next(((one.start, one.end) for one in self.rules.get((i, code), ()) if one.end > one.start), None)

    def _signs(self, i: int) -> Iterator[str]:
        scene, scenes = self.scenes[i], self.scenes
        folded = scene.sentence.folded
        for name in ("delay", "place", "vehicles", "crossing"):
            for how, reach in (("here", 0), ("beside", 1), ("near", NEAR)):
                if any(getattr(one.at, name) for one in scenes[max(0, i - reach) : i + reach + 1]):
                    yield f"{name} {how}"
                    break
            else:
                yield f"no {name}"
        checks = {
            "history": scene.history,
            "plan": scene.plan,
            "title": scene.sentence.field == "title",
            "post": self.post,
            "question": folded.rstrip('" ').endswith("?"),
            "hedge": self.patterns.hedges.search(folded) is not None,
            "quotes": '"' in folded or scene.sentence.quoted,
            "quotation goes on": scene.sentence.quoted,
            "speech": bool(scene.voices.frames),
            "a speaker": bool(scene.voices.frames or scene.voices.default.name),
            "negation": self.patterns.negations.search(folded) is not None,
            "denial": bool(scene.denials),
            "refusal": bool(scene.refusals),
            "link": any(not link.weak for link, _ in scene.causes),
            "short": len(self.stems[i].stems) < _SHORT,
        }
        yield from (name for name, holds in checks.items() if holds)
        for which, j in self.beside(i):
            other = scenes[j]
            if other.refusals:
                yield f"refusal {which}"
            if other.denials:
                yield f"denial {which}"
            if any(not link.weak for link, _ in other.causes):
                yield f"link {which}"
            if which == "after" and any(link.side == "previous" for link, _ in other.causes):
                yield "link back"

    def _of(self, i: int, code: str, signs: Sequence[str], anchors: Sequence[_Anchor]) -> Seen:
        own = self.hits[i].get(code, [])
        strong = any(hit.strong for hit in own)
        state = "strong" if strong else "weak" if own else "none"
        seen: Seen = dict.fromkeys([state, *(f"{sign} & {state}" for sign in signs)], 1.0)
        for which, j in self.beside(i):
            hits = self.hits[j].get(code)
            if hits:
                seen[f"{'strong' if any(hit.strong for hit in hits) else 'weak'} {which}"] = 1.0
            if (j, code) in self.kept:
                seen[f"rule {which}"] = 1.0
        if code in self.in_title and self.scenes[i].sentence.field != "title":
            seen["strong in title"] = 1.0
        self._ruled(i, code, state, seen)
        if own:
            self._hit(i, code, own, state, seen)
            self._around(i, own, state, anchors, seen)
        return seen

    def _ruled(self, i: int, code: str, state: str, seen: Seen) -> None:
        """What the rules say of the cause here and of others."""
        for one in self.rules.get((i, code), ()):
            kind = one.pattern.partition(":")[0]
            if one.rejected:
                seen[f"rule {kind} but {one.rejected}"] = 1.0
                continue
            delayed = "delay" if self.scenes[i].at.delay else "no delay"
            names = (kind, one.pattern, one.stance, f"{kind} {state}", delayed, f"{kind} {state} {delayed}")
            seen.update((f"rule {name}", 1.0) for name in names)
            seen["rule sure"] = max(seen.get("rule sure", 0.0), one.confidence)
        if any((i, other) in self.kept for other in self.topic.causes if other != code):
            seen[f"rule elsewhere & {state}"] = 1.0
            if (i, code) not in self.kept:
                seen[f"rule only elsewhere & {state}"] = 1.0

    def _hit(self, i: int, code: str, own: list[Hit], state: str, seen: Seen) -> None:
        """The words that name the cause beside those that name others."""
        causes, hits = self.topic.causes, self.scenes[i].hits
        main = [hit for hit in own if hit.strong] or own
        first, last = main[0].start, max(hit.end for hit in main)
        others = {hit.code for hit in hits if hit.strong and hit.code != code}
        checks = {
            f"two {state}": len(main) > 1,
            "denied inside": any(hit.denied for hit in own),
            f"covered {state}": all(any(_covers(other, hit) for other in hits if other.code != code) for hit in main),
            f"overlaps {state}": any(
                hit.strong and hit.code != code and hit.start < last and first < hit.end for hit in hits
            ),
            f"over another {state}": bool(causes[code].over & others),
            f"under another {state}": any(code in causes[other].over for other in others),
            f"first {state}": all(hit.start >= first for hit in hits if hit.strong and hit.code != code),
            f"{min(len(others), 3)} others & {state}": True,
        }
        seen.update((name, 1.0) for name, holds in checks.items() if holds)
        seen.update((f"with {other} & {state}", 1.0) for other in others)

    def _around(self, i: int, own: list[Hit], state: str, anchors: Sequence[_Anchor], seen: Seen) -> None:
        """The words and the patterns beside the words that name the cause."""
        hit = max(own, key=lambda hit: (hit.strong, hit.end - hit.start))
        stems, starts = self.stems[i].stems, self.stems[i].starts
        left, right = bisect_left(starts, hit.start), bisect_left(starts, hit.end)
        seen.update((f"<{one}", 1.0) for one in stems[max(0, left - _WINDOW) : left])
        seen.update((f">{one}", 1.0) for one in stems[right : right + _WINDOW])
        seen[f"<< {stems[left - 1]}" if left else "< nothing"] = 1.0
        seen[f">> {stems[right]}" if right < len(stems) else "> nothing"] = 1.0
        for kind, name, start, end, side in anchors:
            if end <= hit.start + 2:
                towards, gap, sign = side == "after", self.stems[i].count(end, hit.start), "<"
            elif start >= hit.end - 2:
                towards, gap, sign = side == "before", self.stems[i].count(hit.end, start), ">"
            else:
                seen[f"{kind} in it {state}"] = seen[f"{kind} {name}: in"] = 1.0
                continue
            where = "to" if towards else "from"
            place = f"{kind} {where} {far(gap)} {sign}"
            seen[place] = seen[f"{place} {state}"] = seen[f"{kind} {name}: {where}"] = 1.0


_Anchor = tuple[str, str, int, int, str]
"""Kind, name, start, end and side of a pattern."""


def _anchors(scene: Scene) -> list[_Anchor]:
    found: list[_Anchor] = [("refusal", name, *match.span(), "previous") for name, match in scene.refusals]
    for kind, links in (("cause", scene.causes), ("denial", scene.denials)):
        for link, match in links:
            found.append(("weak link" if kind == "cause" and link.weak else kind, link.name, *match.span(), link.side))
    return found


def far(words: int) -> str:
    """How far something stands, by the words between."""
    return "beside" if words <= 1 else "close" if words <= 5 else "far"


def _by_code(hits: Iterable[Hit]) -> dict[str, list[Hit]]:
    found: dict[str, list[Hit]] = {}
    for hit in hits:
        found.setdefault(hit.code, []).append(hit)
    return found


def _covers(other: Hit, hit: Hit) -> bool:
    return other.start <= hit.start and hit.end <= other.end and other.end - other.start > hit.end - hit.start


def stance_of(looking: Looking, i: int, code: str) -> Seen:
    """What tells whether the sentence at `i` asserts the cause or denies it."""
    scene, rules = looking.scenes[i], looking.rules.get((i, code), [])
    seen: Seen = {f"of {code}": 1.0}
    for one in rules:
        kind = one.pattern.partition(":")[0]
        told = f"rule {one.stance}" + (" rejected" if one.rejected else "")
        seen.update((name, 1.0) for name in (told, f"rule {one.pattern}", f"rule {kind} {one.stance}"))
    if not rules:
        seen["no rule"] = 1.0
    for other in looking.topic.causes:
        if other != code:
            kept = (one for one in looking.rules.get((i, other), ()) if not one.rejected)
            seen.update((f"another {one.stance}", 1.0) for one in kept)
    place = looking.place(i, code)
    if place is None:
        seen["nowhere"] = 1.0
    else:
        _beside_place(looking, i, *place, seen)
    stems = looking.stems[i].stems
    seen.update((f"A {one}", 1.0) for one in stems)
    seen.update((f"A {first} {second}", 1.0) for first, second in zip(stems, stems[1:], strict=False))
    for which, j in looking.beside(i):
        _next_to(looking, i, j, which, code, seen)
    folded = scene.sentence.folded
    checks = {
        "denied inside": any(hit.denied for hit in looking.hits[i].get(code, ())),
        "question": folded.rstrip('" ').endswith("?"),
        "quotes": '"' in folded or scene.sentence.quoted,
        "speech": bool(scene.voices.frames),
        "contrast": looking.patterns.contrast.search(folded) is not None,
        "hedge": looking.patterns.hedges.search(folded) is not None,
    }
    seen.update((name, 1.0) for name, holds in checks.items() if holds)
    return seen


def _beside_place(looking: Looking, i: int, start: int, end: int, seen: Seen) -> None:
    """The patterns and words left of, inside and right of the cause."""
    scene, words = looking.scenes[i], looking.stems[i]
    folded = scene.sentence.folded
    clause_start = max((mark.end() for mark in CLAUSE_MARK.finditer(folded, 0, start)), default=0)
    following = CLAUSE_MARK.search(folded, end)
    clause_end = following.start() if following else len(folded)
    kinds: dict[str, list[tuple[int, int, str]]] = {
        "negation": [(*match.span(), "") for match in looking.patterns.negations.finditer(folded)],
        "denial": [(*match.span(), link.side) for link, match in scene.denials],
        "refusal": [(*match.span(), "") for _, match in scene.refusals],
        "link": [(*match.span(), link.side) for link, match in scene.causes if not link.weak],
    }
    for kind, spans in kinds.items():
        for first, last, side in spans:
            if last <= start:
                where, gap = "<", words.count(last, start)
            elif first >= end:
                where, gap = ">", words.count(end, first)
            else:
                where, gap = "in", 0
            clause = "clause" if clause_start <= first < clause_end else "out"
            seen[f"{kind} {where} {far(gap)}"] = seen[f"{kind} {where} {clause}"] = 1.0
            if side:
                seen[f"{kind} {where} {side}"] = 1.0
        if not spans:
            seen[f"no {kind}"] = 1.0
    left, inside, right = words.between(0, start), words.between(start, end), words.between(end, len(folded))
    for name, stems in (("L", left), ("I", inside), ("R", right), ("LL", left[-4:]), ("RR", right[:4])):
        seen.update((f"{name} {one}", 1.0) for one in stems)
    for name, stems in (("L", left[-7:]), ("R", right[:7])):
        seen.update((f"{name} {one} {two}", 1.0) for one, two in zip(stems, stems[1:], strict=False))


def _next_to(looking: Looking, i: int, j: int, which: str, code: str, seen: Seen) -> None:
    """The sentence before or after: its signs; its words only within the paragraph."""
    other = looking.scenes[j]
    checks = {
        "refusal": bool(other.refusals),
        "denial": bool(other.denials),
        "negation": looking.patterns.negations.search(other.sentence.folded) is not None,
        "cause": code in looking.hits[j],
    }
    seen.update((f"{name} {which}", 1.0) for name, holds in checks.items() if holds)
    kept = (one for one in looking.rules.get((j, code), ()) if not one.rejected)
    seen.update((f"rule {one.stance} {which}", 1.0) for one in kept)
    if other.sentence.paragraph == looking.scenes[i].sentence.paragraph:
        stems = looking.stems[j].stems
        seen.update((f"{which} {one}", 1.0) for one in (stems[:6] if which == "after" else stems[-6:]))

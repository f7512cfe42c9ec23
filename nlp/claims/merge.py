"""One row for one cause, stance and speaker of a document: the candidate with the better evidence."""

from __future__ import annotations

from dataclasses import replace

from nlp.claims.candidate import Candidate


def merged(candidates: list[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """(kept, rejected): of equal cause, stance and speaker the most confident, of these the first.

    The headline counts only where the body has no row of its cause and stance.
    """
    rejected = [one for one in candidates if one.rejected]
    kept: dict[tuple[str, str, str], Candidate] = {}
    body = {(one.cause, one.stance) for one in candidates if not one.rejected and one.sentence.field == "text"}
    for one in candidates:
        if one.rejected:
            continue
        if one.sentence.field == "title" and (one.cause, one.stance) in body:
            rejected.append(replace(one, rejected="only the headline"))
            continue
        key = (one.cause, one.stance, one.speaker.name.casefold())
        other = kept.get(key)
        if other is None or one.confidence > other.confidence + 0.15:
            if other is not None:
                rejected.append(replace(other, rejected="said better elsewhere"))
            kept[key] = one
        else:
            rejected.append(replace(one, rejected="said better elsewhere"))
    return sorted(kept.values(), key=lambda one: (one.sentence.doc_start, one.start)), rejected


def without_background(candidates: list[Candidate]) -> list[Candidate]:
    """The candidates of the rules, those of bare words rejected that say no more than the rest of the document.

    These are bare words in the headline, and those in the document's own voice whose cause a claim names already.
    """
    kept = [one for one in candidates if not one.rejected]
    found = []
    for one in candidates:
        rejected = one.rejected
        if not rejected and one.pattern == "words":
            others = [other for other in kept if other.cause == one.cause and other is not one]
            if one.sentence.field == "title":
                rejected = "only the headline"
            elif one.speaker.kind == "outlet" and others:
                rejected = "background of another claim"
        found.append(replace(one, rejected=rejected))
    return found

"""One row for one cause, stance and speaker of a document: the candidate with the better evidence."""

from __future__ import annotations

from dataclasses import replace

from nlp.claims.candidate import Candidate


def merged(candidates: list[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """(kept, rejected): of equal cause, stance and speaker the most confident, of these the first.

    The headline counts only where the body has no row of its cause and stance; bare words in the document's own voice
    only where nothing else names their cause: beside a claim they are its background.
    """
    rejected = [one for one in candidates if one.rejected]
    kept: dict[tuple[str, str, str], Candidate] = {}
    body = {(one.cause, one.stance) for one in candidates if not one.rejected and one.sentence.field == "text"}
    for one in candidates:
        if one.rejected:
            continue
        if one.sentence.field == "title" and ((one.cause, one.stance) in body or one.pattern == "words"):
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
    for place, bare in list(kept.items()):
        if _bare(bare) and any(other.cause == bare.cause and other is not bare for other in kept.values()):
            rejected.append(replace(kept.pop(place), rejected="background of another claim"))
    return sorted(kept.values(), key=lambda one: (one.sentence.doc_start, one.start)), rejected


def _bare(one: Candidate) -> bool:
    return one.pattern == "words" and one.speaker.kind == "outlet"

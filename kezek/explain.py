"""Why a document has the claims it has, and which it has not: for the analyst who wonders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.padding import Padding
from rich.text import Text

from ingest.document import Document
from kezek.console import out
from kezek.tables import shown
from nlp.annotate import Explanation, annotation_json
from nlp.annotation import Claim
from nlp.claims import Decision
from nlp.claims.topic import Topic
from nlp.learnt import Reasons

MOST_REASONS = 6
"""Reasons shown of a decision; the JSON has all."""
_NAMES = {"delay": "the delay", "place": "the place", "vehicles": "what waits there"}


def explanation_json(found: Explanation, topic: Topic) -> dict[str, Any]:
    """The line of `kezek annotate`, with the topic, its words in the text, and every decision under `decisions`."""
    return {
        **annotation_json(found.annotation, found.annotation.document_id),
        "topic": topic.id,
        "named": {kind: list(words) for kind, words in found.named.items()},
        "decisions": [_decision_json(one) for one in found.decisions],
    }


def show(found: Explanation, document: Document, topic: Topic) -> None:
    """Print the document with its causes marked, each claim with its reasons, and what was rejected and why."""
    claims, annotation = found.annotation.claims, found.annotation
    rejected = [one for one in found.decisions if one.rejected]
    out.print(
        Text.assemble(
            (shown(annotation.document_id), "bold"), f" · {annotation.lang} · {document.kind} · topic {topic.id}"
        )
    )
    out.print(Padding(_marked(document, claims), (1, 0)))
    for kind, name in _NAMES.items():
        words = ", ".join(found.named.get(kind, ())) or "–"
        out.print(Text.assemble((f"{name}: ", "dim"), shown(words)))
    out.print()
    out.print(Text(_count(len(claims), "claim"), "bold"))
    for number, claim in enumerate(claims, 1):
        _show_claim(number, claim, _decision_of(claim, found.decisions), topic)
    out.print()
    out.print(Text(f"{_count(len(rejected), 'candidate')} rejected", "bold"))
    for one in rejected:
        _show_rejected(one)
    if not found.decisions:
        why = "No sentence was a candidate: none names a cause where the text tells of such a delay."
        if annotation.lang not in topic.words:
            why = f"No claims are looked for: the topic has no words in the language {annotation.lang}."
        out.print(Text(f"  {why}", "dim"))


def _show_claim(number: int, claim: Claim, decision: Decision | None, topic: Topic) -> None:
    style = "red" if claim.stance == "denies" else "green"
    speaker = claim.speaker or "the document's own voice"
    role = f", {claim.speaker_role}" if claim.speaker_role else ""
    out.print(
        Text.assemble(
            f"{number:>2}  ", (claim.stance, f"bold {style}"), " ", (claim.cause, "bold"), f" · blames {claim.blames}",
            f" · confidence {claim.confidence:.2f}", " · hedged" if claim.hedged else "",
        )
    )  # fmt: skip
    how = decision.how if decision is not None else ""
    lines = [
        (
            "who",
            f"{shown(speaker)}{shown(role)} ({claim.speaker_kind}, side {claim.speaker_side})",
            f"found by: {how}" if how else "",
        ),
        ("relayed by", shown(claim.relayed_by), ""),
        ("said at", claim.said_at.date().isoformat() if claim.said_at else "", ""),
        ("words", f"«{shown(claim.cause_text)}»", ""),
        ("meaning", topic.causes[claim.cause].label, ""),
        ("pattern", claim.pattern, ""),
    ]
    for name, value, more in lines:
        if value:
            out.print(
                Padding(
                    Text.assemble((f"{name:<11}", "dim"), value, (f"   {more}" if more else "", "dim")), (0, 0, 0, 4)
                )
            )
    if decision is not None:
        _show_reasons(decision)


def _show_rejected(one: Decision) -> None:
    out.print(
        Text.assemble(
            "  ✗ ", one.stance, " ", (one.cause, "bold"), f" · {one.confidence:.2f} · ", (one.rejected, "yellow"),
        )
    )  # fmt: skip
    out.print(
        Padding(
            Text.assemble(("words      ", "dim"), f"«{shown(one.cause_text)}»", ("  by ", "dim"), one.pattern),
            (0, 0, 0, 4),
        )
    )
    _show_reasons(one)


def _show_reasons(one: Decision) -> None:
    """The weights that spoke for it and against it, the strongest first."""
    for name, weight in one.reasons[:MOST_REASONS]:
        bar = ("+" if weight > 0 else "−") * max(1, min(10, round(abs(weight) * 3)))
        style = "green" if weight > 0 else "red"
        out.print(
            Padding(Text.assemble((f"{weight:+.2f} ", style), (f"{bar:<10} ", style), shown(name)), (0, 0, 0, 15))
        )


def _marked(document: Document, claims: Sequence[Claim]) -> Text:
    """Title and text, the evidence of claims underlined, their causes in colour."""
    whole = Text()
    for field, text, style in (("title", document.title, "bold"), ("text", document.text, "")):
        if not text:
            continue
        part = Text(shown(text), style)
        for claim in claims:
            if claim.evidence_field == field:
                part.stylize("underline", claim.evidence_start, claim.evidence_end)
                part.stylize(
                    "bold red" if claim.stance == "denies" else "bold green", claim.cause_start, claim.cause_end
                )
        whole.append_text(part).append("\n" if field == "title" else "")
    return whole


def _decision_of(claim: Claim, decisions: Sequence[Decision]) -> Decision | None:
    """The decision that became the claim: that of its words, else any of its cause and stance."""
    alike = [one for one in decisions if not one.rejected and (one.cause, one.stance) == (claim.cause, claim.stance)]
    return next((one for one in alike if one.cause_text == claim.cause_text), alike[0] if alike else None)


def _decision_json(one: Decision) -> dict[str, Any]:
    return {
        "cause": one.cause,
        "stance": one.stance,
        "sentence": one.sentence,
        "cause_text": one.cause_text,
        "speaker": one.speaker,
        "how": one.how,
        "pattern": one.pattern,
        "confidence": one.confidence,
        "rejected": one.rejected,
        "reasons": _reasons_json(one.reasons),
        "told_by": {field: _reasons_json(reasons) for field, reasons in one.told_by},
    }


def _reasons_json(reasons: Reasons) -> list[dict[str, Any]]:
    return [{"name": name, "weight": round(weight, 3)} for name, weight in reasons]


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"

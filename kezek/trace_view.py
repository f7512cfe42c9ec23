"""A trace in the terminal: links with ✓ and ✗, the sentence marked in its text, what changed in red and green.

Where there are no colours, marked words stand in [[ ]], words that went in [- -] and new ones in {+ +}.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap

from rich.panel import Panel
from rich.text import Text

from kezek.console import out
from kezek.proof import Link, Proof, utc
from kezek.revision_diff import Part
from kezek.tables import shown
from kezek.trace import DocumentTrace, EntityTrace, FetchTrace, FindingTrace, Mark, RevisionTrace, Trace
from warehouse.connection import Row

_SIGNS = {True: ("✓", "green"), False: ("✗", "bold red"), None: ("·", "dim")}
_COLUMN = 12
_QUOTED = 300
_SAME = 240


def show(found: Trace) -> None:
    """Print a trace to stdout."""
    match found:
        case FindingTrace():
            _show_finding(found)
        case DocumentTrace():
            _show_document(found)
        case EntityTrace():
            _show_entity(found)
        case FetchTrace():
            _show_fetch(found)


def _show_finding(found: FindingTrace) -> None:
    row, revision = found.row, found.revision
    _heading(f"{found.kind} {found.id}")
    for line in _about(found):
        _line("", line)
    _line("", f"in {revision['source_name'] or revision['source_id']}, published {_published(revision)}")
    _line("", revision["url"])
    if found.fate:
        _line("", found.fate, "yellow")
    if found.problem:
        _line("", f"“{found.mark.words}”")
    out.print()
    _links(found.proof)
    if found.proof.words is not None and found.problem is None:
        marks = [(found.mark, "black on yellow")]
        if found.kind == "claim":
            marks.append(
                (Mark(row["evidence_field"], row["cause_start"], row["cause_end"], row["cause_text"]), "underline")
            )
        _panel(_marked(found.title, found.text, marks))
    if found.change:
        still = "still has these words" if found.change.stands else "no longer has these words"
        said = f"Revision {found.change.revision}, first seen {utc(found.change.seen_at)}, {still}"
        out.print()
        _line("", said, "bold", indent=0)
        _panel(_diff(found.change.parts))


def _about(found: FindingTrace) -> list[str]:
    row = found.row
    if found.kind == "claim":
        return [
            _speaker(row),
            f"{row['stance']} {row['cause']}, blames {row['blames']}; confidence {row['confidence']:.2f}",
            f"by model {row['model_version']}, pattern {row['pattern']}",
        ]
    if found.kind == "observation":
        return [
            f"{_figure(row)}{f', {_place(row)}' if row['place'] else ''}",
            f"by the account of {row['speaker']}" if row["speaker"] else "in the document's own voice",
            f"by model {row['model_version']}" + (f"; for {utc(row['as_of'])}" if row["as_of"] else ""),
        ]
    return [
        f"“{row['surface']}” is {row['name']} ({row['label']}, {row['entity_id']})",
        f"by model {row['model_version']}",
    ]


def _show_document(found: DocumentTrace) -> None:
    last = found.revisions[-1].revision
    _heading(f"document {found.id}")
    if last["title"]:
        _line("", last["title"], "bold")
    _line("", f"{last['source_name'] or last['source_id']}, published {_published(last)}")
    _line("", last["url"])
    if last["gone_at"] is not None:
        reason = f": {last['gone_reason']}" if last["gone_reason"] else ""
        _line("", f"found deleted {utc(last['gone_at'])}{reason}", "yellow")
    if len(found.story) > 1:
        _line("", f"story of {len(found.story)} documents with nearly these words:")
        for copy in found.story:
            first = ", the first" if copy["is_first"] else ""
            _line("", f"{copy['document_id']}  {copy['source_name']}{first}", indent=4)
    for one in found.revisions:
        _show_revision(one, found, alone=len(found.revisions) < found.count or found.count == 1)


def _show_revision(one: RevisionTrace, found: DocumentTrace, *, alone: bool) -> None:
    number = one.revision["revision"]
    out.print()
    _heading(f"revision {number} of {found.count}{', the current one' if one.revision['is_current'] else ''}")
    _links(one.proof)
    if alone and one.proof.words:
        _panel(_marked(one.proof.words.title, one.proof.words.text, []))
    if one.changes:
        out.print()
        _line("", f"What changed from revision {number - 1} to {number}", "bold", indent=0)
        _panel(_diff(_shortened(one.changes)))
    _findings(
        "What it claims",
        ((row, row["claim_id"], f"{_speaker(row)}: {_position(row)}", row["evidence"]) for row in one.claims),
    )
    _findings(
        "What it measures",
        ((row, row["observation_id"], f"{_figure(row)}, {_place(row)}", row["evidence"]) for row in one.observations),
    )


def _findings(title: str, rows: Iterable[tuple[Row, str, str, str]]) -> None:
    found = list(rows)
    if not found:
        return
    out.print()
    _line("", title, "bold", indent=0)
    for row, found_id, says, evidence in found:
        _line(found_id, says, width=18)
        _line("", f"“{_brief(evidence)}”", "italic", indent=18)
        if row.get("fate"):
            _line("", row["fate"], "yellow", indent=18)


def _show_entity(found: EntityTrace) -> None:
    row = found.row
    _heading(f"entity {found.id}: {row['name']}")
    names = dict.fromkeys(row[f"name_{lang}"] for lang in ("ru", "kk", "en") if row[f"name_{lang}"])
    if set(names) - {row["name"]}:
        _line("", " · ".join(names))
    _line("", f"{row['label']}, side {row['side']}{', ' + row['role'] if row['role'] else ''}")
    if row["pair"]:
        _line("", f"across the border: {row['pair_name'] or row['pair']} ({row['pair']})")
    known = "in the knowledge base" if row["known"] else "not in the knowledge base, as the documents name it"
    _line("", f"{known}{', Wikidata ' + row['wikidata'] if row['wikidata'] else ''}")
    counts = (
        _count(row["mentions"], "mention") + " in " + _count(row["mentioned_in"], "document"),
        _count(row["statements"], "statement"),
        _count(row["figures"], "figure"),
    )
    _line("", ", ".join(counts))
    _findings(
        _of("statement", len(found.statements), row["statements"]),
        (
            ({}, one["claim_id"], f"{one['day']} {_position(one)} ({one['source_name']})", one["evidence"])
            for one in found.statements
        ),
    )
    _findings(
        _of("figure", len(found.figures), row["figures"]),
        (
            (
                {},
                one["observation_id"],
                f"{one['day']} {_figure(one)}, {one['place'] or 'no place'} ({one['source_name']})",
                one["evidence"],
            )
            for one in found.figures
        ),
    )
    if found.mentions:
        out.print()
        _line("", _of("mention", len(found.mentions), row["mentions"]), "bold", indent=0)
        for one in found.mentions:
            _line(one["mention_id"], f"“{one['surface']}” in {one['document_id']}", width=18)


def _show_fetch(found: FetchTrace) -> None:
    row = found.row
    _heading(f"{found.kind} {found.id}")
    if found.kind == "fetch":
        _line("", f"asked for in the run {row['run_id']}")
    _line("", row["url"])
    out.print()
    _links(found.proof)
    for one in found.unparsed:
        read = ", but was read later" if one["resolved"] else ""
        out.print()
        error = "" if one["message"].startswith(one["error"]) else f" ({one['error']})"
        says = f"not read as a document{read}: {one['message']}{error}"
        _line(one["unparsed_id"], says, "" if one["resolved"] else "yellow", width=18)
        _line("", one["url"], indent=18)
    if found.documents:
        out.print()
        _line("", "What it was the first to show", "bold", indent=0)
        for one in found.documents:
            _line(one["document_id"], f"revision {one['revision']}: {one['title'] or one['url']}", width=18)


def _heading(text: str) -> None:
    _line("", text, "bold", indent=0)


def _links(proof: Proof) -> None:
    for link in proof.links:
        _link(link)


def _link(link: Link) -> None:
    sign, style = _SIGNS[link.whole]
    _line(f"{sign} {link.name}", link.says, "" if link.whole else style, sign_style=style)


def _line(
    name: str, value: str, style: str = "", *, indent: int | None = None, width: int = _COLUMN, sign_style: str = "bold"
) -> None:
    """A name and what it is, broken between words only: addresses, files and hashes are there to be copied."""
    indent = (width if name else 2) if indent is None else indent
    lines = wrap(shown(value), max(out.width - indent, 20), break_long_words=False, break_on_hyphens=False)
    for n, line in enumerate(lines):
        head = Text(f"{name:<{indent}}" if n == 0 else " " * indent, style=sign_style)
        out.print(Text.assemble(head, (line, style)), soft_wrap=True)


def _panel(text: Text) -> None:
    out.print(Panel(text))


def _marked(title: str, text: str, marks: Sequence[tuple[Mark, str]]) -> Text:
    """Title and text, each mark in its style; in brackets, where there are no colours, the first mark."""
    fields = {"title": Text(shown(title), style="bold"), "text": Text(shown(text))}
    for mark, style in marks:
        fields[mark.field].stylize(style, mark.start, mark.end)
    if marks and out.color_system is None:
        first = marks[0][0]
        field = fields[first.field]
        fields[first.field] = Text.assemble(
            field[: first.start], "[[", field[first.start : first.end], "]]", field[first.end :]
        )
    return Text("\n\n").join(field for field in fields.values() if field)


def _diff(parts: Iterable[Part]) -> Text:
    plain = out.color_system is None
    styles = {"same": ("", "", ""), "gone": ("red strike", "[-", "-]"), "new": ("green", "{+", "+}")}
    text = Text()
    for kind, words in parts:
        style, before, after = styles[kind]
        if plain and before:
            body = words.rstrip()
            text.append(shown(f"{before}{body}{after}{words[len(body) :]}"))
        else:
            text.append(shown(words), style=style)
    return text


def _shortened(parts: Sequence[Part]) -> Iterable[Part]:
    """What stayed the same, cut to its ends where it is long."""
    for n, (kind, words) in enumerate(parts):
        if kind != "same" or len(words) <= _SAME:
            yield kind, words
            continue
        head = "" if n == 0 else words[: _SAME // 2].rpartition(" ")[0]
        tail = "" if n == len(parts) - 1 else words[-_SAME // 2 :].partition(" ")[2]
        yield "same", f"{head} … {tail}"


def _brief(text: str) -> str:
    """One paragraph, cut at a word."""
    line = " ".join(text.split())
    return line if len(line) <= _QUOTED else f"{line[:_QUOTED].rpartition(' ')[0]} …"


def _position(claim: Row) -> str:
    return f"{claim['stance']} {claim['cause']}, blames {claim['blames']}"


def _speaker(claim: Row) -> str:
    if not claim["speaker"]:
        return "the document's own voice"
    role = f", {claim['speaker_role']}" if claim.get("speaker_role") else ""
    kind = f"{claim['speaker_kind']}, " if "speaker_kind" in claim else ""
    relayed = f", relayed by {claim['relayed_by']}" if claim.get("relayed_by") else ""
    return f"{claim['speaker']}{role} ({kind}side {claim['speaker_side']}){relayed}"


def _figure(row: Row) -> str:
    low, high = f"{row['low']:g}", f"{row['high']:g}"
    return f"{low if low == high else f'{low} to {high}'} {row['metric']}"


def _place(row: Row) -> str:
    if not row["place"]:
        return "no place"
    return f"{row['place']} ({row['place_entity']})" if row["place_entity"] else str(row["place"])


def _published(revision: Row) -> str:
    moment = revision["published_at"]
    if moment is not None and revision["published_precision"] == "day":
        return f"{moment:%Y-%m-%d}, the day only"
    return utc(moment)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _of(noun: str, told: int, all_of_them: int) -> str:
    return f"All {noun}s" if told == all_of_them else f"The latest {told} of {_count(all_of_them, noun)}"

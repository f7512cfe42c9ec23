"""The way back: from any id in the warehouse to the archived bytes, and from the bytes to the words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from ingest.archive import Archive
from ingest.errors import ArchiveError, InputError, WarehouseError
from ingest.source import load_sources
from kezek.proof import Link, Proof, Words, fetch_link, prove, read_record, source_link, utc
from kezek.revision_diff import Part, around, revision_diff
from kezek.settings import Settings
from warehouse import way_back
from warehouse.connection import Row, Warehouse, open_warehouse, place
from warehouse.way_back import Finding, Named

LATEST = 10
"""How many of an entity's statements, figures and mentions are told unless more are asked for."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The words that an id stands for: `words` in `field` (text or title), from `start` to before `end`, in code points."""

    field: str
    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class Change:
    """What became of the words in the document's current revision: the parts that changed around them."""

    revision: int
    seen_at: datetime
    stands: bool
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class FindingTrace:
    """A claim, an observation or a mention, found again in the bytes that it was read from.

    `fate` says in a sentence why it no longer counts (superseded, reworded, deleted); None where it does.
    """

    kind: Finding
    id: str
    row: Row
    revision: Row
    mark: Mark
    proof: Proof
    fate: str | None
    change: Change | None

    @property
    def title(self) -> str:
        """The headline as it was read again; empty for posts, and where the chain is broken."""
        return self.proof.words.title if self.proof.words else ""

    @property
    def text(self) -> str:
        """The text as it was read again; empty where the chain is broken."""
        return self.proof.words.text if self.proof.words else ""

    @property
    def problem(self) -> str | None:
        """The broken link in a sentence; None where the chain holds."""
        return _problem(f"{self.kind} {self.id}", self.proof)


@dataclass(frozen=True, slots=True)
class RevisionTrace:
    """One wording of a document, its proof, what it claims and measures (rows, each with its `fate`), and how it differs
    from the wording before (empty for the first)."""

    revision: Row
    proof: Proof
    claims: tuple[Row, ...]
    observations: tuple[Row, ...]
    changes: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class DocumentTrace:
    """A document: its wordings by number (one, if one was asked for), `count` of all, and all documents with nearly its
    words."""

    kind: Literal["document"]
    id: str
    count: int
    revisions: tuple[RevisionTrace, ...]
    story: tuple[Row, ...]

    @property
    def problem(self) -> str | None:
        """The first broken link of any revision in a sentence; None where all chains hold."""
        problems = (
            _problem(f"revision {one.revision['revision']} of document {self.id}", one.proof) for one in self.revisions
        )
        return next((problem for problem in problems if problem), None)


@dataclass(frozen=True, slots=True)
class EntityTrace:
    """Who or what it is, how often it is named, and its latest statements, figures and mentions."""

    kind: Literal["entity"]
    id: str
    row: Row
    statements: tuple[Row, ...]
    figures: tuple[Row, ...]
    mentions: tuple[Row, ...]

    @property
    def problem(self) -> str | None:
        """None: an entity has no bytes of its own."""
        return None


@dataclass(frozen=True, slots=True)
class FetchTrace:
    """A look at the web, or (`unparsed`) an answer that no document could be read from; what was read from it."""

    kind: Literal["fetch", "unparsed"]
    id: str
    row: Row
    unparsed: tuple[Row, ...]
    documents: tuple[Row, ...]
    proof: Proof

    @property
    def problem(self) -> str | None:
        """The broken link in a sentence; None where the chain holds."""
        return _problem(f"{self.kind} {self.id}", self.proof)


Trace = FindingTrace | DocumentTrace | EntityTrace | FetchTrace


def trace(settings: Settings, claim_id: str) -> FindingTrace:
    """The trace of a claim, an observation or a mention whose chain holds.

    Raises as `follow`, InputError for an id of anything else, and ArchiveError where a link is broken.
    """
    found = follow(settings, claim_id)
    if not isinstance(found, FindingTrace):
        raise InputError(f"{claim_id!r} is no claim, observation or mention, but {_a(found.kind)}.")
    if found.problem:
        raise ArchiveError(found.problem)
    return found


def follow(settings: Settings, text: str, *, revision: int | None = None, latest: int = LATEST) -> Trace:
    """What the id `text` names (or an id that begins so, or an entity of that name), followed back to its bytes.

    `revision` asks for one wording of a document, `latest` for so many of an entity's statements, figures and mentions. A
    broken chain raises nothing: it is told by `problem` and the links of the proof. Raises InputError where the id is
    unknown or fits several things, WarehouseError where there is no warehouse or its rows do not fit each other, SourceError
    for a sources file with an error.
    """
    text = text.strip()
    with open_warehouse(settings.published, read_only=True) as warehouse:
        one = _the_one(warehouse, text)
        if revision is not None and one.kind != "document":
            raise InputError(f"--revision is for documents, and {one.id} is {_a(one.kind)}.")
        match one.kind:
            case "claim" | "observation" | "mention":
                return _finding(settings, warehouse, one.kind, one.id)
            case "document":
                return _document(settings, warehouse, one.id, revision)
            case "entity":
                return _entity(warehouse, one.id, latest)
            case "fetch" | "unparsed":
                return _fetch(settings, warehouse, one.kind, one.id)


def trace_json(found: Trace) -> dict[str, Any]:
    """The trace as one JSON object: all that the terminal shows and the whole rows, `whole` and `problem` at its head."""
    head = {"kind": found.kind, "id": found.id, "whole": found.problem is None, "problem": found.problem}
    plain: dict[str, Any] = _plain({**head, **asdict(found)})
    return plain


def _the_one(warehouse: Warehouse, text: str) -> Named:
    found = way_back.named(warehouse, text) if text else []
    if not found:
        raise InputError(
            f"{text!r} is no id of a claim, observation, mention, entity, document, fetch or unparsed page, and no name of "
            "an entity."
        )
    if len(found) > 1:
        several = ", ".join(f"{one.id} ({one.kind})" for one in found[:5])
        more = " and others" if len(found) > 5 else ""
        raise InputError(f"{text!r} can be several things: {several}{more}. Give one of these ids.")
    return found[0]


def _finding(settings: Settings, warehouse: Warehouse, kind: Finding, found_id: str) -> FindingTrace:
    row = _known(way_back.finding(warehouse, kind, found_id), kind, found_id)
    revisions = way_back.revisions(warehouse, row["document_id"])
    revision = next((one for one in revisions if one["content_sha256"] == row["content_sha256"]), None)
    if revision is None:
        raise WarehouseError(
            f"{place(settings.published)} has {kind} {found_id}, but not the document that it was read in."
        )
    current = next(one for one in revisions if one["is_current"])
    fetch = way_back.fetch(warehouse, revision["fetch_id"]) if revision["fetch_id"] else None
    if kind == "claim":
        if fetch is not None:
            # A claim leads to its bytes by its own columns, without a join.
            fetch = {
                **fetch,
                "warc_file": row["warc_file"],
                "warc_offset": row["warc_offset"],
                "sha256": row["body_sha256"],
            }
        others = way_back.claims_of(warehouse, row["document_id"])
        fate = _fate(row, current, _again(row, current, others))
    else:
        fate = _fate(row, current, None)
    mark = _mark(kind, row)
    with Archive(settings.archive) as archive:
        proof = prove(archive, load_sources(settings.sources), revision, fetch, of=len(revisions), as_kept=False)
    return FindingTrace(
        kind, found_id, row, revision, mark, _stands(proof, mark), fate, _change(mark, revision, current)
    )


def _document(settings: Settings, warehouse: Warehouse, document_id: str, number: int | None) -> DocumentTrace:
    revisions = way_back.revisions(warehouse, document_id)
    numbers = [one["revision"] for one in revisions]
    if number is not None and number not in numbers:
        have = ", ".join(map(str, numbers))
        raise InputError(f"document {document_id} has no revision {number}: it has {have}.")
    claims = way_back.claims_of(warehouse, document_id)
    observations = way_back.observations_of(warehouse, document_id)
    current = next(one for one in revisions if one["is_current"])
    sources = load_sources(settings.sources)
    traced = []
    with Archive(settings.archive) as archive:
        for before, one in zip([None, *revisions], revisions, strict=False):
            if number not in (None, one["revision"]):
                continue
            fetch = way_back.fetch(warehouse, one["fetch_id"]) if one["fetch_id"] else None
            traced.append(
                RevisionTrace(
                    one,
                    prove(archive, sources, one, fetch, of=len(revisions)),
                    tuple(
                        {**row, "fate": _fate(row, current, _again(row, current, claims))} for row in _of(one, claims)
                    ),
                    tuple({**row, "fate": _fate(row, current, None)} for row in _of(one, observations)),
                    tuple(revision_diff(_whole(before), _whole(one))) if before else (),
                )
            )
    return DocumentTrace(
        "document", document_id, len(revisions), tuple(traced), tuple(way_back.story(warehouse, document_id))
    )


def _entity(warehouse: Warehouse, entity_id: str, latest: int) -> EntityTrace:
    return EntityTrace(
        "entity",
        entity_id,
        _known(way_back.entity(warehouse, entity_id), "entity", entity_id),
        tuple(way_back.latest_statements(warehouse, entity_id, latest)),
        tuple(way_back.latest_figures(warehouse, entity_id, latest)),
        tuple(way_back.latest_mentions(warehouse, entity_id, latest)),
    )


def _fetch(settings: Settings, warehouse: Warehouse, kind: Literal["fetch", "unparsed"], found_id: str) -> FetchTrace:
    if kind == "fetch":
        row = _known(way_back.fetch(warehouse, found_id), kind, found_id)
        fetch: Row | None = row
        unread = way_back.unread_from(warehouse, found_id)
    else:
        row = _known(way_back.unparsed(warehouse, found_id), kind, found_id)
        fetch = way_back.fetch(warehouse, row["fetch_id"]) if row["fetch_id"] else None
        unread = [row]
    fetch_id = fetch["fetch_id"] if fetch else None
    links = [source_link(fetch)] if fetch else []
    links.append(fetch_link(fetch, row["fetch_id"]))
    if fetch is not None and fetch["error"]:
        links.append(Link("record", f"no bytes came: {fetch['error']}", None))
    elif fetch is not None and fetch["sha256"] is None:
        says = f"{fetch['warc_file']} at byte {fetch['warc_offset']}: without a body, nothing had changed"
        links.append(Link("record", says, None))
    elif fetch is not None:
        with Archive(settings.archive) as archive:
            links += read_record(archive, fetch)[0]
    documents = way_back.read_from(warehouse, fetch_id) if fetch_id else []
    return FetchTrace(kind, found_id, row, tuple(unread), tuple(documents), Proof(tuple(links)))


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeou" else f"a {kind}"


def _known(row: Row | None, kind: str, found_id: str) -> Row:
    if row is None:
        raise WarehouseError(f"{kind} {found_id} was there a moment ago and is not there now: ask again.")
    return row


def _mark(kind: Finding, row: Row) -> Mark:
    if kind == "mention":
        return Mark(row["field"], row["start_offset"], row["end_offset"], row["surface"])
    return Mark(row["evidence_field"], row["evidence_start"], row["evidence_end"], row["evidence"])


def _stands(proof: Proof, mark: Mark) -> Proof:
    """The proof with one link more: whether the marked words stand in their place."""
    if proof.words is None:
        return replace(proof, links=(*proof.links, Link("sentence", "not reached", None)))
    where = f"characters {mark.start} to {mark.end} of the {mark.field}"
    if _field(proof.words, mark)[mark.start : mark.end] == mark.words:
        return replace(proof, links=(*proof.links, Link("sentence", f"{where}: it stands in its place", True)))
    says = f"{where}: the bytes no longer read as they did, it is not in its place"
    return Proof((*proof.links, Link("sentence", says, False)))


def _field(words: Words, mark: Mark) -> str:
    return words.title if mark.field == "title" else words.text


def _of(revision: Row, rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["content_sha256"] == revision["content_sha256"]]


def _whole(revision: Row) -> str:
    return f"{revision['title']}\n\n{revision['text']}" if revision["title"] else str(revision["text"])


def _again(claim: Row, current: Row, claims: Sequence[Row]) -> str | None:
    """The id under which the current revision makes the claim too, by the reading in force."""
    same = (claim["cause"], claim["stance"], claim["speaker"].casefold())
    return next(
        (
            one["claim_id"]
            for one in _of(current, claims)
            if one["superseded_at"] is None and (one["cause"], one["stance"], one["speaker"].casefold()) == same
        ),
        None,
    )


def _fate(row: Row, current: Row, again: str | None) -> str | None:
    """Why a finding no longer counts, in a clause; None where it does."""
    if row["superseded_at"] is not None:
        return f"superseded: model {row['superseded_by']} no longer found it, {utc(row['superseded_at'])}"
    if row["content_sha256"] != current["content_sha256"]:
        since = (
            f"the page reads otherwise since revision {current['revision']}, first seen {utc(current['first_seen_at'])}"
        )
        if "claim_id" not in row:
            return since
        return f"{since}; there it is made again as {again}" if again else f"{since}; there it is not made any more"
    if current["gone_at"] is not None:
        reason = f": {current['gone_reason']}" if current["gone_reason"] else ""
        return f"the page was found deleted {utc(current['gone_at'])}{reason}".rstrip(".")
    return None


def _change(mark: Mark, revision: Row, current: Row) -> Change | None:
    if revision["content_sha256"] == current["content_sha256"]:
        return None
    parts = revision_diff(revision[mark.field], current[mark.field])
    near = around(parts, mark.start, mark.end)
    return Change(current["revision"], current["first_seen_at"], mark.words in current[mark.field], tuple(near))


def _problem(what: str, proof: Proof) -> str | None:
    broken = proof.broken
    return f"the way back from {what} is broken at its {broken.name}: {broken.says.rstrip('.')}." if broken else None


def _plain(value: Any) -> Any:
    """As JSON has it: times in ISO 8601, tuples as lists."""
    match value:
        case Mapping():
            return {str(key): _plain(part) for key, part in value.items()}
        case list() | tuple():
            return [_plain(part) for part in value]
        case datetime() | date():
            return value.isoformat()
        case _:
            return value

"""The way back: from a claim to the archived bytes, and from the bytes to the sentence."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.panel import Panel
from rich.text import Text

from ingest.archive import Archive
from ingest.channel import parse_channel
from ingest.errors import ArchiveError, InputError, WarehouseError
from ingest.parse import parse_article
from ingest.source import load_sources
from kezek.console import out
from kezek.settings import Settings
from kezek.tables import cell, shown
from warehouse.attribution import revision_of
from warehouse.connection import open_warehouse
from warehouse.state import claim as claim_row


@dataclass(frozen=True, slots=True)
class Trace:
    """A claim, found again in the bytes that it was read from.

    `title` and `text` are those of the fresh reading; `revision` is the document's kind and the precision of its date.
    """

    claim: dict[str, Any]
    revision: dict[str, Any]
    body_bytes: int
    body_sha256: str
    title: str
    text: str


def trace(settings: Settings, claim_id: str) -> Trace:
    """Read the claim's bytes out of its WARC record, check their hash, parse them again and find the evidence.

    They are parsed as they were: as a post or an article, by the parser and in the time zone of the claim's source,
    where the sources file knows it. Raises InputError for an unknown claim, SourceError for a sources file with an error,
    ArchiveError where the bytes are missing, are not those that the hash names,
    or no longer say what the claim quotes.
    """
    claim_id = claim_id.strip()
    with open_warehouse(settings.published, read_only=True) as warehouse:
        claim = claim_row(warehouse, claim_id)
        revision = claim and revision_of(warehouse, claim["document_id"], claim["content_sha256"])
    if claim is None:
        raise InputError(f"there is no claim {claim_id!r} in {settings.published}.")
    if revision is None:
        raise WarehouseError(f"{settings.published} has claim {claim_id}, but not the document that it was read in.")
    if claim["warc_file"] is None:
        raise ArchiveError(f"claim {claim_id} has no archived bytes.")
    body = Archive(settings.archive).read(claim["warc_file"], claim["warc_offset"], claim["body_sha256"])
    title, text = _read_again(body, claim, revision["kind"], settings)
    field = title if claim["evidence_field"] == "title" else text
    if field[claim["evidence_start"] : claim["evidence_end"]] != claim["evidence"]:
        raise ArchiveError(
            f"the bytes of claim {claim_id} no longer read as they did: its evidence is not in its place."
        )
    return Trace(claim, revision, len(body), hashlib.sha256(body).hexdigest(), title, text)


def print_trace(settings: Settings, claim_id: str) -> None:
    """Show the chain in the terminal: claim, source, fetch, record, hash, and the text with the evidence marked."""
    show(trace(settings, claim_id))


def show(found: Trace) -> None:
    """Show a trace in the terminal, the evidence and the cause in it marked."""
    claim = found.claim
    denies = claim["stance"] == "denies"
    for name, value in (
        (
            "claim",
            f"{claim['claim_id']}: {'denies' if denies else 'asserts'} {claim['cause']}, blames {claim['blames']}",
        ),
        ("speaker", _speaker(claim)),
        ("source", f"{claim['source_name']} ({claim['source']}, side {claim['source_side']})"),
        ("url", claim["url"]),
        ("published", _published(found)),
        ("revision", f"{claim['revision']} of document {claim['document_id']}"),
        ("fetched", _utc(claim["fetched_at"])),
        ("record", f"{claim['warc_file']} at byte {claim['warc_offset']}, {found.body_bytes} bytes"),
        ("sha256", found.body_sha256),
        ("", "✓ the archived bytes are the ones that were read, and the evidence stands in its place"),
        ("model", f"{claim['model_version']}, pattern {claim['pattern']}, confidence {claim['confidence']:.2f}"),
    ):
        # No line is folded: addresses, files and hashes are there to be copied.
        out.print(Text.assemble((f"{name:<11}", "bold"), shown(value)), soft_wrap=True)
    out.print(Panel(_marked(found), title=Text(shown(found.title or claim["url"])), title_align="left"))


def _read_again(body: bytes, claim: dict[str, Any], kind: str, settings: Settings) -> tuple[str, str]:
    if kind != "post":
        source = load_sources(settings.sources).get(claim["source"])
        article = parse_article(
            body,
            claim["fetch_url"],
            claim["content_type"],
            source.parser or None if source else None,
            source.timezone if source else None,
            fetched_at=claim["fetched_at"],
        )
        return article.title, article.words
    for post in parse_channel(body, claim["fetch_url"]).posts:
        if post.url.casefold() == claim["url"].casefold():
            return "", post.text or ""
    raise ArchiveError(f"the archived channel page no longer shows {claim['url']}.")


def _published(found: Trace) -> str:
    moment = found.claim["published_at"]
    if moment is not None and found.revision["published_precision"] == "day":
        return f"{moment:%Y-%m-%d}, the day only"
    return _utc(moment)


def _utc(moment: datetime | None) -> str:
    return f"{cell(moment)} UTC" if moment else "not known"


def _speaker(claim: dict[str, Any]) -> str:
    if not claim["speaker"]:
        return "the document's own voice"
    role = f", {claim['speaker_role']}" if claim["speaker_role"] else ""
    relayed = f", relayed by {claim['relayed_by']}" if claim["relayed_by"] else ""
    return f"{claim['speaker']}{role} ({claim['speaker_kind']}, side {claim['speaker_side']}){relayed}"


def _marked(found: Trace) -> Text:
    claim = found.claim
    if claim["evidence_field"] == "title":
        marked = Text(shown(found.title))
        marked.append("\n\n" + shown(found.text))
    else:
        marked = Text(shown(found.text))
    marked.stylize("black on yellow", claim["evidence_start"], claim["evidence_end"])
    marked.stylize("bold", claim["cause_start"], claim["cause_end"])
    return marked

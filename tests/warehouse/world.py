"""Rows for the tests: real Documents and Annotations, made of a few words and a day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ingest.document import Document, document_id
from ingest.fetch_record import Fetch
from ingest.source import Source
from ingest.spool import Coverage, Gone, Unparsed
from nlp.annotation import Annotation, Claim, Entity, Mention, Observation

DAY = datetime(2025, 10, 1, tzinfo=UTC)
MODEL = "m1"
TEXT = "Очередь на границе. Минтранс Казахстана заявил, что виноваты проверки России. На Сырыме стоят 700 фур."


def day(number: int) -> datetime:
    """Noon of the nth day."""
    return DAY + timedelta(days=number - 1, hours=12)


SOURCES = [
    Source(
        id="shelk",
        name="Деловой шёлк",
        kind="outlet",
        side="KZ",
        country="KZ",
        languages=("ru",),
        home="https://delovoy-shelk.example/",
        feeds=("https://delovoy-shelk.example/rss",),
    ),
    Source(
        id="fura",
        name="Фура 163",
        kind="channel",
        side="RU",
        country="RU",
        languages=("ru",),
        home="https://t.me/s/fura163",
        channel="fura163",
    ),
]


def covered(**changes: object) -> Coverage:
    """A complete reading of the first day."""
    made = Coverage(
        source_id="shelk",
        interval_start=DAY,
        interval_end=DAY + timedelta(days=1),
        discovered=3,
        fetched=3,
        parsed=2,
        failed=1,
        stop_reason="start of interval",
        gap_from=None,
        gap_to=None,
        run_id="nightly/2025-10-01",
        finished_at=DAY + timedelta(days=1),
        complete=True,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def gone(document_id: str, at: datetime) -> Gone:
    return Gone(document_id, "shelk", "https://delovoy-shelk.example/one", "f-gone", at, "404")


def failure(url: str, fetch_id: str) -> Unparsed:
    return Unparsed("shelk", url, fetch_id, "LayoutError", "The page has no headline.")


def fetch(name: str, at: datetime, source_id: str = "shelk", url: str = "") -> Fetch:
    return Fetch(
        fetch_id=f"f-{name}",
        run_id="nightly/2025-10-01",
        source_id=source_id,
        url=url or f"https://delovoy-shelk.example/{name}",
        final_url=url or f"https://delovoy-shelk.example/{name}",
        fetched_at=at,
        status=200,
        content_type="text/html",
        bytes=1234,
        sha256="ab" * 32,
        warc_file="2025-10-01/shelk.warc.gz",
        warc_offset=77,
        error=None,
    )


def document(name: str = "one", text: str = TEXT, source_id: str = "shelk", **changes: object) -> Document:
    url = f"https://delovoy-shelk.example/{name}"
    made = Document(
        document_id=document_id(source_id, url),
        title="Граница",
        text=text,
        lang="ru",
        source_id=source_id,
        url=url,
        published_at=DAY + timedelta(hours=8),
        published_precision="minute",
        links=("https://example.org/a",),
        fetch_id=f"f-{name}",
        extractor="generic",
        extractor_version="1",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def claim(of: Document, **changes: object) -> Claim:
    """A claim whose evidence is the document's second sentence."""
    evidence = of.text.split(". ")[1] + "."
    start = of.text.index(evidence)
    cause = "виноваты проверки России"
    cause_start = of.text.index(cause)
    made = Claim(
        cause="tightened_checks",
        stance="asserts",
        blames="RU",
        speaker="Минтранс Казахстана",
        speaker_kind="organisation",
        speaker_side="KZ",
        speaker_entity="mintrans-kz",
        hedged=False,
        evidence=evidence,
        evidence_field="text",
        evidence_start=start,
        evidence_end=start + len(evidence),
        cause_text=cause,
        cause_start=cause_start,
        cause_end=cause_start + len(cause),
        confidence=0.8,
        pattern="said-that",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def observation(of: Document, vehicles: float = 700) -> Observation:
    evidence = "На Сырыме стоят 700 фур."
    start = of.text.index(evidence)
    return Observation(
        "vehicles", vehicles, vehicles, "Сырым", "", evidence, "text", start, start + len(evidence), "syrym"
    )


def annotation(
    of: Document, *claims: Claim, model: str = MODEL, observations: tuple[Observation, ...] | None = None
) -> Annotation:
    start = of.text.index("Минтранс")
    return Annotation(
        document_id=of.document_id,
        content_sha256=of.content_sha256,
        lang="ru",
        model_version=model,
        claims=claims,
        observations=(observation(of),) if observations is None else observations,
        entities=(
            Entity("Минтранс Казахстана", "ORG", "mintrans-kz", "KZ"),
            Entity("Сырым", "CHECKPOINT", "syrym", "KZ"),
        ),
        mentions=(
            Mention("Минтранс Казахстана", "ORG", "Минтранс Казахстана", "text", start, start + 19, "mintrans-kz"),
        ),
    )

"""Seven pages in three languages and what is claimed in them: copied, turned round, superseded, edited away, deleted."""

from dataclasses import replace
from datetime import timedelta

from ingest.document import Document
from nlp.annotation import Annotation, Claim, Entity, Mention, Observation
from tests.warehouse.world import DAY, SOURCES, TEXT, claim, covered, day, document, fetch, gone, observation
from warehouse.connection import Warehouse
from warehouse.load import load_annotations, load_readings, load_sources
from warehouse.reading import Reading

ENGLISH = "Queues at the border. The Federal Customs Service denies that trucks wait. Drivers waited for days at Syrym."
KAZAKH = "Шекарада кезек бар. Кеден қызметі бұған жүк көліктерінің көптігі себеп деді. Ресей кінәлі емес."


def page(name: str, at: int, **changes: object) -> Document:
    made = document(name, published_at=day(at), fetch_id=f"f-{name}")
    return replace(made, **changes)  # type: ignore[arg-type]


RUSSIAN = page("ru", 1)
COPY = page("copy", 2, source_id="fura", url="https://t.me/fura163/1")
ENGLISH_PAGE = page("en", 3, text=ENGLISH, lang="en", title="The policy at the border")
KAZAKH_PAGE = page("kk", 4, text=KAZAKH, lang="kk", title="Шекара", source_id="fura", url="https://t.me/fura163/2")
EDITED = page("edited", 5, title="Учёт 100%_ фур")
REWORDED = replace(EDITED, text=TEXT.replace("заявил", "сообщил"))
TURNED = page("turned", 6)
DEAD = page("dead", 7)


def said(of: Document, sentence: int, words: str, **changes: object) -> Claim:
    """A claim whose evidence is the nth sentence, and `words` in it its cause."""
    evidence = of.text.removesuffix(".").split(". ")[sentence] + "."
    start, cause = of.text.index(evidence), of.text.index(words)
    made = replace(
        claim(RUSSIAN),
        evidence=evidence,
        evidence_start=start,
        evidence_end=start + len(evidence),
        cause_text=words,
        cause_start=cause,
        cause_end=cause + len(words),
        lang=of.lang or "",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def read(
    of: Document, *claims: Claim, crossing: str = "", observations: tuple[Observation, ...] = (), model: str = "m2"
) -> Annotation:
    """What a model says of a page that names, perhaps, a crossing by these words."""
    start = of.text.index(crossing) if crossing else 0
    return Annotation(
        document_id=of.document_id,
        content_sha256=of.content_sha256,
        lang=of.lang or "",
        model_version=model,
        claims=claims,
        observations=observations,
        entities=(
            Entity("Минтранс Казахстана", "ORG", "mintrans-kz", "KZ"),
            Entity("Сырым", "CHECKPOINT", "syrym", "KZ"),
        ),
        mentions=(Mention("Сырым", "CHECKPOINT", crossing, "text", start, start + len(crossing), "syrym"),)
        if crossing
        else (),
    )


def load_stories(warehouse: Warehouse) -> None:
    """The pages and their claims, and what is no longer claimed."""
    pages = [RUSSIAN, COPY, ENGLISH_PAGE, KAZAKH_PAGE, EDITED, TURNED, DEAD]
    load_sources(warehouse, SOURCES)
    load_readings(
        warehouse,
        fetches=[fetch(str(one.fetch_id)[2:], day(7), one.source_id) for one in pages],
        readings=[
            *(Reading(one, day(7), None, RUSSIAN.document_id if one is COPY else None) for one in pages),
            Reading(REWORDED, day(8)),
        ],
        coverage=[
            covered(),
            covered(source_id="fura", complete=False, stop_reason="LayoutError", gap_from=DAY, gap_to=day(1)),
        ],
        gone=[gone(DEAD.document_id, day(9))],
    )
    weather = claim(RUSSIAN, cause="weather", blames="NONE", speaker="метеослужба", speaker_entity=None)
    load_annotations(warehouse, [read(RUSSIAN, claim(RUSSIAN), weather, crossing="Сырыме", model="m1")], day(9))
    no_delay = said(
        ENGLISH_PAGE,
        1,
        "trucks wait",
        cause="no_delay",
        blames="NONE",
        speaker="Federal Customs Service",
        speaker_side="RU",
        speaker_entity=None,
    )
    trucks = said(
        KAZAKH_PAGE,
        1,
        "жүк көліктерінің көптігі",
        cause="capacity",
        blames="KZ",
        speaker="Кеден қызметі",
        speaker_entity=None,
        confidence=0.5,
    )
    load_annotations(
        warehouse,
        [
            read(RUSSIAN, claim(RUSSIAN), crossing="Сырыме", observations=(observation(RUSSIAN),)),
            read(COPY, claim(COPY), crossing="Сырыме", observations=(observation(COPY),)),
            read(ENGLISH_PAGE, no_delay),
            read(KAZAKH_PAGE, trucks),
            read(EDITED, claim(EDITED)),
            read(REWORDED),
            read(TURNED, claim(TURNED, stance="denies"), observations=(observation(TURNED, 900),)),
            read(DEAD, claim(DEAD, cause="politics", speaker="дипломат", speaker_kind="unnamed", speaker_entity=None)),
        ],
        day(9) + timedelta(hours=1),
    )

"""A warehouse of any size, made by dice: as many documents and claims as asked for, the same ones every time.

    python benchmarks/warehouse_rows.py N FILE        writes a new DuckDB file that holds them

N document revisions (8 in 100 are later wordings of an earlier one, 15 copies of another outlet's, 1 deleted since) and N
claims, with all that belongs to them: 90 sources and their coverage over a year, fetches, annotations, about 4 mentions
and 0.3 observations a document, 1,000 entities. Speakers are 2,000, the loudest by Zipf's law, with favourite causes and
changes of mind. Offsets are true, so `warehouse.quality` has nothing to say; only the archive behind it is missing.
"""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

import pyarrow as pa
from warehouse_words import (
    ASSERTS,
    BLAMES,
    BODIES,
    CAUSES,
    COUNTS,
    CROSSINGS,
    DENIES,
    FILLERS,
    GIVEN,
    GROUPS,
    LANGS,
    LEADS,
    OWN_VOICE,
    SURNAMES,
    TOWNS,
    UPDATES,
)

from ingest.document import document_id
from warehouse.connection import Address, Row, Warehouse, open_in_memory, open_warehouse
from warehouse.keys import entity_key

START = datetime(2025, 1, 1, tzinfo=UTC)
DAYS = 365
SOURCES = 90
SPEAKERS = 2000
NAMED = 1000
"""The loudest speakers, of whom mentions are kept; the first 300 are known to the knowledge base."""
PART = 20_000
"""Documents that are made at a time: later wordings and copies are of the same part."""
MODEL, OLD_MODEL = "2-generated", "1-generated"

FIXED = ("runs", "sources", "coverage", "entities")
GROWING = ("fetches", "documents", "annotations", "mentions", "observations", "claims")

Tables = dict[str, pa.Table]
_SIDES = ("KZ", "RU", "OTHER", "CN", "UNKNOWN")
_CAUSES = tuple(CAUSES)
_BLAMED = ("KZ", "RU", "CN", "BOTH", "TRADE", "OTHER", "NONE")
_LATIN = str.maketrans(
    dict(zip("абвгдежзийклмнопрстуфхыэ", "abvgdejziyklmnoprstufhye", strict=True))
    | {"ё": "yo", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch", "ь": "", "ъ": "", "ю": "yu", "я": "ya"}
)


@dataclass(frozen=True, slots=True)
class _Speaker:
    """Who speaks; `entity` where there is a row for them, `known` where the knowledge base has it."""

    names: Mapping[str, str]
    kind: str
    side: str
    entity: str | None
    known: bool
    favourites: tuple[str, ...]

    @property
    def label(self) -> str:
        return "PERSON" if self.kind == "person" else "ORG"


@dataclass(frozen=True, slots=True)
class _Said:
    """One claim before it has a document; no speaker is the document's own voice."""

    cause: str
    stance: str
    blames: str
    speaker: _Speaker | None
    wording: int
    hedged: bool

    @property
    def key(self) -> tuple[str, str, str]:
        return self.cause, self.stance, self.speaker.names["ru"] if self.speaker else ""


@dataclass(slots=True)
class _Story:
    """What a document says, and its row: enough to copy it or to word it anew."""

    lang: str
    place: int
    road: tuple[int, int]
    said: tuple[_Said, ...]
    count: tuple[str, int] | None
    fillers: tuple[str, ...]
    number: str
    signature: bytes
    source: int
    row: Row


@dataclass(slots=True)
class _Written:
    """A text in the making, with the places of what will be cited."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0

    def add(self, piece: str) -> int:
        """Append; gives where it starts."""
        start = self.length
        self.pieces.append(piece)
        self.length += len(piece)
        return start


def tables(n: int) -> Tables:
    """All tables of a warehouse with `n` document revisions and `n` claims, columns as the warehouse has them."""
    shapes = _shapes()
    world = _World()
    parts = list(_parts(n, world, shapes))
    return _fixed(world, shapes) | {name: pa.concat_tables([part[name] for part in parts]) for name in GROWING}


def build(target: Address, n: int) -> None:
    """Make a new warehouse at `target` (a file, or a server's address) that holds what `tables(n)` gives, never all of it in memory."""
    shapes = _shapes()
    world = _World()
    with open_warehouse(target) as warehouse:
        _insert(warehouse, _fixed(world, shapes))
        for part in _parts(n, world, shapes):
            _insert(warehouse, part)


def _insert(warehouse: Warehouse, made: Tables) -> None:
    with warehouse.transaction():
        for name, table in made.items():
            columns = ", ".join(table.column_names)
            with warehouse.staged(f"made_{name}", table):
                warehouse.execute(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM made_{name}")


def _shapes() -> dict[str, pa.Schema]:
    with open_in_memory() as empty:
        return {name: empty.arrow(f"SELECT * FROM {name} LIMIT 0").schema for name in (*FIXED, *GROWING)}


def _table(rows: list[Row], shape: pa.Schema) -> pa.Table:
    if rows and rows[0].keys() != set(shape.names):
        raise ValueError(f"These columns are new, or no more: {rows[0].keys() ^ set(shape.names)}")
    return pa.Table.from_pylist(rows, schema=shape)


def _parts(n: int, world: _World, shapes: Mapping[str, pa.Schema]) -> Iterator[Tables]:
    for number, start in enumerate(range(0, n, PART)):
        rows = _Part(number, world).rows(min(PART, n - start))
        yield {name: _table(rows[name], shapes[name]) for name in GROWING}


class _World:
    """What does not grow: sources, speakers, places."""

    def __init__(self) -> None:
        self._dice = random.Random(6)
        self.sources = [self._source(number) for number in range(SOURCES)]
        self.speakers = [self._speaker(rank) for rank in range(SPEAKERS)]
        self.loudness = list(accumulate(1 / (rank + 1) for rank in range(SPEAKERS)))
        self.crossings = [(f"crossing.c{number}", name) for number, name in enumerate(CROSSINGS)]
        self.fillers = {lang: self._sentences(lang) for lang in LANGS}
        self.towns = [(f"place.t{number}", name) for number, name in enumerate(TOWNS)]

    def _sentences(self, lang: str) -> list[str]:
        return [one.format(n=self._dice.randrange(2, 2000)) for one in FILLERS[lang] for _ in range(50)]

    def _source(self, number: int) -> Row:
        kind = "outlet" if number % 5 else "channel"
        name = f"{TOWNS[number % len(TOWNS)]} {('Ақпарат', 'Новости', 'Daily', 'Курьер', '24')[number // len(TOWNS)]}"
        return {
            "source_id": f"source_{number:02}",
            "name": name,
            "kind": kind,
            "side": self._dice.choices(_SIDES, (45, 35, 12, 3, 5))[0],
            "country": ("KZ", "RU")[number % 2],
            "languages": "ru kk en",
            "affiliation": ("private", "state", "agency")[number % 3],
            "home": f"https://source-{number:02}.example/",
        }

    def _speaker(self, rank: int) -> _Speaker:
        tens, ones = divmod(rank, 10)
        if ones < 6:
            kind, order = "person", tens * 6 + ones
            middle = ("", "А. ", "Б. ")[order // 600]
            name = f"{GIVEN[order % 20]} {middle}{SURNAMES[order // 20 % 30]}"
        elif ones < 9:
            kind, order = "organisation", tens * 3 + ones - 6
            name = f"{BODIES[order % 5]} «{TOWNS[order // 5 % 20]}-{order // 100 + 1}»"
        else:
            kind = "unnamed"
            name = f"{GROUPS[tens % 5]} из {TOWNS[tens // 5 % 20]} {tens // 100 + 1}"
        known = rank < 300 and kind != "unnamed"
        label = "PERSON" if kind == "person" else "ORG"
        entity = entity_key(label, name, f"{label.lower()}.s{rank}" if known else None)
        return _Speaker(
            {"ru": name, "kk": name, "en": _latin(name)},
            kind,
            self._dice.choices(_SIDES, (40, 35, 10, 5, 10))[0],
            entity if rank < NAMED and kind != "unnamed" else None,
            known,
            tuple(self._dice.sample(_CAUSES, 3)),
        )


def _latin(name: str) -> str:
    return name.lower().translate(_LATIN).title()


def _fixed(world: _World, shapes: Mapping[str, pa.Schema]) -> Tables:
    rows = {"runs": _runs(), "sources": world.sources, "coverage": _coverage(world), "entities": _entities(world)}
    return {name: _table(rows[name], shapes[name]) for name in FIXED}


def _runs() -> list[Row]:
    return [
        {
            "run_id": _run(day),
            "interval_start": day,
            "interval_end": day + timedelta(days=1),
            "started_at": day + timedelta(days=1),
            "finished_at": day + timedelta(days=1, hours=1),
        }
        for day in _days()
    ]


def _days() -> Iterator[datetime]:
    return (START + timedelta(days=number) for number in range(DAYS))


def _run(day: datetime) -> str:
    return f"nightly/{day.date().isoformat()}"


def _coverage(world: _World) -> list[Row]:
    dice = random.Random(7)
    rows: list[Row] = []
    for day in _days():
        end = day + timedelta(days=1)
        for source in world.sources:
            broken = dice.random() < 0.02
            found = dice.randrange(40)
            rows.append(
                {
                    "source_id": source["source_id"],
                    "interval_start": day,
                    "interval_end": end,
                    "discovered": found,
                    "fetched": found,
                    "parsed": found,
                    "failed": int(broken),
                    "stop_reason": "not reached" if broken else "reached start",
                    "gap_from": day if broken else None,
                    "gap_to": end if broken else None,
                    "complete": not broken,
                    "run_id": _run(day),
                    "finished_at": end + timedelta(minutes=30),
                    "off_layout": 0,
                }
            )
    return rows


def _entities(world: _World) -> list[Row]:
    named: list[tuple[str, Mapping[str, str], str, str, bool]] = [
        (speaker.entity, speaker.names, speaker.label, speaker.side, speaker.known)
        for speaker in world.speakers
        if speaker.entity
    ]
    for label, places in (("CHECKPOINT", world.crossings), ("PLACE", world.towns)):
        for entity, name in places:
            named.append((entity, {"ru": name, "kk": name, "en": _latin(name)}, label, "UNKNOWN", True))
    return [
        {
            "entity_id": entity,
            "name": names["en"] if known else names["ru"],
            "name_ru": names["ru"],
            "name_kk": names["kk"] if known else None,
            "name_en": names["en"] if known else None,
            "label": label,
            "side": side,
            "role": None,
            "pair": None,
            "wikidata": None,
            "known": known,
        }
        for entity, names, label, side, known in named
    ]


class _Part:
    """Some of the documents, spread over the whole year, with what hangs on them."""

    def __init__(self, number: int, world: _World) -> None:
        self._name = str(number)
        self._dice = random.Random(1000 + number)
        self._world = world
        self._stories: list[_Story] = []
        self._rows: dict[str, list[Row]] = {name: [] for name in GROWING}

    def rows(self, size: int) -> dict[str, list[Row]]:
        """Rows by table: `size` documents and as many claims."""
        for index in range(size):
            at = START + timedelta(seconds=int(DAYS * 86400 * index / size))
            left = size - len(self._rows["claims"])
            luck = self._dice.random()
            if index == size - 1 or len(self._stories) <= 10:
                self._tell(index, at, left, size - index)
            elif luck < 0.08:
                self._reword(at, left)
            elif luck < 0.23:
                self._copy(at, left)
            else:
                self._tell(index, at, left, size - index)
            if self._dice.random() < 0.04:
                self._failure(at)
        return self._rows

    def _tell(self, index: int, at: datetime, left: int, documents: int) -> None:
        dice = self._dice
        lang = dice.choices(LANGS, (60, 20, 20))[0]
        # what is missing is spread over the documents still to come; the last one takes the rest
        wanted = left if documents == 1 else min(left, _poisson(dice, left / documents), 8)
        said = {one.key: one for one in (self._claim() for _ in range(wanted * 3))}
        metric = dice.choice(tuple(COUNTS)) if dice.random() < 0.3 else None
        story = _Story(
            lang,
            dice.randrange(len(CROSSINGS)),
            (dice.randrange(10), 10 + dice.randrange(10)),
            tuple(said.values())[:wanted],
            (metric, dice.randrange(1, 900)) if metric else None,
            tuple(dice.choices(self._world.fillers[lang], k=dice.randrange(15, 25))),
            f"{self._name}-{index}",
            dice.randbytes(512),
            dice.randrange(SOURCES),
            {},
        )
        self._publish(story, at, None)

    def _claim(self) -> _Said:
        dice = self._dice
        speaker = None
        if dice.random() >= 0.25:
            speaker = dice.choices(self._world.speakers, cum_weights=self._world.loudness)[0]
        cause = dice.choice(speaker.favourites if speaker and dice.random() < 0.7 else _CAUSES)
        return _Said(
            cause,
            "denies" if dice.random() < 0.2 else "asserts",
            BLAMES[cause] if dice.random() < 0.75 else dice.choice(_BLAMED),
            speaker,
            dice.randrange(2),
            dice.random() < 0.1,
        )

    def _copy(self, at: datetime, left: int) -> None:
        first = self._dice.choice(self._stories[-2000:])
        story = _Story(
            first.lang,
            first.place,
            first.road,
            first.said[:left],
            first.count,
            first.fillers,
            first.number,
            first.signature,
            self._dice.randrange(SOURCES),
            {},
        )
        self._publish(story, at, first.row["document_id"])

    def _reword(self, at: datetime, left: int) -> None:
        story = self._dice.choice(self._stories[-2000:])
        known = story.row
        if known["gone_at"] is not None:
            return self._copy(at, left)
        said = list(story.said)
        if said and self._dice.random() < 0.3:
            said.pop()
        story.said = tuple(said[:left])
        seen = max(at, known["first_seen_at"]) + timedelta(hours=2)
        known["last_seen_at"] = max(known["first_seen_at"], min(known["last_seen_at"], seen - timedelta(hours=1)))
        self._publish(story, seen, known["near_duplicate_of"], known)
        return None

    def _failure(self, at: datetime) -> None:
        source = self._dice.randrange(SOURCES)
        fetch = self._fetch(f"{self._name}-{len(self._rows['fetches'])}-failed", source, at)
        self._rows["fetches"].append(fetch | {"status": 404, "error": "The server answered 404."})

    def _fetch(self, name: str, source: int, at: datetime) -> Row:
        source_id = self._world.sources[source]["source_id"]
        url = f"https://source-{source:02}.example/{name}"
        return {
            "fetch_id": _key("f", name),
            "run_id": _run(at),
            "source_id": source_id,
            "url": url,
            "final_url": url,
            "fetched_at": at,
            "status": 200,
            "content_type": "text/html; charset=utf-8",
            "bytes": 20_000 + len(name) * 700,
            "sha256": _sha256(name),
            "warc_file": f"{_run(at)}/{source_id}.warc.gz",
            "warc_offset": len(self._rows["fetches"]) * 5000,
            "error": None,
            "etag": None,
            "last_modified": None,
        }

    def _publish(self, story: _Story, at: datetime, copy_of: str | None, earlier: Row | None = None) -> None:
        """Write the story down as a document revision with its fetch and findings."""
        dice = self._dice
        source = self._world.sources[story.source]
        text = _Written()
        findings = _Findings(story, source, self._world)
        if earlier is not None:
            text.add(f"{UPDATES[story.lang]} {earlier['revision'] + 1}.\n")
        findings.write(text)
        if copy_of is not None:
            text.add(f"\n{source['name']}, {dice.randrange(10_000)}")
        words = "".join(text.pieces)
        title = f"«{CROSSINGS[story.place]}»: {CAUSES[story.said[0].cause][0] if story.said else 'новости'}"
        number = len(self._rows["documents"])
        url = earlier["url"] if earlier else f"https://source-{story.source:02}.example/{self._name}/{number}"
        published = earlier["published_at"] if earlier else at if dice.random() < 0.98 else None
        fetch = self._fetch(f"{self._name}-{number}", story.source, at + timedelta(minutes=dice.randrange(1, 600)))
        seen = fetch["fetched_at"]
        last_seen = seen + timedelta(days=dice.randrange(7))
        gone = dice.random() < 0.01
        row: Row = {
            "document_id": earlier["document_id"] if earlier else document_id(source["source_id"], url),
            "content_sha256": _sha256(f"{title}\n\n{words}"),
            "revision": earlier["revision"] + 1 if earlier else 1,
            "source_id": source["source_id"],
            "kind": "post" if source["kind"] == "channel" else "news",
            "lang": story.lang,
            "url": url,
            "canonical_url": None,
            "title": title,
            "text": words,
            "author": None,
            "published_at": published,
            "published_precision": "minute" if published else None,
            "published_from": "selector" if published else None,
            "forwarded_from": None,
            "forwarded_url": None,
            "reply_to_url": None,
            "views": dice.randrange(50_000) if source["kind"] == "channel" else None,
            "edited": False,
            "links": [f"https://source-{story.source:02}.example/"],
            "media": [],
            "first_seen_at": seen,
            "last_seen_at": last_seen,
            "gone_at": last_seen + timedelta(days=1) if gone else None,
            "gone_reason": "The server answered 404." if gone else None,
            "near_duplicate_of": copy_of,
            "signature": story.signature,
            "fetch_id": fetch["fetch_id"],
            "extractor": "generic",
            "extractor_version": "2",
            "media_urls": [],
            "views_granularity": None,
        }
        self._rows["fetches"].append(fetch)
        self._rows["documents"].append(row)
        story.row = row
        if earlier is None:
            self._stories.append(story)
        findings.keep(self._rows, row, fetch, dice)


class _Findings:
    """The claims, observations and mentions of one document, placed while its text is written."""

    def __init__(self, story: _Story, source: Row, world: _World) -> None:
        self._story, self._source, self._world = story, source, world
        self._mentions: list[tuple[int, str, str, str]] = []
        self._claims: list[tuple[_Said, int, str, int, str, str]] = []
        self._observation: tuple[int, str] | None = None

    def write(self, text: _Written) -> None:
        """Append the story to `text`."""
        story, lang = self._story, self._story.lang
        place_id, place = self._world.crossings[story.place]
        lead = LEADS[lang].format(place=place, number=story.number)
        self._mentions.append((text.add(f"{lead} ") + lead.index(place), place, "CHECKPOINT", place_id))
        fillers = list(story.fillers)
        for said in story.said:
            self._write_claim(text, said)
            text.add(f" {fillers.pop()}\n")
        if story.count is not None:
            metric, figure = story.count
            words = COUNTS[metric][lang].format(place=place, n=figure)
            start = text.add(words)
            self._observation = (start, words)
            self._mentions.append((start + words.index(place), place, "CHECKPOINT", place_id))
            text.add("\n")
        for number, town in enumerate(story.road):
            entity, name = self._world.towns[town]
            self._mentions.append((text.add(name), name, "PLACE", entity))
            text.add(" — " if number == 0 else ".\n")
        text.add("\n".join(" ".join(fillers[start : start + 4]) for start in range(0, len(fillers), 4)))

    def _write_claim(self, text: _Written, said: _Said) -> None:
        lang, speaker = self._story.lang, said.speaker
        name = speaker.names[lang] if speaker else ""
        cause = CAUSES[said.cause][LANGS.index(lang)]
        wording = (ASSERTS if said.stance == "asserts" else DENIES)[lang][said.wording]
        evidence = wording.format(who=name or OWN_VOICE[lang], cause=cause)
        start = text.add(evidence)
        self._claims.append((said, start, evidence, start + evidence.index(cause), cause, name))
        if speaker is not None and speaker.entity:
            self._mentions.append((start + evidence.index(name), name, speaker.label, speaker.entity))

    def keep(self, rows: dict[str, list[Row]], document: Row, fetch: Row, dice: random.Random) -> None:
        """Add the rows."""
        revision = (document["document_id"], document["content_sha256"])
        extracted = document["first_seen_at"] + timedelta(hours=2)
        shared: Row = {
            "document_id": revision[0],
            "content_sha256": revision[1],
            "lang": self._story.lang,
        }
        before = {name: len(rows[name]) for name in ("claims", "observations", "mentions")}
        for claim in self._claims:
            rows["claims"].append({**shared, **self._claim_row(claim, document, fetch, dice), **_read(dice, extracted)})
        for start, surface, label, entity in self._mentions:
            read = _read(dice, extracted)
            del read["extracted_at"]
            rows["mentions"].append(
                {
                    **shared,
                    **read,
                    "mention_id": _key("m", *revision, str(start), label, surface),
                    "entity_id": entity,
                    "name": surface,
                    "label": label,
                    "surface": surface,
                    "field": "text",
                    "start_offset": start,
                    "end_offset": start + len(surface),
                    "role": "",
                }
            )
        if self._observation is not None and self._story.count is not None:
            start, words = self._observation
            metric, figure = self._story.count
            place_id, place = self._world.crossings[self._story.place]
            rows["observations"].append(
                {
                    **shared,
                    **_read(dice, extracted),
                    "observation_id": _key("o", *revision, metric),
                    "metric": metric,
                    "low": float(figure),
                    "high": float(figure),
                    "place": place,
                    "place_entity": place_id,
                    "speaker": "",
                    "as_of": document["published_at"] if dice.random() < 0.3 else None,
                    "evidence": words,
                    "evidence_field": "text",
                    "evidence_start": start,
                    "evidence_end": start + len(words),
                }
            )
        counts = {name: [row["model_version"] for row in rows[name][start:]] for name, start in before.items()}
        for model, read_at in ((OLD_MODEL, extracted - timedelta(hours=1)), (MODEL, extracted)):
            found = {name: models.count(model) for name, models in counts.items()}
            rows["annotations"].append({**shared, **found, "model_version": model, "extracted_at": read_at})

    def _claim_row(
        self, placed: tuple[_Said, int, str, int, str, str], document: Row, fetch: Row, dice: random.Random
    ) -> Row:
        said, start, evidence, cause_start, cause, name = placed
        speaker, source = said.speaker, self._source
        key = _key("c", document["document_id"], document["content_sha256"], said.cause, said.stance, name.casefold())
        moment = document["published_at"] or document["first_seen_at"]
        return {
            "claim_id": key,
            "cause": said.cause,
            "stance": said.stance,
            "blames": said.blames,
            "hedged": said.hedged,
            "speaker": name,
            "speaker_kind": speaker.kind if speaker else "outlet",
            "speaker_role": "",
            "speaker_side": speaker.side if speaker else source["side"],
            "speaker_entity": speaker.entity if speaker and speaker.known else None,
            "relayed_by": "",
            "said_at": moment - timedelta(hours=dice.randrange(40)) if dice.random() < 0.2 else None,
            "evidence": evidence,
            "evidence_field": "text",
            "evidence_start": start,
            "evidence_end": start + len(evidence),
            "cause_text": cause,
            "cause_start": cause_start,
            "cause_end": cause_start + len(cause),
            "confidence": round(1 - 0.6 * dice.random() ** 2, 2),
            "pattern": "statement" if said.stance == "asserts" else "denial",
            "revision": document["revision"],
            "source": source["source_id"],
            "source_name": source["name"],
            "source_side": source["side"],
            "title": document["title"],
            "url": document["url"],
            "published_at": document["published_at"],
            "fetched_at": document["first_seen_at"],
            "body_sha256": fetch["sha256"],
            "warc_file": fetch["warc_file"],
            "warc_offset": fetch["warc_offset"],
        }


def _read(dice: random.Random, extracted: datetime) -> Row:
    """By which model, and in two cases of a hundred that a later one no longer says so."""
    old = dice.random() < 0.02
    return {
        "model_version": OLD_MODEL if old else MODEL,
        "extracted_at": extracted - timedelta(hours=1) if old else extracted,
        "superseded_at": extracted if old else None,
        "superseded_by": MODEL if old else None,
    }


def _poisson(dice: random.Random, mean: float) -> int:
    """How many arrivals of a clock with this mean."""
    count, clock = 0, dice.expovariate(1.0)
    while clock < mean:
        count, clock = count + 1, clock + dice.expovariate(1.0)
    return count


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _key(prefix: str, *parts: str) -> str:
    return prefix + _sha256("\n".join(parts))[:15]


if __name__ == "__main__":
    build(Path(sys.argv[2]), int(sys.argv[1]))

"""An outlet's interval: its articles, fetched and parsed, and the known ones looked at again."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from ingest.article import Article, to_document
from ingest.characters import clean
from ingest.discovery import Discovery, Found, may_pass
from ingest.document import Document
from ingest.errors import PARSER_BUGS, InputError, ParseError
from ingest.fetch import Fetched, Validators
from ingest.interval import Interval
from ingest.parse import parse_article
from ingest.plan import Gap, Recheck
from ingest.reading import Reading
from ingest.source import Source
from ingest.spool import Unparsed

log = logging.getLogger(__name__)

MAX_CANDIDATES = 3000
"""Most articles of one source and interval. The largest agencies publish some 1,500 a day."""


async def read_articles(reading: Reading, discovery: Discovery, owed: Gap) -> None:
    """Fetch, parse and keep what `discovery` found of the interval; of a gap, what is not known yet."""
    known = {recheck.url: recheck for recheck in reading.plan.recheck}
    found = [one for one in discovery.found if one.url not in owed.known]
    reading.tally.discovered = len(discovery.found)
    reading.tally.parsed = reading.tally.fetched = reading.tally.legible = len(discovery.found) - len(found)
    if len(found) > MAX_CANDIDATES:
        reading.tally.stopped = f"only {MAX_CANDIDATES} of {len(found)} candidates were read"
        found = found[:MAX_CANDIDATES]
    for candidate in found:
        if reading.hopeless:
            reading.tally.stopped = f"the host fails: {reading.last_fault}"
            return
        await _read_candidate(reading, candidate, owed.interval, known.get(candidate.url))


async def recheck_articles(reading: Reading) -> int:
    """Look at the plan's articles again; how many were left because the host fails."""
    due = [known for known in reading.plan.recheck if known.document_id not in reading.written]
    for number, known in enumerate(due):
        if reading.hopeless:
            return len(due) - number
        reading.done.rechecked += 1
        if known.document_id not in reading.written:
            await _recheck_article(reading, known)
    return 0


def article_of(fetched: Fetched, source: Source) -> Article:
    """The article of a whole response, by the source's own parser, zone and the time of the look. Raises as
    `parse_article`."""
    row = fetched.fetch
    assert fetched.body is not None
    return parse_article(
        fetched.body,
        row.final_url,
        row.content_type,
        source.parser or None,
        source.timezone,
        fetched_at=row.fetched_at,
    )


def is_of_interval(document: Document, interval: Interval, source: Source) -> bool:
    """Whether the document was published in the interval; one that states only its day, if any of that day is inside."""
    published = document.published_at
    if published is None:
        return False
    if document.published_precision == "day":
        day = published.date()
        start = datetime(day.year, day.month, day.day, tzinfo=source.zone)
        return start < interval.end and start + timedelta(days=1) > interval.start
    return published in interval


async def _read_candidate(reading: Reading, found: Found, interval: Interval, known: Recheck | None) -> None:
    tally = reading.tally
    fetched = await reading.read(found.url, validators=_validators(known))
    if fetched.gone and known:
        reading.lose(known, fetched.fetch, f"The server answered with status {fetched.fetch.status}.")
        return
    if fetched.not_modified and known:
        reading.keep_unchanged(known, fetched.fetch)
        tally.fetched += 1
        tally.legible += 1
        return
    if not fetched.ok:
        reading.fail_fetch(fetched)
        passing = may_pass(fetched)
        tally.open_for_now += passing
        tally.illegible += not passing and fetched.fault != "robots_forbidden"
        return
    tally.fetched += 1
    document = _parse(reading, fetched)
    if document is None:
        tally.illegible += 1
        return
    tally.legible += 1
    if document.published_at is None:
        reading.done.undated += 1
    elif found.published_at is None and not known and not is_of_interval(document, interval, reading.source):
        reading.done.off_interval += 1
        tally.off_archive += found.via == "archive"
        return
    if document.document_id not in reading.written:
        reading.keep(document)
        tally.parsed += 1
    elif reading.written[document.document_id] not in ("", document.title):
        row = fetched.fetch
        error = f"{row.final_url} names {document.canonical_url} as its address, and so does another article."
        reading.fail(row.url, row.fetch_id, "OtherDocument", error)


async def _recheck_article(reading: Reading, known: Recheck) -> None:
    fetched = await reading.read(known.url, validators=_validators(known))
    row = fetched.fetch
    if fetched.gone:
        reading.lose(known, row, f"The server answered with status {row.status}.")
    elif fetched.not_modified:
        reading.keep_unchanged(known, row)
    elif not fetched.ok:
        reading.fail_fetch(fetched)
    elif (document := _parse(reading, fetched)) is not None:
        if document.document_id == known.document_id:
            reading.keep(document)
        else:
            error = f"{row.final_url} is not the document that was known under {known.url}."
            reading.fail(row.url, row.fetch_id, "OtherDocument", error)


def _parse(reading: Reading, fetched: Fetched) -> Document | None:
    row = fetched.fetch
    try:
        article = article_of(fetched, reading.source)
        if article.layout_problem:  # nothing is lost, but somebody should look
            reading.spool.write(
                Unparsed(
                    reading.source.id,
                    clean(row.url),
                    row.fetch_id,
                    "LayoutError",
                    clean(article.layout_problem),
                    resolved=True,
                )
            )
            reading.tally.off_layout += 1
        return to_document(article, reading.source, row.fetch_id)
    except (ParseError, InputError) as error:
        reading.fail(row.url, row.fetch_id, type(error).__name__, str(error))
    except PARSER_BUGS as error:
        log.exception("The article parser broke on %s", row.url)
        reading.fail(row.url, row.fetch_id, type(error).__name__, f"The parser broke: {error}")
    return None


def _validators(known: Recheck | None) -> Validators | None:
    return Validators(known.etag, known.last_modified, known.fetched_at) if known else None

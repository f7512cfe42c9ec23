"""An outlet's archive pages, read for an interval, with their further pages."""

from __future__ import annotations

from ingest.address_pattern import is_paged, of_days, page
from ingest.archive_page import article_links, further_page
from ingest.errors import PARSER_BUGS, ParseError
from ingest.listed import FAILURES, Failure, Lists


async def read_archive(pattern: str, lists: Lists) -> Failure | None:
    """The archive pages of every local day that the interval touches, with their further pages; why they could not all be
    read, if they could not. Pages that are not of their day (a site that shows today's whatever it is asked) are none."""
    addresses = of_days(pattern, lists.interval.days(lists.source.zone))
    by_day: list[set[str]] = []
    failures: list[Failure | None] = []
    for address in addresses:
        links: set[str] = set()
        failures.append(await _read_archive_of(address, links, lists))
        by_day.append(links)
    worst = next((failure for failure in FAILURES if failure in failures), None)
    listed = set[str]().union(*by_day)
    lists.archive_links += len(listed)
    if worst or not listed:
        return worst
    wrong = ""
    if len(by_day) > 1 and all(links == listed for links in by_day):
        wrong = f"the same {len(listed)} articles as on {page(addresses[-1], 1)}"
    elif not any(map(lists.may_be_of, listed)):
        wrong = f"{len(listed)} articles, but by their addresses all of other days"
    if wrong:
        lists.reading.problems.append(f"{page(addresses[0], 1)}: {wrong}")
    return "lasting" if wrong else None


async def _read_archive_of(pattern: str, links: set[str], lists: Lists) -> Failure | None:
    """The pages of one address; their articles go to `links`."""
    first = url = page(pattern, 1)
    for number in range(1, lists.max_pages + 1):
        fetched, body = await lists.reading.read(url)
        if body is None and number > 1 and fetched.gone:
            lists.reading.problems.pop()  # behind the last page there is none
            return None
        if body is None:
            return lists.failed(fetched).failure
        if fetched.fetch.final_url.rstrip("/") == lists.source.home.rstrip("/"):
            lists.reading.problems.append(f"{url}: leads to the home page")
            return "lasting"
        try:
            here = article_links(body, fetched.fetch.final_url, lists.source, fetched.fetch.content_type)
            following = further_page(body, first, fetched.fetch.content_type)
        except (ParseError, *PARSER_BUGS) as error:
            return lists.unreadable(url, error).failure
        for link in here:
            lists.add(link, None, "archive")
        nothing_new = links.issuperset(here)
        links.update(here)
        following = page(pattern, number + 1) if is_paged(pattern) else following
        if nothing_new or following in (None, url) or all(map(lists.is_before, here)):
            return None
        url = str(following)
    lists.reading.problems.append(f"{url}: not read, {lists.max_pages} pages of an archive are the limit")
    return "limit"

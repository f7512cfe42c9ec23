"""Downloads the wanted pages with Scrapy: robots.txt obeyed, everything else as it comes, but for the same concurrency.

    .venv-bench/bin/python benchmarks/fetch_scrapy.py WANTED CONCURRENCY PER_HOST [FOLDER [sync]]

With FOLDER every body is written to a file of its own there; with `sync` each file is forced to the disk, too.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import scrapy
from race import Stopwatch
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response


class Pages(scrapy.Spider):  # type: ignore[misc]
    """Asks for every wanted page."""

    name = "pages"
    wanted: Path
    folder: Path | None
    sync: bool
    came = 0

    async def start(self) -> AsyncIterator[Any]:
        """A request for each page."""
        for line in self.wanted.read_text().splitlines():
            yield scrapy.Request(json.loads(line)["url"], dont_filter=True)

    def parse(self, response: Response) -> None:
        """Count the page, and keep it where that is wanted."""
        Pages.came += response.status == 200
        if self.folder is not None:
            with (self.folder / hashlib.sha256(response.url.encode()).hexdigest()).open("wb") as file:
                file.write(response.body)
                if self.sync:
                    file.flush()
                    os.fsync(file.fileno())


def main() -> None:
    wanted, concurrency, per_host, *rest = sys.argv[1:]
    folder = Path(rest[0]) if rest else None
    process = CrawlerProcess(
        {
            "CONCURRENT_REQUESTS": int(concurrency),
            "CONCURRENT_REQUESTS_PER_DOMAIN": int(per_host),
            "DOWNLOAD_DELAY": 0,
            "ROBOTSTXT_OBEY": True,
            "TELNETCONSOLE_ENABLED": False,
            # By default Scrapy writes two lines a page.
            "LOG_LEVEL": "WARNING",
        }
    )
    pages = len(Path(wanted).read_text().splitlines())
    watch = Stopwatch()
    process.crawl(Pages, wanted=Path(wanted), folder=folder, sync="sync" in rest)
    process.start()
    watch.stop()
    if Pages.came != pages:
        raise SystemExit(f"{Pages.came} of {pages} pages came.")
    watch.tell(pages)


if __name__ == "__main__":
    main()

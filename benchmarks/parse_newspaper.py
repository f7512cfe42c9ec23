"""Parses the pages with newspaper4k, which looks at no picture; the bytes are decoded for it.

.venv-bench/bin/python benchmarks/parse_newspaper.py FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

from newspaper import Article
from newspaper.configuration import Configuration
from parse_pages import Said, parse_all

CONFIGURATION = Configuration()
CONFIGURATION.fetch_images = False


def read(body: bytes, url: str, content_type: str) -> Said:
    charset = "utf-8" if b"windows-1251" not in body[:1000] else "windows-1251"
    article = Article(url, config=CONFIGURATION)
    article.download(input_html=body.decode(charset))
    article.parse()
    day = article.publish_date.date().isoformat() if article.publish_date else ""
    return Said(article.title, article.text, day, ", ".join(article.authors))


if __name__ == "__main__":
    parse_all(Path(sys.argv[1]), read)

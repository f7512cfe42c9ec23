"""Parses the pages with kezek: by the outlets' own classes, or by the generic reader.

.venv/bin/python benchmarks/parse_kezek.py FOLDER outlet|generic
"""

from __future__ import annotations

import sys
from pathlib import Path

from parse_pages import Said, parse_all

from ingest.parse import GENERIC, parse_article

PARSER = {"outlet": None, "generic": GENERIC}[sys.argv[2]]


def read(body: bytes, url: str, content_type: str) -> Said:
    article = parse_article(body, url, content_type, PARSER)
    if PARSER is None and (article.extractor == GENERIC or article.layout_problem):
        raise SystemExit(f"{url} was not read by its outlet's class: {article.layout_problem}")
    day = article.published_at.date().isoformat() if article.published_at else ""
    return Said(article.title, article.words, day, article.author or "")


if __name__ == "__main__":
    parse_all(Path(sys.argv[1]), read)

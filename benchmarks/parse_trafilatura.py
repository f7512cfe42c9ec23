"""Parses the pages with trafilatura alone: text and metadata, as it comes; with `fast`, without its second opinions.

.venv-bench/bin/python benchmarks/parse_trafilatura.py FOLDER [fast]
"""

from __future__ import annotations

import sys
from pathlib import Path

import trafilatura
from parse_pages import Said, parse_all
from trafilatura.settings import Document

FAST = "fast" in sys.argv


def read(body: bytes, url: str, content_type: str) -> Said:
    found = trafilatura.bare_extraction(body, url=url, with_metadata=True, include_comments=False, fast=FAST)
    if not isinstance(found, Document):
        return Said("", "", "", "")
    return Said(found.title or "", found.text or "", found.date or "", found.author or "")


if __name__ == "__main__":
    parse_all(Path(sys.argv[1]), read)

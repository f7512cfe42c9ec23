"""What a spreadsheet must not take for a formula. Scraped words go into CSV files, and people open those in Excel.

The rules are OWASP's for CSV injection, and two more: the signs in their full-width and small forms, which some
spreadsheets read as the plain ones, and the same signs after a semicolon, tab or line end inside a cell, because a
spreadsheet with Russian or Kazakh settings splits the file there.
"""

from __future__ import annotations

import re
from typing import Final

_SIGNS: Final = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b"
# Blanks of every kind, marks without width, control characters, and quotation marks, which a spreadsheet strips.
_BLANK: Final = "\\s\\x00-\\x1f\\x7f-\\x9f\\xad\ufeff\u200b-\u200f\u2028-\u202e\u2060-\u206f\"'"
_START: Final = re.compile(f"^(?=[\\t\\r\\n]|[{_BLANK}]*[{_SIGNS}])")
_RUN: Final = re.compile(f"([;{_BLANK}]+)([{_SIGNS}])?")


def harmless(text: str) -> str:
    """The text with an apostrophe before whatever a spreadsheet could take for a formula; other text as it is."""
    return _START.sub("'", _RUN.sub(_guarded, text))


def _guarded(run: re.Match[str]) -> str:
    blanks, sign = run.groups()
    if sign and any(separator in blanks for separator in ";\t\r\n"):
        return f"{blanks}'{sign}"
    return run[0]

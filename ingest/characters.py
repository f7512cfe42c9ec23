"""Characters that no text needs: control characters, a terminal's escapes, lone halves of surrogate pairs."""

from __future__ import annotations

import re
from typing import Final

# A terminal's escape sequence (ECMA-48, 5.4): colours and cursor moves, whole.
_ESCAPE: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_BREAK: Final = re.compile("\r\n?")
_BLANK: Final = re.compile("[\x0b\x0c\x1c-\x1f\x85]")
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufffe\uffff]")
# Python's JSON reader lets a lone half through (`"\ud83d"`); UTF-8 can't hold it.
_HALF: Final = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """`text` as it can be stored and shown: of the control characters (C0, C1) only line feeds and tabs are left.

    Those that stand for a break or a blank become one, a lone surrogate becomes U+FFFD, the others are dropped.
    """
    text = _BLANK.sub(" ", _BREAK.sub("\n", _ESCAPE.sub("", text)))
    return _HALF.sub("\ufffd", _CONTROL.sub("", text))

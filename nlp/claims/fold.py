"""One spelling for matching: lower case, е for ё, one kind of quote mark, dash and space; offsets stay the same."""

from __future__ import annotations

_ONE_SPELLING = str.maketrans(
    {
        "ё": "е",
        "Ё": "е",
        "«": '"',
        "»": '"',
        "“": '"',
        "”": '"',
        "„": '"',
        "‟": '"',
        "‘": "'",
        "’": "'",
        "ʼ": "'",
        "–": "—",
        "―": "—",
        "‒": "-",
        "‑": "-",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\t": " ",
    }
)


def fold(text: str) -> str:
    """`text` in the one spelling that terms and patterns are matched in; `len(fold(text)) == len(text)`."""
    plain = text.translate(_ONE_SPELLING)
    lower = plain.lower()
    if len(lower) == len(plain):
        return lower
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in plain)

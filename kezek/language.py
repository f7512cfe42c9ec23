"""The language of a document: what its text is written in, over what its page declares."""

from __future__ import annotations

from nlp.language import detect


def document_language(text: str, declared: str | None) -> str | None:
    """The detected language of `text`; the declared one only where the text is too short or strange to tell.

    Pages of bilingual outlets declare the language of their shell (measured on real Kazakh sites), so the text wins.
    """
    detected = detect(text)
    return detected if detected != "und" else declared

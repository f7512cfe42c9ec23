"""Which annotated documents may be read and learnt from, and of which only total scores are looked at."""

from __future__ import annotations

import hashlib


def held_back(document_id: str) -> bool:
    """Whether a document is of the half that is only scored: the SHA-256 of its id begins with an odd hex digit."""
    return int(hashlib.sha256(document_id.encode()).hexdigest()[0], 16) % 2 == 1


def checked(document_id: str) -> bool:
    """Whether an encoder learns nothing from a document: what joins it with other scores learns there how far to trust it."""
    return hashlib.sha256(document_id.encode()).hexdigest()[0] in "01"

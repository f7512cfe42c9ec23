"""What the warehouse takes in beside a spool's rows: documents as they were seen, and what they are like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ingest.document import Document


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as it was seen once, with what the search for near duplicates says of it."""

    document: Document
    fetched_at: datetime
    signature: bytes | None = None
    near_duplicate_of: str | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """A document's MinHash signature, and the earlier document with nearly the same words, if there is one."""

    signature: bytes
    near_duplicate_of: str | None = None

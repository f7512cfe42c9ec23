"""What the warehouse takes in beside a spool's rows: documents as they were seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ingest.document import Document


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as it was seen once; with its signature and the document that it copies, where these are known already.

    Without a signature it is for the search for copies to look at (`warehouse.links`)."""

    document: Document
    fetched_at: datetime
    signature: bytes | None = None
    near_duplicate_of: str | None = None

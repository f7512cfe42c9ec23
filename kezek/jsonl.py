"""Documents as JSON lines, in the file format of the claim guide (docs/claims.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from ingest.document import Document, Kind, Precision
from ingest.errors import InputError


def _no_empty_date(value: object) -> object:
    return value or None


class DocumentLine(BaseModel):
    """One input line of `kezek annotate`. What else stands in the line (claims, url) is left alone."""

    model_config = ConfigDict(extra="ignore", strict=True)

    id: str
    text: str
    title: str = ""
    lang: str | None = None
    kind: Kind = "news"
    source: str = ""
    published_at: Annotated[str | None, BeforeValidator(_no_empty_date)] = None
    forwarded_from: str | None = None

    def document(self) -> Document:
        """The line as a Document. Raises ValueError if `published_at` is no ISO 8601 date or time."""
        published_at, precision = _when(self.published_at)
        return Document(
            document_id=self.id,
            title=self.title,
            text=self.text,
            kind=self.kind,
            lang=self.lang,
            source_name=self.source,
            published_at=published_at,
            published_precision=precision,
            forwarded_from=self.forwarded_from,
        )


def read_documents(lines: Iterable[str]) -> Iterator[Document]:
    """The documents of JSON lines, blank lines left out. Raises InputError naming the line that does not fit."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield DocumentLine.model_validate_json(line).document()
        except ValidationError as error:
            problem = error.errors()[0]
            where = ".".join(map(str, problem["loc"])) or "the line"
            raise InputError(f"line {number}: {where}: {problem['msg']}.") from None
        except ValueError as error:
            raise InputError(f"line {number}: published_at: {error}.") from None


def _when(value: str | None) -> tuple[datetime | None, Precision | None]:
    if value is None:
        return None, None
    if len(value) == len("2025-10-02"):
        return datetime.combine(date.fromisoformat(value), time(), UTC), "day"
    moment = datetime.fromisoformat(value)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)), "second"

"""Documents as JSON lines, in the file format of the claim guide (docs/claims.md)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from ingest.document import Document, Kind, Precision
from ingest.errors import InputError


def _none_for_empty(value: object) -> object:
    return value or None


def _empty_for_none(value: object) -> object:
    return "" if value is None else value


def _primary_language(value: object) -> object:
    """`ru-RU` and `RU` as `ru` (BCP 47 is case-blind); None, which has the language detected, for an empty one."""
    return re.split(r"[-_]", value.strip().lower())[0] or None if isinstance(value, str) else value


class DocumentLine(BaseModel):
    """One input line of `kezek annotate`. What else stands in the line (claims, url) is left alone."""

    model_config = ConfigDict(extra="ignore", strict=True)

    id: str
    text: str
    title: Annotated[str, BeforeValidator(_empty_for_none)] = ""
    lang: Annotated[str | None, BeforeValidator(_primary_language)] = None
    kind: Kind = "news"
    source: Annotated[str, BeforeValidator(_empty_for_none)] = ""
    published_at: Annotated[str | None, BeforeValidator(_none_for_empty)] = None
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
        if number == 1:
            line = line.removeprefix("\ufeff")
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


def read_document(text: str) -> Document:
    """The one document of a JSON text, on one line or many. Raises InputError where there is none, several, or a misfit."""
    lines = [line for line in text.removeprefix("\ufeff").split("\n") if line.strip()]
    if not lines:
        raise InputError("the input is empty: it wants one document as JSON.")
    if len(lines) > 1 and all(line.lstrip().startswith("{") and line.rstrip().endswith("}") for line in lines):
        raise InputError(f"the input has {len(lines)} documents: explain wants one.")
    return next(read_documents([" ".join(lines)]))


def _when(value: str | None) -> tuple[datetime | None, Precision | None]:
    if value is None:
        return None, None
    if len(value) == len("2025-10-02"):
        return datetime.combine(date.fromisoformat(value), time(), UTC), "day"
    moment = datetime.fromisoformat(value)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)), "second"

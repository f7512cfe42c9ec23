"""One question in SQL to a PostgreSQL warehouse: by construction it is a single SELECT, and it changes nothing."""

from __future__ import annotations

import re
from typing import Final

import psycopg
import pyarrow as pa

from ingest.errors import WarehouseError
from warehouse.postgres import Postgres
from warehouse.postgres_copy import arrow_table

_TELLING: Final = re.compile(r"(explain|show)\b", re.IGNORECASE)
_ASKING: Final = re.compile(r"\(|(select|with|values|table|explain|show)\b", re.IGNORECASE)
_BEFORE: Final = re.compile(r"(?:\s|;|--[^\n]*(?:\n|$)|/\*.*?\*/)+", re.DOTALL)
_AFTER: Final = re.compile(r"(?:\s|;|--[^\n']*$|/\*[^*']*\*/)+\Z")
_MISSING: Final = re.compile(r'relation "([^"]+)" does not exist')


class UnknownTableError(WarehouseError):
    """The question names a table that is not there; the message is the table's name."""


def ask_server(warehouse: Postgres, sql: str, limit: int, timeout_seconds: float) -> tuple[pa.Table, bool]:
    """The first `limit` rows, and whether there were more.

    The question stands inside a SELECT of ours, which takes nothing but one query; it is sent as one prepared statement,
    which takes no second one; it runs in a transaction that is read-only, and that is rolled back; and it is never asked with a
    superuser's rights to the server's files. Raises UnknownTableError, or WarehouseError
    where the SQL is wrong, is no question, or takes longer than `timeout_seconds`.
    """
    question = _AFTER.sub("", sql.removeprefix(before[0] if (before := _BEFORE.match(sql)) else ""))
    if not question:
        raise WarehouseError("There is no question.")
    if not _ASKING.match(question):
        raise WarehouseError(f"Only questions: {question.split()[0].upper()} is no SELECT.")
    if not _TELLING.match(question):
        question = f"SELECT * FROM (\n{question}\n) AS asked LIMIT {limit + 1}"
    connection = warehouse.connection
    try:
        with connection.transaction(force_rollback=True):
            connection.execute("SET TRANSACTION READ ONLY")
            if warehouse.value("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
                connection.execute("SET LOCAL ROLE pg_read_all_data")
            connection.execute("SELECT set_config('statement_timeout', %s, true)", [f"{timeout_seconds * 1000:.0f}ms"])
            with connection.cursor() as cursor:
                cursor.execute(question, prepare=True)
                found = cursor.fetchmany(limit + 1)
                table = arrow_table(cursor.description or (), found)
    except psycopg.errors.QueryCanceled as error:
        raise WarehouseError(f"The query took longer than {timeout_seconds:g} s.") from error
    except psycopg.errors.UndefinedTable as error:
        missing = _MISSING.search(str(error))
        raise UnknownTableError(missing[1] if missing else str(error)) from error
    except psycopg.Error as error:
        said = [error.diag.message_primary or str(error), error.diag.message_hint or ""]
        told = " ".join(part.removesuffix(".") + "." for part in said if part and not part.startswith("No "))
        raise WarehouseError(f"The query failed: {told}") from error
    return table.slice(0, limit), table.num_rows > limit

"""The roles of infra/postgres/roles.sql on a real server: the reader reads all of kezek and can do nothing else, by no
trick; the writer lands rows and rules nobody."""

from collections.abc import Iterator

import psycopg
import pytest

from ingest.errors import WarehouseError
from tests.conftest import REPOSITORY
from tests.postgres import Server
from tests.warehouse.world import SOURCES, annotation, claim, day, document, fetch
from warehouse.connection import open_warehouse
from warehouse.load import load_annotations, load_readings, load_sources
from warehouse.publish import publish
from warehouse.reading import Reading

ROLES = (REPOSITORY / "infra" / "postgres" / "roles.sql").read_text(encoding="utf-8")
DATABASE = "roles"
PASSWORD = "only-for-this-test"
DENIED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)


def run_script(postgres: Server, database: str, *more: str) -> None:
    """The script as an administrator runs it, and what else is to be done."""
    with psycopg.connect(postgres.address(database), autocommit=True) as connection:
        connection.execute(ROLES.encode())
        for statement in more:
            connection.execute(statement.encode())


@pytest.fixture(scope="module")
def database(postgres: Server) -> Server:
    """A server with a database that has the roles, kezek's tables with a claim in them, and a foreign schema."""
    postgres.create(DATABASE)
    run_script(postgres, DATABASE)
    run_script(
        postgres,
        DATABASE,
        f"ALTER ROLE kezek_writer PASSWORD '{PASSWORD}'",
        f"ALTER ROLE kezek_reader PASSWORD '{PASSWORD}'",
        "CREATE SCHEMA payroll CREATE TABLE wages (amount integer)",
        "CREATE TABLE public.notes (words text)",
    )
    page = document()
    with open_warehouse(postgres.address(DATABASE, user="kezek_writer", password=PASSWORD)) as warehouse:
        load_sources(warehouse, SOURCES)
        load_readings(warehouse, fetches=[fetch("one", day(1))], readings=[Reading(page, day(1))])
        load_annotations(warehouse, [annotation(page, claim(page))], day(2))
        publish(warehouse, warehouse.address)
    return postgres


@pytest.fixture
def reader(database: Server) -> Iterator[psycopg.Connection]:
    with as_role(database, "kezek_reader") as connection:
        yield connection


@pytest.fixture
def writer(database: Server) -> Iterator[psycopg.Connection]:
    with as_role(database, "kezek_writer") as connection:
        yield connection


def as_role(database: Server, role: str, where: str = DATABASE) -> psycopg.Connection:
    return psycopg.connect(database.address(where, user=role, password=PASSWORD), autocommit=True)


def relations(connection: psycopg.Connection) -> set[str]:
    """Every table and view of kezek that there is, whether or not the role may read it."""
    found = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace('kezek') AND relkind IN ('r', 'v')"
    )
    return {name for (name,) in found}


def test_the_reader_reads_every_table_and_view(reader: psycopg.Connection) -> None:
    names = relations(reader)
    assert {"claims", "documents", "current_claims", "review"} <= names
    for name in names:
        reader.execute(f"SELECT * FROM {name}".encode()).fetchall()
    assert reader.execute("SELECT count(*) FROM current_claims").fetchone() == (1,)


def test_kezek_itself_opens_it_with_the_readers_role(database: Server) -> None:
    address = database.address(DATABASE, user="kezek_reader", password=PASSWORD)
    with open_warehouse(address, read_only=True) as warehouse:
        assert warehouse.value("SELECT count(*) FROM current_claims") == 1
        with pytest.raises(WarehouseError):
            warehouse.execute("DELETE FROM claims")


def test_the_reader_reads_what_a_later_migration_makes(writer: psycopg.Connection, reader: psycopg.Connection) -> None:
    writer.execute("CREATE TABLE later (n integer)")
    writer.execute("CREATE VIEW even_later AS SELECT n FROM later JOIN claims ON true")
    try:
        assert reader.execute("SELECT * FROM later").fetchall() == []
        assert reader.execute("SELECT * FROM even_later").fetchall() == []
        with pytest.raises(DENIED):
            reader.execute("INSERT INTO later VALUES (1)")
    finally:
        writer.execute("DROP TABLE later CASCADE")


FORBIDDEN = [
    "INSERT INTO claims SELECT * FROM claims",
    "UPDATE claims SET cause = 'x'",
    "DELETE FROM claims",
    "TRUNCATE claims",
    "MERGE INTO sources USING claims ON false WHEN MATCHED THEN DELETE",
    "SELECT * FROM claims FOR UPDATE",
    "BEGIN; LOCK TABLE claims IN SHARE MODE",
    "CREATE TABLE mine (n integer)",
    "CREATE TABLE public.mine (n integer)",
    "CREATE TEMPORARY TABLE mine (n integer)",
    "CREATE VIEW mine AS SELECT 1",
    "CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA mine",
    "CREATE ROLE mine",
    "CREATE DATABASE mine",
    "CREATE EXTENSION pg_trgm",
    "SELECT * INTO mine FROM claims",
    "ALTER TABLE claims ADD COLUMN mine text",
    "DROP VIEW current_claims",
    "DROP SCHEMA kezek CASCADE",
    "COMMENT ON TABLE claims IS 'mine'",
    "ALTER ROLE kezek_reader CREATEROLE",
    "ALTER ROLE kezek_writer PASSWORD 'mine'",
    "ALTER DATABASE roles OWNER TO kezek_reader",
    "SET ROLE kezek_writer",
    "SET SESSION AUTHORIZATION kezek_writer",
    "GRANT kezek_writer TO kezek_reader",
    "COPY claims TO PROGRAM 'id'",
    "COPY claims FROM PROGRAM 'id'",
    "COPY claims TO '/tmp/claims.csv'",
    "COPY claims FROM '/etc/passwd'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('/')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_create(0)",
    "SELECT lo_from_bytea(0, 'mine')",
    "SELECT pg_advisory_lock(1)",
    "SELECT pg_try_advisory_xact_lock(1)",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'kezek'",
    "SELECT pg_reload_conf()",
    "SELECT passwd FROM pg_shadow",
    "ALTER SYSTEM SET fsync = off",
    "SET temp_file_limit = -1",
    "SELECT * FROM payroll.wages",
    "SELECT * FROM public.notes",
]


@pytest.mark.parametrize("read_only", ["on", "off"])
@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_reader_can_do_nothing_else(database: Server, statement: str, read_only: str) -> None:
    """Whether its sessions are read-only is a default that it can switch off: rights do not hang on it."""
    with as_role(database, "kezek_reader") as reader:
        reader.execute(f"SET default_transaction_read_only = {read_only}".encode())
        with pytest.raises(DENIED if read_only == "on" else psycopg.errors.InsufficientPrivilege):
            reader.execute(statement.encode())


def test_the_reader_starts_with_careful_defaults(reader: psycopg.Connection) -> None:
    for name, value in {
        "default_transaction_read_only": "on",
        "statement_timeout": "5min",
        "idle_in_transaction_session_timeout": "10min",
        "search_path": "kezek",
        "temp_file_limit": "10GB",
    }.items():
        assert reader.execute(f"SHOW {name}".encode()).fetchone() == (value,)


def test_nobody_else_gets_in(database: Server) -> None:
    with psycopg.connect(database.address(DATABASE), autocommit=True) as admin:
        admin.execute(f"CREATE ROLE stranger LOGIN PASSWORD '{PASSWORD}'".encode())
    try:
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            as_role(database, "stranger")
    finally:
        with psycopg.connect(database.address(DATABASE), autocommit=True) as admin:
            admin.execute("DROP ROLE stranger")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE ROLE mine",
        "CREATE DATABASE mine",
        "CREATE SCHEMA mine",
        "CREATE TABLE public.mine (n integer)",
        "ALTER ROLE kezek_writer SUPERUSER",
        "ALTER ROLE kezek_reader PASSWORD 'mine'",
        "SET ROLE kezek",
        "COPY claims TO PROGRAM 'id'",
        "COPY claims FROM '/etc/passwd'",
        "SELECT lo_import('/etc/passwd')",
        "SELECT * FROM payroll.wages",
        "ALTER SYSTEM SET fsync = off",
    ],
)
def test_the_writer_rules_nobody(writer: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        writer.execute(statement.encode())


def test_tables_that_an_administrator_made_become_the_writers(postgres: Server) -> None:
    address = postgres.create("made_before")
    with open_warehouse(address) as warehouse:
        load_sources(warehouse, SOURCES)
    run_script(
        postgres,
        "made_before",
        f"ALTER ROLE kezek_writer PASSWORD '{PASSWORD}'",
        f"ALTER ROLE kezek_reader PASSWORD '{PASSWORD}'",
    )
    with as_role(postgres, "kezek_writer", "made_before") as writer:
        writer.execute("ALTER TABLE sources ADD COLUMN later text")
        writer.execute("CREATE OR REPLACE VIEW later AS SELECT * FROM current_claims")
        writer.execute("DROP VIEW later")
        writer.execute("ALTER TABLE sources DROP COLUMN later")
    with as_role(postgres, "kezek_reader", "made_before") as reader:
        assert reader.execute("SELECT count(*) FROM sources").fetchone() == (len(SOURCES),)
    postgres.drop("made_before")


def test_a_role_of_that_name_with_more_rights_is_left_alone(postgres: Server) -> None:
    postgres.create("refused")
    run_script(postgres, "refused")
    with psycopg.connect(postgres.address("refused"), autocommit=True) as admin:
        admin.execute("GRANT pg_read_all_data TO kezek_reader")
        try:
            with pytest.raises(psycopg.errors.RaiseException, match="rights beyond kezek"):
                admin.execute(ROLES.encode())
        finally:
            admin.execute("ROLLBACK")
            admin.execute("REVOKE pg_read_all_data FROM kezek_reader")
    postgres.drop("refused")


def test_no_password_stands_in_the_file() -> None:
    statements = [line for line in ROLES.splitlines() if not line.startswith("--")]
    assert "password" not in " ".join(statements).lower()

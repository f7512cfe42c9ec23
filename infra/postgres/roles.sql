-- Two roles for a kezek warehouse in PostgreSQL 15 or newer: kezek_writer for the nights, kezek_reader for analysts.
--
--     createdb kezek
--     psql -d kezek -f infra/postgres/roles.sql          as a superuser, or as who owns the database and may create roles
--     psql -d kezek -c '\password kezek_writer' -c '\password kezek_reader'
--
-- Run it again whenever you like: it gives what is missing, takes what is too much, and touches no password. The database
-- should be kezek's own: everybody else loses the rights that PUBLIC has in it. No password stands here, and until
-- \password has set one, nobody can log in with it.

BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL search_path = pg_catalog;

-- The roles. One that exists with more rights than kezek gives is somebody else's: then nothing is changed.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['kezek_writer', 'kezek_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I LOGIN NOCREATEDB NOCREATEROLE', name);
        END IF;
        IF EXISTS (
            SELECT FROM pg_roles
            WHERE rolname = name AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls)
        ) OR EXISTS (SELECT FROM pg_auth_members WHERE member = to_regrole(name)) THEN
            RAISE EXCEPTION 'The role % has rights beyond kezek, of its own or through another role.', name;
        END IF;
    END LOOP;
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT kezek_writer TO %I', current_user);  -- else it may not give the schema away
    END IF;
END
$$;

-- The database: only these two, and only the writer makes temporary tables (its loads go through them).
DO $$
DECLARE
    database text := current_database();
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC, kezek_writer, kezek_reader', database);
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO kezek_writer', database);
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO kezek_reader', database);
    EXECUTE format('ALTER ROLE kezek_writer IN DATABASE %I SET search_path = kezek', database);
    EXECUTE format('ALTER ROLE kezek_reader IN DATABASE %I SET search_path = kezek', database);
END
$$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;

-- The schema belongs to the writer, with all that stands in it, whoever made it.
CREATE SCHEMA IF NOT EXISTS kezek AUTHORIZATION kezek_writer;
ALTER SCHEMA kezek OWNER TO kezek_writer;
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT relname FROM pg_class
        WHERE relnamespace = to_regnamespace('kezek') AND relkind IN ('r', 'p', 'v', 'm')
            AND relowner <> to_regrole('kezek_writer')
    LOOP
        EXECUTE format('ALTER TABLE kezek.%I OWNER TO kezek_writer', name);
    END LOOP;
END
$$;

-- The reader reads all tables and views there, those of later migrations too, and nothing else.
REVOKE ALL ON SCHEMA kezek FROM PUBLIC, kezek_reader;
GRANT USAGE ON SCHEMA kezek TO kezek_reader;
REVOKE ALL ON ALL TABLES IN SCHEMA kezek FROM PUBLIC, kezek_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA kezek TO kezek_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE kezek_writer IN SCHEMA kezek GRANT SELECT ON TABLES TO kezek_reader;

-- Defaults for the reader's comfort: a session can change them, and still can't write, for it lacks the rights.
ALTER ROLE kezek_reader SET default_transaction_read_only = on;
ALTER ROLE kezek_reader SET statement_timeout = '5min';
ALTER ROLE kezek_reader SET idle_in_transaction_session_timeout = '10min';

-- What a role may do by default in every database, read-only or not: store large objects, hold locks that a migration
-- waits for, fill the disk with sorts. Only a superuser can take these away; elsewhere they stay.
DO $$
DECLARE
    open_to_all text;
BEGIN
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        FOR open_to_all IN
            SELECT cast(oid AS regprocedure) FROM pg_proc
            WHERE pronamespace = to_regnamespace('pg_catalog')
                AND (proname LIKE 'lo\_%' OR proname IN ('loread', 'lowrite') OR proname ~ '^pg_(try_)?advisory_')
        LOOP
            EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC, kezek_reader', open_to_all);
            IF open_to_all LIKE '%advisory%' THEN
                EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO kezek_writer', open_to_all);
            END IF;
        END LOOP;
        ALTER ROLE kezek_reader SET temp_file_limit = '10GB';
    END IF;
END
$$;

COMMIT;

#!/bin/sh
# Gives the warehouse's two roles the passwords that lie in the secrets' files. Runs after roles.sql when the database is
# made, and again whenever one of the passwords was changed:
#
#     docker compose -f infra/compose.yaml exec warehouse sh /docker-entrypoint-initdb.d/20-passwords.sh
#
# psql reads the files itself, so a password stands in no list of processes.
set -eu
psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:?}" --dbname="${POSTGRES_DB:?}" \
    --set=folder="${SECRETS:-/run/secrets}" <<'SQL'
SET password_encryption = 'scram-sha-256';
\set writer `cat :'folder'/writer_password`
\set reader `cat :'folder'/reader_password`
ALTER ROLE kezek_writer PASSWORD :'writer';
ALTER ROLE kezek_reader PASSWORD :'reader';
SQL

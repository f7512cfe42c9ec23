#!/bin/sh
# Makes the secrets of infra/compose.yaml that are not there yet, beside this file; touches none that is:
#
#     sudo sh infra/secrets/make.sh
#
# README.md says what each is, docs/operate.md how to change one. To make one anew, remove its file and run this again.
set -eu
umask 077
cd "$(dirname "$0")"
# The users of the containers that read them: PostgreSQL's and Redis's images have 999, kezek's has 50000.
servers=999
kezek=50000

# keep FILE OWNER [MODE [GROUP]]: what comes in becomes FILE, which only its owner reads. It appears whole or not at all.
keep() {
    cat >".$1.part"
    test -s ".$1.part"
    # Who is not root makes them for himself: then the containers have to run as that user.
    test "$(id -u)" -ne 0 || chown "$2:${4:-0}" ".$1.part"
    chmod "${3:-0400}" ".$1.part"
    mv ".$1.part" "$1"
}

# Hexadecimal digits only, so that it can stand in any address and any file as it is.
random() {
    od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n'
}

for name in metadata_password warehouse_password writer_password reader_password; do
    test -e "$name" || random | keep "$name" $servers
done
# The one that two users read: kezek's, and Redis's by its group.
test -e redis_password || random | keep redis_password $kezek 0440 $servers
for name in api_secret_key jwt_secret; do
    test -e "$name" || { random && random; } | keep "$name" $kezek
done
test -e fernet_key || head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n' | keep fernet_key $kezek

# libpq's own files, made from the passwords: host:port:database:user:password.
test -e pgpass ||
    printf 'metadata:5432:*:airflow:%s\nwarehouse:5432:*:kezek_writer:%s\nwarehouse:5432:*:kezek_reader:%s\n' \
        "$(cat metadata_password)" "$(cat writer_password)" "$(cat reader_password)" | keep pgpass $kezek
test -e pgpass_reader || printf 'warehouse:5432:*:kezek_reader:%s\n' "$(cat reader_password)" | keep pgpass_reader $kezek

# Whose archive is on no S3-compatible store leaves this one as it is.
test -e s3_credentials ||
    printf '# [default]\n# aws_access_key_id = \n# aws_secret_access_key = \n' | keep s3_credentials $kezek

#!/bin/sh
# The servers of the cluster proofs: Debian's PostgreSQL and Redis. Installs them where they are missing and we may; else
# one sentence, and exit status 2. Nothing is started: the proofs start servers of their own.
set -eu

there() {
    command -v redis-server >/dev/null 2>&1 && ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1
}

missing() {
    echo "The cluster proofs need PostgreSQL and Redis, $1: install the packages postgresql and redis-server." >&2
    exit 2
}

there && exit 0
[ "$(id -u)" -eq 0 ] || missing "and only root can install them"
command -v apt-get >/dev/null 2>&1 || missing "and there is no apt-get here"
export DEBIAN_FRONTEND=noninteractive
echo "Installing postgresql and redis-server for the cluster proofs." >&2
apt-get update -qq >&2 || echo "apt-get update failed; trying with what it knows." >&2
# A package asks this before it starts its server: 101 means no.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
fi
apt-get install -y -qq --no-install-recommends postgresql redis-server >&2 || missing "and apt-get can't install them"
there || missing "and apt-get installed none that is where Debian keeps it"

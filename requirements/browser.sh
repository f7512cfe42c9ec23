#!/bin/sh
# A browser for the tests: Debian's Chromium and its driver. Installs them where they are missing and we may; else one
# sentence, and exit status 2.
set -eu

there() {
    command -v chromium >/dev/null 2>&1 && command -v chromedriver >/dev/null 2>&1
}

missing() {
    echo "make test needs a browser, $1: install the packages chromium and chromium-driver." >&2
    exit 2
}

there && exit 0
[ "$(id -u)" -eq 0 ] || missing "and only root can install one"
command -v apt-get >/dev/null 2>&1 || missing "and there is no apt-get here"
export DEBIAN_FRONTEND=noninteractive
echo "Installing chromium and chromium-driver for the tests." >&2
apt-get update -qq >&2 || echo "apt-get update failed; trying with what it knows." >&2
apt-get install -y -qq --no-install-recommends chromium chromium-driver >&2 || missing "and apt-get can't install one"
there || missing "and apt-get installed one that is not on the PATH"

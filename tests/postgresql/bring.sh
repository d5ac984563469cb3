#!/usr/bin/env bash
# Brings PostgreSQL 14 to 18 for the tests, from packages of the npm registry, and prints the folder that holds them: <folder>/<major>/bin.
#   DBCHATOPS_PG_MAJORS  the folder, kept as it is when all majors are in it; otherwise artifacts/postgresql,
#                        or /var/cache/dbchatops/postgresql where user postgres cannot read that
# The packages of the majors hold the server only. <folder>/tools/bin is a whole installation of 18.0: psql, pg_basebackup, pg_dumpall, pg_upgrade.
set -euo pipefail
cd "$(dirname "$0")"
umask 022

say() { printf '%s\n' "$*" >&2; }

# As root, servers run as user postgres.
readable() {
    mkdir -p "$1" 2>/dev/null || return 1
    [[ "$(id -u)" != 0 ]] || setpriv --reuid postgres --regid postgres --init-groups test -x "$1"
}

if [[ "$(uname -sm)" != 'Linux x86_64' ]]; then
    say "The packages are for Linux on x86_64; this is $(uname -sm)."
    exit 1
fi

folder="${DBCHATOPS_PG_MAJORS:-$(cd ../.. && pwd)/artifacts/postgresql}"
if [[ -z "${DBCHATOPS_PG_MAJORS:-}" ]] && ! readable "$folder"; then folder=/var/cache/dbchatops/postgresql; fi
if ! readable "$folder"; then
    say "User postgres cannot read $folder. Install Debian's package postgresql, which makes the user, or set DBCHATOPS_PG_MAJORS to a folder that it can read."
    exit 1
fi

# A folder that somebody else filled has no list of ours.
complete() {
    local part
    if [[ -e "$folder/.installed.json" ]]; then cmp -s package-lock.json "$folder/.installed.json"; return; fi
    for part in 14 15 16 17 18; do [[ -x "$folder/$part/bin/initdb" ]] || return 1; done
    [[ -x "$folder/tools/bin/pg_upgrade" ]]
}

if ! complete; then
    if ! command -v npm >/dev/null && [[ "$(id -u)" == 0 ]] && command -v apt-get >/dev/null; then
        say 'Installing nodejs and npm ...'
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm; } >&2
    fi
    command -v npm >/dev/null || { say 'npm is missing: install Node.js with npm.'; exit 1; }
    cp package.json package-lock.json "$folder/"
    npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --silent >&2
    node unpack.mjs "$folder" >&2
    cp package-lock.json "$folder/.installed.json"
fi

printf '%s\n' "$folder"

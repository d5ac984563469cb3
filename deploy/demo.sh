#!/usr/bin/env bash
# The whole of DbChatOps on one machine: real PostgreSQL servers (production with a hot standby, staging), a Slack look-alike, and the bot.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

usage() {
    cat <<'END'
deploy/demo.sh [--port 4170]   starts everything, prints the addresses, cleans up at Ctrl-C; --port is the Slack look-alike's, 0 takes a free one
deploy/demo.sh --tour          plays the whole story without a person; ends with 0 only if everything held
               --socket        with either: the bot opens sockets (Socket Mode), instead of being called by signed HTTP
END
}

# Before anything is built: a slip of the finger should not cost a minute.
verb=demo
arguments=()
socket=()
while [[ $# -gt 0 ]]; do
    case "$1" in
        --tour) verb=tour ;;
        --port) arguments+=(--port "${2:?"--port needs a number"}"); shift ;;
        --socket) socket=(--socket) ;;
        --port=*) arguments+=(--port "${1#--port=}") ;;
        -h | --help) usage; exit 0 ;;
        *) say "'$1' is not known here."; usage >&2; exit 2 ;;
    esac
    shift
done
if [[ $verb == tour && ${#arguments[@]} -gt 0 ]]; then
    say '--port is for the demo; the tour takes free ports.'
    exit 2
fi

if ! command -v dotnet >/dev/null || ! dotnet --list-sdks | grep -q '^10\.'; then
    say 'The .NET 10 SDK is missing; it is the one thing this script cannot bring: https://dotnet.microsoft.com/download/dotnet/10.0'
    exit 2
fi

has_postgresql() {
    [[ -n "${DBCHATOPS_PG_BIN:-}" && -x "$DBCHATOPS_PG_BIN/initdb" ]] || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

if ! has_postgresql; then
    if [[ "$(id -u)" != 0 ]] || ! command -v apt-get >/dev/null; then
        say 'PostgreSQL is missing: install its server (Debian and Ubuntu: sudo apt-get install postgresql), or set DBCHATOPS_PG_BIN to the folder of initdb.'
        exit 2
    fi
    say 'Installing PostgreSQL (without starting a server of its own) ...'
    # Debian's package would otherwise create and start a cluster on port 5432.
    mkdir -p /etc/postgresql-common
    [[ -e /etc/postgresql-common/createcluster.conf ]] || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null
fi

say 'Building ...'
for project in DbChatOps.Host DbChatOps.Playground; do
    dotnet build "src/$project" -c Release -v quiet --nologo >&2
done

# exec: Ctrl-C reaches the program itself, which takes down what it started.
exec dotnet artifacts/bin/DbChatOps.Playground/release/DbChatOps.Playground.dll "$verb" \
    --bot artifacts/bin/DbChatOps.Host/release/DbChatOps.Host.dll \
    --setup deploy/targets/postgresql.sql ${arguments[@]+"${arguments[@]}"} ${socket[@]+"${socket[@]}"}

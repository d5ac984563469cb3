#!/usr/bin/env bash
# Every test of the project, on a fresh machine with nothing but the .NET SDK: installs what they need, runs all, and plays the tour.
# Ends with the line "N passed, N failed, N skipped", also when something went wrong on the way.
set -uo pipefail
cd "$(dirname "$0")/.."

passed=0 failed=0 skipped=0
finish() {
    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [[ $failed == 0 && $passed -gt 0 ]]
    exit
}

fail() {
    printf 'FAILED: %s\n' "$*"
    failed=$((failed + 1))
    finish
}

export CI="${CI:-}" DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

command -v dotnet >/dev/null && dotnet --list-sdks | grep -q '^10\.' ||
    fail 'the .NET 10 SDK is missing; it is the one prerequisite: https://dotnet.microsoft.com/download/dotnet/10.0'

if ! { [[ -n "${DBCHATOPS_PG_BIN:-}" ]] || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }; then
    [[ "$(id -u)" == 0 ]] || fail 'PostgreSQL is missing: install its server, or set DBCHATOPS_PG_BIN to the folder of initdb'
    # Debian's package would otherwise create and start a cluster on port 5432.
    mkdir -p /etc/postgresql-common
    [[ -e /etc/postgresql-common/createcluster.conf ]] || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null ||
        fail 'PostgreSQL could not be installed'
fi

# One test class lets the server speak German.
if [[ ! -e /usr/share/i18n/locales/de_DE && "$(id -u)" == 0 ]]; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends locales >/dev/null ||
        fail 'the package locales could not be installed'
fi

dotnet build DbChatOps.sln -c Release -v quiet || fail 'the build'

results=$(mktemp)
trap 'rm -f "$results"' EXIT
dotnet test tests/DbChatOps.Tests -c Release --no-build 2>&1 | tee "$results"
summary=$(grep -E '^(Passed|Failed)! +- Failed:' "$results" | tail -n 1)
[[ -n "$summary" ]] || fail 'the tests did not run to their end'
count() { sed -E "s/.*$1: +([0-9]+).*/\1/" <<<"$summary"; }
passed=$(count Passed) failed=$(count Failed) skipped=$(count Skipped)

echo 'The tour:'
if dotnet artifacts/bin/DbChatOps.Playground/release/DbChatOps.Playground.dll tour \
    --bot artifacts/bin/DbChatOps.Host/release/DbChatOps.Host.dll --setup deploy/targets/postgresql.sql; then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
fi
finish

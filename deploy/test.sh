#!/usr/bin/env bash
# Every test of the project, on a fresh machine with nothing but the .NET SDK: installs what they need, runs all, and plays the tour both ways.
# Ends with the line "N passed, N failed, N skipped", also when something went wrong on the way.
set -uo pipefail
cd "$(dirname "$0")/.."

passed=0 failed=0 skipped=0 work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$work"' EXIT
finish() {
    # Once more at the end, where one looks first.
    if [[ $failed != 0 && -s "$work/failures" ]]; then echo 'What failed:'; cat "$work/failures"; fi
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

# What is missing of PostgreSQL, of its German (one test class lets the server speak it), and of what runs the Node tests.
install_servers() {
    local wanted=()
    [[ -n "${DBCHATOPS_PG_BIN:-}" ]] || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || wanted+=(postgresql)
    [[ -e /usr/share/i18n/locales/de_DE ]] || wanted+=(locales)
    [[ ${#wanted[@]} == 0 ]] && return
    if [[ "$(id -u)" != 0 ]]; then
        [[ "${wanted[*]}" == locales ]] && return
        echo 'PostgreSQL is missing: install its server, or set DBCHATOPS_PG_BIN to the folder of initdb'
        return 1
    fi
    # Debian's package would otherwise create and start a cluster on port 5432.
    mkdir -p /etc/postgresql-common
    [[ -e /etc/postgresql-common/createcluster.conf ]] || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
}

# Adds up a line "N passed, N failed, N skipped"; without one, the part is one failure.
add() {
    local line
    if line=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$2" | tail -n 1) && [[ -n "$line" ]]; then
        read -r p _ f _ s _ <<<"$line"
        passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    else
        echo "FAILED: $1 did not run to the end"
        failed=$((failed + 1))
    fi
    grep -E -A 12 '^ *(Failed [A-Z].*\[|✖ )' "$2" >>"$work/failures"
    printf '%s: %s (%d s since the start)\n' "$1" "${line:-no result}" "$SECONDS"
}

# Downloads wait for the network while the compiler does not.
# Without the further majors of PostgreSQL, the tests that want them say so: they are skipped, or fail under CI=true.
{ install_servers && { tests/postgresql/bring.sh >"$work/majors" || true; } && { tests/browser/run.sh prepare || true; }; } >"$work/install" 2>&1 &
installing=$!
dotnet build DbChatOps.sln -c Release -v quiet || fail 'the build'
wait "$installing" || { cat "$work/install"; fail 'what the tests need could not be installed'; }
if [[ -s "$work/majors" ]]; then DBCHATOPS_PG_MAJORS=$(<"$work/majors") && export DBCHATOPS_PG_MAJORS; else cat "$work/install"; fi
printf 'Built and installed after %d s.\n' "$SECONDS"

# The browser and the strangers' programs leave the processor alone most of the time; what people would see is not kept waiting by the rest.
tests/browser/run.sh no-build $(cd tests/browser && ls ./*.test.mjs strangers/*.test.mjs | grep -v types) >"$work/node" 2>&1 &
strangers=$!

# A test that hangs is named and ends the run: no test takes a quarter of an hour.
nice dotnet test tests/DbChatOps.Tests -c Release --no-build --blame-hang-timeout 15m --blame-hang-dump-type none 2>&1 | tee "$work/dotnet"
summary=$(grep -E '^(Passed|Failed)! +- Failed:' "$work/dotnet" | tail -n 1)
count() { sed -E "s/.*$1: +([0-9]+).*/\1/" <<<"$summary"; }
if [[ -n "$summary" ]]; then echo "$(count Passed) passed, $(count Failed) failed, $(count Skipped) skipped" >>"$work/dotnet"; fi
add 'C#' "$work/dotnet"

wait "$strangers"
cat "$work/node"
add 'Browser, Bolt, clients and manifests' "$work/node"

# The C# tests wrote what the bot draws.
tests/browser/run.sh no-build strangers/types.test.mjs >"$work/types" 2>&1
cat "$work/types"
add 'Types of what the bot draws' "$work/types"

tour() {
    dotnet artifacts/bin/DbChatOps.Playground/release/DbChatOps.Playground.dll tour "$@" \
        --bot artifacts/bin/DbChatOps.Host/release/DbChatOps.Host.dll --setup deploy/targets/postgresql.sql
}

# Both wait for a window to end, so they wait together.
tour --socket >"$work/by-socket" 2>&1 &
by_socket=$!
echo 'The tour, by signed HTTP:'
if tour; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
if wait "$by_socket"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
echo 'The tour, by Socket Mode:'
cat "$work/by-socket"
printf 'All after %d s.\n' "$SECONDS"
finish

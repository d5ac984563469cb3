#!/usr/bin/env bash
# The long loops, in parts. Needs what deploy/test.sh needs, which installs it.
set -euo pipefail

usage() {
    cat <<'USAGE'
deploy/soak.sh [part]...     without a part: all of them; run it before a release

  crash    a death before and after every effect of a grant's story, and a second one while taking up
  cycles   10,000 grants through one server leave its catalogs as they were

The tests of every day take a sample of the crash points, another one each day: DBCHATOPS_CRASH_OFFSET=<n> repeats the one that a failure names.
USAGE
}

filters=()
for part in "${@:-all}"; do
    case $part in
        crash) filters+=(FullyQualifiedName~Faults.CrashMatrix) ;;
        cycles) filters+=(FullyQualifiedName~Faults.ManyGrantsTests.Many_grants) ;;
        all) filters+=(FullyQualifiedName~Faults.CrashMatrix FullyQualifiedName~Faults.ManyGrants) ;;
        -h | --help | help) usage; exit 0 ;;
        *) printf 'There is no part "%s".\n\n' "$part" >&2; usage >&2; exit 2 ;;
    esac
done

cd "$(dirname "$0")/.."
export DBCHATOPS_SOAK=1 CI="${CI:-true}" DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

dotnet build tests/DbChatOps.Tests -c Release -v quiet
dotnet test tests/DbChatOps.Tests -c Release --no-build --logger 'console;verbosity=normal' --filter "$(IFS='|'; echo "${filters[*]}")"

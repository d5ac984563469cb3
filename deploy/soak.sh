#!/usr/bin/env bash
# The long loops: a death at every effect of a grant's story, and 10,000 grants through one server. Takes hours; run it before a release.
# Needs what deploy/test.sh needs, which installs it.
set -euo pipefail
cd "$(dirname "$0")/.."

export DBCHATOPS_SOAK=1 CI="${CI:-true}" DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

dotnet build tests/DbChatOps.Tests -c Release -v quiet
dotnet test tests/DbChatOps.Tests -c Release --no-build --logger 'console;verbosity=normal' \
    --filter 'FullyQualifiedName~Faults.CrashMatrix|FullyQualifiedName~Faults.ManyGrants'

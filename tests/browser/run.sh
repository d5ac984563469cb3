#!/usr/bin/env bash
# Tries the playground's page in a browser, with a scripted bot and with the real one on real servers; ends with "N passed, N failed, N skipped".
#   CHROME_BIN                the browser; otherwise Chromium of the system, which is installed as root on Debian and Ubuntu
#   tests/browser/run.sh      builds the workspace, brings what is missing, runs everything in this folder
set -uo pipefail
cd "$(dirname "$0")"

say() { printf '%s\n' "$*" >&2; }
count() { printf '%s passed, %s failed, %s skipped\n' "$1" "$2" "$3"; }

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    say 'Node.js (20 or newer) with npm is missing: the browser tests are skipped.'
    count 0 0 1
    exit 0
fi

if [[ -z "${CHROME_BIN:-}" ]] && ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null && [[ "$(id -u)" == 0 ]] && command -v apt-get >/dev/null; then
    say 'Installing Chromium ...'
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core fonts-noto-color-emoji; } >/dev/null 2>&1 \
        || say 'Chromium could not be installed.'
fi

[[ -d node_modules/playwright-core && -d node_modules/axe-core ]] || npm ci --ignore-scripts --no-audit --no-fund --silent || { say 'npm ci failed.'; count 0 1 0; exit 1; }
for project in DbChatOps.Playground DbChatOps.Host; do
    dotnet build "../../src/$project" -c Release -v quiet --nologo >&2 || { count 0 1 0; exit 1; }
done

report="$(mktemp)"
trap 'rm -f "$report"' EXIT
node --test --test-concurrency=1 --test-reporter=spec --test-reporter-destination=stderr --test-reporter=tap --test-reporter-destination="$report"
outcome=$?
number() { sed -n "s/^# $1 \([0-9]*\)$/\1/p" "$report"; }
failed=$(( $(number fail) + $(number cancelled) ))
skipped="$(number skipped)"
# Where everything has to be there, a missing browser is a failure.
if [[ "${CI:-}" == true && "$skipped" -gt 0 ]]; then
    say "CI=true: $skipped skipped for want of a browser."
    failed=$((failed + skipped)) skipped=0 outcome=1
fi
count "$(number pass)" "$failed" "$skipped"
exit "$outcome"

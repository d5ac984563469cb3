#!/usr/bin/env bash
# Tries the workspace with programs that others wrote: a browser on its page, Slack's own framework and clients on its wire, their types and schemas
# on what the bot draws. Ends with "N passed, N failed, N skipped".
#   tests/browser/run.sh                 builds, brings what is missing, runs everything in this folder
#   tests/browser/run.sh prepare         only brings what is missing: Node.js, the browser, packages
#   tests/browser/run.sh no-build FILE…  only these files, and nothing is built
#   CHROME_BIN                           the browser; otherwise Chromium of the system, which is installed as root on Debian and Ubuntu
set -uo pipefail
cd "$(dirname "$0")"
root="$(cd ../.. && pwd)"

# Slack's packages want it so new.
least_node=20
own_node="$root/artifacts/node/node_modules/.bin"
[[ -x "$own_node/node" ]] && PATH="$own_node:$PATH"

say() { printf '%s\n' "$*" >&2; }
count() { printf '%s passed, %s failed, %s skipped\n' "$1" "$2" "$3"; }
has_node() { command -v npm >/dev/null && node -e "process.exit(process.versions.node.split('.')[0] < $least_node ? 1 : 0)" 2>/dev/null; }
has_browser() { [[ -n "${CHROME_BIN:-}" ]] || command -v chromium >/dev/null || command -v google-chrome >/dev/null; }

install_packages() {
    [[ "$(id -u)" == 0 ]] && command -v apt-get >/dev/null || return 1
    say "Installing $* ..."
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >/dev/null 2>&1
}

# Some distributions carry an older Node.js; the registry has the program itself as a package.
install_own_node() {
    local machine
    case "$(uname -m)" in x86_64) machine=x64 ;; aarch64) machine=arm64 ;; *) return 1 ;; esac
    say "Node.js is older than $least_node: taking one from the npm registry ..."
    npm install --prefix "$root/artifacts/node" --no-save --ignore-scripts --no-audit --no-fund --silent "node-linux-$machine@$least_node" || return 1
    mkdir -p "$own_node" && ln -sf "../node-linux-$machine/bin/node" "$own_node/node"
    PATH="$own_node:$PATH"
}

prepare() {
    if ! has_node; then
        command -v node >/dev/null || install_packages nodejs
        command -v npm >/dev/null || install_packages npm
        has_node || { command -v npm >/dev/null && install_own_node; }
    fi
    has_browser || install_packages chromium fonts-dejavu-core fonts-noto-color-emoji || say 'Chromium could not be installed.'
    has_node || { say "Node.js ($least_node or newer) with npm is missing."; return 1; }
    cmp -s package-lock.json node_modules/.installed.json && return
    npm ci --ignore-scripts --no-audit --no-fund --silent && cp package-lock.json node_modules/.installed.json
}

case "${1:-}" in
    prepare)
        prepare
        exit
        ;;
    no-build)
        shift
        ;;
    *)
        for project in DbChatOps.Playground DbChatOps.Host; do
            dotnet build "$root/src/$project" -c Release -v quiet --nologo >&2 || { count 0 1 0; exit 1; }
        done
        ;;
esac

if ! prepare; then
    # Where everything has to be there, what is missing is a failure.
    if [[ "${CI:-}" == true ]]; then count 0 1 0; exit 1; fi
    say 'These tests are skipped.'
    count 0 0 1
    exit 0
fi

report="$(mktemp)"
trap 'rm -f "$report"' EXIT
node --test --test-concurrency=1 --test-reporter=spec --test-reporter-destination=stderr --test-reporter=tap --test-reporter-destination="$report" "$@"
outcome=$?
number() { sed -n "s/^# $1 \([0-9]*\)$/\1/p" "$report"; }
failed=$(( $(number fail) + $(number cancelled) ))
skipped="$(number skipped)"
if [[ "${CI:-}" == true && "$skipped" -gt 0 ]]; then
    say "CI=true: $skipped skipped for want of something."
    failed=$((failed + skipped)) skipped=0 outcome=1
fi
count "$(number pass)" "$failed" "$skipped"
exit "$outcome"

#!/usr/bin/env bash
# Tries edits ("mutants") on the code and says of each whether the tests notice it. An edit that survives names a missing test.
#
#   tests/mutants/try.sh FILE OLD NEW TEST_CLASS...   one edit: the exact text OLD, which must occur once in FILE, becomes NEW
#   tests/mutants/try.sh LIST [NUMBER...]             the edits of a list such as tests/mutants/flow.txt, or those with these numbers
#
# A list has one paragraph per edit. The first line is the file. Lines with "- " are the old text, lines with "+ " the new one (none: the text is
# removed), and "? " names the test classes to run, without their namespace. Lines with "# " are comments.
#
# The edits are made in a temporary worktree of HEAD with the uncommitted changes; MUTANTS_TREE keeps it in a folder of your choice for the next call.
# Each line of output has, between tabs: the number; noticed, survived, does not compile, not found or no such tests; the file; the edit; the first
# tests that failed. Exit code 1: some edit was not noticed.
set -uo pipefail
[[ $# -ge 1 && $1 != --help ]] || { sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 2; }
cd "$(dirname "$0")/../.." || exit 2
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

tree=${MUTANTS_TREE:-}
logs=$(mktemp -d)
if [[ -n "$tree" ]]; then
    trap 'rm -rf "$logs"' EXIT
else
    tree=$logs/tree
    trap 'git worktree remove --force "$tree"; rm -rf "$logs"' EXIT
fi
bin=$tree/artifacts/bin/DbChatOps.Tests/debug
export DBCHATOPS_TRIED_FACADE=$tree/deploy/targets/postgresql.sql
number=0 unnoticed=0 dirty=''

# Brings the worktree to the state of this one: HEAD, then what is not committed.
prepare() {
    [[ -e $tree/.git ]] || git worktree add --quiet --detach "$tree" HEAD || exit 2
    git -C "$tree" checkout --quiet --force --detach "$(git rev-parse HEAD)" && git -C "$tree" clean --quiet --force -d || exit 2
    git diff --binary HEAD | git -C "$tree" apply --allow-empty || exit 2
    git ls-files --others --exclude-standard -z | xargs -0 -r cp --parents -t "$tree"
    dotnet build "$tree/tests/DbChatOps.Tests" -v quiet -p:RunAnalyzers=false || exit 2
}

project_of() { cut -d/ -f2 <<<"$1"; }

# Compiles the project of the edited file alone and puts it beside the tests: an edit changes bodies, not signatures. The set-up script is read from the worktree.
compile() {
    local project
    [[ $1 == src/*.cs ]] || return 0
    project=$(project_of "$1")
    dotnet build "$tree/src/$project" -v quiet --no-restore -p:BuildProjectReferences=false -p:RunAnalyzers=false -p:TreatWarningsAsErrors=false >"$logs/build" 2>&1 &&
        cp "$tree/artifacts/bin/$project/debug/$project.dll" "$bin/"
}

# Makes the project that was edited last whole again, before another one is edited.
mend() {
    [[ -z "$dirty" ]] || compile "$dirty"
    dirty=''
}

# $1 file, $2 old text, $3 new text, the others test classes.
attempt() {
    local file=$tree/$1 old=$2 new=$3 text rest class verdict='' arguments=()
    text=$(cat "$file"; printf .)
    text=${text%.}
    rest=${text#*"$old"}
    : >"$logs/tests"
    if [[ "$rest" == "$text" || "$rest" == *"$old"* ]]; then
        verdict='not found'
    else
        [[ -z "$dirty" || "$(project_of "$dirty")" == "$(project_of "$1")" ]] || mend
        dirty=$1
        printf '%s%s%s' "${text%%"$old"*}" "$new" "$rest" >"$file"
        compile "$1" || verdict='does not compile'
    fi
    if [[ -z "$verdict" ]]; then
        for class in "${@:4}"; do arguments+=(-class "*.$class"); done
        if timeout "${MUTANTS_PATIENCE:-300}" dotnet "$bin/DbChatOps.Tests.dll" "${arguments[@]}" -stopOnFail -noColor >"$logs/tests" 2>&1; then
            verdict=survived
        else
            verdict=noticed
        fi
        if grep -q 'Total: 0,' "$logs/tests"; then verdict='no such tests'; fi
    fi
    printf '%s' "$text" >"$file"
    [[ "$verdict" == noticed ]] || unnoticed=$((unnoticed + 1))
    printf '%s\t%s\t%s\t%s\t%s\n' "$number" "$verdict" "$1" "$(tr -s ' \n' ' ' <<<"$old → $new")" \
        "$(sed -n 's/^ *\(.*\) \[FAIL\]$/\1/p' "$logs/tests" | sed 's/(.*//; s/.*\.//' | sort -u | head -n 3 | paste -sd ' ')"
}

# Tries the edit that was read, if its number is wanted.
paragraph() {
    [[ -n "$file" ]] || return 0
    number=$((number + 1))
    # shellcheck disable=SC2086 # the classes are words
    if [[ $# == 0 || " $* " == *" $number "* ]]; then attempt "$file" "${old%$'\n'}" "${new%$'\n'}" $classes; fi
    file='' old='' new='' classes=''
}

prepare
if [[ $1 != *.txt ]]; then
    [[ $# -ge 4 ]] || { echo 'An edit needs a file, the old text, the new text and a test class.' >&2; exit 2; }
    number=1
    attempt "$@"
else
    file='' old='' new='' classes=''
    while IFS= read -r line || [[ -n "$line" ]]; do
        case $line in
            '') paragraph "${@:2}" ;;
            '#'*) ;;
            '- '*) old+="${line#- }"$'\n' ;;
            '+ '*) new+="${line#+ }"$'\n' ;;
            '? '*) classes=${line#\? } ;;
            *) file=$line ;;
        esac
    done <"$1"
    paragraph "${@:2}"
fi
mend
[[ $unnoticed == 0 ]]

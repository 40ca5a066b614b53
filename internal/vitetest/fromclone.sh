#!/usr/bin/env bash
# Times the way from a clean clone to a LIFF app of LINE's scaffold that greets a persona
# in the phone. It prints the seconds of each step: what docs/simulator.md has.
set -euo pipefail
root=$(git -C "$(dirname "${BASH_SOURCE[0]}")" rev-parse --show-toplevel)
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT

# step NAME COMMAND... runs a command and prints how long it took.
step() {
    local name=$1 start=$EPOCHREALTIME
    shift
    "$@" >"$scratch/log" 2>&1 || {
        cat "$scratch/log" >&2
        exit 1
    }
    awk -v from="$start" -v to="$EPOCHREALTIME" -v name="$name" 'BEGIN { printf "%6.1f s  %s\n", to - from, name }'
}

step "clone" git clone --quiet --depth 1 "file://$root" "$scratch/tegata"
cd "$scratch/tegata"
step "build the command" go build -o "$scratch/tegata.bin" ./cmd/tegata
step "install the scaffold and its packages" npm ci --prefix internal/vitetest/npm --no-audit --no-fund --loglevel=error
# The test prints the seconds of its own steps.
go test -v -count 1 -timeout 10m -run '^TestScaffold$' ./internal/vitetest | sed -nE 's/^ +vite_test.go:[0-9]+: ( *[0-9.]+ s  .*)/\1/p' | tee "$scratch/steps"
grep -q greets "$scratch/steps" || {
    echo "fromclone.sh: the app did not greet anybody; run go test -v ./internal/vitetest" >&2
    exit 1
}

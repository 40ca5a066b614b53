#!/usr/bin/env bash
# Runs every test of the house.
#
#   ./test.sh          everything that must hold before a change lands
#   ./test.sh soak     the same with longer fuzzing, ten times the kills, losses of power and full
#                      disks, and 100,000 races over three nodes; then repeated race tests and the
#                      benchmarks in full. On two processors of its own it takes some hours
#   SKIP_BROWSER=1     leaves out the tests with real clients (Chromium, npm); refused when CI=true
#   FUZZ_SECONDS=n     how long each fuzz target runs (2; 60 in a soak)
#
# It needs Go, Node.js 20 with npm, git, and Debian's packages named below. As root on
# Debian it installs the missing ones itself; otherwise it says which are missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

mode=${1:-all}
case $mode in all | soak) ;; *)
    echo "test.sh: unknown mode '$mode': give none, or soak" >&2
    exit 2
    ;;
esac
if [[ ${SKIP_BROWSER:-} && ${CI:-} == true ]]; then
    echo "test.sh: SKIP_BROWSER is for machines without Chromium; CI runs everything" >&2
    exit 2
fi
fuzz_seconds=${FUZZ_SECONDS:-$([[ $mode == soak ]] && echo 60 || echo 2)}

# ---------------------------------------------------------------- sections

section_name=
section_start=0

# section NAME ends the section before and starts the next.
section() {
    local now=$SECONDS
    [[ -z $section_name ]] || printf -- '--- %s: %d s\n' "$section_name" $((now - section_start))
    section_name=${1:-}
    section_start=$now
    [[ -z $section_name ]] || printf '\n=== %s\n' "$section_name"
}

fail() {
    printf 'test.sh: %s: %s\n' "$section_name" "$1" >&2
    exit 1
}

# ---------------------------------------------------------------- machine

# Each line: a command, and the Debian package that has it.
debian_commands=(
    "git git"
    "npm npm"
    "chromium chromium"
    "python3 python3"
    "curl curl"
    "php php-cli"
    "script bsdutils"
    "phpunit phpunit"
    "certutil libnss3-tools" # where browsers look for authorities
    "openssl openssl"
)
# Fonts without which pages in Japanese, Korean, Chinese and Thai are drawn as boxes.
debian_fonts=(fonts-noto-cjk fonts-thai-tlwg)

missing_packages() {
    local line
    for line in "${debian_commands[@]}"; do
        read -r cmd pkg <<<"$line"
        [[ ${SKIP_BROWSER:-} && $pkg == chromium ]] || command -v "$cmd" >/dev/null || echo "$pkg"
    done
    # Debian keeps PostgreSQL's programs in a folder of their version, not in PATH.
    command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || echo postgresql
    python3 -c 'import ensurepip' 2>/dev/null || echo python3-venv
    php -r 'exit((int) !extension_loaded("curl"));' 2>/dev/null || echo php-curl
    if [[ -z ${SKIP_BROWSER:-} ]] && command -v dpkg-query >/dev/null; then
        for pkg in "${debian_fonts[@]}"; do
            dpkg-query -W -f '${Status}' "$pkg" 2>/dev/null | grep -q 'ok installed' || echo "$pkg"
        done
    fi
}

prepare_machine() {
    command -v go >/dev/null || fail "Go is missing: install the version that go.mod names, or a later one"
    local packages
    mapfile -t packages < <(missing_packages)
    ((${#packages[@]} == 0)) || install_packages "${packages[@]}"
    local node_major # after the packages: npm's brings a Node.js, if there was none
    node_major=$(node --version 2>/dev/null | sed -E 's/^v([0-9]+).*/\1/') || true
    ((${node_major:-0} >= 20)) || fail "Node.js 20 or later is missing"
}

# install_packages PACKAGE... installs Debian's packages, or says which are missing.
install_packages() {
    if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
        fail "missing: $*. Install them (Debian: sudo apt-get install $*), or set SKIP_BROWSER=1 to leave the browser tests out"
    fi
    echo "installing $*"
    local log
    log=$(mktemp)
    if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } >"$log" 2>&1; then
        tail -n 30 "$log" >&2
        fail "apt-get could not install $*"
    fi
    rm -f "$log"
    local missing
    mapfile -t missing < <(missing_packages)
    ((${#missing[@]} == 0)) || fail "still missing after apt-get: ${missing[*]}"
}

# npm_install FOLDER installs what the folder's lock file says, unless that is there.
npm_install() {
    local stamp=$1/node_modules/.package-lock.json
    if [[ -f $stamp && $stamp -nt $1/package-lock.json ]]; then
        return 0
    fi
    (cd "$1" && npm ci --no-audit --no-fund --loglevel=error) || fail "npm ci in $1"
}

# ---------------------------------------------------------------- checks

# files lists files by kind: what git knows and what is new, not what it ignores.
files() { git ls-files --cached --others --exclude-standard -- "$@" | while read -r f; do [[ -f $f ]] && echo "$f" || true; done; }

check_style() {
    local badly
    badly=$(files '*.go' | xargs go tool -modfile=tools/go.mod gofumpt -l)
    [[ -z $badly ]] || fail "not formatted; run: go tool -modfile=tools/go.mod gofumpt -w $(tr '\n' ' ' <<<"$badly")"
    go vet ./...
    (cd tools && go vet ./...)
    go tool -modfile=tools/go.mod staticcheck ./...
}

check_web() {
    local lock folder
    while read -r lock; do
        folder=$(dirname "$lock")
        [[ $folder == internal/* ]] || npm_install "$folder"
    done < <(files '*package-lock.json')
    echo "built files are fresh"
    (cd tools && go run ./cmd/webbuild -check)
    echo "types"
    (cd web/liff && npx --no-install tsc --noEmit && npx --no-install tsc --noEmit -p ../simulator)
    (cd web/playwright && npx --no-install tsc --noEmit)
    echo "our open client"
    (cd web/liff && NODE_OPTIONS=--test-reporter=dot npm test --silent)
}

# These are tested apart: the first needs Chromium and npm's packages, the second npm's,
# the third both, and packages of Python.
browser_package=github.com/tegata-id/tegata/internal/clienttest
issuer_package=github.com/tegata-id/tegata/internal/issuertest
vite_package=github.com/tegata-id/tegata/internal/vitetest
pages_package=github.com/tegata-id/tegata/internal/pagecheck
recipe_package=github.com/tegata-id/tegata/internal/recipetest
run_package=github.com/tegata-id/tegata/internal/runtest

go_packages() { go list ./... | grep -vx -e "$browser_package" -e "$issuer_package" -e "$vite_package" -e "$pages_package" -e "$recipe_package" -e "$run_package"; }

fuzz() { go test "$1" -run '^$' -fuzz "^$2\$" -fuzztime "${fuzz_seconds}s" -fuzzminimizetime 5s >"$scratch/fuzz" 2>&1; }

# fuzz_ended says whether a fuzzer failed by the end of its time alone, without an input:
# before Go 1.27 its coordinator sometimes takes that for a failure (go.dev/issue/75804).
fuzz_ended() { grep -q 'context deadline exceeded' "$scratch/fuzz" && ! grep -q 'Failing input' "$scratch/fuzz"; }

# run_fuzzers runs each fuzz target for a while: one go test per target, as go demands.
run_fuzzers() {
    local file target package count=0
    while IFS=: read -r file target; do
        package=./$(dirname "$file")
        package=${package%/.}
        fuzz "$package" "$target" || { fuzz_ended && fuzz "$package" "$target"; } || {
            cat "$scratch/fuzz"
            fail "$target in $package; the failing input is under testdata/fuzz"
        }
        printf 'ok  \t%s\t%s (%s)\n' "$package" "$target" "$(grep -oE 'execs: [0-9]+' "$scratch/fuzz" | tail -n 1 || true)"
        count=$((count + 1))
    done < <(files '*_test.go' | xargs grep -oE '^func Fuzz[A-Za-z0-9_]+' | sed 's/func //')
    ((count > 0)) || fail "no fuzz target found"
}

# benchmarked lists the packages that have benchmarks.
benchmarked() { files '*_test.go' | grep -v '^tools/' | xargs grep -lE '^func Benchmark' | xargs -n 1 dirname | sort -u | sed 's|^|./|'; }

run_benchmarks() {
    local packages
    mapfile -t packages < <(benchmarked)
    TEGATA_SOAK=$([[ $mode != soak ]] || echo 1) go test -run '^$' -bench . -benchtime "$1" -benchmem -timeout 120m "${packages[@]}"
}

# compare_libraries gives other libraries the list of wrong tokens, and measures once.
compare_libraries() {
    (cd tools/compare && go vet ./... && go test -count 1 ./... && go run . -rounds 1 >/dev/null)
}

# run_kills runs the tests that kill processes and servers under load, take the power from
# a disk, or fill it, and prints their counts. In a soak they do it ten times as often.
run_kills() {
    local soak=
    [[ $mode != soak ]] || soak=1
    TEGATA_SOAK=$soak go test -v -count 1 -timeout 60m -run "$kills" ./store/sqlite ./store/postgres >"$scratch/kills" 2>&1 || {
        cat "$scratch/kills"
        fail "a store did not keep what it had acknowledged"
    }
    grep -E '^(---|ok )|: [0-9]+ (kills|losses)|: the (disk was full|server had no room)' "$scratch/kills"
}
kills='^(TestKill|TestServerKilled|TestPowerCut|TestFullUnderLoad|TestFull|TestFullDisk)$'

# run_nodes runs the tests of three nodes on one PostgreSQL, three processes or three in one,
# and prints their counts and how long revocations took. In a soak they go round a hundred
# thousand times, one test after the other, so that none slows the other's figures.
run_nodes() {
    local alone=()
    [[ $mode != soak ]] || alone=(-p 1 -parallel 1)
    TEGATA_SOAK=$([[ $mode != soak ]] || echo 1) go test -v -count 1 -timeout 180m "${alone[@]}" -run "$nodes" ./cmd/tegata ./platform >"$scratch/nodes" 2>&1 || {
        cat "$scratch/nodes"
        fail "three nodes are not one platform"
    }
    grep -E '^(---|ok )|_test.go:[0-9]+: [0-9]+ ' "$scratch/nodes"
}
nodes='^(TestNodes.*|TestThreeNodes.*|TestServeDiskFull)$'

run_real_issuers() {
    npm_install internal/issuertest/npm
    go test -timeout 2m -count 1 "$issuer_package"
}

run_real_clients() {
    npm_install internal/clienttest/npm
    go test -timeout 10m -count 1 "$browser_package"
}

# run_scaffold runs LINE's own scaffold of a LIFF app, and its dev server, in the phone.
run_scaffold() {
    npm_install internal/vitetest/npm
    go test -timeout 10m -count 1 "$vite_package"
    [[ $mode != soak ]] || internal/vitetest/fromclone.sh
}

# check_pages looks at every page in every state.
check_pages() {
    npm_install internal/pagecheck/npm
    go test -timeout 20m -count 1 "$pages_package"
}

# run_recipes does what the documentation tells people to do. Python's packages are kept
# between runs, in a folder named after what they are.
run_recipes() {
    npm_install internal/recipetest/npm
    local wanted=internal/recipetest/python/requirements.txt python
    python=${XDG_CACHE_HOME:-$HOME/.cache}/tegata-recipes-$(sha256sum $wanted | cut -c 1-12)
    if [[ ! -f $python/complete ]]; then
        { python3 -m venv --clear "$python" && "$python/bin/python" -m pip install --quiet --disable-pip-version-check -r $wanted; } || fail "Python's packages"
        touch "$python/complete"
    fi
    RECIPETEST_PYTHON=$python/bin/python go test -timeout 10m -count 1 ${SKIP_BROWSER:+-skip '^TestPlaywright$'} "$recipe_package"
}

# run_servers runs other people's clients of LINE's API under tegata run.
run_servers() {
    npm_install internal/runtest/npm
    local folder=internal/runtest/python
    if [[ ! $folder/venv/complete -nt $folder/requirements.txt ]]; then
        { python3 -m venv --clear $folder/venv && $folder/venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r $folder/requirements.txt; } || fail "Python's packages"
        touch $folder/venv/complete
    fi
    go test -timeout 5m -count 1 "$run_package"
}

# run_playwright tests the package of fixtures against a platform of this tree.
run_playwright() {
    go build -o "$scratch/tegata" ./cmd/tegata
    (cd web/playwright && TEGATA_BIN=$scratch/tegata npm test --silent)
}

# ---------------------------------------------------------------- run

scratch=$(mktemp -d)
trap 'status=$?; rm -rf "$scratch"; ((status == 0)) || printf "\ntest.sh: failed in: %s\n" "$section_name" >&2' EXIT

section "machine"
prepare_machine
section "style"
check_style
section "web"
check_web
section "go tests with the race detector"
mapfile -t packages < <(go_packages)
# What starts and kills processes comes in the two sections after this one: the processes of
# TestNodes are built without the detector, and a soak does the kills with it too.
go test -race -shuffle=on -timeout 30m -skip "^TestNodes|$kills" "${packages[@]}"
section "stores killed under load"
run_kills
section "three nodes on one PostgreSQL"
run_nodes
section "fuzzing, $fuzz_seconds s a target"
run_fuzzers
if [[ $mode != soak ]]; then
    section "benchmarks run once"
    run_benchmarks 1x
fi
section "other libraries"
compare_libraries
section "other people's issuers"
run_real_issuers
section "servers under tegata run"
run_servers
section "recipes"
run_recipes
if [[ -z ${SKIP_BROWSER:-} ]]; then
    section "real clients"
    run_real_clients
    section "a scaffolded app"
    run_scaffold
    section "every page"
    check_pages
    section "Playwright fixtures"
    run_playwright
fi
if [[ $mode == soak ]]; then
    section "soak: race tests again and again"
    go test -race -shuffle=on -count 10 -timeout 180m "${packages[@]}"
    section "soak: benchmarks, with stores of a million tokens"
    run_benchmarks 1s
fi
section
[[ -z ${SKIP_BROWSER:-} ]] || echo "left out by SKIP_BROWSER: the tests with real clients"
printf '\nall tests passed in %d s\n' "$SECONDS"

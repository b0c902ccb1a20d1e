#!/usr/bin/env bash
# Builds and tests.
#   test.sh                            everything, with GCC, and clang-tidy over the library
#   test.sh matrix                     everything with Clang 14, with Clang 19 and sanitizers, and
#                                      the static analyzer
#   test.sh vectors|hpke|wycheproof    the official vectors of one kind
#   test.sh crash [long]               programs that end at every storage call and file operation
#   test.sh storage-faults             storages of which every call fails, once and for good
#   test.sh random-faults              random numbers of which every request fails
#   test.sh allocation-faults          programs that run out of memory, which ends them
#   test.sh constant-time|zeroisation|valgrind|threads
#                                      other checkers: tools/hardened.sh
#   test.sh model                      random clients and a delivery service that cheats
#   test.sh capi                       the C API, in C
#   test.sh fuzz-corpus                the inputs that the fuzzers keep (fuzzing itself: tools/fuzz.sh)
#   test.sh rejections                 what the hostile tests refuse; listed in build/rejections.txt
#   test.sh rule-mutations [long]      every rule switched off: the tests that name it must notice
#                                      (long: all hostile and unit tests)
#   test.sh tree-model [long]          the ratchet tree against a model of it: histories, forgeries,
#                                      who knows which key. CONCLAVE_SEED=<number> repeats a run,
#                                      CONCLAVE_STEPS=<number> sets the random changes (100,000)
#   test.sh inspector                  what the command-line inspector shows and draws
#   test.sh docs                       the documentation's site, without a warning
#   test.sh package [<name>...]        the packages, each tried outside (tools/package.sh)
#   test.sh quick                      the unit tests
#   test.sh <ctest name>               one test, such as unit_tree or scenarios
# `all` counts ctest's tests and the checks of this script: "all: N passed, M failed".
set -euo pipefail
cd "$(dirname "$0")/.."
# Where there is a compiler cache, a clone in another place finds what this one has compiled.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

passed=0
failed=0
unchecked=0
mkdir -p build

# build <preset> [<cmake arguments>...]: configures and builds everything of a preset.
build() {
  local preset=$1
  shift
  cmake --preset "$preset" -DCONCLAVE_BUILD_TESTS=ON "$@" > "build/$preset.log" 2>&1 &&
    cmake --build --preset "$preset" >> "build/$preset.log" 2>&1 && return
  grep -E -A 12 'error|FAILED' "build/$preset.log" | head -n 60
  return 1
}

# check <name> <command>...: runs one check and counts it.
check() {
  local name=$1 start=$SECONDS
  shift
  if "$@" > "build/check.log" 2>&1; then
    passed=$((passed + 1))
    echo "ok      $name ($((SECONDS - start)) s)"
  else
    failed=$((failed + 1))
    echo "FAILED  $name"
    tail -n 60 build/check.log
  fi
}

# optional <name> <command>...: a check that cannot be made everywhere, which exit status 77 says.
optional() {
  local name=$1 start=$SECONDS status=0
  shift
  "$@" > build/check.log 2>&1 || status=$?
  if [ "$status" -eq 77 ]; then
    grep ' is skipped: ' build/check.log || echo "$name: skipped, and nothing says why"
    return
  fi
  if [ "$status" -eq 0 ]; then
    passed=$((passed + 1))
    echo "ok      $name: $(tail -n 1 build/check.log) ($((SECONDS - start)) s)"
  else
    failed=$((failed + 1))
    echo "FAILED  $name"
    grep -vE '^(ok|differs|lacks) ' build/check.log | tail -n 60
  fi
}

# run_ctest <preset> [<ctest arguments>...]: runs a preset's tests and counts them one by one.
run_ctest() {
  local preset=$1 start=$SECONDS log counts
  shift
  log="$PWD/build/$preset-ctest"
  rm -f "$log.xml"
  ctest --preset "$preset" -j"$(nproc)" --output-junit "$log.xml" "$@" > "$log.log" 2>&1 || true
  if ! counts=$(python3 tools/ctest_counts.py "$log.xml"); then
    failed=$((failed + 1))
    echo "FAILED  $preset: ctest did not run"
    tail -n 20 "$log.log"
    return
  fi
  read -r good bad skipped <<< "$counts"
  passed=$((passed + good))
  failed=$((failed + bad))
  unchecked=$((unchecked + skipped))
  if [ "$bad" -gt 0 ]; then grep -vE ' Passed ' "$log.log" | head -n 200; fi
  echo "$preset: $good tests passed, $bad failed, $skipped skipped ($((SECONDS - start)) s)"
}

# build_and_test <preset> [<cmake arguments>...]
build_and_test() {
  local before=$failed
  check "build $1" build "$@"
  if [ "$failed" -eq "$before" ]; then
    # That the vector tests can fail is shown once, in the fastest build.
    if [ "$1" = release ]; then run_ctest "$1"; else run_ctest "$1" -E '^vectors_flip$'; fi
  fi
}

# enough_rejections <log>: whether the hostile tests, which refuse most, have refused what they should.
enough_rejections() {
  local count
  count=$(sed -nE 's/^rejections: ([0-9]+) passed, 0 failed$/\1/p' "$1" | sort -n | tail -n 1)
  echo "rejections: ${count:-0}, of at least 200"
  [ "${count:-0}" -ge 200 ]
}

# build_rule_switch: what tools/rule_mutations.py runs.
build_rule_switch() {
  local programs
  programs=$(tools/rule_mutations.py --programs)
  cmake --preset rule-switch -DCONCLAVE_BUILD_TESTS=ON > build/rule-switch.log 2>&1 &&
    cmake --build --preset rule-switch --target $programs >> build/rule-switch.log 2>&1 && return
  grep -E -A 12 'error|FAILED' build/rule-switch.log | head -n 60
  return 1
}

# counted <kind> <command>...: runs a command; the last line is the count of cases that it printed.
counted() {
  local kind=$1 log="build/$1.log" status=0 line
  shift
  "$@" > "$log" 2>&1 || status=$?
  line=$(grep -E "^$kind: [0-9]+ passed, [0-9]+ failed$" "$log" | tail -n 1 || true)
  grep -vxF "$line" "$log" || true
  if [ -z "$line" ]; then
    echo "$kind: nothing was counted (exit $status)" >&2
    exit 1
  fi
  echo "$line"
  exit "$status"
}

everything() {
  check "check_layers self-test" tools/check_layers.py --self-test
  check "layers" tools/check_layers.py
  grep -E '^(library|largest|longest)' build/check.log
  check "format" tools/format.sh --check
  check "gen/sources" tools/sources.py --check
  check "rules" tools/rules.py --check
  check "table of rules" tools/rules_table.py --check
  check "rfc coverage" tools/rfc_coverage.py --check docs/rfc_coverage.md
  # Optimised builds take long, unoptimised ones test slowly: -O1 is in between.
  build_and_test release -DCMAKE_CXX_FLAGS_RELEASE="-O1 -DNDEBUG"
  grep -hE '^(generated vectors|vectors|flip|hpke|wycheproof|crash|storage-faults|random-faults|allocation-faults|zeroisation|constant-time|tree-model|model|inspector|capi|fuzz-corpus): [0-9]' build/release/Testing/Temporary/LastTest.log || true
  check "rejections" enough_rejections build/release/Testing/Temporary/LastTest.log
  tail -n 1 build/check.log
  check "build rule-switch" build_rule_switch
  check "rule mutations" tools/rule_mutations.py build/rule-switch
  tail -n 1 build/check.log
  check "clang-tidy" tools/tidy.sh build/release
  optional "documentation" tools/docs.sh
  optional "the interop harness" tools/interop.sh quick
  optional "conversations with ts-mls" tools/interop.sh conversations
  summary
}

# The other compilers and checkers.
matrix() {
  build_and_test asan-ubsan
  check "clang-tidy with the static analyzer" tools/tidy.sh build/asan-ubsan all
  # The other builds are without exceptions and RTTI, this one is with them.
  build_and_test clang -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS=-O1 \
    -DCONCLAVE_EXCEPTIONS_AND_RTTI=ON
  check "embedding by add_subdirectory" tests/embedding/run subdirectory build/embedding
  summary
}

summary() {
  if [ "$unchecked" -gt 0 ]; then
    echo "*** THE OFFICIAL VECTORS WERE NOT CHECKED: $unchecked tests were skipped ***"
  fi
  echo "all: $passed passed, $failed failed"
  [ "$failed" -eq 0 ]
}

suite=${1:-all}
case "$suite" in
  matrix | constant-time | zeroisation | valgrind | threads) tools/install_deps.sh ci ;;
  *) tools/install_deps.sh check ;;
esac
case "$suite" in
  all) everything ;;
  matrix) matrix ;;
  vectors)
    build release
    tests/vectors/run mls -- tests/vectors/flip_check build/release/tests/vectors
    counted vectors tests/vectors/run mls -- build/release/tests/vectors
    ;;
  hpke | wycheproof)
    build release
    counted "$suite" tests/vectors/run "$suite" -- build/release/tests/kat "[$suite]"
    ;;
  crash)
    build release
    counted crash build/release/tests/durability "[crash${2:+-$2}]"
    ;;
  storage-faults | random-faults | allocation-faults)
    build release
    counted "$suite" build/release/tests/durability "[$suite]"
    ;;
  rejections)
    build release
    export CONCLAVE_REJECTIONS="$PWD/build/rejections.txt"
    counted rejections build/release/tests/hostile
    ;;
  rule-mutations)
    build_rule_switch
    tools/rule_mutations.py build/rule-switch ${2:+"$2"}
    ;;
  tree-model)
    build release
    CONCLAVE_TREE_MODEL=${2:-} counted tree-model build/release/tests/tree_model
    ;;
  inspector)
    build release
    counted inspector build/release/tests/inspector/inspector
    ;;
  capi)
    build release
    counted capi build/release/tests/capi/capi
    ;;
  fuzz-corpus)
    build release
    counted fuzz-corpus build/release/tests/fuzz/fuzz_corpus tests/fuzz/corpus
    ;;
  model)
    build release
    counted model build/release/tests/model
    ;;
  constant-time | zeroisation | valgrind | threads) exec tools/hardened.sh "$@" ;;
  docs) tools/docs.sh ;;
  package)
    shift
    tools/package.sh "$@"
    ;;
  quick)
    build release
    ctest --preset release -j"$(nproc)" -R '^unit_'
    ;;
  *)
    build release
    ctest --preset release -R "^$suite\$" --no-tests=error
    ;;
esac

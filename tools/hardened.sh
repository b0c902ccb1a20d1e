#!/usr/bin/env bash
# Looks at the tests, or the library under them, with a checker of another kind. Each job first shows
# that its checker finds a planted fault, and ends with "<job>: N passed, M failed".
#   hardened.sh constant-time [<compiler>...]  no branch and no address depends on a secret: release
#                                              objects of gcc, clang-14 and clang-19, under Valgrind
#   hardened.sh zeroisation                    no trace of a used secret on the heap: -O2, -O3 and LTO
#   hardened.sh valgrind                       memcheck over the unit tests
#   hardened.sh threads                        ThreadSanitizer over what several threads do
# docs/testing.md says what each costs.
set -euo pipefail
cd "$(dirname "$0")/.."
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

job=${1:-}
shift || true
passed=0
failed=0

# build <directory> <targets> <cmake arguments>...: builds targets in a directory of their own.
build() {
  local directory=build/$1 targets=$2
  shift 2
  mkdir -p build
  # shellcheck disable=SC2086  # several targets are several words
  if cmake "$@" -B "$directory" -DCONCLAVE_BUILD_TESTS=ON > "$directory.log" 2>&1 &&
      cmake --build "$directory" --target $targets >> "$directory.log" 2>&1; then return; fi
  grep -E -A 12 'error|FAILED' "$directory.log" | head -n 60
  exit 1
}

# compiler <name>: the cmake arguments for gcc, clang-14 or clang-19.
compiler() {
  case "$1" in
    gcc) echo "-DCMAKE_C_COMPILER=gcc -DCMAKE_CXX_COMPILER=g++" ;;
    clang-*) echo "-DCMAKE_C_COMPILER=$1 -DCMAKE_CXX_COMPILER=clang++${1#clang}" ;;
  esac
}

# add <what> <log> <status>: adds up the job's line in a log.
add() {
  local line good bad
  line=$(grep -E "$job: [0-9]+ passed, [0-9]+ failed$" "$2" | tail -n 1 || true)
  read -r good bad <<< "$(sed -E 's/.*: ([0-9]+) passed, ([0-9]+) failed$/\1 \2/' <<< "$line")"
  passed=$((passed + ${good:-0}))
  failed=$((failed + ${bad:-0}))
  if [ -z "$line" ] || { [ "$3" -ne 0 ] && [ "${bad:-0}" -eq 0 ]; }; then failed=$((failed + 1)); fi
  echo "$1: ${good:-0} passed, ${bad:-0} failed"
  if [ "$3" -ne 0 ]; then grep -vE '^(==|--)' "$2" | tail -n 60; fi
}

# check <what> <command>...: counts one program, by its status.
check() {
  local what=$1 start=$SECONDS
  shift
  if "$@" > "build/$job-check.log" 2>&1; then
    passed=$((passed + 1))
    echo "ok      $what ($((SECONDS - start)) s)"
  else
    failed=$((failed + 1))
    echo "FAILED  $what"
    tail -n 60 "build/$job-check.log"
  fi
}

# finds <fault> <command>...: a checker over tests/planted/fault.cc must end with an error.
finds() {
  local fault=$1
  shift
  check "finds a planted fault: $fault" bash -c '! "$@"' - "$@" "$fault"
}

constant_time() {
  local name log status
  [ $# -gt 0 ] || set -- gcc clang-14 clang-19
  for name in "$@"; do
    # shellcheck disable=SC2046  # arguments
    build "constant-time-$name" constant_time --preset release $(compiler "$name")
    log="build/constant-time-$name/run.log"
    status=0
    ctest --test-dir "build/constant-time-$name" -R '^constant_time$' --no-tests=error -V \
      > "$log" 2>&1 || status=$?
    add "$name -O3" "$log" "$status"
  done
}

zeroisation() {
  local flags name log status
  for flags in -O2 "-O3 -flto=auto"; do
    name="zeroisation${flags%% *}"
    build "$name" zeroisation --preset release "-DCMAKE_CXX_FLAGS_RELEASE=$flags -DNDEBUG"
    log="build/$name/run.log"
    status=0
    "build/$name/tests/zeroisation" > "$log" 2>&1 || status=$?
    add "gcc $flags" "$log" "$status"
  done
}

memcheck() {
  local test grind=(valgrind --quiet --error-exitcode=9 --leak-check=full
                    --errors-for-leak-kinds=definite,possible)
  build release all --preset release -DCMAKE_CXX_FLAGS_RELEASE="-O1 -DNDEBUG"
  for fault in uninitialised leak beyond-the-end; do
    finds "$fault" "${grind[@]}" build/release/tests/planted_fault
  done
  for test in build/release/tests/unit_*; do
    check "$(basename "$test")" "${grind[@]}" "$test"
  done
}

threads() {
  build tsan "threads planted_fault hostile" --preset tsan
  finds race build/tsan/tests/planted_fault
  check "threads over one provider and one storage" build/tsan/tests/threads
  check "threads of an executor" build/tsan/tests/hostile "*threads*"
}

case "$job" in
  constant-time) constant_time "$@" ;;
  zeroisation) zeroisation ;;
  valgrind) memcheck ;;
  threads) threads ;;
  *) sed -n '2,10p' "$0"; exit 2 ;;
esac
echo "$job: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

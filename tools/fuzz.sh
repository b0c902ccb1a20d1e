#!/usr/bin/env bash
# Fuzzes the library with libFuzzer and Clang 19; docs/fuzzing.md says what and why.
#   fuzz.sh [-j N] SECONDS [target...]
#                                 runs every target, or those named, for so long, N at a time (2),
#                                 politely; ends with "fuzz: N targets, E executions, F findings"
#   fuzz.sh minimize [target...]  makes the committed corpora anew, out of the seeds, of themselves and
#                                 of what earlier runs have found
#   fuzz.sh planted               shows that four kinds of bugs are found: "planted: 4 found, 0 missed"
#   fuzz.sh table [summary]       the runs of a summary as a table; of tests/fuzz/long_run.tsv
# Runs write to $CONCLAVE_FUZZ_OUT, which is build/fuzz/runs: what they find to work/<target>, inputs
# that break something to findings, and a line for each run to summary.tsv.
set -euo pipefail
cd "$(dirname "$0")/.."
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
# Freed memory is kept for a while, so that late uses are seen; it counts as memory in use.
export ASAN_OPTIONS=quarantine_size_mb=16:detect_stack_use_after_return=0:${ASAN_OPTIONS:-}
if command -v llvm-symbolizer-19 > /dev/null; then
  ASAN_SYMBOLIZER_PATH=$(command -v llvm-symbolizer-19)
  export ASAN_SYMBOLIZER_PATH
fi

build=build/fuzz
out=${CONCLAVE_FUZZ_OUT:-build/fuzz/runs}
jobs=2
corpora=tests/fuzz/corpus
files_at_most=30    # of a committed corpus, beside those that have a name
bytes_at_most=6000 # of one of them
limits=(-rss_limit_mb=512 -timeout=5)

# compile <CMake target>...
compile() {
  mkdir -p build
  { cmake --preset fuzz -DCONCLAVE_BUILD_TESTS=ON &&
    cmake --build --preset fuzz --target "$@"; } > build/fuzz.log 2>&1 && return
  grep -E -A 12 'error|FAILED' build/fuzz.log | head -n 60
  exit 1
}

# The targets, one a line; or those among the arguments, which must be some.
all_targets=$(cd tests/fuzz && ls -- *.cc | sed 's/\.cc$//')
chosen() {
  local target
  for target in ${*:-$all_targets}; do
    grep -qxF "$target" <<< "$all_targets" || { echo "fuzz: no target $target" >&2; exit 2; }
    echo "$target"
  done
}

max_len() { awk -F '|' -v target="$1" '$1 == target { print $2 }' tests/fuzz/targets; }

# Where a target begins: its seeds, written anew.
write_seeds() {
  rm -rf "$build/seeds"
  "$build/tests/fuzz/fuzz_corpus" --seeds "$build/seeds"
}

# The inputs of a target, without those that no run has left.
begin() {
  local directory
  for directory in "$out/work/$1" "$build/seeds/$1" "$corpora/$1"; do
    if [ -d "$directory" ]; then echo "$directory"; fi
  done
}

run_one() {  # target, seconds
  local inputs
  mkdir -p "$out/work/$1"
  mapfile -t inputs < <(begin "$1")
  nice -n 19 "$out/programs/fuzz_$1" -max_total_time="$2" -max_len="$(max_len "$1")" \
    "${limits[@]}" -print_final_stats=1 -artifact_prefix="$out/findings/$1-" "${inputs[@]}" \
    > "$out/logs/$1.log" 2>&1 || echo "stopped with status $?" >> "$out/logs/$1.log"
  summarize "$1" >> "$out/summary.tsv"
}

# number <log> <pattern>: the last number that follows the pattern; 0 if there is none.
number() { grep -oE "$2[0-9]+" "$1" | tail -n 1 | grep -oE '[0-9]+$' || echo 0; }

# Out of the log of a run: target, seconds, executions, edges at the beginning and at the end, findings.
summarize() {
  local log="$out/logs/$1.log" found=0
  if grep -qE '^stopped with status|^SUMMARY: |ERROR: libFuzzer' "$log"; then found=1; fi
  printf '%s\t%d\t%d\t%d\t%d\t%d\n' "$1" "$(number "$log" 'runs in ')" \
    "$(number "$log" 'number_of_executed_units: *')" "$(number "$log" 'INITED cov: ')" \
    "$(number "$log" ' cov: ')" "$found"
}

# Prints the last run of a target; adds to the totals.
report() {
  local log="$out/logs/$1.log" seconds executions first last found
  read -r seconds executions first last found < <(summarize "$1" | cut -f 2-)
  printf '%-26s %6d s %11d executions  %6d edges, %4d of them new  %d findings\n' \
    "$1" "$seconds" "$executions" "$last" $((last - first)) "$found"
  if [ "$found" -eq 1 ]; then
    grep -E -A 12 'broken promise|ERROR: |runtime error' "$log" | head -n 20
    grep -oE 'Test unit written to .*' "$log" || true
  fi
  all_executions=$((all_executions + executions))
  all_findings=$((all_findings + found))
}

fuzz() {
  local seconds=$1 target targets all_executions=0 all_findings=0
  shift
  mapfile -t targets < <(chosen "$@")
  compile fuzz_corpus "${targets[@]/#/fuzz_}"
  write_seeds
  # Copies, so that whoever builds meanwhile does not disturb.
  mkdir -p "$out/findings" "$out/logs" "$out/programs"
  cp "${targets[@]/#/$build/tests/fuzz/fuzz_}" "$out/programs"
  trap 'kill $(jobs -p) 2> /dev/null || true' EXIT
  for target in "${targets[@]}"; do
    while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n || true; done
    run_one "$target" "$seconds" &
  done
  wait
  trap - EXIT
  for target in "${targets[@]}"; do report "$target"; done
  echo "fuzz: ${#targets[@]} targets, $all_executions executions, $all_findings findings"
  [ "$all_findings" -eq 0 ]
}

# Of lines, files_at_most that lie as far apart as can be.
spread() {
  awk -v most="$files_at_most" '{ line[NR] = $0 } END {
    if (most > NR) most = NR
    for (i = 0; i < most; ++i) print line[int((i + 0.5) * NR / most) + 1]
  }'
}

# Of all inputs of a target, few that reach as much; those that have a name stay.
minimize_one() {
  local target=$1 fresh="$build/minimized/$1" inputs
  rm -rf "$fresh"
  mkdir -p "$fresh" "$corpora/$target"
  mapfile -t inputs < <(begin "$target")
  "$build/tests/fuzz/fuzz_$target" -set_cover_merge=1 -max_len="$bytes_at_most" "${limits[@]}" \
    "$fresh" "${inputs[@]}" > "$build/logs/$target.merge.log" 2>&1
  find "$corpora/$target" -type f -regextype posix-extended -regex '.*/[0-9a-f]{40}' -delete
  # Of too many, some of each size.
  find "$fresh" -type f -printf '%s %p\n' | sort -n | cut -d ' ' -f 2- | spread |
    xargs -r cp -t "$corpora/$target"
  printf '%-26s %5d inputs reach it all, %4d files of %7d bytes are kept\n' "$target" \
    "$(find "$fresh" -type f | wc -l)" "$(find "$corpora/$target" -type f | wc -l)" \
    "$(cat "$corpora/$target"/* | wc -c)"
}

minimize() {
  local target targets
  mapfile -t targets < <(chosen "$@")
  compile fuzz_corpus "${targets[@]/#/fuzz_}"
  write_seeds
  mkdir -p "$build/logs"
  for target in "${targets[@]}"; do minimize_one "$target"; done
}

# Runs of the same target are added up.
table() {
  echo '| target | crypto | what the bytes are | seconds | executions | edges | findings |'
  echo '| --- | --- | --- | ---: | ---: | ---: | ---: |'
  awk -F '\t' '
    FNR == NR { split($0, part, "|"); crypto[part[1]] = part[3]; what[part[1]] = part[4]; next }
    { seconds[$1] += $2; executions[$1] += $3; findings[$1] += $6 }
    $5 > edges[$1] { edges[$1] = $5 }
    END {
      for (target in seconds) {
        printf "| `%s` | %s | %s | %d | %d | %d | %d |\n", target, crypto[target], what[target],
               seconds[target], executions[target], edges[target], findings[target]
      }
    }' tests/fuzz/targets "${1:-tests/fuzz/long_run.tsv}" | sort
}

# plant <kind> <target> <what the finding is called>
plant() {
  local kind=$1 target=$2 expected=$3 log="$build/logs/planted_$1.log" start inputs
  rm -rf "$build/planted/$kind"
  mkdir -p "$build/planted/$kind"
  mapfile -t inputs < <(begin "$target" | grep -v "^$out/work/")
  start=$(date +%s.%N)
  "$build/tests/fuzz/fuzz_planted_$kind" -max_total_time=300 -max_len="$(max_len "$target")" \
    "${limits[@]}" -artifact_prefix="$build/planted/$kind/" "$build/planted/$kind" "${inputs[@]}" \
    > "$log" 2>&1 || true
  if grep -qF "$expected" "$log"; then
    found=$((found + 1))
    printf 'found   %-10s by %-26s in %6.1f s: %s\n' "$kind" "$target" \
      "$(awk -v start="$start" -v end="$(date +%s.%N)" 'BEGIN { print end - start }')" "$expected"
  else
    missed=$((missed + 1))
    echo "MISSED  $kind"
    tail -n 5 "$log"
  fi
}

planted() {
  local found=0 missed=0
  compile fuzz_corpus fuzz_planted
  write_seeds
  mkdir -p "$build/logs"
  plant overflow mls_message 'AddressSanitizer: heap-buffer-overflow'
  plant leak receive_private_unchecked 'LeakSanitizer: detected memory leaks'
  plant hang ratchet_tree 'libFuzzer: timeout'
  plant short_tag receive_public 'broken promise: no forged message is accepted'
  echo "planted: $found found, $missed missed"
  [ "$missed" -eq 0 ]
}

if [ "${1:-}" = -j ]; then
  jobs=$2
  shift 2
fi
case "${1:-}" in
  '' | *[!0-9a-z]*) sed -n '2,14p' "$0"; exit 2 ;;
  table) shift; table "$@"; exit ;;
  *) tools/install_deps.sh ci ;;
esac
case "$1" in
  minimize) shift; minimize "$@" ;;
  planted) planted ;;
  *[!0-9]*) sed -n '2,14p' "$0"; exit 2 ;;
  *) fuzz "$@" ;;
esac

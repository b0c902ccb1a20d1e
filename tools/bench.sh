#!/usr/bin/env bash
# Installs what is missing, builds conclave_bench, runs it and renders what it measured
# (docs/performance.md says what that is). The last line is the worst ratio to the floor.
#   bench.sh          suite 1 at every size, suites 2, 3, 5 and 7 to 1,000 members in full trees (what
#                     has to do with a thousand of something, at that size alone)
#   bench.sh all      everything, for longer, and the peers if there is a cargo to build them with
#   bench.sh quick    suite 1, full trees of 2, 100 and 1,000 members
#   bench.sh peers    the peers, and what they can do too, side by side
#   bench.sh check    whether the benchmark measures what it says
#   bench.sh <word>   what has the word in its name, such as empty_commit or suite:2
#   bench.sh report   renders again what was measured last by the default run or by all
# The default run and all write docs/benchmarks/ and README's table, with the peers' figures of the last run of peers
# or all; the others write build/bench/<word>/.
set -euo pipefail
cd "$(dirname "$0")/.."
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

# What the peers measure: the same operations of the same groups.
peers_have='^(key_package|create_group|bulk_add|join_tree_inside|add_one|remove_one|empty_commit|'
peers_have+='external_join|process_(add_one|remove_one|empty_commit|external_join)_far|'
peers_have+='(un)?protect_1KiB)/suite:1/state:(full|blank)/n:(2|10*)(/|$)'

work=build/bench
mkdir -p "$work"

# logged <log> <command>...: runs a command, whose output is shown only if it fails.
logged() {
  local log=$1
  shift
  if ! "$@" > "$log" 2>&1; then
    tail -n 30 "$log" >&2
    return 1
  fi
}

# A build of its own: that of the tests is optimised less.
build() {
  echo "bench: building ($work/build.log)" >&2
  logged "$work/configure.log" cmake --preset release -B "$work/release" \
    -DCONCLAVE_BUILD_TESTS=OFF -DCONCLAVE_BUILD_EXAMPLES=OFF -DCONCLAVE_BUILD_TOOLS=OFF
  logged "$work/build.log" cmake --build "$work/release" --target conclave_bench
}

# measure <name> <regex> <seconds for each benchmark>: writes build/bench/<name>.json.
measure() {
  local name=$1 filter=$2 budget=$3 start=$SECONDS load
  read -r load _ < /proc/loadavg
  if [ "${load%.*}" -ge "$(nproc)" ]; then
    echo "bench: the machine is busy (load $load): do not trust what comes out" >&2
  fi
  python3 tools/bench_environment.py "$work/release" > "$work/$name.environment.json"
  echo "bench: measuring ($work/$name.log)" >&2
  logged "$work/$name.log" "$work/release/bench/conclave_bench" --budget="$budget" \
    --benchmark_filter="$filter" --benchmark_out="$work/$name.json" --benchmark_out_format=json
  echo "bench: measured for $((SECONDS - start)) s" >&2
}

# The driver is a program of its own in Rust.
measure_peers() {
  local start=$SECONDS
  bench/peers/run.sh "$work/peers.jsonl" 2> "$work/peers.log" ||
    { tail -n 30 "$work/peers.log" >&2; return 1; }
  echo "bench: measured the peers for $((SECONDS - start)) s" >&2
}

# report <name> <directory> [<options of bench_report.py>...]
report() {
  local name=$1 out=$2
  shift 2
  if [ -f "$work/peers.jsonl" ]; then set -- "$@" --peers "$work/peers.jsonl"; fi
  python3 tools/bench_report.py "$work/$name.json" --out "$out" \
    --environment "$work/$name.environment.json" "$@"
}

# What README says is what was published.
publish() {
  python3 tools/bench_headline.py "$work/published.json"
  report published docs/benchmarks
}

what=${1:-default}
if [[ ! $what =~ ^[A-Za-z0-9_:]+$ ]]; then
  sed -n '2,13p' "$0" >&2
  exit 2
fi
if [ "$what" = report ]; then
  publish
  exit
fi
tools/install_deps.sh bench
build
case "$what" in
  default)
    others='suite:[2357]/(state:full/n:1000|.*n:1)(/|$)'
    others+='|^[a-z_]+(_[0-9]+(B|KiB|MiB))?/suite:[2357]/state:full/n:(2|10|100)(/|$)'
    measure published "suite:1/|$others" "${CONCLAVE_BENCH_BUDGET:-0.2}"
    publish
    ;;
  all)
    measure_peers || echo "bench: without the peers" >&2
    measure published '.' "${CONCLAVE_BENCH_BUDGET:-1}"
    publish
    ;;
  quick)
    measure quick 'suite:1/.*n:1(/|$)|suite:1/state:full/n:(2|100|1000)(/|$)' \
      "${CONCLAVE_BENCH_BUDGET:-0.2}"
    report quick "$work/quick"
    ;;
  peers)
    measure_peers
    measure peers "$peers_have" "${CONCLAVE_BENCH_BUDGET:-0.5}"
    report peers "$work/peers" --side-by-side
    ;;
  check) "$work/release/bench/conclave_bench" --check ;;
  *)
    measure "$what" "$what" "${CONCLAVE_BENCH_BUDGET:-0.5}"
    report "$what" "$work/$what"
    ;;
esac

#!/usr/bin/env bash
# Puts Conclave into one group with others, and with itself.
#   interop.sh self     the working group's interop harness, among two and three clients of ours:
#                       every configuration, on every suite, in both framings
#   interop.sh quick    the same in a few minutes: one division of the actors, no deep_random
#   interop.sh peers [<peer>...]
#                       conversations with other implementations: OpenMLS, mls-rs, ts-mls
#   interop.sh conversations
#                       the same with ts-mls alone, on three suites: what tools/test.sh runs
#   interop.sh report   renders docs/interop.md from what the last self and peers found
# Each ends with "interop: N passed, M failed". What cannot be had here, the harness or a peer, is
# skipped with a line that says so; 77 is the exit status if that leaves nothing. With
# CONCLAVE_INTEROP_HARNESS, the directory of a git clone of the harness, it is taken from there.
set -euo pipefail
cd "$(dirname "$0")/.."
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

# The harness, and the generators of its Go code, as Go modules: the go command checks what it gets
# against the checksum database. The generators are of the age of its go.mod.
harness_module=github.com/mlswg/mls-implementations
harness_version=v0.0.0-20260422224914-cfd450286d1b
harness_commit=${harness_version##*-}
protoc_gen_go=google.golang.org/protobuf/cmd/protoc-gen-go@v1.33.0
protoc_gen_go_grpc=google.golang.org/grpc/cmd/protoc-gen-go-grpc@v1.3.0

work=$PWD/build/interop
driver=tests/interop/driver
mkdir -p "$work/results"

# logged <log> <command>...: runs a command, whose output is shown only if it fails.
logged() {
  local log=$work/$1
  shift
  if ! "$@" > "$log" 2>&1; then
    tail -n 30 "$log" >&2
    return 1
  fi
}

# without <what> <reason>: nothing is left to do.
without() {
  echo "interop: $1 is skipped: $2"
  exit 77
}

# build <target> [-D...]: in a build of its own, of whose objects the compiler cache has most.
build() {
  tools/install_deps.sh build
  echo "interop: building $1 ($work/build.log)" >&2
  logged configure.log cmake --preset release -B build/interop-release -DCONCLAVE_BUILD_TESTS=ON \
    -DCONCLAVE_BUILD_BENCH=OFF -DCONCLAVE_BUILD_EXAMPLES=OFF -DCONCLAVE_BUILD_TOOLS=OFF \
    -DCMAKE_CXX_FLAGS_RELEASE="-O1 -DNDEBUG" "${@:2}"
  logged build.log cmake --build build/interop-release --target "$1"
}

# The harness's files, of one commit, in $harness_dir.
get_harness_files() {
  local source
  rm -rf "$harness_dir"
  mkdir -p "$harness_dir"
  if [ -n "${CONCLAVE_INTEROP_HARNESS:-}" ]; then
    git -C "$CONCLAVE_INTEROP_HARNESS" archive "$harness_commit" | tar -x -C "$harness_dir"
    return
  fi
  local module=$harness_module@$harness_version
  if ! go mod download -json "$module" > "$work/harness.json" 2>&1 &&
      ! GOPROXY=direct go mod download -json "$module" > "$work/harness.json" 2>&1; then
    without "the harness" "neither the Go module proxy nor its repository gives $module"
  fi
  source=$(python3 -c 'import json, sys; print(json.load(sys.stdin)["Dir"])' < "$work/harness.json")
  cp -r "$source/." "$harness_dir"
  chmod -R u+w "$harness_dir"
}

# Gets and builds the harness's runner: $harness_dir and $runner.
get_harness() {
  export GOTOOLCHAIN=local GOBIN=$work/bin
  command -v go > /dev/null || tools/install_deps.sh interop
  harness_dir=$work/harness
  runner=$work/bin/test-runner
  get_harness_files
  tools/install_deps.sh interop
  logged protoc_gen_go.log go install "$protoc_gen_go"
  logged protoc_gen_go_grpc.log go install "$protoc_gen_go_grpc"
  PATH=$GOBIN:$PATH logged protoc.log protoc --proto_path="$harness_dir/interop/proto" \
    --go_out="$harness_dir/interop/proto" --go_opt=paths=source_relative \
    --go-grpc_out="$harness_dir/interop/proto" --go-grpc_opt=paths=source_relative mls_client.proto
  (cd "$harness_dir" && logged runner.log go build -mod=mod -o "$runner" ./interop/test-runner)
}

# harness <job> <suites> [<options of the driver>...]
harness() {
  local job=$1 suites=$2
  shift 2
  get_harness
  build grpc_client -DCONCLAVE_BUILD_INTEROP=ON \
    -DCONCLAVE_INTEROP_PROTO="$harness_dir/interop/proto/mls_client.proto"
  python3 "$driver/harness.py" "$job" "$work/results" "$runner" "$harness_dir/interop/configs" \
    build/interop-release/tests/grpc_client "$suites" "$@"
}

# -- Peers. Each of these puts a peer's name and command into $peers, or says why there is none.

peers=()

skip() {  # <peer> <reason>
  echo "interop: $1 is skipped: $2"
}

add_ts_mls() {
  local here=$work/ts-mls version
  version=$(node -p 'process.versions.node.split(".")[0]' 2> /dev/null || echo 0)
  if [ "$version" -lt 20 ] || ! command -v npm > /dev/null; then
    skip ts-mls "it needs Node.js 20 and npm"
    return
  fi
  rm -rf "$here"
  cp -r tests/interop/peers/node "$here"
  if ! (cd "$here" && npm ci --ignore-scripts --no-audit --no-fund) > "$work/ts-mls.log" 2>&1; then
    skip ts-mls "npm cannot get it ($work/ts-mls.log)"
    return
  fi
  peers+=("ts-mls=node $here/peer.js")
}

# Both Rust peers are one program.
add_rust() {  # <peer>...
  local manifest=tests/interop/peers/rust/Cargo.toml log=$work/rust.log peer
  if ! command -v cargo > /dev/null; then
    for peer in "$@"; do skip "$peer" "there is no cargo here"; done
    return
  fi
  if ! cargo fetch --locked --manifest-path "$manifest" > "$log" 2>&1; then
    for peer in "$@"; do
      skip "$peer" "cargo cannot get it: no network, or older than Rust 1.91 ($log)"
    done
    return
  fi
  echo "interop: building the Rust peers ($log)" >&2
  logged rust.log cargo build --release --locked --manifest-path "$manifest" \
    --target-dir "$work/cargo"
  for peer in "$@"; do
    peers+=("$peer=$work/cargo/release/conclave-interop-peers $peer")
  done
}

# converse <job> <suites>: with all that is in $peers.
converse() {
  local json_peer=build/release/tests/json_peer
  if [ ${#peers[@]} -eq 0 ]; then
    echo "interop: 0 passed, 0 failed"
    exit 77
  fi
  if [ ! -x "$json_peer" ]; then
    build json_peer
    json_peer=build/interop-release/tests/json_peer
  fi
  python3 "$driver/conversations.py" "$1" "$work/results" "$json_peer" "$2" "${peers[@]}"
}

all_suites="1 2 3 4 5 6 7"
case "${1:-}" in
  report) python3 "$driver/report.py" "$work/results" docs/interop.md ;;
  self) harness self "$all_suites" --deep "1 2" ;;
  quick) harness quick "$all_suites" --random ;;
  conversations)
    tools/install_deps.sh peers
    add_ts_mls
    converse conversations "1 2 4"
    ;;
  peers)
    tools/install_deps.sh peers
    shift
    if [ $# -eq 0 ]; then set -- OpenMLS mls-rs ts-mls; fi
    rust=()
    for peer in "$@"; do
      case "$peer" in
        OpenMLS | mls-rs) rust+=("$peer") ;;
        ts-mls) add_ts_mls ;;
        *) echo "interop: there is no peer $peer" >&2; exit 2 ;;
      esac
    done
    if [ ${#rust[@]} -gt 0 ]; then add_rust "${rust[@]}"; fi
    converse peers "$all_suites"
    ;;
  *)
    sed -n '2,13p' "$0"
    exit 2
    ;;
esac

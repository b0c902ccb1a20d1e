#!/usr/bin/env bash
# Builds the peers' driver (rust/) and writes what it measures to a file, one JSON object a line.
#   run.sh <file> [<options of the driver>...]
# Ends with code 77 and a line that says why where there is no Rust to build it with.
set -euo pipefail

if [ $# -eq 0 ]; then
  sed -n '2,4p' "$0" >&2
  exit 2
fi
out=$(realpath -m "$1")
shift
cd "$(dirname "$0")/../.."

work=build/bench
manifest=bench/peers/rust/Cargo.toml
log=$work/peers-build.log
mkdir -p "$work"

without() {  # <reason>
  echo "peers: not measured, $1" >&2
  exit 77
}

command -v cargo > /dev/null || without "there is no cargo here"
cargo fetch --locked --manifest-path "$manifest" > "$log" 2>&1 ||
  without "cargo cannot get the crates: no network, or older than Rust 1.91 ($log)"

echo "peers: building ($log)" >&2
if ! cargo build --release --locked --manifest-path "$manifest" --target-dir "$work/cargo" \
    >> "$log" 2>&1; then
  tail -n 30 "$log" >&2
  exit 1
fi
"$work/cargo/release/conclave-peers" "$@" > "$out.new"
mv "$out.new" "$out"

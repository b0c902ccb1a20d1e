#!/usr/bin/env bash
# Shows a group that forms, talks, changes and heals: installs what is missing, builds, and runs
# examples/chat_loop.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/install_deps.sh build
mkdir -p build
echo "demo: building (build/demo.log)" >&2
if ! { cmake --preset release && cmake --build --preset release --target chat_loop; } \
    > build/demo.log 2>&1; then
  tail -n 30 build/demo.log >&2
  exit 1
fi
exec build/release/examples/chat_loop

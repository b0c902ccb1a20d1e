#!/usr/bin/env bash
# Shows a group that forms, talks, changes and heals, and then one whose members are killed and go on:
# installs what is missing, builds, and runs examples/chat_loop and the story of examples/offline_chat.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/install_deps.sh build
mkdir -p build
echo "demo: building (build/demo.log)" >&2
if ! { cmake --preset release && cmake --build --preset release --target chat_loop offline_chat \
    offline_chat_killer; } > build/demo.log 2>&1; then
  tail -n 30 build/demo.log >&2
  exit 1
fi
examples=build/release/examples
"$examples/chat_loop"

echo
echo "And now with everything in files: three people talk, each in a process of their own. Whoever acts is"
echo "killed (kill -9) at one moment after the other, starts again, and all go on from what is in the files."
python3 examples/offline_chat/story.py --short --every 3 "$examples/offline_chat" \
  "$examples/liboffline_chat_killer.so"

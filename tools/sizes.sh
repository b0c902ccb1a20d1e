#!/usr/bin/env bash
# Measures how large Conclave is in a program: the stripped shared libraries, what the static ones add to
# a minimal program, and the heap of one session of two members.
#   sizes.sh           prints the table
#   sizes.sh --write   and puts it into docs/embedding.md, between its markers
# With BoringSSL from source ($CONCLAVE_BORINGSSL_SOURCE, or build/boringssl) it counts it too; without, it
# says so and leaves docs/embedding.md alone.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
work="$root/build/sizes"
mkdir -p "$work"
jobs=${CONCLAVE_JOBS:-$(nproc)}
source=${CONCLAVE_BORINGSSL_SOURCE:-$root/build/boringssl}
from_source=()
if [ -f "$source/gen/sources.cmake" ]; then from_source=(-DCONCLAVE_BORINGSSL="$source"); fi

# build <name> <flags> <cmake arguments>...: installs a build into $work/<name>-prefix.
build() {
  local name=$1 flags=$2
  shift 2
  cmake -S . -B "$work/$name" -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS="$flags" \
    -DCMAKE_CXX_FLAGS="$flags" -DCONCLAVE_BUILD_TESTS=OFF -DCONCLAVE_BUILD_EXAMPLES=OFF \
    -DCONCLAVE_BUILD_BENCH=OFF -DCONCLAVE_BUILD_TOOLS=OFF "${from_source[@]}" "$@" \
    > "$work/$name.log" 2>&1 &&
    cmake --build "$work/$name" -j"$jobs" >> "$work/$name.log" 2>&1 &&
    rm -rf "$work/$name-prefix" &&
    cmake --install "$work/$name" --prefix "$work/$name-prefix" >> "$work/$name.log" ||
    { tail -n 40 "$work/$name.log"; exit 1; }
}
kib() { awk -v bytes="$1" 'BEGIN { printf "%.0f KiB", bytes / 1024 }'; }
stripped() {  # the size of a file without what strip takes away
  strip -o "$work/stripped" "$1"
  stat -c %s "$work/stripped"
}

# A program that does nothing, and the README's example, linked by the flags of a package.
link_with() {  # link_with <prefix> <source> <output> <package>
  local flags
  read -ra flags < <(PKG_CONFIG_PATH=$(find "$1" -name pkgconfig -type d) pkg-config --cflags --libs "$4")
  c++ -std=c++20 -Os -ffunction-sections -fdata-sections -Wl,--gc-sections "$2" -o "$3" "${flags[@]}" \
    -Wl,-rpath,"$(dirname "$(find "$1" -name pkgconfig -type d)")"
}

rows=()
row() { rows+=("| $1 | $2 | $3 |"); }
both() { row "$1" "$(kib "$2")" "$(kib "$3")"; }
declare -A size

for kind in fast small; do
  flags="-O2 -DNDEBUG -ffunction-sections -fdata-sections"
  if [ $kind = small ]; then flags="-Os -DNDEBUG -ffunction-sections -fdata-sections"; fi
  build "shared-$kind" "$flags" -DBUILD_SHARED_LIBS=ON
  build "static-$kind" "$flags"
  for library in conclave conclave_boringssl conclave_sqlite; do
    size[$library-$kind]=$(stripped "$(readlink -f "$work/shared-$kind-prefix"/lib*/lib$library.so \
      2> /dev/null || find "$work/shared-$kind-prefix" -name "lib$library.so.*.*" -type f)")
  done
  python3 tests/embedding/pages.py README.md "$work/example.cc"
  printf '#include <string>\nint main(int n, char**) { return std::string(size_t(n), 32).empty(); }\n' \
    > "$work/nothing.cc"
  c++ -std=c++20 -Os "$work/nothing.cc" -o "$work/nothing"
  link_with "$work/static-$kind-prefix" "$work/example.cc" "$work/example-$kind" conclave-boringssl
  "$work/example-$kind"
  size[program-$kind]=$(($(stripped "$work/example-$kind") - $(stripped "$work/nothing")))
  if [ -n "$(find "$work/static-$kind-prefix" -name libconclave-static.a)" ]; then
    link_with "$work/static-$kind-prefix" "$work/example.cc" "$work/example-one-$kind" conclave-static
    "$work/example-one-$kind"
    size[one-$kind]=$(($(stripped "$work/example-one-$kind") - $(stripped "$work/nothing")))
  fi
done
link_with "$work/static-fast-prefix" tests/embedding/session_memory.cc "$work/session_memory" \
  conclave-boringssl
read -r opened joined < <("$work/session_memory")

both '`libconclave.so`, stripped' "${size[conclave-fast]}" "${size[conclave-small]}"
what='`libconclave_boringssl.so`, with all of BoringSSL inside'
if [ ${#from_source[@]} -eq 0 ]; then what='`libconclave_boringssl.so`, over a libcrypto of the system'; fi
both "$what" "${size[conclave_boringssl-fast]}" "${size[conclave_boringssl-small]}"
both '`libconclave_sqlite.so`, over a libsqlite3 of the system' "${size[conclave_sqlite-fast]}" \
  "${size[conclave_sqlite-small]}"
both 'what the static libraries add to a minimal program (README.md'"'"'s example)' \
  "${size[program-fast]}" "${size[program-small]}"
if [ -n "${size[one-fast]:-}" ]; then
  both 'the same by `libconclave-static.a`, with libsodium and libdecaf inside' "${size[one-fast]}" \
    "${size[one-small]}"
fi
row 'heap of a session of two members, opened from its storage' "$opened bytes" ""
row 'heap of a session of two members, joined by a Welcome, after 20 messages' "$joined bytes" ""

{
  echo "On $(uname -m), $(c++ --version | head -n 1 | sed 's/ .*) / /')."
  echo
  echo '| | `-O2` | `-Os` |'
  echo '| --- | ---: | ---: |'
  printf '%s\n' "${rows[@]}"
} > "$work/table.md"
cat "$work/table.md"

if [ "${1:-}" = --write ]; then
  [ ${#from_source[@]} -gt 0 ] || { echo "sizes: BoringSSL's source is not here: nothing is written"; exit 1; }
  python3 - "$work/table.md" docs/embedding.md << 'PYTHON'
import sys
from pathlib import Path

BEGIN, END = "<!-- sizes: tools/sizes.sh --write -->", "<!-- sizes end -->"
table, page = Path(sys.argv[1]).read_text(), Path(sys.argv[2])
before, begin, rest = page.read_text().partition(BEGIN)
_, end, after = rest.partition(END)
if not begin or not end:
    sys.exit(f"{page}: no place for the sizes")
page.write_text(f"{before}{BEGIN}\n{table}{END}{after}")
PYTHON
fi

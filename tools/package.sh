#!/usr/bin/env bash
# Builds the packages of this tree and tries each as whoever gets it would: with a small program outside.
#   package.sh            all that this machine can
#   package.sh <name>...  of these: install static debian fresh vcpkg conan no-decaf i386 wasm
#
#   install    cmake --install of a static and a shared build: components, SONAME, page alignment, symbols
#   static     libconclave-static.a and OpenSSL 3 in one process
#   debian     cpack -G DEB; the packages are unpacked, and a program is built and run with them
#   fresh      the same packages installed by apt in a Debian that has nothing else (debootstrap, root)
#   vcpkg      packaging/vcpkg, with vcpkg if it is here, else with stand-ins for vcpkg's functions
#   conan      packaging/conan and its test_package, with Conan from PyPI
#   no-decaf   a provider without libdecaf
#   i386       in a 32-bit Debian (debootstrap, root): built, and its tests run
#   wasm       the library without provider, by Debian's Emscripten
#
# CONCLAVE_RELEASE_FLAGS are what is compiled with, and CONCLAVE_JOBS how much at a time.
# BoringSSL's source is taken from $CONCLAVE_BORINGSSL_SOURCE, or build/boringssl, or cloned from upstream.
# What cannot be tried says why. Ends with "package: N passed, M failed".
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
work="$root/build/package"
mkdir -p "$work"
library_only=(-DCONCLAVE_BUILD_TESTS=OFF -DCONCLAVE_BUILD_EXAMPLES=OFF -DCONCLAVE_BUILD_BENCH=OFF
              -DCONCLAVE_BUILD_TOOLS=OFF)
jobs=${CONCLAVE_JOBS:-$(nproc)}
flags=${CONCLAVE_RELEASE_FLAGS:--O2 -DNDEBUG}

fail() {
  echo "$*"
  exit 1
}
skip() {  # the part cannot be tried here
  echo "skipped: $*"
  exit 77
}
# built <directory> <cmake arguments>...: configures and builds, and shows what went wrong.
built() {
  local directory="$work/$1"
  shift
  cmake -S "$root" -B "$directory" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCONCLAVE_WARNINGS_AS_ERRORS=ON \
    -DCMAKE_C_FLAGS_RELEASE="$flags" -DCMAKE_CXX_FLAGS_RELEASE="$flags" "${library_only[@]}" "$@" \
    > "$directory.log" 2>&1 &&
    cmake --build "$directory" -j"$jobs" >> "$directory.log" 2>&1 && return
  grep -E -A 12 'error|FAILED|Error' "$directory.log" | head -n 60
  return 1
}

boringssl_commit=$(sed -n 's/^set(CONCLAVE_BORINGSSL_COMMIT \(.*\))$/\1/p' cmake/BoringSSL.cmake)
boringssl_source() {  # prints where the source is, or nothing
  local source=${CONCLAVE_BORINGSSL_SOURCE:-$root/build/boringssl}
  if [ ! -f "$source/gen/sources.cmake" ] && [ -z "${CONCLAVE_BORINGSSL_SOURCE:-}" ]; then
    rm -rf "$source"
    git init -q "$source"
    timeout 120 git -C "$source" fetch -q --depth 1 \
      https://boringssl.googlesource.com/boringssl "$boringssl_commit" 2> /dev/null &&
      git -C "$source" checkout -q FETCH_HEAD || rm -rf "$source"
  fi
  if [ -f "$source/gen/sources.cmake" ]; then echo "$source"; fi
}
boringssl=$(boringssl_source)
# Where there is no source the system's is taken, for what does without hiding it.
from_source=()
if [ -n "$boringssl" ]; then from_source=(-DCONCLAVE_BORINGSSL="$boringssl"); fi
need_boringssl() {
  [ -n "$boringssl" ] || skip "BoringSSL's source is not here and cannot be cloned"
}

# consumed <name> <cmake arguments>...: tests/embedding/consumer, configured, built and run.
consumed() {
  local directory="$work/consumer-$1"
  shift
  rm -rf "$directory"
  python3 tests/embedding/pages.py README.md "$work/example.cc"
  cmake -S tests/embedding/consumer -B "$directory" -G Ninja -DWAY=find_package \
    -DEXAMPLE="$work/example.cc" -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF "$@" > "$directory.log" 2>&1 &&
    cmake --build "$directory" >> "$directory.log" 2>&1 || { tail -n 40 "$directory.log"; return 1; }
  (cd "$directory" && ./example && ./open_storage)
}

# Every exported symbol of a shared library is of our interface; its SONAME and its alignment are right.
check_shared() {
  local library=$1 alignment exports soname name
  soname=$(objdump -p "$library" | awk '$1 == "SONAME" { print $2 }')
  name=$(basename "$library")
  [ "$soname" = "${name%%.so*}.so.$(sed -n 's/^set(CONCLAVE_ABI_VERSION \(.*\))$/\1/p' CMakeLists.txt)" ] ||
    fail "$name has the SONAME $soname"
  for alignment in $(readelf -lW "$library" | awk '$1 == "LOAD" { print $NF }'); do
    [ $((alignment)) -ge 16384 ] || fail "$name is aligned to $alignment"
  done
  exports=$(nm -D --defined-only "$library" | awk '{ print $3 }' |
    grep -vE '^(conclave_|_ZNK?8conclave|_ZT[ISVhv].*8conclave)' || true)
  [ -z "$exports" ] || fail "$name shows $exports"
  if nm -D --defined-only "$library" | grep -E 'conclave_bssl|sodium|decaf'; then
    fail "$name shows its crypto"
  fi
}

try_install() {
  built static "${from_source[@]}"
  built shared "${from_source[@]}" -DBUILD_SHARED_LIBS=ON
  rm -rf "$work/prefix" "$work/parts"
  for build in static shared; do
    cmake --install "$work/$build" --prefix "$work/prefix" > "$work/install.log"
  done
  for linkage in static shared; do
    consumed "$linkage" -DCMAKE_PREFIX_PATH="$work/prefix" -DLINKAGE=$linkage
  done
  for library in "$work"/prefix/lib*/libconclave*.so.*.*; do
    [ -L "$library" ] || check_shared "$library"
  done
  for component in runtime development; do
    cmake --install "$work/shared" --prefix "$work/parts/$component" --component $component \
      >> "$work/install.log"
  done
  [ -z "$(find "$work/parts/runtime" -name '*.h' -o -name '*.cmake' -o -name '*.pc' -o -name '*.so')" ] ||
    fail "the component runtime has what developers need"
  [ -n "$(find "$work/parts/runtime" -name 'libconclave.so.*')" ] || fail "no library in runtime"
  [ -n "$(find "$work/parts/development" -name conclave.h)" ] || fail "no header in development"
  rm -rf "$work/moved"
  mv "$work/prefix" "$work/moved"
  consumed moved -DCMAKE_PREFIX_PATH="$work/moved" -DLINKAGE=shared
  tests/embedding/run installed "$work/static"
  tests/embedding/run installed "$work/shared"
}

try_static() {
  need_boringssl
  built static "${from_source[@]}"
  local archive="$work/static/libconclave-static.a" shown
  [ -f "$archive" ] || fail "libconclave-static.a was not built: $(grep 'libconclave-static' "$work/static.log")"
  # Unique ones are constants of the standard library, which are the same wherever they stand.
  shown=$(nm -gC --defined-only "$archive" 2> /dev/null |
    grep -vE '^($|conclave.*:$)| u std::| conclave_| (vtable for |typeinfo for |typeinfo name for )?conclave::' || true)
  [ -z "$shown" ] || fail "libconclave-static.a shows $(head -n 5 <<< "$shown")"
  rm -rf "$work/static-prefix"
  cmake --install "$work/static" --prefix "$work/static-prefix" > "$work/install.log"
  cmake -S tests/embedding/openssl_beside -B "$work/openssl_beside" -G Ninja \
    -DCMAKE_PREFIX_PATH="$work/static-prefix" > "$work/openssl_beside.log" 2>&1 &&
    cmake --build "$work/openssl_beside" >> "$work/openssl_beside.log" 2>&1 ||
    { tail -n 40 "$work/openssl_beside.log"; return 1; }
  ctest --test-dir "$work/openssl_beside" --no-tests=error --output-on-failure
}

make_debian() {
  command -v dpkg-shlibdeps > /dev/null || tools/install_deps.sh package || skip "no dpkg-dev"
  library_only=("${library_only[@]/-DCONCLAVE_BUILD_TOOLS=OFF/-DCONCLAVE_BUILD_TOOLS=ON}")
  built debian "${from_source[@]}" -DBUILD_SHARED_LIBS=ON -DCMAKE_INSTALL_PREFIX=/usr \
    -DCMAKE_INSTALL_LIBDIR="lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)"
  rm -rf "$work/debian/packages"
  (cd "$work/debian" && cpack -G DEB -B packages > packages.log 2>&1) ||
    { tail -n 20 "$work/debian/packages.log"; return 1; }
}

try_debian() {
  make_debian
  rm -rf "$work/unpacked"
  for package in "$work"/debian/packages/*.deb; do
    dpkg-deb -x "$package" "$work/unpacked"
    dpkg-deb -f "$package" Package Version Depends
  done
  dpkg-deb -f "$work"/debian/packages/libconclave[0-9]*.deb Depends | grep -q 'libc6' ||
    fail "the library's package says nothing of what it needs"
  local libraries
  libraries=$(dirname "$(find "$work/unpacked" -name 'libconclave.so')")
  for library in "$libraries"/libconclave*.so.*.*; do
    [ -L "$library" ] || check_shared "$library"
  done
  consumed debian -DCMAKE_PREFIX_PATH="$work/unpacked/usr"
  if [ -x "$work/unpacked/usr/bin/conclave" ]; then
    "$work/unpacked/usr/bin/conclave" suites > /dev/null
    [ -n "$(find "$work/unpacked/usr/share/man" -name 'conclave.1*')" ] || fail "no manual page"
  fi
}

# A Debian of its own in $work/<name>, of an architecture, with packages; made once. `inside` runs in it.
debian_in() {
  local name=$1 architecture=$2 packages=$3 mirror
  [ "$(id -u)" -eq 0 ] || skip "only root can make a Debian to try it in"
  command -v debootstrap > /dev/null || tools/install_deps.sh package || skip "no debootstrap"
  chroot_directory="$work/$name"
  if [ -f "$chroot_directory/made" ]; then return; fi
  rm -rf "$chroot_directory"
  mirror=$(apt-get indextargets --no-release-info --format '$(RELEASE) $(REPO_URI)' |
    awk '$1 == "bookworm" { print $2; exit }')
  debootstrap --arch="$architecture" --variant=minbase --include="$packages" bookworm \
    "$chroot_directory" "$mirror" > "$work/$name.log" 2>&1 ||
    { tail -n 5 "$work/$name.log"; skip "a Debian for $architecture could not be made"; }
  # Packages come from where this machine's come from.
  cp -r /etc/apt/apt.conf.d/. "$chroot_directory/etc/apt/apt.conf.d/"
  cp -rL /etc/ssl/certs/ca-certificates.crt "$chroot_directory/etc/ssl/certs/" 2> /dev/null || true
  printf 'deb %s bookworm main\ndeb %s bookworm-backports main\n' "$mirror" "$mirror" \
    > "$chroot_directory/etc/apt/sources.list"
  cp /etc/resolv.conf /etc/hosts "$chroot_directory/etc/" 2> /dev/null || true
  touch "$chroot_directory/made"
}
inside() { chroot "$chroot_directory" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
  DEBIAN_FRONTEND=noninteractive "$@"; }

try_fresh() {
  make_debian
  debian_in fresh "$(dpkg --print-architecture)" ca-certificates,g++,cmake,ninja-build,pkg-config,libsqlite3-dev
  rm -rf "$chroot_directory/try"
  mkdir -p "$chroot_directory/try"
  python3 tests/embedding/pages.py README.md "$chroot_directory/try/example.cc"
  cp -r tests/embedding/consumer "$work"/debian/packages/*.deb "$chroot_directory/try/"
  inside apt-get -qq update > "$work/fresh.log" 2>&1 || skip "apt does not work in it: $(tail -n 1 "$work/fresh.log")"
  inside sh -c 'apt-get -qq purge -y "libconclave*" conclave-tools; apt-get -qq install -y /try/*.deb' \
    >> "$work/fresh.log" 2>&1 || { tail -n 20 "$work/fresh.log"; return 1; }
  inside sh -euc 'cd /try
    cmake -S consumer -B build -G Ninja -DWAY=find_package -DEXAMPLE=/try/example.cc > cmake.log
    cmake --build build > build.log || { cat build.log; exit 1; }
    cd build && ./example && ./open_storage
    g++ -std=c++20 /try/example.cc -o by_pkg_config $(pkg-config --cflags --libs conclave-boringssl)
    ./by_pkg_config
    if [ -x /usr/bin/conclave ]; then conclave suites; fi
    dpkg -l | grep conclave'
}

try_vcpkg() {
  need_boringssl
  python3 -m json.tool packaging/vcpkg/vcpkg.json > /dev/null
  if command -v vcpkg > /dev/null; then
    vcpkg install conclave --overlay-ports="$root/packaging/vcpkg" --x-install-root="$work/vcpkg"
    consumed vcpkg -DCMAKE_PREFIX_PATH="$(echo "$work"/vcpkg/*-*)"
    return
  fi
  rm -rf "$work/vcpkg"
  cmake -DPORT_DIRECTORY="$root/packaging/vcpkg" -DWORK="$work/vcpkg" -DBORINGSSL="$boringssl" \
    -DJOBS="$jobs" -DFLAGS="$flags" -P tests/embedding/vcpkg_stand_in.cmake > "$work/vcpkg.log" 2>&1 ||
    { tail -n 40 "$work/vcpkg.log"; return 1; }
  consumed vcpkg -DCMAKE_PREFIX_PATH="$work/vcpkg/packages"
  echo "vcpkg itself is not here: the portfile ran with stand-ins for its functions"
}

try_conan() {
  need_boringssl
  if [ ! -x "$work/conan-venv/bin/conan" ]; then
    python3 -m venv "$work/conan-venv"
    "$work/conan-venv/bin/pip" install -q 'conan>=2.4,<3' 2> "$work/conan.log" ||
      { rm -rf "$work/conan-venv"; skip "Conan could not be installed from PyPI"; }
  fi
  export CONAN_HOME="$work/conan"
  local conan="$work/conan-venv/bin/conan"
  "$conan" profile detect --force > "$work/conan.log" 2>&1
  # ConanCenter may be out of reach: libsodium and SQLite are the system's.
  { cat "$CONAN_HOME/profiles/default"
    printf '[platform_requires]\nlibsodium/%s\nsqlite3/%s\n' \
      "$(pkg-config --modversion libsodium)" "$(pkg-config --modversion sqlite3)"
    printf '[conf]\ntools.cmake.cmaketoolchain:generator=Ninja\ntools.build:jobs=%s\n' "$jobs"
    printf 'tools.cmake.cmaketoolchain:extra_variables={"%s": "%s", "%s": "%s"}\n' \
      CMAKE_C_FLAGS_RELEASE "$flags" CMAKE_CXX_FLAGS_RELEASE "$flags"
  } > "$CONAN_HOME/profiles/system"
  "$conan" create packaging/conan -pr:a system -s compiler.cppstd=20 --build=missing \
    -o "conclave/*:boringssl=$boringssl" >> "$work/conan.log" 2>&1 ||
    { tail -n 60 "$work/conan.log"; return 1; }
  grep 'two members' "$work/conan.log"
}

try_no-decaf() {
  built no-decaf "${from_source[@]}" -DCONCLAVE_DECAF=OFF -DCONCLAVE_BUILD_EXAMPLES=ON
  ctest --test-dir "$work/no-decaf" -E offline_chat --no-tests=error --output-on-failure
  rm -rf "$work/no-decaf-prefix"
  cmake --install "$work/no-decaf" --prefix "$work/no-decaf-prefix" > "$work/install.log"
  consumed no-decaf -DCMAKE_PREFIX_PATH="$work/no-decaf-prefix"
  if objdump -p "$work/consumer-no-decaf/example" | grep decaf; then fail "libdecaf is linked"; fi
}

try_i386() {
  debian_in i386 i386 ca-certificates,g++,cmake,ninja-build,pkg-config,python3,libdecaf-dev,libsodium-dev,libsqlite3-dev,nlohmann-json3-dev
  inside sh -c 'apt-get -qq update && apt-get -qq install -y -t bookworm-backports libcatch2-dev android-libboringssl-dev' \
    > "$work/i386.log" 2>&1 || { tail -n 5 "$work/i386.log"; skip "its packages could not be installed"; }
  mkdir -p "$chroot_directory/conclave"
  for part in CMakeLists.txt LICENSE README.md cmake docs examples gen include lib packaging test-vectors tests tools; do
    cp -r --preserve=timestamps "$root/$part" "$chroot_directory/conclave/"
  done
  inside sh -euc "cd /conclave
    cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS=-O1 -DCONCLAVE_BUILD_BENCH=OFF \
      -DCONCLAVE_BUILD_TOOLS=OFF > build.log 2>&1
    cmake --build build -j$jobs >> build.log 2>&1 || { grep -E -A 12 'error|FAILED' build.log | head -n 60; exit 1; }
    ctest --test-dir build -j$jobs -E '^(vectors|kat|vectors_flip|crash|storage_faults|embedding_installed)\$' \
      --no-tests=error --output-on-failure | tail -n 30"
}

try_wasm() {
  command -v em++ > /dev/null || tools/install_deps.sh wasm || skip "no Emscripten"
  em++ --version | head -n 1
  emcmake cmake -S "$root" -B "$work/wasm" -G Ninja -DCMAKE_BUILD_TYPE=Release "${library_only[@]}" \
    -DCONCLAVE_BUILD_PROVIDER=OFF -DCONCLAVE_BUILD_SQLITE=OFF > "$work/wasm.log" 2>&1 &&
    cmake --build "$work/wasm" -j"$jobs" >> "$work/wasm.log" 2>&1 ||
    { grep -E -A 12 'error|FAILED' "$work/wasm.log" | head -n 40; return 1; }
}

passed=0
failed=0
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  names=(install static debian fresh vcpkg conan no-decaf i386 wasm)
fi
for name in "${names[@]}"; do
  declare -F "try_$name" > /dev/null || { sed -n '3,18p' "$0"; exit 2; }
  start=$SECONDS
  # Not in a condition: there, nothing that fails would end it.
  set +e
  (set -e; "try_$name") > "$work/$name.out" 2>&1
  status=$?
  set -e
  case $status in
    0) passed=$((passed + 1)); echo "ok      $name ($((SECONDS - start)) s)" ;;
    77) echo "$name is $(grep '^skipped: ' "$work/$name.out")" ;;
    *) failed=$((failed + 1)); echo "FAILED  $name"; tail -n 60 "$work/$name.out" ;;
  esac
done
echo "package: $passed passed, $failed failed"
[ "$failed" -eq 0 ]

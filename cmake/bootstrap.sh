#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# From a fresh Debian 12 or Ubuntu 24.04 (or newer) to a running parley:
#   sh cmake/bootstrap.sh demo             builds and runs the main examples
#   sh cmake/bootstrap.sh programs         builds parley-keygen, parley-doctor, parley-party and parley-collect, into build/programs/examples
#   sh cmake/bootstrap.sh test             builds and runs the tests
#   sh cmake/bootstrap.sh bench [ARG]...   builds and runs the benchmarks, with arguments such as --benchmark_filter=Mersenne61, and compares
#                                          with other libraries: a table, and pictures in build/bench/ratios.svg and growth.svg
#   sh cmake/bootstrap.sh packages WHAT... only installs what demo, programs, test, bench, peers (the libraries that bench compares with, as far as
#                                          they can be had) or check (what .ci/run needs beyond these) need
# Each installs from the distribution what it needs and does not find, as root or with sudo, and nothing if all is there. It works from any
# directory, and builds in build/ beside cmake/.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
# getconf counts the machine's processors, nproc those that we may use.
jobs=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)

# The examples that `demo` builds, and how it runs them from where they were built.
demo_programs="median salary_survey"
run_demo() {
  heading "examples/median.cpp: the median of three private numbers"
  "$1/median"
  heading "examples/salary_survey.cpp: a survey among the companies of examples/data/survey"
  "$1/salary_survey" --svg "$1/salary_survey.svg" "$root/examples/data/survey"
}

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "parley: $*"
  exit 1
}
heading() { printf '\n== %s ==\n\n' "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }

# Asks the compiler instead of the package manager, so that what was installed in another way counts.
have_header() {
  for header; do
    if echo "#include <$header>" | "${CXX:-c++}" -std=c++20 -E -x c++ - >/dev/null 2>&1; then return 0; fi
  done
  return 1
}

is_there() {
  case $1 in
    g++) have "${CXX:-c++}" ;;
    cmake) have cmake ;;
    make) have make ;;
    ninja-build) have ninja ;;
    pkgconf) have pkg-config ;;
    clang) have clang++ ;;
    clang-format) have clang-format ;;
    libclang-rt-dev) echo 'int main() {}' | clang++ -fsanitize=address -x c++ - -o /dev/null >/dev/null 2>&1 ;;
    libcli11-dev) have_header CLI/CLI.hpp ;;
    catch2) have_header catch2/catch_all.hpp catch2/catch.hpp ;;
    libgmp-dev) have_header gmp.h ;;
    libsodium-dev) have_header sodium.h ;;
    libasio-dev) have_header asio/ip/tcp.hpp ;;
    libtomlplusplus-dev) have_header toml++/toml.h ;;
    nlohmann-json3-dev) have_header nlohmann/json.hpp ;;
    libbenchmark-dev) have_header benchmark/benchmark.h ;;
    libntl-dev) have_header NTL/ZZ.h ;;
    libflint-dev) have_header flint/flint.h ;;
    libisal-dev) have_header isa-l/erasure_code.h ;;
    libgfshare-dev) have_header libgfshare.h ;;
    libssl-dev) have_header openssl/evp.h ;;
    openssl) have openssl ;;
    libopenmpi-dev) have mpic++ ;;
    openmpi-bin) have mpirun ;;
    ssss) have ssss-split && have ssss-combine ;;
    libgfshare-bin) have gfsplit && have gfcombine ;;
    botan) have botan ;;
    iproute2) have ip && have tc ;;
    valgrind) have valgrind && have_header valgrind/memcheck.h ;;
  esac
}

# install_for <demo, programs, test, bench, peers or check>. `make` is what the README's lines for installing use, as CMake does without being told.
install_for() {
  case $1 in
    demo) set -- g++ cmake make ninja-build libcli11-dev ;;
    programs) set -- g++ cmake make ninja-build libcli11-dev libasio-dev libssl-dev libtomlplusplus-dev ;;
    test) set -- g++ cmake make ninja-build libcli11-dev catch2 libgmp-dev libsodium-dev libasio-dev libssl-dev libtomlplusplus-dev nlohmann-json3-dev pkgconf ;;
    bench) set -- g++ cmake make ninja-build libbenchmark-dev libasio-dev libssl-dev libsodium-dev ;;
    peers) set -- libgmp-dev libntl-dev libflint-dev libisal-dev libgfshare-dev libssl-dev ;;
    check) set -- iproute2 clang clang-format libclang-rt-dev libbenchmark-dev valgrind ssss libgfshare-bin botan openssl libopenmpi-dev openmpi-bin ;;
    *) fail "packages are known for demo, programs, test, bench, peers and check, not for $1" ;;
  esac
  missing=
  for package; do
    if ! is_there "$package"; then missing="$missing $package"; fi
  done
  if [ -z "$missing" ]; then return; fi

  if ! have apt-get; then
    fail "these packages are missing (by their names in Debian):$missing. Install them with this system's package manager and start again."
  elif [ "$(id -u)" = 0 ]; then
    as_root=
  elif have sudo; then
    as_root=sudo
  else
    fail "these packages are missing:$missing. Install them as root with
  apt-get install --no-install-recommends$missing
and start again."
  fi
  say "parley: installing$missing"
  # The lists of packages are fetched only where those that are there do not lead to the packages: because there are none, or because they
  # are too old.
  # shellcheck disable=SC2086
  if ! install_packages $missing >/dev/null 2>&1; then
    $as_root apt-get update -q >&2 || say "parley: apt-get update had errors; trying with what it got"
    install_packages $missing >&2 || fail "these packages could not be installed:$missing"
  fi
  for package in $missing; do
    is_there "$package" || fail "$package was installed, but what it should bring is not found"
  done
}

# The benchmarks do without what cannot be had.
install_peers() {
  (install_for peers) || say "parley: going on without comparisons with the libraries that are missing"
}

install_packages() {
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" </dev/null
}

check_cmake_version() {
  version=$(cmake --version | sed -n '1s/^cmake version //p')
  major=${version%%.*}
  minor=${version#*.}
  minor=${minor%%.*}
  if [ "$major" -lt 3 ] || { [ "$major" -eq 3 ] && [ "$minor" -lt 25 ]; }; then
    fail "CMake $version is too old: 3.25 or newer is needed, as in Debian 12 and Ubuntu 24.04"
  fi
}

# configure <preset> <build directory> <setting>...
configure() {
  check_cmake_version
  mkdir -p "$root/build"
  preset=$1
  directory=$2
  shift 2
  (cd "$root" && cmake --preset "$preset" -B "$directory" "$@" >"$directory.log" 2>&1) || {
    cat "$directory.log" >&2
    fail "CMake could not configure the build"
  }
}

command=${1:-}
if [ $# -gt 0 ]; then shift; fi
case $command in
  demo)
    install_for demo
    # Not optimised: they take a moment to run, and so are built in less.
    configure release "$root/build/demo" -D PARLEY_BENCHMARKS=OFF -D CMAKE_BUILD_TYPE=
    targets=
    for program in $demo_programs; do targets="$targets parley-example-$program"; done
    # shellcheck disable=SC2086
    cmake --build "$root/build/demo" --parallel "$jobs" --target $targets
    run_demo "$root/build/demo/examples"
    ;;
  programs)
    install_for programs
    configure release "$root/build/programs" -D PARLEY_TESTS=OFF -D PARLEY_BENCHMARKS=OFF
    cmake --build "$root/build/programs" --parallel "$jobs" --target parley-example-parley-keygen parley-example-parley-doctor parley-example-parley-collect \
      parley-example-parley-party
    ;;
  test)
    install_for test
    # Another compiler may warn of what ours do not; that is for us to know and nothing to keep anyone from running the tests.
    strict=OFF
    if [ "${CI:-}" = true ]; then strict=ON; fi
    configure development "$root/build/test" -D PARLEY_BENCHMARKS=OFF -D CMAKE_COMPILE_WARNING_AS_ERROR=$strict
    cmake --build "$root/build/test" --parallel "$jobs"
    ctest --test-dir "$root/build/test" --parallel "$jobs" --output-on-failure --no-tests=error
    ;;
  bench)
    install_for bench
    install_peers
    configure release "$root/build/bench" -D PARLEY_EXAMPLES=OFF
    cmake --build "$root/build/bench" --parallel "$jobs" --target parley-bench
    exec "$root/build/bench/bench/parley-bench" --svg="$root/build/bench/ratios.svg" --growth-svg="$root/build/bench/growth.svg" "$@"
    ;;
  packages)
    for what; do
      if [ "$what" = peers ]; then install_peers; else install_for "$what"; fi
    done
    ;;
  *)
    sed -n 's/^# \{0,1\}//; 3,12p' "$0" >&2
    exit 2
    ;;
esac

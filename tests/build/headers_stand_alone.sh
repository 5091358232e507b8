#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each header compiles by itself without a warning. The standard headers are parsed beforehand: that each header includes those that it
# needs is in source_rules_test.cpp.
#   sh headers_stand_alone.sh <compiler> <include> <directory for what is made> <part that is not there, such as parley/tls>...
set -eu

compiler=$1
include=$2
made=$3
shift 3
flags="-std=c++20 -pthread -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -I $include"

rm -rf "$made"
mkdir -p "$made"
(cd "$include" && grep -rhoE '^#include <[a-z_]+(intrin\.h)?>$' parley) | LC_ALL=C sort -u >"$made/standard.hpp"
case $("$compiler" --version) in
  *clang*) parsed=$made/standard.pch use=-include-pch used=$parsed ;;
  *) parsed=$made/standard.hpp.gch use=-include used=$made/standard.hpp ;;
esac
# shellcheck disable=SC2086 # several flags
"$compiler" $flags -x c++-header "$made/standard.hpp" -o "$parsed"

status=0
for header in $(cd "$include" && find parley -name '*.hpp' | LC_ALL=C sort); do
  for missing; do
    case $header in "$missing"/*) continue 2 ;; esac
  done
  # shellcheck disable=SC2086
  "$compiler" $flags -fsyntax-only $use "$used" -include "$header" -x c++ /dev/null || { echo "$header does not stand alone"; status=1; }
done
exit $status

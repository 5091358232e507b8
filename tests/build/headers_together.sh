#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# All headers compile after parley.hpp in one file, and no name in one hides another's, of which users' compilers might warn:
#   sh headers_together.sh <compiler> <include> <part that is not there, such as parley/tls>...
set -eu

compiler=$1
include=$2
shift 2
{
  echo '#include <parley/parley.hpp>'
  (cd "$include" && find parley -name '*.hpp' | LC_ALL=C sort) | while read -r header; do
    for missing; do
      case $header in "$missing"/*) continue 2 ;; esac
    done
    echo "#include <$header>"
  done
} | "$compiler" -std=c++20 -fsyntax-only -Wshadow -Werror=shadow -I "$include" -x c++ -

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the tests of programs from end to end begin with; read by them:
#   . "$(dirname "$0")/end_to_end.sh"

failures=0

# enter <scratch directory>: empty.
enter() {
  rm -rf "$1"
  mkdir -p "$1"
  cd "$1" || exit 1
}
fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}
# has <file> <text>
has() { grep -qF -- "$2" "$1" || { fail "$1 does not say \"$2\", but:"; sed 's/^/    /' "$1"; }; }

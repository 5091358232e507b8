#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the check of the users' programs (shared/programs, beside the project where it is developed) against these headers. Exit status 77
# says that it was skipped: those programs, or one of the two compilers that the check uses, are not there.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
check=$root/../shared/programs/check
if [ ! -e "$check" ]; then
  echo "skipped: there is no ../shared/programs beside this project"
  exit 77
fi
for compiler in g++ clang++; do
  if ! command -v "$compiler" >/dev/null; then
    echo "skipped: there is no $compiler, and the check needs both compilers"
    exit 77
  fi
done
cd "$root"
exec bash "$check" include

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks that every source file is formatted as .clang-format says. Versions of clang-format differ in their results, so this counts with the
# one we use only; exit status 77 says that it was skipped.
set -eu

wanted=14
for command in "clang-format-$wanted" clang-format; do
  if command -v "$command" >/dev/null && "$command" --version | grep -q "version $wanted\."; then
    cd "$(dirname "$0")/../.."
    find include tests examples bench -name '*.[ch]pp' -exec "$command" --dry-run -Werror {} +
    exit
  fi
done
echo "skipped: there is no clang-format of version $wanted"
exit 77

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the fuzzers of a build tree (cmake --preset fuzz && cmake --build --preset fuzz) for some seconds, all of them at a time:
#   sh tests/fuzz/fuzz.sh build/fuzz 60
# What they find out of the corpus stays in the build tree, in fuzzing/<name>/corpus, and is where the next run begins. Fails if one of them finds
# a failure; its input is then in fuzzing/<name>/, to be put into tests/fuzz/corpus/<name>/ with the repair.
set -eu
build=$(cd "$1" && pwd)
seconds=$2
corpus=$(cd "$(dirname "$0")/corpus" && pwd)

fuzz_one() {
  program=$1
  name=${program##*/parley-fuzz-}
  directory=$build/fuzzing/$name
  mkdir -p "$directory/corpus"
  # A limit for one input of 10 seconds and 1 GiB: a parser that allocates what an input claims is found.
  if "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1 \
    -artifact_prefix="$directory/" "$directory/corpus" "$corpus/$name" >"$directory/log" 2>&1; then
    printf '%s: %s inputs in %s s\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$directory/log")" "$seconds"
  else
    tail -n 60 "$directory/log"
    printf '%s: FAILED, see %s\n' "$name" "$directory"
    return 1
  fi
}

if [ $# = 3 ]; then
  fuzz_one "$3"
  exit
fi
set -- "$build"/tests/fuzz/parley-fuzz-*
[ -x "$1" ] || { echo "there is no fuzzer in $build" >&2; exit 1; }
printf '%s\n' "$@" | xargs -P "$#" -I{} sh "$0" "$build" "$seconds" {}

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Removes each check of the engines that protect from deviating parties, one at a time and in a copy of its header, and sees a test go red: the
# mutants of mutations.txt. Takes some minutes. Run as
#   mutations.sh SCRATCH COMPILER [PATTERN]
# for those whose line has PATTERN in it, or as `mutations.sh --fit` to see only that each line fits one place in its header.
# Fails for a mutant that no test finds, and for one that does not compile or fits no place or several.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
only_fit=false
[ "$1" = --fit ] && only_fit=true

# fields <line>: header, test, name, old and new, of which a `\n` is the end of a line.
fields() {
  local rest=$1
  header=${rest%% @@ *} rest=${rest#* @@ }
  test=${rest%% @@ *} rest=${rest#* @@ }
  name=${rest%% @@ *} rest=${rest#* @@ }
  old=${rest%% @@ *} new=${rest#* @@}
  new=${new# }
  old=${old//'\n'/$'\n'} new=${new//'\n'/$'\n'}
}

# fit: the mutated text, if the old one is in the header once.
fit() {
  local text without
  [ -f "$root/include/parley/$header" ] && [ -f "$root/tests/${test}_test.cpp" ] || return 1
  grep -qF "TEST_CASE(\"$name\"" "$root/tests/${test}_test.cpp" || return 1
  text=$(<"$root/include/parley/$header")
  without=${text//"$old"/}
  [ $((${#text} - ${#without})) = ${#old} ] && mutated=${text/"$old"/"$new"}
}

total=0 wrong=0
report() {
  printf '%-14s %s: %s\n' "$1" "$header" "${old//$'\n'/ }"
  [ "$1" = found ] || [ "$1" = fits ] || wrong=$((wrong + 1))
}

if ! $only_fit; then
  scratch=$1 compiler=$2 pattern=${3-}
  rm -rf "$scratch/include"
  mkdir -p "$scratch/include"
  flags=(-std=c++20 -O0 -w -I "$scratch/include" -I "$root/include" -I "$root/tests")
  libraries=(-lpthread -lgmp)
  if echo '#include <catch2/catch_all.hpp>' | "$compiler" -std=c++20 -x c++ -E - >"$scratch/log" 2>&1; then
    libraries+=(-lCatch2Main -lCatch2)
  else
    [ -f "$scratch/main.o" ] || "$compiler" -std=c++20 -O0 -w -c "$root/tests/catch_main.cpp" -o "$scratch/main.o" || exit 1
    libraries+=("$scratch/main.o")
  fi
  # What no mutant changes is parsed once.
  printf '#include "%s"\n' "$root/tests/catch.hpp" >"$scratch/parsed.hpp"
  printf '#include <%s>\n' algorithm array cmath cstdint functional map memory numeric optional random span string thread variant vector \
    >>"$scratch/parsed.hpp"
  "$compiler" "${flags[@]}" -x c++-header "$scratch/parsed.hpp" -o "$scratch/parsed.hpp.gch" || exit 1
  flags+=(-include "$scratch/parsed.hpp")
fi

while IFS= read -r line; do
  case $line in '' | '#'*) continue ;; esac
  $only_fit || [[ $line == *"$pattern"* ]] || continue
  total=$((total + 1))
  fields "$line"
  if ! fit; then
    report "fits not once"
    continue
  fi
  if $only_fit; then
    report fits
    continue
  fi
  mkdir -p "$(dirname "$scratch/include/parley/$header")"
  printf '%s\n' "$mutated" >"$scratch/include/parley/$header" # found before that of the library
  if "$compiler" "${flags[@]}" "$root/tests/${test}_test.cpp" -o "$scratch/mutant" "${libraries[@]}" >"$scratch/log" 2>&1; then
    timeout 60 "$scratch/mutant" "${name//,/\\,}" >"$scratch/log" 2>&1
    status=$?
    # Timed out, crashed, or said so: a test that is not there has not gone red.
    if [ $status -ge 124 ] || { [ $status != 0 ] && grep -Eq '(assertions|test cases): .*failed' "$scratch/log"; }; then
      report found
    else
      report "NOT FOUND"
    fi
  else
    cat "$scratch/log"
    report "not compiled"
  fi
  rm "$scratch/include/parley/$header"
done <"$here/mutations.txt"

printf '%d mutants, %d wrong\n' $total $wrong
[ $wrong = 0 ] && [ $total -gt 0 ]

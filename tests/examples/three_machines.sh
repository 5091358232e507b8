#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Follows the section "On three machines" of README.md as it says, with a directory in the place of each machine and ports of the loopback
# interface in the place of alder.example:7001 and the others':
#   sh three_machines.sh <directory of the programs> <directory of examples/data/survey> <scratch directory>
set -eu
PATH=$1:$PATH
data=$2
scratch=$3
readme=$(cd "$(dirname "$0")/../.." && pwd)/README.md
names="alder birch cedar"
rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch"

# Every block of the section becomes a file, NN.LANGUAGE, numbered in their order.
sed -n '/^## On three machines$/,/^## From many clients$/p' "$readme" | awk '
  /^```/ && !inside { inside = 1; file = sprintf("%02d.%s", ++count, substr($0, 4)); next }
  /^```/ { inside = 0; close(file); next }
  inside { print > file }
'
[ "$(ls ./*.sh ./*.toml ./*.text | wc -l)" = 6 ] || { echo "the section has other blocks than this test knows:" ./*; exit 1; }

# everywhere <command>: at all three at once, each by its own name; fails where it fails anywhere.
everywhere() {
  for name in $names; do
    (cd "$name" && sh -euc "$(printf '%s\n' "$1" | sed "s/alder/$name/g")") >"$name/out" 2>"$name/err" &
    eval "pid_$name=$!"
  done
  bad=
  for name in $names; do eval "wait \$pid_$name" || bad="$bad $name"; done
  [ -z "$bad" ] || { echo "FAILED at$bad: $1"; cat ./*/out ./*/err; return 1; }
}

# Within `if`, where failures have to be looked at one by one.
follow() {
  first=$1
  for name in $names; do
    rm -rf "$name"
    mkdir "$name"
    cp "$data/$name.csv" "$name/"
    cp ./*.toml "$name/run.toml"
  done
  for block in ./*.sh; do
    while IFS= read -r command; do
      case $command in
        'sh cmake/bootstrap.sh programs '*) ;; # they are built
        'parley-keygen '*' > alder.toml')
          port=$first
          for name in $names; do
            (cd "$name" && sh -euc "$(printf '%s\n' "$command" | sed "s/alder.example:7001/127.0.0.1:$port/; s/alder/$name/g")") || exit 1
            port=$((port + 1))
          done
          for name in $names; do # they send it to each other
            for other in $names; do [ "$name" = "$other" ] || cp "$name/$name.toml" "$other/"; done
          done
          ;;
        'cat run.toml alder.toml birch.toml cedar.toml > peers.toml') for name in $names; do (cd "$name" && sh -euc "$command") || exit 1; done ;;
        'parley-doctor '*)
          everywhere "$command" || return 1
          for name in $names; do grep -qx "All is well." "$name/out" || exit 1; done
          ;;
        'parley-party '*)
          everywhere "$command" || return 1
          for name in $names; do diff "$name/out" ./*.text || exit 1; done
          parties=done
          ;;
        *)
          echo "the section has a command that this test does not know: $command"
          exit 1
          ;;
      esac
    done <"$block"
  done
}

# Ports that nobody has, below those that systems give out by themselves.
first=$((21000 + $$ % 9000))
parties=
for attempt in 1 2 3 4 5; do
  if follow "$first"; then break; fi
  grep -q "cannot listen on" ./*/err || exit 1
  echo "attempt $attempt: another program has one of the ports"
  first=$((first + 10))
done
[ "$parties" = done ] || { echo "the section does not come to running the party"; exit 1; }

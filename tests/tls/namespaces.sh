#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sh namespaces.sh PROGRAM SCRATCH [every]: five processes in five network namespaces, joined by a bridge in a sixth, compute joint statistics
# over TLS, started in many orders (with `every` in all 120), and with 20 and 80 ms from one to the other, where it takes what the link model
# predicts, give or take 20 %. Skipped (77) where namespaces are not permitted. The delays are netem's; where the kernel has none, of a relay
# before each party.
set -eu
program=$1
scratch=$2
every=${3:-}
name=parley-$$

skip() {
  echo "skipped: $*"
  exit 77
}
[ "$(uname)" = Linux ] || skip "network namespaces are Linux's"
command -v ip >/dev/null || skip "ip (of iproute2) is not there"

relays=
cleanup() {
  # shellcheck disable=SC2086 # several words
  [ -z "$relays" ] || kill $relays 2>/dev/null || true
  for space in switch 0 1 2 3 4; do ip netns delete "$name-$space" 2>/dev/null || true; done
}
trap cleanup EXIT
trap 'exit 1' INT TERM

ip netns add "$name-switch" 2>/dev/null || skip "network namespaces are not permitted here"
in_space() {
  space=$1
  shift
  ip netns exec "$name-$space" "$@"
}
in_space switch ip link add bridge type bridge 2>/dev/null || skip "bridges are not permitted here"
in_space switch ip link set bridge up
addresses=
for p in 0 1 2 3 4; do
  ip netns add "$name-$p"
  in_space switch ip link add "port$p" type veth peer name party netns "$name-$p"
  in_space switch ip link set "port$p" master bridge up
  in_space "$p" ip address add "10.77.0.1$p/24" dev party
  in_space "$p" ip link set lo up
  in_space "$p" ip link set party up
  addresses="$addresses 10.77.0.1$p:7001"
done

rm -rf "$scratch"
mkdir -p "$scratch"
"$program" keys "$scratch" 5

# together <pause between starts> <order>...: fails if any of them does; sets `took` to the seconds of the slowest.
together() {
  pause=$1
  shift
  pids=
  for p; do
    # shellcheck disable=SC2086 # several words
    ip netns exec "$name-$p" "$program" party "$p" "$scratch" $addresses >"$scratch/$p.out" 2>"$scratch/$p.err" &
    pids="$pids $!"
    sleep "$pause"
  done
  for pid in $pids; do
    wait "$pid" || {
      echo "started in the order $*:"
      cat "$scratch"/*.err
      exit 1
    }
  done
  took=$(sort -g "$scratch"/*.out | tail -n 1 | cut -d ' ' -f 1)
}

if [ "$every" = every ]; then
  orders=$(for a in 0 1 2 3 4; do for b in 0 1 2 3 4; do for c in 0 1 2 3 4; do for d in 0 1 2 3 4; do for e in 0 1 2 3 4; do
    echo "$a $b $c $d $e"; done; done; done; done; done | awk '$1!=$2&&$1!=$3&&$1!=$4&&$1!=$5&&$2!=$3&&$2!=$4&&$2!=$5&&$3!=$4&&$3!=$5&&$4!=$5')
else
  # Each is the first, and the last, and before and after each other one.
  orders="0 1 2 3 4
4 3 2 1 0
1 3 0 4 2
2 0 4 1 3
3 4 1 2 0"
fi
tried=0
while read -r a b c d e; do
  together 0.01 "$a" "$b" "$c" "$d" "$e" </dev/null
  tried=$((tried + 1))
done <<EOF
$orders
EOF
echo "started in $tried orders, all with the right result"

# lengthen <milliseconds>: the way from each party to each other.
lengthen() {
  relays=
  for p in 0 1 2 3 4; do
    in_space "$p" tc qdisc replace dev party root netem delay "$1ms" limit 10000 2>/dev/null || break
    [ "$p" != 4 ] || return 0
  done
  [ "$1" != 20 ] || echo "this kernel has no netem: relays delay what goes over them"
  for p in 0 1 2 3 4; do
    ip netns exec "$name-$p" "$program" relay "0.0$1" 7002 & # not by a function, whose process would be another
    relays="$relays $!"
  done
  addresses="10.77.0.10:7002 10.77.0.11:7002 10.77.0.12:7002 10.77.0.13:7002 10.77.0.14:7002"
}
for delay in 20 80; do
  lengthen $delay
  together 0.01 3 1 4 0 2
  for relay in $relays; do
    kill "$relay"
    wait "$relay" 2>/dev/null || true
  done
  predicted=$("$program" model "0.0$delay" 5)
  echo "with $delay ms: $took s, and $predicted s by the model"
  awk -v took="$took" -v predicted="$predicted" 'BEGIN { exit !(took > 0.8 * predicted && took < 1.2 * predicted) }' || {
    echo "that is not within 20 %"
    exit 1
  }
done

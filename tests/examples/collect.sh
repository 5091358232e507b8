#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The program parley-collect from end to end: three servers and some clients that are processes on the loopback interface. Servers are killed and
# started again at every stage, a client is killed half-way, another submits twice: the result is that of all who were complete, each once.
#   sh collect.sh <parley-keygen> <parley-collect> <scratch directory>
set -u
# shellcheck source=tests/examples/end_to_end.sh
. "$(dirname "$0")/end_to_end.sh"
keygen=$1
collect=$2
scratch=$3
enter "$scratch"
names="alder birch cedar"

# shellcheck disable=SC2154 # set by eval
cleanup() { for name in $names; do eval "kill -9 \${pid_$name:-}" 2>/dev/null; done; }
trap cleanup EXIT
trap 'exit 1' INT TERM

# soon <file> <text>: waits for it.
soon() {
  attempt=0
  while [ $attempt -lt 600 ]; do
    grep -qF -- "$2" "$1" 2>/dev/null && return 0
    attempt=$((attempt + 1))
    sleep 0.05
  done
  fail "$1 does not come to say \"$2\", but:"
  sed 's/^/    /' "$1"
}
# start <server> <argument>...: its outputs are added to those of earlier runs.
start() {
  name=$1
  shift
  "$collect" serve --peers servers.toml --self "$name" --key "$name.pem" --store "$name.parts" --enough 5 "$@" >>"$name.out" 2>>"$name.err" &
  eval "pid_$name=$!"
}
# killed <server>: by a signal of which it learns nothing.
killed() {
  eval "kill -9 \$pid_$1"
  eval "wait \$pid_$1" 2>/dev/null
}
# client <number> <entry>... : its file, and its key where it has none.
client() {
  number=$1
  shift
  [ -e "$number.pem" ] || "$keygen" "$number.pem" >"$number.key" || fail "no key for client $number"
  { echo value; printf '%s\n' "$@"; } >"$number.csv"
}
# submits <number> <status> <argument>...
submits() {
  number=$1 wanted=$2
  shift 2
  "$collect" submit --peers servers.toml --key "$number.pem" --input "$number.csv" --timeout 30 "$@" >"$number.out" 2>"$number.err"
  status=$?
  [ $status = "$wanted" ] || { fail "client $number ended with status $status instead of $wanted:"; cat "$number.err"; }
}

for name in $names; do "$keygen" "$name.pem" >/dev/null || fail "no key for $name"; done
# Ports that nobody has, below those that systems give out by themselves.
first=$((13000 + $$ % 6000))
while :; do
  printf '%s\n' 'session = "May"' 'program = "joint-statistics"' '[parameters]' 'unit = "EUR"' 'minimum-clients = 5' 'entries-per-client = 2' >servers.toml
  port=$first
  for name in $names; do
    "$keygen" --show --name "$name" --dial "127.0.0.1:$port" --clients "127.0.0.1:$((port + 1))" "$name.pem" >>servers.toml
    port=$((port + 2))
    : >"$name.out"
    : >"$name.err"
  done
  for name in $names; do start "$name"; done
  for name in $names; do
    attempt=0
    until [ -s "$name.err" ] || [ $attempt = 600 ]; do
      attempt=$((attempt + 1))
      sleep 0.05
    done
  done
  grep -q "cannot listen on" ./*.err || break
  cleanup
  first=$((first + 10))
done
for name in $names; do soon "$name.err" "has 0 entries of 0 clients, and takes more on 127.0.0.1:"; done

client 1 100 200
submits 1 0
has 1.out "All 3 servers have stored the 2 entries."
# One server is killed; a client that comes meanwhile waits until it is there again.
killed birch
client 2 300
"$collect" submit --peers servers.toml --key 2.pem --input 2.csv --timeout 60 >2.out 2>2.err &
waiting=$!
sleep 0.2
start birch
soon birch.err "has 2 entries of 1 clients"
wait $waiting || fail "client 2 was not served"
has 2.out "All 3 servers have stored the entry."
# A client that is killed half-way, when some servers have its entry and one has not, does not count.
killed birch
client 3 9999999
"$collect" submit --peers servers.toml --key 3.pem --input 3.csv --timeout 60 >3.out 2>3.err &
dying=$!
sleep 0.3
kill -9 $dying
wait $dying 2>/dev/null
start birch
soon birch.err "has 3 entries of 2 clients"
# One that submits again is counted once, with what it has submitted last; one that is told something else not at all.
client 2 350
submits 2 0
client 4 400 500
submits 4 4 --maximum 1000
for number in 0 1 2; do # whichever server answers first says it
  if grep -qF "at party $number," 4.err; then break; fi
done
has 4.err "the parameter maximum is \"10000000\" at party $number, and \"1000\" at the client"
client 4 400 500 600
submits 4 1
has 4.err "4.csv has 3 entries, and each client may have from 1 to 2"
client 4 400 500
submits 4 0
client 5 600
submits 5 0
# Nobody gets a result before there is one.
for time in 0.3 3 20; do # a machine that is busy gets more time
  "$collect" result --peers servers.toml --key 1.pem --timeout $time >1.out 2>1.err && fail "there is a result before the end"
  if grep -qF "has no result after" 1.err; then break; fi
done
has 1.err "has no result after"
# All of them are killed, and remember.
for name in $names; do killed "$name"; done
for name in $names; do start "$name"; done
soon birch.err "has 6 entries of 4 clients"
client 6 700
submits 6 0

expected() {
  cat <<END
  clients                          5
  entries                          7
  sum                          2,850  EUR
  mean                        407.14  EUR
  median                         400  EUR
END
}
for name in $names; do
  soon "$name.out" "90 %"
  head -n 5 "$name.out" >"$name.head"
  expected | cmp -s - "$name.head" || { fail "$name has another result:"; cat "$name.out"; }
done
# The result is there after a server was killed once more, for those who have submitted.
killed cedar
: >cedar.out
start cedar
soon cedar.out "90 %"
for number in 1 6; do
  "$collect" result --peers servers.toml --key $number.pem --timeout 30 >$number.out 2>$number.err || fail "no result for client $number"
  head -n 5 $number.out >$number.head
  expected | cmp -s - $number.head || { fail "client $number has another result:"; cat $number.out $number.err; }
done
"$collect" result --peers servers.toml --key 1.pem --timeout 30 --json >1.out 2>1.err
has 1.out '"clients": 5, "entries": 7, "sum": 2850, "deciles": [100, 200, 350, 350, 400, 500, 500, 600, 700]'
client 7 800
submits 7 4
has 7.err "has closed the collection"
for name in $names; do
  eval "kill -TERM \$pid_$name"
  eval "wait \$pid_$name" || fail "$name does not end well when it is told to"
done

# With fewer clients than the minimum nothing is opened.
rm ./*.parts
for name in $names; do : >"$name.out" && : >"$name.err" && start "$name" --until "2001-01-01 00:00"; done
for name in $names; do
  eval "wait \$pid_$name"
  [ $? = 3 ] || fail "$name does not end with the status of too few clients"
  has "$name.err" "nothing was opened: there are complete entries of fewer than 5 clients"
  [ ! -s "$name.out" ] || fail "$name has a result of nobody"
done
# Who is not on the list is turned away; mistakes are said.
cat 1.key >admitted
"$collect" serve --peers servers.toml --self alder --key alder.pem --store new.parts --enough 5 --admit admitted >alder.out 2>alder.err &
pid_alder=$!
soon alder.err "has 0 entries"
submits 2 4
has 2.err "server 0 does not admit the key of this client"
has 2.err "(server 0 is alder)"
kill -TERM $pid_alder
wait $pid_alder
"$collect" serve --peers servers.toml --self alder --key alder.pem --store new.parts >out 2>err
[ $? = 1 ] || fail "a collection without an end is begun"
has err "when does the collection end?"
"$collect" serve --peers servers.toml --self alder --key alder.pem --store new.parts --until "31.5.2026" >out 2>err
has err 'is no time such as "2026-05-31 18:00"'
"$collect" serve --peers servers.toml --self alder --key alder.pem --store cedar.parts --now --minimum-clients 6 >out 2>err
has err "belongs to another collection"
sed '/^clients/d' servers.toml >others.toml
"$collect" submit --peers others.toml --key 1.pem --input 1.csv >out 2>err
has err "others.toml:7: alder has no line "
"$collect" >out 2>err
[ $? = 2 ] || fail "no sub-command is no wrong usage"
"$collect" --help >out 2>err || fail "no help"
has out "Exit status: 0 done"
grep -qE '9999999|PRIVATE' ./*.err ./*.out && fail "a secret is in an output"

[ $failures = 0 ] && echo "all is well"

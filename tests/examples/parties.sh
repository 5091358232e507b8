#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The programs parley-keygen, parley-party and parley-doctor from end to end: three processes that find each other on the loopback interface.
#   sh parties.sh <parley-keygen> <parley-party> <parley-doctor> <directory of examples/data/survey> <scratch directory>
set -u
# shellcheck source=tests/examples/end_to_end.sh
. "$(dirname "$0")/end_to_end.sh"
keygen=$1
party=$2
doctor=$3
data=$4
scratch=$5
enter "$scratch"
names="alder birch cedar"

# status_is <wanted> <command>...: what it prints is kept in `out` and `err`.
status_is() {
  wanted=$1
  shift
  "$@" >out 2>err
  status=$?
  [ $status = "$wanted" ] || { fail "status $status instead of $wanted: $*"; sed 's/^/    /' err; }
}
# start <party> <argument>...: in the background, with the file <party>.csv, and other files than usual where `peers` and `key` say so; its output
# goes to <party>.out and <party>.err.
timeout=30
peers=peers.toml
key=
start() {
  name=$1
  shift
  "$party" --peers "$peers" --self "$name" --key "${key:-$name.pem}" --input "$name.csv" --timeout $timeout "$@" >"$name.out" 2>"$name.err" &
  eval "pid_$name=$!"
}
# ends <party> <status>
ends() {
  eval "wait \$pid_$1"
  status=$?
  [ $status = "$2" ] || { fail "$1 ended with status $status instead of $2:"; sed 's/^/    /' "$1.err"; }
}
# all <argument>...: all three, of whom each ends well with the same output.
all() {
  for name in $names; do start "$name" "$@"; done
  for name in $names; do ends "$name" 0; done
  for name in birch cedar; do cmp -s alder.out "$name.out" || fail "alder and $name print different things for $*"; done
}
# write_peers <first port> <line>...: the peers file of all three, after these lines.
write_peers() {
  port=$1
  shift
  printf '%s\n' "$@" >peers.toml
  for name in $names; do
    "$keygen" --show --name "$name" --dial "127.0.0.1:$port" "$name.pem" >>peers.toml || fail "no section for $name"
    port=$((port + 1))
  done
}

# Keys: for their owner alone, never over another.
for name in $names; do
  status_is 0 "$keygen" --name "$name" --dial "127.0.0.1:1" "$name.pem"
  has out "name = \"$name\""
  [ "$(ls -l "$name.pem" | cut -c 1-10)" = -rw------- ] || fail "others may read $name.pem"
done
cp out section
status_is 1 "$keygen" cedar.pem
has err "cedar.pem cannot be made: File exists"
status_is 0 "$keygen" --show --name cedar --dial 127.0.0.1:1 cedar.pem
cmp -s out section || fail "the line of a key is not the same later"
status_is 1 "$keygen" --name 'a"b' new.pem
[ ! -e new.pem ] || fail "a key was written for a name that was refused"

# A port that nobody has: below those that systems give out by themselves.
for name in $names; do
  cp "$data/$name.csv" "$name.csv"
done
first=$((11000 + $$ % 9000))
while :; do
  write_peers $first 'session = "May"' 'program = "joint-statistics"' '[parameters]' 'column = "salary"' 'unit = "EUR"'
  for name in $names; do start "$name" --report; done
  for name in $names; do eval "wait \$pid_$name"; done
  grep -q "cannot listen on" ./*.err || break
  first=$((first + 10))
done

for name in $names; do
  has "$name.out" "entries                         73"
  has "$name.out" "median                      49,050  EUR"
  has "$name.err" "computes joint-statistics with the others of peers.toml"
  has "$name.err" "find the deciles             250           8,"
done
all --program sum
has alder.out "The sum of all entries is 3,652,550 EUR."
all --program median
has alder.out "The median of all entries is 49,050 EUR."
# The same where parties may deviate.
all --adversary active
has cedar.out "entries                         73"
has cedar.out "median                      49,050  EUR"
for name in $names; do start "$name" --json; done
for name in $names; do ends "$name" 0; done
has birch.out '"parties": ["alder", "birch", "cedar"], "self": 1'
has birch.out '"result": {"entries": 73, "sum": 3652550, "mean": 50034.93, "median": 49050, "deciles": [27700, 34850, '
has birch.out '{"phase": "find the deciles", "rounds": 250, "bytes_sent": 8'

# Nothing is opened.
for name in $names; do start "$name" --least-entries 74; done
for name in $names; do
  ends "$name" 3
  has "$name.err" "fewer than 74 entries"
done

# An auction.
printf 'value\n310\n' >alder.csv
printf 'value\n905\n' >birch.csv
printf 'value\n640\n' >cedar.csv
all --program auction --column value
has alder.out "birch wins and pays 640 EUR."
all --program auction --column value --price first --unit ""
has alder.out "birch wins and pays 905."
all --program auction --column value --adversary active
has alder.out "birch wins and pays 640 EUR."
all --program auction --column value --reserve 906
has alder.out "Nobody wins: no bid reaches the reserve of 906."
start alder --program auction --column value --reserve 906 --json
start birch --program auction --column value --reserve 906
start cedar --program auction --column value --reserve 906
for name in $names; do ends "$name" 0; done
has alder.out '"result": {"winner": null}'

# What differs is refused at all, who say what it is.
start alder --program sum --column value
start birch --program sum --column value --maximum 1000
ends alder 4
ends birch 4
has alder.err 'the parameter maximum is "1000" at party 1, and "10000000" at party 0'
has birch.err 'the parameter maximum is "10000000" at party 0, and "1000" at party 1'
has birch.err "(party 0 is alder)"
start alder --program sum --column value
start birch --program sum --column value --session June
ends alder 4
ends birch 4
has alder.err 'the session is "June" at party 1, and "May" at party 0'
start alder --program sum --column value
start birch --program sum --column value --adversary active
ends alder 4
ends birch 4
has alder.err 'the parameter engine is "Shamir, active" at party 1, and "Shamir, passive" at party 0'
sed 's/"cedar"/"cypress"/' peers.toml >others.toml
start alder --program sum --column value
peers=others.toml
start birch --program sum --column value
peers=peers.toml
ends alder 4
has alder.err "the parameter SHA-256 of the configuration, with the parties' names"
ends birch 4

# Nobody is there.
timeout=0.3
start alder --program sum --column value
timeout=30
ends alder 4
has alder.err "party 0 has no connection to party 1 after 300 ms"

# One that leaves in the middle is named. A number that is too large for --maximum is nobody's affair but its party's.
start alder --program sum --column value
start cedar --program sum --column value
start birch --program sum --column value --maximum 500
ends birch 1
has birch.err 'birch.csv:2: the entry "905" is above the greatest permitted, 500'
has birch.err "nothing was computed: 1 problem in birch.csv"
start birch --program sum --column value
for name in $names; do ends "$name" 0; done

# One that is killed in the middle is named by the others. That they are in the middle they say; that they stay there is because birch, without
# whom no round ends, is stopped meanwhile. Only where all thousands of rounds were faster than that is it done again.
for name in $names; do cp "$data/$name.csv" "$name.csv"; done
hit=
attempt=0
while [ -z "$hit" ] && [ $attempt -lt 20 ]; do
  attempt=$((attempt + 1))
  for name in $names; do start "$name" --maximum 400000000000000000; done
  for name in $names; do # each ends by itself at last
    until grep -qF "all parties have found each other" "$name.err"; do
      eval "kill -0 \$pid_$name" 2>/dev/null || break
      sleep 0.01
    done
  done
  # shellcheck disable=SC2154
  kill -STOP "$pid_birch" 2>/dev/null
  # shellcheck disable=SC2154
  kill -9 "$pid_cedar" 2>/dev/null
  kill -CONT "$pid_birch" 2>/dev/null
  for name in $names; do eval "wait \$pid_$name; status_$name=\$?" 2>/dev/null; done
  # shellcheck disable=SC2154
  if [ "$status_alder$status_birch" = 55 ] && cat alder.err birch.err | grep -qF "party 2 is gone without a word"; then
    hit=yes
  fi
done
[ -n "$hit" ] || fail "no party that was killed in the middle was missed"
grep -qF "(party 2 is cedar)" alder.err birch.err || fail "neither alder nor birch names cedar" # one may learn it from the other

# Mistakes at one party.
printf 'value\n1\n2\n' >alder.csv
start alder --program auction --column value
ends alder 1
has alder.err "alder.csv has 2 entries, and in an auction each party has one"
key=birch.pem
start alder --program sum --column value
key=
ends alder 1
has alder.err "peers.toml:6: the key of alder is to be"
start dogwood
ends dogwood 1
has dogwood.err 'peers.toml has no party "dogwood"; there are alder, birch, cedar'
write_peers $first 'program = "lottery"'
start alder
ends alder 1
has alder.err 'peers.toml says that the program is "lottery"; there are sum, joint-statistics, median and auction'
write_peers $first
start alder
ends alder 1
has alder.err "neither --program nor peers.toml says what to compute"
write_peers $first '[parameters]' 'maximum = 0'
start alder --program sum
ends alder 1
has alder.err 'peers.toml:2: the parameter "maximum" cannot be used'
write_peers $first '[parameters]' 'minimum = 0'
start alder --program sum
ends alder 1
has alder.err 'peers.toml:2: the parameter "minimum" is not known'
write_peers $first 'program = sum'
start alder
ends alder 1
has alder.err "peers.toml:1: a value is a text in quotation marks"
status_is 2 "$party" --program lottery
status_is 0 "$party" --help
has out "Exit status: 0 done"

# The doctor.
# examine <party> <argument>...
examine() {
  name=$1
  shift
  "$doctor" --peers "$peers" --self "$name" --key "${key:-$name.pem}" --timeout $timeout "$@" >"$name.out" 2>"$name.err" &
  eval "pid_$name=$!"
}
write_peers $first 'program = "sum"'
for name in $names; do examine "$name"; done
for name in $names; do ends "$name" 0; done
has alder.out "alder and birch (party 0 and party 1): well"
has alder.out "cedar dials alder: well"
has cedar.out "All is well."
has cedar.out "  birch         well          -             well"
for name in $names; do
  if [ "$name" = birch ]; then examine "$name" --maximum 7; else examine "$name"; fi
done
for name in $names; do ends "$name" 1; done
has birch.out 'cedar dials birch: the parameter maximum is "10000000" at party 2, and "7" at party 1'
has cedar.out "cedar and alder (party 2 and party 0): well"
has cedar.out "cedar and birch (party 2 and party 1): WRONG"
for name in $names; do has "$name.out" "  alder         -             parameters    well"; done
timeout=0.5
examine alder
ends alder 1
has alder.out "alder dials birch: 127.0.0.1:$((first + 1)) refuses: nobody listens on this port there yet"
has alder.out "cedar dials alder: party 2 has not come"
has alder.out "  alder         -             refused       refused"
has alder.out "  birch         not come      -             ?"
has alder.out "Not all is well."
sed "s/127.0.0.1:$((first + 1))/no such name:1/" peers.toml >others.toml
peers=others.toml
examine alder
ends alder 1
has alder.out "alder dials birch: the name in no such name:1 is not found"
# Birch has another key in mind for alder.
"$keygen" --name alder --dial "127.0.0.1:$first" other.pem >others.toml
"$keygen" --show --name birch --dial "127.0.0.1:$((first + 1))" birch.pem >>others.toml
for timeout in 1 4 16; do # more on a machine that is busy
  peers=peers.toml
  examine alder
  peers=others.toml
  examine birch --program sum
  peers=peers.toml
  ends alder 1
  ends birch 1
  if grep -qF "refuses this party's key" alder.out && grep -qF "a stranger: " birch.out; then break; fi
done
has alder.out "alder dials birch: party 1 refuses this party's key"
has birch.out "birch dials alder: 127.0.0.1:$first has the key "
has birch.out "a stranger: 127.0.0.1:"
status_is 2 "$doctor"
status_is 0 "$doctor" --help

# No output has said a number of anybody's, nor a key.
grep -qE '310|PRIVATE' ./*.err && fail "a secret is in the error output"
[ $failures = 0 ] && echo "all is well"

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Whom a party lets in, with the `openssl` program as the peer: the right key alone, in a certificate that does not expire and is its own,
# over TLS 1.3, and then only a hello of this connection.
#   sh openssl_peers.sh <parley-keygen> <parley-party> <scratch directory>
set -u
# shellcheck source=tests/examples/end_to_end.sh
. "$(dirname "$0")/end_to_end.sh"
keygen=$1
party=$2
scratch=$3
if ! command -v openssl >/dev/null; then
  echo "skipped: there is no openssl"
  exit 77
fi
enter "$scratch"

for name in alder birch cedar stranger; do
  "$keygen" --name $name $name.pem >$name.toml
  openssl req -x509 -new -key $name.pem -subj "/CN=$name" -days 1 -out $name.crt 2>/dev/null || fail "no certificate for $name"
done
printf 'value\n1\n' >input.csv
# Signed by somebody else; over since 1970; without an end, by somebody else and by itself, as every party's is.
openssl req -new -key birch.pem -subj /CN=birch -out birch.csr 2>/dev/null
openssl req -new -key stranger.pem -subj /CN=birch -out stranger.csr 2>/dev/null
for name in birch stranger; do
  openssl x509 -req -in $name.csr -CA cedar.crt -CAkey cedar.pem -set_serial 7 -days 1 -out $name.foreign.crt 2>/dev/null
done
mkfifo silence
exec 9<>silence # nothing comes, and no end either
mkdir ca
: >ca/index
printf '[ca]\ndefault_ca=d\n[d]\ndatabase=ca/index\nnew_certs_dir=ca\nrand_serial=yes\ndefault_md=default\npolicy=p\n[p]\ncommonName=supplied\n' >ca/config
# signed <name> <begin> <end> <file> <argument>...: a certificate with the dates.
signed() {
  : >ca/index
  name=$1 begin=$2 end=$3 file=$4
  shift 4
  openssl ca -batch -config ca/config "$@" -startdate "$begin" -enddate "$end" -in "$name.csr" -out "$file" -notext 2>/dev/null || fail "no $file"
}
for name in birch stranger; do
  signed $name 700101000000Z 700102000000Z $name.expired.crt -cert cedar.crt -keyfile cedar.pem
done
openssl req -new -key alder.pem -subj /CN=alder -out alder.csr 2>/dev/null
signed birch 700101000000Z 700102000000Z birch.over.crt -selfsign -keyfile birch.pem
signed birch 20000101000000Z 99991231235959Z birch.endless.foreign.crt -cert cedar.crt -keyfile cedar.pem
signed birch 20000101000000Z 99991231235959Z birch.endless.crt -selfsign -keyfile birch.pem
signed alder 20000101000000Z 99991231235959Z alder.endless.crt -selfsign -keyfile alder.pem

# start <party> <seconds>
start() {
  "$party" --peers peers.toml --self "$1" --key "$1.pem" --input input.csv --program sum --session May --timeout "$2" >"$1.out" 2>"$1.err" &
  started=$!
}
# client <text> <argument>...: sends what is in `sent` to alder, which is to end with this text. A machine that is busy gets more time.
client() {
  text=$1
  shift
  for time in 0.4 1.5 6 25; do
    start alder $time
    while kill -0 $started 2>/dev/null; do # until alder listens
      { cat sent; sleep $time; } | openssl s_client -connect "127.0.0.1:$port" -quiet -no_ign_eof "$@" >client.out 2>client.err
      grep -q "refused" client.err || break
      sleep 0.05
    done
    wait $started
    status=$?
    [ $status != 4 ] || ! grep -qF -- "$text" alder.err || return 0
  done
  fail "alder ended with status $status, and does not say \"$text\", but:"
  sed 's/^/    /' alder.err
}
# server <text> <argument>...: takes the place of alder, and keeps what birch sends in `received`; birch is to end with this text.
server() {
  text=$1
  shift
  for time in 0.8 3 9 27; do
    openssl s_server -accept "127.0.0.1:$port" -quiet -Verify 1 "$@" <silence >received 2>server.err &
    server=$!
    start birch $time
    wait $started
    status=$?
    kill $server
    wait $server 2>/dev/null
    [ $status != 4 ] || ! grep -qF -- "$text" birch.err || return 0
  done
  fail "birch ended with status $status, and does not say \"$text\", but:"
  sed 's/^/    /' birch.err
}

# Ports that nobody has, below those that systems give out by themselves.
port=$((20000 + $$ % 1000 * 2))
while :; do
  sed '/^$/d' alder.toml birch.toml cedar.toml | sed "s/^name = \"alder\"/&\ndial = \"127.0.0.1:$port\"/; s/^name = \"birch\"/&\ndial = \"127.0.0.1:$((port + 1))\"/" >peers.toml
  start alder 0.1
  wait $started
  grep -q "cannot listen on" alder.err || break
  port=$((port + 2))
done

# Without the right key.
: >sent
client "came to nothing: TLS: peer did not return a certificate"
key=$(sed -n 's/^key = "\(.*\)"/\1/p' stranger.toml)
client "came to nothing: its key $key is that of no other party" -cert stranger.crt -key stranger.pem
client "its key $key is that of no other party" -cert stranger.foreign.crt -key stranger.pem
client "its key $key is that of no other party" -cert stranger.expired.crt -key stranger.pem
client "is that of no other party" -cert alder.crt -key alder.pem
# With the right key and older TLS.
client "came to nothing: TLS: unsupported protocol" -cert birch.crt -key birch.pem -tls1_2
# With the right key in a certificate that expires, tomorrow or since 1970, or is somebody else's.
for certificate in birch.crt birch.foreign.crt birch.expired.crt birch.over.crt; do
  client "came to nothing: its certificate expires, as no party's does" -cert $certificate -key birch.pem
done
client "came to nothing: its certificate is signed by somebody else, and a party's by itself" -cert birch.endless.foreign.crt -key birch.pem
# The right key in such a certificate as parties have is let in, and then what is no hello is refused.
printf 'GET / HTTP/1.1\r\n\r\n' >sent
client "party 1 sent a frame of kind 71, which does not exist" -cert birch.endless.crt -key birch.pem

# A server in the place of alder: with alder's key, it gets the hello of birch; with another, or with older TLS, nothing.
server "127.0.0.1:$port has the key $key" -cert stranger.crt -key stranger.pem
[ -s received ] && fail "birch said something to a stranger"
server "TLS: tlsv1 alert protocol version" -cert alder.crt -key alder.pem -tls1_2
[ -s received ] && fail "birch said something over TLS 1.2"
server "127.0.0.1:$port has the key of party 0, but its certificate expires, as no party's does" -cert alder.crt -key alder.pem
[ -s received ] && fail "birch said something to a certificate that expires"
server "no connection to party 0" -cert alder.endless.crt -key alder.pem
mv received hello
[ "$(head -c 23 hello | tail -c 6)" = parley ] || fail "birch sent no hello"

# That hello, sent again by who has birch's key, is that of another connection; with an older version in it, refused as well.
cp hello sent
client "party 1 sent a hello that belongs to another connection" -cert birch.endless.crt -key birch.pem
{ head -c 23 hello && printf '\0\0' && tail -c +26 hello; } >sent
client "the version of the protocol is 0 at party 1, and 1 at party 0" -cert birch.endless.crt -key birch.pem

[ $failures = 0 ] && echo "all is well"

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The programs parley-split and parley-combine from end to end, beside the programs whose formats they write and read, where those are there.
#   sh shares.sh <parley-split> <parley-combine> <scratch directory>
set -u
# shellcheck source=tests/examples/end_to_end.sh
. "$(dirname "$0")/end_to_end.sh"
split=$1
combine=$2
scratch=$3
enter "$scratch"

fail() {
  echo "FAILED: $*"
  sed 's/^/    /' out err
  failures=$((failures + 1))
}
# expect <status> <command>...: runs it with `in` for its standard input, and keeps what it prints in `out` and `err`.
: >in
expect() {
  wanted=$1
  shift
  "$@" <in >out 2>err
  status=$?
  if [ "$status" != "$wanted" ]; then fail "status $status instead of $wanted: $*"; fi
}
# says <text>: the last one said so on its error output.
says() { grep -qF -- "$1" err || fail "does not say \"$1\""; }
same() { cmp -s "$1" "$2" || fail "$1 differs from $2"; }
# nothing_but <file>...: the directory `d` holds these, and no half of another.
nothing_but() {
  (cd d && ls -A) >found
  printf '%s\n' "$@" | sed '/^$/d' >wanted_files
  cmp -s found wanted_files || fail "the directory holds $(tr '\n' ' ' <found)"
}
fresh() {
  chmod -R u+w d 2>/dev/null
  rm -rf d
  mkdir d
}
# noise <bytes> <file>
noise() { head -c "$1" /dev/urandom >"$2"; }

# Lengths about a chunk's; from files and through pipes; any three of five.
for length in 0 1 65535 65536 65537 10000000; do
  fresh
  noise $length secret
  cp secret in
  expect 0 "$split" -k 3 -n 5 -o d/s -
  nothing_but s.1.share s.2.share s.3.share s.4.share s.5.share
  : >in
  expect 0 "$combine" -o d/back d/s.5.share d/s.1.share d/s.3.share
  same d/back secret
  expect 0 "$combine" d/s.2.share d/s.4.share d/s.3.share
  same out secret
  expect 0 "$combine" --verify d/s.1.share d/s.2.share d/s.3.share d/s.4.share d/s.5.share
  cp d/s.2.share in
  expect 0 "$combine" --force -o d/back d/s.5.share - d/s.3.share
  same d/back secret
  : >in
done
[ "$(stat -c %a d/s.1.share d/back | sort -u)" = 600 ] || fail "others may read shares or secrets"

# Without -o the shares are beside the secret; what is there is kept, unless --force says so.
fresh
echo "correct horse" >d/key
expect 0 "$split" -k 2 -n 3 d/key
cp d/key.1.share before
expect 1 "$split" -k 2 -n 3 d/key
says "d/key.1.share is there already"
same d/key.1.share before
expect 0 "$split" --force -k 2 -n 3 d/key
cmp -s d/key.1.share before && fail "two sharings have the same share"
expect 1 "$combine" -o d/key d/key.1.share d/key.2.share
says "d/key is there already"
nothing_but key key.1.share key.2.share key.3.share

# What is refused, with the reason, and nothing left behind. `key` was split 2 of 3, `s` is 3 of 5.
cp d/key.1.share d/key.2.share d/key.3.share .
cp d/key key
fresh
noise 100 secret
expect 0 "$split" -k 3 -n 5 -o s secret
expect 1 "$combine" -o d/x s.1.share s.2.share
says "2 shares were given, 3 of this set are needed"
expect 1 "$combine" -o d/x s.1.share s.2.share s.1.share
says "s.1.share: it is the share number 1, as s.1.share is"
expect 1 "$combine" -o d/x s.1.share s.2.share key.3.share
says "key.3.share: it is of another set of shares than s.1.share"
expect 1 "$combine" -o d/x s.1.share s.2.share secret
says "secret: it is no share of parley"
says "by --format"
expect 1 "$combine" -o d/x s.1.share s.2.share missing
says "missing could not be read: No such file or directory"
expect 1 "$combine" -o d/x s.1.share s.2.share .
says ". could not be read: Is a directory"
head -c 150 s.3.share >short
expect 1 "$combine" -o d/x s.1.share s.2.share short
says "short: it ends early"
(head -c 100 s.3.share && printf X && tail -c +102 s.3.share) >altered
expect 1 "$combine" -o d/x s.1.share s.2.share altered
says "altered: the checksum of its content from byte 0 on is wrong"
expect 1 "$combine" s.1.share s.2.share altered
[ -s out ] && fail "part of a secret was printed"
(cat s.3.share && echo) >long
expect 1 "$combine" --verify s.1.share s.2.share long
says "long: it has bytes behind its end"
cp s.3.share in
expect 1 "$combine" s.1.share s.2.share -
says "--output"
: >in
nothing_but ""

# Of more shares than are needed, those that cannot be used are left out, and named.
for unusable in short altered long; do
  expect 3 "$combine" --force -o d/x s.1.share $unusable s.2.share s.4.share
  says "left out: $unusable: "
  same d/x secret
  expect 3 "$combine" $unusable s.1.share s.2.share s.4.share
  same out secret
  expect 3 "$combine" --verify s.1.share s.2.share s.4.share $unusable
  says "left out: $unusable: "
done
expect 3 "$combine" --force -o d/x s.1.share s.2.share s.2.share s.5.share
says "left out: s.2.share: it is the share number 2, as s.2.share is"
same d/x secret
expect 1 "$combine" --force -o d/x s.1.share s.2.share s.4.share key.3.share
says "key.3.share: it is of another set of shares than s.1.share"
expect 0 "$split" -f hex -k 2 -n 3 -o d/t secret
sed 's/^./x/' d/t.2.hex >d/u.hex
expect 3 "$combine" -f hex --force -o d/x d/t.1.hex d/u.hex d/t.3.hex
says "left out: character 1 of d/u.hex "
same d/x secret
rm d/*
nothing_but ""

# What is in its place is stored first, and then that it is there.
if command -v strace >/dev/null && strace -o trace true 2>/dev/null; then
  expect 0 strace -f -o trace -e trace=fsync,rename,renameat,renameat2 "$combine" -o d/x s.1.share s.2.share s.4.share
  sed -n 's/^[0-9 ]*\(fsync\|rename\).*= 0$/\1/p' trace | tr '\n' ' ' >found
  [ "$(cat found)" = "fsync rename fsync " ] || fail "this was stored: $(cat found)"
  rm d/x
else
  echo "skipped: there is no strace"
fi

expect 2 "$split" -k 2
expect 2 "$split" -k -1 -n 3 secret
expect 2 "$split" -k 2 -n 0 secret
expect 2 "$split" --k 2 -n 3 secret
expect 1 "$split" -k 1 -n 3 secret
says "K is from 2"
expect 1 "$split" -k 4 -n 3 secret
expect 2 "$split" -k 4 -n 300 secret
expect 1 "$split" -k 2 -n 3 -
says "--output"
expect 1 "$split" -k 2 -n 3 -f morse secret
says "there is no format morse"
expect 1 "$split" -k 2 -n 3 -o d/x missing
says "missing could not be read"
expect 1 "$split" -k 2 -n 3 -o d/x .
says ". could not be read"
expect 1 "$split" -k 2 -n 3 -o nowhere/x secret
says "nowhere/x.1.share could not be written"
mkdir d/x.2.share
expect 1 "$split" --force -k 2 -n 3 -o d/x secret
says "d/x.2.share could not be written: it is no regular file"
nothing_but x.2.share
fresh
if [ "$(id -u)" != 0 ]; then
  chmod a-w d
  expect 1 "$split" -k 2 -n 3 -o d/x secret
  says "could not be written"
  nothing_but ""
fi
# A disk that is full: a limit on the size of files, beyond which a write fails where the signal is ignored.
fresh
noise 2000000 secret
(trap '' XFSZ && ulimit -f 1000 && exec "$split" -k 2 -n 3 -o d/x secret) >out 2>err && fail "a full disk was not noticed"
says "could not be written"
nothing_but ""
if [ -e /dev/full ]; then
  "$combine" key.1.share key.3.share >/dev/full 2>err && fail "a full standard output was not noticed"
fi

# A new set from the old one: it restores, and does not mix with it.
fresh
expect 0 "$split" --refresh -o d/new key.3.share key.1.share
nothing_but new.1.share new.2.share new.3.share
expect 0 "$combine" -o d/back d/new.1.share d/new.2.share
same d/back key
expect 1 "$combine" d/new.1.share key.2.share
says "is of another set"
expect 0 "$split" --refresh -k 4 -n 6 -o d/larger key.3.share key.1.share
expect 1 "$combine" d/larger.1.share d/larger.2.share d/larger.3.share
expect 0 "$combine" --force -o d/back d/larger.1.share d/larger.2.share d/larger.3.share d/larger.6.share
same d/back key
fresh
expect 1 "$split" --refresh -o d/new key.3.share
(head -c 90 key.1.share && printf X && tail -c +92 key.1.share) >altered
expect 1 "$split" --refresh -o d/new key.3.share altered
nothing_but ""

# So do the shares of every format that says whether they are right, and those of others say why not.
printf 'a secret of 24 bytes.....' | head -c 24 >secret
for format in hex base32 words rtss slip39; do
  "$split" --help | grep -q "^  $format " || continue
  fresh
  expect 0 "$split" -f $format -k 2 -n 3 -o d/old secret
  expect 0 "$split" --refresh -n 4 -o d/new d/old.3.$format d/old.1.$format
  [ -e d/new.4.$format ] || fail "there are not four new shares"
  expect 0 "$combine" -o d/back d/new.4.$format d/new.1.$format
  same d/back secret
  expect 1 "$combine" d/new.1.$format d/old.2.$format
  says "of another set"
  expect 0 "$split" --refresh -k 3 -n 3 -o d/more d/new.2.$format d/new.3.$format
  expect 1 "$combine" d/more.1.$format d/more.2.$format
  expect 0 "$combine" d/more.1.$format d/more.3.$format d/more.2.$format
  same out secret
done
for format in rtss slip39; do
  "$split" --help | grep -q "^  $format " || continue
  fresh
  expect 0 "$split" -f $format -k 2 -n 3 -o d/old secret
  expect 1 "$split" --refresh -o d/new d/old.3.$format d/old.1.$format
  says "-n is needed"
  nothing_but old.1.$format old.2.$format old.3.$format
done
expect 1 "$split" -f ssss --refresh -o d/new one two
says "shares of the format ssss have no check"

# A passphrase, from a file, a descriptor, the standard input or the terminal.
if "$split" --help | grep -q '^  slip39'; then
  fresh
  printf 'correct horse\n' >phrase
  printf 'correct horse' >in
  expect 0 "$split" -f slip39 --passphrase-file phrase -k 2 -n 3 -o d/s secret
  expect 0 "$combine" --passphrase-file - d/s.1.slip39 d/s.3.slip39
  same out secret
  : >in
  expect 0 "$combine" d/s.1.slip39 d/s.3.slip39
  cmp -s out secret && fail "the passphrase makes no difference"
  expect 0 "$combine" --passphrase-file phrase d/s.1.slip39 d/s.2.slip39 d/s.3.slip39
  same out secret
  expect 0 "$split" --refresh -n 3 -o d/new d/s.1.slip39 d/s.2.slip39
  "$combine" --passphrase-file /dev/fd/3 d/new.1.slip39 d/new.3.slip39 3<phrase >out 2>err
  same out secret
  expect 1 "$split" --refresh -n 3 --passphrase-file phrase -o d/other d/s.1.slip39 d/s.2.slip39
  says "needs none"
  expect 1 "$split" -k 2 -n 3 --passphrase-file phrase -o d/other secret
  says "the format parley have no passphrase"
  expect 1 "$combine" --passphrase-file phrase s.1.share s.2.share
  says "the format parley have no passphrase"
  cp secret in
  expect 1 "$split" -f slip39 -k 2 -n 3 --passphrase-file - -o d/other -
  says "the standard input cannot have"
  expect 2 "$split" -f slip39 -k 2 -n 3 --passphrase-file phrase --ask-passphrase -o d/other secret
  : >empty
  expect 1 "$split" -f slip39 -k 2 -n 3 --passphrase-file empty -o d/other secret
  says "empty has no passphrase in it"
  printf 'one\ntwo\n' >two
  expect 1 "$split" -f slip39 -k 2 -n 3 --passphrase-file two -o d/other secret
  says "more than the one line"
  printf 'corr\303\251ct\n' >foreign
  expect 1 "$split" -f slip39 -k 2 -n 3 --passphrase-file foreign -o d/other secret
  says "printable characters of ASCII"
  : >in
  expect 1 setsid "$combine" --ask-passphrase d/s.1.slip39 d/s.3.slip39
  says "there is no terminal"
  if command -v script >/dev/null && script -qec true /dev/null </dev/null >/dev/null 2>&1; then
    # answer <question> <text>: types the text when the question has been asked.
    answer() {
      tries=0
      until grep -q "$1" typed || [ $tries = 300 ]; do sleep 0.1 && tries=$((tries + 1)); done
      printf "$2"
    }
    # at_terminal <command>: runs it at a terminal whose keyboard is the standard input, and keeps what it shows in `typed`.
    at_terminal() { script -qec "$1" /dev/null >typed 2>&1; }
    : >typed
    (answer 'Passphrase:' 'pass\n' && answer 'The same again:' 'pass\n') |
      at_terminal "'$split' -f slip39 --ask-passphrase -k 2 -n 2 -o d/asked secret"
    grep -q 'pass' typed && fail "the terminal shows the passphrase"
    printf 'pass\n' >phrase
    expect 0 "$combine" --passphrase-file phrase d/asked.1.slip39 d/asked.2.slip39
    same out secret
    : >typed
    (answer 'Passphrase:' 'pass\n' && answer 'The same again:' 'other\n') |
      at_terminal "'$split' -f slip39 --ask-passphrase -k 2 -n 2 -o d/wrong secret"
    cp typed err
    says "two different passphrases"
    : >typed
    answer 'Passphrase:' 'pas\003' | at_terminal "'$combine' --ask-passphrase d/asked.1.slip39 d/asked.2.slip39"
    cp typed err
    says "no passphrase was given"
  else
    echo "skipped: there is no script"
  fi
fi

# Every format there and back.
printf 'a secret of some words' >secret
for format in $("$split" --help | sed -n '/^Formats:/,/^$/s/^  \([a-z0-9]*\) .*/\1/p'); do
  fresh
  expect 0 "$split" -f "$format" -k 2 -n 3 -o d/s secret
  rm -f d/s.1.* d/s.001
  set -- d/s.*
  [ $# = 2 ] || fail "there are $# shares"
  expect 0 "$combine" -f "$format" -o d/back "$@"
  same d/back secret
  expect 0 "$combine" -f "$format" --verify "$@"
done

# Both ways with the programs of others.
fresh
if command -v gfsplit >/dev/null && command -v gfcombine >/dev/null; then
  noise 100000 secret
  expect 0 "$split" -f gfshare -k 2 -n 3 -o d/s secret
  gfcombine -o d/theirs d/s.001 d/s.003
  same d/theirs secret
  gfsplit -n 2 -m 3 secret d/t
  set -- d/t.*
  expect 0 "$combine" -f gfshare -o d/ours "$1" "$3"
  same d/ours secret
else
  echo "skipped: there is no gfsplit"
fi
if command -v ssss-split >/dev/null && command -v ssss-combine >/dev/null; then
  printf 'a secret of some words' >secret
  expect 0 "$split" -f ssss -k 2 -n 3 -o d/s secret
  cat d/s.1.ssss d/s.3.ssss | ssss-combine -t 2 -Q 2>d/theirs
  [ "$(cat d/theirs)" = "$(cat secret)" ] || fail "ssss-combine restores something else"
  ssss-split -t 2 -n 3 -Q <secret >d/lines 2>/dev/null
  head -n 2 d/lines >d/two
  expect 0 "$combine" --force -f ssss -o d/ours d/two
  same d/ours secret
else
  echo "skipped: there is no ssss-split"
fi

if "$split" --help | grep -q '^  rtss' && command -v botan >/dev/null &&
  botan tss_split --share-prefix=d/t --share-suffix=tss 2 3 secret; then
  expect 0 "$combine" --force -f rtss -o d/ours d/t1.tss d/t3.tss
  same d/ours secret
  expect 0 "$split" --force -f rtss -k 2 -n 3 -o d/s secret
  botan tss_recover d/s.2.rtss d/s.3.rtss >d/theirs
  same d/theirs secret
else
  echo "skipped: there is no botan with tss_split"
fi

if [ $failures != 0 ]; then
  echo "$failures failures"
  exit 1
fi
echo "all is well"

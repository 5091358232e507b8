#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Proves the two commands of the README on a bare machine: makes a minimal Debian 12 with nothing but git in a directory of its own, clones HEAD
# into it, runs `demo` and then `test` there, says how long each took, and removes the directory. To be run as root on Debian or Ubuntu with the
# package debootstrap; takes the package mirror from this machine's apt configuration.
#   sh cmake/bare_machine.sh [COMMAND]...   with the commands of bootstrap.sh to run, `demo test` if none is given
# Environment: PARLEY_BARE_MACHINE is the directory to make, by default one with a new name below /var/tmp. It must not exist, and is removed.
set -eu

fail() {
  echo "bare_machine: $*" >&2
  exit 1
}

suite=bookworm
root=$(cd "$(dirname "$0")/.." && pwd)
[ "$(id -u)" = 0 ] || fail "has to be run as root"
command -v debootstrap >/dev/null || fail "needs the package debootstrap"
[ $# -gt 0 ] || set -- demo test

mirror=$(apt-get indextargets --format '$(REPO_URI)' "Created-By: Packages" "Codename: $suite" "Label: Debian" "Component: main" | sed -n 1p)
[ -n "$mirror" ] || fail "this machine's apt knows no mirror of Debian $suite; run apt-get update first"

machine=${PARLEY_BARE_MACHINE:-/var/tmp/parley-bare-machine.$$}
mkdir "$machine"
# debootstrap mounts /proc in it and unmounts it again. What we mount ourselves is in a namespace of its own and ends with it.
trap 'umount "$machine/proc" 2>/dev/null || :; rm -rf --one-file-system "$machine"' EXIT
trap 'exit 1' HUP INT TERM

debootstrap --variant=minbase --include=git "$suite" "$machine" "$mirror" >"$machine.log" 2>&1 || {
  tail -n 20 "$machine.log" >&2
  fail "debootstrap failed; the whole of what it said is in $machine.log"
}
rm -f "$machine.log"
cp /etc/resolv.conf "$machine/etc/resolv.conf"
apt-config dump Acquire::http::Proxy >"$machine/etc/apt/apt.conf.d/proxy"
git clone --quiet --depth 1 "file://$root" "$machine/parley"
# The index that debootstrap leaves behind is not what a fresh installation has.
rm -rf "$machine"/var/lib/apt/lists/*

for command; do
  start=$(date +%s)
  status=0
  # From a directory that has nothing to do with the project, and with nothing of this machine's environment.
  unshare --mount sh -c 'mount -t proc proc "$1/proc" && exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb \
    chroot "$1" sh /parley/cmake/bootstrap.sh "$2"' sh "$machine" "$command" </dev/null || status=$?
  printf '\nbare_machine: %s ended with status %d after %d s\n\n' "$command" "$status" $(($(date +%s) - start))
  [ "$status" = 0 ] || exit "$status"
done

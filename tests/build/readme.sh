#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Does what README.md says, as it says it: installs the library, configures a project with each of the pieces of CMake, compiles programs by the
# command lines, and compares what the programs print. Run as
#   readme.sh SCRATCH
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$1
rm -rf "$scratch"
mkdir -p "$scratch/blocks"

# Every block in fences becomes a file, blocks/NN.LANGUAGE, numbered in their order.
awk -v directory="$scratch/blocks" '
  /^```/ && !inside { inside = 1; file = sprintf("%s/%02d.%s", directory, ++count, substr($0, 4)); next }
  /^```/ { inside = 0; close(file); next }
  inside { print > file }
' "$root/README.md"

# What the blocks mention is here: the sources of parley, and a program, for which the last one in README.md (the shortest to compile) stands.
project=$scratch/project
mkdir -p "$project/parley"
cp -R "$root/CMakeLists.txt" "$root/LICENSE" "$root/cmake" "$root/include" "$project/parley"
cd "$project/parley"
programs=0
for program in "$scratch"/blocks/*.cpp; do programs=$((programs + 1)); done
[ $programs = 2 ] || { echo "README.md has $programs programs"; exit 1; }
cp "$program" your_program.cpp
cp "$program" "$project/your_program.cpp"

# run_and_compare PROGRAM BLOCK: the block after a program's is what it prints.
run_and_compare() {
  number=$(basename "$2" .cpp)
  "$1" | diff - "$scratch/blocks/$(printf '%02d' $((${number#0} + 1))).text"
}

commands=0
for block in "$scratch"/blocks/*.sh; do
  while IFS= read -r command; do
    case $command in
      'sh cmake/bootstrap.sh '*) continue ;;  # these install packages
      'parley-'* | 'cat '*) continue ;;       # tests/examples/three_machines.sh does these
      'cmake '*) DESTDIR=$scratch/installed sh -euc "$command" ;;
      'c++ '*)
        PKG_CONFIG_PATH=$scratch/installed/usr/local/share/pkgconfig sh -euc "$command"
        run_and_compare ./your_program "$program"
        rm your_program
        ;;
      *)
        echo "README.md has a command that this test does not know: $command"
        exit 1
        ;;
    esac
    commands=$((commands + 1))
  done <"$block"
done
[ $commands = 4 ] || { echo "README.md has $commands commands besides those of bootstrap.sh"; exit 1; }

for other in "$scratch"/blocks/*.cpp; do
  [ "$other" != "$program" ] || continue
  c++ -std=c++20 -I include -pthread "$other" -o other_program
  run_and_compare ./other_program "$other"
done

cd "$project"
pieces=0
for piece in "$scratch"/blocks/*.cmake; do
  {
    echo 'cmake_minimum_required(VERSION 3.25)'
    echo 'project(readme LANGUAGES CXX)'
    echo 'add_executable(your_program your_program.cpp)'
    cat "$piece"
  } >CMakeLists.txt
  # Sources that are there already stand for those that FetchContent would fetch.
  cmake -S . -B "$scratch/configured/$(basename "$piece")" -D CMAKE_PREFIX_PATH="$scratch/installed/usr/local" \
    -D FETCHCONTENT_SOURCE_DIR_PARLEY="$project/parley"
  pieces=$((pieces + 1))
done
[ $pieces = 3 ] || { echo "README.md has $pieces pieces of CMake"; exit 1; }

// SPDX-License-Identifier: Apache-2.0
// A fork is noticed, in the child, by its children and by nobody else.
#include "parley/core/fork.hpp"

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "catch.hpp"
#include "core/in_a_fork.hpp"

using parley::detail::fork_generation;
using parley::detail::ForkDetector;
using parley::test::in_a_fork;

TEST_CASE("a process keeps its generation, its fork has another, the fork of the fork a third") {
  const std::uint64_t mine = fork_generation();
  CHECK(fork_generation() == mine);

  struct Seen {
    std::uint64_t child, child_again, grandchild;
  };
  const auto seen = in_a_fork<Seen>([] {
    Seen inside{};
    inside.child = fork_generation();
    inside.child_again = fork_generation();
    inside.grandchild = in_a_fork<std::uint64_t>([] { return fork_generation(); });
    return inside;
  });
  CHECK(seen.child != mine);
  CHECK(seen.child_again == seen.child);
  CHECK(seen.grandchild != seen.child);
  CHECK(seen.grandchild != mine);
  CHECK(fork_generation() == mine);
}

TEST_CASE("without memory that a fork loses, the process number tells a fork") {
  ForkDetector detector(ForkDetector::Means::process_number);
  const std::uint64_t mine = detector.generation();
  CHECK(detector.generation() == mine);
  CHECK(in_a_fork<std::uint64_t>([&] { return detector.generation(); }) != mine);
}

// SPDX-License-Identifier: Apache-2.0
// The pieces in which batches are worked on, and writing all of them or none.
#include "parley/sharing/batch.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/sharing/additive.hpp"
#include "parley/sharing/shamir.hpp"
#include "sharing/enumeration.hpp"

namespace {

using F = parley::Mersenne61;

// Uniform elements are ones; the second piece of a batch gets none.
struct FailingSource {
  std::size_t calls_left;
  void fill_uniform(std::span<F> out) {
    if (calls_left-- == 0) throw std::runtime_error("no more randomness");
    for (F& element : out) element = F{1};
  }
};

}  // namespace

TEST_CASE("pieces cover a batch without gaps, and fit in the cache") {
  for (const std::size_t size : {0U, 1U, 99U, 100U, 101U, 1000U}) {
    std::size_t next = 0;
    parley::detail::for_each_chunk(size, 100, [&](std::size_t first, std::size_t length) {
      CHECK(first == next);
      CHECK(length >= 1);
      CHECK(length <= 100);
      next = first + length;
    });
    CHECK(next == size);
  }
  CHECK(parley::detail::chunk_length<F>(4) == 512);
  CHECK(parley::detail::chunk_length<F>(1000) == 64);
  CHECK(parley::detail::chunk_length<std::byte>(1) == 4096);
}

TEST_CASE("where randomness fails in the middle of a batch, nothing of the batch is left") {
  std::vector<std::vector<F>> shares(4, std::vector<F>(10000, F{5}));
  const std::vector<std::span<F>> rows(shares.begin(), shares.end());
  const std::vector<std::vector<F>> zeros(4, std::vector<F>(10000));
  const std::vector<F> secrets(10000, F{7});

  const parley::Shamir<F> shamir({.parties = 4, .privacy_threshold = 2});
  std::vector<F> scratch(shamir.scratch_size(10000), F{5});
  FailingSource source{1};
  CHECK_THROWS_AS(shamir.share_into(secrets, source, rows, scratch), std::runtime_error);
  CHECK(shares == zeros);
  CHECK(scratch == std::vector<F>(scratch.size()));

  const parley::Additive<F> additive({.parties = 4});
  source.calls_left = 4;
  CHECK_THROWS_AS(additive.share_into(secrets, source, rows), std::runtime_error);
  CHECK(shares == zeros);
}

TEST_CASE("the tests' enumeration of sets, numbers and random choices is complete") {
  std::vector<std::vector<std::size_t>> subsets;
  parley::test::for_each_subset(5, 3, [&](const std::vector<std::size_t>& set) { subsets.push_back(set); });
  CHECK(subsets.size() == 10);
  CHECK(subsets.front() == std::vector<std::size_t>{0, 1, 2});
  CHECK(subsets.back() == std::vector<std::size_t>{2, 3, 4});
  CHECK(std::ranges::adjacent_find(subsets, std::greater_equal<>()) == subsets.end());
  std::size_t count = 0;
  parley::test::for_each_subset(3, 0, [&](const std::vector<std::size_t>& set) { count += set.empty() ? 1 : 0; });
  parley::test::for_each_subset(3, 3, [&](const std::vector<std::size_t>& set) { count += set.size(); });
  CHECK(count == 4);

  std::vector<std::vector<std::size_t>> numbers;
  parley::test::for_each_number(3, 2, [&](const std::vector<std::size_t>& digits) { numbers.push_back(digits); });
  std::ranges::sort(numbers);
  CHECK(numbers.size() == 9);
  CHECK(std::ranges::adjacent_find(numbers) == numbers.end());
}

// SPDX-License-Identifier: Apache-2.0
// What a call needs memory for, the next ones use again.
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "catch.hpp"
#include "functions/any_engine.hpp"
#include "functions/counted_allocations.hpp"
#include "parley/core/buffer.hpp"
#include "parley/engine/operations.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/functions/compare.hpp"
#include "parley/functions/shuffle.hpp"

namespace {

using namespace parley;
using namespace parley::test;
using F = Mersenne61;
using Vector = SharedOf<AnyEngine<F>>;
using Call = std::function<void(AnyEngine<F>&, const Vector&, const Vector&)>;

/// What all parties allocate in one call: the least of so many, because one that runs further ahead of the others than
/// any did before needs more.
Allocations allocations_of(const Call& call, std::size_t parties, std::size_t count, int calls) {
  Allocations least{SIZE_MAX, SIZE_MAX};
  run_parties(parties, [&](Network& network) {
    const auto engine = any_shamir<F>(network, {parties, (parties - 1) / 2}, network.self());
    const Vector x = random(*engine, count), y = random(*engine, count);
    const auto all_are_here = [&] { engine->open(engine->constant(std::vector<F>(1))); };
    for (int k = 0; k < calls; ++k) {
      all_are_here();
      if (network.self() == 0) count_allocations();
      all_are_here();
      call(*engine, x, y);
      all_are_here();
      if (network.self() == 0) {
        const Allocations counted = counted_allocations();
        if (counted.large < least.large || (counted.large == least.large && counted.bytes < least.bytes))
          least = counted;
      }
    }
  });
  return least;
}

}  // namespace

TEST_CASE("calls after the first ones allocate none of the memory of their batches") {
  if (!detail::recycle_blocks) {
    SUCCEED("a sanitizer is to see the end of every block's life");
    return;
  }
  struct Named {
    std::string name;
    Call call;
  };
  const std::vector<Named> calls = {
      {"mul", [](AnyEngine<F>& engine, const Vector& x, const Vector& y) { mul(engine, x, y); }},
      {"dot", [](AnyEngine<F>& engine, const Vector& x, const Vector& y) { dot(engine, x, y); }},
      {"less_than", [](AnyEngine<F>& engine, const Vector& x, const Vector& y) { less_than(engine, x, y); }},
      {"shuffle", [](AnyEngine<F>& engine, const Vector& x, const Vector&) { shuffle(engine, x); }},
  };
  for (const auto& [name, call] : calls)
    for (const std::size_t count : {std::size_t{1} << 14, std::size_t{100000}}) {
      const Allocations allocated = allocations_of(call, 3, count, 8);
      CAPTURE(name, count);
      // lists of messages, planes and gates, however long the batch is
      CHECK(allocated.large < 30);
      CHECK(allocated.bytes < 200'000);
    }
}

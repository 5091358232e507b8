// SPDX-License-Identifier: Apache-2.0
// What a party of the Shamir engine computes from its secret inputs, shares and randomness.
//
// A message is public once it is sent: what it may tell, and to whom, is the protocol's matter, which the privacy tests
// are about, and a receiver decides in public whether he takes it. So every party's own computation is watched, from
// its inputs and randomness to what it sends.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "constant_time/secrecy.hpp"
#include "constant_time/secret_random.hpp"
#include "parley/core/bytes.hpp"
#include "parley/engine/operations.hpp"
#include "parley/engine/shamir_passive.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/functions/bits.hpp"
#include "parley/functions/compare.hpp"
#include "parley/functions/select.hpp"
#include "parley/net/network.hpp"

namespace {

using namespace parley;
using namespace parley::testing;
using F = Mersenne61;

/// Another network, in which what is sent becomes public.
class Declassifying final : public Network {
 public:
  explicit Declassifying(Network& beneath) : Network(beneath.self(), beneath.parties()), beneath_(beneath) {}

 private:
  std::vector<Bytes> do_exchange(std::uint64_t, std::vector<Bytes> outgoing,
                                 std::span<const std::size_t> expected_sizes) override {
    for (Bytes& message : outgoing) declassify(std::span(message));
    return beneath_.exchange(std::move(outgoing), expected_sizes);
  }
  void do_give_up(std::string_view reason) noexcept override { beneath_.give_up(reason); }

  Network& beneath_;
};

const std::vector<F> left = {F{5}, F{7}, F{0}, F{123456789}, F{1} - F{2}};
const std::vector<F> right = {F{7}, F{5}, F{0}, F{123456788}, F{1}};

/// All that follows from the shared values x and y, opened; what is opened is public by definition.
///
/// Among more than three parties to_field and what is made of it are left out: they branch on masked bits that have
/// been opened, which are public, too, but nobody tells memcheck.
template <class Engine, class Vector>
std::vector<F> compute(Engine& engine, const Vector& x, const Vector& y, bool secret) {
  std::vector<F> results;
  const auto less = less_than(engine, x, y);
  for (const auto& bits : {less, equal(engine, x, y)}) {
    std::vector<std::uint64_t> opened = open(engine, bits);
    declassify(opened);
    for (const std::uint64_t bit : opened) results.push_back(F(bit));
  }
  std::vector<Vector> vectors = {mul(engine, x, y), dot(engine, x, y)};
  if (engine.parties() == 3) {
    vectors.push_back(to_field(engine, less));
    vectors.push_back(select(engine, less, x, y));
    vectors.push_back(to_field(engine, to_bits(engine, x)));
  }
  for (const Vector& vector : vectors) {
    if (secret) require(is_secret(std::as_bytes(vector.shares())), "shares of what follows from secrets are secret");
    auto opened = open(engine, vector);
    declassify(std::span<F>(opened));
    results.insert(results.end(), opened.begin(), opened.end());
  }
  return results;
}

void check_engine(std::size_t parties) {
  const auto expected = simulate(parties, [](Network& network) {
    auto engine = shamir_passive<F>(network);
    return compute(engine, input(engine, 0, left, left.size()), input(engine, 1, right, right.size()), false);
  });
  const auto found = simulate(parties, [](Network& network) {
    Declassifying declassifying(network);
    auto engine = shamir_passive<F>(declassifying, {}, SecretRandom(network.self()));
    std::vector<F> x = left, y = right;
    mark_secret(x);
    mark_secret(y);
    return compute(engine, input(engine, 0, x, x.size()), input(engine, 1, y, y.size()), true);
  });
  require(found == expected, "results of secret inputs are those of public ones");
}

}  // namespace

int main() {
  require_valgrind();
  under_each_backend([] {
    for (const std::size_t parties : {3U, 5U}) check_engine(parties);
  });
}

// SPDX-License-Identifier: Apache-2.0
// The arithmetic of single field elements on secrets: sums, products, inverse, equality, encoding.
//
// Not here: decode and from_sample, whose refusal of what is no element is public. A party whose message is refused is
// accused before everybody, and a sample that is rejected has nothing to do with the one that is taken.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "constant_time/fields.hpp"
#include "constant_time/secrecy.hpp"
#include "parley/core/random.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"

namespace {

using namespace parley;
using namespace parley::testing;

template <Field F>
void check_scalars() {
  TestRandom random(1);
  // The values decide nothing, and so one of each kind is enough: a branch is reported whichever way it goes.
  for (const F& a : {uniform<F>(random), F::zero(), -F::one()}) {
    const F b = uniform<F>(random);
    check_on_secrets(
        "a + b", [](F x, F y) { return x + y; }, a, b);
    check_on_secrets(
        "a - b", [](F x, F y) { return x - y; }, a, b);
    check_on_secrets(
        "a * b", [](F x, F y) { return x * y; }, a, b);
    check_on_secrets(
        "-a", [](F x) { return -x; }, a);
    check_on_secrets(
        "1 / a", [](F x) { return x.inverse(); }, a);
    check_on_secrets(
        "a == b", [](F x, F y) { return x == y; }, a, b);
    check_on_secrets(
        "a == a", [](F x, F y) { return x == y; }, a, a);
    check_on_secrets(
        "encode(a)",
        [](F x) {
          std::array<std::byte, F::encoded_size> bytes;
          x.encode(bytes);
          return bytes;
        },
        a);
  }
  std::uint64_t number = 0;
  random.fill(std::as_writable_bytes(std::span(&number, 1)));
  check_on_secrets(
      "F(number)", [](std::uint64_t x) { return F(x); }, number);
  if constexpr (PrimeField<F>) {
    check_on_secrets(
        "to_integer", [](F x) { return x.to_integer(); }, uniform<F>(random));
    typename F::Integer integer{};
    random.fill(std::as_writable_bytes(std::span(&integer, 1)));
    check_on_secrets(
        "from_integer", [](const typename F::Integer& x) { return F::from_integer(x); }, integer);
  }
  if constexpr (BinaryField<F>) {
    check_on_secrets(
        "value", [](F x) { return x.value(); }, uniform<F>(random));
    typename F::Value value{};
    random.fill(std::as_writable_bytes(std::span(&value, 1)));
    check_on_secrets(
        "from_value", [](const typename F::Value& x) { return F::from_value(x); }, value);
  }
}

}  // namespace

int main() {
  require_valgrind();
  under_each_backend([] { Fields::for_each([]<class F>() { check_scalars<F>(); }); });
}

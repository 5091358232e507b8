// SPDX-License-Identifier: Apache-2.0
// Matrices over GF(2) applied to bytes, compared with what they are by definition.
#include "parley/field/gfni.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <numeric>
#include <span>
#include <utility>

#include "catch.hpp"
#include "parley/core/cpu.hpp"
#include "parley/core/random.hpp"
#include "parley/field/binary256.hpp"

namespace {

using parley::GF256;

std::uint8_t product(std::uint64_t matrix, std::uint8_t x) {
  unsigned result = 0;
  for (unsigned i = 0; i < 8; ++i)
    result |= (static_cast<unsigned>(std::popcount((matrix >> (8 * (7 - i))) & x)) & 1U) << i;
  return static_cast<std::uint8_t>(result);
}

std::uint8_t inverse(std::uint8_t x) { return x == 0 ? std::uint8_t{0} : GF256::from_value(x).inverse().value(); }

#if defined(__x86_64__)

using Bytes = std::array<std::uint8_t, 256>;

// Matrices from consecutive places in memory, whose offsets compilers put into the instructions.
constexpr auto places = std::make_index_sequence<5>();
using Matrices = std::array<std::uint64_t, places.size()>;

struct Wide {
  using Vector = __m512i;
  template <std::size_t... K>
  [[gnu::target("avx512f,avx512bw,avx512dq,avx512vl,gfni")]] static void multiply_bytes(const Matrices& matrices,
                                                                                        const Vector& x, Vector* out,
                                                                                        std::index_sequence<K...>) {
    ((out[K] = parley::detail::multiply_bytes(matrices[K], x)), ...);
  }
  template <std::size_t... K>
  [[gnu::target("avx512f,avx512bw,avx512dq,avx512vl,gfni")]] static void multiply_inverses(const Matrices& matrices,
                                                                                           const Vector& x, Vector* out,
                                                                                           std::index_sequence<K...>) {
    ((out[K] = parley::detail::multiply_inverses(matrices[K], x)), ...);
  }
};

struct Narrow {
  using Vector = __m256i;
  template <std::size_t... K>
  [[gnu::target("avx2,gfni")]] static void multiply_bytes(const Matrices& matrices, const Vector& x, Vector* out,
                                                          std::index_sequence<K...>) {
    ((out[K] = parley::detail::multiply_bytes(matrices[K], x)), ...);
  }
  template <std::size_t... K>
  [[gnu::target("avx2,gfni")]] static void multiply_inverses(const Matrices& matrices, const Vector& x, Vector* out,
                                                             std::index_sequence<K...>) {
    ((out[K] = parley::detail::multiply_inverses(matrices[K], x)), ...);
  }
};

template <class Machine>
bool right_for(const Matrices& matrices, std::uint8_t first) {
  using Vector = typename Machine::Vector;
  Vector x, products[places.size()], of_inverses[places.size()];
  std::uint8_t in[sizeof(Vector)], out[sizeof(Vector)];
  std::iota(std::begin(in), std::end(in), first);
  std::memcpy(&x, in, sizeof x);
  Machine::multiply_bytes(matrices, x, products, places);
  Machine::multiply_inverses(matrices, x, of_inverses, places);
  bool right = true;
  for (std::size_t k = 0; k < places.size(); ++k) {
    std::memcpy(out, &products[k], sizeof x);
    for (std::size_t i = 0; i < sizeof x; ++i) right &= out[i] == product(matrices[k], in[i]);
    std::memcpy(out, &of_inverses[k], sizeof x);
    for (std::size_t i = 0; i < sizeof x; ++i) right &= out[i] == product(matrices[k], inverse(in[i]));
  }
  return right;
}

#endif

}  // namespace

TEST_CASE("matrices multiply all bytes and their inverses") {
#if defined(__x86_64__)
  const parley::CpuFeatures& cpu = parley::machine_features();
  parley::TestRandom random(1);
  for (unsigned first = 0; first < 256; first += 32) {
    Matrices matrices{};
    random.fill(std::as_writable_bytes(std::span(matrices)));
    const auto start = static_cast<std::uint8_t>(first);
    if (cpu.avx512 && cpu.gfni) CHECK(right_for<Wide>(matrices, start));
    if (cpu.avx2 && cpu.gfni) CHECK(right_for<Narrow>(matrices, start));
  }
#endif
  CHECK(product(0x0102040810204080, 0x53) == 0x53);  // the identity
}

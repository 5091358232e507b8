// SPDX-License-Identifier: Apache-2.0
// NTL at prime fields of one word (zz_p, below 2^60, so not modulo 2^61 - 1) and of more (ZZ_p), and at the fields of
// characteristic two (GF2E).
#include <NTL/GF2E.h>
#include <NTL/ZZ_p.h>
#include <NTL/lzz_p.h>
#include <NTL/mat_lzz_p.h>
#include <NTL/vec_GF2E.h>
#include <NTL/vec_ZZ_p.h>
#include <NTL/vec_lzz_p.h>

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "contest.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/mersenne31.hpp"
#include "parley/field/named_primes.hpp"
#include "parley/field/vector.hpp"
#include "parley/field/wide_binary.hpp"

namespace {

using namespace parley_bench;
namespace vector = parley::vector;

/// The bytes of an encoding for NTL's functions, and back.
template <class F>
std::array<unsigned char, F::encoded_size> bytes_of(F x) {
  std::array<unsigned char, F::encoded_size> bytes;
  x.encode(std::as_writable_bytes(std::span(bytes)));
  return bytes;
}
template <class F>
F element_of(const std::array<unsigned char, F::encoded_size>& bytes) {
  return F::decode(std::as_bytes(std::span(bytes))).value();
}

/// How NTL has the elements of F. NTL keeps the field as a state of the process, which enter() sets.
template <class F>
struct Counterpart;

template <>
struct Counterpart<parley::Mersenne31> {
  using F = parley::Mersenne31;
  using Element = NTL::zz_p;
  using Vector = NTL::vec_zz_p;
  static void enter() { NTL::zz_p::init(F::modulus); }
  static Element from(F x) { return NTL::to_zz_p(static_cast<long>(x.to_integer())); }
  static F to(const Element& x) { return F(static_cast<std::uint64_t>(rep(x))); }
};

template <class Prime>
struct ManyWords {
  using Element = NTL::ZZ_p;
  using Vector = NTL::vec_ZZ_p;
  static NTL::ZZ integer(Prime x) {
    const auto bytes = bytes_of(x);
    return NTL::ZZFromBytes(bytes.data(), static_cast<long>(bytes.size()));
  }
  static void enter() { NTL::ZZ_p::init(integer(-Prime::one()) + 1); }
  static Element from(Prime x) { return NTL::to_ZZ_p(integer(x)); }
  static Prime to(const Element& x) {
    std::array<unsigned char, Prime::encoded_size> bytes;
    NTL::BytesFromZZ(bytes.data(), rep(x), static_cast<long>(bytes.size()));
    return element_of<Prime>(bytes);
  }
};
template <>
struct Counterpart<parley::Mersenne127> : ManyWords<parley::Mersenne127> {};
template <>
struct Counterpart<parley::Bls12_381Scalar> : ManyWords<parley::Bls12_381Scalar> {};

template <unsigned degree>
struct Counterpart<parley::WideBinary<degree>> {
  using F = parley::WideBinary<degree>;
  using Element = NTL::GF2E;
  using Vector = NTL::vec_GF2E;
  static NTL::GF2X polynomial(F x) {
    const auto bytes = bytes_of(x);
    return NTL::GF2XFromBytes(bytes.data(), static_cast<long>(bytes.size()));
  }
  static void enter() {
    // x^degree is what parley reduces it to.
    const F root = F::from_value(typename F::Value{1} << (degree / 2));
    NTL::GF2X modulus = polynomial(root * root);
    NTL::SetCoeff(modulus, static_cast<long>(degree));
    NTL::GF2E::init(modulus);
  }
  static Element from(F x) { return NTL::to_GF2E(polynomial(x)); }
  static F to(const Element& x) {
    std::array<unsigned char, F::encoded_size> bytes;
    NTL::BytesFromGF2X(bytes.data(), rep(x), static_cast<long>(bytes.size()));
    return element_of<F>(bytes);
  }
};

template <class F>
struct Numbers {
  using Vector = typename Counterpart<F>::Vector;

  explicit Numbers(std::size_t size) {
    Counterpart<F>::enter();
    for (const auto& [vector, seed] : {std::pair{&a, 1U}, std::pair{&b, 2U}, std::pair{&out, 3U}}) {
      vector->SetLength(static_cast<long>(size));
      const auto elements = operand<F>(seed, size);
      for (std::size_t i = 0; i < size; ++i) (*vector)[static_cast<long>(i)] = Counterpart<F>::from(elements[i]);
    }
  }

  Vector a, b, out;
  typename Counterpart<F>::Element sum;
};

template <class F>
std::vector<F> elements(const typename Counterpart<F>::Vector& numbers) {
  std::vector<F> result;
  for (long i = 0; i < numbers.length(); ++i) result.push_back(Counterpart<F>::to(numbers[i]));
  return result;
}

/// theirs(numbers) computes numbers.out, ours(out, a, b) the same.
template <class F, class Theirs, class Ours>
void measure_kernel(const std::string& work, Theirs theirs, Ours ours) {
  static constexpr std::size_t size = in_cache.elements<F>();
  measure_peer<F>(
      work, "NTL", size,
      [theirs] {
        const auto numbers = std::make_shared<Numbers<F>>(size);
        return Peer<F>{[numbers, theirs] { theirs(*numbers); }, [numbers] { return elements<F>(numbers->out); }};
      },
      [ours] {
        std::vector<F> out(size);
        ours(std::span<F>(out), operand<F>(1, size), operand<F>(2, size));
        return out;
      });
}

template <class F>
void measure_field(const std::string& field) {
  using In = std::span<const F>;
  using Out = std::span<F>;
  for (const char* work : {"/multiply/in_cache", "/multiply/one_by_one"})
    measure_kernel<F>(
        field + work,
        [](Numbers<F>& n) {
          for (long i = 0; i < n.a.length(); ++i) mul(n.out[i], n.a[i], n.b[i]);
        },
        [](Out out, In a, In b) { vector::multiply<F>(out, a, b); });
  measure_kernel<F>(
      field + "/add/in_cache", [](Numbers<F>& n) { add(n.out, n.a, n.b); },
      [](Out out, In a, In b) { vector::add<F>(out, a, b); });
  measure_kernel<F>(
      field + "/scale/in_cache", [k = factor<F>()](Numbers<F>& n) { mul(n.out, n.a, Counterpart<F>::from(k)); },
      [](Out out, In a, In) { vector::scale<F>(out, a, factor<F>()); });
  measure_kernel<F>(
      field + "/invert/in_cache",
      [](Numbers<F>& n) {
        for (long i = 0; i < n.a.length(); ++i) inv(n.out[i], n.a[i]);
      },
      [](Out out, In a, In) {
        std::ranges::copy(a, out.begin());
        vector::invert<F>(out);
      });

  static constexpr std::size_t size = in_cache.elements<F>();
  measure_peer<F>(
      field + "/inner_product/in_cache", "NTL", size,
      [] {
        const auto numbers = std::make_shared<Numbers<F>>(size);
        return Peer<F>{[numbers] { InnerProduct(numbers->sum, numbers->a, numbers->b); },
                       [numbers] { return std::vector{Counterpart<F>::to(numbers->sum)}; }};
      },
      [] { return std::vector{vector::inner_product<F>(operand<F>(1, size), operand<F>(2, size))}; });
}

/// Of square matrices.
void measure_matrix(const std::string& work, std::size_t size) {
  using F = parley::Mersenne31;
  const auto filled = [size](std::uint64_t seed) {
    NTL::mat_zz_p result;
    result.SetDims(static_cast<long>(size), static_cast<long>(size));
    const auto elements = operand<F>(seed, size * size);
    for (std::size_t i = 0; i < elements.size(); ++i)
      result[static_cast<long>(i / size)][static_cast<long>(i % size)] = Counterpart<F>::from(elements[i]);
    return result;
  };
  measure_peer<F>(
      work, "NTL", size * size * size,
      [filled] {
        Counterpart<F>::enter();
        const auto out = std::make_shared<NTL::mat_zz_p>();
        return Peer<F>{[a = filled(1), b = filled(2), out] { mul(*out, a, b); },
                       [out] {
                         std::vector<F> result;
                         for (long row = 0; row < out->NumRows(); ++row)
                           for (const F x : elements<F>((*out)[row])) result.push_back(x);
                         return result;
                       }};
      },
      [size] {
        std::vector<F> out(size * size);
        vector::matrix_product<F>(std::span<F>(out), operand<F>(1, size * size), operand<F>(2, size * size),
                                  {size, size, size});
        return out;
      });
}

const bool registered = [] {
  measure_matrix("Mersenne31/matrix_product/64x64x64", 64);
  measure_field<parley::Mersenne31>("Mersenne31");
  measure_field<parley::Mersenne127>("Mersenne127");
  measure_field<parley::Bls12_381Scalar>("Bls12_381Scalar");
  measure_field<parley::GF2To64>("GF2To64");
  measure_field<parley::GF2To128>("GF2To128");
  return true;
}();

}  // namespace

// SPDX-License-Identifier: Apache-2.0
// FLINT at prime fields of one word (nmod) and of more (fmpz_mod).
#include <flint/flint.h>
#include <flint/fmpz.h>
#include <flint/fmpz_mod.h>
#include <flint/fmpz_mod_vec.h>
#include <flint/fmpz_vec.h>
#include <flint/nmod_mat.h>
#include <flint/nmod_vec.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "contest.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/mersenne31.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/named_primes.hpp"
#include "parley/field/vector.hpp"

namespace {

using namespace parley_bench;
namespace vector = parley::vector;

/// Words that FLINT works on, beside the elements that they stand for.
template <class F>
struct Words {
  explicit Words(std::size_t size) : a(words(1, size)), b(words(2, size)), out(words(3, size)) {
    nmod_init(&modulus, F::modulus);
  }

  static parley::Buffer<mp_limb_t> words(std::uint64_t seed, std::size_t size) {
    parley::Buffer<mp_limb_t> result;
    result.reserve(size);
    for (const F element : operand<F>(seed, size)) result.push_back(element.to_integer());
    return result;
  }
  static std::vector<F> elements(std::span<const mp_limb_t> words) {
    std::vector<F> result;
    for (const mp_limb_t word : words) result.push_back(F(word));
    return result;
  }

  [[nodiscard]] slong size() const { return static_cast<slong>(a.size()); }

  nmod_t modulus;
  parley::Buffer<mp_limb_t> a, b, out;
  mp_limb_t k = factor<F>().to_integer();
};

template <class F>
void measure_words(const std::string& field, const Place& place) {
  const std::size_t size = place.elements<F>();
  // Both write to `out`, which starts as the same operand.
  const auto measure_kernel = [&](const char* kernel, const char* contender, auto theirs, auto ours) {
    measure_peer<F>(
        field + "/" + kernel + "/" + place.name, contender, size,
        [size, theirs] {
          const auto words = std::make_shared<Words<F>>(size);
          const auto first = std::make_shared<std::vector<F>>();
          return Peer<F>{[words, first, theirs] {
                           theirs(*words);
                           // Of works that add to `out` the first run is compared.
                           if (first->empty()) *first = Words<F>::elements(words->out);
                         },
                         [first] { return *first; }};
        },
        [size, ours] {
          parley::Buffer<F> out = operand<F>(3, size);
          ours(std::span<F>(out), operand<F>(1, size), operand<F>(2, size));
          return std::vector<F>(out.begin(), out.end());
        });
  };
  using Out = std::span<F>;
  using In = std::span<const F>;
  measure_kernel(
      "add", "FLINT-nmod",
      [](Words<F>& w) { _nmod_vec_add(w.out.data(), w.a.data(), w.b.data(), w.size(), w.modulus); },
      [](Out out, In a, In b) { vector::add<F>(out, a, b); });
  measure_kernel(
      "multiply", "FLINT-nmod",
      [](Words<F>& w) {
        for (std::size_t i = 0; i < w.a.size(); ++i) w.out[i] = nmod_mul(w.a[i], w.b[i], w.modulus);
      },
      [](Out out, In a, In b) { vector::multiply<F>(out, a, b); });
  measure_kernel(
      "scale", "FLINT-nmod",
      [](Words<F>& w) { _nmod_vec_scalar_mul_nmod(w.out.data(), w.a.data(), w.size(), w.k, w.modulus); },
      [](Out out, In a, In) { vector::scale<F>(out, a, factor<F>()); });
  measure_kernel(
      "scale", "FLINT-nmod_shoup",
      [](Words<F>& w) { _nmod_vec_scalar_mul_nmod_shoup(w.out.data(), w.a.data(), w.size(), w.k, w.modulus); },
      [](Out out, In a, In) { vector::scale<F>(out, a, factor<F>()); });
  measure_kernel(
      "multiply_add_constant", "FLINT-nmod",
      [](Words<F>& w) { _nmod_vec_scalar_addmul_nmod(w.out.data(), w.a.data(), w.size(), w.k, w.modulus); },
      [](Out out, In a, In) { vector::multiply_add<F>(out, a, factor<F>()); });

  measure_peer<F>(
      field + "/inner_product/" + place.name, "FLINT-nmod", size,
      [size] {
        const auto words = std::make_shared<Words<F>>(size);
        const int limbs = _nmod_vec_dot_bound_limbs(words->size(), words->modulus);
        return Peer<F>{[words, limbs] {
                         words->k =
                             _nmod_vec_dot(words->a.data(), words->b.data(), words->size(), words->modulus, limbs);
                       },
                       [words] { return std::vector{F(words->k)}; }};
      },
      [size] { return std::vector{vector::inner_product<F>(operand<F>(1, size), operand<F>(2, size))}; });
}

template <class F>
void measure_inverses_of_words(const std::string& field) {
  static constexpr std::size_t size = in_cache.elements<F>();
  measure_peer<F>(
      field + "/invert/in_cache", "FLINT-nmod", size,
      [] {
        const auto words = std::make_shared<Words<F>>(size);
        return Peer<F>{[words] {
                         for (std::size_t i = 0; i < words->a.size(); ++i)
                           words->out[i] = nmod_inv(words->a[i], words->modulus);
                       },
                       [words] { return Words<F>::elements(words->out); }};
      },
      [] {
        const auto a = operand<F>(1, size);
        std::vector<F> out(a.begin(), a.end());
        vector::invert<F>(out);
        return out;
      });
}

/// Of square matrices.
template <class F>
void measure_matrix_of_words(const std::string& field, std::size_t size) {
  struct Matrix {
    explicit Matrix(std::size_t size) {
      nmod_mat_init(matrix, static_cast<slong>(size), static_cast<slong>(size), F::modulus);
    }
    Matrix(const Matrix&) = delete;
    Matrix& operator=(const Matrix&) = delete;
    ~Matrix() { nmod_mat_clear(matrix); }
    nmod_mat_t matrix;
  };
  const auto filled = [size](std::uint64_t seed) {
    auto result = std::make_shared<Matrix>(size);
    const auto words = Words<F>::words(seed, size * size);
    for (std::size_t row = 0; row < size; ++row) std::copy_n(&words[row * size], size, result->matrix->rows[row]);
    return result;
  };
  const std::string sizes = std::to_string(size) + "x" + std::to_string(size) + "x" + std::to_string(size);
  measure_peer<F>(
      field + "/matrix_product/" + sizes, "FLINT-nmod", size * size * size,
      [size, filled] {
        const auto out = std::make_shared<Matrix>(size);
        return Peer<F>{[a = filled(1), b = filled(2), out] { nmod_mat_mul(out->matrix, a->matrix, b->matrix); },
                       [out, size] {
                         std::vector<F> result;
                         for (std::size_t row = 0; row < size; ++row)
                           for (const F x : Words<F>::elements({out->matrix->rows[row], size})) result.push_back(x);
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

/// Vectors of integers modulo a prime of several words.
template <class F>
struct Integers {
  explicit Integers(std::size_t size) : count(static_cast<slong>(size)) {
    fmpz_t p;
    fmpz_init(p);
    set(p, -F::one());
    fmpz_add_ui(p, p, 1);
    fmpz_mod_ctx_init(context, p);
    fmpz_clear(p);
    for (const auto& [vector, seed] : {std::pair{&a, 1U}, std::pair{&b, 2U}, std::pair{&out, 3U}}) {
      *vector = _fmpz_vec_init(count);
      const auto elements = operand<F>(seed, size);
      for (std::size_t i = 0; i < size; ++i) set(*vector + i, elements[i]);
    }
  }
  Integers(const Integers&) = delete;
  Integers& operator=(const Integers&) = delete;
  ~Integers() {
    for (fmpz* vector : {a, b, out}) _fmpz_vec_clear(vector, count);
    fmpz_mod_ctx_clear(context);
  }

  static void set(fmpz_t number, F x) {
    std::array<std::byte, (F::encoded_size + 7) / 8 * 8> bytes{};
    x.encode(std::span(bytes).template first<F::encoded_size>());
    std::array<ulong, bytes.size() / 8> words;
    std::memcpy(words.data(), bytes.data(), bytes.size());
    fmpz_set_ui_array(number, words.data(), words.size());
  }
  static F get(const fmpz_t number) {
    std::array<ulong, (F::encoded_size + 7) / 8> words;
    fmpz_get_ui_array(words.data(), words.size(), number);
    std::array<std::byte, sizeof(words)> bytes;
    std::memcpy(bytes.data(), words.data(), bytes.size());
    return F::decode(std::span<const std::byte>(bytes).template first<F::encoded_size>()).value();
  }

  slong count;
  fmpz_mod_ctx_t context;
  fmpz *a = nullptr, *b = nullptr, *out = nullptr;
};

template <class F>
void measure_integers(const std::string& field) {
  static constexpr std::size_t size = in_cache.elements<F>();
  for (const char* work : {"/multiply/in_cache", "/multiply/one_by_one"})
    measure_peer<F>(
        field + work, "FLINT-fmpz_mod", size,
        [] {
          const auto numbers = std::make_shared<Integers<F>>(size);
          return Peer<F>{[numbers] {
                           for (slong i = 0; i < numbers->count; ++i)
                             fmpz_mod_mul(numbers->out + i, numbers->a + i, numbers->b + i, numbers->context);
                         },
                         [numbers] {
                           std::vector<F> result;
                           for (slong i = 0; i < numbers->count; ++i)
                             result.push_back(Integers<F>::get(numbers->out + i));
                           return result;
                         }};
        },
        [] {
          std::vector<F> out(size);
          vector::multiply<F>(std::span<F>(out), operand<F>(1, size), operand<F>(2, size));
          return out;
        });
  measure_peer<F>(
      field + "/inner_product/in_cache", "FLINT-fmpz_mod", size,
      [] {
        const auto numbers = std::make_shared<Integers<F>>(size);
        return Peer<F>{
            [numbers] { _fmpz_mod_vec_dot(numbers->out, numbers->a, numbers->b, numbers->count, numbers->context); },
            [numbers] { return std::vector{Integers<F>::get(numbers->out)}; }};
      },
      [] { return std::vector{vector::inner_product<F>(operand<F>(1, size), operand<F>(2, size))}; });
}

const bool registered = [] {
  for (const Place& place : {in_cache, out_of_cache}) {
    measure_words<parley::Mersenne31>("Mersenne31", place);
    measure_words<parley::Mersenne61>("Mersenne61", place);
  }
  measure_inverses_of_words<parley::Mersenne31>("Mersenne31");
  measure_inverses_of_words<parley::Mersenne61>("Mersenne61");
  measure_matrix_of_words<parley::Mersenne31>("Mersenne31", 64);
  measure_matrix_of_words<parley::Mersenne61>("Mersenne61", 64);
  measure_matrix_of_words<parley::Mersenne61>("Mersenne61", 512);
  measure_integers<parley::Mersenne127>("Mersenne127");
  measure_integers<parley::Bls12_381Scalar>("Bls12_381Scalar");
  return true;
}();

}  // namespace

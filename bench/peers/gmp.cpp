// SPDX-License-Identifier: Apache-2.0
// GMP at prime fields: integers (mpz), and the functions for cryptography (mpn_sec), which take a time that does not
// depend on the values, as parley does. Beside them parley's own field of a prime chosen at run time, which is made of
// the latter.
#include <gmp.h>

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "contest.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/named_primes.hpp"
#include "parley/field/vector.hpp"
#include "parley/gmp/runtime_field.hpp"

namespace {

using namespace parley_bench;

/// An integer of GMP.
class Integer {
 public:
  Integer() { mpz_init(value_); }
  Integer(const Integer& other) { mpz_init_set(value_, other.value_); }
  Integer& operator=(const Integer& other) {
    mpz_set(value_, other.value_);
    return *this;
  }
  ~Integer() { mpz_clear(value_); }
  mpz_ptr get() { return value_; }
  mpz_srcptr get() const { return value_; }
  friend void swap(Integer& a, Integer& b) noexcept { mpz_swap(a.value_, b.value_); }

 private:
  mpz_t value_;
};

template <class F>
Integer to_integer(F x) {
  std::array<std::byte, F::encoded_size> bytes;
  x.encode(bytes);
  Integer result;
  mpz_import(result.get(), bytes.size(), -1, 1, 0, 0, bytes.data());
  return result;
}

template <class F>
F from_integer(const Integer& x) {
  std::array<std::byte, F::encoded_size> bytes{};
  mpz_export(bytes.data(), nullptr, -1, 1, 0, 0, x.get());
  return F::decode(bytes).value();
}

template <class F>
Integer modulus() {
  Integer result = to_integer(-F::one());
  mpz_add_ui(result.get(), result.get(), 1);
  return result;
}

template <class F>
std::vector<Integer> integers(std::span<const F> elements) {
  std::vector<Integer> result;
  for (const F& element : elements) result.push_back(to_integer(element));
  return result;
}

template <class F>
std::vector<F> elements(const std::vector<Integer>& numbers) {
  std::vector<F> result;
  for (const Integer& number : numbers) result.push_back(from_integer<F>(number));
  return result;
}

/// Numbers of as many limbs as a modulus has, multiplied and inverted in constant time.
class LimbArithmetic {
 public:
  explicit LimbArithmetic(const Integer& modulus)
      : size_(static_cast<mp_size_t>(mpz_size(modulus.get()))),
        modulus_(limbs(modulus)),
        two_n_(2 * static_cast<std::size_t>(size_)),
        scratch_(static_cast<std::size_t>(std::max(
            {mpn_sec_mul_itch(size_, size_), mpn_sec_div_r_itch(2 * size_, size_), mpn_sec_invert_itch(size_)}))) {}

  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(size_); }
  [[nodiscard]] std::vector<mp_limb_t> limbs(const Integer& number) const {
    std::vector<mp_limb_t> result(size());
    mpn_copyi(result.data(), mpz_limbs_read(number.get()), static_cast<mp_size_t>(mpz_size(number.get())));
    return result;
  }
  [[nodiscard]] Integer number(const mp_limb_t* limbs) const {
    Integer result;
    mpz_import(result.get(), size(), -1, sizeof(mp_limb_t), 0, 0, limbs);
    return result;
  }

  void multiply(mp_limb_t* out, const mp_limb_t* a, const mp_limb_t* b) {
    mpn_sec_mul(two_n_.data(), a, size_, b, size_, scratch_.data());
    mpn_sec_div_r(two_n_.data(), 2 * size_, modulus_.data(), size_, scratch_.data());
    mpn_copyi(out, two_n_.data(), size_);
  }
  /// `number` is used up, and is not 0.
  void invert(mp_limb_t* out, mp_limb_t* number) {
    mpn_sec_invert(out, number, modulus_.data(), size_, static_cast<mp_bitcnt_t>(2 * 64 * size_), scratch_.data());
  }

 private:
  mp_size_t size_;
  std::vector<mp_limb_t> modulus_, two_n_, scratch_;
};

/// The same elements as integers, and as limbs one number after the other.
template <class F>
struct Numbers {
  explicit Numbers(std::size_t size)
      : p(modulus<F>()),
        a(integers<F>(operand<F>(1, size))),
        b(integers<F>(operand<F>(2, size))),
        out(size),
        arithmetic(p) {
    for (const auto& [from, to] : {std::pair{&a, &limbs_a}, std::pair{&b, &limbs_b}})
      for (const Integer& number : *from)
        for (const mp_limb_t limb : arithmetic.limbs(number)) to->push_back(limb);
    limbs_out.resize(limbs_a.size());
  }

  std::function<std::vector<F>()> result(const std::shared_ptr<Numbers>& self) const {
    return [self] { return elements<F>(self->out); };
  }
  std::function<std::vector<F>()> result_in_limbs(const std::shared_ptr<Numbers>& self) const {
    return [self] {
      std::vector<F> result;
      for (std::size_t i = 0; i < self->out.size(); ++i)
        result.push_back(from_integer<F>(self->arithmetic.number(&self->limbs_out[i * self->arithmetic.size()])));
      return result;
    };
  }

  Integer p, sum;
  std::vector<Integer> a, b, out;
  LimbArithmetic arithmetic;
  std::vector<mp_limb_t> limbs_a, limbs_b, limbs_out;
};

template <class F>
void measure_products(const std::string& work, std::size_t size) {
  const auto expected = [size] {
    std::vector<F> out(size);
    parley::vector::multiply<F>(std::span<F>(out), operand<F>(1, size), operand<F>(2, size));
    return out;
  };
  measure_peer<F>(
      work, "GMP-mpz", size,
      [size] {
        const auto n = std::make_shared<Numbers<F>>(size);
        return Peer<F>{[n] {
                         for (std::size_t i = 0; i < n->out.size(); ++i) {
                           mpz_mul(n->sum.get(), n->a[i].get(), n->b[i].get());
                           mpz_mod(n->out[i].get(), n->sum.get(), n->p.get());
                         }
                       },
                       n->result(n)};
      },
      expected);
  measure_peer<F>(
      work, "GMP-mpn_sec", size,
      [size] {
        const auto n = std::make_shared<Numbers<F>>(size);
        return Peer<F>{[n] {
                         for (std::size_t i = 0; i < n->limbs_out.size(); i += n->arithmetic.size())
                           n->arithmetic.multiply(&n->limbs_out[i], &n->limbs_a[i], &n->limbs_b[i]);
                       },
                       n->result_in_limbs(n)};
      },
      expected);
}

template <class F>
void measure_inverses(const std::string& work, std::size_t size) {
  const auto expected = [size] {
    const auto a = operand<F>(1, size);
    std::vector<F> out(a.begin(), a.end());
    parley::vector::invert<F>(out);
    return out;
  };
  measure_peer<F>(
      work, "GMP-mpz", size,
      [size] {
        const auto n = std::make_shared<Numbers<F>>(size);
        return Peer<F>{[n] {
                         for (std::size_t i = 0; i < n->out.size(); ++i)
                           mpz_invert(n->out[i].get(), n->a[i].get(), n->p.get());
                       },
                       n->result(n)};
      },
      expected);
  measure_peer<F>(
      work, "GMP-mpn_sec", size,
      [size] {
        const auto n = std::make_shared<Numbers<F>>(size);
        return Peer<F>{[n, number = std::vector<mp_limb_t>(n->arithmetic.size())]() mutable {
                         for (std::size_t i = 0; i < n->limbs_out.size(); i += number.size()) {
                           std::copy_n(&n->limbs_a[i], number.size(), number.data());
                           n->arithmetic.invert(&n->limbs_out[i], number.data());
                         }
                       },
                       n->result_in_limbs(n)};
      },
      expected);
}

/// Of products that are reduced once.
template <class F>
void measure_inner_product(const std::string& work, std::size_t size) {
  measure_peer<F>(
      work, "GMP-mpz", size,
      [size] {
        const auto n = std::make_shared<Numbers<F>>(size);
        return Peer<F>{[n] {
                         mpz_set_ui(n->sum.get(), 0);
                         for (std::size_t i = 0; i < n->a.size(); ++i)
                           mpz_addmul(n->sum.get(), n->a[i].get(), n->b[i].get());
                         mpz_mod(n->sum.get(), n->sum.get(), n->p.get());
                       },
                       [n] { return std::vector{from_integer<F>(n->sum)}; }};
      },
      [size] { return std::vector{parley::vector::inner_product<F>(operand<F>(1, size), operand<F>(2, size))}; });
}

/// Products each of which needs the one before it.
template <class F>
void measure_chain(const std::string& work) {
  const auto start = [] {
    const auto elements = operand<F>(1, 2);
    return std::pair{elements[0], elements[1]};
  };
  const auto expected = [start] {
    auto [x, y] = start();
    chain(x, y, chain_length, [](F& out, F a, F b) { out = a * b; });
    return std::vector{y};
  };
  measure_peer<F>(
      work, "GMP-mpz", chain_length,
      [start] {
        const auto y = std::make_shared<Integer>();
        return Peer<F>{[y, p = modulus<F>(), a = to_integer(start().first), b = to_integer(start().second)] {
                         Integer x = a;
                         *y = b;
                         chain(x, *y, chain_length, [&](Integer& out, const Integer& factor, const Integer& other) {
                           mpz_mul(out.get(), factor.get(), other.get());
                           mpz_mod(out.get(), out.get(), p.get());
                         });
                       },
                       [y] { return std::vector{from_integer<F>(*y)}; }};
      },
      expected);
  measure_peer<F>(
      work, "GMP-mpn_sec", chain_length,
      [start] {
        const auto arithmetic = std::make_shared<LimbArithmetic>(modulus<F>());
        const auto y = std::make_shared<std::vector<mp_limb_t>>();
        return Peer<F>{[y, arithmetic, a = arithmetic->limbs(to_integer(start().first)),
                        b = arithmetic->limbs(to_integer(start().second))] {
                         std::vector<mp_limb_t> x = a;
                         *y = b;
                         chain(x, *y, chain_length, [&](auto& out, const auto& factor, const auto& other) {
                           arithmetic->multiply(out.data(), factor.data(), other.data());
                         });
                       },
                       [arithmetic, y] { return std::vector{from_integer<F>(arithmetic->number(y->data()))}; }};
      },
      expected);
}

/// parley::gmp, whose elements have a field each.
template <class F>
void measure_runtime_field(const std::string& work, std::size_t size) {
  using Elements = std::vector<parley::gmp::Element>;
  const auto convert = [size](const parley::gmp::RuntimeField& field, std::uint64_t seed) {
    Elements result;
    for (const F element : operand<F>(seed, size)) result.push_back(field.element(to_integer(element).get()));
    return result;
  };
  measure_peer<F>(
      work, "parley-gmp", size,
      [convert] {
        const parley::gmp::RuntimeField field(modulus<F>().get());
        const auto out = std::make_shared<Elements>(convert(field, 3));
        return Peer<F>{[out, a = convert(field, 1), b = convert(field, 2)] {
                         for (std::size_t i = 0; i < a.size(); ++i) (*out)[i] = a[i] * b[i];
                       },
                       [out] {
                         std::vector<F> result;
                         for (const auto& element : *out) {
                           Integer number;
                           element.to_integer(number.get());
                           result.push_back(from_integer<F>(number));
                         }
                         return result;
                       }};
      },
      [size] {
        std::vector<F> out(size);
        parley::vector::multiply<F>(std::span<F>(out), operand<F>(1, size), operand<F>(2, size));
        return out;
      });
}

template <class F>
void measure_field(const std::string& field) {
  constexpr std::size_t size = in_cache.elements<F>();
  measure_products<F>(field + "/multiply/in_cache", size);
  measure_products<F>(field + "/multiply/one_by_one", size);
  measure_chain<F>(field + "/multiply/latency");
  measure_inner_product<F>(field + "/inner_product/in_cache", size);
  measure_inverses<F>(field + "/invert/in_cache", size);
}

const bool registered = [] {
  measure_runtime_field<parley::Bls12_381Scalar>("Bls12_381Scalar/multiply/one_by_one",
                                                 in_cache.elements<parley::Bls12_381Scalar>());
  measure_field<parley::Mersenne61>("Mersenne61");
  measure_field<parley::Mersenne127>("Mersenne127");
  measure_field<parley::Bls12_381Scalar>("Bls12_381Scalar");
  measure_field<parley::P384Scalar>("P384Scalar");
  measure_field<parley::P521Scalar>("P521Scalar");
  return true;
}();

}  // namespace

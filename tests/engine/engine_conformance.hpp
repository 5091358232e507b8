// SPDX-License-Identifier: Apache-2.0
// What holds for every engine: each operation of operations.hpp that it has against plain arithmetic, its documented
// cost against the counters, and wrong arguments refused before anything is sent.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "catch.hpp"
#include "engine/parties.hpp"
#include "engine/prices.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/operations.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/uniform.hpp"

namespace parley::test {

/// The suite at one party. The plain values are known to all parties; what does not hold is collected, since a party's
/// thread cannot report it.
template <class E, class PriceTable>
class EngineConformance {
 public:
  using F = typename E::Value;

  EngineConformance(E& engine, const PriceTable& prices) : engine_(engine), prices_(prices) {}

  std::vector<std::string> complaints() const { return complaints_; }
  /// Values that have to be the same at all parties.
  std::vector<F> common() const { return common_; }

  void check(std::size_t size) {
    size_ = size;
    TestRandom random(size);
    x_.resize(size);
    y_.resize(size);
    fill_uniform(random, std::span<F>(x_));
    fill_uniform(random, std::span<F>(y_));
    const std::vector<F> extremes = {F{}, F{1}, -F{1}};
    for (std::size_t k = 0; k < std::min<std::size_t>(size, 9); ++k) {
      x_[k] = extremes[k % 3];
      y_[k] = extremes[k / 3];
    }
    check_arithmetic();
    if constexpr (Engine<E>) check_bits();
    if constexpr (ComparingEngine<E>)
      if (size <= 100) check_bridges();
  }

  void check_refusals() {
    const auto x = constant(engine_, std::span<const F>(std::vector<F>(6, F{2})));
    const auto y = constant(engine_, std::span<const F>(std::vector<F>(5, F{2})));
    const std::vector<F> two(2), three(3);
    const std::vector<std::size_t> lengths(engine_.parties(), 3), too_few(engine_.parties() - 1, 3);
    const std::size_t n = engine_.parties(), self = engine_.self();
    refused("an owner beyond the parties", ErrorCode::out_of_range, [&] { input(engine_, n, three, 3); });
    refused("the owner's wrong length", ErrorCode::invalid_argument, [&] { input(engine_, self, two, 3); });
    refused("too few lengths", ErrorCode::invalid_argument, [&] { input_each(engine_, too_few, three); });
    refused("an unannounced length", ErrorCode::invalid_argument, [&] { input_each(engine_, lengths, two); });
    refused("factors of different lengths", ErrorCode::invalid_argument, [&] { mul(engine_, x, y); });
    refused("dot of different lengths", ErrorCode::invalid_argument, [&] { dot(engine_, x, y); });
    refused("segments of different lengths", ErrorCode::invalid_argument, [&] { dot(engine_, x, y, 1); });
    refused("segments of length 0", ErrorCode::invalid_argument, [&] { dot(engine_, x, x, 0); });
    refused("segments that do not fit", ErrorCode::invalid_argument, [&] { dot(engine_, x, x, 4); });
    refused("a left factor of another shape", ErrorCode::invalid_argument, [&] {
      matrix_product(engine_, y, x, {3, 2, 3});
    });
    refused("a right factor of another shape", ErrorCode::invalid_argument, [&] {
      matrix_product(engine_, x, y, {3, 2, 3});
    });
    refused("a matrix beyond all memory", ErrorCode::invalid_argument, [&] {
      matrix_product(engine_, x, x, {SIZE_MAX / 2 + 4, 2, 3});
    });
    refused("a receiver beyond the parties", ErrorCode::out_of_range, [&] { open_to(engine_, n, x); });
    if constexpr (Engine<E>) check_refusals_of_bits();
    expect(open(engine_, mul(engine_, x, x)) == std::vector<F>(6, F{4}), "goes on after refusals");
  }

 private:
  using Vector = SharedOf<E>;
  using Bits = SharedBitsOf<E>;

  void check_refusals_of_bits() {
    const PublicBits bits(3, 6);
    const auto b = constant_bits(engine_, bits);
    refused("an owner of bits beyond the parties", ErrorCode::out_of_range,
            [&] { input_bits(engine_, engine_.parties(), bits); });
    refused("and_ of different lengths", ErrorCode::invalid_argument, [&] { and_(engine_, b, b.slice(0, 5)); });
    refused("and_ of different widths", ErrorCode::invalid_argument, [&] { and_(engine_, b, b.bits(0, 2)); });
    refused("or_ of different widths", ErrorCode::invalid_argument, [&] { or_(engine_, b, b.bits(0, 2)); });
    refused("numbers too long to open", ErrorCode::invalid_argument,
            [&] { open(engine_, constant_bits(engine_, PublicBits(65, 1))); });
  }

  void expect(bool holds, const std::string& what) {
    if (!holds)
      complaints_.push_back("party " + std::to_string(engine_.self()) + ", " + std::to_string(size_) +
                            " values: " + what);
  }

  /// What call() gives, at the price; nothing costs nothing.
  template <class Call>
  auto paid(const std::string& what, const Price& price, bool is_nothing, Call call) {
    const Cost before = engine_.cost();
    auto result = call();
    const Cost cost = engine_.cost() - before;
    const Price expected = is_nothing ? Price{} : price;
    if (cost.rounds != expected.rounds || cost.bytes_sent != expected.bytes_sent)
      expect(false, what + " costs " + std::to_string(cost.rounds) + " rounds and " + std::to_string(cost.bytes_sent) +
                        " bytes instead of " + std::to_string(expected.rounds) + " and " +
                        std::to_string(expected.bytes_sent));
    return result;
  }
  template <class Call>
  auto paid(const std::string& what, const Price& price, Call call) {
    return paid(what, price, size_ == 0, call);
  }
  template <class Call>
  auto free(const std::string& what, Call call) {
    return paid(what, Price{}, call);
  }

  template <class Call>
  void refused(const std::string& what, ErrorCode code, Call call) {
    const Cost before = engine_.cost();
    try {
      call();
      expect(false, what + " is accepted");
    } catch (const Error& error) {
      expect(error.code() == code && !error.party(), what + " is refused with: " + error.what());
    }
    expect(engine_.cost() == before, what + " is refused too late");
  }

  /// That of products, unless the engine has another price for inner products.
  Price inner_products(std::size_t count, std::size_t length) const {
    if constexpr (requires { prices_.dot(count, length); })
      return prices_.dot(count, length);
    else
      return prices_.mul(count);
  }

  template <class Value>
  std::vector<F> each(Value value) const {
    std::vector<F> values;
    for (std::size_t k = 0; k < size_; ++k) values.push_back(value(x_[k], y_[k]));
    return values;
  }
  void opens_to(const std::string& what, const Vector& x, const std::vector<F>& values) {
    expect(paid("opening " + what, prices_.open(x.size()), x.empty(), [&] { return open(engine_, x); }) == values,
           what);
  }

  void check_arithmetic() {
    const std::size_t n = engine_.parties(), self = engine_.self(), owner = size_ % n;
    const std::vector<F> none;
    const Vector x = paid("input", prices_.input(owner, size_),
                          [&] { return input(engine_, owner, self == owner ? x_ : none, size_); });
    const Vector y = input(engine_, 0, y_, size_);  // what the others pass is not looked at
    opens_to("input", x, x_);
    opens_to("input of the first party", y, y_);
    opens_to("constant", free("constant", [&] { return constant(engine_, std::span<const F>(x_)); }), x_);
    opens_to("sum", free("sum", [&] { return 3 * x - y + F{5}; }), each([](F a, F b) { return F{3} * a - b + F{5}; }));
    opens_to("sum with a constant", x + constant(engine_, std::span<const F>(y_)),
             each([](F a, F b) { return a + b; }));

    const Vector product = paid("mul", prices_.mul(size_), [&] { return mul(engine_, x, y); });
    opens_to("product", product, each([](F a, F b) { return a * b; }));
    opens_to("product of products", mul(engine_, product, 2 * product + x),
             each([](F a, F b) { return a * b * (F{2} * a * b + a); }));
    opens_to("product with constants", mul(engine_, x, constant(engine_, std::span<const F>(y_))),
             each([](F a, F b) { return a * b; }));

    F sum{};
    for (std::size_t k = 0; k < size_; ++k) sum += x_[k] * y_[k];
    opens_to("dot", paid("dot", inner_products(1, size_), [&] { return dot(engine_, x, y); }), {sum});
    for (const std::size_t length :
         {std::size_t{1}, std::size_t{5}, std::size_t{13}, std::max<std::size_t>(size_, 1)}) {
      if (size_ % length != 0) continue;
      std::vector<F> sums(size_ / length);
      for (std::size_t k = 0; k < size_; ++k) sums[k / length] += x_[k] * y_[k];
      opens_to("dot of segments",
               paid("dot of segments", inner_products(sums.size(), length), [&] { return dot(engine_, x, y, length); }),
               sums);
    }

    check_matrix_products(x, y);

    for (std::size_t receiver = size_ % 2; receiver < n; receiver += 1 + size_ / 60)
      expect(paid("open_to", prices_.open_to(receiver, size_), [&] { return open_to(engine_, receiver, x); }) ==
                 (receiver == self ? x_ : none),
             "open_to party " + std::to_string(receiver));

    const Vector random_values = paid("random", prices_.random(size_), [&] { return random(engine_, size_); });
    const auto opened = open(engine_, random_values);
    expect(opened.size() == size_, "as many random values as asked");
    expect(size_ < 63 || std::ranges::adjacent_find(opened, std::ranges::not_equal_to()) != opened.end(),
           "random values differ");
    expect(size_ < 63 || opened != open(engine_, random(engine_, size_)), "random values are new ones each time");
    common_.insert(common_.end(), opened.begin(), opened.end());

    if (size_ > 100) return;
    const F shift(self);
    std::vector<F> mine = x_;
    for (F& value : mine) value += shift;
    std::vector<F> all;
    for (std::size_t party = 0; party < n; ++party)
      for (const F& value : x_) all.push_back(value + F(party));
    opens_to("input_all", paid("input_all", prices_.input_all(size_), [&] { return input_all(engine_, mine); }), all);
    std::vector<F> ids;
    for (std::size_t party = 0; party < n; ++party) ids.push_back(F(party));
    opens_to("input_all of one value",
             paid("input_all of one value", prices_.input_all(1), false, [&] { return input_all(engine_, shift); }),
             ids);
    std::vector<std::size_t> lengths;
    for (std::size_t party = 0; party < n; ++party) lengths.push_back(size_ * (party % 3));
    const auto vectors = input_each(engine_, lengths, std::vector<F>(lengths[self], shift));
    expect(vectors.size() == n, "a vector of each party");
    for (std::size_t party = 0; party < n; ++party)
      opens_to("input_each", vectors[party], std::vector<F>(lengths[party], F(party)));
  }

  /// Products of matrices made of the first entries of x and y, for each number of columns of the left one; and of
  /// those without entries.
  void check_matrix_products(const Vector& x, const Vector& y) {
    const auto check_shape = [&](const vector::ProductShape& shape) {
      std::vector<F> sums(shape.rows * shape.columns);
      for (std::size_t row = 0; row < shape.rows; ++row)
        for (std::size_t column = 0; column < shape.columns; ++column)
          for (std::size_t k = 0; k < shape.inner; ++k)
            sums[row * shape.columns + column] += x_[row * shape.inner + k] * y_[k * shape.columns + column];
      const std::string what = "matrix product over " + std::to_string(shape.inner);
      opens_to(what,
               paid(what, inner_products(sums.size(), shape.inner), sums.empty() || shape.inner == 0,
                    [&] {
                      return matrix_product(engine_, x.slice(0, shape.rows * shape.inner),
                                            y.slice(0, shape.inner * shape.columns), shape);
                    }),
               sums);
    };
    for (const std::size_t inner : {std::size_t{1}, std::size_t{3}, std::size_t{7}, size_}) {
      if (inner == 0 || inner > size_) continue;
      const std::size_t most = size_ / inner;
      check_shape({std::min<std::size_t>(most, 4), inner, std::min<std::size_t>(most, 5)});
      check_shape({std::min<std::size_t>(most, 9), inner, 1});
    }
    check_shape({2, 0, 3});
    check_shape({0, std::min<std::size_t>(size_, 2), 1});
  }

  void check_bits() {
    constexpr std::size_t width = 5;
    const std::size_t n = engine_.parties(), owner = (size_ + 1) % n, bits = width * size_;
    using Numbers = std::vector<std::uint64_t>;
    TestRandom random_numbers(size_ + 1);
    Numbers a, b;
    for (std::size_t k = 0; k < size_; ++k) {
      a.push_back(uniform_below(random_numbers, 32));
      b.push_back(uniform_below(random_numbers, 32));
    }
    const PublicBits a_bits = PublicBits::from_integers(a, width), b_bits = PublicBits::from_integers(b, width);
    const auto each_bits = [&](auto number) {
      Numbers numbers;
      for (std::size_t k = 0; k < size_; ++k) numbers.push_back(number(a[k], b[k]) & 31);
      return numbers;
    };
    const auto bits_open_to = [&](const std::string& what, const Bits& x, const Numbers& numbers) {
      expect(
          paid("opening " + what, prices_.open_bits(x.width() * x.size()), [&] { return open(engine_, x); }) == numbers,
          what);
    };
    const Bits x = paid("input_bits", prices_.input_bits(owner, bits), [&] {
      return input_bits(engine_, owner, engine_.self() == owner ? a_bits : PublicBits(width, size_));
    });
    const Bits y = input_bits(engine_, 0, b_bits);
    bits_open_to("input_bits", x, a);
    bits_open_to("constant_bits", free("constant_bits", [&] { return constant_bits(engine_, a_bits); }), a);
    bits_open_to("exclusive or", free("exclusive or", [&] { return x ^ ~y ^ b_bits; }),
                 each_bits([](auto p, auto) { return ~p; }));
    bits_open_to("conjunction with public bits", x & b_bits, each_bits([](auto p, auto q) { return p & q; }));
    const Bits both = paid("and_", prices_.and_(bits), [&] { return and_(engine_, x, y); });
    bits_open_to("and_", both, each_bits([](auto p, auto q) { return p & q; }));
    bits_open_to("and_ of results", and_(engine_, ~both, x ^ constant_bits(engine_, b_bits)),
                 each_bits([](auto p, auto q) { return ~(p & q) & (p ^ q); }));
    bits_open_to("or_", paid("or_", prices_.and_(bits), [&] { return or_(engine_, x, y); }),
                 each_bits([](auto p, auto q) { return p | q; }));

    const Bits random_bits_ =
        paid("random_bits", prices_.random_bits(bits), [&] { return random_bits(engine_, width, size_); });
    for (const std::uint64_t number : open(engine_, random_bits_)) common_.push_back(F(number));

    std::vector<F> elements;
    for (std::size_t plane = 0; plane < width; ++plane)
      for (std::size_t k = 0; k < size_; ++k) elements.push_back(F(a[k] >> plane & 1));
    opens_to("to_field", paid("to_field", prices_.to_field(bits), [&] { return to_field(engine_, x); }), elements);
    const auto random_in_both = paid("dabits", prices_.dabits(size_), [&] { return dabits(engine_, size_); });
    const Numbers opened = open(engine_, random_in_both.bits);
    std::vector<F> as_elements;
    for (const std::uint64_t bit : opened) as_elements.push_back(F(bit));
    opens_to("dabits", random_in_both.value, as_elements);
    common_.insert(common_.end(), as_elements.begin(), as_elements.end());
  }

  /// The numbers below the modulus that the planes are the bits of, as elements.
  std::vector<F> canonical_elements(const std::string& what, const Bits& x) {
    expect(x.width() == F::modulus_bits && x.size() == size_, what + " has the bits of elements");
    std::vector<F> elements(size_);
    std::vector<bool> all_ones(size_, true);
    F weight{1};
    for (std::size_t plane = 0; plane < x.width(); ++plane, weight += weight) {
      const auto opened = open(engine_, x.bits(plane, 1));
      for (std::size_t k = 0; k < size_; ++k) {
        elements[k] += F(opened[k]) * weight;
        all_ones[k] = all_ones[k] && opened[k] == 1;
      }
    }
    expect(std::ranges::count(all_ones, true) == 0, what + " is below the modulus");
    return elements;
  }

  void check_bridges() {
    const auto random_in_both = paid("edabits", prices_.edabits(size_), [&] { return edabits(engine_, size_); });
    opens_to("edabits", random_in_both.value, canonical_elements("edabits", random_in_both.bits));

    const Vector x = mul(engine_, constant(engine_, std::span<const F>(x_)),
                         constant(engine_, std::span<const F>(each([](F, F) { return F{1}; }))));
    const auto difference = paid("split", prices_.split(size_), [&] { return engine_.split(x, F::modulus_bits); });
    const std::vector<F> subtrahends = canonical_elements("subtrahend", difference.subtrahend);
    const auto differences = [&](const std::string& what, const auto& minuend) {
      const Bits shared_minuend = std::holds_alternative<PublicBits>(minuend)
                                      ? constant_bits(engine_, std::get<PublicBits>(minuend))
                                      : std::get<Bits>(minuend);
      std::vector<F> values = canonical_elements(what, shared_minuend);
      for (std::size_t k = 0; k < size_; ++k) values[k] -= subtrahends[k];
      return values;
    };
    expect(differences("minuend", difference.minuend) == x_, "split");
    for (const F shift : {F{0}, F{5}, -F{1}}) {
      const auto shifted = paid("shifted", {}, [&] { return engine_.shifted(difference.minuend, shift); });
      std::vector<F> sums = x_;
      for (F& sum : sums) sum += shift;
      expect(differences("shifted minuend", shifted) == sums, "shifted");
    }
    check_short_split(x);
  }

  /// The lowest bits of the numbers of a split, whose difference may be off by what the mask's terms wrap around.
  void check_short_split(const Vector& x) {
    const std::size_t width = std::min<std::size_t>(7, F::modulus_bits - 1);
    const std::uint64_t below = (std::uint64_t{1} << width) - 1;
    const auto difference = paid("short split", prices_.split(size_, width), [&] { return engine_.split(x, width); });
    const auto check = [&](const std::string& what, const auto& minuend, std::uint64_t shift) {
      const auto opened = std::visit(
          [&](const auto& bits) {
            expect(bits.width() == width && bits.size() == size_, what + " has as many bits as were asked for");
            if constexpr (std::is_same_v<std::remove_cvref_t<decltype(bits)>, PublicBits>)
              return bits.to_integers();
            else
              return open(engine_, bits);
          },
          minuend);
      const auto subtrahends = open(engine_, difference.subtrahend);
      for (std::size_t k = 0; k < size_; ++k) {
        const auto residue = x_[k].to_integer();
        const bool negative = residue > (F::modulus - 1) / 2;
        const auto integer = static_cast<std::uint64_t>(negative ? residue - F::modulus : residue);
        // 0 and 1 up to as many wraps as there are terms, or one less than none
        const std::uint64_t wraps = (opened[k] - subtrahends[k] - integer - shift + 1) & below;
        const std::uint64_t most = negative || residue == 0 ? engine_.mask_terms() : engine_.mask_terms() + 1;
        expect(wraps >= (negative ? 0 : 1) && wraps <= most, what);
      }
    };
    check("short split", difference.minuend, 0);
    check("shifted short split", engine_.shifted(difference.minuend, F{5}), 5);
    check("short split shifted back", engine_.shifted(difference.minuend, -F{3}), ~std::uint64_t{2});
  }

  E& engine_;
  PriceTable prices_;
  std::size_t size_ = 0;
  std::vector<F> x_, y_, common_;
  std::vector<std::string> complaints_;
};

/// Runs everything for vectors of each of `sizes` with the engine that make(network) gives at each of n parties, and
/// prices_of(party) as its prices.
template <class Make, class PricesOf>
void check_engine(std::size_t n, const Make& make, const PricesOf& prices_of, const std::vector<std::size_t>& sizes) {
  const auto ends = simulate(n, [&](Network& network) {
    auto engine = make(network);
    EngineConformance conformance(engine, prices_of(network.self()));
    conformance.check_refusals();
    for (const std::size_t size : sizes) conformance.check(size);
    return std::pair(conformance.complaints(), conformance.common());
  });
  for (const auto& [complaints, common] : ends) {
    CHECK(complaints == std::vector<std::string>{});
    CHECK(common == ends[0].second);
  }
}

}  // namespace parley::test

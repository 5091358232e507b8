// SPDX-License-Identifier: Apache-2.0
// The vector kernels of a field against its scalar arithmetic, lane by lane: at every length up to a few vectors,
// wherever the memory begins, with every way in which an output may be an input.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include "catch.hpp"
#include "core/backends.hpp"
#include "field/law.hpp"
#include "field/specimens.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"

namespace parley::testing {

/// Elements for the kernels: extremes and uniform ones, mixed.
template <Ring F>
std::vector<F> lanes(std::size_t count, TestRandom& random) {
  const std::vector<F> all = extremes<F>();
  std::vector<F> result;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t choice = uniform_below(random, 2 * all.size());
    result.push_back(choice < all.size() ? all[choice] : uniform<F>(random));
  }
  return result;
}

/// A span of `count` elements that begins `offset` elements into an allocation and has a known element on either side.
template <Ring F>
class Guarded {
 public:
  Guarded(std::span<const F> content, std::size_t offset)
      : storage_(content.size() + offset + 2, guard()), offset_(offset) {
    std::copy(content.begin(), content.end(), span().begin());
  }
  std::span<F> span() { return std::span<F>(storage_).subspan(offset_ + 1, storage_.size() - offset_ - 2); }
  bool is_guarded() const { return storage_[offset_] == guard() && storage_.back() == guard(); }

 private:
  static F guard() { return F(57) * F(3); }
  std::vector<F> storage_;
  std::size_t offset_;
};

template <Ring F>
bool equal(std::span<const F> a, std::span<const F> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// The kernels that write a field element for each lane.
enum class LaneKernel { add, subtract, multiply, negate, scale, multiply_add_factor, multiply_add, invert };

template <Ring F>
void run(LaneKernel kernel, std::span<F> out, std::span<const F> x, std::span<const F> y, F factor) {
  switch (kernel) {
    case LaneKernel::add:
      return vector::add<F>(out, x, y);
    case LaneKernel::subtract:
      return vector::subtract<F>(out, x, y);
    case LaneKernel::multiply:
      return vector::multiply<F>(out, x, y);
    case LaneKernel::negate:
      return vector::negate<F>(out, x);
    case LaneKernel::scale:
      return vector::scale<F>(out, x, factor);
    case LaneKernel::multiply_add_factor:
      return vector::multiply_add<F>(out, x, factor);
    case LaneKernel::multiply_add:
      return vector::multiply_add<F>(out, x, y);
    case LaneKernel::invert:
      if constexpr (Field<F>) return vector::invert<F>(out);
  }
}

/// Whether a lane is what it must be afterwards.
template <Ring F>
bool is_right(LaneKernel kernel, F result, F out, F x, F y, F factor) {
  switch (kernel) {
    case LaneKernel::add:
      return result == x + y;
    case LaneKernel::subtract:
      return result == x - y;
    case LaneKernel::multiply:
      return result == x * y;
    case LaneKernel::negate:
      return result == -x;
    case LaneKernel::scale:
      return result == x * factor;
    case LaneKernel::multiply_add_factor:
      return result == out + x * factor;
    case LaneKernel::multiply_add:
      return result == out + x * y;
    case LaneKernel::invert:  // the inverse is the only such element
      return out == F::zero() ? result == F::zero() : result * out == F::one();
  }
  throw std::logic_error("no such kernel");
}

/// One length and one offset.
template <Ring F>
void check_kernels_at(std::size_t count, std::size_t offset, TestRandom& random, Law& law) {
  const std::vector<F> a = lanes<F>(count, random), b = lanes<F>(count, random), old = lanes<F>(count, random);
  const F factor = lanes<F>(1, random)[0];

  constexpr LaneKernel last = Field<F> ? LaneKernel::invert : LaneKernel::multiply_add;
  for (int number = 0; number <= static_cast<int>(last); ++number) {
    const auto kernel = static_cast<LaneKernel>(number);
    const auto check = [&](std::span<const F> out_before, std::span<const F> x, std::span<const F> y, Guarded<F>& out) {
      bool right = out.is_guarded();
      for (std::size_t i = 0; i < count; ++i)
        right &= is_right(kernel, out.span()[i], out_before[i], x[i], y[i], factor);
      law.check(right, "kernel", number, "length", count, "offset", offset);
    };
    Guarded<F> out(old, offset), x(a, offset), y(b, 0);
    run<F>(kernel, out.span(), x.span(), y.span(), factor);
    check(old, a, b, out);
    law.check(equal<F>(x.span(), a) && equal<F>(y.span(), b), "kernel", number, "wrote an input");
    // The output is an input.
    run<F>(kernel, x.span(), x.span(), y.span(), factor);
    check(a, a, b, x);
    x = Guarded<F>(a, offset);
    run<F>(kernel, y.span(), x.span(), y.span(), factor);
    check(b, a, b, y);
    run<F>(kernel, x.span(), x.span(), x.span(), factor);
    check(a, a, a, x);
  }

  Guarded<F> x(a, offset), y(b, 0);
  F inner = F::zero(), total = F::zero();
  for (std::size_t i = 0; i < count; ++i) {
    inner += a[i] * b[i];
    total += a[i];
  }
  law.check(vector::inner_product<F>(x.span(), y.span()) == inner, "inner_product", count, offset);
  law.check(vector::sum<F>(x.span()) == total, "sum", count, offset);

  const std::vector<F> coefficients = lanes<F>(9, random);
  const std::span<const F> sources[] = {x.span(), y.span(), old};
  std::vector<std::span<const F>> rows;
  for (std::size_t terms = 0; terms <= coefficients.size(); ++terms) {
    Guarded<F> out(old, offset);
    vector::linear_combination<F>(out.span(), std::span(coefficients).first(terms), rows);
    bool right = out.is_guarded();
    for (std::size_t i = 0; i < count; ++i) {
      F expected = F::zero();
      for (std::size_t k = 0; k < terms; ++k) expected += coefficients[k] * rows[k][i];
      right &= out.span()[i] == expected;
    }
    law.check(right, "linear_combination", terms, count, offset);
    rows.push_back(sources[terms % 3]);
  }

  std::vector<std::byte> bytes(count * F::encoded_size + offset), expected(count * F::encoded_size);
  const auto at_offset = std::span<std::byte>(bytes).subspan(offset);
  for (std::size_t i = 0; i < count; ++i) {
    a[i].encode(std::span<std::byte, F::encoded_size>(expected.data() + i * F::encoded_size, F::encoded_size));
  }
  vector::encode<F>(at_offset, x.span());
  law.check(std::equal(at_offset.begin(), at_offset.end(), expected.begin()), "encode", count, offset);
  Guarded<F> decoded(old, offset);
  law.check(vector::decode<F>(decoded.span(), at_offset) && equal<F>(decoded.span(), a) && decoded.is_guarded(),
            "decode", count, offset);
}

/// A wrong encoding in any place is found, and nothing of the message remains.
template <Ring F>
void check_decode_rejects(TestRandom& random) {
  // Of all ones, that is no encoding where not every byte string is one.
  std::vector<std::byte> wrong(F::encoded_size, std::byte{0xff});
  if (F::decode(std::span<const std::byte, F::encoded_size>(wrong.data(), F::encoded_size))) return;
  Law law("decode finds a wrong encoding");
  for (const std::size_t count : {1U, 2U, 15U, 16U, 17U, 35U}) {
    const std::vector<F> a = lanes<F>(count, random);
    for (std::size_t place = 0; place < count; ++place) {
      std::vector<std::byte> bytes(count * F::encoded_size);
      vector::encode<F>(bytes, a);
      std::copy(wrong.begin(), wrong.end(), bytes.begin() + static_cast<std::ptrdiff_t>(place * F::encoded_size));
      Guarded<F> out(a, 0);
      law.check(
          !vector::decode<F>(out.span(), bytes) && equal<F>(out.span(), std::vector<F>(count)) && out.is_guarded(),
          count, place);
    }
  }
  law.conclude();
}

/// The product of matrices, and of a matrix and vectors that are apart in memory, against sums of products. The shapes
/// lie around those of the parts that kernels work on: rows by 4, terms by 3, 12, 16, 64 and 128, columns by 8 and 32.
template <Ring F>
void check_matrices(TestRandom& random) {
  Law law("matrix products are sums of products");
  constexpr vector::ProductShape shapes[] = {{0, 3, 2},   {2, 0, 3},   {2, 3, 0},   {1, 1, 1},    {3, 5, 1},
                                             {1, 3, 8},   {2, 4, 9},   {3, 5, 7},   {4, 7, 33},   {5, 33, 16},
                                             {7, 65, 3},  {8, 17, 31}, {9, 64, 12}, {16, 3, 40},  {17, 9, 65},
                                             {2, 127, 5}, {3, 128, 8}, {9, 129, 3}, {2, 261, 11}, {1, 300, 2}};
  for (const vector::ProductShape& shape : shapes) {
    for (const bool largest : {false, true}) {
      const auto matrix = [&](std::size_t size) {
        return largest ? std::vector<F>(size, -F::one()) : lanes<F>(size, random);
      };
      const std::vector<F> a = matrix(shape.rows * shape.inner), b = matrix(shape.inner * shape.columns);
      std::vector<F> expected(shape.rows * shape.columns);
      for (std::size_t row = 0; row < shape.rows; ++row)
        for (std::size_t k = 0; k < shape.inner; ++k)
          for (std::size_t column = 0; column < shape.columns; ++column)
            expected[row * shape.columns + column] += a[row * shape.inner + k] * b[k * shape.columns + column];

      Guarded<F> out(lanes<F>(expected.size(), random), 1);
      vector::matrix_product<F>(out.span(), a, b, shape);
      law.check(equal<F>(out.span(), expected) && out.is_guarded(), "matrix_product", shape.rows, shape.inner,
                shape.columns);

      std::vector<Guarded<F>> apart;
      for (std::size_t row = 0; row < shape.rows; ++row) apart.emplace_back(lanes<F>(shape.columns, random), row % 4);
      std::vector<std::span<F>> targets;
      for (Guarded<F>& row : apart) targets.push_back(row.span());
      std::vector<std::span<const F>> sources;
      for (std::size_t k = 0; k < shape.inner; ++k)
        sources.push_back(std::span<const F>(b).subspan(k * shape.columns, shape.columns));
      vector::linear_combinations<F>(targets, a, sources);
      bool right = true;
      for (std::size_t row = 0; row < shape.rows; ++row)
        right &= apart[row].is_guarded() &&
                 equal<F>(targets[row], std::span<const F>(expected).subspan(row * shape.columns, shape.columns));
      law.check(right, "linear_combinations", shape.rows, shape.inner, shape.columns);
    }
  }
  law.conclude();
}

/// Beyond the blocks that are inverted together, with zeros among them.
template <Field F>
void check_long_inversions(TestRandom& random) {
  Law law("many elements are inverted together");
  for (const std::size_t count : {std::size_t{255}, std::size_t{513}, 32768 / sizeof(F) + 3}) {
    const std::vector<F> a = lanes<F>(count, random);
    Guarded<F> inverted(a, 1);
    vector::invert<F>(inverted.span());
    bool right = inverted.is_guarded();
    for (std::size_t i = 0; i < count; ++i)
      right &= is_right(LaneKernel::invert, inverted.span()[i], a[i], a[i], a[i], a[i]);
    law.check(right, count);
  }
  law.conclude();
}

/// Lengths that differ are refused before anything is written.
template <Ring F>
void check_lengths() {
  const std::vector<F> two(2, F::one()), three(3, F::one());
  std::vector<F> out(3, F(7));
  std::vector<std::byte> bytes(3 * F::encoded_size + 1, std::byte{7});
  const std::vector<std::byte> bytes_before = bytes;
  const std::vector<std::function<void()>> calls = {
      [&] { vector::add<F>(out, two, three); },
      [&] { vector::add<F>(out, three, two); },
      [&] { vector::subtract<F>(out, two, three); },
      [&] { vector::subtract<F>(out, three, two); },
      [&] { vector::multiply<F>(out, two, three); },
      [&] { vector::multiply<F>(out, three, two); },
      [&] { vector::negate<F>(out, two); },
      [&] { vector::scale<F>(out, two, F::one()); },
      [&] { vector::multiply_add<F>(out, two, F::one()); },
      [&] { vector::multiply_add<F>(out, two, three); },
      [&] { vector::multiply_add<F>(out, three, two); },
      [&] { static_cast<void>(vector::inner_product<F>(two, three)); },
      [&] { static_cast<void>(vector::inner_product<F>(three, two)); },
      [&] { vector::linear_combination<F>(out, two, std::vector<std::span<const F>>{three}); },
      [&] {
        vector::linear_combination<F>(out, two, std::vector<std::span<const F>>{three, two});
      },
      [&] {
        vector::linear_combinations<F>(std::vector<std::span<F>>{out}, two, std::vector<std::span<const F>>{three});
      },
      [&] {
        vector::linear_combinations<F>(std::vector<std::span<F>>{out, std::span(out).first(2)}, two,
                                       std::vector<std::span<const F>>{three});
      },
      [&] {
        vector::linear_combinations<F>(std::vector<std::span<F>>{out, out}, two, std::vector<std::span<const F>>{two});
      },
      [&] {
        vector::matrix_product<F>(out, three, two, {3, 1, 1});
      },
      [&] {
        vector::matrix_product<F>(out, two, three, {3, 1, 1});
      },
      [&] {
        vector::matrix_product<F>(out, two, two, {1, 2, 1});
      },
      [&] {
        vector::matrix_product<F>(out, three, three, {SIZE_MAX / 2 + 2, 2, 2});
      },
      [&] { vector::encode<F>(bytes, three); },
      [&] { static_cast<void>(vector::decode<F>(out, bytes)); },
  };
  for (const auto& call : calls) {
    try {
      call();
      FAIL("no error");
    } catch (const Error& error) {
      REQUIRE(error.code() == ErrorCode::invalid_argument);
    }
  }
  REQUIRE(equal<F>(out, std::vector<F>(3, F(7))));
  REQUIRE(bytes == bytes_before);
}

template <Ring F>
void check_kernels_in_force() {
  TestRandom random(3);
  Law law("kernels agree with scalar arithmetic");
  constexpr std::size_t vector_length = std::max<std::size_t>(64 / sizeof(F), 1);  // of the widest registers
  for (std::size_t count = 0; count <= std::max<std::size_t>(67, 3 * vector_length + 3); ++count)
    check_kernels_at<F>(count, count % 4, random, law);
  for (const std::size_t count : {13U, 32U, 64U})
    for (std::size_t offset = 0; offset < 4; ++offset) check_kernels_at<F>(count, offset, random, law);
  for (const std::size_t count : {126U, 127U, 128U, 129U, 261U}) check_kernels_at<F>(count, count % 4, random, law);
  law.conclude();

  // The largest sums that lazy reduction meets: every term is (-1)^2 or -1.
  Law largest("sums of the largest terms do not overflow");
  for (const std::size_t count : {1U, 2U, 3U, 5U, 63U, 64U, 65U, 1000U}) {
    const std::vector<F> a(count, -F::one());
    F total = F::zero();
    for (std::size_t i = 0; i < count; ++i) total += F::one();
    largest.check(vector::inner_product<F>(a, a) == total && vector::sum<F>(a) == -total, count);
    F combined;
    vector::linear_combination<F>(std::span(&combined, 1), a,
                                  std::vector<std::span<const F>>(count, std::span(a).first(1)));
    largest.check(combined == total, "linear_combination", count);
  }
  largest.conclude();

  if constexpr (detail::HasProductSum<F>) {
    if constexpr (F::ProductSum::capacity >= 2) {
      Law canonical("a sum of products that is a multiple of the modulus is zero itself");
      for (const F& x : specimens<F>()) {
        typename F::ProductSum sum;
        sum.add_product(x, F::one());
        sum.add_product(F::one(), -x);
        canonical.check(sum.reduce() == F::zero(), x);
      }
      canonical.conclude();
    }
  }
  check_matrices<F>(random);
  if constexpr (Field<F>) check_long_inversions<F>(random);
  check_decode_rejects<F>(random);
  check_lengths<F>();
}

template <Ring F>
void check_kernels() {
  if constexpr (std::is_base_of_v<detail::PortableKernels<F>, detail::Kernels<F>>) {
    check_kernels_in_force<F>();
  } else {
    test::under_each_kind_of_machine([] { check_kernels_in_force<F>(); });
  }
}

}  // namespace parley::testing

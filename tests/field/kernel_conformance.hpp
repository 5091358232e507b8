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
template <Field F>
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
template <Field F>
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

template <Field F>
bool equal(std::span<const F> a, std::span<const F> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// The kernels that write a field element for each lane.
enum class LaneKernel { add, subtract, multiply, negate, scale, multiply_add_factor, multiply_add, invert };

template <Field F>
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
      return vector::invert<F>(out);
  }
}

/// What a lane must be afterwards.
template <Field F>
F lane(LaneKernel kernel, F out, F x, F y, F factor) {
  switch (kernel) {
    case LaneKernel::add:
      return x + y;
    case LaneKernel::subtract:
      return x - y;
    case LaneKernel::multiply:
      return x * y;
    case LaneKernel::negate:
      return -x;
    case LaneKernel::scale:
      return x * factor;
    case LaneKernel::multiply_add_factor:
      return out + x * factor;
    case LaneKernel::multiply_add:
      return out + x * y;
    case LaneKernel::invert:
      return out.inverse();
  }
  throw std::logic_error("no such kernel");
}

/// One length and one offset.
template <Field F>
void check_kernels_at(std::size_t count, std::size_t offset, TestRandom& random, Law& law) {
  const std::vector<F> a = lanes<F>(count, random), b = lanes<F>(count, random), old = lanes<F>(count, random);
  const F factor = lanes<F>(1, random)[0];

  for (int number = 0; number <= static_cast<int>(LaneKernel::invert); ++number) {
    const auto kernel = static_cast<LaneKernel>(number);
    const auto check = [&](std::span<const F> out_before, std::span<const F> x, std::span<const F> y, Guarded<F>& out) {
      bool right = out.is_guarded();
      for (std::size_t i = 0; i < count; ++i) right &= out.span()[i] == lane(kernel, out_before[i], x[i], y[i], factor);
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
template <Field F>
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

/// Lengths that differ are refused before anything is written.
template <Field F>
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

template <Field F>
void check_kernels_in_force() {
  TestRandom random(3);
  Law law("kernels agree with scalar arithmetic");
  constexpr std::size_t vector_length = std::max<std::size_t>(64 / sizeof(F), 1);  // of the widest registers
  for (std::size_t count = 0; count <= std::max<std::size_t>(67, 3 * vector_length + 3); ++count)
    check_kernels_at<F>(count, count % 4, random, law);
  for (const std::size_t count : {13U, 32U, 64U, 127U, 128U, 129U, 261U}) {
    for (std::size_t offset = 0; offset < 4; ++offset) check_kernels_at<F>(count, offset, random, law);
  }
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
  check_decode_rejects<F>(random);
  check_lengths<F>();
}

template <Field F>
void check_kernels() {
  if constexpr (std::is_base_of_v<detail::PortableKernels<F>, detail::Kernels<F>>) {
    check_kernels_in_force<F>();
  } else {
    test::under_each_kind_of_machine([] { check_kernels_in_force<F>(); });
  }
}

}  // namespace parley::testing

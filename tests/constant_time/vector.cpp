// SPDX-License-Identifier: Apache-2.0
// The vector kernels of every field on secrets, under every backend that valgrind executes.
//
// Not here: vector::decode, whose verdict on the whole message is public (see field.cpp).
#include "parley/field/vector.hpp"

#include <cstddef>
#include <span>
#include <vector>

#include "constant_time/fields.hpp"
#include "constant_time/secrecy.hpp"
#include "parley/core/random.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/portable.hpp"
#include "parley/field/uniform.hpp"

namespace {

using namespace parley;
using namespace parley::testing;

/// What a kernel computes from vectors a, b and a factor, all of them secret.
template <Field F>
struct Inputs {
  std::vector<F> a, b, coefficients;
  F factor;
};

template <Field F, class Kernel>
void check_kernel(const char* name, Kernel kernel, const Inputs<F>& inputs) {
  const auto expected = kernel(inputs);
  Inputs<F> secret = inputs;
  mark_secret(secret.a);
  mark_secret(secret.b);
  mark_secret(secret.coefficients);
  mark_secret(secret.factor);
  auto result = kernel(static_cast<const Inputs<F>&>(secret));
  require_secret_result(result, expected, name);
}

template <Field F>
void check_kernels(std::size_t count) {
  TestRandom random(2);
  Inputs<F> inputs{std::vector<F>(count), std::vector<F>(count), std::vector<F>(5), uniform<F>(random)};
  fill_uniform(random, std::span<F>(inputs.a));
  fill_uniform(random, std::span<F>(inputs.b));
  fill_uniform(random, std::span<F>(inputs.coefficients));
  inputs.a.front() = F::zero();

  const auto lane_by_lane = [&](const char* name, auto kernel) {
    check_kernel<F>(
        name,
        [&](const Inputs<F>& in) {
          std::vector<F> out = in.b;
          kernel(std::span<F>(out), in);
          return out;
        },
        inputs);
  };
  using Out = std::span<F>;
  using In = const Inputs<F>&;
  lane_by_lane("vector::add", [](Out out, In in) { vector::add<F>(out, in.a, in.b); });
  lane_by_lane("vector::subtract", [](Out out, In in) { vector::subtract<F>(out, in.a, in.b); });
  lane_by_lane("vector::multiply", [](Out out, In in) { vector::multiply<F>(out, in.a, in.b); });
  lane_by_lane("vector::negate", [](Out out, In in) { vector::negate<F>(out, in.a); });
  lane_by_lane("vector::scale", [](Out out, In in) { vector::scale<F>(out, in.a, in.factor); });
  lane_by_lane("vector::multiply_add by a factor",
               [](Out out, In in) { vector::multiply_add<F>(out, in.a, in.factor); });
  lane_by_lane("vector::multiply_add", [](Out out, In in) { vector::multiply_add<F>(out, in.a, in.b); });
  lane_by_lane("vector::invert", [](Out out, In) { vector::invert<F>(out); });
  lane_by_lane("vector::linear_combination", [](Out out, In in) {
    const std::vector<std::span<const F>> rows = {in.a, in.b, in.b, in.a, in.b};
    vector::linear_combination<F>(out, in.coefficients, rows);
  });
  check_kernel<F>(
      "vector::linear_combinations",
      [](In in) {
        std::vector<F> out(2 * in.a.size());
        const std::vector<std::span<F>> halves = {Out(out).first(in.a.size()), Out(out).last(in.a.size())};
        vector::linear_combinations<F>(halves, std::span(in.coefficients).first(4),
                                       std::vector<std::span<const F>>{in.a, in.b});
        return out;
      },
      inputs);
  check_kernel<F>(
      "vector::inner_product", [](In in) { return vector::inner_product<F>(in.a, in.b); }, inputs);
  check_kernel<F>(
      "vector::sum", [](In in) { return vector::sum<F>(in.a); }, inputs);
  check_kernel<F>(
      "vector::encode",
      [](In in) {
        std::vector<std::byte> bytes(in.a.size() * F::encoded_size);
        vector::encode<F>(bytes, in.a);
        return bytes;
      },
      inputs);
  if constexpr (detail::MemoryIsEncoding<F>) {
    // The samples that are taken stay secret; whether all are is public.
    lane_by_lane("mask_samples", [](Out out, In) {
      bool all_taken = detail::Kernels<F>::mask_samples(out.data(), out.size());
      declassify(all_taken);
      require(all_taken, "elements are samples of themselves");
    });
  }
}

}  // namespace

int main() {
  require_valgrind();
  under_each_backend([] {
    // A tail alone; vectors of every width with a tail; more than one block of an inversion.
    for (const std::size_t count : {3U, 77U, 261U})
      FieldsOfKernels::for_each([&]<class F>() { check_kernels<F>(count); });
  });
}

// SPDX-License-Identifier: Apache-2.0
// Products of authenticated shares by triples.
// [Beaver91] Efficient multiparty protocols using circuit randomization, CRYPTO 1991.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "parley/core/buffer.hpp"
#include "parley/engine/authenticated_opening.hpp"
#include "parley/engine/authenticated_shares.hpp"
#include "parley/engine/preprocessing.hpp"
#include "parley/engine/shared.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/link.hpp"

namespace parley::detail {

/// For z = x y and a triple (a, b, c): with d = x - a and e = y - b, which are opened, z = c + d b + e x. [Beaver91]
///
/// Cost: one round for each part of the batch; two elements sent to each other party, and a triple, per product.
template <Field F, Preprocessing<F> Source>
class BeaverProducts {
  using Share = AuthenticatedShare<F>;

 public:
  BeaverProducts(Source& source, AuthenticatedOpening<F, Source>& opening, const Link& link)
      : source_(source), opening_(opening), most_at_a_time_(most_at_a_time(source.parties(), link)) {}

  /// How many products go in one round: few enough for their memory to stay in the cache and to be used again, and so
  /// many that their rounds take a twentieth of the time at most.
  static std::size_t most_at_a_time(std::size_t parties, const Link& link) {
    const double bytes = 2.0 * F::encoded_size * static_cast<double>(parties - 1);
    constexpr double least = std::size_t{1} << 14, most = std::size_t{1} << 30;
    return static_cast<std::size_t>(std::clamp(20 * link.seconds(1, 0) / link.seconds(0, bytes), least, most));
  }

  /// The products of two vectors of one length.
  Buffer<Share> multiply(std::span<const Share> x, std::span<const Share> y) {
    Buffer<Share> products(x.size());
    for (std::size_t first = 0; first < x.size(); first += most_at_a_time_) {
      const std::size_t length = std::min(most_at_a_time_, x.size() - first);
      multiply_part(x.subspan(first, length), y.subspan(first, length),
                    std::span<Share>(products).subspan(first, length));
    }
    return products;
  }

 private:
  static constexpr std::size_t chunk = 1024;  // a few times 16 KiB

  void multiply_part(std::span<const Share> x, std::span<const Share> y, std::span<Share> products) {
    const std::size_t count = x.size();
    Buffer<Share> differences(2 * count), a(std::min(chunk, count)), b(a.size());
    const auto of_x = std::span<Share>(differences).first(count), of_y = std::span<Share>(differences).last(count);
    for (std::size_t first = 0; first < count; first += chunk) {
      const std::size_t length = std::min(chunk, count - first);
      const auto a_part = std::span<Share>(a).first(length), b_part = std::span<Share>(b).first(length);
      source_.triples(a_part, b_part, products.subspan(first, length));
      subtract(of_x.subspan(first, length), x.subspan(first, length), a_part);
      subtract(of_y.subspan(first, length), y.subspan(first, length), b_part);
    }
    const Buffer<F> opened = opening_.reveal(std::span<const Share>(differences));
    const auto d = std::span<const F>(opened).first(count), e = std::span<const F>(opened).last(count);
    Buffer<F> factors(2 * b.size());  // each twice, for the share and the MAC
    const auto add = [&](std::span<Share> sums, std::span<const Share> shares, std::span<const F> values) {
      for (std::size_t i = 0; i < values.size(); ++i) factors[2 * i] = factors[2 * i + 1] = values[i];
      vector::multiply_add<F>(elements(sums), elements(shares), std::span<const F>(factors).first(2 * values.size()));
    };
    for (std::size_t first = 0; first < count; first += chunk) {
      const std::size_t length = std::min(chunk, count - first);
      const auto sums = products.subspan(first, length), b_part = std::span<Share>(b).first(length);
      subtract(b_part, y.subspan(first, length), of_y.subspan(first, length));  // y - (y - b)
      add(sums, b_part, d.subspan(first, length));
      add(sums, x.subspan(first, length), e.subspan(first, length));
    }
  }

  static std::span<F> elements(std::span<Share> shares) {
    return Representation<F, AuthenticatedSharing>::elements(shares);
  }
  static std::span<const F> elements(std::span<const Share> shares) {
    return Representation<F, AuthenticatedSharing>::elements(shares);
  }
  static void subtract(std::span<Share> out, std::span<const Share> x, std::span<const Share> y) {
    vector::subtract<F>(elements(out), elements(x), elements(y));
  }

  Source& source_;
  AuthenticatedOpening<F, Source>& opening_;
  std::size_t most_at_a_time_;
};

}  // namespace parley::detail

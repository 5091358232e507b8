// SPDX-License-Identifier: Apache-2.0
// Statistics of numbers that clients have handed in, over the passive Shamir engine.
#include "../collected.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "parley/collection/shared_submissions.hpp"
#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/shamir_passive.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/functions/compare.hpp"
#include "parley/functions/median.hpp"
#include "parley/functions/sum.hpp"

namespace examples {

namespace {

using F = parley::Mersenne61;
static_assert(size_of_part == parley::part_size_of<F>(1));

constexpr std::size_t deciles = 9;

}  // namespace

bool is_part(std::span<const std::byte> part) { return parley::is_encoding_of<F>(part); }

std::vector<parley::tls::Submission> share_entries(std::span<const std::uint64_t> entries, std::size_t servers,
                                                   std::uint64_t revision) {
  parley::SystemRandom random;
  std::vector<parley::tls::Submission> submissions;
  for (std::size_t item = 0; item < entries.size(); ++item) {
    const F value(entries[item]);
    submissions.push_back(
        parley::shamir_submission<F>(std::span(&value, 1), {servers, (servers - 1) / 2}, random, item, revision));
  }
  return submissions;
}

std::optional<Collected> compute_collected(const Setting& setting, parley::tls::SubmissionStore& store,
                                           const parley::tls::Collection& collection, std::uint64_t maximum,
                                           bool with_deciles) {
  const auto begin = [&](std::string_view phase) {
    if (setting.on_phase) setting.on_phase(phase, 0);
  };
  const auto too_few = [](const parley::Error& error) { return error.code() == parley::ErrorCode::invalid_state; };
  begin("agree on keys");
  auto engine = parley::shamir_passive<F>(setting.network);
  begin("agree on submissions");
  store.close();
  store.commit();  // here, where it is not taken for too few clients that the disk fails
  try {
    auto shared = parley::shared_submissions(engine, setting.network, store, collection);
    // Any element of the field is shown to be at most the maximum: x and maximum - x are both at most (p - 1) / 2, and so
    // their sum is that of integers. Honest clients' bits are 0; of others these tell nothing that is anybody else's.
    begin("check the entries");
    const std::size_t count = shared.names.size();
    const auto& all = shared.values[0];
    const auto signs = open(engine, less_than(engine, concat(all, -(all - F(maximum))), F(0)));
    std::vector<std::size_t> kept;
    std::vector<parley::tls::SubmissionName> names;
    for (std::size_t i = 0; i < count; ++i) {
      if (signs[i] != 0 || signs[count + i] != 0) continue;
      kept.push_back(i);
      names.push_back(shared.names[i]);
    }
    parley::tls::require_minimum(collection, names);

    Collected found;
    for (std::size_t i = 0; i < names.size(); ++i)
      found.clients += i == 0 || names[i].client != names[i - 1].client ? 1 : 0;
    found.no_sharing = shared.refused.size();
    found.too_large = count - kept.size();
    found.statistics.entries = kept.size();
    begin("add up");
    const auto values = all.gather(kept);
    found.statistics.sum = open(engine, sum(engine, values)).front().to_integer();
    if (with_deciles) {
      begin("find the deciles");
      const auto opened = open(
          engine, quantiles(engine, values, deciles + 1, {.bits = static_cast<std::size_t>(std::bit_width(maximum))}));
      for (const F& decile : opened) found.statistics.deciles.push_back(decile.to_integer());
    }
    return found;
  } catch (const parley::Error& error) {
    if (!too_few(error)) throw;
    return std::nullopt;
  }
}

parley::Bytes encode(const Collected& collected) {
  parley::Bytes bytes(8 * (5 + deciles) + 1);
  parley::ByteWriter writer(bytes);
  const auto& statistics = collected.statistics;
  for (const std::uint64_t number :
       {collected.clients, statistics.entries, statistics.sum, collected.no_sharing, collected.too_large})
    writer.u64(number);
  writer.u8(statistics.deciles.empty() ? 0 : 1);
  for (std::size_t d = 0; d < deciles; ++d) writer.u64(statistics.deciles.empty() ? 0 : statistics.deciles[d]);
  return bytes;
}

Collected decode_collected(std::span<const std::byte> bytes) {
  parley::ByteReader reader(bytes);
  Collected collected;
  for (std::uint64_t* number : {&collected.clients, &collected.statistics.entries, &collected.statistics.sum,
                                &collected.no_sharing, &collected.too_large})
    *number = reader.u64();
  const bool with_deciles = reader.u8() != 0;
  for (std::size_t d = 0; d < deciles; ++d) {
    const std::uint64_t decile = reader.u64();
    if (with_deciles) collected.statistics.deciles.push_back(decile);
  }
  reader.expect_end();
  return collected;
}

}  // namespace examples

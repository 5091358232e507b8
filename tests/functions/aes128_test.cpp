// SPDX-License-Identifier: Apache-2.0
// AES-128 on shared bits: its S-box against its definition, the examples of the standards, and its cost.
// [FIPS 197] Advanced Encryption Standard. [SP 800-38A] Recommendation for block cipher modes of operation.
#include "parley/functions/aes128.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "functions/any_engine.hpp"
#include "functions/on_engines.hpp"
#include "functions/prices.hpp"
#include "parley/parley.hpp"

namespace {

using namespace parley;
using namespace parley::test;
using F = Mersenne61;
using Blocks = std::vector<std::vector<std::uint8_t>>;

std::vector<std::uint8_t> bytes_from_hex(const std::string& text) {
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i < text.size(); i += 2)
    bytes.push_back(static_cast<std::uint8_t>(std::stoul(text.substr(i, 2), nullptr, 16)));
  return bytes;
}

PublicBits bits_of(const Blocks& blocks) {
  PublicBits bits(128, blocks.size());
  for (std::size_t row = 0; row < blocks.size(); ++row)
    for (std::size_t bit = 0; bit < 128; ++bit)
      bits.planes().component(bit, 0)[row / 64] |= std::uint64_t{blocks[row][bit / 8] >> (bit % 8) & 1U} << (row % 64);
  return bits;
}

/// Encrypts at all parties and opens.
using MakeEngine = std::unique_ptr<AnyEngine<F>>(Network& network);
Blocks encrypted(std::size_t parties, MakeEngine* make_engine, const Blocks& keys, const Blocks& blocks,
                 std::vector<Cost>* costs = nullptr) {
  std::vector<Blocks> ends(parties);
  if (costs != nullptr) costs->resize(parties);
  run_parties(parties, [&](Network& network) {
    const auto made = make_engine(network);
    AnyEngine<F>& engine = *made;
    const auto key = input_bits(engine, 0, bits_of(keys));
    const auto block = input_bits(engine, parties - 1, bits_of(blocks));
    const Cost before = engine.cost();
    const auto result = aes128_encrypt(engine, key, block);
    const Cost spent = engine.cost() - before;
    if (costs != nullptr) (*costs)[network.self()] = spent;
    const auto low = open(engine, result.bits(0, 64)), high = open(engine, result.bits(64, 64));
    Blocks& opened = ends[network.self()];
    for (std::size_t row = 0; row < low.size(); ++row) {
      opened.emplace_back();
      for (std::size_t byte = 0; byte < 16; ++byte)
        opened.back().push_back(static_cast<std::uint8_t>((byte < 8 ? low : high)[row] >> (8 * (byte % 8))));
    }
  });
  for (const Blocks& end : ends) CHECK(end == ends.front());
  return ends.front();
}

constexpr MakeEngine* in_clear = any_clear<F>;
constexpr MakeEngine* passive = [](Network& network) {
  return any_shamir<F>(network, {network.parties(), (network.parties() - 1) / 2}, network.self());
};

/// Ten times the six rounds of the S-box, on the state's bytes and on four of each key.
void check_costs(const std::vector<Cost>& costs, std::size_t blocks, std::size_t keys) {
  for (std::size_t party = 0; party < costs.size(); ++party) {
    const FunctionPrices prices({costs.size(), (costs.size() - 1) / 2}, party);
    Price s_boxes;
    for (const std::size_t conjunctions : {9U, 1U, 2U, 1U, 1U, 18U})
      s_boxes = s_boxes + prices.and_(conjunctions * (16 * blocks + 4 * keys));
    CAPTURE(costs.size(), party, blocks, keys);
    CHECK(costs[party].rounds == 60);
    CHECK(costs[party].rounds == 10 * s_boxes.rounds);
    CHECK(costs[party].bytes_sent == 10 * s_boxes.bytes_sent);
  }
}

// SP 800-38A, section F.1.1
const std::string common_key = "2b7e151628aed2a6abf7158809cf4f3c";
const std::vector<std::pair<std::string, std::string>> examples = {
    {"6bc1bee22e409f96e93d7e117393172a", "3ad77bb40d7a3660a89ecaf32466ef97"},
    {"ae2d8a571e03ac9c9eb76fac45af8e51", "f5d3d58503b9699de785895a96fdbaaf"},
    {"30c81c46a35ce411e5fbc1191a0a52ef", "43b1cd7f598ece23881b00e3ed030688"},
    {"f69f2445df4f9b17ad2b417be66c3710", "7b0c785e27e8ad3f8223207104725dd4"}};

}  // namespace

TEST_CASE("the S-box is the inverse in GF(2^8) and an affine map, for every byte") {
  std::vector<std::uint64_t> all(256), expected;
  std::iota(all.begin(), all.end(), std::uint64_t{0});
  for (const std::uint64_t byte : all) {
    const unsigned inverse = GF256(byte).inverse().value();
    unsigned image =
        0;  // FIPS 197, section 5.1.1: bit i is the sum of bits i, i + 4, ..., i + 7 (modulo 8) of the inverse
    for (const unsigned rotation : {0U, 4U, 5U, 6U, 7U}) image ^= inverse >> rotation | inverse << (8 - rotation);
    expected.push_back(image & 0xFF);
  }
  const auto ends = on_clear<F>(1, [&](auto& engine) {
    const auto bytes = constant_bits(engine, PublicBits::from_integers(all, 8));
    return open(engine, detail::aes_s_box_less_constant(engine, bytes));
  });
  CHECK(ends.front() == expected);
}

TEST_CASE("the examples of the standards, with a key for each block and with one for all") {
  Blocks blocks, ciphertexts;
  for (const auto& [block, ciphertext] : examples) {
    blocks.push_back(bytes_from_hex(block));
    ciphertexts.push_back(bytes_from_hex(ciphertext));
  }
  Blocks keys(blocks.size(), bytes_from_hex(common_key));
  CHECK(encrypted(2, in_clear, {keys.front()}, blocks) == ciphertexts);
  // FIPS 197, appendix C.1, as one more
  keys.push_back(bytes_from_hex("000102030405060708090a0b0c0d0e0f"));
  blocks.push_back(bytes_from_hex("00112233445566778899aabbccddeeff"));
  ciphertexts.push_back(bytes_from_hex("69c4e0d86a7b0430d8cdb78070b4c55a"));
  CHECK(encrypted(2, in_clear, keys, blocks) == ciphertexts);
  for (const std::size_t parties : {3U, 4U, 5U}) CHECK(encrypted(parties, passive, keys, blocks) == ciphertexts);
}

TEST_CASE("batches that fill words and that do not agree with single blocks, at the stated cost") {
  Blocks keys, blocks, expected;
  TestRandom random(5);
  for (int k = 0; k < 67; ++k)
    for (Blocks* list : {&keys, &blocks}) {
      list->emplace_back(16);
      random.fill(std::as_writable_bytes(std::span(list->back())));
    }
  for (const std::size_t size : {std::size_t{1}, std::size_t{64}, std::size_t{67}}) {
    const Blocks some_keys(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(size));
    const Blocks some(blocks.begin(), blocks.begin() + static_cast<std::ptrdiff_t>(size));
    const Blocks reference = encrypted(1, in_clear, some_keys, some);
    std::vector<Cost> costs;
    for (const std::size_t parties : {3U, 5U}) {
      CHECK(encrypted(parties, passive, some_keys, some, &costs) == reference);
      check_costs(costs, size, size);
    }
    CHECK(encrypted(3, passive, {keys.front()}, some, &costs) == encrypted(1, in_clear, {keys.front()}, some));
    check_costs(costs, size, 1);
  }
}

TEST_CASE("AES-128 refuses numbers of other lengths") {
  on_clear<F>(1, [](auto& engine) {
    const auto number = [&](std::size_t width, std::size_t size) {
      return constant_bits(engine, PublicBits(width, size));
    };
    const auto refused = [&](const auto& keys, const auto& blocks) {
      try {
        aes128_encrypt(engine, keys, blocks);
      } catch (const Error& error) {
        return error.code() == ErrorCode::invalid_argument;
      }
      return false;
    };
    CHECK(refused(number(127, 1), number(128, 1)));
    CHECK(refused(number(128, 1), number(129, 1)));
    CHECK(refused(number(128, 2), number(128, 3)));
    CHECK(refused(number(128, 0), number(128, 3)));
    CHECK(aes128_encrypt(engine, number(128, 1), number(128, 0)).size() == 0);
  });
}

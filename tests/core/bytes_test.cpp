// SPDX-License-Identifier: Apache-2.0
// Little-endian integers, and the writer and the reader at every bound.
#include "parley/core/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>

#include "catch.hpp"
#include "core/hex.hpp"
#include "refusal.hpp"

using parley::ByteReader;
using parley::Bytes;
using parley::ByteWriter;
using parley::Error;
using parley::ErrorCode;
using parley::load_little_endian;
using parley::store_little_endian;
using parley::uint128;
using parley::test::code_of;
using parley::test::from_hex;
using parley::test::to_hex;

namespace {

template <class U>
constexpr U round_trip(U value) {
  std::array<std::byte, sizeof(U)> bytes{};
  store_little_endian<U>(bytes, value);
  return load_little_endian<U>(bytes);
}

// The compiler's path and that of the running program are different code.
static_assert(round_trip<std::uint8_t>(0xab) == 0xab);
static_assert(round_trip<std::uint16_t>(0xabcd) == 0xabcd);
static_assert(round_trip<std::uint32_t>(0x89abcdef) == 0x89abcdef);
static_assert(round_trip<std::uint64_t>(0x0123456789abcdef) == 0x0123456789abcdef);
static_assert(round_trip<uint128>(uint128{0x8123456789abcdef} << 64 | 0xfedcba9876543210) ==
              (uint128{0x8123456789abcdef} << 64 | 0xfedcba9876543210));

}  // namespace

TEST_CASE("integers are stored with the least significant byte first") {
  constexpr auto at_compile_time = [] {
    std::array<std::byte, 4> bytes{};
    store_little_endian<std::uint32_t>(bytes, 0x04030201);
    return bytes;
  }();
  CHECK(to_hex(at_compile_time) == "01020304");

  std::array<std::byte, 16> bytes{};
  store_little_endian<uint128>(bytes, uint128{0x100f0e0d0c0b0a09} << 64 | 0x0807060504030201);
  CHECK(to_hex(bytes) == "0102030405060708090a0b0c0d0e0f10");
  CHECK(load_little_endian<std::uint64_t>(std::span(bytes).first<8>()) == 0x0807060504030201);
  CHECK(load_little_endian<std::uint16_t>(std::span(bytes).last<2>()) == 0x100f);
}

TEST_CASE("what is written is read back, and fills exactly its bytes") {
  std::array<std::byte, 20> memory{};
  ByteWriter writer{std::span(memory).first(18)};  // the last two bytes are not the writer's
  writer.u8(0x11);
  writer.u16(0x2233);
  writer.u32(0x44556677);
  writer.u64(0x8899aabbccddeeff);
  CHECK(writer.remaining() == 3);
  writer.bytes(from_hex("a1a2"));
  writer.bytes({});
  writer.take(1)[0] = std::byte{0xb1};
  CHECK(writer.remaining() == 0);
  CHECK(to_hex(memory) ==
        "113322776655"
        "44ffeeddccbbaa9988a1a2b10000");

  ByteReader reader{std::span(memory)};
  CHECK(reader.u8() == 0x11);
  CHECK(reader.u16() == 0x2233);
  CHECK(reader.u32() == 0x44556677);
  CHECK(reader.u64() == 0x8899aabbccddeeff);
  const auto rest = reader.take(5);
  CHECK(rest.data() == memory.data() + 15);
  CHECK(to_hex(rest) == "a1a2b10000");
  CHECK(reader.remaining() == 0);
  reader.expect_end();
}

TEST_CASE("no read and no write goes beyond the end, and one that would leaves everything as it was") {
  for (std::size_t size = 0; size <= 8; ++size) {
    CAPTURE(size);
    Bytes memory(size, std::byte{0x5a});
    const auto fits = [&](std::size_t width) {
      return width <= size ? std::nullopt : std::optional(ErrorCode::malformed_message);
    };
    const auto writes = [&](std::size_t width) {
      return width <= size ? std::nullopt : std::optional(ErrorCode::out_of_range);
    };

    CHECK(code_of([&] { static_cast<void>(ByteReader(memory).u8()); }) == fits(1));
    CHECK(code_of([&] { static_cast<void>(ByteReader(memory).u16()); }) == fits(2));
    CHECK(code_of([&] { static_cast<void>(ByteReader(memory).u32()); }) == fits(4));
    CHECK(code_of([&] { static_cast<void>(ByteReader(memory).u64()); }) == fits(8));
    CHECK(code_of([&] { static_cast<void>(ByteReader(memory).take(size)); }) == std::nullopt);
    CHECK(code_of([&] { static_cast<void>(ByteReader(memory).take(size + 1)); }) == ErrorCode::malformed_message);
    CHECK(code_of([&] { static_cast<void>(ByteReader(memory).take(std::numeric_limits<std::size_t>::max())); }) ==
          ErrorCode::malformed_message);
    CHECK(code_of([&] { ByteReader(memory).expect_end(); }) ==
          (size == 0 ? std::nullopt : std::optional(ErrorCode::malformed_message)));

    ByteReader reader(memory);
    CHECK(code_of([&] { static_cast<void>(reader.take(size + 1)); }) == ErrorCode::malformed_message);
    CHECK(reader.remaining() == size);

    for (std::size_t width = 1; width <= 8; width *= 2) {
      Bytes target(size, std::byte{0x5a});
      ByteWriter writer(target);
      CHECK(code_of([&] {
              if (width == 1) writer.u8(0);
              if (width == 2) writer.u16(0);
              if (width == 4) writer.u32(0);
              if (width == 8) writer.u64(0);
            }) == writes(width));
      CHECK(writer.remaining() == (width <= size ? size - width : size));
      if (width > size) CHECK(target == memory);
    }
    ByteWriter writer(memory);
    CHECK(code_of([&] { writer.bytes(Bytes(size + 1)); }) == ErrorCode::out_of_range);
    CHECK(code_of([&] { static_cast<void>(writer.take(std::numeric_limits<std::size_t>::max())); }) ==
          ErrorCode::out_of_range);
    CHECK(writer.remaining() == size);
    CHECK(memory == Bytes(size, std::byte{0x5a}));
  }
}

TEST_CASE("a reader blames the sender of the message, where it was told of one") {
  const Bytes message(3);
  const auto party_of = [&](ByteReader reader) {
    try {
      static_cast<void>(reader.u32());
    } catch (const Error& error) {
      return error.party();
    }
    return std::optional<std::size_t>(99);
  };
  CHECK(party_of(ByteReader(message, 4)) == 4);
  CHECK(party_of(ByteReader(message)) == std::nullopt);
  CHECK_THROWS_WITH(ByteReader(message, 4).expect_end(), "a message has 3 bytes too many");
}

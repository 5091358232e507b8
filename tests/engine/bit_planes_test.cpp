// SPDX-License-Identifier: Apache-2.0
// Every operation on bit planes, against lanes that are kept one by one.
#include "parley/engine/bit_planes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"

namespace {

using namespace parley;

const std::vector<BitLayout> layouts = {
    {.lane_bits = 1, .components = 1, .one = {true, false}},  {.lane_bits = 1, .components = 1, .one = {false, false}},
    {.lane_bits = 1, .components = 2, .one = {true, false}},  {.lane_bits = 1, .components = 2, .one = {false, true}},
    {.lane_bits = 1, .components = 2, .one = {false, false}}, {.lane_bits = 8, .components = 1, .one = {true, false}},
    {.lane_bits = 8, .components = 2, .one = {false, true}}};

/// lanes[plane][component][row].
using Lanes = std::vector<std::vector<std::vector<unsigned>>>;

unsigned all_ones(const BitLayout& layout) { return layout.lane_bits == 1 ? 1 : 0xFF; }

Lanes random_lanes(const BitLayout& layout, std::size_t width, std::size_t size, TestRandom& random) {
  Lanes lanes(width, {layout.components, std::vector<unsigned>(size)});
  for (auto& plane : lanes)
    for (auto& component : plane)
      for (unsigned& lane : component) lane = static_cast<unsigned>(uniform_below(random, 256)) & all_ones(layout);
  return lanes;
}

BitPlanes planes_of(const BitLayout& layout, std::size_t size, const Lanes& lanes) {
  BitPlanes planes(layout, lanes.size(), size);
  for (std::size_t plane = 0; plane < lanes.size(); ++plane)
    for (unsigned which = 0; which < layout.components; ++which)
      for (std::size_t row = 0; row < size; ++row) {
        const std::size_t position = row * layout.lane_bits;
        planes.component(plane, which)[position / 64] |= std::uint64_t{lanes[plane][which][row]} << (position % 64);
      }
  return planes;
}

/// Reads every lane, and throws unless all that is beyond them is zero.
Lanes lanes_of(const BitPlanes& planes) {
  const BitLayout& layout = planes.layout();
  Lanes lanes(planes.width(), {layout.components, std::vector<unsigned>(planes.size())});
  for (std::size_t plane = 0; plane < planes.width(); ++plane)
    for (unsigned which = 0; which < layout.components; ++which) {
      const auto words = planes.component(plane, which);
      if (words.size() != (planes.size() * layout.lane_bits + 63) / 64) throw std::logic_error("wrong number of words");
      for (std::size_t position = 0; position < words.size() * 64; position += layout.lane_bits) {
        const auto lane = static_cast<unsigned>(words[position / 64] >> (position % 64)) & all_ones(layout);
        if (position / layout.lane_bits < planes.size())
          lanes[plane][which][position / layout.lane_bits] = lane;
        else if (lane != 0)
          throw std::logic_error("there is something beyond the last lane");
      }
    }
  return lanes;
}

template <class Call>
std::pair<ErrorCode, std::string> refusal(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  return {ErrorCode::invalid_state, "no Error"};
}

const std::vector<std::size_t> sizes = {0,  1,  2,  7,  8,  9,   15,  16,  17,  31, 32,
                                        33, 63, 64, 65, 71, 100, 127, 128, 129, 130};

}  // namespace

TEST_CASE("blocks in another order, copies of one value, and single planes that are flipped or added") {
  for (const BitLayout& layout : layouts)
    for (const std::size_t length : {1U, 5U, 64U, 100U}) {
      TestRandom random(length);
      BitPlanes planes(layout, 3, 4 * length);
      const std::uint64_t lane = layout.lane_bits == 1 ? 1 : 0x0101010101010101ULL;
      random.fill(std::as_writable_bytes(planes.words()));
      planes.clear_tails();
      const Lanes before = lanes_of(planes);
      const std::vector<std::size_t> order = {3, 0, 0, 2, 1};
      const Lanes moved = lanes_of(planes.blocks(order, length));
      const Lanes copies = lanes_of(planes.rows(length, 1).repeated(length + 1));
      for (std::size_t plane = 0; plane < 3; ++plane)
        for (unsigned which = 0; which < layout.components; ++which) {
          for (std::size_t i = 0; i < order.size() * length; ++i)
            REQUIRE(moved[plane][which][i] == before[plane][which][order[i / length] * length + i % length]);
          REQUIRE(copies[plane][which] == std::vector<unsigned>(length + 1, before[plane][which][length]));
        }
      BitPlanes ones(layout, 1, 4 * length), flipped = planes;
      ones.flip();
      flipped.flip_plane(1);
      REQUIRE(lanes_of(flipped)[0] == before[0]);
      REQUIRE(lanes_of(flipped)[2] == before[2]);
      for (unsigned which = 0; which < layout.components; ++which)
        for (std::size_t word = 0; word < ones.words_per_component(); ++word)
          REQUIRE((ones.component(0, which)[word] & ~(layout.lane_bits == 1 ? ~std::uint64_t{0} : lane)) == 0);
      flipped.add_plane(1, {&ones, 0});
      REQUIRE(lanes_of(flipped) == before);
      REQUIRE(refusal([&] { planes.blocks(std::vector<std::size_t>{4}, length); }).first == ErrorCode::out_of_range);
      REQUIRE(refusal([&] { planes.repeated(2); }).first == ErrorCode::invalid_argument);
    }
}

TEST_CASE("eight bits and eight lanes of a word are the same numbers") {
  for (std::uint64_t bits = 0; bits < 256; ++bits) {
    std::uint64_t lanes = 0;
    for (unsigned j = 0; j < 8; ++j) lanes |= (bits >> j & 1) << (8 * j);
    REQUIRE(detail::lanes_of_bits(bits) == lanes);
    REQUIRE(detail::lanes_of_bits(bits | 0xA500) == lanes);
    REQUIRE(detail::bits_of_lanes(lanes) == bits);
    REQUIRE(detail::bits_of_lanes(lanes | 0xFEDCBA9876543210ULL << 1) ==
            (bits | detail::bits_of_lanes(0xFEDCBA9876543210ULL << 1)));
  }
}

TEST_CASE("planes are zero at first, and flip where the constant 1 is held") {
  for (const BitLayout& layout : layouts)
    for (std::size_t size = 0; size <= 130; ++size) {
      BitPlanes planes(layout, 3, size);
      const Lanes zero(3, {layout.components, std::vector<unsigned>(size)});
      REQUIRE(lanes_of(planes) == zero);
      planes.flip();
      Lanes one = zero;
      for (auto& plane : one)
        for (unsigned which = 0; which < layout.components; ++which)
          for (unsigned& lane : plane[which]) lane = layout.one[which] ? 1 : 0;
      REQUIRE(lanes_of(planes) == one);
      planes.flip();
      REQUIRE(lanes_of(planes) == zero);
    }
}

TEST_CASE("exclusive or, tails and single bits") {
  TestRandom random(1);
  for (const BitLayout& layout : layouts)
    for (const std::size_t size : sizes) {
      const Lanes a = random_lanes(layout, 4, size, random), b = random_lanes(layout, 4, size, random);
      BitPlanes planes = planes_of(layout, size, a);
      if (layout.lane_bits == 1)
        for (unsigned which = 0; which < layout.components; ++which)
          for (std::size_t row = 0; row < size; ++row) REQUIRE(planes.bit(2, row, which) == (a[2][which][row] != 0));
      planes ^= planes_of(layout, size, b);
      Lanes sum = a;
      for (std::size_t plane = 0; plane < 4; ++plane)
        for (unsigned which = 0; which < layout.components; ++which)
          for (std::size_t row = 0; row < size; ++row) sum[plane][which][row] ^= b[plane][which][row];
      REQUIRE(lanes_of(planes) == sum);
      for (std::uint64_t& word : planes.words()) word = ~std::uint64_t{0};
      planes.clear_tails();
      REQUIRE(lanes_of(planes) == Lanes(4, {layout.components, std::vector<unsigned>(size, all_ones(layout))}));
    }
}

TEST_CASE("planes are chosen, repeated, copied and stacked") {
  TestRandom random(2);
  for (const BitLayout& layout : layouts)
    for (const std::size_t size : sizes) {
      const Lanes a = random_lanes(layout, 7, size, random), b = random_lanes(layout, 2, size, random);
      const BitPlanes planes = planes_of(layout, size, a);
      for (std::size_t first = 0; first <= 7; ++first)
        for (std::size_t count = 0; first + count <= 7; ++count) {
          const auto begin = a.begin() + static_cast<std::ptrdiff_t>(first);
          REQUIRE(lanes_of(planes.planes(first, count)) == Lanes(begin, begin + static_cast<std::ptrdiff_t>(count)));
        }
      const BitPlanes other = planes_of(layout, size, b);
      BitPlanes changed = planes;
      changed.copy_plane(6, {&planes, 2});
      changed.copy_plane(0, {&other, 1});
      REQUIRE(lanes_of(changed) == Lanes{b[1], a[1], a[2], a[3], a[4], a[5], a[2]});
      BitPlanes stacked;
      stacked.append_planes(other);
      stacked.append_planes(planes.planes(0, 1));
      stacked.append_planes(planes.planes(3, 0));
      REQUIRE(lanes_of(stacked) == Lanes{b[0], b[1], a[0]});
      REQUIRE(stacked.size() == size);
    }
}

TEST_CASE("rows are cut and joined at any offset") {
  TestRandom random(3);
  for (const BitLayout& layout : layouts)
    for (const std::size_t size : sizes) {
      const Lanes a = random_lanes(layout, 2, size, random);
      const BitPlanes planes = planes_of(layout, size, a);
      for (std::size_t first = 0; first <= size; ++first)
        for (const std::size_t end : {first, first + 1, (first + size) / 2, size}) {
          if (end > size) continue;
          const BitPlanes head = planes.rows(0, first), cut = planes.rows(first, end - first);
          Lanes expected = a;
          for (auto& plane : expected)
            for (auto& component : plane)
              component = std::vector<unsigned>(component.begin() + static_cast<std::ptrdiff_t>(first),
                                                component.begin() + static_cast<std::ptrdiff_t>(end));
          REQUIRE(lanes_of(cut) == expected);
          const BitPlanes tail = planes.rows(first, size - first);
          REQUIRE(lanes_of(BitPlanes::append_rows(std::vector{&head, &tail})) == a);
        }
    }
}

TEST_CASE("packed lanes follow one another without gaps, and come back from bytes with anything in the last bits") {
  TestRandom random(4);
  for (const BitLayout& layout : layouts)
    for (std::size_t width = 0; width <= 5; ++width)
      for (const std::size_t size : sizes) {
        const Lanes a = random_lanes(layout, width, size, random);
        const BitPlanes planes = planes_of(layout, size, a);
        BitPlanes back(layout, width, size);
        for (unsigned which = 0; which < layout.components; ++which) {
          Bytes bytes(planes.packed_size(), std::byte{0xEE});
          planes.pack(which, bytes);
          std::vector<unsigned> bits;
          for (const auto& plane : a)
            for (const unsigned lane : plane[which])
              for (unsigned bit = 0; bit < layout.lane_bits; ++bit) bits.push_back(lane >> bit & 1);
          REQUIRE(bytes.size() == (bits.size() + 7) / 8);
          bits.resize(bytes.size() * 8);
          for (std::size_t i = 0; i < bits.size(); ++i)
            REQUIRE((std::to_integer<unsigned>(bytes[i / 8]) >> (i % 8) & 1) == bits[i]);
          if (width * size * layout.lane_bits % 8 != 0) bytes.back() |= std::byte{0x80};
          back.unpack(which, bytes);
          for (std::byte& byte : bytes) byte = std::byte{0xFF};
          BitPlanes full = planes;  // what was there is overwritten
          full.unpack(which, bytes);
          Lanes expected = a;
          for (auto& plane : expected)
            for (unsigned& lane : plane[which]) lane = all_ones(layout);
          REQUIRE(lanes_of(full) == expected);
        }
        REQUIRE(lanes_of(back) == a);
      }
}

TEST_CASE("planes of other shapes, and rows and planes that are not there, are refused") {
  const BitLayout one{}, two{.lane_bits = 1, .components = 2};
  BitPlanes planes(one, 3, 10);
  const auto other_shape = [&](const BitPlanes& other) {
    BitPlanes sum = planes;
    return refusal([&] { sum ^= other; });
  };
  CHECK(other_shape(BitPlanes(one, 3, 11)) ==
        std::pair(ErrorCode::invalid_argument,
                  std::string("10 values of 3 bits and 11 values of 3 bits do not have the same shape")));
  CHECK(other_shape(BitPlanes(one, 2, 10)).first == ErrorCode::invalid_argument);
  CHECK(other_shape(BitPlanes(two, 3, 10)).first == ErrorCode::invalid_argument);
  CHECK(refusal([&] { planes.append_planes(BitPlanes(one, 1, 11)); }).first == ErrorCode::invalid_argument);
  CHECK(refusal([&] { planes.append_planes(BitPlanes(two, 1, 10)); }).first == ErrorCode::invalid_argument);
  CHECK(planes.width() == 3);
  const BitPlanes narrower(one, 2, 10), other_layout(two, 3, 10);
  for (const BitPlanes* other : {&narrower, &other_layout})
    CHECK(refusal([&] {
            BitPlanes::append_rows(std::vector<const BitPlanes*>{&planes, other});
          }).first == ErrorCode::invalid_argument);
  const std::size_t huge = ~std::size_t{0};
  for (const auto& [first, count] :
       std::vector<std::pair<std::size_t, std::size_t>>{{2, 2}, {4, 0}, {1, huge}, {huge, 1}})
    CHECK(refusal([&, first = first, count = count] { planes.planes(first, count); }).first == ErrorCode::out_of_range);
  for (const auto& [first, count] :
       std::vector<std::pair<std::size_t, std::size_t>>{{9, 2}, {11, 0}, {1, huge}, {huge, 1}})
    CHECK(refusal([&, first = first, count = count] { planes.rows(first, count); }).first == ErrorCode::out_of_range);
}

// SPDX-License-Identifier: Apache-2.0
// Text of words: the list of 1024 words by which SLIP-39 writes ten bits each, and the checksum of three words over
// them.
// [SLIP39] Rusnak, Kozlik, Vejpustek, Susanka, Palatinus, Hoenicke: SLIP-0039: Shamir's Secret-Sharing for Mnemonic
// Codes, 2017, sections "Wordlist" (wordlist.txt, as it is published) and "Checksum".
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/constant_time.hpp"
#include "parley/core/error.hpp"
#include "parley/core/wipe.hpp"

namespace parley::words {

namespace detail {

/// In the order of the alphabet, with a blank between any two; each has 4 to 8 letters, the first 4 of which no other
/// has.
inline constexpr std::string_view list =
    "academic acid acne acquire acrobat activity actress adapt adequate adjust admit adorn adult advance advocate "
    "afraid again agency agree aide aircraft airline airport ajar alarm album alcohol alien alive alpha already alto "
    "aluminum always amazing ambition amount amuse analysis anatomy ancestor ancient angel angry animal answer "
    "antenna anxiety apart aquatic arcade arena argue armed artist artwork aspect auction august aunt average "
    "aviation avoid award away axis axle beam beard beaver become bedroom behavior being believe belong benefit best "
    "beyond bike biology birthday bishop black blanket blessing blimp blind blue body bolt boring born both boundary "
    "bracelet branch brave breathe briefing broken brother browser bucket budget building bulb bulge bumpy bundle "
    "burden burning busy buyer cage calcium camera campus canyon capacity capital capture carbon cards careful cargo "
    "carpet carve category cause ceiling center ceramic champion change charity check chemical chest chew chubby "
    "cinema civil class clay cleanup client climate clinic clock clogs closet clothes club cluster coal coastal "
    "coding column company corner costume counter course cover cowboy cradle craft crazy credit cricket criminal "
    "crisis critical crowd crucial crunch crush crystal cubic cultural curious curly custody cylinder daisy damage "
    "dance darkness database daughter deadline deal debris debut decent decision declare decorate decrease deliver "
    "demand density deny depart depend depict deploy describe desert desire desktop destroy detailed detect device "
    "devote diagnose dictate diet dilemma diminish dining diploma disaster discuss disease dish dismiss display "
    "distance dive divorce document domain domestic dominant dough downtown dragon dramatic dream dress drift drink "
    "drove drug dryer duckling duke duration dwarf dynamic early earth easel easy echo eclipse ecology edge editor "
    "educate either elbow elder election elegant element elephant elevator elite else email emerald emission emperor "
    "emphasis employer empty ending endless endorse enemy energy enforce engage enjoy enlarge entrance envelope envy "
    "epidemic episode equation equip eraser erode escape estate estimate evaluate evening evidence evil evoke exact "
    "example exceed exchange exclude excuse execute exercise exhaust exotic expand expect explain express extend "
    "extra eyebrow facility fact failure faint fake false family famous fancy fangs fantasy fatal fatigue favorite "
    "fawn fiber fiction filter finance findings finger firefly firm fiscal fishing fitness flame flash flavor flea "
    "flexible flip float floral fluff focus forbid force forecast forget formal fortune forward founder fraction "
    "fragment frequent freshman friar fridge friendly frost froth frozen fumes funding furl fused galaxy game "
    "garbage garden garlic gasoline gather general genius genre genuine geology gesture glad glance glasses glen "
    "glimpse goat golden graduate grant grasp gravity gray greatest grief grill grin grocery gross group grownup "
    "grumpy guard guest guilt guitar gums hairy hamster hand hanger harvest have havoc hawk hazard headset health "
    "hearing heat helpful herald herd hesitate hobo holiday holy home hormone hospital hour huge human humidity "
    "hunting husband hush husky hybrid idea identify idle image impact imply improve impulse include income increase "
    "index indicate industry infant inform inherit injury inmate insect inside install intend intimate invasion "
    "involve iris island isolate item ivory jacket jerky jewelry join judicial juice jump junction junior junk jury "
    "justice kernel keyboard kidney kind kitchen knife knit laden ladle ladybug lair lamp language large laser "
    "laundry lawsuit leader leaf learn leaves lecture legal legend legs lend length level liberty library license "
    "lift likely lilac lily lips liquid listen literary living lizard loan lobe location losing loud loyalty luck "
    "lunar lunch lungs luxury lying lyrics machine magazine maiden mailman main makeup making mama manager mandate "
    "mansion manual marathon march market marvel mason material math maximum mayor meaning medal medical member "
    "memory mental merchant merit method metric midst mild military mineral minister miracle mixed mixture mobile "
    "modern modify moisture moment morning mortgage mother mountain mouse move much mule multiple muscle museum "
    "music mustang nail national necklace negative nervous network news nuclear numb numerous nylon oasis obesity "
    "object observe obtain ocean often olympic omit oral orange orbit order ordinary organize ounce oven overall "
    "owner paces pacific package paid painting pajamas pancake pants papa paper parcel parking party patent patrol "
    "payment payroll peaceful peanut peasant pecan penalty pencil percent perfect permit petition phantom pharmacy "
    "photo phrase physics pickup picture piece pile pink pipeline pistol pitch plains plan plastic platform playoff "
    "pleasure plot plunge practice prayer preach predator pregnant premium prepare presence prevent priest primary "
    "priority prisoner privacy prize problem process profile program promise prospect provide prune public pulse "
    "pumps punish puny pupal purchase purple python quantity quarter quick quiet race racism radar railroad rainbow "
    "raisin random ranked rapids raspy reaction realize rebound rebuild recall receiver recover regret regular "
    "reject relate remember remind remove render repair repeat replace require rescue research resident response "
    "result retailer retreat reunion revenue review reward rhyme rhythm rich rival river robin rocky romantic romp "
    "roster round royal ruin ruler rumor sack safari salary salon salt satisfy satoshi saver says scandal scared "
    "scatter scene scholar science scout scramble screw script scroll seafood season secret security segment senior "
    "shadow shaft shame shaped sharp shelter sheriff short should shrimp sidewalk silent silver similar simple "
    "single sister skin skunk slap slavery sled slice slim slow slush smart smear smell smirk smith smoking smug "
    "snake snapshot sniff society software soldier solution soul source space spark speak species spelling spend "
    "spew spider spill spine spirit spit spray sprinkle square squeeze stadium staff standard starting station stay "
    "steady step stick stilt story strategy strike style subject submit sugar suitable sunlight superior surface "
    "surprise survive sweater swimming swing switch symbolic sympathy syndrome system tackle tactics tadpole talent "
    "task taste taught taxi teacher teammate teaspoon temple tenant tendency tension terminal testify texture thank "
    "that theater theory therapy thorn threaten thumb thunder ticket tidy timber timely ting tofu together tolerate "
    "total toxic tracks traffic training transfer trash traveler treat trend trial tricycle trip triumph trouble "
    "true trust twice twin type typical ugly ultimate umbrella uncover undergo unfair unfold unhappy union universe "
    "unkind unknown unusual unwrap upgrade upstairs username usher usual valid valuable vampire vanish various vegan "
    "velvet venture verdict verify very veteran vexed victim video view vintage violence viral visitor visual "
    "vitamins vocal voice volume voter voting walnut warmth warn watch wavy wealthy weapon webcam welcome welfare "
    "western width wildlife window wine wireless wisdom withdraw wits wolf woman work worthy wrap wrist writing "
    "wrote year yelp yield yoga zero";

inline constexpr std::size_t shortest = 4, longest = 8;

/// The letters of a word, the first in the lowest byte, zeros beyond the last.
using Packed = std::uint64_t;

constexpr Packed pack(std::string_view word) noexcept {
  Packed packed = 0;
  for (std::size_t i = 0; i < word.size(); ++i) packed |= static_cast<Packed>(word[i]) << (8 * i);
  return packed;
}

inline constexpr std::array<Packed, 1024> packed_list = [] {
  std::array<Packed, 1024> packed{};
  std::string_view rest = list;
  for (Packed& word : packed) {
    const std::size_t length = std::min(rest.find(' '), rest.size());
    word = pack(rest.substr(0, length));
    rest.remove_prefix(std::min(length + 1, rest.size()));
  }
  return packed;
}();
static_assert(std::ranges::is_sorted(packed_list, {}, [](Packed word) { return __builtin_bswap64(word); }) &&
              packed_list.back() != 0);

/// All ones where a == b, else zero. One of them is unknown to the compiler, for a loop without a barrier in it:
/// several at a time are what makes looking through the whole list fast.
constexpr std::uint64_t ones_where_equal(std::uint64_t a, std::uint64_t b) noexcept {
  const std::uint64_t difference = a ^ b;
  // difference - 1 borrows into a top bit that difference itself has not set only where it is 0.
  return 0 - ((~difference & (difference - 1)) >> 63);
}

}  // namespace detail

/// One of the 1024 words, as its number in the list: ten bits of a text.
using Index = std::uint16_t;

/// The word of this number, which is below 1024. Its number is secret but for the length of the word: the whole list is
/// read, whichever it is.
[[nodiscard]] inline std::string word(Index index) {
  const std::uint64_t wanted = constant_time::value_barrier(index);
  detail::Packed packed = 0;
  for (std::size_t i = 0; i < detail::packed_list.size(); ++i)
    packed |= detail::ones_where_equal(i, wanted) & detail::packed_list[i];
  std::string letters;
  for (; constant_time::is_zero(packed).declassify() == false; packed >>= 8)  // the length of a text is public
    letters += static_cast<char>(packed & 0xff);
  return letters;
}

/// The number of a word, in small or capital letters; nothing for what is not in the list, which is public.
[[nodiscard]] inline std::optional<Index> index_of(std::string_view word) {
  if (word.size() < detail::shortest || word.size() > detail::longest) return std::nullopt;
  for (const char letter : word)
    if (static_cast<signed char>(letter) < 1)
      return std::nullopt;  // packed, it would be mixed with its neighbours, or not be there
  detail::Packed packed = detail::pack(word);
  for (std::size_t i = 0; i < word.size(); ++i) {
    const auto letter = static_cast<std::uint8_t>(packed >> (8 * i));
    const auto capital = constant_time::less_or_equal<std::uint8_t>('A', letter) &
                         constant_time::less_or_equal<std::uint8_t>(letter, 'Z');
    packed |= (capital.mask() & 0x20) << (8 * i);  // the bit that small letters have
  }
  packed = constant_time::value_barrier(packed);
  std::uint64_t index = 0, found = 0;
  for (std::size_t i = 0; i < detail::packed_list.size(); ++i) {
    const std::uint64_t here = detail::ones_where_equal(detail::packed_list[i], packed);
    index |= here & i;
    found |= here;
  }
  if (!constant_time::Choice::from_bit(found).declassify()) return std::nullopt;
  return static_cast<Index>(index);
}

/// Words apart by one blank.
[[nodiscard]] inline std::string join(std::span<const Index> indices) {
  std::string text;
  text.reserve((detail::longest + 1) * indices.size());
  for (const Index index : indices) text += (text.empty() ? "" : " ") + word(index);
  return text;
}

/// The numbers of the words of a text, which are apart by blanks, tabs or line ends.
/// @throws Error(malformed_message) that says which word is not in the list, and does not repeat it.
[[nodiscard]] inline std::vector<Index> split(std::string_view text, const std::string& name = "the text") {
  constexpr std::string_view blanks = " \t\r\n";
  std::vector<Index> indices;
  indices.reserve(text.size() / (detail::shortest + 1) + 1);
  for (std::size_t at = text.find_first_not_of(blanks); at != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(blanks, at), text.size());
    const auto index = index_of(text.substr(at, end - at));
    if (!index)
      throw Error(ErrorCode::malformed_message,
                  "word " + std::to_string(indices.size() + 1) + " of " + name + " is not in the list of words");
    indices.push_back(*index);
    at = text.find_first_not_of(blanks, end);
  }
  return indices;
}

/// The checksum RS1024: the Reed-Solomon code over GF(1024) modulo x^10 + x^3 + 1 whose words, as polynomials, have the
/// roots a, a^2, a^3 for a root a of that polynomial. Up to three wrong words are noticed for certain, others but once
/// in 2^30, as long as purpose and words together are at most 1023. Constant time. [SLIP39, section "Checksum"]
class Checksum {
 public:
  static constexpr std::size_t length = 3;

  /// Texts for different purposes have different checksums.
  explicit constexpr Checksum(std::string_view purpose) noexcept {
    for (const char letter : purpose) absorb(static_cast<std::uint8_t>(letter));
  }

  /// The words by which `data` is to be followed.
  [[nodiscard]] constexpr std::array<Index, length> of(std::span<const Index> data) const noexcept {
    Checksum sum = *this;
    for (const Index index : data) sum.absorb(index);
    for (std::size_t i = 0; i < length; ++i) sum.absorb(0);
    sum.remainder_ ^= 1;
    return {static_cast<Index>(sum.remainder_ >> 20), static_cast<Index>(sum.remainder_ >> 10 & 1023),
            static_cast<Index>(sum.remainder_ & 1023)};
  }

  /// Whether the last words of a text are the checksum of those before them.
  [[nodiscard]] constexpr bool holds(std::span<const Index> words) const noexcept {
    Checksum sum = *this;
    for (const Index index : words) sum.absorb(index);
    return constant_time::equal<std::uint32_t>(sum.remainder_, 1).declassify();
  }

 private:
  // (x - a)(x - a^2)(x - a^3) without x^3, times 1, a, ..., a^9, three coefficients of ten bits each.
  static constexpr std::array<std::uint32_t, 10> multiples = [] {
    constexpr auto product = [](std::uint32_t x, std::uint32_t y) {
      std::uint32_t result = 0;
      for (unsigned bit = 10; bit-- > 0;) {
        result = (result << 1) ^ (0x409 & (0 - (result >> 9 & 1)));  // x^10 + x^3 + 1
        result ^= x & (0 - (y >> bit & 1));
      }
      return result;
    };
    constexpr std::uint32_t a = 2, a2 = 4, a3 = 8;
    const std::array<std::uint32_t, 3> coefficients{a ^ a2 ^ a3, product(a, a2) ^ product(a, a3) ^ product(a2, a3),
                                                    product(product(a, a2), a3)};
    std::array<std::uint32_t, 10> result{};
    for (unsigned i = 0; i < 10; ++i)
      for (const std::uint32_t coefficient : coefficients)
        result[i] = result[i] << 10 | product(coefficient, std::uint32_t{1} << i);
    return result;
  }();

  // remainder := remainder x + value modulo the code's polynomial
  constexpr void absorb(std::uint32_t value) noexcept {
    const std::uint32_t top = remainder_ >> 20;
    remainder_ = (remainder_ & 0xfffff) << 10 ^ value;
    for (unsigned i = 0; i < 10; ++i) remainder_ ^= multiples[i] & (0 - (top >> i & 1));
  }

  std::uint32_t remainder_ = 1;
};

/// Packs fields into words, ten bits each, the most significant bit first.
class BitWriter {
 public:
  /// For `bits` bits. There is room for a checksum as well, so that no word is left behind where the vector grew.
  explicit BitWriter(std::size_t bits) { words_.reserve((bits + 9) / 10 + Checksum::length); }

  void put(std::uint32_t value, unsigned bits) {
    pending_ = pending_ << bits | value;  // fewer than 10 bits were pending and `bits` is at most 16
    for (pending_bits_ += bits; pending_bits_ >= 10;) {
      pending_bits_ -= 10;
      words_.push_back(static_cast<Index>(pending_ >> pending_bits_ & 1023));
    }
  }
  [[nodiscard]] std::vector<Index>& words() { return words_; }

 private:
  std::vector<Index> words_;
  std::uint32_t pending_ = 0;
  unsigned pending_bits_ = 0;
};

/// Takes fields out of words, the most significant bit first.
class BitReader {
 public:
  explicit BitReader(std::span<const Index> words) : words_(words) {}

  /// The next `bits` bits, at most 16, of which there are enough.
  std::uint32_t take(unsigned bits) {
    while (pending_bits_ < bits) {
      pending_ = pending_ << 10 | words_.front();
      words_ = words_.subspan(1);
      pending_bits_ += 10;
    }
    pending_bits_ -= bits;
    return pending_ >> pending_bits_ & ((std::uint32_t{1} << bits) - 1);
  }

 private:
  std::span<const Index> words_;
  std::uint32_t pending_ = 0;  // its bits beyond pending_bits_ are used up
  unsigned pending_bits_ = 0;
};

}  // namespace parley::words

namespace parley {

/// Bytes as words: a single 1 bit after them, zeros up to a whole word, and the checksum for the purpose. Up to
/// 1274 bytes, less 10 bits for each letter of `purpose`. The words are as secret as the bytes, and the caller's to
/// protect.
/// @throws Error(invalid_argument) for more words than the checksum is good for.
[[nodiscard]] inline std::string to_words(std::span<const std::byte> bytes, std::string_view purpose) {
  constexpr std::size_t longest = 1023;
  if (bytes.size() > 10 * longest / 8 ||
      purpose.size() + (8 * bytes.size() + 10) / 10 + words::Checksum::length > longest)
    throw Error(ErrorCode::invalid_argument,
                std::to_string(bytes.size()) + " bytes are too many for words with a checksum");
  words::BitWriter writer(8 * bytes.size() + 10);
  for (const std::byte byte : bytes) writer.put(std::to_integer<std::uint32_t>(byte), 8);
  writer.put(1, 1);
  writer.put(0, static_cast<unsigned>(9 - 8 * bytes.size() % 10));
  std::vector<words::Index>& indices = writer.words();
  const auto checksum = words::Checksum(purpose).of(indices);
  indices.insert(indices.end(), checksum.begin(), checksum.end());
  std::string text = words::join(indices);
  wipe(indices);
  return text;
}

/// The bytes that words stand for, by which to_words() for the same purpose was called. Messages call the text by
/// `name` and do not repeat it.
/// @throws Error(malformed_message) for words that are not in the list, a wrong checksum (up to three wrong words have
/// one for certain), and padding that is not a 1 and zeros.
[[nodiscard]] inline Bytes from_words(std::string_view text, std::string_view purpose,
                                      const std::string& name = "the text") {
  std::vector<words::Index> indices = words::split(text, name);
  const auto refuse = [&](const std::string& what) {
    wipe(indices);
    throw Error(ErrorCode::malformed_message, name + " " + what);
  };
  if (indices.size() < 1 + words::Checksum::length || indices.size() + purpose.size() > 1023)
    refuse("has " + std::to_string(indices.size()) + " words, too few or too many for a checksum");
  if (!words::Checksum(purpose).holds(indices))
    refuse("has a wrong checksum: a word is wrong, missing or in another place, or it is no text of this kind");
  const auto data = std::span(indices).first(indices.size() - words::Checksum::length);
  // Where the padding begins tells how many bytes there are, which is public.
  const unsigned last = data.back();
  const auto padding = static_cast<unsigned>(std::countr_zero(last)) + 1;
  if (last == 0 || (10 * data.size() - padding) % 8 != 0) refuse("has no padding of a 1 and zeros");
  Bytes bytes((10 * data.size() - padding) / 8);
  words::BitReader reader(data);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(reader.take(8));
  wipe(indices);
  return bytes;
}

}  // namespace parley

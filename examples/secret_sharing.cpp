// SPDX-License-Identifier: Apache-2.0
// Shamir's secret sharing by itself: a text is shared, shares are lost, one is wrong and is found and corrected.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "command_line.hpp"
#include "numbers.hpp"
#include "parley/parley.hpp"

namespace {

using namespace examples;
using F = parley::Mersenne127;
using Shares = std::vector<std::vector<F>>;  // [party][element]

/// A text in elements of 2^127 - 1: its length, then 15 bytes in each, which are below 2^120.
constexpr std::size_t bytes_in_element = 15;

std::vector<F> elements_of(std::string_view text) {
  std::vector<F> elements = {F{text.size()}};
  for (; !text.empty(); text.remove_prefix(std::min(text.size(), bytes_in_element))) {
    std::array<std::byte, F::encoded_size> encoded{};
    std::ranges::copy(std::as_bytes(std::span(text.substr(0, bytes_in_element))), encoded.begin());
    elements.push_back(*F::decode(encoded));
  }
  return elements;
}

/// The text, or nothing sensible where the elements are not those of a text.
std::string text_of(std::span<const F> elements) {
  std::string text;
  for (const F& element : elements.subspan(1)) {
    std::array<std::byte, F::encoded_size> encoded{};
    element.encode(encoded);
    for (std::size_t i = 0; i < bytes_in_element; ++i) text += static_cast<char>(encoded[i]);
  }
  const auto length = elements[0].to_integer();
  if (length < text.size()) text.resize(static_cast<std::size_t>(length));
  return text;
}

std::string enumerated_parties(const std::vector<std::size_t>& parties) {
  std::string text = parties.size() == 1 ? "party " : "parties ";
  for (std::size_t i = 0; i < parties.size(); ++i)
    text += (i == 0 ? "" : i + 1 == parties.size() ? " and " : ", ") + std::to_string(parties[i]);
  return text;
}

Shares shares_of(const Shares& all, const std::vector<std::size_t>& who) {
  Shares chosen;
  for (const std::size_t party : who) chosen.push_back(all[party]);
  return chosen;
}

void print_shares(const Shares& shares) {
  for (std::size_t party = 0; party < shares.size(); ++party) {
    std::cout << "  party " << party << " holds";
    for (std::size_t i = 0; i < std::min<std::size_t>(2, shares[party].size()); ++i)
      std::cout << right_aligned(to_string(shares[party][i]), 41);
    std::cout << (shares[party].size() > 2 ? " ...\n" : "\n");
  }
}

struct Settings {
  std::string text = "the third brick from the left";
  std::size_t parties = 6;
  std::size_t privacy_threshold = 2;
  std::vector<std::size_t> lost = {0};  // ascending
  std::vector<std::size_t> wrong;
  bool brief = false;
};

std::vector<std::size_t> parties_left(const Settings& settings) {
  std::vector<std::size_t> left;
  for (std::size_t party = 0; party < settings.parties; ++party)
    if (!std::ranges::binary_search(settings.lost, party)) left.push_back(party);
  return left;
}

template <class Random>
void demonstrate(const Settings& settings, Random random) {
  const parley::Shamir<F> scheme({.parties = settings.parties, .privacy_threshold = settings.privacy_threshold});
  const std::vector<F> secrets = elements_of(settings.text);
  const std::string needed = std::to_string(scheme.reconstruction_threshold());

  Shares shares = scheme.share(secrets, random);
  std::cout << "The secret is " << in_quotes(settings.text) << ". Each of " << scheme.parties()
            << " parties gets a share; any " << needed << " reconstruct, any " << scheme.privacy_threshold()
            << (scheme.privacy_threshold() == 1 ? " knows" : " know") << " nothing.\n";
  if (!settings.brief) {
    std::cout << '\n';
    print_shares(shares);
  }

  const std::vector<std::size_t> left = parties_left(settings);
  std::cout << "\nLost: the shares of " << (settings.lost.empty() ? "no party" : enumerated_parties(settings.lost))
            << ".\n";

  const std::vector<std::size_t> few(
      left.begin(), left.begin() + static_cast<std::ptrdiff_t>(std::min(left.size(), scheme.privacy_threshold())));
  try {
    static_cast<void>(scheme.reconstruct(few, shares_of(shares, few)));
    throw std::logic_error("too few shares have reconstructed a secret");
  } catch (const parley::Error& error) {
    std::cout << "  from " << few.size() << " of those left: refused (" << error.what() << ")\n";
  }
  if (left.size() < scheme.reconstruction_threshold()) {
    std::cout << "  and no more are left: the secret is lost for good\n";
    return;
  }
  const std::vector<std::size_t> enough(left.begin(),
                                        left.begin() + static_cast<std::ptrdiff_t>(scheme.reconstruction_threshold()));
  std::cout << "  from those of " << enumerated_parties(enough) << ": "
            << in_quotes(text_of(scheme.reconstruct(enough, shares_of(shares, enough)))) << '\n';

  if (settings.wrong.empty()) return;
  for (const std::size_t party : settings.wrong)
    for (F& share : shares[party]) share += F::one();
  std::cout << "\nWrong: the shares of " << enumerated_parties(settings.wrong) << ".\n";
  const std::vector<F> unchecked = scheme.reconstruct(enough, shares_of(shares, enough));
  std::cout << "  reconstruct, from those of " << enumerated_parties(enough) << ": "
            << (unchecked == secrets ? "right, for none of them is wrong" : "another secret, and nobody notices")
            << '\n';
  std::cout << "  reconstruct_checked, from all " << left.size() << " that are left: ";
  try {
    const std::vector<F> checked = scheme.reconstruct_checked(left, shares_of(shares, left));
    std::cout << (checked == secrets ? "right, for none of them is wrong\n"
                                     : "another secret: there is no share too many to check with\n");
  } catch (const parley::Error& error) {
    std::cout << "refused (" << error.what() << ")\n";
  }
  std::cout << "  reconstruct_correcting, from the same: ";
  try {
    const auto corrected = scheme.reconstruct_correcting(left, shares_of(shares, left));
    std::cout << in_quotes(text_of(corrected.secrets));
    if (!corrected.wrong.empty())
      std::cout << ", and the wrong shares are those of " << enumerated_parties(corrected.wrong);
    std::cout << '\n';
  } catch (const parley::Error& error) {
    std::cout << "refused (" << error.what() << ")\n";
  }
}

/// The numbers of parties, ascending, each once.
void check_parties(std::vector<std::size_t>& parties, const char* option, std::size_t count) {
  std::ranges::sort(parties);
  parties.erase(std::unique(parties.begin(), parties.end()), parties.end());
  if (!parties.empty() && parties.back() >= count)
    throw std::runtime_error(std::string(option) + ": there is no party " + std::to_string(parties.back()) + " among " +
                             std::to_string(count) + " (they are numbered from 0)");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Shares a text among several parties by Shamir's scheme, loses shares, falsifies shares, and shows what can be\n"
      "reconstructed, what is noticed and what is corrected. A demonstration: a real secret does not belong on a "
      "command\n"
      "line.",
      "secret_sharing");
  Settings settings;
  std::uint64_t seed = 0;
  app.add_option("text", settings.text, "The secret")->type_name("TEXT");
  app.add_option("--parties", settings.parties, "How many shares there are, up to 1000")
      ->check(CLI::Range(2, 1000).description(""))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--privacy-threshold", settings.privacy_threshold,
                 "How many shares together still reveal nothing; one more reconstructs")
      ->type_name("T")
      ->capture_default_str();
  app.add_option("--lose", settings.lost, "The parties whose shares are lost, from 0, such as 0,3. Default: 0")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("PARTIES");
  const auto* wrong =
      app.add_option("--falsify", settings.wrong,
                     "The parties whose shares are wrong. Default: the second of those left, where enough are\n"
                     "left to correct one wrong share: T + 3")
          ->delimiter(',')
          ->allow_extra_args(false)
          ->type_name("PARTIES");
  app.add_flag("--brief", settings.brief, "Do not print the shares");
  const auto* reproducible = add_reproducible(app, seed);
  app.footer(
      std::string(
          "Example: secret_sharing --parties 7 --privacy-threshold 2 --lose 1 --falsify 3,5 \"open sesame\"\n\n") +
      exit_status_help);

  return run(app, argc, argv, [&] {
    check_parties(settings.lost, "--lose", settings.parties);
    check_parties(settings.wrong, "--falsify", settings.parties);
    if (wrong->empty()) {
      const std::vector<std::size_t> left = parties_left(settings);
      if (left.size() >= settings.privacy_threshold + 3) settings.wrong = {left[1]};
    }
    if (reproducible->empty()) {
      demonstrate(settings, parley::SystemRandom());
    } else {
      std::cout << reproducible_warning;
      demonstrate(settings, parley::TestRandom(seed));
    }
  });
}

// SPDX-License-Identifier: Apache-2.0
// Trying everything: all elements of a small field, all random choices of a computation, all sets of parties.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"

namespace parley::test {

/// All elements of a small field; the first is zero.
template <Field F>
std::vector<F> all_elements() {
  std::vector<F> elements{F{}};
  for (std::uint64_t k = 1; F::order_exceeds(k); ++k) elements.push_back(F::embed(k));
  return elements;
}

/// A random source that hands out a prescribed list of field elements, and zeros beyond its end, but counts all.
template <Field F>
class Tape {
 public:
  explicit Tape(std::vector<F> elements = {}) : elements_(std::move(elements)) {}

  void fill(std::span<std::byte>) { throw std::logic_error("a tape has field elements, no bytes"); }
  Tape child(std::string_view) { throw std::logic_error("a tape has no children"); }
  void fill_uniform(std::span<F> out) {
    for (F& element : out) element = drawn_++ < elements_.size() ? elements_[drawn_ - 1] : F{};
  }
  std::size_t drawn() const { return drawn_; }

 private:
  std::vector<F> elements_;
  std::size_t drawn_ = 0;
};

/// Calls visit(digits) for all lists of `length` numbers below `base`.
template <class Visit>
void for_each_number(std::size_t base, std::size_t length, Visit visit) {
  std::vector<std::size_t> digits(length);
  while (true) {
    visit(std::as_const(digits));
    std::size_t i = 0;
    while (i < length && ++digits[i] == base) digits[i++] = 0;
    if (i == length) return;
  }
}

/// Calls visit(elements) for all lists of `length` field elements.
template <Field F, class Visit>
void for_each_word(std::size_t length, Visit visit) {
  const std::vector<F> elements = all_elements<F>();
  std::vector<F> word(length);
  for_each_number(elements.size(), length, [&](const std::vector<std::size_t>& digits) {
    for (std::size_t i = 0; i < length; ++i) word[i] = elements[digits[i]];
    visit(std::as_const(word));
  });
}

/// Calls run(tape) once for every sequence of random choices, as many as `run` draws when all are zero.
template <Field F, class Run>
void for_each_tape(Run run) {
  Tape<F> zeros;
  run(zeros);
  const std::size_t draws = zeros.drawn();
  for_each_word<F>(draws, [&](const std::vector<F>& word) {
    if (word == std::vector<F>(draws)) return;  // that was the first run
    Tape<F> tape(word);
    run(tape);
    if (tape.drawn() != draws) throw std::logic_error("the number of random draws depends on what is drawn");
  });
}

/// Calls visit(numbers) for all sets of `size` of the numbers 0, ..., n - 1, ascending.
template <class Visit>
void for_each_subset(std::size_t n, std::size_t size, Visit visit) {
  std::vector<std::size_t> chosen(size);
  for (std::size_t i = 0; i < size; ++i) chosen[i] = i;
  while (true) {
    visit(std::as_const(chosen));
    std::size_t i = size;
    while (i > 0 && chosen[i - 1] == n - size + i - 1) --i;
    if (i == 0) return;
    ++chosen[i - 1];
    for (std::size_t j = i; j < size; ++j) chosen[j] = chosen[j - 1] + 1;
  }
}

/// A key for maps: the canonical bytes.
template <Field F>
std::string key_of(std::span<const F> elements) {
  std::string key(elements.size() * F::encoded_size, '\0');
  for (std::size_t i = 0; i < elements.size(); ++i)
    elements[i].encode(
        std::as_writable_bytes(std::span(key)).subspan(i * F::encoded_size).template first<F::encoded_size>());
  return key;
}

}  // namespace parley::test

// SPDX-License-Identifier: Apache-2.0
// The vector kernels for every field and every machine: plain loops, written once. A field that can do better has more
// members than the concept asks for, and the loops use them:
// - `ProductSum`: a sum of `capacity` products, reduced at the end;
// - `Packed`: `lanes` elements in a machine word, with `load`, `store`, arithmetic and `inverse`;
// - `memory_is_encoding`, `Word`, `noncanonical(Word)`: bytes are copied instead of converted, on little-endian
// machines.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <type_traits>

#include "parley/core/constant_time.hpp"
#include "parley/core/wipe.hpp"
#include "parley/field/additive_basis.hpp"
#include "parley/field/concepts.hpp"

namespace parley::detail {

template <class F>
concept HasPacked = requires {
  F::Packed::lanes;
};

template <class F>
concept HasProductSum = requires {
  F::ProductSum::capacity;
};

/// An array of F has the bytes of its elements' encodings, one after the other.
template <class F>
concept MemoryIsEncoding = requires {
  requires F::memory_is_encoding;
}
&&std::endian::native == std::endian::little;

/// There is nothing to check in a word.
template <class F>
concept EveryWordIsElement = MemoryIsEncoding<F> && BinaryField<F> && requires {
  requires static_cast<typename F::Word>(~F::sample_mask) == 0;
};

/// [Mon87] Montgomery: Speeding the Pollard and Elliptic Curve Methods of Factorization, 1987 (section 10.3.1, batch
/// inversion). [LCH14] as in additive_basis.hpp.
///
/// Pointers to `count` elements each; `out` equals an input or does not overlap it. Lengths were checked at the door.
template <Ring F>
struct PortableKernels {
  static void add(F* out, const F* a, const F* b, std::size_t count) noexcept {
    lanewise([](auto x, auto y) { return x + y; }, count, out, a, b);
  }
  static void subtract(F* out, const F* a, const F* b, std::size_t count) noexcept {
    lanewise([](auto x, auto y) { return x - y; }, count, out, a, b);
  }
  static void multiply(F* out, const F* a, const F* b, std::size_t count) noexcept {
    lanewise([](auto x, auto y) { return x * y; }, count, out, a, b);
  }
  static void negate(F* out, const F* a, std::size_t count) noexcept {
    lanewise([](auto x) { return -x; }, count, out, a);
  }
  static void scale(F* out, const F* a, F constant, std::size_t count) noexcept {
    lanewise([c = Constant(constant)](auto x) { return x * c.template as<decltype(x)>(); }, count, out, a);
  }
  static void multiply_add(F* sum, const F* a, F constant, std::size_t count) noexcept {
    lanewise([c = Constant(constant)](auto s, auto x) { return s + x * c.template as<decltype(x)>(); }, count, sum,
             static_cast<const F*>(sum), a);
  }
  static void multiply_add(F* sum, const F* a, const F* b, std::size_t count) noexcept {
    lanewise([](auto s, auto x, auto y) { return s + x * y; }, count, sum, static_cast<const F*>(sum), a, b);
  }

  static F inner_product(const F* a, const F* b, std::size_t count) noexcept {
    if constexpr (HasPacked<F>) {
      return accumulate([](auto sum, auto x, auto y) { return sum + x * y; }, count, a, b);
    } else if constexpr (HasProductSum<F>) {
      F total = F::zero();
      for (std::size_t done = 0; done < count;) {
        typename F::ProductSum block;
        const std::size_t end = done + std::min<std::size_t>(count - done, F::ProductSum::capacity);
        for (; done < end; ++done) block.add_product(a[done], b[done]);
        total += block.reduce();
      }
      return total;
    } else {
      return accumulate([](F sum, F x, F y) { return sum + x * y; }, count, a, b);
    }
  }

  static F sum(const F* a, std::size_t count) noexcept {
    return accumulate([](auto sum, auto x) { return sum + x; }, count, a);
  }

  /// out[i] = the sum of coefficients[k] * rows[k][i] for k < terms; `out` overlaps no row.
  static void linear_combination(F* out, const std::span<const F>* rows, const F* coefficients, std::size_t terms,
                                 std::size_t count) noexcept {
    if constexpr (HasProductSum<F> && !HasPacked<F>) {
      for (std::size_t i = 0; i < count; ++i) {
        F total = F::zero();
        for (std::size_t k = 0; k < terms;) {
          typename F::ProductSum block;
          const std::size_t end = k + std::min<std::size_t>(terms - k, F::ProductSum::capacity);
          for (; k < end; ++k) block.add_product(rows[k][i], coefficients[k]);
          total += block.reduce();
        }
        out[i] = total;
      }
    } else {
      constexpr std::size_t chunk = std::max<std::size_t>(4096 / sizeof(F), 1);  // of `out`, which stays in cache
      for (std::size_t first = 0; first < count; first += chunk) {
        const std::size_t length = std::min(chunk, count - first);
        std::fill_n(out + first, length, F::zero());
        for (std::size_t k = 0; k < terms; ++k)
          multiply_add(out + first, rows[k].data() + first, coefficients[k], length);
      }
    }
  }

  /// out[r][i] = the sum of matrix[r * terms + k] * in[k][i] for k < terms and r < rows, i < count; no row of `out`
  /// overlaps one of `in`.
  static void multiply_matrix(const std::span<F>* out, std::size_t rows, const F* matrix, const std::span<const F>* in,
                              std::size_t terms, std::size_t count) noexcept {
    multiply_matrix_with<PortableKernels>(out, rows, matrix, in, terms, count);
  }

  /// The same, row by row, by the linear combinations of a backend.
  template <class Backend>
  static void multiply_matrix_with(const std::span<F>* out, std::size_t rows, const F* matrix,
                                   const std::span<const F>* in, std::size_t terms, std::size_t count) noexcept {
    // A few columns at a time, of a part of the terms, stay in cache for all rows of the matrix.
    constexpr std::size_t columns = std::max<std::size_t>(1024 / sizeof(F), 1), most_terms = 128;
    std::array<std::span<const F>, most_terms + 1> part;
    std::array<F, most_terms + 1> coefficients;
    std::array<F, columns> before;
    for (std::size_t first = 0; first < count; first += columns) {
      const std::size_t length = std::min(columns, count - first);
      for (std::size_t done = 0; done < terms || done == 0; done += most_terms) {
        const std::size_t here = std::min(terms - done, most_terms);
        for (std::size_t k = 0; k < here; ++k) part[k] = in[done + k].subspan(first, length);
        part[here] = std::span(before).first(length);
        for (std::size_t row = 0; row < rows; ++row) {
          F* const target = out[row].data() + first;
          std::copy_n(matrix + row * terms + done, here, coefficients.begin());
          coefficients[here] = F::one();
          if (done > 0) std::copy_n(target, length, before.begin());
          Backend::linear_combination(target, part.data(), coefficients.data(), done > 0 ? here + 1 : here, length);
        }
      }
    }
    wipe(coefficients);
    wipe(before);
  }

  /// The values of polynomials at 1, ..., parties: rows[j][first + i] is that at j + 1 of the polynomial whose value at 0
  /// is constants[i] and whose k-th forward difference at 0 is differences[(k - 1) * count + i] for k = 1, ..., degree,
  /// which is at least 1. `differences` is used up. A backend may write past the caches where it is told that the rows
  /// from `first` on begin on a multiple of 64 bytes, and are not read soon.
  static void tabulate(const std::span<F>* rows, std::size_t parties, std::size_t first, const F* constants,
                       F* differences, std::size_t degree, std::size_t count, bool /*past_caches*/ = false) noexcept {
    tabulate_with<PortableKernels>(rows, parties, first, constants, differences, degree, count);
  }

  /// The same, by the additions of a backend.
  template <class Backend>
  static void tabulate_with(const std::span<F>* rows, std::size_t parties, std::size_t first, const F* constants,
                            F* differences, std::size_t degree, std::size_t count) noexcept {
    const F* previous = constants;
    for (std::size_t party = 0; party < parties; ++party) {
      F* const next = rows[party].data() + first;
      Backend::add(next, previous, differences, count);
      if (party + 1 < parties)
        for (std::size_t k = 0; k + 1 < degree; ++k)
          Backend::add(differences + k * count, differences + k * count, differences + (k + 1) * count, count);
      previous = next;
    }
  }

  /// The values of polynomials in the additive basis.
  static void evaluate_additive(const AdditiveEvaluation<F>& task) noexcept requires HasAdditiveBasis<F> {
    for (std::size_t number = 0; number < task.blocks(); ++number) {
      const AdditiveBlock<F> block(task, number);
      std::size_t i = 0;
      if constexpr (HasPacked<F>) {
        for (; task.count - i >= lanes; i += lanes) evaluate_block<Wide>(task, block, i);
      }
      for (; i < task.count; ++i) evaluate_block<F>(task, block, i);
    }
  }

  static void encode(std::byte* out, const F* in, std::size_t count) noexcept {
    if constexpr (MemoryIsEncoding<F>) {
      if (count > 0) std::memcpy(out, in, count * F::encoded_size);  // memcpy wants pointers even for no bytes
    } else {
      for (std::size_t i = 0; i < count; ++i) {
        in[i].encode(std::span<std::byte, F::encoded_size>(out + i * F::encoded_size, F::encoded_size));
      }
    }
  }

  /// Whether every encoding is canonical; if not, all of `out` is zero.
  static bool decode(F* out, const std::byte* in, std::size_t count) noexcept {
    if constexpr (EveryWordIsElement<F>) {
      if (count > 0) std::memcpy(static_cast<void*>(out), in, count * sizeof(F));
      return true;
    } else if constexpr (MemoryIsEncoding<F>) {
      using Word = typename F::Word;
      Word wrong = 0;
      for (std::size_t i = 0; i < count; ++i) {
        Word word;
        std::memcpy(&word, in + i * sizeof(Word), sizeof(Word));
        wrong = static_cast<Word>(wrong | F::noncanonical(word));
        out[i] = std::bit_cast<F>(word);
      }
      if (wrong != 0) std::fill_n(out, count, F::zero());
      return wrong == 0;
    } else {
      for (std::size_t i = 0; i < count; ++i) {
        const std::optional<F> element =
            F::decode(std::span<const std::byte, F::encoded_size>(in + i * F::encoded_size, F::encoded_size));
        if (!element) {
          std::fill_n(out, count, F::zero());
          return false;
        }
        out[i] = *element;
      }
      return true;
    }
  }

  /// Makes of random bytes what `from_sample` makes of them; false where it rejects any. These are no elements
  /// afterwards.
  static bool mask_samples(F* samples, std::size_t count) noexcept requires MemoryIsEncoding<F> {
    if constexpr (EveryWordIsElement<F>) {
      return true;
    } else {
      using Word = typename F::Word;
      Word rejected = 0;
      for (std::size_t i = 0; i < count; ++i) {
        const auto word = static_cast<Word>(std::bit_cast<Word>(samples[i]) & F::sample_mask);
        rejected = static_cast<Word>(rejected | F::noncanonical(word));
        samples[i] = std::bit_cast<F>(word);
      }
      return rejected == 0;
    }
  }

  /// The elements that `from_sample` makes of samples of F::sample_size bytes each, one after the other without those
  /// rejected. Returns how many there are. `out` has room for `count`.
  static std::size_t from_samples(F* out, const std::byte* samples, std::size_t count) noexcept {
    std::size_t accepted = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::optional<F> element =
          F::from_sample(std::span<const std::byte, F::sample_size>(samples + i * F::sample_size, F::sample_size));
      if (element) out[accepted++] = *element;
    }
    return accepted;
  }

  /// out[i] = 1 where in[i] is 0, else 0
  static void one_where_zero(F* out, const F* in, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i) out[i] = select(in[i] == F::zero(), F::one(), F::zero());
  }

  /// Each element by its inverse, zero by zero.
  static void invert(F* elements, std::size_t count) noexcept {
    if constexpr (HasPacked<F>) {
      lanewise([](auto x) { return x.inverse(); }, count, elements, static_cast<const F*>(elements));
    } else {
      invert_with<PortableKernels, 4>(elements, count);
    }
  }

  /// The same, by the kernels of a backend, with `chains` elements in a call: enough to keep it busy.
  template <class Backend, std::size_t chains>
  static void invert_with(F* elements, std::size_t count) noexcept {
    constexpr std::size_t few = 4 * chains;
    // Makes the one inversion small beside three products an element, and stays in the first-level cache.
    constexpr std::size_t block = std::max<std::size_t>(32768 / sizeof(F) / chains * chains, few);
    for (; count > block; elements += block, count -= block) invert_together<Backend, chains, block>(elements, block);
    if (count > few) {
      invert_together<Backend, chains, block>(elements, count);
    } else {
      invert_together<PortableKernels, 4, few>(elements, count);
    }
  }

 private:
  /// What the loops work on as long as it fits: several elements, or one where the field has no packed form.
  static constexpr auto wide_type() noexcept {
    if constexpr (HasPacked<F>) {
      return std::type_identity<typename F::Packed>();
    } else {
      return std::type_identity<F>();
    }
  }
  using Wide = typename decltype(wide_type())::type;

  static constexpr std::size_t lanes = sizeof(Wide) / sizeof(F);

  template <class X>
  static X load(const F* in) noexcept {
    if constexpr (std::same_as<X, F>) {
      return *in;
    } else {
      return X::load(in);
    }
  }

  static void store(F* out, F x) noexcept { *out = x; }
  static void store(F* out, Wide x) noexcept requires HasPacked<F> { x.store(out); }

  /// A public or secret factor, for one element and for several.
  class Constant {
   public:
    explicit Constant(F factor) noexcept : one_(factor), all_(factor) {}

    template <class X>
    X as() const noexcept {
      if constexpr (std::same_as<X, F>) {
        return one_;
      } else {
        return all_;
      }
    }

   private:
    F one_;
    Wide all_;
  };

  template <class Operation, class... Inputs>
  static void lanewise(const Operation& operation, std::size_t count, F* out, const Inputs*... in) noexcept {
    std::size_t i = 0;
    if constexpr (HasPacked<F>) {
      for (; count - i >= lanes; i += lanes) store(out + i, operation(load<Wide>(in + i)...));
    }
    for (; i < count; ++i) store(out + i, operation(load<F>(in + i)...));
  }

  /// The values at a block of points, from entry i on: the coefficients of the polynomials of degree below 8 that have
  /// the same values there, and the last three levels of the transform [LCH14, section III.A] on them.
  template <class X>
  static void evaluate_block(const AdditiveEvaluation<F>& task, const AdditiveBlock<F>& block, std::size_t i) noexcept {
    constexpr std::size_t size = AdditiveBasis<F>::block;
    X values[size] = {};
    for (std::size_t k = 0; k <= task.degree; ++k) {
      const X term = load<X>(task.term(k, i));
      X& value = values[k % size];
      value = value + (k < size ? term : term * X(block.factors[AdditiveBasis<F>::block_factors + k / size - 1]));
    }
    const F* factor = block.factors;
    for (std::size_t half = size / 2; half > 0; half /= 2)
      for (std::size_t start = 0; start < size; start += 2 * half) {
        const X w(*factor++);
        for (std::size_t k = start; k < start + half; ++k) {
          values[k] = values[k] + values[k + half] * w;
          values[k + half] = values[k + half] + values[k];
        }
      }
    for (std::size_t place = 0; place < size; ++place)
      if (block.rows[place] != nullptr) store(block.rows[place] + i, values[place]);
  }

  /// operation(...operation(zero, inputs[0])..., inputs[count - 1]) for an operation that adds something to its first
  /// argument: in several sums, because one would wait for each addition to end before it starts the next.
  template <class Operation, class... Inputs>
  static F accumulate(const Operation& operation, std::size_t count, const Inputs*... in) noexcept {
    constexpr std::size_t sums = 4;
    Wide partial[sums] = {};
    std::size_t i = 0;
    for (; count - i >= sums * lanes; i += sums * lanes) {
      for (std::size_t k = 0; k < sums; ++k) partial[k] = operation(partial[k], load<Wide>(in + i + k * lanes)...);
    }
    F elements[sums * lanes];
    for (std::size_t k = 0; k < sums; ++k) store(elements + k * lanes, partial[k]);
    F total = F::zero();
    for (const F& element : elements) total += element;
    for (; i < count; ++i) total = operation(total, load<F>(in + i)...);
    return total;
  }

  /// [Mon87] One inversion for all: of the product, which is then multiplied by all elements but one. The products run
  /// in `chains` independent chains, of every chains-th element each, by the vector kernels of `Backend`. Ones are
  /// added to zeros on the way, and subtracted from their inverses.
  template <class Backend, std::size_t chains, std::size_t capacity>
  static void invert_together(F* elements, std::size_t count) noexcept {
    F before[capacity];  // the product of the elements before this one in its chain
    F product[chains], added[chains], nonzero[chains];
    std::fill_n(product, chains, F::one());
    for (std::size_t i = 0; i < count; i += chains) {
      const std::size_t length = std::min(count - i, chains);
      Backend::one_where_zero(added, elements + i, length);
      Backend::add(nonzero, elements + i, added, length);
      std::copy_n(product, length, before + i);
      Backend::multiply(product, product, nonzero, length);
    }
    if constexpr (chains == 1) {
      product[0] = product[0].inverse();
    } else {
      invert_together<PortableKernels, chains == 4 ? 1 : 4, chains>(product, chains);
    }
    for (std::size_t i = (count + chains - 1) / chains * chains; i > 0;) {
      i -= chains;
      const std::size_t length = std::min(count - i, chains);
      Backend::one_where_zero(added, elements + i, length);
      Backend::add(nonzero, elements + i, added, length);
      Backend::multiply(elements + i, before + i, product, length);
      Backend::subtract(elements + i, elements + i, added, length);
      Backend::multiply(product, product, nonzero, length);
    }
    wipe(std::span<F>(before, count));
    wipe(product);
    wipe(nonzero);
  }

  /// Without a branch.
  static F select(bool choice, F if_yes, F if_no) noexcept {
    using Part = std::conditional_t<sizeof(F) % 8 == 0, std::uint64_t, std::uint8_t>;
    using Parts = std::array<Part, sizeof(F) / sizeof(Part)>;
    Parts result = std::bit_cast<Parts>(if_yes);
    const Parts no = std::bit_cast<Parts>(if_no);
    const auto chosen = constant_time::Choice::from_bit(static_cast<std::uint64_t>(choice));
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = constant_time::select<Part>(chosen, result[i], no[i]);
    return std::bit_cast<F>(result);
  }
};

}  // namespace parley::detail

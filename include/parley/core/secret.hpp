// SPDX-License-Identifier: Apache-2.0
// A party's own private plaintext: a value that is not copied, printed, compared or branched on by accident, and that
// is overwritten when it goes.
#pragma once

#include <concepts>
#include <iosfwd>
#include <type_traits>
#include <utility>
#include <vector>

#include "parley/core/wipe.hpp"

namespace parley {

namespace detail {

template <class T>
inline constexpr bool is_wipeable_vector = false;
template <class T, class Allocator>
inline constexpr bool is_wipeable_vector<std::vector<T, Allocator>> =
    std::is_trivially_copyable_v<T> && !std::same_as<T, bool>;

}  // namespace detail

/// What a Secret can hold: what can be overwritten as a whole. A trivially copyable value that owns its bytes, or a
/// vector of such values.
template <class T>
concept Wipeable = std::is_object_v<T> && !std::is_const_v<T> &&
                   ((std::is_trivially_copyable_v<T> && !detail::refers_elsewhere<T>) || detail::is_wipeable_vector<T>);

/// A secret of type T. Reading it takes an explicit expose(), which is where to look when reviewing a program. The
/// memory is overwritten on destruction, when it is moved from and when it is assigned to. What is copied out of
/// expose() is the caller's to protect; a vector is not to be grown through it, since a reallocation leaves the old
/// elements behind.
template <Wipeable T>
class Secret {
 public:
  /// Takes the value over. The parameter is overwritten; a variable that was copied into it is the caller's to wipe.
  explicit Secret(T value) noexcept(std::is_nothrow_move_constructible_v<T>) : value_(std::move(value)) { wipe(value); }

  Secret(const Secret&) = delete;             // move it, or expose() it
  Secret& operator=(const Secret&) = delete;  // move it, or expose() it

  Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { wipe(other.value_); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe(value_);
      value_ = std::move(other.value_);
      wipe(other.value_);
    }
    return *this;
  }
  ~Secret() { wipe(value_); }

  [[nodiscard]] const T& expose() const& noexcept { return value_; }
  [[nodiscard]] T& expose() & noexcept { return value_; }
  void expose() const&& = delete;  // give it a name first: the reference would outlive the secret

  explicit operator bool() const = delete;  // open it first, or branch on what expose() gives: the branch reveals it

  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;  // open it first, or expose() it to print it
  template <class U>
  friend bool operator==(const Secret&, const U&) = delete;  // open it first, or use constant_time::equal on expose()
  template <class U>
  friend bool operator<(const Secret&, const U&) = delete;  // open it first, or use constant_time::less on expose()
  template <class U>
  friend bool operator>(const Secret&, const U&) = delete;  // open it first, or use constant_time::less on expose()
  template <class U>
  friend bool operator<=(const Secret&, const U&) = delete;  // open it first, or use constant_time::less on expose()
  template <class U>
  friend bool operator>=(const Secret&, const U&) = delete;  // open it first, or use constant_time::less on expose()

 private:
  T value_;
};

}  // namespace parley

// SPDX-License-Identifier: Apache-2.0
// Secrets: what their type forbids, and that they are gone when they go.
#include "parley/core/secret.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "core/watched_memory.hpp"

using parley::Secret;
using parley::Wipeable;
using parley::test::all_zero;
using parley::test::contains;
using parley::test::WatchedAllocator;

namespace {

using Number = Secret<std::uint64_t>;
using Numbers = Secret<std::vector<std::uint64_t>>;

template <class S>
constexpr bool moves_only = std::is_nothrow_move_constructible_v<S>&& std::is_nothrow_move_assignable_v<S> &&
                            !std::is_copy_constructible_v<S> && !std::is_copy_assignable_v<S>;
template <class S, class U>
concept Comparable = requires(const S& a, const U& b) {
  a == b;
}
|| requires(const S& a, const U& b) { a != b; }
|| requires(const S& a, const U& b) { a < b; }
|| requires(const S& a, const U& b) { a > b; }
|| requires(const S& a, const U& b) { a <= b; }
|| requires(const S& a, const U& b) { a >= b; }
|| requires(const S& a, const U& b) { b == a; }
|| requires(const S& a, const U& b) { b < a; };
template <class S>
concept Printable = requires(std::ostream& out, const S& secret) {
  out << secret;
};
template <class S>
concept ExposableWithoutName = requires(S&& secret) {
  std::move(secret).expose();
};

static_assert(moves_only<Number> && moves_only<Numbers>);
static_assert(!Comparable<Number, Number> && !Comparable<Number, std::uint64_t> && !Comparable<Numbers, Numbers>);
static_assert(!Printable<Number> && !Printable<Numbers>);
static_assert(!std::is_constructible_v<bool, Number> && !std::is_convertible_v<Number, std::uint64_t>);
static_assert(!std::is_convertible_v<std::uint64_t, Number>);  // no number becomes a secret by accident
static_assert(!std::is_default_constructible_v<Number>);
static_assert(!ExposableWithoutName<Number>);
static_assert(std::same_as<decltype(std::declval<const Number&>().expose()), const std::uint64_t&>);

static_assert(Wipeable<std::uint64_t> && Wipeable<std::array<std::byte, 32>> && Wipeable<std::vector<std::byte>>);
static_assert(!Wipeable<std::string> && !Wipeable<std::vector<bool>> && !Wipeable<std::span<std::byte>>);
static_assert(!Wipeable<const int> && !Wipeable<int*> && !Wipeable<int&> && !Wipeable<std::unique_ptr<int>>);

/// A place for an object whose bytes can be looked at after its end.
template <class T>
struct Storage {
  alignas(T) std::array<std::byte, sizeof(T)> bytes{};

  template <class... Arguments>
  T& make(Arguments&&... arguments) {
    return *std::construct_at(reinterpret_cast<T*>(bytes.data()), std::forward<Arguments>(arguments)...);
  }
};

using Key = std::array<std::byte, 32>;

Key key_of(unsigned byte) {
  Key key;
  key.fill(static_cast<std::byte>(byte));
  return key;
}

}  // namespace

TEST_CASE("a secret holds its value, and hands it out where it is asked to") {
  Number number(42);
  CHECK(number.expose() == 42);
  number.expose() += 1;
  CHECK(std::as_const(number).expose() == 43);

  const Numbers numbers(std::vector<std::uint64_t>{1, 2, 3});
  CHECK(numbers.expose() == std::vector<std::uint64_t>{1, 2, 3});

  const Secret deduced(std::vector<std::uint32_t>{4});
  static_assert(std::same_as<decltype(deduced), const Secret<std::vector<std::uint32_t>>>);
}

TEST_CASE("a secret value is overwritten when it is destroyed") {
  Storage<Secret<Key>> storage;
  auto& secret = storage.make(key_of(0xa7));
  CHECK(contains(storage.bytes, key_of(0xa7)));
  std::destroy_at(&secret);
  CHECK(all_zero(storage.bytes));
}

TEST_CASE("a secret value is overwritten when it is moved from") {
  Storage<Secret<Key>> from, to;
  auto& first = from.make(key_of(0xa7));
  auto& second = to.make(std::move(first));
  CHECK(all_zero(from.bytes));
  CHECK(second.expose() == key_of(0xa7));

  first = Secret<Key>(key_of(0x11));
  second = std::move(first);
  CHECK(all_zero(from.bytes));
  CHECK(second.expose() == key_of(0x11));

  auto& itself = second;
  second = std::move(itself);
  CHECK(second.expose() == key_of(0x11));
  std::destroy_at(&first);
  std::destroy_at(&second);
}

TEST_CASE("the elements of a secret vector are overwritten before their memory is given back") {
  using Vector = std::vector<std::uint64_t, WatchedAllocator<std::uint64_t>>;
  std::size_t freed = 0, wiped = 0;
  const auto make = [&](std::size_t size) {
    Vector vector(WatchedAllocator<std::uint64_t>([&](std::span<const std::byte> memory) {
      ++freed;
      wiped += all_zero(memory);
    }));
    vector.assign(size, 0xdeadbeef);
    return vector;
  };
  {
    Secret<Vector> first(make(100));
    Secret<Vector> second(std::move(first));
    CHECK(first.expose().empty());
    CHECK(second.expose().size() == 100);
    second = Secret<Vector>(make(10));  // its old elements go
    CHECK(freed == 1);
    CHECK(second.expose() == make(10));  // the temporary of this line goes unwiped
    CHECK(freed == 2);
    CHECK(wiped == 1);
  }
  CHECK(freed == 3);
  CHECK(wiped == 2);
}

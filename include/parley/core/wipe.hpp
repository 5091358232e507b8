// SPDX-License-Identifier: Apache-2.0
// Overwriting secrets that are no longer needed, in a way that compilers do not optimise away.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

namespace parley {

/// Overwrites `memory` with zeros. The stores happen even where the memory is never read again. Copies that the
/// compiler kept in registers or spilled to the stack are out of reach, as they are for every such function.
inline void wipe(std::span<std::byte> memory) noexcept {
  if (memory.empty()) return;
  std::memset(memory.data(), 0, memory.size());
  // The statement claims to read whatever `data` points to, so the stores above are live; it is no instruction at all.
  asm volatile("" : : "r"(memory.data()) : "memory");
}

namespace detail {

template <class T>
inline constexpr bool refers_elsewhere = std::is_pointer_v<T>;
template <class T, std::size_t Extent>
inline constexpr bool refers_elsewhere<std::span<T, Extent>> = true;

}  // namespace detail

/// Overwrites the whole object representation of `object`, padding included.
template <class T>
  requires(std::is_trivially_copyable_v<T> && !std::is_const_v<T> && !detail::refers_elsewhere<T>)
void wipe(T& object) noexcept { wipe(std::span(reinterpret_cast<std::byte*>(&object), sizeof(T))); }

/// Overwrites the elements of `elements`.
template <class T, std::size_t Extent>
  requires(std::is_trivially_copyable_v<T> && !std::is_const_v<T>)
void wipe(std::span<T, Extent> elements) noexcept { wipe(std::span<std::byte>(std::as_writable_bytes(elements))); }

/// Overwrites all that the vector has allocated, elements that were erased included, and leaves it empty.
template <class T, class Allocator>
  requires(std::is_trivially_copyable_v<T> && !std::same_as<T, bool>)
void wipe(std::vector<T, Allocator>& elements) noexcept {
  if constexpr (std::is_default_constructible_v<T>) {
    // No reallocation, so nothing throws; memory beyond size() may be written only once it belongs to elements.
    elements.resize(elements.capacity());
  }
  wipe(std::span(elements));
  elements.clear();
}

}  // namespace parley

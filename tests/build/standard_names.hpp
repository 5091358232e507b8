// SPDX-License-Identifier: Apache-2.0
// Which standard header declares what the library names, and whether each header of the library includes it, itself or
// by way of others of the library. With that, that a header stands alone is tested with all standard headers parsed
// beforehand, which takes a third of the time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "source_rules.hpp"

namespace parley::source_rules {

/// The standard headers each of which declares a name; nothing for a name that is not in this table.
/// `name` is without `std::`, such as "vector" or "ranges::copy".
inline std::optional<std::vector<std::string_view>> headers_that_declare(const std::string& name) {
  static const auto table = [] {
    std::map<std::string_view, std::vector<std::string_view>> entries;
    const auto add = [&](std::string_view header, std::initializer_list<std::string_view> names) {
      for (const std::string_view declared : names) entries[declared].push_back(header);
    };
    add("algorithm", {"all_of", "any_of",      "none_of",          "copy",        "copy_n",      "count",  "count_if",
                      "equal",  "fill",        "fill_n",           "find",        "find_if",     "max",    "min",
                      "clamp",  "partition",   "prev_permutation", "remove_if",   "search",      "unique", "sort",
                      "minmax", "nth_element", "reverse",          "lower_bound", "upper_bound", "rotate", "transform",
                      "ranges"});
    add("any", {"any"});
    add("array", {"array", "get", "to_array"});
    add("atomic", {"atomic", "memory_order_acquire", "memory_order_relaxed", "memory_order_release",
                   "atomic_signal_fence", "atomic_thread_fence", "atomic_flag", "memory_order_acq_rel"});
    add("bit", {"bit_cast", "bit_ceil", "bit_floor", "bit_width", "countl_zero", "countr_zero", "endian",
                "has_single_bit", "popcount", "rotl", "rotr", "countr_one", "countl_one"});
    add("charconv", {"from_chars", "to_chars"});
    add("chrono", {"chrono"});
    add("cmath", {"ceil", "exp", "floor", "isfinite", "ldexp", "llround", "log", "log1p", "log2", "pow", "sqrt", "abs",
                  "fabs", "lround", "round", "expm1", "exp2"});
    add("compare", {"strong_ordering", "strong_order"});
    add("concepts", {"constructible_from", "convertible_to", "copyable", "derived_from", "equality_comparable",
                     "integral", "invocable", "movable", "regular", "same_as", "semiregular", "signed_integral",
                     "unsigned_integral", "floating_point", "totally_ordered", "default_initializable"});
    add("condition_variable", {"condition_variable", "cv_status"});
    for (const std::string_view header : {"cstddef", "cstdio", "cstdlib", "cstring", "ctime"}) add(header, {"size_t"});
    add("cstddef", {"byte", "max_align_t", "nullptr_t", "ptrdiff_t", "to_integer"});
    add("cstdint", {"int16_t", "int32_t", "int64_t", "int8_t", "uint16_t", "uint32_t", "uint64_t", "uint8_t",
                    "uintmax_t", "uintptr_t", "intptr_t"});
    add("cstdio", {"FILE", "fclose", "fflush", "fopen", "fread", "fwrite", "snprintf", "rename", "remove"});
    add("cstdlib", {"abort", "exit", "getenv", "free", "aligned_alloc", "strtod"});
    add("cstring", {"memchr", "memcmp", "memcpy", "memmove", "memset", "strerror", "strlen"});
    add("ctime", {"time_t", "time", "tm", "strftime"});
    add("deque", {"deque", "erase_if"});
    add("exception", {"current_exception", "exception", "exception_ptr", "rethrow_exception", "rethrow_if_nested",
                      "throw_with_nested", "uncaught_exceptions", "terminate"});
    add("filesystem", {"filesystem"});
    add("fstream", {"fstream", "ifstream", "ofstream"});
    add("functional", {"function", "greater", "hash", "identity", "invoke", "less", "plus", "ref", "reference_wrapper",
                       "bit_xor", "minus"});
    add("initializer_list", {"initializer_list"});
    for (const std::string_view header : {"fstream", "istream", "ostream", "sstream", "ios"})
      add(header, {"ios", "streamsize", "ios_base"});
    for (const std::string_view header : {"iosfwd", "istream", "fstream", "sstream"})
      add(header, {"istream", "ostream"});
    add("ostream", {"ostream"});
    add("iterator", {"advance", "back_inserter", "distance", "make_move_iterator", "next", "prev", "size", "data",
                     "input_iterator", "forward_iterator", "random_access_iterator", "istreambuf_iterator"});
    add("latch", {"latch"});
    add("limits", {"numeric_limits"});
    add("list", {"list", "erase_if"});
    add("map", {"map", "multimap", "erase_if"});
    add("memory", {"addressof", "allocator", "construct_at", "destroy_at", "make_shared", "make_unique", "shared_ptr",
                   "unique_ptr", "weak_ptr", "uninitialized_copy", "assume_aligned", "allocator_traits",
                   "enable_shared_from_this", "default_delete"});
    add("mutex", {"call_once", "lock_guard", "mutex", "once_flag", "scoped_lock", "unique_lock", "recursive_mutex"});
    add("new", {"align_val_t", "bad_alloc", "bad_array_new_length", "launder", "nothrow"});
    add("numbers", {"numbers"});
    add("numeric", {"accumulate", "gcd", "inner_product", "iota", "lcm", "midpoint", "partial_sum", "reduce"});
    add("optional", {"nullopt", "optional", "nullopt_t"});
    add("random", {"uniform_int_distribution", "mt19937_64", "mt19937"});
    add("set", {"set", "multiset", "erase_if"});
    add("span", {"as_bytes", "as_writable_bytes", "dynamic_extent", "span"});
    add("sstream", {"istringstream", "ostringstream", "stringstream"});
    add("stdexcept", {"invalid_argument", "logic_error", "out_of_range", "runtime_error", "length_error"});
    add("string", {"getline", "stoi", "stol", "stoul", "stoull", "string", "to_string", "u8string", "erase_if",
                   "char_traits", "stod"});
    add("string_view", {"string_view"});
    add("system_error", {"errc", "error_category", "error_code", "generic_category", "make_error_code",
                         "system_category", "system_error"});
    add("thread", {"jthread", "this_thread", "thread"});
    add("tuple", {"apply", "forward_as_tuple", "get", "make_tuple", "tie", "tuple", "tuple_size_v", "tuple_element_t",
                  "ignore"});
    add("type_traits", {"add_const_t",
                        "bool_constant",
                        "common_type_t",
                        "conditional_t",
                        "decay_t",
                        "enable_if_t",
                        "false_type",
                        "has_unique_object_representations_v",
                        "invoke_result_t",
                        "is_arithmetic_v",
                        "is_base_of_v",
                        "is_const_v",
                        "is_constant_evaluated",
                        "is_default_constructible_v",
                        "is_empty_v",
                        "is_enum_v",
                        "is_integral_v",
                        "is_invocable_v",
                        "is_nothrow_move_constructible_v",
                        "is_object_v",
                        "is_pointer_v",
                        "is_reference_v",
                        "is_same_v",
                        "is_signed_v",
                        "is_standard_layout_v",
                        "is_trivial_v",
                        "is_trivially_copyable_v",
                        "is_trivially_destructible_v",
                        "is_unsigned_v",
                        "is_void_v",
                        "make_signed_t",
                        "make_unsigned_t",
                        "remove_const_t",
                        "remove_cv_t",
                        "remove_cvref_t",
                        "remove_pointer_t",
                        "remove_reference_t",
                        "true_type",
                        "type_identity",
                        "type_identity_t",
                        "underlying_type_t",
                        "void_t",
                        "integral_constant",
                        "is_nothrow_move_assignable_v",
                        "is_copy_constructible_v",
                        "is_constructible_v",
                        "is_convertible_v",
                        "is_floating_point_v",
                        "is_move_constructible_v"});
    add("unordered_map", {"unordered_map", "erase_if"});
    add("unordered_set", {"unordered_set", "erase_if"});
    add("utility", {"as_const",
                    "cmp_equal",
                    "cmp_greater",
                    "cmp_less",
                    "declval",
                    "exchange",
                    "forward",
                    "get",
                    "in_place",
                    "in_place_t",
                    "in_place_type",
                    "index_sequence",
                    "index_sequence_for",
                    "integer_sequence",
                    "make_index_sequence",
                    "make_pair",
                    "move",
                    "move_if_noexcept",
                    "pair",
                    "swap",
                    "in_place_index",
                    "cmp_less_equal",
                    "in_range",
                    "make_integer_sequence"});
    add("variant", {"get", "get_if", "holds_alternative", "monostate", "variant", "visit", "variant_size_v"});
    add("vector", {"erase_if", "vector"});
    return entries;
  }();
  const auto found = table.find(std::string_view(name).substr(0, name.find(':')));
  return found == table.end() ? std::nullopt : std::optional(found->second);
}

/// The text without its comments.
inline std::string without_comments(const std::string& text) {
  std::string code;
  for (const std::string& line : lines_of(text)) code += line.substr(0, line.find("//")) + "\n";
  return code;
}

/// The names after `std::` in a text, each once.
inline std::set<std::string> standard_names_in(const std::string& text) {
  constexpr std::string_view scope = "std::";
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  const std::string code = without_comments(text);
  std::set<std::string> names;
  for (std::size_t at = code.find(scope); at != std::string::npos; at = code.find(scope, at)) {
    const bool is_part = at > 0 && (letters.find(code[at - 1]) != std::string_view::npos || code[at - 1] == ':');
    at += scope.size();
    if (!is_part) names.insert(code.substr(at, code.find_first_not_of(letters, at) - at));
  }
  return names;
}

/// A sentence for each header that uses what no standard header that it reaches declares, or a name that is not in the
/// table.
inline std::vector<std::string> missing_standard_headers(const Headers& headers) {
  std::vector<std::string> missing;
  for (const auto& [path, text] : headers) {
    const std::set<std::string> reached = includes_reached_from(headers, path);
    for (const std::string& name : standard_names_in(text)) {
      const auto declaring = headers_that_declare(name);
      if (!declaring)
        missing.push_back(path + ": std::" + name + " is not in the table of standard_names.hpp");
      else if (std::ranges::none_of(*declaring,
                                    [&](std::string_view one) { return reached.contains(std::string(one)); }))
        missing.push_back(path + ": includes nothing that declares std::" + name);
    }
    const std::string code = without_comments(text);
    const auto uses = [&](std::string_view word) { return code.find(word) != std::string::npos; };
    if ((uses("_mm_") || uses("_mm256_") || uses("_mm512_")) && !reached.contains("immintrin.h") &&
        !reached.contains("wmmintrin.h") && !reached.contains("tmmintrin.h"))
      missing.push_back(path + ": includes nothing that declares intrinsics");
    if (uses("errno") && !reached.contains("cerrno"))
      missing.push_back(path + ": includes nothing that declares errno");
  }
  return missing;
}

}  // namespace parley::source_rules

// SPDX-License-Identifier: Apache-2.0
// An engine's store of prepared randomness in an encrypted file, which one later run can use, once.
// [XChaCha] Arciszewski: XChaCha, eXtended-nonce ChaCha and AEAD_XChaCha20_Poly1305 (draft-irtf-cfrg-xchacha), as
// implemented by libsodium.
#pragma once

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/core/secret.hpp"
#include "parley/core/wipe.hpp"
#include "parley/engine/bit_planes.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/operations.hpp"
#include "parley/engine/preparation.hpp"
#include "parley/engine/prepared_randomness.hpp"
#include "parley/engine/shared.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"
#include "parley/sodium/library.hpp"

#if defined(__unix__) || defined(__APPLE__)
#include <fcntl.h>
#include <unistd.h>
#endif

namespace parley::sodium {

/// A party's own key of its files, uniformly random; other parties have others.
using FileKey = Secret<std::array<std::byte, 32>>;

/// An engine whose store can be taken out, and filled from elsewhere. require_common() compares a text with the peers'.
template <class E>
concept StoringEngine = PreparingEngine<E> &&
    requires(E& engine, const E& constant_engine, std::span<const std::byte> text, const std::string& what,
             parley::detail::PreparedBatches<typename E::Value, typename E::Scheme> batches) {
  { constant_engine.layout() } -> std::same_as<BitLayout>;
  { engine.take_prepared() } -> std::same_as<decltype(batches)>;
  engine.add_prepared(std::move(batches));
  engine.require_common(text, what);
};

namespace detail {

using OpenFile = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

[[noreturn]] inline void throw_file_error(const std::filesystem::path& path, const std::string& what) {
  const std::string why = errno == 0 ? "" : ": " + std::generic_category().message(errno);
  throw Error(ErrorCode::invalid_argument, path.string() + " " + what + why);
}
inline void require_done(const std::error_code& error, const std::filesystem::path& path, const std::string& what) {
  if (error) throw Error(ErrorCode::invalid_argument, path.string() + " " + what + ": " + error.message());
}

/// What was written to the file is on the disk when this returns, and so is its name.
inline void make_durable(const std::filesystem::path& path, std::FILE* file) {
  errno = 0;
  if (std::fflush(file) != 0) throw_file_error(path, "could not be written");
#if defined(__unix__) || defined(__APPLE__)
  if (fsync(fileno(file)) != 0) throw_file_error(path, "could not be written to the disk");
  const std::filesystem::path parent = std::filesystem::absolute(path).parent_path();
  const int directory = ::open(parent.c_str(), O_RDONLY);
  const bool done = directory >= 0 && fsync(directory) == 0;
  if (directory >= 0) ::close(directory);
  if (!done) throw_file_error(path, "could not be entered into its directory");
#endif
}

/// A new file, readable by its owner only. Where there is one of this name already it is left alone.
inline OpenFile create(const std::filesystem::path& path, const std::string& what_if_not) {
  errno = 0;
  OpenFile file(std::fopen(path.string().c_str(), "wbx"), &std::fclose);
  if (!file) throw_file_error(path, what_if_not);
  std::error_code error;
  std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, error);
  require_done(error, path, "cannot be kept from others");
  return file;
}

/// The mark that a file has been used. It is never removed.
inline std::filesystem::path mark_of(std::filesystem::path path) { return path += ".used"; }

inline constexpr std::array<char, 32> magic = {"parley prepared randomness, v1\n"};
inline constexpr std::size_t set_size = 32, nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
                             tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == 32);

/// The place in a computation to which shares belong.
template <StoringEngine E>
std::string place_of(const E& engine) {
  return "Shamir's scheme, " + std::string(E::Value::name) + ", " + std::to_string(engine.parties()) +
         " parties, privacy threshold " + std::to_string(engine.privacy_threshold()) + ", party " +
         std::to_string(engine.self());
}

/// Shares as bytes: a batch of values is its elements, a batch in both domains the components of its bits after them.
template <StoringEngine E>
class Serializer {
  using F = typename E::Value;
  using Scheme = typename E::Scheme;
  using Batches = parley::detail::PreparedBatches<F, Scheme>;
  using Both = RandomInBothDomains<F, Scheme>;

 public:
  explicit Serializer(const E& engine) : layout_(engine.layout()) {}

  Bytes written(const Batches& batches) const {
    const Preparation counts = parley::detail::counts_of(batches);
    Bytes bytes(24 + size_of_both(counts.edabits, edabits_width) + size_of_both(counts.dabits, 1) +
                counts.random_values * F::encoded_size);
    ByteWriter writer(bytes);
    for (const std::size_t count : {counts.edabits, counts.dabits, counts.random_values}) writer.u64(count);
    write(writer, batches.edabits);
    write(writer, batches.dabits);
    vector::encode<F>(writer.take(counts.random_values * F::encoded_size), batches.random_values.shares());
    return bytes;
  }
  Batches read(std::span<const std::byte> bytes) const {
    ByteReader reader(bytes);
    const auto edabits = static_cast<std::size_t>(reader.u64()), dabits = static_cast<std::size_t>(reader.u64()),
               random_values = static_cast<std::size_t>(reader.u64());
    Batches batches;
    batches.edabits = read_both(reader, edabits, edabits_width);
    batches.dabits = read_both(reader, dabits, 1);
    batches.random_values = read_values(reader, random_values);
    reader.expect_end();
    return batches;
  }

 private:
  static constexpr std::size_t edabits_width = [] {
    if constexpr (MersenneField<F>)
      return std::size_t{F::modulus_bits};
    else
      return std::size_t{0};
  }();

  std::size_t size_of_both(std::size_t count, std::size_t width) const {
    return count * F::encoded_size + layout_.components * BitPlanes(layout_, width, count).packed_size();
  }
  void write(ByteWriter& writer, const Both& batch) const {
    vector::encode<F>(writer.take(batch.value.size() * F::encoded_size), batch.value.shares());
    const BitPlanes& planes = batch.bits.planes();
    for (unsigned which = 0; which < layout_.components && planes.size() > 0; ++which)
      planes.pack(which, writer.take(planes.packed_size()));
  }
  static Shared<F, Scheme> read_values(ByteReader& reader, std::size_t count) {
    if (count > reader.remaining()) throw Error(ErrorCode::malformed_message, "more values than bytes");
    const auto bytes = reader.take(count * F::encoded_size);
    Buffer<F> values(count);
    if (!vector::decode<F>(values, bytes)) throw Error(ErrorCode::malformed_message, "something that is no element");
    return Shared<F, Scheme>(std::move(values));
  }
  Both read_both(ByteReader& reader, std::size_t count, std::size_t width) const {
    Both batch{read_values(reader, count), {}};
    if (count == 0) return batch;
    BitPlanes planes(layout_, width, count);
    for (unsigned which = 0; which < layout_.components; ++which)
      planes.unpack(which, reader.take(planes.packed_size()));
    planes.clear_tails();
    batch.bits = SharedBits<Scheme>(std::move(planes));
    return batch;
  }

  BitLayout layout_;
};

}  // namespace detail

/// Moves all that is in the engine's store to a new file, for a later run among the same parties in the same places,
/// over the same field, with the same privacy threshold. All parties do this at the same point of the program, each
/// with a file and a key of its own.
///
/// Security: the file is encrypted and authenticated under `key`. Whoever has the keys and files of more than t parties
/// can read whatever they will be used for; t of them are worth nothing.
/// Cost: that of random_bits() of 4 numbers of 64 bits, and of opening them: the set's number, in each of its files.
/// Errors: Error(invalid_argument) where there is a file of this name, or one that was used (`path` with ".used"
/// appended), before anything is done; or where the file cannot be written, and then what was in the store is lost.
template <StoringEngine E>
void save_prepared(E& engine, const std::filesystem::path& path, const FileKey& key) {
  detail::require_sodium();
  std::error_code ignored;  // whatever it is, the file cannot be made then
  if (std::filesystem::exists(path, ignored)) throw Error(ErrorCode::invalid_argument, path.string() + " exists");
  if (std::filesystem::exists(detail::mark_of(path), ignored))
    throw Error(ErrorCode::invalid_argument, path.string() + " is the name of a file that was used");
  const std::vector<std::uint64_t> set = open(engine, random_bits(engine, 64, detail::set_size / 8));
  const auto batches = engine.take_prepared();
  const std::string place = detail::place_of(engine);
  Bytes content = detail::Serializer<E>(engine).written(batches);
  const std::size_t header_size = detail::magic.size() + detail::set_size + 1 + place.size() + detail::nonce_size;
  Bytes file(header_size + content.size() + detail::tag_size);
  ByteWriter writer(file);
  writer.bytes(std::as_bytes(std::span(detail::magic)));
  for (const std::uint64_t word : set) writer.u64(word);
  writer.u8(static_cast<std::uint8_t>(place.size()));
  writer.bytes(std::as_bytes(std::span(place)));
  const std::span<std::byte> nonce = writer.take(detail::nonce_size);
  randombytes_buf(nonce.data(), nonce.size());
  const std::span<std::byte> sealed = writer.take(content.size() + detail::tag_size);
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      detail::unsigned_bytes(sealed), nullptr, detail::unsigned_bytes(std::span<const std::byte>(content)),
      content.size(), detail::unsigned_bytes(std::span<const std::byte>(file)), header_size, nullptr,
      detail::unsigned_bytes(std::span<const std::byte>(nonce)),
      detail::unsigned_bytes(std::span<const std::byte>(key.expose())));
  wipe(content);

  const detail::OpenFile target = detail::create(path, "cannot be made");
  if (std::fwrite(file.data(), 1, file.size(), target.get()) != file.size())
    detail::throw_file_error(path, "could not be written");
  detail::make_durable(path, target.get());
}

namespace detail {

inline Bytes content_of(const std::filesystem::path& path) {
  errno = 0;
  const OpenFile source(std::fopen(path.string().c_str(), "rb"), &std::fclose);
  if (!source) throw_file_error(path, "cannot be opened");
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  require_done(error, path, "is no file");
  Bytes file(static_cast<std::size_t>(size));
  if (std::fread(file.data(), 1, file.size(), source.get()) != file.size()) throw_file_error(path, "could not be read");
  return file;
}

struct OpenedFile {
  Bytes set, content;
};

/// What a file holds; Error where it is not one that `place` has written with `key`.
inline OpenedFile opened(const std::filesystem::path& path, const FileKey& key, const std::string& place) {
  const Bytes file = content_of(path);
  const auto refuse = [&](ErrorCode code, const std::string& what) { throw Error(code, path.string() + " " + what); };
  const std::size_t before_place = magic.size() + set_size + 1;
  if (file.size() < before_place || std::memcmp(file.data(), magic.data(), magic.size()) != 0)
    refuse(ErrorCode::malformed_message, "is no file of prepared randomness");
  ByteReader reader(file);
  static_cast<void>(reader.take(magic.size()));
  const auto set = reader.take(set_size);
  const std::size_t place_size = reader.u8();
  if (reader.remaining() < place_size + nonce_size + tag_size) refuse(ErrorCode::malformed_message, "ends early");
  const auto written_place = reader.take(place_size);
  const auto nonce = reader.take(nonce_size);
  const std::size_t header_size = file.size() - reader.remaining();
  const auto sealed = reader.take(reader.remaining());
  OpenedFile result{Bytes(set.begin(), set.end()), Bytes(sealed.size() - tag_size)};
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          unsigned_bytes(std::span<std::byte>(result.content)), nullptr, nullptr, unsigned_bytes(sealed), sealed.size(),
          unsigned_bytes(std::span<const std::byte>(file)), header_size, unsigned_bytes(nonce),
          unsigned_bytes(std::span<const std::byte>(key.expose()))) != 0)
    refuse(ErrorCode::malformed_message, "was altered, or written with another key");
  if (!std::ranges::equal(written_place, std::as_bytes(std::span(place)))) {
    const std::string theirs(reinterpret_cast<const char*>(written_place.data()), written_place.size());
    wipe(result.content);
    refuse(ErrorCode::configuration_mismatch, "belongs to \"" + theirs + "\", and this is \"" + place + "\"");
  }
  return result;
}

}  // namespace detail

/// Adds what is in a file to the engine's store, and makes the file useless. All parties do this at the same point of
/// the program, with files of one call of save_prepared().
///
/// Output: a file `path` with ".used" appended, which is empty and says that the file was used; it is made, and on the
/// disk, before anything of the file is in the store, and by one run only where several try. From then on the file is
/// refused, also where this process ends before the file itself has gone.
/// Security: to use a set twice would reveal differences of secrets. A copy that was brought back without the mark
/// cannot be told from the original at its party, but nothing is taken from it unless all the others present theirs of
/// the same set as well, in both rounds.
/// Cost: two rounds in which each party sends 32 bytes to every other: the set's number before anything is done, and
/// again when the file is marked.
/// Errors, before the file is touched: Error(invalid_argument) where it cannot be read; Error(invalid_state) where it
/// was used; Error(malformed_message), without a party, where it was altered or cut short, or the key is not its own;
/// Error(configuration_mismatch) where it is of another party, field, threshold or number of parties, and, with the
/// party's number, where a peer's file is of another set.
template <StoringEngine E>
void load_prepared(E& engine, const std::filesystem::path& path, const FileKey& key) {
  detail::require_sodium();
  const std::filesystem::path mark = detail::mark_of(path);
  std::error_code ignored;  // a mark that is there and not seen here cannot be made later on
  if (std::filesystem::exists(mark, ignored)) throw Error(ErrorCode::invalid_state, path.string() + " was used before");
  detail::OpenedFile file = detail::opened(path, key, detail::place_of(engine));
  auto batches = detail::Serializer<E>(engine).read(file.content);
  wipe(file.content);

  engine.require_common(file.set, "prepared randomness of another set");
  {
    const detail::OpenFile marked = detail::create(mark, "cannot be made, so that the file is not used");
    detail::make_durable(mark, marked.get());
  }
  std::error_code error;
  std::filesystem::resize_file(path, 0, error);
  if (!error) std::filesystem::remove(path, error);
  detail::require_done(error, path, "is marked as used, and could not be removed");
  engine.require_common(file.set, "not marked its prepared randomness as used");
  engine.add_prepared(std::move(batches));
}

}  // namespace parley::sodium

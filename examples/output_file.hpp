// SPDX-License-Identifier: Apache-2.0
// Files are written aside, stored and renamed, so that nobody ever finds half of one, and a failure, of power too, leaves
// what was there.
#pragma once

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#if defined(__unix__)
#include <fcntl.h>
#include <unistd.h>
#endif

namespace examples {

/// Returns when what the file or directory holds would outlast a failure of power, as far as the system can tell; with an
/// error where it could not be stored.
inline std::error_code store_lastingly(const std::filesystem::path& path) {
#if defined(__unix__)
  const auto last_error = [] { return std::error_code(errno, std::generic_category()); };
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return last_error();
  std::error_code error;
  // EINVAL: there is nothing that could be stored, as in file systems of memory alone.
  if (::fsync(file) != 0 && errno != EINVAL) error = last_error();
  if (::close(file) != 0 && !error) error = last_error();
  return error;
#else
  static_cast<void>(path);
  return {};
#endif
}

/// A file to be, which replaces what is at its path when it is complete. Made before the work of which it holds the
/// result, it finds out first that the place cannot be written to.
class OutputFile {
 public:
  enum class Readers { by_default, owner };

  /// Throws std::runtime_error where `path` is something else than a file, or cannot be written.
  explicit OutputFile(std::filesystem::path path, Readers readers = Readers::by_default)
      : path_(std::move(path)), aside_(path_) {
    aside_ += ".part";
    const auto status = std::filesystem::status(path_);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) fail("it is no regular file");
    if (readers == Readers::owner) remove_aside();  // others may have it open
    errno = 0;
    file_.open(aside_, std::ios::binary | std::ios::trunc);
    if (!file_) fail(std::error_code(errno, std::generic_category()).message());
    if (readers == Readers::owner) {
      using std::filesystem::perms;
      std::error_code error;
      std::filesystem::permissions(aside_, perms::owner_read | perms::owner_write, error);
      if (error) give_up(error);
    }
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile() {
    file_.close();
    if (is_aside_) remove_aside();
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  /// Makes `text` the content of the file. Called once. Throws std::runtime_error.
  void write(std::string_view text) {
    append(text);
    close();
    put_in_place();
    keep_in_place();
  }

  /// The same in steps: what append() was given is the content, all of it is stored when close() returns, and
  /// put_in_place() replaces what was there. Each throws std::runtime_error, and nothing is left behind. When
  /// keep_in_place() returns, its being in this place is stored as well; what it throws says that the file is there.
  void append(std::string_view text) {
    errno = 0;
    file_.write(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file_) give_up(std::error_code(errno, std::generic_category()));
  }
  void close() {
    errno = 0;
    file_.close();
    if (!file_) give_up(std::error_code(errno, std::generic_category()));
    if (const std::error_code error = store_lastingly(aside_)) give_up(error);
  }
  void put_in_place() {
    std::error_code error;
    std::filesystem::rename(aside_, path_, error);
    if (error) give_up(error);
    is_aside_ = false;
  }
  void keep_in_place() const {
    const std::filesystem::path directory = path_.parent_path();
    if (const std::error_code error = store_lastingly(directory.empty() ? "." : directory))
      throw std::runtime_error(path_.string() +
                               " is written, but would perhaps not outlast a failure of power: " + error.message());
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw std::runtime_error(path_.string() + " could not be written: " + why);
  }
  [[noreturn]] void give_up(const std::error_code& error) {
    file_.close();
    remove_aside();
    is_aside_ = false;
    fail(error.message());
  }
  void remove_aside() const noexcept {
    std::error_code ignored;
    std::filesystem::remove(aside_, ignored);
  }

  std::filesystem::path path_, aside_;
  std::ofstream file_;
  bool is_aside_ = true;
};

}  // namespace examples

// SPDX-License-Identifier: Apache-2.0
// Files are written aside and renamed, so that nobody ever finds half of one, and a failure leaves what was there.
#pragma once

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace examples {

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
  }

  /// The same in steps: what append() was given is the content, all of it is written when close() returns, and
  /// put_in_place() replaces what was there. Each throws std::runtime_error, and nothing is left behind.
  void append(std::string_view text) {
    errno = 0;
    file_.write(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file_) give_up(std::error_code(errno, std::generic_category()));
  }
  void close() {
    errno = 0;
    file_.close();
    if (!file_) give_up(std::error_code(errno, std::generic_category()));
  }
  void put_in_place() {
    std::error_code error;
    std::filesystem::rename(aside_, path_, error);
    if (error) give_up(error);
    is_aside_ = false;
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

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
  /// Throws std::runtime_error where `path` is something else than a file, or cannot be written.
  explicit OutputFile(std::filesystem::path path) : path_(std::move(path)), aside_(path_) {
    aside_ += ".part";
    const auto status = std::filesystem::status(path_);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) fail("it is no regular file");
    errno = 0;
    file_.open(aside_, std::ios::binary | std::ios::trunc);
    if (!file_) fail(std::error_code(errno, std::generic_category()).message());
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile() {
    if (!file_.is_open()) return;
    file_.close();
    remove_aside();
  }

  /// Makes `text` the content of the file. Called once. Throws std::runtime_error.
  void write(std::string_view text) {
    errno = 0;
    file_.write(text.data(), static_cast<std::streamsize>(text.size()));
    file_.close();
    std::error_code error(file_ ? 0 : errno, std::generic_category());
    if (file_) std::filesystem::rename(aside_, path_, error);
    if (file_ && !error) return;
    remove_aside();
    fail(error.message());
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw std::runtime_error(path_.string() + " could not be written: " + why);
  }
  void remove_aside() const noexcept {
    std::error_code ignored;
    std::filesystem::remove(aside_, ignored);
  }

  std::filesystem::path path_, aside_;
  std::ofstream file_;
};

}  // namespace examples

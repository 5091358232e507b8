// SPDX-License-Identifier: Apache-2.0
// A passphrase from a file, a file descriptor or the terminal: never from the command line, where everybody on the
// machine could read it.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/secret.hpp"
#include "parley/core/wipe.hpp"
#include "secret_files.hpp"

#if defined(__unix__)
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>
#endif

namespace examples {

using Passphrase = parley::Secret<parley::Bytes>;

inline constexpr std::size_t longest_passphrase = 1024;

/// The only line of a file, or of the standard input ("-"), or of a descriptor that the system shows as a file
/// (/dev/fd/3).
inline Passphrase read_passphrase(const std::string& path) {
  Passphrase passphrase = InputFile(path).read_all(longest_passphrase, "no passphrase is so long");
  parley::Bytes& bytes = passphrase.expose();
  for (const char end : {'\n', '\r'})
    if (!bytes.empty() && bytes.back() == static_cast<std::byte>(end)) bytes.pop_back();
  const std::string name = path == standard_stream ? "the standard input" : path;
  if (bytes.empty()) throw std::runtime_error(name + " has no passphrase in it");
  if (as_text(bytes).find('\n') != std::string_view::npos)
    throw std::runtime_error(name + " has more than the one line of a passphrase");
  return passphrase;
}

#if defined(__unix__)

namespace detail {

/// The terminal of this process, which shows nothing of what is typed as long as this lives. What usually interrupts a
/// process ends the line instead, so that the terminal is not left in this state.
class SilentTerminal {
 public:
  SilentTerminal() : terminal_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {
    if (terminal_ < 0 || ::tcgetattr(terminal_, &before_) != 0) {
      if (terminal_ >= 0) ::close(terminal_);
      throw std::runtime_error("there is no terminal to ask for the passphrase: give it by --passphrase-file");
    }
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
    silent.c_cc[VEOL] = interrupt;
    ::tcsetattr(terminal_, TCSAFLUSH, &silent);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;
  ~SilentTerminal() {
    ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    ::close(terminal_);
  }

  Passphrase ask(std::string_view question) {
    show(question);
    Passphrase line{parley::Bytes(longest_passphrase)};
    parley::Bytes& bytes = line.expose();
    const ssize_t count = ::read(terminal_, bytes.data(), bytes.size());
    show("\n");
    if (count <= 0 || static_cast<unsigned char>(bytes[static_cast<std::size_t>(count) - 1]) == interrupt)
      throw std::runtime_error("no passphrase was given");
    bytes.resize(static_cast<std::size_t>(count));
    if (bytes.back() != static_cast<std::byte>('\n')) throw std::runtime_error("the passphrase is too long");
    bytes.pop_back();
    if (bytes.empty()) throw std::runtime_error("no passphrase was given");
    return line;
  }

 private:
  static constexpr unsigned char interrupt = 3;  // Ctrl-C

  void show(std::string_view text) const {
    if (::write(terminal_, text.data(), text.size()) < 0) throw std::runtime_error("the terminal could not be written");
  }

  int terminal_;
  termios before_{};
};

}  // namespace detail

/// Asks at the terminal, whatever the standard input is; twice where the passphrase is a new one.
inline Passphrase ask_for_passphrase(bool is_new) {
  detail::SilentTerminal terminal;
  Passphrase passphrase = terminal.ask("Passphrase: ");
  if (is_new) {
    const Passphrase again = terminal.ask("The same again: ");
    if (!std::ranges::equal(passphrase.expose(), again.expose()))
      throw std::runtime_error("these are two different passphrases");
  }
  return passphrase;
}

#else

inline Passphrase ask_for_passphrase(bool) {
  throw std::runtime_error("on this system passphrases come from --passphrase-file alone");
}

#endif

/// Where the options of a program say that its passphrase comes from.
class PassphraseOptions {
 public:
  void add_to(CLI::App& app) {
    auto* const from_file = app.add_option("--passphrase-file", file_,
                                           "Where a passphrase (of the format slip39) is the only line: a file, - for\n"
                                           "the standard input, or a descriptor such as /dev/fd/3")
                                ->type_name("FILE");
    app.add_flag("--ask-passphrase", ask_, "Ask for it at the terminal")->excludes(from_file);
  }

  [[nodiscard]] bool given() const { return ask_ || !file_.empty(); }

  /// The passphrase, empty where there is none; `inputs` are the other files that are read. A new one is asked for twice.
  [[nodiscard]] Passphrase get(const std::vector<std::string>& inputs, bool is_new) const {
    if (ask_) return ask_for_passphrase(is_new);
    if (file_.empty()) return Passphrase(parley::Bytes());
    if (file_ == standard_stream && std::ranges::count(inputs, standard_stream) > 0)
      throw std::runtime_error("the standard input cannot have a passphrase and something else");
    return read_passphrase(file_);
  }

 private:
  std::string file_;
  bool ask_ = false;
};

}  // namespace examples

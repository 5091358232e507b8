// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target without a fuzzer: on each file of a directory, each cut short, with single bits changed and with
// bytes too many, and on a few inputs that need no file. Where it ends early, the input is the last one named.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

std::size_t runs = 0;

// In memory of exactly its size, so that a sanitizer notices a read beyond the end.
void run(const Input& input) {
  const std::unique_ptr<std::uint8_t[]> exact(new std::uint8_t[input.size()]);
  std::copy(input.begin(), input.end(), exact.get());
  LLVMFuzzerTestOneInput(exact.get(), input.size());
  ++runs;
}

// All cuts and all bits of what is short; of what is long the beginning and the end, and some in between.
void run_damaged(const Input& input) {
  constexpr std::size_t all_of = 128, some = 256;
  const auto at_places = [&](auto damage) {
    const std::size_t step = std::max<std::size_t>(1, input.size() / some);
    for (std::size_t i = 0; i < input.size(); i += i < all_of || i + all_of >= input.size() ? 1 : step) damage(i);
  };
  at_places([&](std::size_t i) { run(Input(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(i))); });
  at_places([&](std::size_t i) {
    Input damaged = input;
    for (unsigned bit = 0; bit < 8; ++bit) {
      damaged[i] = static_cast<std::uint8_t>(input[i] ^ (1U << bit));
      run(damaged);
    }
    for (const std::uint8_t extreme : {std::uint8_t{0}, std::uint8_t{0xff}}) {
      damaged[i] = extreme;
      run(damaged);
    }
  });
  Input longer = input;
  longer.push_back(0);
  run(longer);
  longer.insert(longer.end(), input.begin(), input.end());
  run(longer);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
    return 2;
  }
  std::fprintf(stderr, "inputs without a file\n");
  run({});
  for (unsigned byte = 0; byte < 256; ++byte)
    for (const unsigned size : {1U, 2U, 16U, 100U, 1000U}) run(Input(size, static_cast<std::uint8_t>(byte)));

  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    std::fprintf(stderr, "%s has no file: a target has at least one input that it accepts\n", argv[1]);
    return 1;
  }
  for (const std::filesystem::path& path : files) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
      std::fprintf(stderr, "%s cannot be read\n", path.string().c_str());
      return 1;
    }
    const std::string content{std::istreambuf_iterator<char>(file), {}};
    const Input input(content.begin(), content.end());
    std::fprintf(stderr, "%s\n", path.filename().string().c_str());
    run(input);
    run_damaged(input);
  }
  std::printf("%zu inputs\n", runs);
  return 0;
}

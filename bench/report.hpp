// SPDX-License-Identifier: Apache-2.0
// What the rates of all contenders say: the table of ratios parley : peer and its picture, and the table of targets.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../examples/svg.hpp"
#include "targets.hpp"

namespace parley_bench {

/// One run of a benchmark: items a second, and the clock of the core at that time in Hz, 0 where it is not known.
struct Sample {
  double rate = 0, clock = 0;
};

/// The measured rates: the samples of each contender of each work.
class Rates {
 public:
  /// `name` is "work/contender", where the work may have further strokes in it.
  void add(std::string_view name, double rate, double clock = 0) {
    const std::size_t stroke = name.rfind('/');
    if (stroke == std::string_view::npos) return;
    samples_[std::string(name.substr(0, stroke))][std::string(name.substr(stroke + 1))].push_back({rate, clock});
  }

  /// The median of the rates. Of an even number of samples the mean of the middle two; nothing where there is none.
  [[nodiscard]] std::optional<double> median(const std::string& work, const std::string& contender) const {
    return median_of(work, contender, [](const Sample& sample) { return sample.rate; });
  }
  /// The median of the rates that the same cycles would give at `clock`, where the clock was lower; of the rates as they
  /// are where it was not, or is not known.
  [[nodiscard]] std::optional<double> median_at(double clock, const std::string& work,
                                                const std::string& contender) const {
    return median_of(work, contender, [clock](const Sample& sample) {
      return sample.clock > 0 && sample.clock < clock ? sample.rate / sample.clock * clock : sample.rate;
    });
  }

  /// All works, each with its contenders, in alphabetical order.
  [[nodiscard]] const std::map<std::string, std::map<std::string, std::vector<Sample>>>& samples() const {
    return samples_;
  }

 private:
  template <class Of>
  std::optional<double> median_of(const std::string& work, const std::string& contender, Of of) const {
    const auto contenders = samples_.find(work);
    if (contenders == samples_.end()) return std::nullopt;
    const auto found = contenders->second.find(contender);
    if (found == contenders->second.end()) return std::nullopt;
    std::vector<double> sorted;
    for (const Sample& sample : found->second) sorted.push_back(of(sample));
    std::ranges::sort(sorted);
    const std::size_t middle = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  std::map<std::string, std::map<std::string, std::vector<Sample>>> samples_;
};

struct Comparison {
  std::string work, peer;
  double ours = 0, theirs = 0;

  [[nodiscard]] double ratio() const { return ours / theirs; }
};

/// Parley and every other library at each work that both did.
inline std::vector<Comparison> comparisons(const Rates& rates) {
  std::vector<Comparison> result;
  for (const auto& [work, contenders] : rates.samples()) {
    const auto ours = rates.median(work, "parley");
    if (!ours) continue;
    for (const auto& [contender, samples] : contenders)
      if (!contender.starts_with("parley")) result.push_back({work, contender, *ours, *rates.median(work, contender)});
  }
  return result;
}

/// With three significant digits: 2.61 G, 40.3 M, 999 k, 0.25.
inline std::string three_digits(double value) {
  const char* unit = "";
  for (const char* next : {" k", " M", " G", " T"}) {
    if (value < 999.5) break;
    value /= 1000;
    unit = next;
  }
  std::array<char, 32> digits{};
  const int decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  std::snprintf(digits.data(), digits.size(), "%.*f", decimals, value);
  return digits.data() + std::string(unit);
}

/// Rows of texts in columns: the first two to the left, the others to the right. The first row is the head.
inline std::string in_columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string blanks(widths[i] - row[i].size(), ' ');
      line += (i == 0 ? "" : "  ") + (i < 2 ? row[i] + blanks : blanks + row[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
    if (&row == &rows.front()) text += std::string(line.size(), '-') + "\n";
  }
  return text;
}

inline std::string table_of_ratios(const std::vector<Comparison>& comparisons) {
  std::vector<std::vector<std::string>> rows{{"work, per second", "peer", "parley", "peer", "parley : peer"}};
  for (const Comparison& c : comparisons)
    rows.push_back({c.work, c.peer, three_digits(c.ours), three_digits(c.theirs), three_digits(c.ratio())});
  return in_columns(rows);
}

/// What has to be reached, what is, what it is at the clock that the targets are for if that was not there, and the
/// quotient of that and the target. Whoever shares the machine takes cycles, not cycles per item. A target nothing of which was measured is left
/// out.
inline std::string table_of_targets(const Rates& rates, const std::vector<Target>& targets) {
  const std::string clock = three_digits(clock_of_targets) + "Hz";
  std::vector<std::vector<std::string>> rows{{"work", "contender", "at least", "measured", "at " + clock, "of it", ""}};
  for (const Target& target : targets) {
    auto measured = rates.median(target.work, target.contender);
    if (!measured) continue;
    auto at_clock = rates.median_at(clock_of_targets, target.work, target.contender);
    std::string unit = "/s", contender = target.contender;
    if (!target.than.empty()) {
      const auto other = rates.median(target.work, target.than);
      if (!other) continue;
      measured = *measured / *other;
      at_clock = *at_clock / *rates.median_at(clock_of_targets, target.work, target.than);
      unit = " x";
      contender += " : " + target.than;
    }
    const double part = *at_clock / target.at_least;
    rows.push_back({target.work, contender, three_digits(target.at_least) + unit, three_digits(*measured) + unit,
                    three_digits(*at_clock) + unit, three_digits(part), part >= 1 ? "reached" : "MISSED"});
  }
  return rows.size() == 1 ? "" : in_columns(rows);
}

/// What the pictures have in common.
inline constexpr std::string_view style_of_pictures =
    "text { font-family: 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif;"
    " font-size: 12px; fill: #33414e; }\n"
    ".paper { fill: #ffffff; }\n"
    ".title { font-size: 20px; font-weight: bold; fill: #1b2733; }\n"
    ".grid { stroke: #e3e8ed; stroke-width: 1; }\n";

/// A bar for each comparison from 1 to its ratio, on a logarithmic scale: to the right where parley is the faster.
inline std::string picture_of_ratios(const std::vector<Comparison>& comparisons, const std::string& machine) {
  using Picture = examples::SvgPicture;
  const std::string style = std::string(style_of_pictures) +
                            ".one { stroke: #7b8794; stroke-width: 1.5; }\n"
                            ".faster { fill: #1f5f99; }\n"
                            ".slower { fill: #b4472e; }\n";
  constexpr double left = 450, right = 930, top = 110, pitch = 20, bar = 13;
  constexpr int width = 1000;
  const double bottom = top + pitch * static_cast<double>(comparisons.size());

  double lowest = 1, highest = 10;  // whole powers of ten
  std::string description = "Bar chart, logarithmic.";
  for (const Comparison& c : comparisons) {
    while (c.ratio() < lowest) lowest /= 10;
    while (c.ratio() > highest) highest *= 10;
    description += " " + c.work + ": " + three_digits(c.ratio()) + " times " + c.peer + ".";
  }
  const auto place = [&](double ratio) {
    return left + (right - left) * std::log(ratio / lowest) / std::log(highest / lowest);
  };

  const std::string title = "How many times as fast as others parley is";
  Picture picture(width, static_cast<int>(bottom) + 50, title, description, style);
  picture.rectangle("paper", 0, 0, width, bottom + 50);
  picture.text("title", 28, 40, Picture::Anchor::start, title);
  picture.text("machine", 28, 63, Picture::Anchor::start, machine);
  const auto decades = static_cast<int>(std::lround(std::log10(highest / lowest)));
  for (int i = 0; i <= decades; ++i) {
    const double tick = lowest * std::pow(10, i), x = place(tick);
    std::array<char, 32> label{};
    std::snprintf(label.data(), label.size(), "%g", tick);
    picture.line("grid", x, top - 8, x, bottom);
    for (const double y : {top - 14, bottom + 18}) picture.text("tick", x, y, Picture::Anchor::middle, label.data());
  }
  double y = top;
  for (const Comparison& c : comparisons) {
    const double from = place(std::min(c.ratio(), 1.0)), to = place(std::max(c.ratio(), 1.0));
    picture.text("work", left - 12, y + bar - 2, Picture::Anchor::end, c.work + " : " + c.peer);
    picture.rectangle(c.ratio() < 1 ? "slower" : "faster", from, y, to - from, bar);
    picture.text("ratio", to + 6, y + bar - 2, Picture::Anchor::start, three_digits(c.ratio()));
    y += pitch;
  }
  picture.line("one", place(1), top - 8, place(1), bottom);
  return picture.str();
}

}  // namespace parley_bench

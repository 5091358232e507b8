// SPDX-License-Identifier: Apache-2.0
// How the time of one item changes with the length of the batch, as a picture: what grows linearly is a level line.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "../examples/svg.hpp"
#include "report.hpp"

namespace parley_bench {

/// A batch of `count` items, of which one takes `seconds`.
struct GrowthPoint {
  double count = 0, seconds = 0;
};
/// The points of each work that was measured with at least three lengths, by ascending length.
using Growth = std::map<std::string, std::vector<GrowthPoint>>;

/// Of the works "name/parties:3/batch:1000" and "name/parties:3/values:1000", those of three parties.
inline Growth growth(const Rates& rates) {
  Growth result;
  for (const auto& [work, contenders] : rates.samples())
    for (const std::string parameters : {"/parties:3/batch:", "/parties:3/values:"}) {
      const std::size_t at = work.find(parameters);
      if (at == std::string::npos) continue;
      const std::string length = work.substr(at + parameters.size());
      if (length.find_first_not_of("0123456789") != std::string::npos) continue;  // or it has further parameters
      const auto rate = rates.median(work, "parley");
      if (rate && *rate > 0) result[work.substr(0, at)].push_back({std::stod(length), 1 / *rate});
    }
  for (auto& [work, points] : result)
    std::ranges::sort(points, {}, [](const GrowthPoint& point) { return point.count; });
  std::erase_if(result, [](const auto& entry) { return entry.second.size() < 3; });
  return result;
}

/// With three significant digits: 2.61 us, 40.3 ns.
inline std::string as_time(double seconds) {
  for (const char* unit : {" s", " ms", " us"}) {
    if (seconds >= 0.9995) return three_digits(seconds) + unit;
    seconds *= 1000;
  }
  return three_digits(seconds) + " ns";
}

/// Why the lines are not level everywhere.
inline constexpr std::array<const char*, 4> reasons_for_bends = {
    "Falling: a round takes as long for few items as for many, and of few values a selection compares more pairs each",
    "(nine for a thousand values, three for ten thousand, two for a million).",
    "Rising: what is longer than the caches streams from memory; worst in shuffles and what begins with one, which "
    "visit it",
    "in a random order. Comparisons go in parts that stay in the caches, one after another, and so remain level."};

/// A line for each work, over the length of the batch and the time of an item, both on logarithmic scales, and below
/// them why some have bends.
inline std::string picture_of_growth(const Growth& growth, const std::string& machine) {
  using Picture = examples::SvgPicture;
  const std::string style = std::string(style_of_pictures) +
                            ".work { stroke: #1f5f99; stroke-width: 2; }\n"
                            ".point { fill: #1f5f99; }\n";
  constexpr double left = 80, right = 720, top = 110, bottom = 610;
  constexpr int width = 1000, height = 730;

  double shortest = 1e3, longest = 1e4, fastest = 1e-6, slowest = 1e-7;  // whole powers of ten
  std::string description = "Lines, both scales logarithmic.";
  for (const auto& [work, points] : growth) {
    description += " " + work + ":";
    for (const GrowthPoint& point : points) {
      while (point.count < shortest) shortest /= 10;
      while (point.count > longest) longest *= 10;
      while (point.seconds < fastest) fastest /= 10;
      while (point.seconds > slowest) slowest *= 10;
      description += " " + as_time(point.seconds) + " each of " + three_digits(point.count) + ",";
    }
    description.back() = '.';
  }
  const auto x_of = [&](double count) {
    return left + (right - left) * std::log(count / shortest) / std::log(longest / shortest);
  };
  const auto y_of = [&](double seconds) {
    return bottom - (bottom - top) * std::log(seconds / fastest) / std::log(slowest / fastest);
  };

  const std::string title = "The time of one item, by the length of its batch";
  Picture picture(width, height, title, description, style);
  picture.rectangle("paper", 0, 0, width, height);
  picture.text("title", 28, 40, Picture::Anchor::start, title);
  picture.text("machine", 28, 63, Picture::Anchor::start, machine + "; three parties in one process");
  for (double tick = shortest; tick <= longest * 1.01; tick *= 10) {
    picture.line("grid", x_of(tick), top, x_of(tick), bottom);
    picture.text("tick", x_of(tick), bottom + 22, Picture::Anchor::middle, three_digits(tick));
  }
  for (double tick = fastest; tick <= slowest * 1.01; tick *= 10) {
    picture.line("grid", left, y_of(tick), right, y_of(tick));
    picture.text("tick", left - 10, y_of(tick) + 4, Picture::Anchor::end, as_time(tick));
  }
  struct Label {
    double y;
    std::string text;
  };
  std::vector<Label> labels;
  for (const auto& [work, points] : growth) {
    for (std::size_t i = 0; i < points.size(); ++i) {
      const double x = x_of(points[i].count), y = y_of(points[i].seconds);
      if (i > 0) picture.line("work", x_of(points[i - 1].count), y_of(points[i - 1].seconds), x, y);
      picture.rectangle("point", x - 3, y - 3, 6, 6);
    }
    labels.push_back({y_of(points.back().seconds), work + ", " + as_time(points.back().seconds)});
  }
  // Beside the ends of their lines, and below one another where these are close.
  std::ranges::sort(labels, {}, &Label::y);
  double next = 0;
  for (const Label& label : labels) {
    const double y = std::max(label.y + 4, next);
    picture.text("label", right + 14, y, Picture::Anchor::start, label.text);
    next = y + 15;
  }
  double line = bottom + 52;
  for (const char* reason : reasons_for_bends) {
    picture.text("reason", left, line, Picture::Anchor::start, reason);
    line += 17;
  }
  return picture.str();
}

}  // namespace parley_bench

// SPDX-License-Identifier: Apache-2.0
// A picture of the deciles of many amounts, with their median and their mean.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "numbers.hpp"
#include "svg.hpp"

namespace examples {

struct DecileChart {
  std::string title;
  std::string subtitle;
  std::string axis;  ///< what is measured, and in which unit
  std::array<std::uint64_t, 9> deciles{};
  double mean = 0;
  std::string mean_label;
};

/// One bar for each decile, from 10 % at the top to 90 %, as long as the amount that so many do not exceed; the median's
/// stands out, and a dashed line marks the mean. In SVG.
inline std::string draw(const DecileChart& chart) {
  using Anchor = SvgPicture::Anchor;
  constexpr int width = 760, height = 500;
  constexpr double left = 140, right = width - 100, top = 124, bar = 24, pitch = 33, bottom = top + 9 * pitch;
  constexpr const char* style =
      "text { font-family: 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif; }\n"
      ".paper { fill: #ffffff; }\n"
      ".title { font-size: 20px; font-weight: bold; fill: #1b2733; }\n"
      ".subtitle { font-size: 13px; fill: #52606d; }\n"
      ".label, .value { font-size: 13px; fill: #33414e; }\n"
      ".strong { font-size: 13px; font-weight: bold; fill: #14456f; }\n"
      ".value { paint-order: stroke; stroke: #ffffff; stroke-width: 5px; stroke-linejoin: round; }\n"
      ".tick { font-size: 12px; fill: #52606d; }\n"
      ".grid { stroke: #e3e8ed; stroke-width: 1; }\n"
      ".axis { stroke: #7b8794; stroke-width: 1; }\n"
      ".bar { fill: #a9c4dd; }\n"
      ".median { fill: #1f5f99; }\n"
      ".mean { stroke: #b4472e; stroke-width: 1.5; stroke-dasharray: 5 4; }\n"
      ".meanlabel { font-size: 13px; fill: #b4472e; }\n";

  std::string description = "Bar chart.";
  for (std::size_t i = 0; i < chart.deciles.size(); ++i)
    description += " " + std::to_string(10 * (i + 1)) + " % are at most " + grouped(chart.deciles[i]) + ".";
  description += " The mean is " + chart.mean_label + ".";
  SvgPicture picture(width, height, chart.title, description, style);
  picture.rectangle("paper", 0, 0, width, height);
  picture.text("title", 28, 40, Anchor::start, chart.title);
  picture.text("subtitle", 28, 63, Anchor::start, chart.subtitle);

  const auto ticks = axis_ticks(std::max(chart.deciles.back(), static_cast<std::uint64_t>(chart.mean)));
  const auto place = [&](double amount) { return left + (right - left) * amount / static_cast<double>(ticks.back()); };
  for (const std::uint64_t tick : ticks) {
    const double x = place(static_cast<double>(tick));
    picture.line("grid", x, top - 6, x, bottom);
    picture.text("tick", x, bottom + 20, Anchor::middle, grouped(tick));
  }
  picture.text("label", (left + right) / 2, bottom + 46, Anchor::middle, chart.axis);

  const auto is_median = [](std::size_t i) { return i == 4; };
  const auto end_of_bar = [&](std::size_t i) { return place(static_cast<double>(chart.deciles[i])); };
  const auto top_of_bar = [&](std::size_t i) { return top + static_cast<double>(i) * pitch; };
  const auto base_of_text = [&](std::size_t i) { return top_of_bar(i) + bar / 2 + 4.5; };
  for (std::size_t i = 0; i < chart.deciles.size(); ++i) {
    picture.rectangle(is_median(i) ? "median" : "bar", left, top_of_bar(i), end_of_bar(i) - left, bar);
    picture.text(is_median(i) ? "strong" : "label", left - 10, base_of_text(i), Anchor::end,
                 (is_median(i) ? "median 50" : std::to_string(10 * (i + 1))) + " %");
  }
  picture.line("axis", left, top - 6, left, bottom);

  const double mean = place(chart.mean);
  picture.line("mean", mean, top - 14, mean, bottom);
  picture.text("meanlabel", mean, top - 20, Anchor::middle, "mean " + chart.mean_label);
  // After the line, which the outlines of the texts keep at a distance.
  for (std::size_t i = 0; i < chart.deciles.size(); ++i)
    picture.text(is_median(i) ? "strong value" : "value", end_of_bar(i) + 7, base_of_text(i), Anchor::start,
                 grouped(chart.deciles[i]));
  return picture.str();
}

}  // namespace examples

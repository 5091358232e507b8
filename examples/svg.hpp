// SPDX-License-Identifier: Apache-2.0
// Pictures in SVG 1.1: rectangles, lines and texts with classes, and the ticks of an axis.
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace examples {

/// `text` as the content of an element or the value of an attribute. Control characters, which XML does not permit,
/// become spaces.
inline std::string escaped_for_xml(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return result;
}

/// A picture of `width` by `height` pixels; the origin is the upper left corner.
class SvgPicture {
 public:
  enum class Anchor { start, middle, end };

  /// `title` and `description` are for those who do not see the picture; `style` is CSS for the classes in use.
  SvgPicture(int width, int height, std::string_view title, std::string_view description, std::string_view style) {
    const std::string size[] = {std::to_string(width), std::to_string(height)};
    text_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"" + size[0] + "\" height=\"" + size[1] +
            "\" viewBox=\"0 0 " + size[0] + " " + size[1] + "\">\n<title>" + escaped_for_xml(title) +
            "</title>\n<desc>" + escaped_for_xml(description) + "</desc>\n<style>\n" + std::string(style) +
            "</style>\n";
  }

  void rectangle(std::string_view css_class, double x, double y, double width, double height) {
    element("rect", css_class,
            attribute("x", x) + attribute("y", y) + attribute("width", width) + attribute("height", height));
    text_ += "/>\n";
  }
  void line(std::string_view css_class, double x1, double y1, double x2, double y2) {
    element("line", css_class, attribute("x1", x1) + attribute("y1", y1) + attribute("x2", x2) + attribute("y2", y2));
    text_ += "/>\n";
  }
  /// `y` is that of the line on which the letters stand.
  void text(std::string_view css_class, double x, double y, Anchor anchor, std::string_view text) {
    constexpr std::array<const char*, 3> names = {"start", "middle", "end"};
    element("text", css_class,
            attribute("x", x) + attribute("y", y) + " text-anchor=\"" + names[static_cast<std::size_t>(anchor)] + "\"");
    text_ += ">" + escaped_for_xml(text) + "</text>\n";
  }

  [[nodiscard]] std::string str() const { return text_ + "</svg>\n"; }

 private:
  void element(std::string_view name, std::string_view css_class, const std::string& attributes) {
    text_ += "<" + std::string(name) + " class=\"" + escaped_for_xml(css_class) + "\"" + attributes;
  }
  // With at most one decimal, and the same in every locale.
  static std::string attribute(std::string_view name, double value) {
    std::array<char, 32> digits{};
    const double rounded = std::round(value * 10) / 10;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), rounded).ptr;
    return " " + std::string(name) + "=\"" + std::string(digits.data(), end) + "\"";
  }

  std::string text_;
};

/// Round numbers 0, s, 2s, ..., of which the last is at least `maximum`, for a step s of 1, 2 or 5 times a power of ten;
/// from 4 to 9 of them, or fewer for a maximum below 4. The maximum is below 2^60.
inline std::vector<std::uint64_t> axis_ticks(std::uint64_t maximum) {
  std::uint64_t power = 1;
  for (;; power *= 10)
    for (const std::uint64_t factor : {1U, 2U, 5U}) {
      const std::uint64_t step = factor * power, count = (maximum + step - 1) / step;
      if (count > 8) continue;
      std::vector<std::uint64_t> ticks;
      for (std::uint64_t i = 0; i <= (count == 0 ? 1 : count); ++i) ticks.push_back(i * step);
      return ticks;
    }
}

}  // namespace examples

// SPDX-License-Identifier: Apache-2.0
// The examples' pictures: well-formed whatever the texts, and axes with round numbers.
#include "../../examples/svg.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "catch.hpp"

using namespace examples;

TEST_CASE("texts are escaped") {
  CHECK(escaped_for_xml("a<b> & \"c\"\x01") == "a&lt;b&gt; &amp; &quot;c&quot; ");
  SvgPicture picture(10, 20, "<t>", "&", "");
  picture.text("c", 1, 2.26, SvgPicture::Anchor::end, "x<y");
  picture.line("d", 0.5, -1, 1.0 / 3, 1e6);
  picture.rectangle("e", 1, 2, 3, 4);
  CHECK(picture.str() ==
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"10\" height=\"20\" viewBox=\"0 0 10 20\">\n"
        "<title>&lt;t&gt;</title>\n<desc>&amp;</desc>\n<style>\n</style>\n"
        "<text class=\"c\" x=\"1\" y=\"2.3\" text-anchor=\"end\">x&lt;y</text>\n"
        "<line class=\"d\" x1=\"0.5\" y1=\"-1\" x2=\"0.3\" y2=\"1e+06\"/>\n"
        "<rect class=\"e\" x=\"1\" y=\"2\" width=\"3\" height=\"4\"/>\n"
        "</svg>\n");
}

TEST_CASE("an axis has a few round numbers, the last of them not below the maximum") {
  using Ticks = std::vector<std::uint64_t>;
  CHECK(axis_ticks(0) == Ticks{0, 1});
  CHECK(axis_ticks(1) == Ticks{0, 1});
  CHECK(axis_ticks(8) == Ticks{0, 1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(axis_ticks(9) == Ticks{0, 2, 4, 6, 8, 10});
  CHECK(axis_ticks(81'200) == Ticks{0, 20'000, 40'000, 60'000, 80'000, 100'000});
  for (std::uint64_t maximum = 4; maximum < (std::uint64_t{1} << 60); maximum += maximum / 3) {
    const Ticks ticks = axis_ticks(maximum);
    CHECK(ticks.back() >= maximum);
    CHECK(ticks[ticks.size() - 2] < maximum);
    CHECK(ticks.size() >= 4);
    CHECK(ticks.size() <= 9);
  }
}

// SPDX-License-Identifier: Apache-2.0
// The picture of how the time of an item changes with the length of its batch, from rates written by hand.
#include "../../bench/growth.hpp"

#include <string>

#include "catch.hpp"

using namespace parley_bench;

namespace {

Rates some_rates() {
  Rates rates;
  rates.add("products/parties:3/batch:100000/parley", 1e8);
  rates.add("products/parties:3/batch:1000/parley", 1e7);
  rates.add("products/parties:3/batch:10000/parley", 1e6);
  rates.add("products/parties:5/batch:1000/parley", 1e6);
  rates.add("sorting/parties:3/values:1000/parley", 1e5);
  rates.add("sorting/parties:3/values:10000/parley", 1e5);
  rates.add("radix/parties:3/values:1000/bits:1/parley", 1e5);
  return rates;
}

}  // namespace

TEST_CASE("growth is that of works of three parties with at least three lengths, in their order") {
  const Growth found = growth(some_rates());
  REQUIRE(found.size() == 1);
  const auto& points = found.at("products");
  REQUIRE(points.size() == 3);
  CHECK((points[0].count == 1000 && points[0].seconds == 1e-7));
  CHECK((points[1].count == 10000 && points[1].seconds == 1e-6));
  CHECK((points[2].count == 100000 && points[2].seconds == 1e-8));
}

TEST_CASE("times have a unit") {
  CHECK(as_time(2) == "2.00 s");
  CHECK(as_time(0.02) == "20.0 ms");
  CHECK(as_time(2.5e-6) == "2.50 us");
  CHECK(as_time(4.03e-8) == "40.3 ns");
  CHECK(as_time(5e-10) == "0.50 ns");
}

TEST_CASE("the picture has a line between neighbours and a label at the end") {
  const std::string picture = picture_of_growth(growth(some_rates()), "a <machine>");
  // From 1e3 at 80 to 1e5 at 720; from 1e-8 at 610 to 1e-6 at 110.
  CHECK(picture.find("<line class=\"work\" x1=\"80\" y1=\"360\" x2=\"400\" y2=\"110\"/>") != std::string::npos);
  CHECK(picture.find("<line class=\"work\" x1=\"400\" y1=\"110\" x2=\"720\" y2=\"610\"/>") != std::string::npos);
  CHECK(picture.find(">products, 10.0 ns</text>") != std::string::npos);
  CHECK(picture.find("a &lt;machine&gt;; three parties") != std::string::npos);
  CHECK(picture.find("nan") == std::string::npos);
  for (const char* reason : reasons_for_bends)
    CHECK(picture.find(std::string(">") + reason + "</text>") != std::string::npos);
}

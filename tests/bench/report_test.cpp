// SPDX-License-Identifier: Apache-2.0
// The tables and the picture of the benchmarks, from rates written by hand.
#include "../../bench/report.hpp"

#include <string>

#include "catch.hpp"

using namespace parley_bench;

namespace {

Rates some_rates() {
  Rates rates;
  for (const double rate : {5e8, 2e9, 1e9}) rates.add("Mersenne61/multiply/in_cache/parley", rate);
  rates.add("Mersenne61/multiply/in_cache/parley-avx2", 4e8, 1.75e9);
  for (const double rate : {3e8, 1e8}) rates.add("Mersenne61/multiply/in_cache/FLINT", rate);
  rates.add("GF256/scale/in_cache/parley", 2e9);
  rates.add("GF256/scale/in_cache/ISA-L", 8e9);
  rates.add("random/parley", 1e9);
  rates.add("random/alone/OpenSSL", 1e9);
  rates.add("nameless", 1);
  return rates;
}

}  // namespace

TEST_CASE("the median is that of the samples of one contender") {
  const Rates rates = some_rates();
  CHECK(rates.median("Mersenne61/multiply/in_cache", "parley") == 1e9);
  CHECK(rates.median("Mersenne61/multiply/in_cache", "FLINT") == 2e8);
  CHECK_FALSE(rates.median("Mersenne61/multiply/in_cache", "NTL").has_value());
  CHECK_FALSE(rates.median("nameless", "").has_value());
}

TEST_CASE("at a higher clock each sample has its own cycles, and at a lower one it is as measured") {
  Rates rates;
  rates.add("draw/parley", 1e9, 2e9);
  rates.add("draw/parley", 3e9, 3e9);
  rates.add("draw/parley", 2e9, 2.5e9);
  CHECK(rates.median("draw", "parley") == 2e9);
  CHECK(rates.median_at(5e9, "draw", "parley") == 4e9);    // of 2.5, 5 and 4
  CHECK(rates.median_at(2.5e9, "draw", "parley") == 2e9);  // of 1.25, 3 and 2
  CHECK(rates.median_at(1e9, "draw", "parley") == 2e9);
  rates.add("encode/parley", 1e9);
  CHECK(rates.median_at(5e9, "encode", "parley") == 1e9);
}

TEST_CASE("parley is compared with other libraries at what both have done, and not with itself") {
  const auto found = comparisons(some_rates());
  REQUIRE(found.size() == 2);
  CHECK(found[0].work == "GF256/scale/in_cache");
  CHECK(found[0].peer == "ISA-L");
  CHECK(found[0].ratio() == 0.25);
  CHECK(found[1].work == "Mersenne61/multiply/in_cache");
  CHECK(found[1].peer == "FLINT");
  CHECK(found[1].ratio() == 5);
}

TEST_CASE("numbers are printed with three significant digits") {
  CHECK(three_digits(0.25) == "0.25");
  CHECK(three_digits(9.994) == "9.99");
  CHECK(three_digits(9.996) == "10.0");
  CHECK(three_digits(99.96) == "100");
  CHECK(three_digits(999.4) == "999");
  CHECK(three_digits(999.6) == "1.00 k");
  CHECK(three_digits(40.25e6) == "40.2 M");
  CHECK(three_digits(2.606e9) == "2.61 G");
  CHECK(three_digits(1e15) == "1000 T");
}

TEST_CASE("the table of ratios") {
  CHECK(table_of_ratios(comparisons(some_rates())) ==
        "work, per second              peer   parley    peer  parley : peer\n"
        "------------------------------------------------------------------\n"
        "GF256/scale/in_cache          ISA-L  2.00 G  8.00 G           0.25\n"
        "Mersenne61/multiply/in_cache  FLINT  1.00 G   200 M           5.00\n");
}

TEST_CASE("the table of targets says which are reached and leaves out what was not measured") {
  CHECK(table_of_targets(some_rates(), {{"Mersenne61/multiply/in_cache", "parley", 1e9},
                                        {"Mersenne61/multiply/in_cache", "parley-avx2", 5e8},
                                        {"Mersenne61/multiply/in_cache", "parley", 10, "FLINT"},
                                        {"Mersenne61/multiply/in_cache", "parley", 10, "NTL"},
                                        {"Mersenne127/multiply/in_cache", "parley", 1e9}}) ==
        "work                          contender       at least  measured  at 3.50 GHz  of it\n"
        "------------------------------------------------------------------------------------\n"
        "Mersenne61/multiply/in_cache  parley          1.00 G/s  1.00 G/s     1.00 G/s   1.00  reached\n"
        "Mersenne61/multiply/in_cache  parley-avx2      500 M/s   400 M/s      800 M/s   1.60  reached\n"
        "Mersenne61/multiply/in_cache  parley : FLINT    10.0 x    5.00 x       5.00 x   0.50   MISSED\n");
  CHECK(table_of_targets(some_rates(), {{"Mersenne127/multiply/in_cache", "parley", 1e9}}).empty());
}

TEST_CASE("the picture has a bar for each ratio, to the left of 1 where the peer is faster") {
  const std::string picture = picture_of_ratios(comparisons(some_rates()), "a <machine>");
  // From 0.1 at 450 to 10 at 930: 1 is at 690, 0.25 at 545.5, 5 at 857.8.
  CHECK(picture.find("<rect class=\"slower\" x=\"545.5\" y=\"110\" width=\"144.5\" height=\"13\"/>") !=
        std::string::npos);
  CHECK(picture.find("<rect class=\"faster\" x=\"690\" y=\"130\" width=\"167.8\" height=\"13\"/>") !=
        std::string::npos);
  for (const char* tick : {">0.1</text>", ">1</text>", ">10</text>"}) CHECK(picture.find(tick) != std::string::npos);
  CHECK(picture.find("GF256/scale/in_cache : ISA-L</text>") != std::string::npos);
  CHECK(picture.find("a &lt;machine&gt;") != std::string::npos);
  CHECK(picture.ends_with("</svg>\n"));
}

TEST_CASE("the picture of no ratios is empty and not broken") {
  const std::string picture = picture_of_ratios({}, "a machine");
  CHECK(picture.find("nan") == std::string::npos);
  CHECK(picture.find("class=\"faster\"") == std::string::npos);
}

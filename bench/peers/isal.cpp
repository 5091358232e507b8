// SPDX-License-Identifier: Apache-2.0
// ISA-L, made for erasure codes: matrices over GF(2^8) times vectors. Sharing is such a product, of the powers of the
// parties' points with the secrets and coefficients; these are there beforehand and not drawn, unlike parley's.
#include <isa-l/erasure_code.h>
#include <isa-l/gf_vect_mul.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "byte_sharing.hpp"
#include "parley/field/vector.hpp"
#include "parley/poly/lagrange.hpp"

namespace {

using namespace parley_bench;

/// A matrix as ISA-L wants it.
class Tables {
 public:
  Tables(std::vector<Byte> matrix, std::size_t columns)
      : columns_(static_cast<int>(columns)),
        rows_(static_cast<int>(matrix.size() / columns)),
        tables_(32 * matrix.size()) {
    ec_init_tables(columns_, rows_, bytes(matrix), tables_.data());
  }
  /// out = the matrix times `in`, rows of `length` bytes.
  void multiply(std::size_t length, std::vector<unsigned char*>& in, std::vector<unsigned char*>& out) {
    ec_encode_data(static_cast<int>(length), columns_, rows_, tables_.data(), in.data(), out.data());
  }

 private:
  int columns_, rows_;
  parley::Buffer<unsigned char> tables_;
};

void measure_vectors(const Place& place) {
  const std::size_t size = place.elements<Byte>();
  const std::string suffix = std::string("/") + place.name;
  struct Vectors {
    explicit Vectors(std::size_t size) : in{operand<Byte>(1, size), operand<Byte>(2, size)}, out(1, in[0]) {}
    std::vector<parley::Buffer<Byte>> in, out;
  };
  measure_peer<Byte>(
      "GF256ReedSolomon/scale" + suffix, "ISA-L", size,
      [size] {
        const auto v = std::make_shared<Vectors>(size);
        std::vector<unsigned char> table(32);
        gf_vect_mul_init(factor<Byte>().value(), table.data());
        return Peer<Byte>{[v, table]() mutable {
                            gf_vect_mul(static_cast<int>(v->out[0].size()), table.data(), bytes(v->in[0]),
                                        bytes(v->out[0]));
                          },
                          [v] { return ends(v->out[0]); }};
      },
      [size] {
        parley::Buffer<Byte> out(size);
        parley::vector::scale<Byte>(std::span<Byte>(out), operand<Byte>(1, size), factor<Byte>());
        return ends(out);
      });
  measure_peer<Byte>(
      "GF256ReedSolomon/linear_combination_of_2" + suffix, "ISA-L", size,
      [size] {
        const auto v = std::make_shared<Vectors>(size);
        return Peer<Byte>{
            [v, in = pointers(v->in), out = pointers(v->out),
             tables = Tables({v->in[1][0], v->in[1][1]}, 2)]() mutable { tables.multiply(v->out[0].size(), in, out); },
            [v] { return ends(v->out[0]); }};
      },
      [size] {
        const auto a = operand<Byte>(1, size), b = operand<Byte>(2, size);
        const std::vector<std::span<const Byte>> rows{a, b};
        parley::Buffer<Byte> out(size);
        parley::vector::linear_combination<Byte>(std::span<Byte>(out), std::span(b).first(2), rows);
        return ends(out);
      });
}

/// The secrets and then the coefficients of x, x^2, ...
std::vector<parley::Buffer<Byte>> polynomials(const SharingShape& shape) {
  std::vector<parley::Buffer<Byte>> rows;
  for (std::size_t i = 0; i <= shape.parameters.privacy_threshold; ++i)
    rows.push_back(operand<Byte>(i + 1, shape.secrets));
  return rows;
}

void measure_sharing(const SharingShape& shape) {
  const std::size_t parties = shape.parameters.parties, terms = shape.parameters.privacy_threshold + 1;
  measure_peer<Byte>(
      shape.work("GF256ReedSolomon", "share"), "ISA-L", shape.secrets,
      [shape, parties, terms] {
        std::vector<Byte> powers;
        for (std::size_t party = 0; party < parties; ++party) {
          const Byte x = Byte::embed(party + 1);
          Byte power = Byte::one();
          for (std::size_t i = 0; i < terms; ++i, power *= x) powers.push_back(power);
        }
        const auto in = std::make_shared<std::vector<parley::Buffer<Byte>>>(polynomials(shape));
        const auto out =
            std::make_shared<std::vector<parley::Buffer<Byte>>>(parties, parley::Buffer<Byte>(shape.secrets));
        return Peer<Byte>{[in, out, from = pointers(*in), to = pointers(*out), tables = Tables(powers, terms),
                           length = shape.secrets]() mutable { tables.multiply(length, from, to); },
                          [out] {
                            std::vector<Byte> result;
                            for (const auto& share : *out)
                              for (const Byte x : ends(share)) result.push_back(x);
                            return result;
                          }};
      },
      [shape] {
        const auto rows = polynomials(shape);
        std::vector<std::vector<Byte>> coefficients;
        for (std::size_t i = 1; i < rows.size(); ++i) coefficients.push_back(ends(rows[i]));
        std::vector<Byte> result;
        for (const auto& share :
             parley::Shamir<Byte>(shape.parameters).share_with_coefficients(ends(rows[0]), coefficients))
          result.insert(result.end(), share.begin(), share.end());
        return result;
      });

  measure_peer<Byte>(
      shape.work("GF256ReedSolomon", "reconstruct"), "ISA-L", shape.secrets,
      [shape, terms] {
        std::vector<Byte> points;
        for (std::size_t i = 0; i < terms; ++i) points.push_back(Byte::embed(i + 1));
        const std::vector<Byte> weights = parley::lagrange_coefficients<Byte>(points, Byte::zero());
        const auto in = std::make_shared<std::vector<parley::Buffer<Byte>>>(shares_by_parley(shape));
        const auto out = std::make_shared<std::vector<parley::Buffer<Byte>>>(1, parley::Buffer<Byte>(shape.secrets));
        return Peer<Byte>{[in, out, from = pointers(*in), to = pointers(*out), tables = Tables(weights, terms),
                           length = shape.secrets]() mutable { tables.multiply(length, from, to); },
                          [out] { return ends(out->front()); }};
      },
      [shape] { return ends(operand<Byte>(1, shape.secrets)); });
}

const bool registered = [] {
  for (const Place& place : {in_cache, out_of_cache}) measure_vectors(place);
  for (const SharingShape& shape : byte_shapes()) measure_sharing(shape);
  return true;
}();

}  // namespace

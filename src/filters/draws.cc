// SPDX-License-Identifier: Apache-2.0
// The numbers that filters draw, for those who want to see them.
#include "evarrow/augment.h"
#include "filters/philox.h"

namespace evarrow {

std::vector<uint64_t> random_seeds(uint64_t seed, size_t count) {
  const Philox random(seed, Purpose::kSeeds);
  std::vector<uint64_t> out(count);
  for (size_t i = 0; i < count; ++i) {
    const Philox::Block block = random(i);
    out[i] = uint64_t{block[1]} << 32 | block[0];
  }
  return out;
}

std::vector<double> random_parameters(uint64_t seed, uint64_t first, size_t count) {
  const Philox random(seed, Purpose::kParameters);
  std::vector<double> out(count);
  for (size_t i = 0; i < count; ++i) out[i] = unit(random(first + i), 0);
  return out;
}

std::vector<double> spatial_draws(uint64_t seed, uint64_t first, size_t events) {
  const Philox random(seed, Purpose::kPlace);
  std::vector<double> out;
  for (size_t i = 0; i < events; ++i) {
    for (const double value : normals(random(first + i))) out.push_back(value);
  }
  return out;
}

std::vector<double> time_draws(uint64_t seed, uint64_t first, size_t events) {
  const Philox random(seed, Purpose::kTime);
  std::vector<double> out(events);
  for (size_t i = 0; i < events; ++i) out[i] = normals(random(first + i))[0];
  return out;
}

}  // namespace evarrow

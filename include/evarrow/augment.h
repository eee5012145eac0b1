// SPDX-License-Identifier: Apache-2.0
// Filters that change events by chance, for training. What they do depends on the seed and on the
// number of the event alone. Factories throw Error(kArgument) for options that make no sense.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "evarrow/filter.h"

namespace evarrow {

// How a number becomes a whole one.
enum class Rounding : uint8_t { kNearest, kTruncate };  // halves to even; towards zero

// Moves events by normally distributed numbers of pixels: (a, b, c) are the square root of their
// covariance, dx = a g, dy = b g + c h.
struct SpatialJitterOptions {
  double a = 1, b = 0, c = 1;  // pixels
  bool clip = false;           // what leaves the sensor stays at its edge
  Rounding rounding = Rounding::kNearest;
  uint64_t seed = 0;
};
std::unique_ptr<Filter> make_spatial_jitter(const Sensor& sensor,
                                            const SpatialJitterOptions& options);

// Moves events in time by normally distributed numbers of microseconds.
struct TimeJitterOptions {
  double deviation = 0;        // us
  bool drop_negative = false;  // leaves out those that come before 0
  // Puts them in order again, for which those of the last 9 deviations are held back. Times must
  // not decrease then.
  bool sort = true;
  Rounding rounding = Rounding::kNearest;
  uint64_t seed = 0;
};
std::unique_ptr<Filter> make_time_jitter(const TimeJitterOptions& options);

// Leaves out each event with the same chance, or exactly round(share * n) of all n, each subset
// being as likely as any other; for that all events have to be seen first.
struct DropOptions {
  double share = 0;  // 0 to 1
  bool exact = false;
  uint64_t seed = 0;
};
std::unique_ptr<Filter> make_drop_events(const DropOptions& options);

// Leaves out the events of each pixel with the same chance.
std::unique_ptr<Filter> make_drop_pixels(const Sensor& sensor, double share, uint64_t seed);

// Leaves out the events of a region, x0 <= x < x1 and y0 <= y < y1.
struct DropRegion {
  int32_t x0, y0, x1, y1;
};
std::unique_ptr<Filter> make_drop_area(const DropRegion& region);

// Leaves out a span of time, both ends included, that is `share` of the whole and begins at `begin`
// of what is left of it. All events have to be seen first. The whole is from the least to the
// greatest time, or from 0.
struct DropTimeOptions {
  double share = 0;  // 0 to 1
  double begin = 0;  // 0 to 1
  bool from_zero = false;
};
std::unique_ptr<Filter> make_drop_time(const DropTimeOptions& options);

// Adds events with a Poisson distribution: `rate` of them a second and pixel, ON with that chance.
// They come in order between the others, from the first event to the last. Times must not
// decrease.
struct NoiseRateOptions {
  double rate = 0;  // Hz
  double on_share = 0.5;
  uint64_t seed = 0;
};
std::unique_ptr<Filter> make_noise_rate(const Sensor& sensor, const NoiseRateOptions& options);

// Adds exactly so many events, uniform in place, polarity and time from the first event on and
// before the last. All events have to be seen first. Times must not decrease.
struct NoiseCountOptions {
  uint64_t count = 0;
  double on_share = 0.5;
  uint64_t seed = 0;
};
std::unique_ptr<Filter> make_noise_count(const Sensor& sensor, const NoiseCountOptions& options);

// Adds the events of `other`, in order of time; of equal times those of `other` come last. Times
// of both must not decrease. With `shift`, the first event of `other` comes that long behind the
// first one of the others.
std::unique_ptr<Filter> make_mix(const EventBatch& other, std::optional<int64_t> shift);

// t' = t * scale + offset, scale > 0; a whole offset of us.
struct TimeMapOptions {
  double scale = 1;
  int64_t offset = 0;
  Rounding rounding = Rounding::kNearest;
};
std::unique_ptr<Filter> make_time_map(const TimeMapOptions& options);

// Time never steps back: t' is the greatest time so far. `from_zero` refuses a first event before
// 0.
std::unique_ptr<Filter> make_held_time(bool from_zero);

// Runs the events backwards: t' = first + last - t, or last - t, in reverse order, and ON becomes
// OFF. All events are held in memory.
struct ReverseOptions {
  bool to_zero = false;  // t' = last - t
  bool flip_polarity = true;
};
std::unique_ptr<Filter> make_reverse(const ReverseOptions& options);

// Seeds of 64 bits that follow from another one.
std::vector<uint64_t> random_seeds(uint64_t seed, size_t count);
// Numbers as the filters draw them: uniform ones, 0 <= number < 1, for parameters.
std::vector<double> random_parameters(uint64_t seed, uint64_t first, size_t count);
// The normally distributed numbers of the events from `first` on: two each for space, one each for
// time.
std::vector<double> spatial_draws(uint64_t seed, uint64_t first, size_t events);
std::vector<double> time_draws(uint64_t seed, uint64_t first, size_t events);

}  // namespace evarrow

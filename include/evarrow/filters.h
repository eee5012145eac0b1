// SPDX-License-Identifier: Apache-2.0
// The filters. Times are microseconds. A polarity above 0 is ON, any other is OFF. Factories throw
// Error(kArgument) for options that make no sense.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "evarrow/filter.h"
#include "evarrow/predicate.h"

namespace evarrow {

// Keeps the events in a box of time, pixels and polarity.
std::unique_ptr<Filter> make_box_filter(const Predicate& predicate);

// From which event of a pixel the time is counted: the last one that was kept, or that there was.
enum class Since : uint8_t { kKept, kSeen };

// Drops the events that follow too soon upon another one of the same pixel. An event is kept if it
// is the first of its pixel or t - t_before >= period.
// With kSeen and `strict` it is filter_noise(method="refractory") of evlib 0.13; with `primed` as
// well, Refractory of tonic 1.7.
struct RefractoryOptions {
  int64_t period = 0;  // us, not negative
  Since since = Since::kKept;
  bool strict = false;        // t - t_before > period
  bool per_polarity = false;  // events of the other polarity do not count
  bool primed = false;        // each pixel begins as if it had an event at -period
};
std::unique_ptr<Filter> make_refractory(const Sensor& sensor, const RefractoryOptions& options);

// Keeps the events that have another one beside them which is recent: an event is kept if the last
// one of a neighbouring pixel was at t_before with t - t_before < window. The pixel's own events do
// not count, polarity does not matter.
// With 8 neighbours and `primed` it is BackgroundActivityNoiseFilter of dv-processing 2.0, with 4
// Denoise of tonic 1.7; with `inclusive` the activity filter of Metavision.
struct BackgroundActivityOptions {
  int64_t window = 2000;   // us, longer than nothing
  int neighbours = 8;      // or 4: those left and right, above and below
  bool inclusive = false;  // t - t_before <= window
  bool primed = false;     // each pixel begins as if it had an event at 0
};
std::unique_ptr<Filter> make_background_activity(const Sensor& sensor,
                                                 const BackgroundActivityOptions& options);

// Keeps the events that enough pixels around had a recent event for: `least` pixels of the square
// of (2 radius + 1)^2 with t - t_before < window. Source: Guo and Delbruck, "Low Cost and Latency
// Event Camera Background Activity Denoising", TPAMI 2022 (STCF), as jAER has it; and Feng et al.,
// "Event Density Based Denoising Method for Dynamic Vision Sensor", 2020 (YNoise).
struct CorrelationOptions {
  int64_t window = 5000;       // us, longer than nothing
  int radius = 1;              // pixels, 0 to 15
  int least = 1;               // pixels
  bool own = false;            // the pixel's own last event counts too
  bool same_polarity = false;  // only last events of the same polarity count
  bool inclusive = false;      // t - t_before <= window
  bool keep_first = true;      // the first event of a pixel may be kept
  int subsample = 0;           // pixels are taken together, 2^subsample each way; 0 to 7
};
std::unique_ptr<Filter> make_correlation(const Sensor& sensor, const CorrelationOptions& options);

// Keeps the events that the last event of one of three columns and three rows supports: of the same
// polarity, no more than one pixel away each way, and t - t_before <= window. Source: Khodamoradi
// and Kastner, "O(N)-Space Spatiotemporal Filter for Reducing Noise in Neuromorphic Vision
// Sensors", IEEE TETC 2018. It is KNoiseFilter of dv-processing 2.0, where an event supports those
// of its own pixel as well.
struct KNoiseOptions {
  int64_t window = 1000;  // us, longer than nothing
  bool own = true;        // events of the same pixel support each other
};
std::unique_ptr<Filter> make_k_noise(const Sensor& sensor, const KNoiseOptions& options);

// Keeps the second event of a burst: one of the same polarity as the one before of its pixel, which
// was no more than `window` before. With `cut_trail` only the first such since the polarity
// changed. As spatio_temporal_contrast of Metavision.
struct ContrastOptions {
  int64_t window = 10'000;  // us, longer than nothing
  bool cut_trail = true;
};
std::unique_ptr<Filter> make_contrast(const Sensor& sensor, const ContrastOptions& options);

// Keeps the first event of a burst: one of another polarity than the one before of its pixel, or
// `window` or more behind it, or the first one. As trail of Metavision.
struct TrailOptions {
  int64_t window = 10'000;  // us, longer than nothing
};
std::unique_ptr<Filter> make_trail(const Sensor& sensor, const TrailOptions& options);

// Keeps the events by the time since the one before of their pixel, whether that was kept or not:
// within [least, most] or, with `inside` false, outside of it. As LowPassFilter, HighPassFilter,
// BandPassFilter and BandCutFilter of dv-processing 2.0.
struct IntervalOptions {
  int64_t least = 0;         // us
  int64_t most = INT64_MAX;  // us
  bool inside = true;
  bool keep_first = false;  // the first event of a pixel
};
std::unique_ptr<Filter> make_interval(const Sensor& sensor, const IntervalOptions& options);

// Drops the events of pixels that flicker as lamps do. A rise of a pixel is an ON event behind an
// OFF event; its period is the time since the rise before. A period matches if it lies in
// [shortest, longest] and differs from the one before by `tolerance` at most. Matches count up to
// `start`, and others down to 0; at `start` the pixel begins to flicker, below `stop` it ceases to,
// and it is as new with the first event more than `longest` behind its last rise.
struct AntiFlickerOptions {
  int64_t shortest = 1'923;   // us, longer than nothing: 520 Hz
  int64_t longest = 20'000;   // us: 50 Hz
  int64_t tolerance = 500;    // us
  int32_t start = 6;          // periods, 1 to 1000
  int32_t stop = 4;           // periods, 1 to `start`
  bool keep_flicker = false;  // keeps what else is dropped, and drops all else
};
std::unique_ptr<Filter> make_anti_flicker(const Sensor& sensor, const AntiFlickerOptions& options);

// Keeps the events of blocks of pixels that are busy: each event adds 1 to the level of its block,
// which halves in `half_life`; an event is kept if the level, with itself, is above the threshold.
// As FastDecayNoiseFilter of dv-processing 2.0.
struct FastDecayOptions {
  int64_t half_life = 10'000;  // us, longer than nothing
  int32_t block = 4;           // pixels each way
  double threshold = 6;
};
std::unique_ptr<Filter> make_fast_decay(const Sensor& sensor, const FastDecayOptions& options);

// Keeps the events whose surroundings are young: the mean, or the sum, of e^(-age / tau) of the
// last events of the same polarity in the square of (2 radius + 1)^2 pixels, the own one included,
// is the threshold or more before the event itself counts. Pixels without events do not count.
struct SurfaceOptions {
  int64_t tau = 20'000;  // us, longer than nothing
  int radius = 1;        // pixels, 0 to 15
  double threshold = 0.2;
  bool sum = false;
  bool linear = false;  // max(1 - age / tau, 0) instead
};
std::unique_ptr<Filter> make_time_surface_filter(const Sensor& sensor,
                                                 const SurfaceOptions& options);

// Keeps the events of pixels whose value is not 0; `mask` has one for each pixel of the sensor, row
// by row from the top.
std::unique_ptr<Filter> make_mask(const Sensor& sensor, std::vector<uint8_t> mask);

// How a pixel with too many events is known, by its number of events n in the whole recording.
enum class HotPixelMethod : uint8_t {
  kRobust,      // n > median + threshold * MAD of the pixels that have events; MAD is 1 at least
  kDeviation,   // n > mean + threshold * standard deviation of the pixels that have events
  kQuantile,    // n > the quantile `threshold` of those; filter_hot_pixels of evlib 0.13
  kRate,        // n > threshold * (t_last - t_first), events a second; tonic 1.7
  kNeighbours,  // n > threshold * the most of one of the 8 pixels around, 1 at least
};

// Drops the events of pixels that have too many. It has to learn.
struct HotPixelOptions {
  HotPixelMethod method = HotPixelMethod::kRobust;
  double threshold = 20;
};
std::unique_ptr<Filter> make_hot_pixels(const Sensor& sensor, const HotPixelOptions& options);

// Keeps no more events than `rate` a second for long: a bucket holds `burst` events, each event
// that is kept takes one out, and it fills by `rate` a second.
struct RateLimitOptions {
  int64_t rate = 0;   // events a second, 1 or more
  int64_t burst = 1;  // events, 1 or more
};
std::unique_ptr<Filter> make_rate_limit(const RateLimitOptions& options);

// Keeps the last, or the first, of every n events: of all, or of each pixel.
struct DecimateOptions {
  int64_t n = 1;
  bool keep_first = false;
};
std::unique_ptr<Filter> make_decimate(const DecimateOptions& options);
std::unique_ptr<Filter> make_decimate_pixels(const Sensor& sensor, const DecimateOptions& options);

// Turns ON into OFF and OFF into ON; or makes all events ON.
std::unique_ptr<Filter> make_flip_polarity();
std::unique_ptr<Filter> make_merge_polarities();

// Blocks of pixels become pixels, and times the multiples of `step` up to them. No event is left
// out.
struct DownsampleOptions {
  int32_t block = 1;  // pixels each way
  int64_t step = 1;   // us
};
std::unique_ptr<Filter> make_downsample(const DownsampleOptions& options);

// Makes one event of many: time is cut into steps that begin at multiples of `step`, and at the end
// of each, blocks of pixels that had events in it fire at that time, row by row.
// integrate: where ON less OFF events since the block last fired reach the threshold, either way.
// differentiate: for each polarity, OFF first, of which there were at least `threshold` events more
// than in the step before.
struct AccumulateOptions {
  int32_t block = 1;      // pixels each way
  int64_t step = 1000;    // us, longer than nothing
  int64_t threshold = 1;  // events
};
std::unique_ptr<Filter> make_integrate(const Sensor& sensor, const AccumulateOptions& options);
std::unique_ptr<Filter> make_differentiate(const Sensor& sensor, const AccumulateOptions& options);

}  // namespace evarrow

// SPDX-License-Identifier: Apache-2.0
// What evarrow makes of events. t0 and tN are the least and the greatest time of the events of a
// window; arrays are (channels, height, width), OFF before ON.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "evarrow/representation.h"

namespace evarrow {

// Number of events of each pixel.
enum class Polarities : uint8_t {
  kSplit,    // (2, height, width): OFF, ON; uint32
  kMerged,   // (height, width); uint32
  kSigned,   // (height, width), ON minus OFF; int32
  kTernary,  // (height, width), the sign of that; int8
  kBinary,   // (height, width), whether there is any; uint8
};
Representation count_image(Resolution resolution, Polarities polarities);

// What an event adds to its pixel, and what no pixel goes beyond. The array has
// width >> downsample by height >> downsample pixels.
struct Increment {
  float step = 1;
  float clip = 0;  // 0: none
  int downsample = 0;
};
// (2, height, width): steps added up, each time no further than to the clip.
Representation event_histogram(Resolution resolution, const Increment& increment);
// (1, height, width): steps added and taken away, each time within -clip and clip.
Representation event_difference(Resolution resolution, const Increment& increment);

// Counters of few bits, as sensors that make frames of events have.
struct HardwareHistogramOptions {
  int negative_bits = 4, positive_bits = 4;  // together at most 8; counters stop at the greatest
  bool packed = false;                       // ON << negative_bits | OFF
};
// (2, height, width), or (height, width) if packed: uint8.
Representation hardware_histogram(Resolution resolution, const HardwareHistogramOptions& options);
struct HardwareDifferenceOptions {
  int bits = 8;       // of the sum of polarities, 2 to 8
  bool wraps = true;  // from the greatest to the least sum and back, else it stays
};
// (1, height, width): int8.
Representation hardware_difference(Resolution resolution, const HardwareDifferenceOptions& options);

enum class Normalize : uint8_t {
  kNone,
  kE2vid,  // of values that are not 0: mean 0, standard deviation 1 over their number
  kDsec,   // the same, over one less than their number
};

// Bins of time, to the two nearest of which each event is given in shares that add up to 1.
struct VoxelGridOptions {
  int bins = 10;
  // Where in the bins an event at the share s of the window's time is.
  enum class Time : uint8_t {
    kEnds,     // (bins - 1) s: the first and the last event are the first and the last bin
    kEdges,    // bins s: a bin begins where its centre should be
    kCentres,  // bins s - 1/2, of windows of time by their bounds
  } time = Time::kEnds;
  bool conserve = false;          // shares past the first and the last bin go to their neighbours
  bool double_precision = false;  // sums of float64, else of float32
  Normalize normalize = Normalize::kNone;
};
Representation voxel_grid(Resolution resolution, const VoxelGridOptions& options);

// A voxel grid of events moved to where `map` says, shared out to the four nearest pixels as well.
struct RectifiedVoxelGridOptions {
  int bins = 10;
  std::shared_ptr<const std::vector<float>> map;  // x and y of each pixel
  bool truncate = false;  // towards 0, as DSEC does, where -1 < x < 0 gets a negative share
  Normalize normalize = Normalize::kNone;
};
Representation rectified_voxel_grid(Resolution resolution,
                                    const RectifiedVoxelGridOptions& options);

// Bins with their events in the centres, each share added within the clip: (2 bins, height, width),
// channel 2 bin + polarity, or signed (bins, height, width).
struct EventCubeOptions {
  int bins = 10;
  bool split = true;
  Increment increment;
};
Representation event_cube(Resolution resolution, const EventCubeOptions& options);

// Counts in bins of time, (2 bins, height, width), channel polarity * bins + bin.
struct StackedHistogramOptions {
  int bins = 10;
  bool single_precision = false;  // bins are found in float32, as RVT does; else exactly
  enum class Overflow : uint8_t {
    kNone,      // uint32
    kWrap,      // uint8, modulo 256, as RVT does
    kSaturate,  // uint8
  } overflow = Overflow::kNone;
  uint32_t cutoff = 0;  // no count is greater; 0: none
};
Representation stacked_histogram(Resolution resolution, const StackedHistogramOptions& options);

// Sums of polarities, (bins, height, width) of int8 that wrap: the last channel of all events, each
// one before it of those that are twice as far from the end or farther.
struct MixedDensityOptions {
  int bins = 10;
  int cutoff = 0;  // values are at most that far from 0; 0: none
};
Representation mixed_density_stack(Resolution resolution, const MixedDensityOptions& options);

// The polarity of the last event of each pixel, (levels, height, width) of int8: of all events, of
// the later half of them, of the later quarter, ...
Representation event_stack(Resolution resolution, int levels);

// Twelve windows, quantities and sums of them: (12, height, width) of float64.
Representation ergo12(Resolution resolution);

// When a pixel last had an event, as a number.
struct TimeSurfaceOptions {
  enum class Kind : uint8_t {
    kTimes,        // the time itself, int64; `unseen` where there is none
    kExponential,  // exp(-age / tau); 0 where there is none
    kLinear,       // max(0, 1 - age / tau); 0 where there is none
    kFraction,     // (t - t_begin) / (t_end - t_begin) of the window; 0 where there is none
    kBytes,        // 255 (t - least) / (greatest - least), uint8; 0 where there is none
    kRank,         // the dense rank of the time over the greatest rank; 0 where there is none
  } kind = Kind::kExponential;
  double tau = 50'000;  // microseconds
  int64_t unseen = -1;
  bool split = true;     // (2, height, width), else (height, width)
  bool carries = false;  // events of the windows before are remembered
  bool double_precision = false;
};
Representation time_surface(Resolution resolution, const TimeSurfaceOptions& options);

// Mean of (t - t0) / (tN - t0): (2, height, width), or with the number of events over the greatest
// such number as a third channel; float32.
Representation mean_times(Resolution resolution, bool with_counts);

// Mean of exp(-age / tau), or of max(0, 1 - age / tau), over the events of a pixel: float32.
struct MeanSurfaceOptions {
  double tau = 50'000;  // microseconds
  bool linear = false;
  bool split = true;  // (2, height, width), else (height, width)
};
Representation mean_surface(Resolution resolution, const MeanSurfaceOptions& options);

// Speed invariant time surface: int16, (2, height, width).
Representation speed_invariant(Resolution resolution, int radius);

// Averaged time surfaces of cells of pixels (HATS): (cells, 2, size, size) of float32.
struct AveragedSurfaceOptions {
  int cell_size = 10;
  int size = 7;              // of the surface, odd
  int64_t memory = 500'000;  // how far an event looks back, microseconds
  double tau = 5'000;        // microseconds
  bool exponential = false;  // exp(-age / tau), else 1 - age / (3 tau)
};
Representation averaged_surface(Resolution resolution, const AveragedSurfaceOptions& options);

// The ages of the last events of each pixel, as logarithms: (2 depth, height, width), ON first.
struct ToreOptions {
  int depth = 3;
  double least = 150;           // microseconds: younger events are 0
  double greatest = 5'000'000;  // microseconds: older ones are not told apart
  bool carries = true;
};
Representation tore(Resolution resolution, const ToreOptions& options);

// Whether a pixel has an event in each of `bits` bins of time, read as a binary fraction, first
// bin first: (2, height, width) of float32.
Representation binary_fraction(Resolution resolution, int bits);

// The last event of each pixel as a colour: (3, height, width) of uint8.
Representation tencode(Resolution resolution);

// A value that leaks and grows by 1 with each event: (height, width) of float32, or (2, ...).
struct LeakySurfaceOptions {
  double rate = 1e-5;  // a microsecond
  bool split = false;
  bool carries = false;
};
Representation leaky_surface(Resolution resolution, const LeakySurfaceOptions& options);

// Events weighted by their time and a kernel: (2 bins, height, width) of float32, OFF first.
struct SpikeTensorOptions {
  int bins = 9;
  // The kernel between -1 and 1 in equal steps; empty: a triangle as wide as two bins.
  std::vector<float> kernel;
  bool weighted = true;  // by the time itself, else by 1
};
Representation spike_tensor(Resolution resolution, const SpikeTensorOptions& options);

// A voxel grid with a smooth kernel in time: float32, (bins, height, width).
struct SmoothVoxelOptions {
  int bins = 10;
  enum class Kernel : uint8_t { kNearest, kTriangle, kCubic, kGaussian } kernel = Kernel::kCubic;
  double sigma = 0.5;    // bins, of kGaussian
  bool conserve = true;  // the shares of an event add up to 1
};
Representation smooth_voxel_grid(Resolution resolution, const SmoothVoxelOptions& options);

// A potential that events raise and lower and that decays in between: float32, (height, width).
struct DecayedOptions {
  enum class Decay : uint8_t { kNone, kLinear, kExponential, kStep } decay = Decay::kExponential;
  double rate = 1e6;  // kExponential: microseconds; kLinear: a microsecond
  float contribution = 0.15F;
  float least = 0, greatest = 1, neutral = 0;
  bool synchronous =
      false;             // pictures show it decayed up to their last event, else up to its pixel's
  bool rectify = false;  // OFF counts as ON
  bool bytes = false;    // uint8: least is 0, greatest is 255
};
Representation decayed_image(Resolution resolution, const DecayedOptions& options);

// sign exp(-age / tau) of the younger of the last OFF and the last ON, as a grey value: uint8,
// (height, width); unseen pixels are 128.
Representation time_decay(Resolution resolution, double tau);

// The product of the contrasts of a pixel's events: float32, (height, width).
Representation contrast_map(Resolution resolution, float on, float off);

// The same for sums of logarithms that decay, as grey values: uint8, (height, width).
struct IntegrationOptions {
  double tau = 1e6;  // microseconds
  float on = 1.2F, off = 1 / 1.2F;
  int greatest_count = 5;  // so many ON at once are white
  float diffusion = 0;     // what each of four neighbours gives a pixel after each picture, to 0.25
};
Representation integrated_image(Resolution resolution, const IntegrationOptions& options);

// Which events of a window are kept one by one, in order; where there are fewer than `count`, all.
struct RowChoice {
  size_t count = 0;
  enum class From : uint8_t {
    kWhole,  // number k is the row floor(k rows / count)
    kStart,  // the first ones
    kEnd,    // the last ones
  } from = From::kWhole;
};

// x, y, (t - t0) / (tN - t0) and 1 or -1, the polarity: (count, 4) of float32. Those outside the
// sensor are 0.
struct PointSetOptions {
  RowChoice rows;
  bool in_pixels = true;  // x and y; else over width - 1 and height - 1
};
Representation point_set(Resolution resolution, const PointSetOptions& options);

// exp(-age / tau) of the last events around each event, 0 where there is none:
// (count, 2 radius + 1, 2 radius + 1) of float32. Those of events outside the sensor are 0. Filling
// throws Error(kArgument) for times that decrease.
struct LocalSurfaceOptions {
  int radius = 2;
  double tau = 50'000;  // microseconds
  bool merged = false;  // of either polarity, else of the event's own
};
Representation local_surfaces(Resolution resolution, const LocalSurfaceOptions& options,
                              const RowChoice& rows);

// What local surfaces look like, learned one event after another: `prototypes` gets `count` of
// them, (2 radius + 1)^2 values each. Returns how many there are, fewer where events are. Throws
// Error(kArgument) for times that decrease.
size_t learn_prototypes(const EventBatch& events, Resolution resolution,
                        const LocalSurfaceOptions& options, size_t count, double* prototypes);
// The number of the prototype that is nearest to the surface of each event, of equally near ones
// the first; -1 for events outside the sensor.
void nearest_prototypes(const EventBatch& events, Resolution resolution,
                        const LocalSurfaceOptions& options, const double* prototypes, size_t count,
                        int32_t* out);

}  // namespace evarrow

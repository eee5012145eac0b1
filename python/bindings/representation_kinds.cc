// SPDX-License-Identifier: Apache-2.0
// The makers of representations, with their options as arguments.
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include <memory>
#include <string>
#include <vector>

#include "bindings.h"
#include "evarrow/representations.h"

namespace evarrow::python {
namespace {

template <typename T>
struct Named {
  std::string_view name;
  T value;
};

// The value of that name; Python has said what is allowed before.
template <typename T, size_t kN>
T pick(std::string_view name, const Named<T> (&known)[kN]) {
  for (const Named<T>& one : known) {
    if (one.name == name) return one.value;
  }
  throw Error(ErrorCode::kArgument, "there is no '" + std::string(name) + "' here");
}

Normalize normalize_of(std::string_view name) {
  return pick<Normalize>(
      name, {{"", Normalize::kNone}, {"e2vid", Normalize::kE2vid}, {"dsec", Normalize::kDsec}});
}

void bind_counts(nb::module_& module) {
  module.def(
      "count_image",
      [](int32_t width, int32_t height, std::string_view polarities, bool wraps) {
        Representation what = count_image(
            {width, height}, pick<Polarities>(polarities, {{"split", Polarities::kSplit},
                                                           {"merged", Polarities::kMerged},
                                                           {"signed", Polarities::kSigned},
                                                           {"ternary", Polarities::kTernary},
                                                           {"binary", Polarities::kBinary}}));
        what.wraps = wraps;
        return what;
      },
      nb::arg("width"), nb::arg("height"), nb::arg("polarities"), nb::arg("wraps"));
  module.def(
      "event_histogram",
      [](int32_t width, int32_t height, float step, float clip, int downsample) {
        return event_histogram({width, height}, {step, clip, downsample});
      },
      nb::arg("width"), nb::arg("height"), nb::arg("step"), nb::arg("clip"), nb::arg("downsample"));
  module.def(
      "event_difference",
      [](int32_t width, int32_t height, float step, float clip, int downsample) {
        return event_difference({width, height}, {step, clip, downsample});
      },
      nb::arg("width"), nb::arg("height"), nb::arg("step"), nb::arg("clip"), nb::arg("downsample"));
  module.def(
      "hardware_histogram",
      [](int32_t width, int32_t height, int negative_bits, int positive_bits, bool packed) {
        return hardware_histogram({width, height}, {negative_bits, positive_bits, packed});
      },
      nb::arg("width"), nb::arg("height"), nb::arg("negative_bits"), nb::arg("positive_bits"),
      nb::arg("packed"));
  module.def(
      "hardware_difference",
      [](int32_t width, int32_t height, int bits, bool wraps) {
        return hardware_difference({width, height}, {bits, wraps});
      },
      nb::arg("width"), nb::arg("height"), nb::arg("bits"), nb::arg("wraps"));
  module.def(
      "stacked_histogram",
      [](int32_t width, int32_t height, int bins, bool single_precision, std::string_view overflow,
         uint32_t cutoff) {
        using Overflow = StackedHistogramOptions::Overflow;
        return stacked_histogram(
            {width, height},
            {.bins = bins,
             .single_precision = single_precision,
             .overflow = pick<Overflow>(overflow, {{"none", Overflow::kNone},
                                                   {"wrap", Overflow::kWrap},
                                                   {"saturate", Overflow::kSaturate}}),
             .cutoff = cutoff});
      },
      nb::arg("width"), nb::arg("height"), nb::arg("bins"), nb::arg("single_precision"),
      nb::arg("overflow"), nb::arg("cutoff"));
  module.def(
      "mixed_density_stack",
      [](int32_t width, int32_t height, int bins, int cutoff) {
        return mixed_density_stack({width, height}, {.bins = bins, .cutoff = cutoff});
      },
      nb::arg("width"), nb::arg("height"), nb::arg("bins"), nb::arg("cutoff"));
  module.def(
      "event_stack",
      [](int32_t width, int32_t height, int levels) {
        return event_stack({width, height}, levels);
      },
      nb::arg("width"), nb::arg("height"), nb::arg("levels"));
  module.def(
      "ergo12", [](int32_t width, int32_t height) { return ergo12({width, height}); },
      nb::arg("width"), nb::arg("height"));
}

void bind_grids(nb::module_& module) {
  module.def(
      "voxel_grid",
      [](int32_t width, int32_t height, int bins, std::string_view time, bool conserve,
         bool double_precision, std::string_view normalize) {
        using Time = VoxelGridOptions::Time;
        return voxel_grid({width, height}, {.bins = bins,
                                            .time = pick<Time>(time, {{"ends", Time::kEnds},
                                                                      {"edges", Time::kEdges},
                                                                      {"centres", Time::kCentres}}),
                                            .conserve = conserve,
                                            .double_precision = double_precision,
                                            .normalize = normalize_of(normalize)});
      },
      nb::arg("width"), nb::arg("height"), nb::arg("bins"), nb::arg("time"), nb::arg("conserve"),
      nb::arg("double_precision"), nb::arg("normalize"));
  module.def(
      "rectified_voxel_grid",
      [](int32_t width, int32_t height, int bins, const Column<float>& map, bool truncate,
         std::string_view normalize) {
        return rectified_voxel_grid({width, height},
                                    {.bins = bins,
                                     .map = std::make_shared<const std::vector<float>>(
                                         map.data(), map.data() + map.shape(0)),
                                     .truncate = truncate,
                                     .normalize = normalize_of(normalize)});
      },
      nb::arg("width"), nb::arg("height"), nb::arg("bins"), nb::arg("map"), nb::arg("truncate"),
      nb::arg("normalize"));
  module.def(
      "event_cube",
      [](int32_t width, int32_t height, int bins, bool split, float step, float clip,
         int downsample) {
        return event_cube({width, height}, {bins, split, {step, clip, downsample}});
      },
      nb::arg("width"), nb::arg("height"), nb::arg("bins"), nb::arg("split"), nb::arg("step"),
      nb::arg("clip"), nb::arg("downsample"));
  module.def(
      "smooth_voxel_grid",
      [](int32_t width, int32_t height, int bins, std::string_view kernel, double sigma,
         bool conserve) {
        using Kernel = SmoothVoxelOptions::Kernel;
        return smooth_voxel_grid({width, height},
                                 {.bins = bins,
                                  .kernel = pick<Kernel>(kernel, {{"nearest", Kernel::kNearest},
                                                                  {"triangle", Kernel::kTriangle},
                                                                  {"cubic", Kernel::kCubic},
                                                                  {"gaussian", Kernel::kGaussian}}),
                                  .sigma = sigma,
                                  .conserve = conserve});
      },
      nb::arg("width"), nb::arg("height"), nb::arg("bins"), nb::arg("kernel"), nb::arg("sigma"),
      nb::arg("conserve"));
  module.def(
      "spike_tensor",
      [](int32_t width, int32_t height, int bins, const Column<float>& kernel, bool weighted) {
        return spike_tensor({width, height},
                            {.bins = bins,
                             .kernel = {kernel.data(), kernel.data() + kernel.shape(0)},
                             .weighted = weighted});
      },
      nb::arg("width"), nb::arg("height"), nb::arg("bins"), nb::arg("kernel"), nb::arg("weighted"));
}

void bind_surfaces(nb::module_& module) {
  module.def(
      "time_surface",
      [](int32_t width, int32_t height, std::string_view kind, double tau, int64_t unseen,
         bool split, bool carries, bool double_precision) {
        using Kind = TimeSurfaceOptions::Kind;
        return time_surface({width, height},
                            {.kind = pick<Kind>(kind, {{"times", Kind::kTimes},
                                                       {"exponential", Kind::kExponential},
                                                       {"linear", Kind::kLinear},
                                                       {"fraction", Kind::kFraction},
                                                       {"bytes", Kind::kBytes},
                                                       {"rank", Kind::kRank}}),
                             .tau = tau,
                             .unseen = unseen,
                             .split = split,
                             .carries = carries,
                             .double_precision = double_precision});
      },
      nb::arg("width"), nb::arg("height"), nb::arg("kind"), nb::arg("tau"), nb::arg("unseen"),
      nb::arg("split"), nb::arg("carries"), nb::arg("double_precision"));
  module.def(
      "mean_times",
      [](int32_t width, int32_t height, bool with_counts) {
        return mean_times({width, height}, with_counts);
      },
      nb::arg("width"), nb::arg("height"), nb::arg("with_counts"));
  module.def(
      "mean_surface",
      [](int32_t width, int32_t height, double tau, bool linear, bool split) {
        return mean_surface({width, height}, {tau, linear, split});
      },
      nb::arg("width"), nb::arg("height"), nb::arg("tau"), nb::arg("linear"), nb::arg("split"));
  module.def(
      "speed_invariant",
      [](int32_t width, int32_t height, int radius) {
        return speed_invariant({width, height}, radius);
      },
      nb::arg("width"), nb::arg("height"), nb::arg("radius"));
  module.def(
      "averaged_surface",
      [](int32_t width, int32_t height, int cell_size, int size, int64_t memory, double tau,
         bool exponential) {
        return averaged_surface({width, height}, {cell_size, size, memory, tau, exponential});
      },
      nb::arg("width"), nb::arg("height"), nb::arg("cell_size"), nb::arg("size"), nb::arg("memory"),
      nb::arg("tau"), nb::arg("exponential"));
  module.def(
      "tore",
      [](int32_t width, int32_t height, int depth, double least, double greatest, bool carries) {
        return tore({width, height}, {depth, least, greatest, carries});
      },
      nb::arg("width"), nb::arg("height"), nb::arg("depth"), nb::arg("least"), nb::arg("greatest"),
      nb::arg("carries"));
}

void bind_pictures(nb::module_& module) {
  module.def(
      "binary_fraction",
      [](int32_t width, int32_t height, int bits) {
        return binary_fraction({width, height}, bits);
      },
      nb::arg("width"), nb::arg("height"), nb::arg("bits"));
  module.def(
      "tencode", [](int32_t width, int32_t height) { return tencode({width, height}); },
      nb::arg("width"), nb::arg("height"));
  module.def(
      "leaky_surface",
      [](int32_t width, int32_t height, double rate, bool split, bool carries) {
        return leaky_surface({width, height}, {rate, split, carries});
      },
      nb::arg("width"), nb::arg("height"), nb::arg("rate"), nb::arg("split"), nb::arg("carries"));
  module.def(
      "decayed_image",
      [](int32_t width, int32_t height, std::string_view decay, double rate, float contribution,
         float least, float greatest, float neutral, bool synchronous, bool rectify, bool bytes) {
        using Decay = DecayedOptions::Decay;
        return decayed_image({width, height},
                             {.decay = pick<Decay>(decay, {{"none", Decay::kNone},
                                                           {"linear", Decay::kLinear},
                                                           {"exponential", Decay::kExponential},
                                                           {"step", Decay::kStep}}),
                              .rate = rate,
                              .contribution = contribution,
                              .least = least,
                              .greatest = greatest,
                              .neutral = neutral,
                              .synchronous = synchronous,
                              .rectify = rectify,
                              .bytes = bytes});
      },
      nb::arg("width"), nb::arg("height"), nb::arg("decay"), nb::arg("rate"),
      nb::arg("contribution"), nb::arg("least"), nb::arg("greatest"), nb::arg("neutral"),
      nb::arg("synchronous"), nb::arg("rectify"), nb::arg("bytes"));
  module.def(
      "contrast_map",
      [](int32_t width, int32_t height, float on, float off) {
        return contrast_map({width, height}, on, off);
      },
      nb::arg("width"), nb::arg("height"), nb::arg("on"), nb::arg("off"));
  module.def(
      "integrated_image",
      [](int32_t width, int32_t height, double tau, float on, float off, int greatest_count,
         float diffusion) {
        return integrated_image({width, height}, {tau, on, off, greatest_count, diffusion});
      },
      nb::arg("width"), nb::arg("height"), nb::arg("tau"), nb::arg("on"), nb::arg("off"),
      nb::arg("greatest_count"), nb::arg("diffusion"));
  module.def(
      "time_decay",
      [](int32_t width, int32_t height, double tau) { return time_decay({width, height}, tau); },
      nb::arg("width"), nb::arg("height"), nb::arg("tau"));
}

}  // namespace

void bind_representation_kinds(nb::module_& module) {
  bind_counts(module);
  bind_grids(module);
  bind_surfaces(module);
  bind_pictures(module);
}

}  // namespace evarrow::python

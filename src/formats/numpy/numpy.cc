// SPDX-License-Identifier: Apache-2.0
#include "formats/numpy/numpy.h"

#include "containers/row_format.h"

namespace evarrow::numpy {
namespace {

constexpr std::string_view kSpecification =
    "https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html";
constexpr std::string_view kArrays[] = {".npy"};
constexpr std::string_view kArchives[] = {".npz"};
constexpr std::string_view kStreams[] = {"events"};

}  // namespace

constinit const Format kArray = row_format({.name = "npy",
                                            .description = "NumPy records or table of events",
                                            .specification = kSpecification,
                                            .extensions = kArrays,
                                            .streams = kStreams});
constinit const Format kArchive = row_format({.name = "npz",
                                              .description = "NumPy archive with events",
                                              .specification = kSpecification,
                                              .extensions = kArchives,
                                              .streams = kStreams});

}  // namespace evarrow::numpy

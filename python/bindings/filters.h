// SPDX-License-Identifier: Apache-2.0
// What the bindings of filters share.
#pragma once

#include <memory>
#include <string_view>
#include <tuple>

#include "bindings.h"
#include "evarrow/filters.h"

namespace evarrow::python {

// A filter that Python has made and that a pipeline will take.
struct FilterObject {
  std::unique_ptr<Filter> filter;

  std::unique_ptr<Filter> take();
};

using Size = std::tuple<int32_t, int32_t>;  // width, height

Sensor sensor_of(Size resolution, std::string_view outside);

}  // namespace evarrow::python

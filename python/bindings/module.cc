// SPDX-License-Identifier: Apache-2.0
// The extension module evarrow._core: the C++ library for Python, without NumPy or Polars.
#include <nanobind/nanobind.h>
#include <nanobind/stl/string_view.h>

#include "bindings.h"
#include "evarrow/machine.h"

NB_MODULE(_core, module) {
  using namespace evarrow::python;
  // Interpreters that exit while other threads still hold batches would print a list of them.
  nb::set_leak_warnings(false);
  bind_errors();
  bind_batch(module);
  bind_pipeline(module);
  bind_filters(module);
  bind_geometry(module);
  bind_augment(module);
  bind_make_filters(module);
  bind_formats(module);
  bind_container(module);
  bind_recording(module);
  bind_scan(module);
  bind_representations(module);
  bind_local_surfaces(module);
  bind_warps(module);
  bind_sink(module);
  bind_new_file(module);
  bind_sample(module);
  module.def("instruction_set", &evarrow::instruction_set,
             "The instruction set that the kernels use here.");
  module.def("thread_count", &evarrow::thread_count, nanobind::arg("threads") = 0,
             "The number of threads that `threads` means here.");
  module.attr("version") = EVARROW_VERSION;
}

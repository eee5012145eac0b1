// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bindings.h"

namespace evarrow::python {

// Holds the memory of a Python object that has the buffer interface.
class BufferView {
 public:
  explicit BufferView(const nb::object& object) {
    if (PyObject_GetBuffer(object.ptr(), &view_, PyBUF_SIMPLE) != 0) throw nb::python_error();
  }
  ~BufferView() {
    // At the end of the process there may be no interpreter to give the buffer back to.
    if (!nb::is_alive()) return;
    const nb::gil_scoped_acquire with_gil;
    PyBuffer_Release(&view_);
  }
  BufferView(const BufferView&) = delete;
  BufferView& operator=(const BufferView&) = delete;

  Bytes bytes() const {
    return {static_cast<const std::byte*>(view_.buf), static_cast<size_t>(view_.len)};
  }

 private:
  Py_buffer view_{};
};

}  // namespace evarrow::python

// SPDX-License-Identifier: Apache-2.0
// Errors of the library as Python exceptions, and Ctrl-C in long work.
#include <exception>

#include "bindings.h"
#include "evarrow/error.h"

namespace evarrow::python {
namespace {

constexpr int64_t kLookEveryMs = 50;

int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

nb::object offset_of(const Error& error) {
  return error.offset() == Error::kNoOffset ? nb::none() : nb::cast(error.offset());
}

// The Python exception that stands for `error`. The classes live in evarrow.errors.
nb::object to_exception(const Error& error) {
  switch (error.code()) {
    case ErrorCode::kArgument:
      return nb::borrow(PyExc_ValueError)(error.what());
    case ErrorCode::kSystem:
      return nb::borrow(PyExc_OSError)(error.os_error(), error.what());
    case ErrorCode::kFormat:
      return nb::module_::import_("evarrow.errors").attr("FormatError")(error.what());
    case ErrorCode::kDamaged:
      return nb::module_::import_("evarrow.errors")
          .attr("DamagedError")(error.what(), offset_of(error));
    case ErrorCode::kChanged:
      return nb::module_::import_("evarrow.errors").attr("ChangedError")(error.what());
  }
  return nb::borrow(PyExc_RuntimeError)(error.what());
}

void translate(const std::exception_ptr& exception, void*) {
  try {
    std::rethrow_exception(exception);
  } catch (const Error& error) {
    try {
      const nb::object raised = to_exception(error);
      PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(raised.ptr())), raised.ptr());
    } catch (nb::python_error& failure) {
      failure.restore();
    }
  }
}

}  // namespace

bool LongWork::go_on(double share) {
  const int64_t now = now_ms();
  if (now < next_look_.load(std::memory_order_relaxed)) return true;
  next_look_.store(now + kLookEveryMs, std::memory_order_relaxed);
  const nb::gil_scoped_acquire with_gil;
  if (failure_) return false;
  try {
    if (PyErr_CheckSignals() != 0) throw nb::python_error();
    if (!callback_.is_none()) callback_(share);
  } catch (nb::python_error& failure) {
    failure_.emplace(std::move(failure));
    return false;
  }
  return true;
}

void bind_errors() { nb::register_exception_translator(translate); }

}  // namespace evarrow::python

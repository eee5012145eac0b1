// SPDX-License-Identifier: Apache-2.0
// Writing recordings.
#include "evarrow/sink.h"

#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/variant.h>

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <variant>

#include "bindings.h"

namespace evarrow::python {
namespace {

// The header of a new recording: that of `like`, if any, with what was given put over it.
Header make_header(std::string format, const std::optional<std::pair<int32_t, int32_t>>& resolution,
                   const Recording* like) {
  Header header = like == nullptr ? Header{} : like->header();
  header.format = std::move(format);
  if (resolution) std::tie(header.width, header.height) = *resolution;
  return header;
}

class Writer {
 public:
  Writer(const std::variant<int, std::filesystem::path>& target, const std::string& format,
         const std::optional<std::pair<int32_t, int32_t>>& resolution, const Recording* like,
         bool overwrite, std::map<std::string, std::string> options, int threads)
      : sink_(create(target, make_header(format, resolution, like), overwrite,
                     {.named = std::move(options), .threads = threads})) {}

  void write(const EventRows& events, const RowBatch* triggers) {
    const EventBatch rows{Batch(events.rows)};
    const nb::gil_scoped_release without_gil;
    const std::lock_guard lock(mutex_);
    if (!sink_) throw Error(ErrorCode::kArgument, "this file is finished already");
    if (triggers == nullptr) {
      sink_->write(rows);
    } else {
      sink_->write(rows, triggers->rows);
    }
  }

  void finish() {
    const nb::gil_scoped_release without_gil;
    const std::lock_guard lock(mutex_);
    if (!sink_) return;
    sink_->finish();
    events_ = sink_->events();
    bytes_ = sink_->bytes();
    losses_ = sink_->losses();
    sink_.reset();
  }

  // Without finish(), nothing of the file is left.
  void abandon() {
    const nb::gil_scoped_release without_gil;
    const std::lock_guard lock(mutex_);
    sink_.reset();
  }

  void allow_loss(bool of_events) {
    const std::lock_guard lock(mutex_);
    if (sink_) sink_->allow_loss(of_events);
  }

  bool takes_triggers() const { return takes_triggers_; }
  nb::tuple losses() const {
    const Losses losses = sink_ ? sink_->losses() : losses_;
    return nb::make_tuple(losses.events, losses.triggers, losses.first);
  }
  uint64_t events() const { return sink_ ? sink_->events() : events_; }
  uint64_t bytes() const { return sink_ ? sink_->bytes() : bytes_; }

 private:
  static Sink create(const std::variant<int, std::filesystem::path>& target, const Header& header,
                     bool overwrite, const EncodeOptions& options) {
    const nb::gil_scoped_release without_gil;
    if (const int* descriptor = std::get_if<int>(&target)) {
      return Sink::to_descriptor(*descriptor, "descriptor " + std::to_string(*descriptor), header,
                                 options);
    }
    return Sink::create(std::get<std::filesystem::path>(target), header, overwrite, options);
  }

  std::mutex mutex_;
  std::optional<Sink> sink_;
  bool takes_triggers_ = sink_->takes_triggers();
  uint64_t events_ = 0;
  uint64_t bytes_ = 0;
  Losses losses_;
};

}  // namespace

void bind_sink(nb::module_& module) {
  nb::class_<Writer>(module, "Sink", "A file being written; `target` is a path or a descriptor.")
      .def(nb::init<const std::variant<int, std::filesystem::path>&, const std::string&,
                    const std::optional<std::pair<int32_t, int32_t>>&, const Recording*, bool,
                    std::map<std::string, std::string>, int>(),
           nb::arg("target"), nb::kw_only(), nb::arg("format"), nb::arg("resolution") = nb::none(),
           nb::arg("like") = nb::none(), nb::arg("overwrite") = false,
           nb::arg("options") = std::map<std::string, std::string>(), nb::arg("threads") = 0,
           nb::sig(
               "def __init__(self, target: int | str | os.PathLike[str], *, format: str, "
               "resolution: tuple[int, int] | None = None, like: Recording | None = None, "
               "overwrite: bool = False, options: dict[str, str] = {}, threads: int = 0) -> None"))
      .def("write", &Writer::write, nb::arg("events"), nb::arg("triggers") = nb::none())
      .def("finish", &Writer::finish)
      .def("abandon", &Writer::abandon)
      .def("allow_loss", &Writer::allow_loss, nb::arg("of_events") = true,
           "From now on leave out triggers that the format cannot hold, and events unless "
           "`of_events` is false, and count them.")
      .def_prop_ro("takes_triggers", &Writer::takes_triggers)
      .def_prop_ro("losses", &Writer::losses, nb::sig("def losses(self) -> tuple[int, int, str]"),
                   "How many events and triggers were left out, and which the first one is.")
      .def_prop_ro("events", &Writer::events)
      .def_prop_ro("bytes", &Writer::bytes);
}

}  // namespace evarrow::python

// SPDX-License-Identifier: Apache-2.0
// Writing recordings.
#include "evarrow/sink.h"

#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/variant.h>
#include <nanobind/stl/vector.h>

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

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

using Image = nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>;
using Pair = std::pair<int64_t, int64_t>;

FramePlace place_of(const Image& image) {
  const bool is_float = image.dtype() == nb::dtype<float>();
  const bool is_known =
      is_float || image.dtype() == nb::dtype<uint8_t>() || image.dtype() == nb::dtype<uint16_t>();
  FramePlace place;
  const auto side = [&](size_t axis) {
    return static_cast<int16_t>(image.shape(axis) <= INT16_MAX ? image.shape(axis) : 0);
  };
  if (is_known && (image.ndim() == 2 || image.ndim() == 3)) {
    place = {.width = side(1),
             .height = side(0),
             .channels = image.ndim() == 2 ? int16_t{1} : side(2),
             .bits = static_cast<int16_t>(image.itemsize() * 8)};
  }
  if (place.bytes() == 0) {
    throw nb::value_error(
        "the image of a frame has the shape (height, width) or, of 3 or 4 channels, (height, "
        "width, channels), up to 32767, and holds uint8, uint16 or float32");
  }
  return place;
}

class Writer {
 public:
  Writer(const std::variant<int, std::filesystem::path>& target, const std::string& format,
         const std::optional<std::pair<int32_t, int32_t>>& resolution, const Recording* like,
         bool overwrite, std::map<std::string, std::string> options, int threads,
         std::vector<std::string> streams)
      : sink_(create(
            target, make_header(format, resolution, like), overwrite,
            {.named = std::move(options), .threads = threads, .streams = std::move(streams)})) {}

  void write(const EventRows& events, const RowBatch* triggers) {
    const EventBatch rows{Batch(events.rows)};
    write_with([&](Sink& sink) {
      if (triggers == nullptr) {
        sink.write(rows);
      } else {
        sink.write(rows, triggers->rows);
      }
    });
  }

  void write_samples(const RowBatch& samples) {
    if (samples.rows.schema().data() != Schema(kImuFields).data()) {
      throw nb::value_error("these are no rows of the stream imu");
    }
    write_with([&](Sink& sink) { sink.write_samples(samples.rows); });
  }

  void write_frame(int64_t t, Pair exposure, std::pair<int16_t, int16_t> position,
                   const Image& image) {
    const FramePlace place = place_of(image);
    const Picture picture = {.t = t,
                             .exposure_begin = exposure.first,
                             .exposure_end = exposure.second,
                             .left = position.first,
                             .top = position.second,
                             .place = place,
                             .pixels = {static_cast<const std::byte*>(image.data()),
                                        static_cast<size_t>(place.bytes())}};
    write_with([&](Sink& sink) { sink.write_picture(picture); });
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

  void allow_loss(bool of_events, std::vector<std::string> wanted) {
    const std::lock_guard lock(mutex_);
    if (sink_) sink_->allow_loss(of_events, std::move(wanted));
  }

  bool takes(std::string_view stream) const {
    if (!sink_) throw Error(ErrorCode::kArgument, "this file is finished already");
    return sink_->takes(stream);
  }
  nb::list losses() const {
    nb::list out;
    for (const Loss& one : sink_ ? sink_->losses() : losses_) {
      out.append(nb::make_tuple(one.stream, one.of_values, one.rows, one.first));
    }
    return out;
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

  template <typename Work>
  void write_with(const Work& work) {
    const nb::gil_scoped_release without_gil;
    const std::lock_guard lock(mutex_);
    if (!sink_) throw Error(ErrorCode::kArgument, "this file is finished already");
    work(*sink_);
  }

  std::mutex mutex_;
  std::optional<Sink> sink_;
  uint64_t events_ = 0;
  uint64_t bytes_ = 0;
  std::vector<Loss> losses_;
};

}  // namespace

void bind_sink(nb::module_& module) {
  nb::class_<Writer>(module, "Sink", "A file being written; `target` is a path or a descriptor.")
      .def(nb::init<const std::variant<int, std::filesystem::path>&, const std::string&,
                    const std::optional<std::pair<int32_t, int32_t>>&, const Recording*, bool,
                    std::map<std::string, std::string>, int, std::vector<std::string>>(),
           nb::arg("target"), nb::kw_only(), nb::arg("format"), nb::arg("resolution") = nb::none(),
           nb::arg("like") = nb::none(), nb::arg("overwrite") = false,
           nb::arg("options") = std::map<std::string, std::string>(), nb::arg("threads") = 0,
           nb::arg("streams") = std::vector<std::string>(),
           nb::sig("def __init__(self, target: int | str | os.PathLike[str], *, format: str, "
                   "resolution: tuple[int, int] | None = None, like: Recording | None = None, "
                   "overwrite: bool = False, options: dict[str, str] = {}, threads: int = 0, "
                   "streams: list[str] = []) -> None"))
      .def("write", &Writer::write, nb::arg("events"), nb::arg("triggers") = nb::none())
      .def("write_samples", &Writer::write_samples, nb::arg("samples"),
           "Appends rows of the stream imu.")
      .def("write_frame", &Writer::write_frame, nb::arg("t"), nb::arg("exposure"),
           nb::arg("position"), nb::arg("image"),
           nb::sig("def write_frame(self, t: int, exposure: tuple[int, int], position: tuple[int, "
                   "int], image: numpy.typing.NDArray[typing.Any]) -> None"),
           "Appends a frame; its image is (height, width) or with channels behind, red first.")
      .def("finish", &Writer::finish)
      .def("abandon", &Writer::abandon)
      .def("allow_loss", &Writer::allow_loss, nb::arg("of_events") = true,
           nb::arg("wanted") = nb::list(),
           nb::sig("def allow_loss(self, of_events: bool = True, wanted: list[str] = []) -> None"),
           "From now on leave out what the format cannot hold of streams beside the events, and "
           "events unless `of_events` is false, and count it; but nothing of `wanted` streams.")
      .def("takes", &Writer::takes, nb::arg("stream"),
           "Whether the format has a place for rows of a stream beside the events.")
      .def_prop_ro(
          "losses", &Writer::losses,
          nb::sig("def losses(self) -> list[tuple[str, bool, int, str]]"),
          "What was left out: stream, whether of values alone, how many rows, and the first one.")
      .def_prop_ro("events", &Writer::events)
      .def_prop_ro("bytes", &Writer::bytes);
}

}  // namespace evarrow::python

// SPDX-License-Identifier: Apache-2.0
// Recordings, the options they are opened with, and what validation finds in them.
#include "evarrow/recording.h"

#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/variant.h>
#include <nanobind/stl/vector.h>

#include <string>
#include <variant>
#include <vector>

#include "bindings.h"
#include "buffer_view.h"
#include "evarrow/chunk_plan.h"

namespace evarrow::python {
namespace {

template <typename Value>
struct Choice {
  std::string_view name;
  Value value;
};

// The value called `name`; an error lists the names there are.
template <typename Value, size_t kCount>
Value choose(std::string_view option, std::string_view name,
             const Choice<Value> (&choices)[kCount]) {
  std::string names;
  for (const Choice<Value>& choice : choices) {
    if (choice.name == name) return choice.value;
    names.append(names.empty() ? "'" : ", '").append(choice.name).append("'");
  }
  throw Error(ErrorCode::kArgument, std::string(option) + " must be one of " + names + ", not '" +
                                        std::string(name) + "'");
}

constexpr Choice<OnError> kOnError[] = {
    {"raise", OnError::kRaise}, {"warn", OnError::kWarn}, {"ignore", OnError::kIgnore}};
constexpr Choice<OutOfSensor> kOutOfSensor[] = {{"format", OutOfSensor::kFormat},
                                                {"keep", OutOfSensor::kKeep},
                                                {"drop", OutOfSensor::kDrop},
                                                {"raise", OutOfSensor::kRaise}};
constexpr Choice<bool> kBinaryPolarity[] = {{"signed", false}, {"binary", true}};
constexpr Choice<TimeType> kTimeType[] = {{"duration", TimeType::kDuration},
                                          {"int64", TimeType::kInt64},
                                          {"timestamp", TimeType::kTimestamp}};
constexpr Choice<Origin::Kind> kOrigin[] = {{"sensor", Origin::Kind::kSensor},
                                            {"start", Origin::Kind::kStart}};
constexpr Choice<Io> kIo[] = {{"auto", Io::kAuto}, {"mmap", Io::kMmap}, {"pread", Io::kPread}};
constexpr Choice<IndexPolicy> kIndex[] = {{"memory", IndexPolicy::kMemory},
                                          {"cache", IndexPolicy::kCache},
                                          {"sidecar", IndexPolicy::kSidecar}};
constexpr Choice<Orientation> kOrientation[] = {{"recorded", Orientation::kRecorded},
                                                {"mirror_x", Orientation::kMirrorX},
                                                {"mirror_y", Orientation::kMirrorY},
                                                {"rotate_180", Orientation::kRotate180}};

Options make_options(std::string format, std::optional<std::pair<int32_t, int32_t>> resolution,
                     std::string_view on_error, std::string_view out_of_sensor,
                     std::string_view polarity_type, std::string_view t_type,
                     const std::variant<int64_t, std::string>& origin, bool sort,
                     std::string_view io, int threads, std::string_view index) {
  Options options;
  options.format = std::move(format);
  if (resolution) options.resolution = Resolution{resolution->first, resolution->second};
  options.on_error = choose("on_error", on_error, kOnError);
  options.out_of_sensor = choose("out_of_sensor", out_of_sensor, kOutOfSensor);
  options.binary_polarity = choose("polarity_type", polarity_type, kBinaryPolarity);
  options.t_type = choose("t_type", t_type, kTimeType);
  if (const auto* at = std::get_if<int64_t>(&origin)) {
    options.origin = {Origin::Kind::kAt, *at};
  } else {
    options.origin.kind = choose("origin", std::get<std::string>(origin), kOrigin);
  }
  options.sort = sort;
  options.io = choose("io", io, kIo);
  options.threads = threads;
  options.index = choose("index", index, kIndex);
  return options;
}

Recording open_path(const std::filesystem::path& path, const Options& options) {
  const nb::gil_scoped_release without_gil;
  return Recording::open(path, options);
}

Recording open_buffer(const nb::object& object, const Options& options) {
  auto view = std::make_shared<const BufferView>(object);
  const nb::gil_scoped_release without_gil;
  const Bytes bytes = view->bytes();
  return Recording::from_bytes(bytes, std::move(view), options);
}

Recording open_descriptor(int descriptor, std::string name, const Options& options) {
  const nb::gil_scoped_release without_gil;
  return Recording::from_descriptor(descriptor, std::move(name), options);
}

nb::list stream_names(const Format& format) {
  nb::list names;
  for (const std::string_view name : format.streams) {
    names.append(nb::str(name.data(), name.size()));
  }
  return names;
}

std::string_view type_name(Type type) {
  switch (type) {
    case Type::kInt8:
      return "int8";
    case Type::kInt16:
      return "int16";
    case Type::kInt32:
      return "int32";
    case Type::kInt64:
      return "int64";
    case Type::kTime:
      return "time";
    case Type::kFloat64:
      return "float64";
  }
  return "";
}

// The columns of a stream, names and types.
std::vector<std::pair<std::string_view, std::string_view>> stream_fields(const Recording& recording,
                                                                         std::string_view stream) {
  std::vector<std::pair<std::string_view, std::string_view>> fields;
  for (const Field& field : recording.scan(stream).schema()) {
    fields.emplace_back(field.name, type_name(field.type));
  }
  return fields;
}

std::optional<std::pair<int32_t, int32_t>> resolution_of(const Recording& recording) {
  const Header& header = recording.header();
  if (header.width <= 0 || header.height <= 0) return std::nullopt;
  return std::pair(header.width, header.height);
}

std::optional<std::pair<int64_t, int64_t>> to_pair(const std::optional<TimeRange>& range) {
  if (!range) return std::nullopt;
  return std::pair(range->first, range->last);
}

template <typename T>
nb::object to_array(std::unique_ptr<std::vector<std::byte>> pixels, const FramePlace& place) {
  std::vector<std::byte>* const held = pixels.get();
  const nb::capsule owner(
      held, [](void* at) noexcept { delete static_cast<std::vector<std::byte>*>(at); });
  pixels.release();
  const size_t shape[] = {static_cast<size_t>(place.height), static_cast<size_t>(place.width),
                          static_cast<size_t>(place.channels)};
  return nb::cast(
      nb::ndarray<nb::numpy, T>(held->data(), place.channels == 1 ? 2U : 3U, shape, owner));
}

nb::object image_of(const Recording& recording, int16_t width, int16_t height, int16_t channels,
                    int16_t bits, int64_t offset, int64_t size) {
  const FramePlace place = {.width = width,
                            .height = height,
                            .channels = channels,
                            .bits = bits,
                            .offset = offset,
                            .size = size};
  auto pixels = std::make_unique<std::vector<std::byte>>();
  {
    const nb::gil_scoped_release without_gil;
    *pixels = recording.image(place);
  }
  if (bits == 8) return to_array<uint8_t>(std::move(pixels), place);
  if (bits == 16) return to_array<uint16_t>(std::move(pixels), place);
  return to_array<float>(std::move(pixels), place);
}

nb::dict to_report(const StreamsReport& found) {
  nb::dict streams;
  for (const StreamSummary& one : found.streams) {
    streams[nb::str(one.name.c_str())] = nb::make_tuple(one.rows, to_pair(one.times));
  }
  nb::dict out;
  out["streams"] = streams;
  out["faults"] = to_dict(found.faults);
  out["damaged"] = found.damaged;
  out["findings"] = found.findings;
  return out;
}

nb::dict validate_recording(const Recording& recording, nb::object progress) {
  const Validation found = LongWork(std::move(progress)).run([&](const Progress& on_progress) {
    return validate(recording, on_progress);
  });
  nb::dict out = to_report(found);
  out["events"] = found.events;
  out["time_range"] = to_pair(found.time_range);
  out["largest_step_back"] = found.largest_step_back;
  return out;
}

nb::dict survey(const Recording& recording) {
  return to_report(LongWork().run(
      [&](const Progress& on_progress) { return survey_streams(recording, on_progress); }));
}

void bind_options(nb::module_& module) {
  nb::class_<Options>(module, "Options")
      .def(
          "__init__",
          [](Options* self, std::string format,
             std::optional<std::pair<int32_t, int32_t>> resolution, std::string_view on_error,
             std::string_view out_of_sensor, std::string_view polarity_type,
             std::string_view t_type, const std::variant<int64_t, std::string>& origin, bool sort,
             std::string_view io, int threads, std::string_view index, std::string sensor,
             std::string order, std::string t_unit, std::string_view orientation, bool is_copy,
             const ContainerPlan* container) {
            new (self)
                Options(make_options(std::move(format), resolution, on_error, out_of_sensor,
                                     polarity_type, t_type, origin, sort, io, threads, index));
            self->sensor = std::move(sensor);
            self->order = std::move(order);
            self->t_unit = std::move(t_unit);
            self->orientation = choose("orientation", orientation, kOrientation);
            self->is_copy = is_copy;
            if (container != nullptr) {
              self->container = std::make_shared<const ContainerPlan>(*container);
            }
          },
          nb::kw_only(), nb::arg("format") = "", nb::arg("resolution") = nb::none(),
          nb::arg("on_error") = "raise", nb::arg("out_of_sensor") = "format",
          nb::arg("polarity_type") = "signed", nb::arg("t_type") = "duration",
          nb::arg("origin") = "sensor", nb::arg("sort") = true, nb::arg("io") = "auto",
          nb::arg("threads") = 0, nb::arg("index") = "memory", nb::arg("sensor") = "",
          nb::arg("order") = "", nb::arg("t_unit") = "", nb::arg("orientation") = "recorded",
          nb::arg("is_copy") = false, nb::arg("container") = nb::none());
}

}  // namespace

nb::dict to_dict(const Faults& faults) {
  nb::dict out;
  for (size_t i = 0; i < kFaultKinds; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    if (faults[kind].count == 0) continue;
    const std::string_view name = fault_name(kind);
    const uint64_t offset = faults[kind].offset;
    out[nb::str(name.data(), name.size())] = nb::make_tuple(
        faults[kind].count, offset == Error::kNoOffset ? nb::none() : nb::cast(offset));
  }
  return out;
}

void bind_recording(nb::module_& module) {
  bind_options(module);
  nb::class_<Recording>(module, "Recording")
      .def_static("open", &open_path, nb::arg("path"), nb::arg("options"),
                  nb::sig("def open(path: str | os.PathLike[str], options: Options) -> Recording"))
      .def_static("from_buffer", &open_buffer, nb::arg("buffer"), nb::arg("options"))
      .def_static("from_descriptor", &open_descriptor, nb::arg("descriptor"), nb::arg("name"),
                  nb::arg("options"))
      .def_prop_ro("path", [](const Recording& r) { return r.path(); })
      .def_prop_ro("format", [](const Recording& r) { return r.format().name; })
      .def_prop_ro(
          "streams", [](const Recording& r) { return nb::tuple(stream_names(r.format())); },
          nb::sig("def streams(self) -> tuple[str, ...]"))
      .def_prop_ro("resolution", &resolution_of)
      .def_prop_ro("fields", [](const Recording& r) { return r.header().fields; })
      .def_prop_ro("notes", [](const Recording& r) { return r.header().notes; })
      .def_prop_ro(
          "payload", [](const Recording& r) { return r.header().payload; },
          "Byte offset of the first word behind the header.")
      .def_prop_ro("seekable", &Recording::seekable)
      .def_prop_ro("byte_size", &Recording::byte_size)
      .def_prop_ro("has_index", &Recording::has_index)
      .def_prop_ro("knows_times", &Recording::knows_times)
      .def("metadata", &Recording::metadata)
      .def("stream_fields", &stream_fields, nb::arg("stream"))
      .def(
          "index",
          [](const Recording& recording, nb::object progress) {
            LongWork(std::move(progress)).run([&](const Progress& on_progress) {
              return recording.index(on_progress);
            });
          },
          nb::arg("progress") = nb::none(), "Makes the index, unless it is there.")
      .def(
          "count",
          [](const Recording& recording, std::string_view stream) {
            return LongWork().run([&](const Progress& on_progress) {
              recording.index(on_progress);
              return recording.count(stream);
            });
          },
          nb::arg("stream") = "events")
      .def("image", &image_of, nb::arg("width"), nb::arg("height"), nb::arg("channels"),
           nb::arg("bits"), nb::arg("offset"), nb::arg("size"),
           nb::sig("def image(self, width: int, height: int, channels: int, bits: int, offset: "
                   "int, size: int) -> numpy.typing.NDArray[typing.Any]"),
           "The pixels of a row of the stream frames, (height, width) or with channels behind.")
      .def("time_range", [](const Recording& recording) {
        return to_pair(LongWork().run([&](const Progress& on_progress) {
          recording.index(on_progress);
          return recording.time_range();
        }));
      });
  module.def("validate", &validate_recording, nb::arg("recording"),
             nb::arg("progress") = nb::none(),
             nb::sig("def validate(recording: Recording, progress: object | None = None) -> "
                     "dict[str, typing.Any]"));
  module.def("survey_streams", &survey, nb::arg("recording"),
             nb::sig("def survey_streams(recording: Recording) -> dict[str, typing.Any]"));
}

}  // namespace evarrow::python

// SPDX-License-Identifier: Apache-2.0
// Batches: columns as NumPy views, and the Arrow interfaces.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string_view.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bindings.h"
#include "evarrow/stream.h"

namespace evarrow::python {
namespace {

const Metadata kNoMetadata;

const Metadata& metadata_of(const RowBatch& batch) {
  return batch.metadata == nullptr ? kNoMetadata : *batch.metadata;
}

// A read-only view that keeps the memory of its column alive.
template <typename T>
nb::object view(const Batch& rows, size_t column) {
  using Buffers = std::shared_ptr<Buffer>;
  auto keep = std::make_unique<Buffers>(rows.buffer(column));
  const nb::capsule owner(keep.get(),
                          [](void* held) noexcept { delete static_cast<Buffers*>(held); });
  keep.release();
  return nb::cast(
      nb::ndarray<nb::numpy, const T, nb::ndim<1>>(rows.column<T>(column), {rows.size()}, owner));
}

nb::object view(const Batch& rows, size_t column) {
  switch (rows.schema()[column].type) {
    case Type::kInt8:
      return view<int8_t>(rows, column);
    case Type::kInt16:
      return view<int16_t>(rows, column);
    case Type::kInt32:
      return view<int32_t>(rows, column);
    case Type::kFloat64:
      return view<double>(rows, column);
    case Type::kInt64:
    case Type::kTime:
      return view<int64_t>(rows, column);
  }
  throw nb::value_error("unknown column type");
}

std::string missing(const Batch& rows, std::string_view name) {
  std::string message = "this batch has no column '" + std::string(name) + "'; it holds";
  for (size_t i = 0; i < rows.schema().size(); ++i) {
    if (rows.has(i)) message.append(" ").append(rows.schema()[i].name);
  }
  return message;
}

// The column called `name`, or nothing.
nb::object find_column(const RowBatch& batch, std::string_view name) {
  for (size_t i = 0; i < batch.rows.schema().size(); ++i) {
    if (batch.rows.schema()[i].name == name && batch.rows.has(i)) return view(batch.rows, i);
  }
  return {};
}

nb::object column(const RowBatch& batch, std::string_view name) {
  nb::object found = find_column(batch, name);
  if (!found.is_valid()) throw nb::key_error(missing(batch.rows, name).c_str());
  return found;
}

// As column(), for the attributes.
nb::object attribute(const RowBatch& batch, std::string_view name) {
  nb::object found = find_column(batch, name);
  if (!found.is_valid()) throw nb::attribute_error(missing(batch.rows, name).c_str());
  return found;
}

nb::object export_schema_of(const RowBatch& batch) {
  return schema_capsule(batch.rows.schema(), batch.rows.columns(), batch.t_type,
                        metadata_of(batch));
}

nb::object export_array_of(const RowBatch& batch, const nb::object& /*requested_schema*/) {
  auto array = std::make_unique<ArrowArray>();
  export_batch(batch.rows, array.get());
  return nb::make_tuple(export_schema_of(batch), to_capsule(std::move(array), "arrow_array"));
}

nb::object export_stream_of(const RowBatch& batch, const nb::object& /*requested_schema*/) {
  auto stream = std::make_unique<ArrowArrayStream>();
  export_batches({batch.rows}, batch.rows.schema(), batch.rows.columns(), batch.t_type,
                 metadata_of(batch), stream.get());
  return to_capsule(std::move(stream), "arrow_array_stream");
}

nb::dict addresses(const RowBatch& batch) {
  nb::dict out;
  for (size_t i = 0; i < batch.rows.schema().size(); ++i) {
    if (!batch.rows.has(i)) continue;
    const std::string_view name = batch.rows.schema()[i].name;
    out[nb::str(name.data(), name.size())] = reinterpret_cast<uintptr_t>(batch.rows.bytes(i));
  }
  return out;
}

using Size = std::optional<std::pair<int32_t, int32_t>>;

EventRows from_arrays(const Column<int16_t>& x, const Column<int16_t>& y, const Column<int64_t>& t,
                      const Column<int8_t>& polarity, const Size& resolution) {
  const EventBatch from = borrow_columns(x, y, t, polarity);
  EventBatch batch(from.size());
  batch.copy_rows(0, from, 0, from.size());
  batch.resize(from.size());
  EventRows out;
  out.rows = std::move(batch);
  if (resolution) {
    out.metadata = std::make_shared<const Metadata>(
        Metadata{{"evarrow.width", std::to_string(resolution->first)},
                 {"evarrow.height", std::to_string(resolution->second)}});
  }
  return out;
}

// What the metadata say, if it makes sense.
Size resolution_of(const RowBatch& batch) {
  int32_t width = 0;
  int32_t height = 0;
  for (const auto& [key, value] : metadata_of(batch)) {
    if (key == "evarrow.width") std::from_chars(value.data(), value.data() + value.size(), width);
    if (key == "evarrow.height") std::from_chars(value.data(), value.data() + value.size(), height);
  }
  if (width <= 0 || height <= 0) return std::nullopt;
  return std::pair(width, height);
}

template <typename T>
void copy_column(const nb::handle& values, size_t rows, Batch& to, size_t column) {
  const auto from = nb::cast<Column<T>>(values);
  if (from.shape(0) != rows) throw nb::value_error("the columns must be equally long");
  std::copy_n(from.data(), rows, to.column<T>(column));
}

// Rows of any stream, from an array for each of its columns.
RowBatch from_columns(std::string_view stream, const nb::dict& columns) {
  const Stream* const known = stream_called(stream);
  if (known == nullptr) throw nb::value_error("there is no such stream");
  const nb::object times = columns[nb::str("t")];
  const size_t rows = nb::len(times);
  Batch batch(known->schema, rows);
  for (size_t i = 0; i < known->schema.size(); ++i) {
    const Field& field = known->schema[i];
    const nb::object values = columns[nb::str(field.name.data(), field.name.size())];
    switch (field.type) {
      case Type::kInt8:
        copy_column<int8_t>(values, rows, batch, i);
        break;
      case Type::kInt16:
        copy_column<int16_t>(values, rows, batch, i);
        break;
      case Type::kInt32:
        copy_column<int32_t>(values, rows, batch, i);
        break;
      case Type::kFloat64:
        copy_column<double>(values, rows, batch, i);
        break;
      case Type::kInt64:
      case Type::kTime:
        copy_column<int64_t>(values, rows, batch, i);
        break;
    }
  }
  batch.resize(rows);
  RowBatch out;
  out.rows = std::move(batch);
  return out;
}

// Batches of events out of somebody's stream.
class Importer {
 public:
  explicit Importer(const nb::object& capsule)
      : importer_(take(capsule)),
        metadata_(std::make_shared<const Metadata>(importer_.metadata())) {}

  nb::object next(bool borrow) {
    // Who takes batches one by one still has the last one, but not the one before it.
    std::swap(before_, last_);
    {
      const nb::gil_scoped_release without_gil;
      if (!(borrow ? importer_.borrow(last_) : importer_.next(last_))) return nb::none();
    }
    return to_python(Batch(last_), TimeType::kDuration, metadata_);
  }

  nb::dict metadata() const {
    nb::dict out;
    for (const auto& [key, value] : *metadata_) {
      out[nb::str(key.c_str(), key.size())] = nb::bytes(value.data(), value.size());
    }
    return out;
  }

 private:
  static ArrowArrayStream* take(const nb::object& capsule) {
    auto* stream =
        static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule.ptr(), "arrow_array_stream"));
    if (stream == nullptr) throw nb::python_error();
    return stream;
  }

  StreamImporter importer_;
  std::shared_ptr<const Metadata> metadata_;
  EventBatch last_;  // whose memory is used again once nobody else has it
  EventBatch before_;
};

}  // namespace

EventBatch borrow_columns(const Column<int16_t>& x, const Column<int16_t>& y,
                          const Column<int64_t>& t, const Column<int8_t>& polarity) {
  const size_t n = x.shape(0);
  if (y.shape(0) != n || t.shape(0) != n || polarity.shape(0) != n) {
    throw nb::value_error("x, y, t and polarity must be equally long");
  }
  return EventBatch(
      Batch::borrow(kEventFields, {x.data(), y.data(), t.data(), polarity.data()}, n));
}

namespace {

bool is_events(Schema schema) { return schema.data() == Schema(kEventFields).data(); }

nb::str repr_of(const RowBatch& batch) {
  const Schema schema = batch.rows.schema();
  std::string text = is_events(schema) ? "<evarrow.EventBatch of " : "<evarrow.Batch of ";
  text += std::to_string(batch.rows.size()) + " rows:";
  for (size_t i = 0; i < schema.size(); ++i) {
    if (batch.rows.has(i)) text.append(" ").append(schema[i].name);
  }
  text += ">";
  return nb::str(text.data(), text.size());
}

}  // namespace

nb::object schema_capsule(Schema schema, uint32_t columns, TimeType t_type,
                          const Metadata& metadata) {
  auto out = std::make_unique<ArrowSchema>();
  export_schema(schema, columns, t_type, metadata, out.get());
  return to_capsule(std::move(out), "arrow_schema");
}

nb::list column_names(Schema schema, uint32_t columns) {
  nb::list names;
  for (size_t i = 0; i < schema.size(); ++i) {
    if ((columns >> i & 1) == 0) continue;
    names.append(nb::str(schema[i].name.data(), schema[i].name.size()));
  }
  return names;
}

nb::object to_python(Batch rows, TimeType t_type, std::shared_ptr<const Metadata> metadata) {
  if (is_events(rows.schema())) {
    EventRows batch;
    static_cast<RowBatch&>(batch) = {std::move(rows), t_type, std::move(metadata)};
    return nb::cast(std::move(batch));
  }
  return nb::cast(RowBatch{std::move(rows), t_type, std::move(metadata)});
}

void bind_batch(nb::module_& module) {
  nb::class_<RowBatch>(module, "Batch", "Rows of one stream, column by column.")
      .def("__len__", [](const RowBatch& batch) { return batch.rows.size(); })
      .def("__repr__", &repr_of)
      .def_prop_ro(
          "columns",
          [](const RowBatch& batch) {
            return nb::tuple(column_names(batch.rows.schema(), batch.rows.columns()));
          },
          nb::sig("def columns(self) -> tuple[str, ...]"), "Names of the columns it holds.")
      .def("column", &column, nb::arg("name"),
           nb::sig("def column(self, name: str) -> numpy.typing.NDArray[typing.Any]"),
           "A column as a read-only NumPy view of the batch's own memory.")
      .def_prop_ro(
          "t", [](const RowBatch& batch) { return attribute(batch, "t"); },
          nb::sig("def t(self) -> numpy.typing.NDArray[numpy.int64]"),
          "Times, int64, microseconds.")
      .def_prop_ro(
          "polarity", [](const RowBatch& batch) { return attribute(batch, "polarity"); },
          nb::sig("def polarity(self) -> numpy.typing.NDArray[numpy.int8]"), "Polarities, int8.")
      .def_prop_ro("resolution", &resolution_of,
                   nb::sig("def resolution(self) -> tuple[int, int] | None"),
                   "Width and height of the sensor, if it knows them.")
      .def_static("from_columns", &from_columns, nb::arg("stream"), nb::arg("columns"),
                  nb::sig("def from_columns(stream: str, columns: dict[str, "
                          "numpy.typing.NDArray[typing.Any]]) -> Batch"),
                  "Rows of a stream, which hold copies of the arrays of its columns.")
      .def("addresses", &addresses, nb::sig("def addresses(self) -> dict[str, int]"),
           "Where each column begins in memory.")
      .def("__arrow_c_schema__", &export_schema_of)
      .def("__arrow_c_array__", &export_array_of, nb::arg("requested_schema") = nb::none(),
           nb::sig("def __arrow_c_array__(self, requested_schema: object | None = None) -> "
                   "tuple[object, object]"))
      .def("__arrow_c_stream__", &export_stream_of, nb::arg("requested_schema") = nb::none());
  nb::class_<EventRows, RowBatch>(module, "EventBatch", "A batch of events.")
      .def_prop_ro(
          "x", [](const EventRows& batch) { return attribute(batch, "x"); },
          nb::sig("def x(self) -> numpy.typing.NDArray[numpy.int16]"),
          "Columns of the pixels, int16, from the left.")
      .def_prop_ro(
          "y", [](const EventRows& batch) { return attribute(batch, "y"); },
          nb::sig("def y(self) -> numpy.typing.NDArray[numpy.int16]"),
          "Rows of the pixels, int16, from the top.")
      .def_static("from_arrays", &from_arrays, nb::arg("x"), nb::arg("y"), nb::arg("t"),
                  nb::arg("polarity"), nb::kw_only(), nb::arg("resolution") = nb::none(),
                  "A batch that holds copies of the arrays, and knows the sensor if it is told.");
  nb::class_<Importer>(module, "Importer", "Batches of events out of an Arrow stream capsule.")
      .def(nb::init<const nb::object&>(), nb::arg("capsule"))
      .def("next", &Importer::next, nb::arg("borrow") = false,
           nb::sig("def next(self, borrow: bool = False) -> EventBatch | None"),
           "The next batch, or None at the end. With `borrow`, it is the stream's own memory where "
           "that is stored as ours is, and longer.")
      .def_prop_ro("metadata", &Importer::metadata,
                   nb::sig("def metadata(self) -> dict[str, bytes]"));
}

}  // namespace evarrow::python

// SPDX-License-Identifier: Apache-2.0
// Files that other libraries write, and the chunks that h5py puts into them.
#include "evarrow/new_file.h"

#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bindings.h"
#include "evarrow/chunk_encoder.h"

namespace evarrow::python {
namespace {

class File {
 public:
  File(const std::filesystem::path& path, bool overwrite)
      : file_(NewFile::create(path, overwrite)), path_(file_->temporary()) {}

  const std::filesystem::path& path() const { return path_; }

  void publish() {
    const nb::gil_scoped_release without_gil;
    if (!file_) throw Error(ErrorCode::kArgument, "this file is finished already");
    file_->publish();
    file_.reset();
  }

  void abandon() { file_.reset(); }

 private:
  std::optional<NewFile> file_;
  std::filesystem::path path_;
};

class Chunks {
 public:
  explicit Chunks(const ChunkOptions& options) : encoder_(options) {}

  void encode(const EventRows& events, const nb::callable& put) {
    const EventBatch rows{Batch(events.rows)};
    const nb::gil_scoped_release without_gil;
    encoder_.encode(rows, put_to(put));
  }

  void finish(const nb::callable& put) {
    const nb::gil_scoped_release without_gil;
    encoder_.finish(put_to(put));
  }

  nb::bytes take_starts() {
    const std::vector<PeriodStart> starts = encoder_.take_starts();
    return nb::bytes(starts.data(), starts.size() * sizeof(PeriodStart));
  }

  uint64_t events() const { return encoder_.events(); }
  int64_t time_offset() const { return encoder_.time_offset(); }

 private:
  static ChunkEncoder::Put put_to(const nb::callable& put) {
    return [&put](const EncodedChunk& chunk) {
      const nb::gil_scoped_acquire gil;
      put(chunk.dataset, chunk.row, chunk.skipped,
          nb::bytes(chunk.bytes.data(), chunk.bytes.size()));
    };
  }

  ChunkEncoder encoder_;
};

}  // namespace

void bind_new_file(nb::module_& module) {
  nb::class_<File>(module, "NewFile",
                   "A file that is written at `path` until it gets its name, or is let go.")
      .def(nb::init<const std::filesystem::path&, bool>(), nb::arg("path"), nb::kw_only(),
           nb::arg("overwrite") = false,
           nb::sig("def __init__(self, path: str | os.PathLike[str], *, "
                   "overwrite: bool = False) -> None"))
      .def_prop_ro("path", &File::path)
      .def("publish", &File::publish)
      .def("abandon", &File::abandon);
  nb::class_<Chunks>(module, "ChunkEncoder",
                     "Events into chunks of HDF5, for a function of dataset, first row, mask of "
                     "skipped filters and bytes.")
      .def(
          "__init__",
          [](Chunks* self, std::string layout, std::string compression, int level, size_t rows,
             int threads, int64_t period) {
            new (self) Chunks({.layout = std::move(layout),
                               .compression = std::move(compression),
                               .level = level,
                               .rows = rows,
                               .threads = threads,
                               .period = period});
          },
          nb::arg("layout"), nb::kw_only(), nb::arg("compression"), nb::arg("level") = 1,
          nb::arg("rows"), nb::arg("threads") = 0, nb::arg("period") = 1000)
      .def("encode", &Chunks::encode, nb::arg("events"), nb::arg("put"),
           nb::sig("def encode(self, events: EventBatch, "
                   "put: collections.abc.Callable[[int, int, int, bytes], object]) -> None"))
      .def("finish", &Chunks::finish, nb::arg("put"),
           nb::sig("def finish(self, "
                   "put: collections.abc.Callable[[int, int, int, bytes], object]) -> None"))
      .def("take_starts", &Chunks::take_starts,
           "Native uint64 row and int64 time of the first event of each period that has begun.")
      .def_prop_ro("events", &Chunks::events)
      .def_prop_ro("time_offset", &Chunks::time_offset);
}

}  // namespace evarrow::python

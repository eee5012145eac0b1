// SPDX-License-Identifier: Apache-2.0
#include "formats/tables/tables.h"

#include "containers/row_format.h"

namespace evarrow::tables {
namespace {

constexpr std::string_view kParquets[] = {".parquet", ".pq"};
constexpr std::string_view kArrows[] = {".arrow", ".feather", ".ipc"};
constexpr std::string_view kMatlabs[] = {".mat"};
constexpr std::string_view kStreams[] = {"events"};

}  // namespace

constinit const Format kParquet =
    row_format({.name = "parquet",
                .description = "Parquet table of events",
                .specification = "https://parquet.apache.org/docs/file-format/",
                .extensions = kParquets,
                .streams = kStreams});
constinit const Format kArrow =
    row_format({.name = "arrow",
                .description = "Arrow IPC (Feather) table of events",
                .specification = "https://arrow.apache.org/docs/format/Columnar.html",
                .extensions = kArrows,
                .streams = kStreams});
constinit const Format kMatlab =
    row_format({.name = "mat",
                .description = "MATLAB 5 to 7 file with events (7.3 is HDF5)",
                .specification = "https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf",
                .extensions = kMatlabs,
                .streams = kStreams});

}  // namespace evarrow::tables

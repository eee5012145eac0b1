// SPDX-License-Identifier: Apache-2.0
#include "evarrow/filtered_reader.h"

#include <algorithm>
#include <utility>

#include "evarrow/error.h"

namespace evarrow {
namespace {

constexpr uint32_t kColumns = (uint32_t{1} << kEventFields.size()) - 1;

// Filters look at all columns of events.
Scan with_all_columns(const Scan& scan) {
  if (scan.stream != "events") {
    throw Error(ErrorCode::kArgument,
                "filters take events, not rows of the stream '" + scan.stream + "'");
  }
  Scan all = scan;
  all.columns = kAllColumns;
  all.also.clear();
  return all;
}

// Opens the pass whose events are to be filtered, once there is nothing left to learn.
Reader open_behind_learning(const Scan& scan, Pipeline& pipeline) {
  const Scan all = with_all_columns(scan);
  pipeline.reset();
  while (pipeline.learning()) {
    Reader reader = all.open();
    EventBatch batch;
    while (reader.next(batch)) pipeline.learn(batch);
    pipeline.learned();
  }
  return all.open();
}

}  // namespace

std::vector<std::pair<std::string, std::string>> filtered_metadata(const Scan& scan,
                                                                   const Pipeline& pipeline) {
  auto metadata = scan.recording.metadata();
  const Header& header = scan.recording.header();
  const Resolution after = pipeline.resolution_after({header.width, header.height});
  for (auto& [key, value] : metadata) {
    if (key == "evarrow.width") value = std::to_string(after.width);
    if (key == "evarrow.height") value = std::to_string(after.height);
  }
  return metadata;
}

FilteredReader::FilteredReader(Scan scan, std::shared_ptr<Pipeline> pipeline)
    : scan_(std::move(scan)),
      pipeline_(std::move(pipeline)),
      reader_(open_behind_learning(scan_, *pipeline_)) {}

bool FilteredReader::next(Batch& batch) {
  EventBatch out(std::move(batch));
  const size_t rows = scan_.batch_size;
  if (out.capacity() == 0 || out.schema().data() != kEventFields.data() ||
      out.columns() != kColumns || !out.unique()) {
    out = EventBatch(rows);
  }
  out.resize(0);
  // Few events that are left of many are held together.
  while (!ended_ && out.size() < (rows + 1) / 2) {
    if (reader_.next(read_)) {
      pipeline_->append(read_, out);
    } else {
      pipeline_->finish(out);
      ended_ = true;
    }
  }
  if (scan_.recording.options().binary_polarity) {
    // Filters that make a polarity make it -1 or 1.
    int8_t* polarity = out.polarity();
    std::transform(polarity, polarity + out.size(), polarity,
                   [](int8_t value) { return value > 0 ? int8_t{1} : int8_t{0}; });
  }
  out.project(scan_.columns);
  batch = std::move(out);
  return batch.size() > 0;
}

}  // namespace evarrow

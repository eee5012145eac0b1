// SPDX-License-Identifier: Apache-2.0
// Schemas of our columns in the Arrow C data interface.
#include <array>
#include <memory>
#include <string>

#include "arrow/metadata.h"
#include "evarrow/arrow.h"

namespace evarrow {
namespace {

const char* format_of(Type type, TimeType t_type) noexcept {
  switch (type) {
    case Type::kInt8:
      return "c";
    case Type::kInt16:
      return "s";
    case Type::kInt32:
      return "i";
    case Type::kInt64:
      return "l";
    case Type::kFloat64:
      return "g";
    case Type::kTime:
      break;
  }
  switch (t_type) {
    case TimeType::kDuration:
      return "tDu";
    case TimeType::kInt64:
      return "l";
    case TimeType::kTimestamp:
      return "tsu:";
  }
  return "l";
}

// Each child holds its own name: a consumer may move it out of its parent and keep it longer.
void release_field(ArrowSchema* field) {
  delete static_cast<std::string*>(field->private_data);
  field->release = nullptr;
}

struct Children {
  std::string metadata;
  std::array<ArrowSchema, kMaxColumns> fields{};
  std::array<ArrowSchema*, kMaxColumns> pointers{};

  Children() = default;
  ~Children() {
    for (ArrowSchema& field : fields) {
      if (field.release != nullptr) field.release(&field);  // null once moved out
    }
  }
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;
};

void release_schema(ArrowSchema* schema) {
  delete static_cast<Children*>(schema->private_data);
  schema->release = nullptr;
}

}  // namespace

void export_schema(Schema schema, uint32_t columns, TimeType t_type, const Metadata& metadata,
                   ArrowSchema* out) {
  auto children = std::make_unique<Children>();
  size_t n = 0;
  for (size_t i = 0; i < schema.size(); ++i) {
    if ((columns >> i & 1U) == 0) continue;
    auto name = std::make_unique<std::string>(schema[i].name);
    ArrowSchema& field = children->fields[n];
    field.format = format_of(schema[i].type, t_type);
    field.name = name->c_str();
    field.release = release_field;
    field.private_data = name.release();
    children->pointers[n] = &field;
    ++n;
  }
  if (!metadata.empty()) children->metadata = encode_metadata(metadata);

  *out = {};
  out->format = "+s";
  out->name = "";
  out->metadata = metadata.empty() ? nullptr : children->metadata.data();
  out->n_children = static_cast<int64_t>(n);
  out->children = children->pointers.data();
  out->release = release_schema;
  out->private_data = children.release();
}

}  // namespace evarrow

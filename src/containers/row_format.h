// SPDX-License-Identifier: Apache-2.0
// What all formats whose positions are rows have in common.
#pragma once

#include "containers/chunk_decoder.h"
#include "evarrow/error.h"
#include "evarrow/format.h"

namespace evarrow {

struct RowFormat {
  std::string_view name;
  std::string_view description;
  std::string_view specification;
  std::span<const std::string_view> extensions;
  std::span<const std::string_view> streams;
  bool own_index = false;
  bool (*matches)(Bytes head) noexcept = [](Bytes) noexcept { return false; };
  ContainerPlan (*make_plan)(const std::shared_ptr<Source>& file, const Options& options) = nullptr;
  std::vector<std::byte> (*read_image)(Source& file, const FramePlace& place,
                                       const DecodeOptions& options) = nullptr;
  std::string (*write_header)(const Header& header, const EncodeOptions& options) = nullptr;
  std::unique_ptr<Encoder> (*make_encoder)(const Header& header,
                                           const EncodeOptions& options) = nullptr;
  std::span<const std::string_view> encode_options = {};
};

constexpr Format row_format(const RowFormat& format) {
  return {
      .name = format.name,
      .description = format.description,
      .specification = format.specification,
      .extensions = format.extensions,
      .streams = format.streams,
      .word_size = 1,
      .counts_rows = true,
      .max_burst = 1,
      .state_version = 1,
      .own_index = format.own_index,
      .drops_out_of_sensor = false,
      .matches = format.matches,
      .read_header = [](Bytes /*head*/, bool /*trust_geometry*/) -> Header {
        throw Error(ErrorCode::kFormat,
                    "such a file is opened with a plan of where its columns are, which the Python "
                    "package makes");
      },
      .make_plan = format.make_plan,
      .misfit = nullptr,
      .make_decoder = make_chunk_decoder,
      .read_image = format.read_image,
      .write_header = format.write_header,
      .make_encoder = format.make_encoder,
      .encode_options = format.encode_options,
  };
}

}  // namespace evarrow

// SPDX-License-Identifier: Apache-2.0
// Recordings whose rows are known, if they are there: in $EVARROW_CORPUS or beside the project.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "evarrow/format.h"

namespace evarrow::test {

inline std::filesystem::path corpus() {
  const char* set = std::getenv("EVARROW_CORPUS");
  return set != nullptr ? set : "../shared/corpus";
}

// Whether a file or folder of the corpus is there; says so if not.
inline bool has(const std::filesystem::path& file) {
  if (std::filesystem::exists(file)) return true;
  MESSAGE("not tested: there is no ", file.string());
  return false;
}

inline std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The numbers of a list of lists of `width` numbers behind `key`; true counts as 1.
inline std::vector<std::vector<int64_t>> lists(const std::string& json, const std::string& key,
                                               size_t width) {
  std::vector<std::vector<int64_t>> rows;
  const size_t begin = json.find("\"" + key + "\":[");
  if (begin == std::string::npos) return rows;
  std::vector<int64_t> row;
  int depth = 0;
  for (size_t i = json.find('[', begin); i < json.size(); ++i) {
    const char c = json[i];
    if (c == '[') ++depth;
    if (c == ']' && --depth == 0) break;
    if (c == 't') row.push_back(1);
    if (c == 'f') row.push_back(0);
    if (c >= '0' && c <= '9') {
      char* end = nullptr;
      row.push_back(std::strtoll(json.c_str() + i, &end, 10));
      i = static_cast<size_t>(end - json.c_str()) - 1;
    }
    if (row.size() == width) {
      rows.push_back(row);
      row.clear();
    }
  }
  return rows;
}

}  // namespace evarrow::test

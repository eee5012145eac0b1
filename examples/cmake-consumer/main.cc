// SPDX-License-Identifier: Apache-2.0
// Counts the ON events of a recording, batch by batch.
#include <algorithm>
#include <iostream>

#include "evarrow/evarrow.h"

int main(int argc, char** argv) try {
  const auto recording = evarrow::Recording::open(argc > 1 ? argv[1] : "rec.raw");
  evarrow::Reader reader = recording.scan().open();
  size_t events = 0;
  size_t on = 0;
  for (evarrow::EventBatch batch; reader.next(batch); events += batch.size()) {
    on += static_cast<size_t>(std::count(batch.polarity(), batch.polarity() + batch.size(), 1));
  }
  std::cout << recording.header().format << ": " << events << " events, " << on << " of them ON\n";
  return 0;
} catch (const evarrow::Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}

// SPDX-License-Identifier: Apache-2.0
// The cameras that headers of AEDAT 1, 2 and 3 name.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace evarrow::aedat {

struct Camera {
  std::string_view name;  // in lower case, a part of what a header calls it
  int32_t width;
  int32_t height;
  std::string_view chip;  // what jAER calls it
};
// Those of which part of the name is that of another come first.
inline constexpr std::array<Camera, 6> kCameras = {
    {{"davis240", 240, 180, "eu.seebetter.ini.chips.davis.DAVIS240C"},
     {"davis346", 346, 260, "eu.seebetter.ini.chips.davis.Davis346blue"},
     {"davis640", 640, 480, "eu.seebetter.ini.chips.davis.Davis640"},
     {"davis208", 208, 192, "eu.seebetter.ini.chips.davis.Davis208PixelParade"},
     {"davis128", 128, 128, "eu.seebetter.ini.chips.davis.Davis128"},
     {"dvs128", 128, 128, "ch.unizh.ini.jaer.chip.retina.DVS128"}}};

}  // namespace evarrow::aedat

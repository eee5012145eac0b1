// SPDX-License-Identifier: Apache-2.0
// The packets of AEDAT 4 files: FlatBuffers, compressed one by one.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "codecs/stages.h"

namespace evarrow::codecs {

// How packets are compressed, as their file has it.
enum class DvCompression : uint32_t { kNone, kLz4, kLz4High, kZstd, kZstdHigh };

// Why packets of this compression cannot be read, in one sentence; null: they can be.
const char* why_unsupported(DvCompression compression) noexcept;

// i64 t | i16 x | i16 y | u8 polarity | 24 bits of 0
inline constexpr size_t kDvEvent = 16;

// What a packet has of a sample of an IMU is made into: i64 t | f32 temperature, degrees Celsius |
// f32 acceleration, g | f32 angular velocity, degrees/s | f32 magnetic field, uT; the last three
// along x, y and z.
inline constexpr size_t kDvSample = 48;
inline constexpr uint32_t kAtTemperature = 8, kAtAccel = 12, kAtGyro = 24, kAtMag = 36;

// What a packet has of a frame: i64 t, begin and end of the exposure | i16 left, top, width,
// height, channels, bits | 32 bits of 0
inline constexpr size_t kDvFrameRecord = 40;
inline constexpr uint32_t kAtExposure = 8, kAtLeft = 24;

// The FlatBuffer of a packet, without its size; empty if it cannot be decompressed. It is in `in`
// if it is not compressed, else in the scratch memory, of which it takes no more than the most
// that so many bytes can hold, and no more than 1 GiB.
Bytes open_dv_packet(DvCompression compression, Bytes in, Scratch& scratch) noexcept;

// The type of the pixels of a frame with so many channels and bits.
int8_t dv_frame_type(const FramePlace& place) noexcept;

// What packets hold.
struct DvElements {
  std::string_view identifier;
  size_t bytes;  // of an element in the vector of them: of itself, or of where it is
};
inline constexpr DvElements kEventElements = {.identifier = "EVTS", .bytes = kDvEvent};
inline constexpr DvElements kFrameElements = {.identifier = "FRME", .bytes = kDvFrameRecord};
inline constexpr DvElements kSampleElements = {.identifier = "IMUS", .bytes = sizeof(uint32_t)};

// More elements than a packet of so many bytes can hold.
uint64_t most_dv_elements(const DvElements& elements, uint64_t size) noexcept;

// How many elements a packet holds, as its front says. Nothing if it is no packet of these, or if
// its front does not tell.
std::optional<uint32_t> count_dv_elements(const DvElements& elements, DvCompression compression,
                                          Bytes in, Scratch& scratch) noexcept;

// A packet of events becomes their records, which lie in `in` or in the scratch memory; values[0]
// is the compression.
Stage undo_dv_events(Bytes in, Room out, Values values, Scratch& scratch) noexcept;

// The same of a packet of samples, which become records of kDvSample bytes.
Stage undo_dv_imu(Bytes in, Room out, Values values, Scratch& scratch) noexcept;

// The same of a packet of a frame, which becomes one record of kDvFrameRecord bytes. Its pixels are
// all there.
Stage undo_dv_frame(Bytes in, Room out, Values values, Scratch& scratch) noexcept;

// The pixels of a frame, row by row, with several channels as BGR or BGRA; empty if it is none.
// They lie where those of open_dv_packet() do.
Bytes dv_pixels(DvCompression compression, Bytes in, Scratch& scratch) noexcept;

}  // namespace evarrow::codecs

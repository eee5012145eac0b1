// SPDX-License-Identifier: Apache-2.0
#include "arrow/option_text.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "evarrow/error.h"

namespace evarrow::test {
namespace {

std::string refusal(std::string_view text) {
  try {
    parse_options(text);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kArgument);
    return error.what();
  }
  return "";
}

TEST_CASE("no options are the defaults") {
  const Options options = parse_options("");
  CHECK(options.format.empty());
  CHECK(!options.resolution);
  CHECK(options.sort);
  CHECK(options.threads == 0);
}

TEST_CASE("every option of a recording can be said as text") {
  const Options options = parse_options(
      "format=evt3;resolution=640x480;on_error=warn;out_of_sensor=drop;polarity=binary;"
      "t_type=int64;origin=start;sort=false;io=pread;threads=3");
  CHECK(options.format == "evt3");
  REQUIRE(options.resolution);
  CHECK(options.resolution->width == 640);
  CHECK(options.resolution->height == 480);
  CHECK(options.on_error == OnError::kWarn);
  CHECK(options.out_of_sensor == OutOfSensor::kDrop);
  CHECK(options.binary_polarity);
  CHECK(options.t_type == TimeType::kInt64);
  CHECK(options.origin.kind == Origin::Kind::kStart);
  CHECK(!options.sort);
  CHECK(options.io == Io::kPread);
  CHECK(options.threads == 3);
}

TEST_CASE("every choice of an option is understood") {
  CHECK(parse_options("on_error=raise").on_error == OnError::kRaise);
  CHECK(parse_options("on_error=ignore").on_error == OnError::kIgnore);
  CHECK(parse_options("out_of_sensor=format").out_of_sensor == OutOfSensor::kFormat);
  CHECK(parse_options("out_of_sensor=keep").out_of_sensor == OutOfSensor::kKeep);
  CHECK(parse_options("out_of_sensor=raise").out_of_sensor == OutOfSensor::kRaise);
  CHECK(!parse_options("polarity=signed").binary_polarity);
  CHECK(parse_options("t_type=duration").t_type == TimeType::kDuration);
  CHECK(parse_options("t_type=timestamp").t_type == TimeType::kTimestamp);
  CHECK(parse_options("sort=true").sort);
  CHECK(parse_options("io=auto").io == Io::kAuto);
  CHECK(parse_options("io=mmap").io == Io::kMmap);
  CHECK(parse_options("origin=sensor").origin.kind == Origin::Kind::kSensor);
  const Origin at = parse_options("origin=-1500").origin;
  CHECK(at.kind == Origin::Kind::kAt);
  CHECK(at.at == -1500);
}

TEST_CASE("an unknown option is refused with the list of those there are") {
  CHECK(refusal("colour=red") ==
        "there is no option 'colour': the options are format, resolution, on_error, "
        "out_of_sensor, polarity, t_type, origin, sort, io, threads");
}

TEST_CASE("options that are not key=value are refused") {
  CHECK(refusal("sort") == "options are 'key=value;key=value', found 'sort'");
  CHECK(refusal("sort=true;") == "options are 'key=value;key=value', found ''");
  CHECK(refusal("sort=true;sort=false") == "option sort is there twice");
}

TEST_CASE("a value that an option does not take is refused with what it takes") {
  CHECK(refusal("sort=1") == "option sort is '1', expected true or false");
  CHECK(refusal("io=") == "option io is '', expected auto or mmap or pread");
  CHECK(refusal("resolution=640") ==
        "option resolution is '640', expected a width and a height, such as 640x480");
  CHECK(refusal("resolution=640x") ==
        "option resolution is '640x', expected an integer from 1 to 32768");
  CHECK(refusal("resolution=640x0") ==
        "option resolution is '640x0', expected an integer from 1 to 32768");
  CHECK(refusal("threads=two") == "option threads is 'two', expected an integer from 0 to 1024");
  CHECK(refusal("threads=2 ") == "option threads is '2 ', expected an integer from 0 to 1024");
  CHECK(refusal("origin=1.5") ==
        "option origin is '1.5', expected sensor, start or a time in microseconds");
}

}  // namespace
}  // namespace evarrow::test

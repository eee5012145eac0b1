# SPDX-License-Identifier: Apache-2.0
# The compression libraries: find_package(Codecs) sets Codecs_<NAME>_FOUND for BLOSC, LZ4, ZLIB and
# ZSTD, and either Codecs_ARCHIVE, a static library that holds all of them, or Codecs_LIBRARIES.
#
# The archive is in the package blosc of the Python that is found, which is a requirement of our
# Python build: so nothing of the system is needed, and the libraries are the same everywhere.

set(EVARROW_CODECS auto CACHE STRING
    "Compression libraries: wheel (the Python package blosc), system, auto (either), off")
set_property(CACHE EVARROW_CODECS PROPERTY STRINGS auto wheel system off)

set(names BLOSC LZ4 ZLIB ZSTD)
set(BLOSC_library blosc)
set(LZ4_library lz4)
set(ZLIB_library z)
set(ZSTD_library zstd)
foreach(name IN LISTS names)
  set(Codecs_${name}_FOUND 0)
endforeach()
set(Codecs_ARCHIVE "")
set(Codecs_LIBRARIES "")

# Sets Codecs_ARCHIVE if the package is there and its library has all functions we call.
function(codecs_find_wheel)
  find_package(Python 3.11 QUIET COMPONENTS Interpreter)
  if(NOT Python_Interpreter_FOUND)
    return()
  endif()
  set(script [[
import importlib.metadata
try:
    files = importlib.metadata.files("blosc") or []
except importlib.metadata.PackageNotFoundError:
    files = []
names = ("libblosc.a", "libblosc.lib")
print(next((f.locate().resolve().as_posix() for f in files if f.name in names), ""), end="")
]])
  execute_process(COMMAND "${Python_EXECUTABLE}" -c "${script}" OUTPUT_VARIABLE archive)
  if(NOT archive OR NOT EXISTS "${archive}")
    return()
  endif()
  include(CheckCXXSourceCompiles)
  find_package(Threads REQUIRED)
  set(CMAKE_REQUIRED_LIBRARIES "${archive}" Threads::Threads)
  set(CMAKE_REQUIRED_QUIET ON)
  unset(evarrow_wheel_links CACHE)
  check_cxx_source_compiles(
    "extern \"C\" int blosc_decompress_ctx(), LZ4_decompress_safe(), uncompress(),
                     ZSTD_decompressDCtx();
     int main() {
       return blosc_decompress_ctx() + LZ4_decompress_safe() + uncompress() + ZSTD_decompressDCtx();
     }"
    evarrow_wheel_links)
  if(evarrow_wheel_links)
    set(Codecs_ARCHIVE "${archive}" PARENT_SCOPE)
  endif()
endfunction()

if(EVARROW_CODECS MATCHES "^(auto|wheel)$")
  codecs_find_wheel()
  if(NOT Codecs_ARCHIVE AND EVARROW_CODECS STREQUAL "wheel")
    message(FATAL_ERROR "'${Python_EXECUTABLE}' has no package blosc with a static library: "
                        "pip install blosc")
  endif()
endif()

foreach(name IN LISTS names)
  if(Codecs_ARCHIVE)
    set(Codecs_${name}_FOUND 1)
  elseif(EVARROW_CODECS MATCHES "^(auto|system)$")
    find_library(EVARROW_${name}_LIBRARY ${${name}_library})
    mark_as_advanced(EVARROW_${name}_LIBRARY)
    if(EVARROW_${name}_LIBRARY)
      set(Codecs_${name}_FOUND 1)
      list(APPEND Codecs_LIBRARIES "${EVARROW_${name}_LIBRARY}")
    endif()
  endif()
  if(NOT Codecs_${name}_FOUND AND NOT EVARROW_CODECS STREQUAL "off")
    message(WARNING "${name} was not found: chunks that need it will be refused. "
                    "pip install blosc, or on Debian and Ubuntu: "
                    "apt install libblosc-dev liblz4-dev libzstd-dev zlib1g-dev")
  endif()
endforeach()
if(Codecs_ARCHIVE)
  message(STATUS "Compression libraries: ${Codecs_ARCHIVE}")
else()
  message(STATUS "Compression libraries: ${Codecs_LIBRARIES}")
endif()
set(Codecs_FOUND TRUE)

# SPDX-License-Identifier: Apache-2.0
# Links the compression libraries that there are into evarrow.

list(PREPEND CMAKE_MODULE_PATH "${PROJECT_SOURCE_DIR}/cmake")
find_package(Codecs REQUIRED)
foreach(name BLOSC LZ4 ZLIB ZSTD)
  target_compile_definitions(evarrow PRIVATE EVARROW_HAS_${name}=${Codecs_${name}_FOUND})
endforeach()
if(Codecs_ARCHIVE)
  # What is installed brings a copy of the archive: where it was found may be gone by then.
  add_library(evarrow_codecs STATIC IMPORTED)
  set_target_properties(evarrow_codecs PROPERTIES IMPORTED_LOCATION "${Codecs_ARCHIVE}")
  target_link_libraries(evarrow PRIVATE "$<BUILD_INTERFACE:evarrow_codecs>"
                                        "$<INSTALL_INTERFACE:evarrow::codecs>")
else()
  target_link_libraries(evarrow PRIVATE ${Codecs_LIBRARIES})
endif()

# SPDX-License-Identifier: Apache-2.0
# What all our own targets are compiled with. Nothing of it reaches those who link evarrow.

function(evarrow_target target)
  if(NOT MSVC)
    # Contraction to fused multiply-add would make results depend on the instruction set.
    target_compile_options(${target} PRIVATE -ffp-contract=off)
  endif()
  evarrow_warnings(${target})
  set_target_properties(${target} PROPERTIES CXX_VISIBILITY_PRESET hidden
                                             VISIBILITY_INLINES_HIDDEN ON)
endfunction()

function(evarrow_warnings target)
  if(MSVC)
    target_compile_options(${target} PRIVATE /W4)
    return()
  endif()
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion)
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    # g++ does not count this as a part of -Wconversion.
    target_compile_options(${target} PRIVATE -Wno-sign-conversion)
  endif()
  if(EVARROW_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# A program of this repository that may look inside the library: a test, a benchmark, a fuzzer.
function(evarrow_program target)
  add_executable(${target} ${ARGN})
  evarrow_target(${target})
  target_link_libraries(${target} PRIVATE evarrow::evarrow)
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/src"
                                               "${PROJECT_SOURCE_DIR}/tests"
                                               "${CMAKE_CURRENT_SOURCE_DIR}")
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")
endfunction()

if(EVARROW_SANITIZE)
  list(JOIN EVARROW_SANITIZE "," sanitizers)
  add_compile_options(-fsanitize=${sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${sanitizers})
  add_compile_definitions(EVARROW_SANITIZED)
endif()
if(EVARROW_BUILD_FUZZ AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

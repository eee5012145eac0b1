# SPDX-License-Identifier: Apache-2.0
# The extension module evarrow._core.

find_package(Python 3.11 QUIET COMPONENTS Interpreter Development.Module ${SKBUILD_SABI_COMPONENT})
if(NOT Python_Development.Module_FOUND)
  message(FATAL_ERROR "The headers of Python 3.11 or later were not found for "
                      "'${Python_EXECUTABLE}'. On Debian and Ubuntu: apt install python3-dev")
endif()

# Asking the build's own interpreter keeps an older nanobind in the user's environment, which
# scikit-build-core also puts on the search path, out of the build.
execute_process(COMMAND "${Python_EXECUTABLE}" -m nanobind --cmake_dir
                OUTPUT_VARIABLE nanobind_ROOT OUTPUT_STRIP_TRAILING_WHITESPACE
                RESULT_VARIABLE nanobind_missing)
if(nanobind_missing)
  message(FATAL_ERROR "'${Python_EXECUTABLE}' has no nanobind: pip install 'nanobind>=3.1'")
endif()
find_package(nanobind 3.1 CONFIG REQUIRED)

file(GLOB binding_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/python/bindings/*.cc")
if(NOT binding_sources)
  message(FATAL_ERROR "There are no sources in python/bindings")
endif()
nanobind_add_module(_core STABLE_ABI FREE_THREADED NB_STATIC ${binding_sources})
evarrow_target(_core)
target_include_directories(_core PRIVATE "${PROJECT_SOURCE_DIR}/python/bindings")
target_compile_definitions(_core PRIVATE EVARROW_VERSION="${PROJECT_VERSION}")
target_link_libraries(_core PRIVATE evarrow::evarrow)
if(Codecs_ARCHIVE AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
  # Other modules of the process bring the same libraries: none is to be taken for another's.
  cmake_path(GET Codecs_ARCHIVE FILENAME codecs_name)
  target_link_options(_core PRIVATE "LINKER:--exclude-libs,${codecs_name}")
endif()
install(TARGETS _core LIBRARY DESTINATION evarrow COMPONENT python)

# SPDX-License-Identifier: Apache-2.0
# The C++ package: the library, include/evarrow, and what find_package(evarrow) needs.
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/evarrow")
install(TARGETS evarrow EXPORT evarrow-targets ARCHIVE COMPONENT cpp)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/evarrow" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
        COMPONENT cpp)
install(EXPORT evarrow-targets NAMESPACE evarrow:: FILE evarrowTargets.cmake
        DESTINATION "${package_dir}" COMPONENT cpp)
set(codecs_archive "")
if(Codecs_ARCHIVE)
  set(codecs_archive
      "${CMAKE_INSTALL_LIBDIR}/${CMAKE_STATIC_LIBRARY_PREFIX}evarrow_codecs${CMAKE_STATIC_LIBRARY_SUFFIX}")
  cmake_path(GET codecs_archive FILENAME codecs_name)
  install(FILES "${Codecs_ARCHIVE}" DESTINATION "${CMAKE_INSTALL_LIBDIR}" RENAME "${codecs_name}"
          COMPONENT cpp)
endif()
configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/evarrowConfig.cmake.in" "${PROJECT_BINARY_DIR}/evarrowConfig.cmake"
  INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/evarrowConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/evarrowConfig.cmake"
              "${PROJECT_BINARY_DIR}/evarrowConfigVersion.cmake"
        DESTINATION "${package_dir}" COMPONENT cpp)

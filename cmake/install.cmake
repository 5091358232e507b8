# SPDX-License-Identifier: Apache-2.0
# Installs the headers, the CMake package parley (with its targets parley::parley and, where their libraries are there, those of the optional
# parts), parley.pc and a parley-<part>.pc for each part.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

install(TARGETS parley EXPORT parley-targets FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

# Header-only, so one set of files serves every architecture.
set(package_directory ${CMAKE_INSTALL_DATADIR}/cmake/parley)
install(EXPORT parley-targets NAMESPACE parley:: DESTINATION ${package_directory})
foreach(description IN LISTS parley_parts)
  parley_split_part(${description})
  if(TARGET parley-${part})
    install(TARGETS parley-${part} EXPORT parley-${part}-targets FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
    install(EXPORT parley-${part}-targets NAMESPACE parley:: DESTINATION ${package_directory})
    install(FILES ${CMAKE_CURRENT_LIST_DIR}/parley-find-${library}.cmake DESTINATION ${package_directory})
  endif()
endforeach()
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/parley-config.cmake.in ${PROJECT_BINARY_DIR}/parley-config.cmake
  INSTALL_DESTINATION ${package_directory} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/parley-config-version.cmake
  VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${PROJECT_BINARY_DIR}/parley-config.cmake ${PROJECT_BINARY_DIR}/parley-config-version.cmake
  DESTINATION ${package_directory})

# The prefix is said relative to the file, so that the installed tree can be moved.
cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_INCLUDEDIR BASE_DIRECTORY ${CMAKE_INSTALL_FULL_DATADIR}/pkgconfig
  OUTPUT_VARIABLE include_directory_from_pc)
configure_file(${CMAKE_CURRENT_LIST_DIR}/parley.pc.in ${PROJECT_BINARY_DIR}/parley.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/parley.pc DESTINATION ${CMAKE_INSTALL_DATADIR}/pkgconfig)
foreach(description IN LISTS parley_parts)
  parley_split_part(${description})
  if(TARGET parley-${part})
    configure_file(${CMAKE_CURRENT_LIST_DIR}/parley-${part}.pc.in ${PROJECT_BINARY_DIR}/parley-${part}.pc @ONLY)
    install(FILES ${PROJECT_BINARY_DIR}/parley-${part}.pc DESTINATION ${CMAKE_INSTALL_DATADIR}/pkgconfig)
  endif()
endforeach()

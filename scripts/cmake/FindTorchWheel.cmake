# Finds LibTorch inside an unpacked torch wheel and makes IMPORTED targets of its libraries.
#
#   TorchWheel::cpu    libtorch_cpu, libc10 and their headers
#   TorchWheel::cuda   also libtorch_cuda and libc10_cuda. Linking needs no more than the wheel; running needs the
#                      NVIDIA wheels that it asks for.
#
# Input: SEEDSCAPE_TORCH (CMake variable, else environment), a folder that holds torch/, such as a site-packages;
#        else the folders that scripts/setup fills.
# The wheel's own TorchConfig.cmake is not used: for a CUDA wheel it demands a CUDA toolkit, and a CPU program needs none.

set(_torch_version 2.11.0)
if(SEEDSCAPE_TORCH)
  set(_torch_roots ${SEEDSCAPE_TORCH})
elseif(NOT "$ENV{SEEDSCAPE_TORCH}" STREQUAL "")
  set(_torch_roots $ENV{SEEDSCAPE_TORCH})
else()
  set(_cache $ENV{XDG_CACHE_HOME})
  if(NOT _cache)
    set(_cache $ENV{HOME}/.cache)
  endif()
  set(_kind "")
  if(NOT CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
    set(_kind -${CMAKE_SYSTEM_PROCESSOR})
  endif()
  set(_torch_roots ${_cache}/seedscape/torch-${_torch_version}-cpu${_kind}
                   ${_cache}/seedscape/torch-${_torch_version}-cuda${_kind})
endif()

unset(TorchWheel_ROOT_DIR)
foreach(_root IN LISTS _torch_roots)
  if(EXISTS ${_root}/torch/lib/libtorch_cpu.so)
    set(TorchWheel_ROOT_DIR ${_root})
    break()
  endif()
endforeach()

unset(TorchWheel_VERSION)
if(TorchWheel_ROOT_DIR)
  file(STRINGS ${TorchWheel_ROOT_DIR}/torch/version.py _line REGEX "^__version__ = ")
  string(REGEX REPLACE ".*'([0-9.]+).*" "\\1" TorchWheel_VERSION "${_line}")
  if(NOT TorchWheel_VERSION STREQUAL _torch_version)
    message(FATAL_ERROR "${TorchWheel_ROOT_DIR} holds torch ${TorchWheel_VERSION}; seedscape needs ${_torch_version}")
  endif()
  # A home may be shared by machines of several kinds.
  file(READ ${TorchWheel_ROOT_DIR}/torch/lib/libtorch_cpu.so _machine OFFSET 18 LIMIT 2 HEX)  # e_machine of ELF
  set(_machine_x86_64 3e00)
  set(_machine_aarch64 b700)
  if(NOT _machine STREQUAL "${_machine_${CMAKE_SYSTEM_PROCESSOR}}")
    message(FATAL_ERROR "${TorchWheel_ROOT_DIR} holds a torch for another kind of processor than this ${CMAKE_SYSTEM_PROCESSOR}: "
                        "run scripts/setup without SEEDSCAPE_TORCH, which fetches the right one")
  endif()
endif()

list(JOIN _torch_roots " or " _torch_places)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(TorchWheel
  REQUIRED_VARS TorchWheel_ROOT_DIR VERSION_VAR TorchWheel_VERSION
  REASON_FAILURE_MESSAGE "no torch wheel in ${_torch_places}: run scripts/setup or set SEEDSCAPE_TORCH to a folder that holds torch/")

if(TorchWheel_FOUND AND NOT TARGET TorchWheel::cpu)
  set(_torch ${TorchWheel_ROOT_DIR}/torch)
  foreach(_library c10 torch_cpu c10_cuda torch_cuda)
    add_library(TorchWheel::${_library} SHARED IMPORTED)
    set_target_properties(TorchWheel::${_library} PROPERTIES IMPORTED_LOCATION ${_torch}/lib/lib${_library}.so)
  endforeach()
  # The NVIDIA libraries that libtorch_cpu.so needs are found through its own RPATH ($ORIGIN/../../nvidia/...).
  add_library(TorchWheel::cpu INTERFACE IMPORTED)
  set_target_properties(TorchWheel::cpu PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${_torch}/include;${_torch}/include/torch/csrc/api/include"
    INTERFACE_LINK_LIBRARIES "TorchWheel::torch_cpu;TorchWheel::c10")
  add_library(TorchWheel::cuda INTERFACE IMPORTED)
  set_target_properties(TorchWheel::cuda PROPERTIES
    INTERFACE_LINK_LIBRARIES "TorchWheel::torch_cuda;TorchWheel::c10_cuda;TorchWheel::cpu")
endif()

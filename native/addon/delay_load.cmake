# Node's functions for an addon that MinGW builds: an import library that delays the load of "node.exe" to the first
# call, where delay_load_win32.cc says what stands for it. Included where a target of Node's is linked.

execute_process(COMMAND ${CMAKE_CXX_COMPILER} -dumpmachine OUTPUT_VARIABLE machine OUTPUT_STRIP_TRAILING_WHITESPACE)
find_program(EAPHOST_DLLTOOL NAMES ${machine}-dlltool dlltool NO_CMAKE_FIND_ROOT_PATH REQUIRED)

set(node_api_def ${CMAKE_SOURCE_DIR}/node_modules/node-api-headers/def/node_api.def)
set(node_api_library ${CMAKE_BINARY_DIR}/libnode_api.a)
add_custom_command(
  OUTPUT ${node_api_library}
  COMMAND ${EAPHOST_DLLTOOL} --input-def ${node_api_def} --output-delaylib ${node_api_library}
  DEPENDS ${node_api_def} VERBATIM)
add_custom_target(node_api DEPENDS ${node_api_library})

function(eaphost_delay_load_node target)
  add_dependencies(${target} node_api)
  target_link_libraries(${target} PRIVATE ${node_api_library} delayimp)
endfunction()

{
  "variables": {
    "eaphost_defines": [
      "NAPI_VERSION=8",
      "NODE_ADDON_API_DISABLE_DEPRECATED",
      "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS",
      "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS",
      "NODE_API_NO_EXTERNAL_BUFFERS_ALLOWED"
    ],
    "platform_sources": [
      "native/platform/eap_error.cc",
      "native/platform/library.cc",
      "native/platform/local_memory.cc",
      "native/platform/text.cc",
      "native/platform/user_token.cc"
    ],
    "values_sources": [
      "native/values/attributes.cc",
      "native/values/copy.cc",
      "native/values/guid.cc",
      "native/values/input_fields.cc",
      "native/values/xml_document_posix.cc",
      "native/values/xml_document_win32.cc"
    ],
    "supplicant_sources": [
      "native/supplicant/configuration.cc",
      "native/supplicant/connections.cc",
      "native/supplicant/runtime_table.cc",
      "native/supplicant/supplicant.cc"
    ],
    "method_sources": [
      "native/method/dll_fields.cc",
      "native/method/method_dll.cc",
      "native/method/peer_method_dll.cc",
      "native/method/peer_method_session.cc",
      "native/method/trace.cc"
    ],
    "method_driver_sources": [
      "native/method/authenticator_method_dll.cc",
      "native/method/authenticator_method_session.cc",
      "native/method/exports.cc"
    ],
    "threads_sources": [
      "native/threads/apartment.cc",
      "native/threads/apartment_posix.cc",
      "native/threads/apartment_win32.cc",
      "native/threads/lane_owner.cc",
      "native/threads/lanes.cc",
      "native/threads/thread.cc"
    ],
    "system_sources": [
      "native/system/access_win32.cc",
      "native/system/descriptors_win32.cc",
      "native/system/elsewhere_posix.cc",
      "native/system/pipe_listener_win32.cc",
      "native/system/registry_win32.cc",
      "native/system/signature_win32.cc",
      "native/system/system_facts_win32.cc"
    ],
    "stream_sources": [
      "native/shim/codec.cc",
      "native/shim/connection.cc",
      "native/shim/stream_posix.cc",
      "native/shim/stream_win32.cc",
      "native/shim/wire.cc"
    ],
    "addon_sources": [
      "native/addon/addon.cc",
      "native/addon/arguments.cc",
      "native/addon/authenticator_session_object.cc",
      "native/addon/calls.cc",
      "native/addon/configuration_calls.cc",
      "native/addon/delay_load_win32.cc",
      "native/addon/delivery.cc",
      "native/addon/eaphost.rc",
      "native/addon/environment.cc",
      "native/addon/instance.cc",
      "native/addon/method_calls.cc",
      "native/addon/method_host.cc",
      "native/addon/method_object.cc",
      "native/addon/peer_session_object.cc",
      "native/addon/pipe_server.cc",
      "native/addon/runtime.cc",
      "native/addon/runtime_object.cc",
      "native/addon/session_object.cc",
      "native/addon/system_calls.cc",
      "native/addon/values.cc"
    ],
    "embedded_sources": [
      "native/embedded/apartment.cc",
      "native/embedded/config_call.cc",
      "native/embedded/config_exports.cc",
      "native/embedded/connections.cc",
      "native/embedded/embedded_exports.cc",
      "native/embedded/errors.cc",
      "native/embedded/fields.cc",
      "native/embedded/heap.cc",
      "native/embedded/method_table.cc",
      "native/embedded/method_xml_posix.cc",
      "native/embedded/method_xml_win32.cc",
      "native/embedded/packet.cc",
      "native/embedded/peer_machine.cc",
      "native/embedded/registry_win32.cc",
      "native/embedded/runtime.cc",
      "native/embedded/runtime_exports.cc",
      "native/embedded/session.cc",
      "native/embedded/ui_context.cc",
      "native/embedded/eapembedded.rc",
      "native/embedded/embedded.def"
    ],
    "shim_sources": [
      "native/shim/authenticator.cc",
      "native/shim/call.cc",
      "native/shim/codec_configuration.cc",
      "native/shim/elsewhere_posix.cc",
      "native/shim/endpoint.cc",
      "native/shim/exports.cc",
      "native/shim/exports_configuration.cc",
      "native/shim/failure.cc",
      "native/shim/field_memory.cc",
      "native/shim/memory.cc",
      "native/shim/peer.cc",
      "native/shim/registered_win32.cc",
      "native/shim/routines.cc",
      "native/shim/session.cc",
      "native/shim/ui_context.cc",
      "native/shim/xml_win32.cc",
      "native/shim/eapshim.rc",
      "native/shim/shim.def"
    ]
  }
}

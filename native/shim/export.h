// How the library exports a name: on Windows shim.def does it, undecorated.
#pragma once

#ifdef _WIN32
#define EAPSHIM_EXPORT extern "C"
#else
#define EAPSHIM_EXPORT extern "C" __attribute__((visibility("default")))
#endif

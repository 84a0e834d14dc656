// How a test method DLL exports a function: by its .def file on Windows, by visibility elsewhere.
#pragma once

#ifdef _WIN32
#define METHOD_EXPORT
#else
#define METHOD_EXPORT __attribute__((visibility("default")))
#endif

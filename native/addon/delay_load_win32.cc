// Resolves what the addon imports from "node.exe" to the executable that runs, whatever its name: a renamed
// node.exe, Electron. For MinGW; with MSVC, node-gyp and cmake-js bring a hook of their own. On the first
// call of each imported function, on any thread.
#ifdef __MINGW32__

#include <windows.h>

#include <delayimp.h>

namespace {

FARPROC WINAPI LoadHost(unsigned event, PDelayLoadInfo info) {
  if (event != dliNotePreLoadLibrary || _stricmp(info->szDll, "node.exe") != 0) return nullptr;
  // A Node that was built as a library exports from there.
  HMODULE host = GetModuleHandleW(L"libnode.dll");
  if (host == nullptr) host = GetModuleHandleW(nullptr);
  return reinterpret_cast<FARPROC>(reinterpret_cast<void*>(host));
}

}  // namespace

// The name by which the delay-load helper finds its hook.
extern "C" {
PfnDliHook __pfnDliNotifyHook2 = LoadHost;
}

#endif

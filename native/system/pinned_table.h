// The functions of a library of Windows', from System32 or, for tests, from a path: loaded when the first of
// them is called, and kept until the process ends, since its threads may outlive the last caller. Any thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "native/abi/win32.h"
#include "native/platform/library.h"
#include "native/values/plain.h"

namespace eaphost::system {

// `Table` has kLibrary, the file's name, and Find(library), which gives the name of a function that is
// missing or NULL. `path` is empty for System32's. Failures are LoadLibrary's.
template <typename Table>
values::Failure LoadPinned(const std::u16string& path, const Table** table) {
  static std::mutex mutex;
  static auto* const loaded = new std::map<std::u16string, std::unique_ptr<const Table>>;
  const std::lock_guard lock(mutex);
  std::unique_ptr<const Table>& place = (*loaded)[path];
  if (place == nullptr) {
    using platform::Library;
    Library library = path.empty() ? Library::Load(Table::kLibrary, Library::Where::kSystem32)
                                   : Library::Load(path, Library::Where::kPath);
    if (!library.loaded()) {
      // Both say what cannot be made: loading an ELF file says in words alone what Windows has a code for.
      return values::MakeFailure("LoadLibrary", library.error(), library.message());
    }
    auto found = std::make_unique<Table>();
    if (const char* const missing = found->Find(library)) {
      return values::MakeFailure("LoadLibrary", abi::kErrorProcNotFound,
                                 std::string("the library has no ") + missing);
    }
    library.Pin();
    place = std::move(found);
  }
  *table = place.get();
  return {};
}

}  // namespace eaphost::system

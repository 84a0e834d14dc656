// Loads a run-time's libraries and finds its functions. On the lane that opens the run-time.
#include "native/supplicant/runtime_table.h"

#include <string>

#include "native/abi/win32.h"
#include "native/platform/text.h"

namespace eaphost::supplicant {

namespace {

using platform::Library;

// Windows loads a name with a path from that path, whatever the search flags say.
bool IsPlainName(std::u16string_view name) {
  return !name.empty() && name.find_first_of(u"\\/:") == std::u16string_view::npos;
}

// The functions of one library: fills addresses, and collects the names of those that are not there.
class Finder {
 public:
  Finder(const Library& library, std::u16string_view name) : library_(library), name_(name) {}

  template <typename Function>
  void Find(const char* name, Function*& address) {
    address = library_.Find<Function>(name);
  }

  template <typename Function>
  void Require(const char* name, Function*& address) {
    Find(name, address);
    if (address == nullptr) missing_ += missing_.empty() ? name : std::string(", ") + name;
  }

  std::optional<Failure> failure() const {
    if (missing_.empty()) return std::nullopt;
    return MakeFailure("GetProcAddress", abi::kErrorProcNotFound,
                       platform::ToUtf8(name_) + " does not export " + missing_);
  }

 private:
  const Library& library_;
  std::u16string_view name_;
  std::string missing_;
};

}  // namespace

std::optional<Failure> RuntimeTable::Load(std::u16string_view runtime, std::u16string_view configuration,
                                          Library::Where where) {
  if (where == Library::Where::kSystem32 && !(IsPlainName(runtime) && IsPlainName(configuration))) {
    return MakeFailure("LoadLibrary", abi::kErrorInvalidParameter,
                       "a system library is named by its file name alone");
  }
  Library runtime_library = Library::Load(runtime, where);
  if (!runtime_library.loaded())
    return MakeFailure("LoadLibrary", runtime_library.error(), runtime_library.message());
  Library configuration_library = Library::Load(configuration, where);
  if (!configuration_library.loaded()) {
    return MakeFailure("LoadLibrary", configuration_library.error(), configuration_library.message());
  }

  RuntimeTable table;
  Finder in_runtime(runtime_library, runtime);
#define EAPHOST_REQUIRE(name) in_runtime.Require(#name, table.name);
#define EAPHOST_FIND(name) in_runtime.Find(#name, table.name);
  EAPHOST_RUNTIME_FUNCTIONS(EAPHOST_REQUIRE, EAPHOST_FIND)
  EAPHOST_EMBEDDED_FUNCTIONS(EAPHOST_FIND)
#undef EAPHOST_FIND
#undef EAPHOST_REQUIRE
  if (auto failure = in_runtime.failure()) return failure;
  Finder in_configuration(configuration_library, configuration);
#define EAPHOST_REQUIRE(name) in_configuration.Require(#name, table.name);
  EAPHOST_CONFIGURATION_FUNCTIONS(EAPHOST_REQUIRE)
#undef EAPHOST_REQUIRE
  if (auto failure = in_configuration.failure()) return failure;

  runtime_library.Pin();
  configuration_library.Pin();
  *this = table;
  return std::nullopt;
}

}  // namespace eaphost::supplicant

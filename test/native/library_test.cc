// Pinned libraries stay loaded: they are pinned by an address in them, even if their file has moved since.
#include <doctest/doctest.h>

#include <filesystem>
#include <memory>

#include "native/platform/library.h"
#include "test/native/runtime_harness.h"

namespace eaphost::test {

using embedded::test::BesideProgram;
using platform::Library;

TEST_CASE(
    "library: pinned by its address, it stays when its file has been moved and everybody has let it go") {
  const std::filesystem::path copy = BesideProgram("pinned-copy");
  const std::filesystem::path moved = BesideProgram("pinned-moved");
  for (const bool is_pinned : {false, true}) {
    CAPTURE(is_pinned);
    std::filesystem::remove(moved);
    std::filesystem::copy_file(std::filesystem::path(BesideProgram("trivialmethod")), copy,
                               std::filesystem::copy_options::overwrite_existing);
    const void* address = nullptr;
    {
      const Library library = Library::Load(copy.u16string(), Library::Where::kPath);
      REQUIRE(library.loaded());
      address = reinterpret_cast<const void*>(library.Find<void()>("EapPeerGetInfo"));
      REQUIRE(address != nullptr);
      std::filesystem::rename(copy, moved);
      if (is_pinned) CHECK(Library::PinOwnerOf(address));
    }
    CHECK(Library::PathOf(address).empty() != is_pinned);
  }
}

TEST_CASE("library: no library, nothing to pin") {
  const auto on_the_heap = std::make_unique<int>(0);
  CHECK(!Library::PinOwnerOf(on_the_heap.get()));
}

}  // namespace eaphost::test

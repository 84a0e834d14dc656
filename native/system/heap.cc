#include "native/system/heap.h"

#ifdef _WIN32
#include <windows.h>

#include <vector>
#elif defined(__APPLE__)
#include <malloc/malloc.h>
#elif defined(__GLIBC__)
#include <malloc.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>
#endif

#include "native/abi/win32.h"

namespace eaphost::system {

#ifdef _WIN32

abi::DWORD CountHeap(std::uint64_t* octets) {
  *octets = 0;
  // Room for some that are made meanwhile.
  std::vector<HANDLE> heaps(GetProcessHeaps(0, nullptr) + 16);
  const DWORD count = GetProcessHeaps(static_cast<DWORD>(heaps.size()), heaps.data());
  if (count == 0 || count > heaps.size()) return GetLastError();
  std::uint64_t sum = 0;
  for (DWORD at = 0; at < count; ++at) {
    if (HeapLock(heaps[at]) == 0) continue;
    PROCESS_HEAP_ENTRY entry{};
    while (HeapWalk(heaps[at], &entry) != 0) {
      if ((entry.wFlags & PROCESS_HEAP_ENTRY_BUSY) != 0) sum += entry.cbData;
    }
    HeapUnlock(heaps[at]);
  }
  *octets = sum;
  return abi::kNoError;
}

#elif defined(__APPLE__)

abi::DWORD CountHeap(std::uint64_t* octets) {
  malloc_statistics_t statistics{};
  malloc_zone_statistics(nullptr, &statistics);
  *octets = statistics.size_in_use;
  return abi::kNoError;
}

#elif defined(__GLIBC__)

namespace {

// The number in the last `<element type="kind" … size="NUMBER"/>`, which is that of all arenas.
std::uint64_t LastSize(std::string_view xml, std::string_view element) {
  std::size_t at = xml.rfind(element);
  if (at == std::string_view::npos) return 0;
  constexpr std::string_view kSize = " size=\"";
  at = xml.find(kSize, at);
  return at == std::string_view::npos ? 0 : std::strtoull(xml.data() + at + kSize.size(), nullptr, 10);
}

}  // namespace

// mallinfo2 knows the first arena alone, and each thread may have another.
abi::DWORD CountHeap(std::uint64_t* octets) {
  *octets = 0;
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* const stream = open_memstream(&text, &size);
  if (stream == nullptr) return abi::kErrorNotEnoughMemory;
  const bool is_told = malloc_info(0, stream) == 0;
  if (std::fclose(stream) != 0 || !is_told) {
    std::free(text);
    return abi::kErrorNotSupported;
  }
  const std::string_view xml(text, size);
  const std::uint64_t taken =
      LastSize(xml, "<system type=\"current\"") + LastSize(xml, "<total type=\"mmap\"");
  const std::uint64_t spare = LastSize(xml, "<total type=\"fast\"") + LastSize(xml, "<total type=\"rest\"");
  std::free(text);
  *octets = taken > spare ? taken - spare : 0;
  return abi::kNoError;
}

#else

abi::DWORD CountHeap(std::uint64_t* octets) {
  *octets = 0;
  return abi::kErrorNotSupported;
}

#endif

}  // namespace eaphost::system

// The heap of what callers must free, and the errors in it.
#include "native/embedded/heap.h"

#include <doctest/doctest.h>

#include <string_view>

#include "native/abi/constants.h"
#include "native/embedded/errors.h"
#include "native/embedded/exports.h"

using namespace eaphost;
using namespace eaphost::embedded;
using Kind = CallerHeap::Kind;

TEST_CASE("heap: blocks are zeroed, counted, and gone when freed") {
  CallerHeap& heap = CallerHeap::Get();
  const abi::DWORD before = heap.outstanding();
  auto* bytes = static_cast<abi::BYTE*>(heap.Allocate(Kind::kMemory, 64));
  for (int at = 0; at < 64; ++at) CHECK(bytes[at] == 0);
  void* empty = heap.Allocate(Kind::kMemory, 0);
  CHECK(empty != nullptr);
  CHECK(heap.outstanding() == before + 2);
  heap.Free(Kind::kMemory, bytes);
  heap.Free(Kind::kMemory, empty);
  heap.Free(Kind::kMemory, nullptr);
  CHECK(heap.outstanding() == before);
}

#ifdef NDEBUG  // a debug build stops at the first of these
TEST_CASE("heap: what is not ours to free is left alone") {
  CallerHeap& heap = CallerHeap::Get();
  const abi::DWORD before = heap.outstanding();
  int local = 5;
  EapHostPeerFreeMemory(reinterpret_cast<abi::BYTE*>(&local));
  EapHostPeerFreeEapError(reinterpret_cast<abi::EAP_ERROR*>(&local));
  CHECK(local == 5);
  auto* block = static_cast<abi::BYTE*>(heap.Allocate(Kind::kMemory, 8));
  abi::EAP_ERROR* error = CopyErrorToHeap({});
  EapHostPeerFreeEapError(reinterpret_cast<abi::EAP_ERROR*>(block));
  EapHostPeerFreeRuntimeMemory(reinterpret_cast<abi::BYTE*>(error));
  EapHostPeerFreeMemory(block + 1);
  CHECK(heap.outstanding() == before + 2);
  // Which function frees an error is not agreed on for EapHostPeerGetIdentity: both do.
  EapHostPeerFreeErrorMemory(error);
  EapHostPeerFreeRuntimeMemory(block);
  CHECK(heap.outstanding() == before);
  EapHostPeerFreeErrorMemory(error);
  EapHostPeerFreeRuntimeMemory(block);
  CHECK(heap.outstanding() == before);
}
#endif

TEST_CASE("heap: a block that is not handed out is freed") {
  CallerHeap& heap = CallerHeap::Get();
  const abi::DWORD before = heap.outstanding();
  {
    HeapBlock<abi::BYTE> one = CopyToHeap("abc", 3);
    HeapBlock<abi::BYTE> two(16);
    CHECK(heap.outstanding() == before + 2);
    one = std::move(two);
    HeapBlock<abi::BYTE> three(std::move(one));
    CHECK(heap.outstanding() == before + 2);
    CHECK(CopyToHeap("abc", 0).get() == nullptr);
    CHECK(CopyToHeap(nullptr, 3).get() == nullptr);
  }
  CHECK(heap.outstanding() == before);
}

TEST_CASE("heap: an error is copied whole into one block") {
  CallerHeap& heap = CallerHeap::Get();
  const abi::DWORD before = heap.outstanding();
  values::EapError data;
  data.win_error = 1;
  data.type = {{254, 2, 3}, 4};
  data.reason_code = 5;
  data.root_cause_guid = {6, 7, 8, {9}};
  data.repair_guid = {10, 0, 0, {}};
  data.help_link_guid = {11, 0, 0, {}};
  data.root_cause = u"why";
  data.repair = u"";
  abi::EAP_ERROR* error = CopyErrorToHeap(data);
  CHECK(heap.outstanding() == before + 1);
  CHECK(error->dwWinError == 1);
  CHECK(error->type.eapType.dwVendorId == 2);
  CHECK(error->type.dwAuthorId == 4);
  CHECK(error->dwReasonCode == 5);
  CHECK(error->rootCauseGuid == data.root_cause_guid);
  CHECK(error->repairGuid == data.repair_guid);
  CHECK(error->helpLinkGuid == data.help_link_guid);
  CHECK(std::u16string_view(error->pRootCauseString) == u"why");
  CHECK(std::u16string_view(error->pRepairString).empty());
  EapHostPeerFreeEapError(error);
  error = CopyErrorToHeap({});
  CHECK(error->pRootCauseString == nullptr);
  CHECK(error->pRepairString == nullptr);
  EapHostPeerFreeEapError(error);
  CHECK(heap.outstanding() == before);
}

TEST_CASE("errors: codes of EAPHost are described, errors of methods are left as they are") {
  const abi::EAP_METHOD_TYPE type{{26, 0, 0}, 311};
  const values::Status failed = Fail(abi::EAP_E_EAPHOST_METHOD_NOT_INSTALLED, type);
  REQUIRE(failed.error.has_value());
  CHECK(failed.error->win_error == abi::EAP_E_EAPHOST_METHOD_NOT_INSTALLED);
  CHECK(failed.error->reason_code == abi::EAP_E_EAPHOST_METHOD_NOT_INSTALLED);
  CHECK(failed.error->type.dwAuthorId == 311);
  CHECK(failed.error->root_cause.has_value());
  CHECK(failed.error->repair.has_value());

  const values::Status unknown = Fail(4711, type);
  REQUIRE(unknown.error.has_value());
  CHECK(unknown.error->win_error == 4711);
  CHECK(unknown.error->root_cause_guid == abi::GUID_EapHost_Default);
  CHECK(!unknown.error->root_cause);

  values::EapError own;
  own.win_error = 4712;
  own.type = {{13, 0, 0}, 9};
  own.root_cause = u"its own";
  const values::Status described =
      Describe(values::Status(abi::EAP_E_EAPHOST_METHOD_NOT_INSTALLED, own), type);
  CHECK(described.code == abi::EAP_E_EAPHOST_METHOD_NOT_INSTALLED);
  CHECK(described.error->win_error == 4712);
  CHECK(described.error->type.eapType.type == 13);
  CHECK(described.error->root_cause == u"its own");
  CHECK(described.error->root_cause_guid == abi::GUID_EapHost_Default);
  CHECK(Describe(values::Status(), type).ok());
  CHECK(!Describe(values::Status(), type).error.has_value());
}

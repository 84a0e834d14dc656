// Fuzzes what the shim makes of a server's octets: frames, hellos and each reply's body. Builds with
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -I. test/native/fuzz/shim_reply_fuzz.cc
//     native/shim/codec.cc native/shim/wire.cc native/shim/failure.cc native/shim/memory.cc
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "native/shim/codec.h"
#include "native/shim/memory.h"

namespace {

using namespace eaphost;

// Reads every octet that a host would read.
unsigned Sum(const std::uint8_t* data, std::size_t size) {
  unsigned sum = 0;
  for (std::size_t index = 0; index < size; ++index) sum += data[index];
  return sum;
}

unsigned Sum(const abi::EAP_ATTRIBUTES& attributes) {
  unsigned sum = 0;
  for (abi::DWORD index = 0; index < attributes.dwNumberOfAttributes; ++index) {
    sum += Sum(attributes.pAttribs[index].pValue, attributes.pAttribs[index].dwLength);
  }
  return sum;
}

unsigned Sum(const shim::Failure& failure) {
  abi::EAP_ERROR* error = shim::MakeError(failure);
  if (error == nullptr) std::abort();
  unsigned sum = error->dwWinError;
  for (const abi::WCHAR* text : {error->pRootCauseString, error->pRepairString}) {
    for (; text != nullptr && *text != 0; ++text) sum += *text;
  }
  shim::Free(error);
  return sum;
}

volatile unsigned sink;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const shim::Octets octets(data, size);
  shim::Frame frame;
  if (shim::DecodeFrame(octets, &frame) && frame.body.size() + shim::kHeaderSize != size) std::abort();
  if (shim::DecodeHello(octets, shim::Token{}) && size != shim::kHelloSize) std::abort();
  if (shim::DecodeEmpty(octets) && size != 0) std::abort();

  shim::Identity identity;
  if (shim::DecodeIdentity(octets, &identity)) {
    sink = Sum(identity.user_data.data(), identity.user_data.size());
    for (const char16_t unit : identity.identity) {
      if (unit == 0) std::abort();
    }
  }
  shim::Step decoded;
  if (shim::DecodeStep(octets, &decoded)) {
    shim::Step step = std::move(decoded);
    sink = Sum(step.data.data(), step.data.size()) + Sum(step.attributes.list());
    if (step.action == abi::EapPeerMethodResponseActionSend && step.data.size() > shim::kMaxPacketSize)
      std::abort();
  }
  shim::Result result;
  if (shim::DecodeResult(octets, &result)) {
    sink = Sum(result.attributes.list()) + Sum(result.error);
    if (result.success != (result.reason == 0)) std::abort();
  }
  shim::Failure failure;
  if (shim::DecodeFailure(octets, &failure)) {
    sink = Sum(failure);
    if (!failure.failed()) std::abort();
  }
  return 0;
}

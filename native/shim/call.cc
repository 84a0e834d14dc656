#include "native/shim/call.h"

#include <atomic>
#include <cstring>

namespace eaphost::shim {

namespace {

std::atomic<std::chrono::milliseconds> call_time{std::chrono::seconds(30)};
std::atomic<std::chrono::milliseconds> end_time{std::chrono::seconds(2)};
std::atomic<std::chrono::milliseconds> user_time{std::chrono::minutes(10)};

Failure Close(Session& session, Call call) {
  if (!session.connection->Quiet()) return Failure();
  Writer request;
  Failure failure = session.connection->Exchange(call, request, Deadline(EndTime()), &DecodeEmpty);
  // A server that is late has the request and sees that we hung up: it ends the session all the same.
  const bool is_late = failure.win_error == abi::kErrorTimeout && !session.connection->Quiet();
  session.endpoint->Give(std::move(session.connection));
  return is_late ? Failure() : failure;
}

}  // namespace

void SetDeadlines(std::chrono::milliseconds call, std::chrono::milliseconds end,
                  std::chrono::milliseconds user) {
  call_time = call;
  end_time = end;
  user_time = user;
}

std::chrono::milliseconds CallTime() { return call_time; }
std::chrono::milliseconds EndTime() { return end_time; }
std::chrono::milliseconds UserTime() { return user_time; }

Block CopyOf(Octets octets) {
  if (octets.empty()) return nullptr;
  Block block(Allocate(octets.size()));
  std::memcpy(block.get(), octets.data(), octets.size());
  return block;
}

Block CopyOf(std::u16string_view text) {
  Block block(Allocate((text.size() + 1) * sizeof(abi::WCHAR)));
  if (!text.empty()) std::memcpy(block.get(), text.data(), text.size() * sizeof(abi::WCHAR));
  return block;
}

Failure Begin(Side side, Call call, const abi::EAP_TYPE& type, Writer& request,
              abi::EAP_SESSION_HANDLE* handle) {
  const EndpointPointer endpoint = EndpointFor(type);
  if (endpoint == nullptr) return Failure::Of(abi::kErrorNotReady);
  const Deadline deadline(CallTime());
  std::unique_ptr<Connection> stream;
  if (const abi::DWORD code = endpoint->Take(deadline, &stream); code != abi::kNoError) {
    return Failure::Of(code);
  }
  Failure failure = stream->Exchange(call, request, deadline, &DecodeEmpty);
  if (failure.failed()) {
    endpoint->Give(std::move(stream));
  } else {
    // (make_shared would keep glibc from ever unloading the library.)
    *handle = AddSession(SessionPointer(new Session(side, type, endpoint, std::move(stream))));
  }
  return failure;
}

abi::DWORD End(Side side, Call call, abi::EAP_SESSION_HANDLE handle, abi::EAP_ERROR** error) noexcept {
  abi::EAP_METHOD_TYPE type{};
  return Guarded(error, type, [&] {
    const SessionPointer session = RemoveSession(side, handle);
    if (session == nullptr) return Failure::Of(kErrorInvalidHandle);
    type.eapType = session->type;
    std::unique_lock guard(session->lock, std::try_to_lock);
    if (guard.owns_lock()) return Close(*session, call);
    // Another thread is inside a call for it: both ends learn of the end from the connection's.
    session->connection->Abort();
    guard.lock();
    return Failure();
  });
}

}  // namespace eaphost::shim

#include "native/method/exports.h"

namespace eaphost::method {

bool Check(const Status& status, const char* call, Failure& failure) {
  if (status.ok()) return true;
  failure = host::MakeFailure(status.call()[0] != '\0' ? status.call() : call, status.code());
  if (status.error() != nullptr) failure.error = *status.error();
  return false;
}

}  // namespace eaphost::method

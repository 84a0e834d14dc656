#include "native/method/exports.h"

namespace eaphost::method {

host::EapError Plain(const EapErrorData& from) {
  return {.win_error = from.win_error,
          .type = from.type,
          .reason_code = from.reason_code,
          .root_cause_guid = from.root_cause_guid,
          .repair_guid = from.repair_guid,
          .help_link_guid = from.help_link_guid,
          .root_cause = from.root_cause,
          .repair = from.repair};
}

bool Check(const Status& status, const char* call, Failure& failure) {
  if (status.ok()) return true;
  failure = host::MakeFailure(status.call()[0] != '\0' ? status.call() : call, status.code());
  if (status.error() != nullptr) failure.error = Plain(*status.error());
  return false;
}

}  // namespace eaphost::method

// EAP attributes as owned data, and as the array that the C interfaces take. Any thread; one thread at a
// time.
#pragma once

#include "native/values/plain.h"

namespace eaphost::values {

// Copies what another party owns. Methods report a count with no array, and values with no pointer.
AttributeList CopyAttributes(const abi::EapAttributes* attributes);

// Whether an attribute may be shown: keys and passwords may not, nor what others put blobs and packets into,
// nor what is unknown.
bool IsPublic(abi::EAP_ATTRIBUTE_TYPE type);

// How a list without attributes is handed over: with a count of 0, or not at all, as hosts may.
enum class NoAttributes { kEmpty, kNull };

// A list as EapAttributes. It points into itself and owns a copy of every value.
class AttributeArray {
 public:
  AttributeArray() = default;
  explicit AttributeArray(AttributeList list, NoAttributes none = NoAttributes::kEmpty);
  AttributeArray(AttributeArray&&) = default;
  AttributeArray& operator=(AttributeArray&&) = default;

  // Valid until this object is assigned to or dies. The array is NULL if there is nothing.
  abi::EapAttributes* get() { return is_null_ ? nullptr : &view_; }

 private:
  AttributeList list_;
  std::vector<abi::EAP_ATTRIBUTE> items_;
  abi::EapAttributes view_{};
  bool is_null_ = false;
};

}  // namespace eaphost::values

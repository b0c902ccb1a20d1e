// Whole buffers: Parse rejects what is left over, Serialize makes exactly the struct's bytes.
#pragma once

#include <utility>

#include "base/result_macros.h"
#include "base/rule.h"
#include "conclave/bytes.h"
#include "conclave/result.h"
#include "conclave/secret.h"
#include "wire/codec.h"

namespace conclave::wire {

// The T that `input` is, all of it. kMalformed otherwise.
template <class T>
Result<T> Parse(BytesView input, Reader::Budget budget = Reader::Budget::of_input) {
  Reader reader(input, budget);
  T value{};
  Decode(reader, value);
  CONCLAVE_RETURN_IF_ERROR(Rule("2.1:decodes", ErrorKind::kMalformed, reader.ok()));
  CONCLAVE_RETURN_IF_ERROR(Rule("2.1:no-trailing-bytes", ErrorKind::kMalformed, reader.empty()));
  return value;
}

template <class T>
Bytes Serialize(const T& value) {
  Writer writer;
  Encode(writer, value);
  return writer.Take();
}

// The bytes of `value` without its last field; see EncodeTbs.
template <class T>
Bytes SerializeTbs(const T& value) {
  Writer writer;
  EncodeTbs(writer, value);
  return writer.Take();
}

// The bytes of a struct that holds secrets: measured first, made once, wiped when dropped.
template <class T>
Secret SerializeSecret(const T& value) {
  SizeCounter counter;
  Encode(counter, value);
  SecretWriter writer(counter.size());
  Encode(writer, value);
  return writer.Take();
}

}  // namespace conclave::wire

// BoringSSL's error queue belongs to the thread, and so to the application, which may use BoringSSL
// itself: its SSL_get_error() looks into the queue. What fails here leaves nothing behind in it.
#pragma once

#include <openssl/err.h>

namespace conclave::boringssl {

class KeepErrorQueue {
 public:
  KeepErrorQueue() { ERR_set_mark(); }
  ~KeepErrorQueue() { ERR_pop_to_mark(); }
  KeepErrorQueue(const KeepErrorQueue&) = delete;
  KeepErrorQueue& operator=(const KeepErrorQueue&) = delete;
};

}  // namespace conclave::boringssl

// What a program of calls of the C API works with: two clients over storages, a clock and a
// verifier that are callbacks, and handles for what the calls give.
#pragma once

#include <cstddef>

#include "conclave/c.h"
#include "fuzz/harness/scene.h"

namespace conclave::fuzz {

// View callbacks. They read everything that they are shown; the context counts how often.
void ShowBytes(void* context, const std::uint8_t* data, std::size_t size);
void ShowEntered(void* context, const conclave_entered* entered);
void ShowOutgoing(void* context, const conclave_outgoing_commit* outgoing);
void ShowBundle(void* context, const conclave_bundle* bundle);
void ShowNewGroup(void* context, const conclave_new_group* group);
void ShowExtension(void* context, const conclave_extension* extension);

class CWorld {
 public:
  explicit CWorld(const Scene& scene);
  CWorld(const CWorld&) = delete;
  CWorld& operator=(const CWorld&) = delete;

  // Around each call. After one that failed, nothing was given and everything is as it was.
  void Before();
  void After(conclave_error error);
  const char** detail() { return &detail_; }

  // That a call gave its output once, if it succeeded.
  conclave_error Once(conclave_error error);
  // What calls gave. Joins are looked at, entered if that can be, and freed.
  void Take(conclave_event* given);
  void Enter(conclave_staged_join* staged);
  void Enter(conclave_pending_join* pending);
  // Whether a session was given if and only if there was no error; it takes the place of the other.
  conclave_error Replace(conclave_error error, conclave_session* given);

  // Asks for everything that can be asked for.
  void LookAround();
  // Frees all handles, in one of several orders. There is no other end.
  void FreeInOrder(std::size_t order);

  conclave_crypto* crypto = nullptr;
  conclave_storage* storage = nullptr;  // alice's
  conclave_client* client = nullptr;    // alice, who is in the group
  conclave_session* session = nullptr;  // hers
  conclave_client* guest = nullptr;     // ivan, who has been invited
  conclave_event* event = nullptr;      // the last one; or none
  std::size_t shown = 0;

 private:
  conclave_client* NewClient(const char* name, conclave_storage* lent) const;
  void RequireSession(conclave_error error, conclave_session* given);

  Rows alice_rows_;
  Rows ivan_rows_;
  conclave_storage* ivan_storage_ = nullptr;
  const char* detail_ = "";
  Rows alice_before_;
  Rows ivan_before_;
  Bytes state_before_;
};

}  // namespace conclave::fuzz

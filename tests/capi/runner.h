// The lists of tests that the runner runs, and what it does around each.
#pragma once

#include "capi/support.h"

extern const test kMembershipTests[];
extern const test kMessageTests[];
extern const test kProposalTests[];
extern const test kExternalTests[];
extern const test kGroupTests[];
extern const test kStorageTests[];
extern const test kOwnStorageTests[];
extern const test kSqliteTests[];
extern const test kTrustTests[];
extern const test kHandleTests[];
extern const test kMisuseTests[];
extern const test kNullTests[];

// Frees what the test that has ended left.
void FreeLeftovers(void);

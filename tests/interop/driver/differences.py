"""Where other implementations are known to disagree with us. docs/interop.md says who is right by
the RFC, and tests/interop/differences_test.cc that we are what it says.

Each entry is a peer with its version, a scenario, and words from what goes wrong. A scenario that
goes wrong in that way, and in no other, differs: it has neither passed nor failed. One that goes
right after all has failed: the entry is to be removed.
"""

EXTERNAL_PUB = ("(Conclave) refuses external_join: ", "Invalid public key for the ciphersuite",
                "Invalid length of the key")
COMPRESSED_KEYS = ("InvalidProposal: 5.1.1:signature-key-size",
                   "NotAuthentic: 12.4.3.1:group-info-signature")
OWN_PLACE_TAKEN = ("No overlap between provided private keys and update path",)
UNMERGED_LEAVES = ("non-blank intermediate node must list leaf node in its unmerged_leaves",)

GREASE = ("Extensions are not acceptable",
          "A key package extension is not supported in the leaf's capabilities")
ECDSA_SUITES = (2, 5, 7)

# Peers to whom we send no GREASE, so that there is something to talk about.
NO_GREASE = {"OpenMLS"}

KNOWN = {
    ("OpenMLS 0.9.2", "as they are"): GREASE,
    ("ts-mls 1.6.4", "as they are"): COMPRESSED_KEYS,
    ("ts-mls 1.6.4", "external join"): EXTERNAL_PUB,
    ("ts-mls 1.6.4", "resync"): EXTERNAL_PUB,
    ("ts-mls 1.6.4", "replaced"): OWN_PLACE_TAKEN,
    ("ts-mls 1.6.4", "long life, Conclave creates"): UNMERGED_LEAVES,
}


def known(peer, scenario, suite):
    """The words to expect, for a scenario with who creates the group, or for both of those."""
    words = KNOWN.get((peer, scenario)) or KNOWN.get((peer, scenario.split(",")[0]), ())
    if words is COMPRESSED_KEYS and suite not in ECDSA_SUITES:
        return ()
    return words

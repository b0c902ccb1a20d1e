# Written by tools/sources.py from the tree; run it after adding or removing a file.

set(CONCLAVE_PUBLIC_HEADERS
    include/conclave/boringssl_provider.h
    include/conclave/bytes.h
    include/conclave/client.h
    include/conclave/clock.h
    include/conclave/commit_summary.h
    include/conclave/conclave.h
    include/conclave/credential.h
    include/conclave/crypto_provider.h
    include/conclave/executor.h
    include/conclave/export.h
    include/conclave/external_join.h
    include/conclave/external_sender.h
    include/conclave/group_info.h
    include/conclave/member.h
    include/conclave/memory_storage.h
    include/conclave/offers.h
    include/conclave/policy.h
    include/conclave/proposals.h
    include/conclave/result.h
    include/conclave/secret.h
    include/conclave/session.h
    include/conclave/storage.h
    include/conclave/successor.h
    include/conclave/types.h
    include/conclave/x509.h
)

set(CONCLAVE_BASE
    lib/base/result.cc
    lib/base/rule.cc
    lib/base/secret.cc
    lib/base/wipe.cc
)

set(CONCLAVE_CRYPTO
    lib/crypto/cipher_suite.cc
    lib/crypto/kdf.cc
    lib/crypto/signature_key.cc
)

set(CONCLAVE_FRAMING
    lib/framing/content_auth.cc
    lib/framing/private_message.cc
    lib/framing/public_message.cc
)

set(CONCLAVE_GROUP
    lib/group/apply_proposals.cc
    lib/group/choose_proposals.cc
    lib/group/client_index.cc
    lib/group/create_commit.cc
    lib/group/create_group.cc
    lib/group/create_welcome.cc
    lib/group/describe.cc
    lib/group/environment.cc
    lib/group/group.cc
    lib/group/group_extensions.cc
    lib/group/group_info.cc
    lib/group/join.cc
    lib/group/key_package_rules.cc
    lib/group/next_epoch.cc
    lib/group/own_leaf.cc
    lib/group/process_commit.cc
    lib/group/proposal_rules.cc
    lib/group/public_group.cc
    lib/group/sender.cc
    lib/group/successor.cc
)

set(CONCLAVE_HPKE
    lib/hpke/hpke.cc
    lib/hpke/kem.cc
    lib/hpke/labeled_kdf.cc
)

set(CONCLAVE_LABELED
    lib/labeled/labeled.cc
)

set(CONCLAVE_PROVIDERS_BORINGSSL
    lib/providers/boringssl/aead.cc
    lib/providers/boringssl/certificate.cc
    lib/providers/boringssl/dh.cc
    lib/providers/boringssl/hash.cc
    lib/providers/boringssl/nist_key.cc
    lib/providers/boringssl/signature.cc
    lib/providers/boringssl/x509.cc
)

set(CONCLAVE_RFC9420
    lib/rfc9420/credential.cc
    lib/rfc9420/framing.cc
)

set(CONCLAVE_SCHEDULE
    lib/schedule/exporter.cc
    lib/schedule/hash_ratchet.cc
    lib/schedule/key_schedule.cc
    lib/schedule/psk_secret.cc
    lib/schedule/secret_tree.cc
    lib/schedule/transcript_hash.cc
)

set(CONCLAVE_SESSION
    lib/session/client.cc
    lib/session/external_join.cc
    lib/session/external_sender.cc
    lib/session/messages.cc
    lib/session/offers.cc
    lib/session/proposals.cc
    lib/session/records.cc
    lib/session/request.cc
    lib/session/session.cc
    lib/session/staged_join.cc
    lib/session/successor.cc
    lib/session/system_clock.cc
)

set(CONCLAVE_STORAGE
    lib/storage/memory_storage.cc
    lib/storage/storage.cc
    lib/storage/write_batch.cc
)

set(CONCLAVE_TREE
    lib/tree/capability_counts.cc
    lib/tree/key_hasher.cc
    lib/tree/key_table.cc
    lib/tree/leaf_node_rules.cc
    lib/tree/leaf_record.cc
    lib/tree/parent_hash.cc
    lib/tree/parent_record.cc
    lib/tree/private_path.cc
    lib/tree/ratchet_tree.cc
    lib/tree/ratchet_tree_decoder.cc
    lib/tree/tree_builder.cc
    lib/tree/tree_delta.cc
    lib/tree/tree_hash.cc
    lib/tree/tree_index.cc
    lib/tree/tree_node.cc
    lib/tree/tree_rules.cc
    lib/tree/update_path.cc
)

set(CONCLAVE_WIRE
    lib/wire/reader.cc
    lib/wire/writer.cc
)

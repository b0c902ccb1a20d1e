//! OpenMLS's storage in memory, which can be told to leave the state of groups unwritten.
//!
//! OpenMLS writes the whole tree and the whole secret tree through to storage at each operation,
//! and its MemoryStorage turns them to JSON; that would be most of the time taken in a large group.
//! Keys and key packages, which it reads back, are always kept.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::PoisonError;

use openmls_memory_storage::{MemoryStorage, MemoryStorageError};
use openmls_traits::storage::{CURRENT_VERSION, StorageProvider, traits};

pub type Contents = HashMap<Vec<u8>, Vec<u8>>;

pub struct Storage {
    memory: MemoryStorage,
    writes_state: Cell<bool>,
}

impl Storage {
    pub fn new() -> Self {
        Self {
            memory: MemoryStorage::default(),
            writes_state: Cell::new(true),
        }
    }

    pub fn write_state(&self, write: bool) {
        self.writes_state.set(write);
    }

    pub fn contents(&self) -> Contents {
        let values = self.memory.values.read();
        values.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn set_contents(&self, contents: &Contents) {
        let values = self.memory.values.write();
        values
            .unwrap_or_else(PoisonError::into_inner)
            .clone_from(contents);
    }
}

/// Methods that write the state of a group.
macro_rules! state_writers {
    ($($method:ident<$first:ident, $second:ident>($group:ty, $value:ty);)*) => {
        $(fn $method<
            $first: traits::$first<CURRENT_VERSION>,
            $second: traits::$second<CURRENT_VERSION>,
        >(&self, group: &$group, value: &$value) -> Result<(), Self::Error> {
            if self.writes_state.get() {
                self.memory.$method(group, value)
            } else {
                Ok(())
            }
        })*
    };
}

/// Methods that are left to the storage in memory as they are.
macro_rules! forwarded {
    ($($method:ident<$($kind:ident = $kind_trait:ident),*>($($name:ident: $type:ty),*)
        -> $answer:ty;)*) => {
        $(fn $method<$($kind: traits::$kind_trait<CURRENT_VERSION>),*>(
            &self,
            $($name: $type),*
        ) -> Result<$answer, Self::Error> {
            self.memory.$method::<$($kind),*>($($name),*)
        })*
    };
}

impl StorageProvider<CURRENT_VERSION> for Storage {
    type Error = MemoryStorageError;

    state_writers! {
        write_mls_join_config<GroupId, MlsGroupJoinConfig>(GroupId, MlsGroupJoinConfig);
        append_own_leaf_node<GroupId, LeafNode>(GroupId, LeafNode);
        write_tree<GroupId, TreeSync>(GroupId, TreeSync);
        write_interim_transcript_hash<GroupId, InterimTranscriptHash>(
            GroupId, InterimTranscriptHash);
        write_context<GroupId, GroupContext>(GroupId, GroupContext);
        write_confirmation_tag<GroupId, ConfirmationTag>(GroupId, ConfirmationTag);
        write_group_state<GroupState, GroupId>(GroupId, GroupState);
        write_message_secrets<GroupId, MessageSecrets>(GroupId, MessageSecrets);
        write_resumption_psk_store<GroupId, ResumptionPskStore>(GroupId, ResumptionPskStore);
        write_own_leaf_index<GroupId, LeafNodeIndex>(GroupId, LeafNodeIndex);
        write_group_epoch_secrets<GroupId, GroupEpochSecrets>(GroupId, GroupEpochSecrets);
    }

    forwarded! {
        queue_proposal<G = GroupId, R = ProposalRef, Q = QueuedProposal>(
            group: &G, reference: &R, proposal: &Q) -> ();
        write_signature_key_pair<K = SignaturePublicKey, P = SignatureKeyPair>(
            key: &K, pair: &P) -> ();
        write_encryption_key_pair<K = EncryptionKey, P = HpkeKeyPair>(key: &K, pair: &P) -> ();
        write_encryption_epoch_key_pairs<G = GroupId, E = EpochKey, P = HpkeKeyPair>(
            group: &G, epoch: &E, leaf: u32, pairs: &[P]) -> ();
        write_key_package<R = HashReference, K = KeyPackage>(reference: &R, package: &K) -> ();
        write_psk<I = PskId, B = PskBundle>(id: &I, psk: &B) -> ();

        mls_group_join_config<G = GroupId, V = MlsGroupJoinConfig>(group: &G) -> Option<V>;
        own_leaf_nodes<G = GroupId, V = LeafNode>(group: &G) -> Vec<V>;
        queued_proposal_refs<G = GroupId, R = ProposalRef>(group: &G) -> Vec<R>;
        queued_proposals<G = GroupId, R = ProposalRef, Q = QueuedProposal>(
            group: &G) -> Vec<(R, Q)>;
        tree<G = GroupId, V = TreeSync>(group: &G) -> Option<V>;
        group_context<G = GroupId, V = GroupContext>(group: &G) -> Option<V>;
        interim_transcript_hash<G = GroupId, V = InterimTranscriptHash>(group: &G) -> Option<V>;
        confirmation_tag<G = GroupId, V = ConfirmationTag>(group: &G) -> Option<V>;
        group_state<V = GroupState, G = GroupId>(group: &G) -> Option<V>;
        message_secrets<G = GroupId, V = MessageSecrets>(group: &G) -> Option<V>;
        resumption_psk_store<G = GroupId, V = ResumptionPskStore>(group: &G) -> Option<V>;
        own_leaf_index<G = GroupId, V = LeafNodeIndex>(group: &G) -> Option<V>;
        group_epoch_secrets<G = GroupId, V = GroupEpochSecrets>(group: &G) -> Option<V>;
        signature_key_pair<K = SignaturePublicKey, P = SignatureKeyPair>(key: &K) -> Option<P>;
        encryption_key_pair<P = HpkeKeyPair, K = EncryptionKey>(key: &K) -> Option<P>;
        encryption_epoch_key_pairs<G = GroupId, E = EpochKey, P = HpkeKeyPair>(
            group: &G, epoch: &E, leaf: u32) -> Vec<P>;
        key_package<R = HashReference, K = KeyPackage>(reference: &R) -> Option<K>;
        psk<B = PskBundle, I = PskId>(id: &I) -> Option<B>;

        remove_proposal<G = GroupId, R = ProposalRef>(group: &G, reference: &R) -> ();
        delete_own_leaf_nodes<G = GroupId>(group: &G) -> ();
        delete_group_config<G = GroupId>(group: &G) -> ();
        delete_tree<G = GroupId>(group: &G) -> ();
        delete_confirmation_tag<G = GroupId>(group: &G) -> ();
        delete_group_state<G = GroupId>(group: &G) -> ();
        delete_context<G = GroupId>(group: &G) -> ();
        delete_interim_transcript_hash<G = GroupId>(group: &G) -> ();
        delete_message_secrets<G = GroupId>(group: &G) -> ();
        delete_all_resumption_psk_secrets<G = GroupId>(group: &G) -> ();
        delete_own_leaf_index<G = GroupId>(group: &G) -> ();
        delete_group_epoch_secrets<G = GroupId>(group: &G) -> ();
        clear_proposal_queue<G = GroupId, R = ProposalRef>(group: &G) -> ();
        delete_signature_key_pair<K = SignaturePublicKey>(key: &K) -> ();
        delete_encryption_key_pair<K = EncryptionKey>(key: &K) -> ();
        delete_encryption_epoch_key_pairs<G = GroupId, E = EpochKey>(
            group: &G, epoch: &E, leaf: u32) -> ();
        delete_key_package<R = HashReference>(reference: &R) -> ();
        delete_psk<I = PskId>(id: &I) -> ();
    }
}

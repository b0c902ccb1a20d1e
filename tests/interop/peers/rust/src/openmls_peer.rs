//! OpenMLS, over its RustCrypto provider.

use openmls::prelude::tls_codec::{Deserialize, Serialize};
use openmls::prelude::*;
use openmls::schedule::{ExternalPsk, PreSharedKeyId, Psk};
use openmls_basic_credential::SignatureKeyPair;
use openmls_rust_crypto::OpenMlsRustCrypto;

use crate::peer::{Commit, Heard, Outcome, Peer, State, unsupported};

pub struct OpenMlsPeer {
    suite: Ciphersuite,
    policy: WireFormatPolicy,
    provider: OpenMlsRustCrypto,
    signer: SignatureKeyPair,
    credential: CredentialWithKey,
    group: Option<MlsGroup>,
}

/// What has no `std::error::Error`, or one that is bound to the group borrowed.
fn described(error: impl std::fmt::Debug) -> Box<dyn std::error::Error> {
    format!("{error:?}").into()
}

fn parse(message: &[u8]) -> Outcome<MlsMessageIn> {
    Ok(MlsMessageIn::tls_deserialize_exact(message)?)
}

impl OpenMlsPeer {
    fn join_config(&self) -> MlsGroupJoinConfig {
        MlsGroupJoinConfig::builder()
            .wire_format_policy(self.policy)
            .use_ratchet_tree_extension(true)
            .build()
    }

    fn group(&mut self) -> Outcome<&mut MlsGroup> {
        self.group.as_mut().ok_or_else(|| "no group".into())
    }

    fn valid(&self, key_package: &[u8]) -> Outcome<KeyPackage> {
        let MlsMessageBodyIn::KeyPackage(key_package) = parse(key_package)?.extract() else {
            return Err("not a KeyPackage".into());
        };
        Ok(key_package.validate(self.provider.crypto(), ProtocolVersion::Mls10)?)
    }

    fn psk_id(&self, id: &[u8]) -> Outcome<PreSharedKeyId> {
        let psk = Psk::External(ExternalPsk::new(id.to_vec()));
        PreSharedKeyId::new(self.suite, self.provider.rand(), psk).map_err(described)
    }
}

impl Peer for OpenMlsPeer {
    const NAME: &'static str = "OpenMLS";
    const VERSION: &'static str = "0.9.2";

    fn new(suite: u16, identity: Vec<u8>, public_handshake: bool) -> Outcome<Self> {
        let suite = Ciphersuite::try_from(suite).map_err(|_| unsupported("such suite"))?;
        let provider = OpenMlsRustCrypto::default();
        if provider.crypto().supports(suite).is_err() {
            return Err(unsupported("such suite"));
        }
        let signer = SignatureKeyPair::new(suite.signature_algorithm()).map_err(described)?;
        Ok(Self {
            suite,
            policy: if public_handshake {
                MIXED_PLAINTEXT_WIRE_FORMAT_POLICY
            } else {
                MIXED_CIPHERTEXT_WIRE_FORMAT_POLICY
            },
            provider,
            credential: CredentialWithKey {
                credential: BasicCredential::new(identity).into(),
                signature_key: signer.public().into(),
            },
            signer,
            group: None,
        })
    }

    fn key_package(&mut self) -> Outcome<Vec<u8>> {
        let bundle = KeyPackage::builder().build(
            self.suite,
            &self.provider,
            &self.signer,
            self.credential.clone(),
        )?;
        let message = MlsMessageOut::from(bundle.key_package().clone());
        Ok(message.tls_serialize_detached()?)
    }

    fn create(&mut self, group_id: &[u8]) -> Outcome<()> {
        let config = MlsGroupCreateConfig::builder()
            .ciphersuite(self.suite)
            .wire_format_policy(self.policy)
            .use_ratchet_tree_extension(true)
            .build();
        self.group = Some(MlsGroup::new_with_group_id(
            &self.provider,
            &self.signer,
            &config,
            GroupId::from_slice(group_id),
            self.credential.clone(),
        )?);
        Ok(())
    }

    fn join(&mut self, welcome: &[u8]) -> Outcome<()> {
        let MlsMessageBodyIn::Welcome(welcome) = parse(welcome)?.extract() else {
            return Err("not a Welcome".into());
        };
        if let Some(mut left) = self.group.take() {
            left.delete(self.provider.storage())?;
        }
        let config = self.join_config();
        let staged = StagedWelcome::new_from_welcome(&self.provider, &config, welcome, None)?;
        self.group = Some(staged.into_group(&self.provider)?);
        Ok(())
    }

    fn external_join(&mut self, group_info: &[u8]) -> Outcome<Vec<u8>> {
        let MlsMessageBodyIn::GroupInfo(group_info) = parse(group_info)?.extract() else {
            return Err("not a GroupInfo".into());
        };
        let provider = &self.provider;
        // A leaf with our signature key is replaced.
        let (group, bundle) = MlsGroup::external_commit_builder()
            .with_config(self.join_config())
            .build_group(provider, group_info, self.credential.clone())?
            .load_psks(provider.storage())?
            .build(provider.rand(), provider.crypto(), &self.signer, |_| true)?
            .finalize(provider)?;
        self.group = Some(group);
        Ok(bundle.commit().tls_serialize_detached()?)
    }

    fn group_info(&mut self) -> Outcome<Vec<u8>> {
        let group = self.group.as_ref().ok_or("no group")?;
        let message = group.export_group_info(self.provider.crypto(), &self.signer, true)?;
        Ok(message.tls_serialize_detached()?)
    }

    fn commit(
        &mut self,
        add: &[Vec<u8>],
        remove: Option<u32>,
        psks: &[Vec<u8>],
    ) -> Outcome<Commit> {
        let added = add
            .iter()
            .map(|key_package| self.valid(key_package))
            .collect::<Outcome<Vec<_>>>()?;
        let psks = psks
            .iter()
            .map(|id| {
                let proposal = PreSharedKeyProposal::new(self.psk_id(id)?);
                Ok(Proposal::PreSharedKey(Box::new(proposal)))
            })
            .collect::<Outcome<Vec<_>>>()?;
        let provider = &self.provider;
        let group = self.group.as_mut().ok_or("no group")?;
        let bundle = group
            .commit_builder()
            .propose_adds(added)
            .propose_removals(remove.map(LeafNodeIndex::new))
            .add_proposals(psks)
            .load_psks(provider.storage())?
            .build(provider.rand(), provider.crypto(), &self.signer, |_| true)?
            .stage_commit(provider)?;
        let welcome = bundle.to_welcome_msg();
        Ok(Commit {
            message: bundle.commit().tls_serialize_detached()?,
            welcome: welcome
                .map(|welcome| welcome.tls_serialize_detached())
                .transpose()?,
        })
    }

    fn apply(&mut self) -> Outcome<()> {
        let group = self.group.as_mut().ok_or("no group")?;
        Ok(group.merge_pending_commit(&self.provider)?)
    }

    fn propose_add(&mut self, key_package: &[u8]) -> Outcome<Vec<u8>> {
        let key_package = self.valid(key_package)?;
        let group = self.group.as_mut().ok_or("no group")?;
        let (message, _) = group.propose_add_member(&self.provider, &self.signer, &key_package)?;
        Ok(message.tls_serialize_detached()?)
    }

    fn propose_remove(&mut self, leaf: u32) -> Outcome<Vec<u8>> {
        let group = self.group.as_mut().ok_or("no group")?;
        let leaf = LeafNodeIndex::new(leaf);
        let (message, _) = group.propose_remove_member(&self.provider, &self.signer, leaf)?;
        Ok(message.tls_serialize_detached()?)
    }

    fn propose_update(&mut self) -> Outcome<Vec<u8>> {
        let group = self.group.as_mut().ok_or("no group")?;
        let parameters = LeafNodeParameters::default();
        let (message, _) = group.propose_self_update(&self.provider, &self.signer, parameters)?;
        Ok(message.tls_serialize_detached()?)
    }

    fn process(&mut self, message: &[u8]) -> Outcome<Heard> {
        let message = parse(message)?.try_into_protocol_message()?;
        let group = self.group.as_mut().ok_or("no group")?;
        let processed = group.process_message(&self.provider, message)?;
        let aad = processed.aad().to_vec();
        match processed.into_content() {
            ProcessedMessageContent::ApplicationMessage(message) => Ok(Heard::Application {
                plaintext: message.into_bytes(),
                aad,
            }),
            ProcessedMessageContent::ProposalMessage(proposal) => {
                group.store_pending_proposal(self.provider.storage(), *proposal)?;
                Ok(Heard::Proposal)
            }
            ProcessedMessageContent::StagedCommitMessage(staged) => {
                group.merge_staged_commit(&self.provider, *staged)?;
                Ok(Heard::Commit)
            }
            _ => Err("another kind of message".into()),
        }
    }

    fn encrypt(&mut self, plaintext: &[u8], aad: Vec<u8>) -> Outcome<Vec<u8>> {
        let group = self.group.as_mut().ok_or("no group")?;
        group.set_aad(aad);
        let message = group.create_message(&self.provider, &self.signer, plaintext)?;
        Ok(message.tls_serialize_detached()?)
    }

    fn export(&mut self, label: &str, context: &[u8], length: usize) -> Outcome<Vec<u8>> {
        let group = self.group.as_ref().ok_or("no group")?;
        Ok(group.export_secret(self.provider.crypto(), label, context, length)?)
    }

    fn add_psk(&mut self, id: Vec<u8>, secret: Vec<u8>) -> Outcome<()> {
        let psk_id = self.psk_id(&id)?;
        psk_id.store(&self.provider, &secret).map_err(described)
    }

    fn state(&mut self) -> Outcome<State> {
        let group = self.group()?;
        let members = group.members().map(|member| {
            let basic = BasicCredential::try_from(member.credential)?;
            Ok(basic.identity().to_vec())
        });
        let members = members.collect::<Outcome<_>>()?;
        let context = group.public_group().group_context();
        Ok(State {
            epoch: group.epoch().as_u64(),
            group_id: group.group_id().to_vec(),
            tree_hash: context.tree_hash().to_vec(),
            confirmed_transcript_hash: context.confirmed_transcript_hash().to_vec(),
            epoch_authenticator: group.epoch_authenticator().as_slice().to_vec(),
            own_leaf: group.own_leaf_index().u32(),
            members,
            active: group.is_active(),
        })
    }
}

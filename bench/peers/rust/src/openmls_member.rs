//! OpenMLS, over either of its two crypto providers.

use openmls::prelude::tls_codec::{Deserialize, Serialize};
use openmls::prelude::*;
use openmls_basic_credential::SignatureKeyPair;
use openmls_rust_crypto::RustCrypto;

use crate::member::{Invitation, Member, Outcome, Tree};
use crate::openmls_storage::{Contents, Storage};

const SUITE: Ciphersuite = Ciphersuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519;

/// A provider of cryptography and randomness.
pub trait Crypto: OpenMlsCrypto + OpenMlsRand + Sized {
    fn new() -> Outcome<Self>;
}

impl Crypto for openmls_libcrux_crypto::CryptoProvider {
    fn new() -> Outcome<Self> {
        Ok(Self::new()?)
    }
}

impl Crypto for RustCrypto {
    fn new() -> Outcome<Self> {
        Ok(Self::default())
    }
}

struct Provider<C> {
    crypto: C,
    storage: Storage,
}

impl<C: Crypto> OpenMlsProvider for Provider<C> {
    type CryptoProvider = C;
    type RandProvider = C;
    type StorageProvider = Storage;

    fn storage(&self) -> &Storage {
        &self.storage
    }

    fn crypto(&self) -> &C {
        &self.crypto
    }

    fn rand(&self) -> &C {
        &self.crypto
    }
}

pub struct OpenMlsMember<C: Crypto> {
    provider: Provider<C>,
    signer: SignatureKeyPair,
    credential: CredentialWithKey,
    group: Option<MlsGroup>,
}

pub struct Saved {
    contents: Contents,
    group: Option<GroupId>,
}

/// What has no `std::error::Error`, or one that is bound to the group borrowed.
fn described(error: impl std::fmt::Debug) -> Box<dyn std::error::Error> {
    format!("{error:?}").into()
}

fn parse(message: &[u8]) -> Outcome<MlsMessageIn> {
    Ok(MlsMessageIn::tls_deserialize_exact(message)?)
}

fn join_config() -> MlsGroupJoinConfig {
    MlsGroupJoinConfig::builder()
        .wire_format_policy(PURE_PLAINTEXT_WIRE_FORMAT_POLICY)
        .build()
}

impl<C: Crypto> OpenMlsMember<C> {
    fn group(&self) -> Outcome<&MlsGroup> {
        self.group.as_ref().ok_or_else(|| "no group".into())
    }

    /// A commit to proposals of its own, pending.
    fn commit(
        &mut self,
        tree: Tree,
        propose: impl FnOnce(CommitBuilder<'_, Initial>) -> CommitBuilder<'_, Initial>,
    ) -> Outcome<CommitMessageBundle> {
        let provider = &self.provider;
        let group = self.group.as_mut().ok_or("no group")?;
        let bundle = propose(group.commit_builder())
            .load_psks(&provider.storage)?
            .use_ratchet_tree_extension(tree == Tree::InWelcome)
            .create_group_info(false)
            .build(&provider.crypto, &provider.crypto, &self.signer, |_| true)?
            .stage_commit(provider)?;
        Ok(bundle)
    }

    fn received(&mut self, message: &[u8]) -> Outcome<ProcessedMessageContent> {
        let group = self.group.as_mut().ok_or("no group")?;
        let message = parse(message)?.try_into_protocol_message()?;
        let processed = group.process_message(&self.provider, message)?;
        Ok(processed.into_content())
    }
}

impl<C: Crypto> Member for OpenMlsMember<C> {
    type Saved = Saved;

    fn new(identity: u128) -> Outcome<Self> {
        let signer = SignatureKeyPair::new(SUITE.signature_algorithm()).map_err(described)?;
        let credential = BasicCredential::new(identity.to_be_bytes().to_vec());
        Ok(Self {
            provider: Provider {
                crypto: C::new()?,
                storage: Storage::new(),
            },
            credential: CredentialWithKey {
                credential: credential.into(),
                signature_key: signer.public().into(),
            },
            signer,
            group: None,
        })
    }

    fn key_package(&mut self) -> Outcome<Vec<u8>> {
        let bundle = KeyPackage::builder().build(
            SUITE,
            &self.provider,
            &self.signer,
            self.credential.clone(),
        )?;
        let message = MlsMessageOut::from(bundle.key_package().clone());
        Ok(message.tls_serialize_detached()?)
    }

    fn create_group(&mut self) -> Outcome<()> {
        let config = MlsGroupCreateConfig::builder()
            .ciphersuite(SUITE)
            .wire_format_policy(PURE_PLAINTEXT_WIRE_FORMAT_POLICY)
            .build();
        let credential = self.credential.clone();
        let group = MlsGroup::new(&self.provider, &self.signer, &config, credential)?;
        self.group = Some(group);
        Ok(())
    }

    fn join(&mut self, welcome: &[u8]) -> Outcome<()> {
        let MlsMessageBodyIn::Welcome(welcome) = parse(welcome)?.extract() else {
            return Err("not a Welcome".into());
        };
        let provider = &self.provider;
        let staged = StagedWelcome::new_from_welcome(provider, &join_config(), welcome, None)?;
        self.group = Some(staged.into_group(provider)?);
        Ok(())
    }

    fn external_join(&mut self, group_info: &[u8]) -> Outcome<Vec<u8>> {
        let MlsMessageBodyIn::GroupInfo(group_info) = parse(group_info)?.extract() else {
            return Err("not a GroupInfo".into());
        };
        let provider = &self.provider;
        let (group, bundle) = MlsGroup::external_commit_builder()
            .with_config(join_config())
            .build_group(provider, group_info, self.credential.clone())?
            .load_psks(&provider.storage)?
            .build(&provider.crypto, &provider.crypto, &self.signer, |_| true)?
            .finalize(provider)?;
        self.group = Some(group);
        Ok(bundle.commit().tls_serialize_detached()?)
    }

    fn group_info(&self) -> Outcome<Vec<u8>> {
        let group = self.group()?;
        let message = group.export_group_info(&self.provider.crypto, &self.signer, true)?;
        Ok(message.tls_serialize_detached()?)
    }

    fn add(&mut self, key_packages: &[Vec<u8>], tree: Tree) -> Outcome<Invitation> {
        let mut valid = Vec::with_capacity(key_packages.len());
        for key_package in key_packages {
            let MlsMessageBodyIn::KeyPackage(key_package) = parse(key_package)?.extract() else {
                return Err("not a KeyPackage".into());
            };
            valid.push(key_package.validate(&self.provider.crypto, ProtocolVersion::Mls10)?);
        }
        let bundle = self.commit(tree, |builder| builder.propose_adds(valid))?;
        let welcome = bundle.to_welcome_msg().ok_or("no Welcome")?;
        Ok(Invitation {
            commit: bundle.commit().tls_serialize_detached()?,
            welcome: welcome.tls_serialize_detached()?,
        })
    }

    fn remove(&mut self, leaf: u32) -> Outcome<Vec<u8>> {
        let removed = [LeafNodeIndex::new(leaf)];
        let bundle = self.commit(Tree::OutOfBand, |builder| builder.propose_removals(removed))?;
        Ok(bundle.commit().tls_serialize_detached()?)
    }

    fn empty_commit(&mut self) -> Outcome<Vec<u8>> {
        let bundle = self.commit(Tree::OutOfBand, |builder| builder.force_self_update(true))?;
        Ok(bundle.commit().tls_serialize_detached()?)
    }

    fn apply(&mut self) -> Outcome<()> {
        let group = self.group.as_mut().ok_or("no group")?;
        Ok(group.merge_pending_commit(&self.provider)?)
    }

    fn discard(&mut self) -> Outcome<()> {
        let group = self.group.as_mut().ok_or("no group")?;
        Ok(group.clear_pending_commit(&self.provider.storage)?)
    }

    fn process(&mut self, commit: &[u8]) -> Outcome<()> {
        let ProcessedMessageContent::StagedCommitMessage(staged) = self.received(commit)? else {
            return Err("not a commit".into());
        };
        let group = self.group.as_mut().ok_or("no group")?;
        Ok(group.merge_staged_commit(&self.provider, *staged)?)
    }

    fn protect(&mut self, plaintext: &[u8]) -> Outcome<Vec<u8>> {
        let group = self.group.as_mut().ok_or("no group")?;
        let message = group.create_message(&self.provider, &self.signer, plaintext)?;
        Ok(message.tls_serialize_detached()?)
    }

    fn unprotect(&mut self, message: &[u8]) -> Outcome<Vec<u8>> {
        match self.received(message)? {
            ProcessedMessageContent::ApplicationMessage(message) => Ok(message.into_bytes()),
            _ => Err("not an application message".into()),
        }
    }

    fn size(&self) -> Outcome<usize> {
        Ok(self.group()?.members().count())
    }

    fn epoch_authenticator(&self) -> Outcome<Vec<u8>> {
        Ok(self.group()?.epoch_authenticator().as_slice().to_vec())
    }

    fn save(&self) -> Outcome<Saved> {
        Ok(Saved {
            contents: self.provider.storage.contents(),
            group: self.group.as_ref().map(|group| group.group_id().clone()),
        })
    }

    fn restore(&mut self, saved: &Saved) -> Outcome<()> {
        self.provider.storage.set_contents(&saved.contents);
        self.group = match &saved.group {
            Some(id) => Some(MlsGroup::load(&self.provider.storage, id)?.ok_or("no group stored")?),
            None => None,
        };
        Ok(())
    }

    fn write_state(&mut self, write: bool) {
        self.provider.storage.write_state(write);
    }
}

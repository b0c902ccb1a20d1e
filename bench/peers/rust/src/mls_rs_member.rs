//! mls-rs, over AWS-LC. It writes to storage only when told to, and it is not.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mls_rs::client_builder::{
    BaseConfig, PaddingMode, WithCryptoProvider, WithIdentityProvider, WithMlsRules,
};
use mls_rs::group::{GroupContext, ReceivedMessage, Roster};
use mls_rs::identity::SigningIdentity;
use mls_rs::identity::basic::{BasicCredential, BasicIdentityProvider};
use mls_rs::mls_rules::{
    CommitDirection, CommitOptions, CommitSource, EncryptionOptions, ProposalBundle,
};
use mls_rs::{
    CipherSuite, CipherSuiteProvider, Client, CryptoProvider, ExtensionList, Group, MlsMessage,
    MlsRules,
};
use mls_rs_crypto_awslc::AwsLcCryptoProvider;

use crate::member::{Invitation, Member, Outcome, Tree};

const SUITE: CipherSuite = CipherSuite::CURVE25519_AES128;

pub type Config = WithMlsRules<
    Rules,
    WithIdentityProvider<
        BasicIdentityProvider,
        WithCryptoProvider<AwsLcCryptoProvider, BaseConfig>,
    >,
>;

/// Public handshake messages, no padding, and the tree where the scenario wants it.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    tree_in_welcome: Arc<AtomicBool>,
}

impl MlsRules for Rules {
    type Error = Infallible;

    fn filter_proposals(
        &self,
        _: CommitDirection,
        _: CommitSource,
        _: &Roster,
        _: &GroupContext,
        proposals: ProposalBundle,
    ) -> Result<ProposalBundle, Infallible> {
        Ok(proposals)
    }

    fn commit_options(
        &self,
        _: &Roster,
        _: &GroupContext,
        _: &ProposalBundle,
    ) -> Result<CommitOptions, Infallible> {
        let in_welcome = self.tree_in_welcome.load(Ordering::Relaxed);
        Ok(CommitOptions::new().with_ratchet_tree_extension(in_welcome))
    }

    fn encryption_options(
        &self,
        _: &Roster,
        _: &GroupContext,
    ) -> Result<EncryptionOptions, Infallible> {
        Ok(EncryptionOptions::new(false, PaddingMode::None))
    }
}

pub struct MlsRsMember {
    rules: Rules,
    client: Client<Config>,
    group: Option<Group<Config>>,
}

impl MlsRsMember {
    fn group(&mut self) -> Outcome<&mut Group<Config>> {
        self.group.as_mut().ok_or_else(|| "no group".into())
    }
}

impl Member for MlsRsMember {
    type Saved = Option<Group<Config>>;

    fn new(identity: u128) -> Outcome<Self> {
        let crypto = AwsLcCryptoProvider::new();
        let suite = crypto.cipher_suite_provider(SUITE).ok_or("no suite")?;
        let (private_key, public_key) = suite.signature_key_generate()?;
        let credential = BasicCredential::new(identity.to_be_bytes().to_vec());
        let signing_identity = SigningIdentity::new(credential.into_credential(), public_key);
        let rules = Rules::default();
        let client = Client::builder()
            .crypto_provider(crypto)
            .identity_provider(BasicIdentityProvider)
            .mls_rules(rules.clone())
            .signing_identity(signing_identity, private_key, SUITE)
            .build();
        Ok(Self {
            rules,
            client,
            group: None,
        })
    }

    fn key_package(&mut self) -> Outcome<Vec<u8>> {
        let none = ExtensionList::default;
        let message = self
            .client
            .generate_key_package_message(none(), none(), None)?;
        Ok(message.to_bytes()?)
    }

    fn create_group(&mut self) -> Outcome<()> {
        self.group = Some(self.client.group_builder()?.build()?);
        Ok(())
    }

    fn join(&mut self, welcome: &[u8]) -> Outcome<()> {
        let welcome = MlsMessage::from_bytes(welcome)?;
        let (group, _) = self.client.join_group(None, &welcome, None)?;
        self.group = Some(group);
        Ok(())
    }

    fn external_join(&mut self, group_info: &[u8]) -> Outcome<Vec<u8>> {
        let group_info = MlsMessage::from_bytes(group_info)?;
        let (group, commit) = self.client.commit_external(group_info)?;
        self.group = Some(group);
        Ok(commit.to_bytes()?)
    }

    fn group_info(&self) -> Outcome<Vec<u8>> {
        let group = self.group.as_ref().ok_or("no group")?;
        Ok(group
            .group_info_message_allowing_ext_commit(true)?
            .to_bytes()?)
    }

    fn add(&mut self, key_packages: &[Vec<u8>], tree: Tree) -> Outcome<Invitation> {
        let in_welcome = tree == Tree::InWelcome;
        self.rules
            .tree_in_welcome
            .store(in_welcome, Ordering::Relaxed);
        let mut builder = self.group()?.commit_builder();
        for key_package in key_packages {
            builder = builder.add_member(MlsMessage::from_bytes(key_package)?)?;
        }
        let output = builder.build()?;
        let [welcome] = output.welcome_messages.as_slice() else {
            return Err("not one Welcome".into());
        };
        Ok(Invitation {
            commit: output.commit_message.to_bytes()?,
            welcome: welcome.to_bytes()?,
        })
    }

    fn remove(&mut self, leaf: u32) -> Outcome<Vec<u8>> {
        self.rules.tree_in_welcome.store(false, Ordering::Relaxed);
        let output = self
            .group()?
            .commit_builder()
            .remove_member(leaf)?
            .build()?;
        Ok(output.commit_message.to_bytes()?)
    }

    fn empty_commit(&mut self) -> Outcome<Vec<u8>> {
        self.rules.tree_in_welcome.store(false, Ordering::Relaxed);
        let output = self.group()?.commit_builder().build()?;
        Ok(output.commit_message.to_bytes()?)
    }

    fn apply(&mut self) -> Outcome<()> {
        self.group()?.apply_pending_commit()?;
        Ok(())
    }

    fn discard(&mut self) -> Outcome<()> {
        self.group()?.clear_pending_commit();
        Ok(())
    }

    fn process(&mut self, commit: &[u8]) -> Outcome<()> {
        let commit = MlsMessage::from_bytes(commit)?;
        match self.group()?.process_incoming_message(commit)? {
            ReceivedMessage::Commit(_) => Ok(()),
            _ => Err("not a commit".into()),
        }
    }

    fn protect(&mut self, plaintext: &[u8]) -> Outcome<Vec<u8>> {
        let message = self
            .group()?
            .encrypt_application_message(plaintext, Vec::new())?;
        Ok(message.to_bytes()?)
    }

    fn unprotect(&mut self, message: &[u8]) -> Outcome<Vec<u8>> {
        let message = MlsMessage::from_bytes(message)?;
        match self.group()?.process_incoming_message(message)? {
            ReceivedMessage::ApplicationMessage(message) => Ok(message.data().to_vec()),
            _ => Err("not an application message".into()),
        }
    }

    fn size(&self) -> Outcome<usize> {
        let group = self.group.as_ref().ok_or("no group")?;
        Ok(group.roster().members_iter().count())
    }

    fn epoch_authenticator(&self) -> Outcome<Vec<u8>> {
        let group = self.group.as_ref().ok_or("no group")?;
        Ok(group.epoch_authenticator()?.as_bytes().to_vec())
    }

    fn save(&self) -> Outcome<Self::Saved> {
        Ok(self.group.clone())
    }

    fn restore(&mut self, saved: &Self::Saved) -> Outcome<()> {
        self.group.clone_from(saved);
        Ok(())
    }
}
